import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, type TestContext } from 'vitest'
import type { SentRecord } from '../support/fake-weixin/sent-log.js'
import { LivingBot } from '../support/living-bot.js'
import type { WechatBotSetup } from '../support/wechat-bot.js'

const QUESTION = '提审的时候弹出UGC说明要怎么填'
const ANSWER = '用户生成内容'
const STAFF = { key: 'duty', topic: '过审值班群', members: ['chen'] }
const CHEN = { key: 'chen', nick: '老陈', remark: '同事陈工' }
const WORLD = {
  contacts: [CHEN, { key: 'wang', nick: '王老板', friend: false }],
  rooms: [STAFF, { key: 'g2', topic: '售后二群', members: ['wang', 'li'] }],
}
const CONFIG = [
  'rooms: { serve: ["*"], staffRoom: 过审值班群 }',
  'desk: { hours: ["00:00-24:00"], weekdays: [1, 2, 3, 4, 5, 6, 7], people: [{ name: 陈工, remark: 同事陈工 }] }',
]

const RUSH = ['提审的时候弹出UGC说明要怎么填', '首次审核一共要多久', '类目要选哪个', '版本描述那一栏要写什么']

interface StoredTicket {
  readonly askerName: string
  readonly question: string
  readonly events: readonly { readonly why: string }[]
}

const textsTo = (living: LivingBot, to: string): readonly string[] =>
  living.wx.sentList({ to, kind: 'text' }).map(({ text = '' }) => text)
const metrics = async (living: LivingBot): Promise<string> =>
  (await fetch(new URL('/metrics', (await living.running()).url))).text()

/** The first text to each of these groups after a moment. */
const firstTo = (sent: readonly SentRecord[], key: string, afterMs: number): SentRecord | undefined =>
  sent.find(({ to, kind, at }) => to === key && kind === 'text' && at >= afterMs)

// Each has a world of its own and mostly waits.
describe('what can not be said', { concurrent: true, timeout: 240_000 }, () => {
  it('is said again after a refusal, and goes to staff once when WeChat refuses to the end', async (test) => {
    const living = await LivingBot.begin(test, { ...WORLD, config: CONFIG })
    living.wx.faults.add({ path: 'webwxsendmsg', to: 'g1', action: 'ret', ret: 1204, times: 2 })
    living.wx.faults.add({ path: 'webwxsendmsg', to: 'g2', action: 'ret', ret: -1, times: -1 })
    living.wx.inject({ from: 'li', room: 'g1', text: `{@bot}${QUESTION}` })
    living.wx.inject({ from: 'wang', room: 'g2', text: `{@bot}${QUESTION}` })
    await living.until(() => textsTo(living, 'g1').join().includes(ANSWER), 'the answer after two refusals')
    expect(living.wx.sentList({ to: 'g1', refused: true }).filter(({ ret }) => ret === 1204)).toHaveLength(2)
    await living.until(() => textsTo(living, 'duty').length > 0, 'staff to be told')
    expect(textsTo(living, 'duty')[0]).toMatch(
      /^没发出去，请同事回复：\n群：售后二群\n客户：王老板\n问题：“.*UGC.*”\n该答：4\.1 /,
    )
    expect(living.wx.sentList({ to: 'g2', refused: true })).toHaveLength(4)
    expect(await metrics(living)).toMatch(/^guoshen_replies_unsaid_total\{reason="refused"\} 1$/m)
    await sleep(3_000)
    expect(textsTo(living, 'duty')).toHaveLength(1)
  })

  it('is answered when the back-off after 1205 is over', async (test) => {
    const config = [...CONFIG, 'sending: { backOffHours: 0.01 }']
    const living = await LivingBot.begin(test, { ...WORLD, config })
    living.wx.faults.add({ path: 'webwxsendmsg', action: 'ret', ret: 1205 })
    living.wx.inject({ from: 'li', room: 'g1', text: `{@bot}${QUESTION}` })
    await living.until(() => /too many sends/.test(living.output), 'the refusal')
    living.wx.inject({ from: 'wang', room: 'g2', text: `{@bot}${QUESTION}` })
    await sleep(5_000)
    expect(textsTo(living, 'g1').concat(textsTo(living, 'g2'))).toEqual([])
    expect(JSON.parse(readFileSync(living.dataFile('outbox.json'), 'utf8')).unsaid).toHaveLength(2)
    await living.until(() => textsTo(living, 'g1').join().includes(ANSWER), 'the answer in one group')
    await living.until(() => textsTo(living, 'g2').join().includes(ANSWER), 'the answer in the other')
    await living.until(
      () => JSON.parse(readFileSync(living.dataFile('outbox.json'), 'utf8')).unsaid.length === 0,
      'nothing to be left for staff',
    )
    expect(textsTo(living, 'duty')).toEqual([])
    expect(living.inbox.summary).toEqual(['alert send-refused', 'all-clear send-refused'])
  })

  it('is kept for staff when 1205 lasts too long, and told outside WeChat at once', async (test) => {
    const living = await LivingBot.begin(test, { ...WORLD, config: [...CONFIG, 'sending: { backOffHours: 2 }'] })
    living.wx.faults.add({ path: 'webwxsendmsg', action: 'ret', ret: 1205 })
    living.wx.inject({ from: 'li', room: 'g1', text: `{@bot}${QUESTION}` })
    living.wx.inject({ from: 'wang', room: 'g2', text: `{@bot}${QUESTION}` })
    await living.until(() => (living.output.match(/"reason":"held-back"/g) ?? []).length >= 2, 'both to be given up')
    await living.until(() => living.inbox.summary.includes('notice notice'), 'a webhook to hear of it at once')
    process.kill((await living.running()).pid, 'SIGKILL')
    await living.online({ inits: 2 })
    await sleep(5_000)
    expect(textsTo(living, 'duty')).toEqual([])
    expect(JSON.parse(readFileSync(living.dataFile('outbox.json'), 'utf8')).unsaid).toHaveLength(2)
  })

  it('becomes a ticket where too much is asked, and caps speak', async (test) => {
    const GROUPS = 30
    const askers = Array.from({ length: GROUPS }, (_, i) => ({ key: `c${i}`, nick: `客户${i}`, friend: false }))
    const groups = askers.map(({ key }, i) => ({ key: `r${i}`, topic: `客户${i}的售后群`, members: [key] }))
    const living = await LivingBot.begin(test, {
      contacts: [CHEN, ...askers],
      rooms: [STAFF, ...groups],
      config: [...CONFIG, 'sending: { perDay: 30 }'],
    })
    const { wx, inbox } = living
    const startedMs = Date.now()
    for (let i = 0; i < GROUPS; i++) wx.inject({ from: `c${i}`, room: `r${i}`, text: `{@bot}${QUESTION}` })
    const ticketCount = () => JSON.parse(readFileSync(living.dataFile('tickets.json'), 'utf8')).lastNumber as number
    const answered = () => groups.filter(({ key }) => firstTo(wx.sentList(), key, startedMs))
    // Answered or handed over: everybody.
    await living.until(() => answered().length + ticketCount() >= GROUPS, 'everybody to be seen to')
    const waits = answered().map(({ key }) => firstTo(wx.sentList(), key, startedMs)!.at - startedMs)
    expect(waits.sort((a, b) => a - b)[waits.length >> 1]).toBeLessThan(30_000)
    await living.until(() => textsTo(living, 'duty').length > 0, 'staff to be told')
    expect(textsTo(living, 'duty')[0]).toMatch(/^\d+ 个问题没顾上回答，已转成工单：\n1 客户\d+的售后群 客户\d+：“/)
    expect(textsTo(living, 'duty').length).toBeLessThanOrEqual(2)
    await living.until(() => inbox.summary.includes('alert overload'), 'the alert')

    // The rest of the day's cap for replies, and then what is urgent.
    const used = async () => Number(/^guoshen_day_cap_used_ratio (.+)$/m.exec(await metrics(living))?.[1])
    for (let i = 0; (await used()) < 0.9 && i < 20; i++) {
      wx.inject({ from: `c${i}`, room: `r${i}`, text: `{@bot}首次审核一共要多久` })
      await sleep(4_000)
    }
    await living.until(() => inbox.summary.includes('alert day-cap'), 'the alert at the end')
    expect(inbox.summary).toContain('alert day-cap-near')
    const before = Math.max(...wx.sentList().map(({ seq }) => seq))
    wx.inject({ from: 'chen', room: 'duty', text: '工单' })
    const [list] = await wx.waitSent({ to: 'duty', after: before, waitMs: 60_000 })
    expect(list?.text).toContain('工单')
    const tickets = ticketCount()
    wx.inject({ from: 'li', text: QUESTION })
    await living.until(() => ticketCount() > tickets, 'the question to become a ticket')
  })

  it('answers each question of a rush in time, or has it in its asker’s ticket by its words', async (test) => {
    // Everybody asks twice within half a minute.
    await rush(test, { times: 2 })
  })
})

// Alone: what a big login takes of the machine is not taken from the others.
describe('a big account', { timeout: 240_000 }, () => {
  it('stands a rush soon after its login', async (test) => {
    const contacts = Array.from({ length: 5_000 }, (_, i) => ({ key: `p${i}`, nick: `路人${i}`, friend: i % 2 === 0 }))
    const rooms = Array.from({ length: 500 }, (_, i) => ({
      ...{ key: `q${i}`, topic: `老客户${i}群`, saved: true },
      members: Array.from({ length: 40 }, (_, j) => `p${(i * 10 + j) % contacts.length}`),
    }))
    await rush(test, { times: 1, contacts, rooms })
  })
})

/** Many ask within a few seconds, and the others talk meanwhile: each is answered in time, or in the ticket of who asked. */
async function rush(
  test: Pick<TestContext, 'onTestFinished'>,
  { times, contacts = [], rooms = [] }: { readonly times: number } & Pick<WechatBotSetup, 'contacts' | 'rooms'>,
): Promise<void> {
  const GROUPS = 15
  const people = Array.from({ length: 3 * GROUPS }, (_, i) => ({ key: `c${i}`, nick: `客户${i}号`, friend: false }))
  const groups = Array.from({ length: GROUPS }, (_, i) => ({
    ...{ key: `r${i}`, topic: `第${i}个售后群`, members: people.slice(3 * i, 3 * i + 3).map(({ key }) => key) },
  }))
  const living = await LivingBot.begin(test, {
    contacts: [CHEN, ...people, ...contacts],
    rooms: [STAFF, ...groups, ...rooms],
    config: CONFIG,
  })
  const { wx } = living
  const asked: {
    readonly id: string
    readonly name: string
    readonly room: string
    readonly text: string
    atMs: number
  }[] = []
  for (let n = 0; n < times * people.length; n++) {
    const at = (n * 7) % people.length
    const { key: from, nick: name } = people[at]!
    const room = `r${Math.floor(at / 3)}`
    const text = RUSH[(n + Math.floor(n / people.length)) % RUSH.length]!
    const { msgId } = wx.inject({ from, room, text: `{@bot}${text}` })
    asked.push({ id: msgId, name, room, text, atMs: Date.now() })
    wx.inject({ from: people[(at + 1) % people.length]!.key, room, text: '收到，我先去开会' })
    await sleep(300)
  }
  const fates = () => {
    const lines = living.output.split('\n').filter((line) => line.startsWith('{"level"'))
    const ofMessage = (id: string) => lines.filter((line) => line.includes(id))
    const { tickets } = JSON.parse(readFileSync(living.dataFile('tickets.json'), 'utf8')) as {
      tickets: readonly StoredTicket[]
    }
    return asked.map(({ id, name, room, text, atMs }) => {
      const own = ofMessage(id)
      const isDropped = own.some((line) => line.includes('"msg":"reply dropped"'))
      const answer = wx
        .sentList({ to: room, kind: 'text' })
        .find(({ at, text: said }) => at >= atMs && said?.startsWith(`@${name}`))
      if (answer && !isDropped) return answer.at - atMs
      const held = tickets.filter((ticket) => ticket.askerName === name)
      return held.some(({ question, events }) => [question, ...events.map(({ why }) => why)].join('\n').includes(text))
        ? 'with staff'
        : `${name} ${text}: ${own.map((line) => /"msg":"[^"]*"/.exec(line)?.[0]).join()}`
    })
  }
  const lost = () => fates().filter((fate) => typeof fate === 'string' && fate !== 'with staff')
  await living.until(() => lost().length === 0, 'everybody to be seen to').catch(() => undefined)
  expect(lost()).toEqual([])
  const waits = fates().filter((fate) => typeof fate === 'number')
  expect(waits.length).toBeGreaterThan(5)
  expect(waits.sort((a, b) => a - b)[waits.length >> 1]).toBeLessThan(30_000)
}
