import { expect, test } from 'vitest'
import type { SentRecord } from '../fake-weixin/sent-log.js'
import { type Asked, type Evidence, judge, type LogLine, type Trouble } from './judge.js'

const ASKED: Asked = { asker: '甲', room: 'g1', msgId: '7', atMs: 100_000, saidMs: 100_000 }
const sent = (text: string, to = 'g1'): SentRecord =>
  ({ seq: 1, at: 0, kind: 'text', to, toKind: 'room', login: 1, ret: 0, text }) as const
const line = (msg: string, time: number, fields: Partial<LogLine> = {}): LogLine => ({
  ...{ msg, time, pid: 1, messageId: ASKED.msgId },
  ...fields,
})
const trouble = (what: Trouble['what'], fromMs: number): Trouble => ({ what, fromMs, toMs: fromMs + 5_000 })

function verdict(facts: Partial<Evidence>) {
  const { fates, faults } = judge({ asked: [ASKED], sent: [], lines: [], troubles: [], ...facts })
  return { fate: Object.entries(fates).find(([, count]) => count > 0)?.[0], faults: faults.length }
}

test.each([
  ['a word with staff', { toldStaff: '工单 1\n提问人：甲' }, 'with staff', 0],
  ['a line to the asker', { sent: [sent('@甲 抱歉，这次没记下来')], toldStaff: '' }, 'answered', 0],
  [
    'a reason in the log alone',
    { lines: [line('reply dropped', 100_500)], toldStaff: '' },
    'dropped with a reason in the log',
    1,
  ],
  ['nothing', { toldStaff: '提问人：乙' }, 'unexplained', 1],
] as const)('tells of a bot that is hard pressed by %s', (_, facts, fate, faults) => {
  expect(verdict(facts)).toEqual({ fate, faults })
})

test.each([
  ['one answer', [sent('@甲 好'), sent('还有')], 0],
  ['two answers', [sent('@甲 好'), sent('@甲 好的')], 1],
  ['an answer in another group', [sent('@甲 好', 'g2')], 1],
  ['a bubble said twice', [sent('@甲 好'), sent('还有'), sent('还有')], 1],
  ['an answer to nobody who asked', [sent('@甲 好'), sent('@乙 好')], 1],
  ['words in a group where nobody asked', [sent('@甲 好'), sent('还有', 'g2')], 1],
])('counts the faults of %s', (_, bubbles, faults) => {
  expect(verdict({ sent: bubbles })).toEqual({ fate: 'answered', faults })
})

const decided = line('decided', 100_400, { kind: 'answer' })

test.each([
  ['nothing at all', {}, 'unexplained'],
  ['a decision', { lines: [decided] }, 'unexplained'],
  ['a decision and an outage', { lines: [decided], troubles: [trouble('outage', 101_000)] }, 'unexplained'],
  ['a kill long after', { lines: [decided], troubles: [trouble('kill-bot', 140_000)] }, 'unexplained'],
  ['an outage long after', { troubles: [trouble('outage', 106_000)] }, 'unexplained'],
  [
    'a kill after the decision',
    { lines: [decided], troubles: [trouble('kill-bot', 101_000)] },
    'lost with a killed process',
  ],
  ['a kick before it', { troubles: [trouble('kick', 97_000)] }, 'said while the bot was down'],
  ['a drop', { lines: [decided, line('reply dropped', 100_500)] }, 'dropped with a reason in the log'],
])('tells the fate of a question by %s', (_, facts, fate) => {
  expect(verdict(facts)).toEqual({ fate, faults: fate === 'unexplained' ? 1 : 0 })
})
