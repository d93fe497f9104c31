import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import { openConsole } from '../support/on-the-page.js'
import { WechatBot } from '../support/wechat-bot.js'

/** The console beside the real puppet; later steps build on earlier ones. */
describe('the console on WeChat', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let browser: Browser
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
        { key: 'li', nick: '小李', friend: false },
        { key: 'chen', nick: '陈工', remark: '同事陈工' },
        { key: 'zhao', nick: '赵姐' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'chen'] },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'zhao'] },
      ],
    })
    ;({ url } = await bot.running())
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await bot.end()
  })

  it('shows who asked what in which group, and why it was answered so', async () => {
    const talks = await openConsole(browser, url, { view: '/talks' })
    expect(await talks.locator('.rail-item[data-view=sim]').count()).toBe(0)
    wx.inject({ from: 'wang', room: 'g1', text: '{@bot}提审的时候弹出UGC说明要怎么填' })
    const row = talks.locator('.talk-row', { hasText: 'UGC说明要怎么填' })
    await row.waitFor()
    await row.locator('b', { hasText: '王老板' }).waitFor()
    await row.getByText('想天售后服务群').waitFor()
    await row.click()
    await talks.locator('#why .verdict[data-decision=answer]').waitFor()
    await talks.locator('#why .why-said', { hasText: '用户生成内容' }).waitFor()
    wx.inject({ from: 'li', room: 'g1', text: '中午一起吃面吗，楼下那家' })
    await talks.locator('.talk-row[data-kind=silent]', { hasText: '吃面' }).waitFor()
    await talks.close()
  })

  it('leads from the notice in the staff group to the ticket, and answers from there', async () => {
    wx.inject({ from: 'wang', room: 'g1', text: '{@bot}转人工，包的页面打不开' })
    const [notice] = await wx.waitSent({ to: 'duty', contains: '🔔 工单 1', waitMs: 20_000 })
    expect(notice?.text).toContain('https://bot.example.com/#/tickets/1')
    const desk = await openConsole(browser, url, { view: '/tickets/1', as: '陈工' })
    await desk.locator('#ticket-text').fill('包已经重新上传，请再看看')
    await desk.locator('#ticket-send').click()
    const [reply] = await wx.waitSent({ to: 'g1', contains: '包已经重新上传', waitMs: 30_000 })
    expect(reply?.text).toMatch(/^@王老板[\s\S]*—— 陈工（工单 1）/)
    await desk.locator('[data-ticket="1"][data-status=claimed]').waitFor()
    await desk.close()
  })

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
