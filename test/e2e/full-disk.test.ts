import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AlertInbox } from '../support/alert-inbox.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { START_MS, WechatBot } from '../support/wechat-bot.js'

class BotOnSmallDisk extends WechatBot {
  disk!: SmallDisk

  /** The process that talks to WeChat; where nothing can be written, no file tells which it is. */
  get botPid(): number {
    const bot = this.process.processes().find(({ command }) => /\bbot\.js\b/.test(command))
    return bot?.pid ?? Number.NaN
  }

  protected override async prepare(): Promise<void> {
    this.disk = SmallDisk.mount(this.file('data'), { mib: 32 })
  }

  override async end(): Promise<void> {
    await this.process.stop({ signal: 'SIGKILL' })
    this.disk.unmount()
    await super.end()
  }
}

const PEOPLE = [
  ...['wang', 'li', 'zhou', 'wu'].map((key) => ({ key, nick: `客户${key}`, friend: false })),
  { key: 'chen', nick: '陈工', remark: '值班陈工' },
]
const ROOMS = [
  { key: 'g1', topic: '短说售后1群', members: ['wang', 'li', 'zhou', 'wu', 'chen'] },
  { key: 'staff', topic: '过审值班群', members: ['chen'] },
]
const CONFIG = [
  'sending: { pacing: off }',
  'rooms: { staffRoom: 过审值班群 }',
  'desk: { people: [{ name: 陈工, remark: 值班陈工 }] }',
]

/** Later steps build on earlier ones. */
describe.runIf(canMount())('killed while the disk is full', () => {
  const bot = new BotOnSmallDisk()
  const { wx } = bot
  let last = 0

  beforeAll(() => bot.start({ config: CONFIG, contacts: PEOPLE, rooms: ROOMS }))

  afterAll(() => bot.end())

  async function answerTo(from: string, text: string, room = 'g1'): Promise<string> {
    wx.inject({ from, room, text })
    const [said] = await wx.waitSent({ to: room, after: last, waitMs: 20_000 })
    last = Math.max(last, ...wx.sentList().map(({ seq }) => seq))
    return said?.text ?? ''
  }
  const noticed = async (words: string): Promise<void> =>
    expect(await wx.waitSent({ to: 'staff', contains: words, waitMs: 30_000 })).toHaveLength(1)
  const isFull = async (): Promise<boolean> => {
    const answer = await fetch(new URL('/healthz', (await bot.running()).url))
    return ((await answer.json()) as { disk: string }).disk === 'ENOSPC'
  }

  it(
    'loses no ticket, since the bot holds some room for that moment',
    async () => {
      expect(await answerTo('wang', '{@bot}转人工')).toContain('工单 1')
      await noticed('工单 1')
      bot.disk.fill()
      await expect.poll(isFull).toBe(true)
      await sleep(2_000)
      expect(await answerTo('li', '{@bot}转人工')).toContain('工单 2')
      await noticed('工单 2')
      await bot.killAndRelaunch()
      expect(await isFull()).toBe(true)
      const list = await answerTo('chen', '工单', 'staff')
      expect(list).toMatch(/工单 1｜[\s\S]*工单 2｜/)
      expect(list).not.toContain('没保存下来')
    },
    START_MS,
  )

  it(
    'gives no number out twice where others take that room as well, and says what was lost',
    async () => {
      bot.disk.fill()
      expect(await answerTo('zhou', '{@bot}转人工')).toContain('没记下来')
      await noticed('工单 3')
      await bot.process.stop({ signal: 'SIGKILL' })
      bot.disk.free()
      const inits = (wx.session?.inits ?? 0) + 1
      bot.launch()
      await bot.online({ inits })
      await noticed('工单 3 没保存下来，找不回了')
      expect(await answerTo('wu', '{@bot}转人工')).toContain('工单 4')
      await expect.poll(isFull).toBe(false)
    },
    START_MS,
  )
})

/** Not even the room that the bot holds is left to it. */
describe.runIf(canMount())('a disk that takes nothing at all', { concurrent: true }, () => {
  it.for(['full', 'read-only'])(
    'and is %s: one login, one alert, no ticket lost',
    { timeout: 2 * START_MS },
    async (how, { onTestFinished }) => {
      const inbox = await AlertInbox.open()
      onTestFinished(() => inbox.close())
      const bot = new BotOnSmallDisk()
      const { wx } = bot
      onTestFinished(() => bot.end())
      const alerts = `alerts: { webhooks: [{ kind: json, url: "${inbox.url}" }] }`
      await bot.start({ config: [...CONFIG, alerts], contacts: PEOPLE, rooms: ROOMS })

      // The next start asks for a scan, and has nowhere to keep it.
      await bot.process.stop({ signal: 'SIGKILL' })
      for (const kind of ['', '.copy'])
        rmSync(bot.file('data', `wechaty-puppet-wechat4u.memory-card${kind}.json`), { force: true })
      rmSync(bot.file('data', 'reserve.bin'))
      if (how === 'full') bot.disk.fill()
      else bot.disk.setReadOnly(true)
      bot.launch()
      await bot.online({ after: 1 })
      const login = wx.session?.number

      wx.inject({ from: 'wang', room: 'g1', text: '{@bot}转人工' })
      expect(await wx.waitSent({ to: 'staff', contains: '工单 1', waitMs: 20_000 })).toHaveLength(1)
      const inits = (wx.session?.inits ?? 0) + 1
      process.kill(bot.botPid, 'SIGKILL')
      await bot.online({ inits })
      wx.inject({ from: 'chen', room: 'staff', text: '工单' })
      expect(await wx.waitSent({ to: 'staff', contains: '工单 1｜', waitMs: 20_000 })).toHaveLength(1)

      if (how === 'full') bot.disk.free()
      else bot.disk.setReadOnly(false)
      await expect.poll(() => inbox.summary).toContain('all-clear disk')
      expect(inbox.summary.filter((text) => text === 'alert disk')).toHaveLength(1)
      const after = Math.max(...wx.sentList().map(({ seq }) => seq))
      await bot.killAndRelaunch()
      wx.inject({ from: 'chen', room: 'staff', text: '工单' })
      expect(await wx.waitSent({ to: 'staff', contains: '工单 1｜', after, waitMs: 20_000 })).toHaveLength(1)
      expect(wx.session?.number).toBe(login)
    },
  )
})
