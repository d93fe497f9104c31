import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { isAddressed } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import type { UnsaidReason } from '../../src/model/ports.js'
import { UnsaidQuestions } from '../../src/outbox/notices.js'
import { LowdbOutboxStore } from '../../src/store/outbox.js'
import { aMessage } from '../support/a-message.js'
import { capturedLog } from '../support/captured-log.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { recordedAlerts } from '../support/recorded-alerts.js'
import { tempFolder } from '../support/temp-folder.js'

const ANSWER: Decision = { kind: 'answer', sectionKeys: ['5'], reason: 'sure' }
const FALLBACK: Decision = { kind: 'fallback', reason: 'not-understood' }
const asked = (id: string, facts: Partial<IncomingMessage> = {}) =>
  aMessage({ id, text: '审核要多久', addressedToBot: true, sentAtMs: Date.now(), ...facts })
const by = (name: string) => ({ sender: { id: `@${name}`, key: `name:${name}`, name, role: 'customer' as const } })

beforeEach(() => {
  vi.useFakeTimers({ now: MONDAY_MS, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

async function unsaidQuestions(path = join(tempFolder(), 'outbox.json')) {
  const store = await LowdbOutboxStore.open(path)
  const { alerts, heard } = recordedAlerts()
  const counted: UnsaidReason[] = []
  const opened: string[] = []
  const holders = new Set<string>()
  const toldAskers: string[] = []
  const held = { back: false }
  const unsaid = new UnsaidQuestions({
    ...{ store, notices: store, alerts, isAddressed, log: capturedLog().log },
    metrics: { unsaid: (reason) => void counted.push(reason) },
    openTicket: async (message) => {
      const isNew = !holders.has(message.sender.key)
      holders.add(message.sender.key)
      return { number: opened.push(message.id), isNew }
    },
    tellAsker: async (message, text) => void toldAskers.push(`${message.sender.name} ${text}`),
    isHeldBack: () => held.back,
    titleOf: (key) => (key === '5' ? '审核时间' : undefined),
    clock: { now: () => Date.now() },
  })
  onTestFinished(async () => {
    await unsaid.stop()
    await store.flush()
  })
  const toldStaff = () => store.list().map(({ text }) => text)
  return { unsaid, store, path, held, counted, opened, toldAskers, toldStaff, heard }
}

test('tells staff once of a question whose reply was refused', async () => {
  const { unsaid, toldStaff, counted, heard } = await unsaidQuestions()
  await unsaid.note(asked('1', by('王老板')), ANSWER, 'refused')
  expect(toldStaff()).toEqual([
    '没发出去，请同事回复：\n群：想天售后服务群\n客户：王老板\n问题：“审核要多久”\n该答：5 审核时间',
  ])
  expect(heard).toEqual([['tell', toldStaff()[0]]])
  expect(counted).toEqual(['refused'])
})

test.each([
  ['overheard', { addressedToBot: false }, ANSWER, 'refused'],
  ['of a colleague', { sender: { id: '@c', key: 'c', name: '陈工', role: 'staff' as const } }, ANSWER, 'refused'],
  ['handed over already', {}, { kind: 'escalate', reason: 'asked', sectionKeys: [] } as Decision, 'refused'],
  ['thanks', {}, { kind: 'courtesy', word: 'thanks' } as Decision, 'overload'],
  ['recalled', {}, ANSWER, 'recalled'],
  ['answered by a colleague', {}, ANSWER, 'colleague-answered'],
  ['perhaps said', {}, ANSWER, 'perhaps-said'],
] as const)('only counts what is %s', async (_what, facts, decision, reason) => {
  const { unsaid, toldStaff, counted, opened, heard, store } = await unsaidQuestions()
  await unsaid.note(asked('1', facts), decision, reason)
  await unsaid.stop()
  expect([toldStaff(), opened, heard, store.unsaid()]).toEqual([[], [], [], []])
  expect(counted).toEqual([reason])
})

test('tells in one digest what WeChat did not let through, when it lets something through again', async () => {
  const { unsaid, toldStaff, held, heard } = await unsaidQuestions()
  held.back = true
  unsaid.start()
  await unsaid.note(asked('1', by('甲')), ANSWER, 'held-back')
  await unsaid.note(asked('2', { ...by('乙'), text: '写\n什么 ' }), FALLBACK, 'held-back')
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(toldStaff()).toEqual([])
  expect(heard.map(([what]) => what)).toEqual(['tell', 'tell']) // outside WeChat at once
  held.back = false
  await vi.advanceTimersByTimeAsync(15_000)
  await vi.waitFor(() =>
    expect(toldStaff()).toEqual([
      '有 2 个问题没发出回复，请同事看一下：\n想天售后服务群 甲：“审核要多久” → 5 审核时间\n想天售后服务群 乙：“写 什么”',
    ]),
  )
  await vi.advanceTimersByTimeAsync(60_000)
  expect(toldStaff()).toHaveLength(1)
})

test('splits a long digest into notices of a bubble each, and leaves none out', async () => {
  const { unsaid, toldStaff } = await unsaidQuestions()
  for (let i = 0; i < 40; i++) await unsaid.note(asked(`${i}`, by(`客户${i}`)), ANSWER, 'held-back')
  unsaid.start()
  await vi.waitFor(() =>
    expect(
      toldStaff()
        .join('\n')
        .match(/客户\d+：/g),
    ).toHaveLength(40),
  )
  for (const text of toldStaff()) expect(text.length).toBeLessThanOrEqual(500)
})

test('makes tickets of what is more than a digest can hold', async () => {
  const { unsaid, opened, store, held } = await unsaidQuestions()
  held.back = true
  for (let i = 0; i < 230; i++) await unsaid.note(asked(`${i}`), ANSWER, 'held-back')
  expect([store.unsaid().length, opened.length]).toEqual([200, 30])
})

test('keeps what waits for WeChat on disk, and tells staff of it if the run ends before', async () => {
  const { unsaid, path, held, store } = await unsaidQuestions()
  held.back = true
  unsaid.start()
  await unsaid.waits(asked('1', by('甲')), ANSWER)
  await unsaid.waits(asked('2', by('乙')), ANSWER)
  await unsaid.settled(asked('2'))
  await store.flush()
  // A kill.
  const next = await unsaidQuestions(path)
  next.unsaid.start()
  await vi.waitFor(() => expect(next.toldStaff().join()).toMatch(/^有 1 个问题.*甲：/s))
})

test('says nothing to staff of what was said after all', async () => {
  const { unsaid, toldStaff, held, store } = await unsaidQuestions()
  held.back = true
  unsaid.start()
  const message = asked('1')
  await unsaid.waits(message, ANSWER)
  held.back = false
  await vi.advanceTimersByTimeAsync(20_000)
  expect(toldStaff()).toEqual([]) // its turn is near
  await unsaid.settled(message)
  expect(store.unsaid()).toEqual([])
})

test('makes tickets of what is too much, and tells of many in one notice a minute', async () => {
  const { unsaid, toldStaff, opened } = await unsaidQuestions()
  for (let i = 1; i <= 30; i++) await unsaid.note(asked(`m${i}`, by(`客户${i}`)), ANSWER, 'overload')
  expect(opened).toHaveLength(30)
  await vi.advanceTimersByTimeAsync(5_000)
  await vi.waitFor(() => expect(toldStaff()).toHaveLength(1))
  expect(toldStaff()[0]).toMatch(/^30 个问题没顾上回答，已转成工单：\n1 想天售后服务群 客户1：“审核要多久”\n2 /)
  expect(toldStaff()[0]).toMatch(/\n还有 \d+ 个，发“工单”看全部。$/)
  expect(toldStaff()[0]!.length).toBeLessThanOrEqual(500)
  await unsaid.note(asked('m31'), ANSWER, 'day-cap')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(toldStaff()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(30_000)
  await vi.waitFor(() => expect(toldStaff()).toHaveLength(2))
})

test('tells who has used up the day once, and staff of each ticket once; what else is asked stands in the ticket', async () => {
  const { unsaid, opened, toldAskers, toldStaff } = await unsaidQuestions()
  for (let i = 1; i <= 5; i++) await unsaid.note(asked(`m${i}`, by('王老板')), ANSWER, 'person-cap')
  await unsaid.note(asked('m6', by('小李')), ANSWER, 'person-cap')
  expect(opened).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(toldStaff()).toEqual([expect.stringMatching(/^2 个问题没顾上回答.*王老板.*\n.*小李.*$/s)])
  expect(toldAskers.map((text) => text.slice(0, 12))).toEqual(['王老板 今天您问得比较多', '小李 今天您问得比较多，'])
  vi.setSystemTime(MONDAY_MS + 24 * 3_600_000)
  await unsaid.note(asked('m7', by('王老板')), ANSWER, 'person-cap')
  expect(toldAskers).toHaveLength(3)
})

test('forgets a person, and nobody else', async () => {
  const { unsaid, store } = await unsaidQuestions()
  await unsaid.note(asked('1', by('甲')), ANSWER, 'stopping')
  await unsaid.note(asked('2', by('乙')), ANSWER, 'session-over')
  await unsaid.forget({ name: '甲', keys: ['name:甲'], tickets: [] } as never)
  expect(store.unsaid().map(({ messageId }) => messageId)).toEqual(['2'])
})
