import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WechatBot } from '../support/wechat-bot.js'

/** Who came into the console by their seat in the staff group. */
describe('colleagues in the console', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let url: string

  beforeAll(async () => {
    await bot.start({
      config: [
        'sending: { jitterSeconds: 0, perPlaceMinute: 60, perMinute: 60 }',
        'rooms: { staffRoom: 过审值班群 }',
        'desk: { people: [{ name: 陈工, remark: 同事陈工 }] }',
        'web: { publicUrl: https://bot.example.com }',
      ],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'chen', nick: '陈工', remark: '同事陈工' },
        { key: 'zhao', nick: '赵姐' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'chen'] },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'zhao'] },
      ],
    })
    ;({ url } = await bot.running())
  })

  afterAll(() => bot.end())

  it('lets nobody stay who has left the staff group', async () => {
    const cookieOf = async (from: string): Promise<string> => {
      wx.inject({ from, text: '网页' })
      const [link] = await wx.waitSent({ to: from, contains: '#/enter/', waitMs: 20_000 })
      const code = /#\/enter\/([\w-]+)/.exec(link?.text ?? '')?.[1]
      const headers = { 'content-type': 'application/json' }
      const entered = await fetch(`${url}/api/enter`, { method: 'POST', headers, body: JSON.stringify({ code }) })
      return entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    }
    const isIn = async (cookie: string) =>
      ((await (await fetch(`${url}/api/session`, { headers: { cookie } })).json()) as { role?: string }).role ===
      'staff'
    const [zhao, chen] = [await cookieOf('zhao'), await cookieOf('chen')]
    expect(await Promise.all([isIn(zhao), isIn(chen)])).toEqual([true, true])
    for (const key of ['zhao', 'chen']) wx.people.removeMember('duty', key)
    await expect.poll(() => isIn(zhao), { timeout: 90_000, interval: 1_000 }).toBe(false)
    await bot.waitOutput(/"ended":1,.*sessions of former colleagues ended/)
    // Known by a remark of the configuration as well.
    expect(await isIn(chen)).toBe(true)
  })
})
