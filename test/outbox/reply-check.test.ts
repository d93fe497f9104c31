import { expect, test } from 'vitest'
import type { IncomingMessage, Person } from '../../src/model/chat.js'
import { ReplyCheck, type ReplyCheckOptions, speaksTo } from '../../src/outbox/reply-check.js'
import { aMessage } from '../support/a-message.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'

const WANG: Person = { id: '@wang', key: 'name:王老板', name: '王老板', role: 'customer' }
const CHEN: Person = { id: '@chen', key: 'name:陈工', name: '陈工', role: 'staff' }
const question = aMessage({ id: 'q', sender: WANG, sentAtMs: MONDAY_MS })
const byChen = (facts: Partial<IncomingMessage> = {}) => aMessage({ id: 'c', sender: CHEN, text: '我来', ...facts })

function checkWith(options: Partial<ReplyCheckOptions> = {}) {
  const clock = fixedClock()
  const check = new ReplyCheck({ maxAgeMs: 120_000, heldByHuman: () => false, ...options })
  check.note(question)
  return { check, clock }
}

test('wants a reply as long as nothing has happened', () => {
  const { check, clock } = checkWith()
  const stillWanted = check.watch(question)
  clock.pass(120_000)
  expect(stillWanted()).toBeUndefined()
})

test('tells until when a reply helps, and until when where WeChat lets nothing through', () => {
  const { check } = checkWith()
  expect(check.deadlineMs(question)).toBe(MONDAY_MS + 120_000)
  expect(check.patientUntilMs(question)).toBe(MONDAY_MS + 30 * 60_000)
})

test('drops the reply to a recalled question, and to that one only', () => {
  const { check } = checkWith()
  const other = aMessage({ id: 'q2', sender: WANG })
  const [first, second] = [check.watch(question), check.watch(other)]
  check.note(aMessage({ id: 'r', kind: 'notice', recalls: 'q' }))
  expect([first(), second()]).toEqual(['recalled', undefined])
})

test('drops a reply when the group has been muted', () => {
  const muted = new Set<string>()
  const { check } = checkWith({ isMuted: (placeKey) => muted.has(placeKey) })
  const stillWanted = check.watch(question)
  expect(stillWanted()).toBeUndefined()
  muted.add(question.place.key)
  expect(stillWanted()).toBe('room-muted')
})

test('drops a reply when a person has taken the question meanwhile', () => {
  let held = false
  const { check } = checkWith({ heldByHuman: () => held })
  const stillWanted = check.watch(question)
  held = true
  expect(stillWanted()).toBe('held-by-human')
})

test('leaves what was decided while a person had the question already, and what hands it over', () => {
  let held = true
  const { check } = checkWith({ heldByHuman: () => held })
  expect(check.watch(question)()).toBeUndefined()
  held = false
  const handingOver = check.watch(question, { handsOver: true })
  held = true
  expect(handingOver()).toBeUndefined()
})

test.each<[string, IncomingMessage]>([
  ['a colleague', byChen()],
  ['an admin', byChen({ sender: { ...CHEN, role: 'admin' } })],
  ['the owner of the account, by hand', byChen({ fromSelf: true, fromOwner: true })],
  ['a colleague who sends a picture', byChen({ kind: 'picture', text: '' })],
])('leaves the question to %s who has spoken since', (_who, message) => {
  const { check } = checkWith()
  const stillWanted = check.watch(question)
  check.note(message)
  expect(stillWanted()).toBe('colleague-answered')
})

test.each<[string, IncomingMessage]>([
  ['a customer', byChen({ sender: { ...WANG, key: 'name:别人' } })],
  ['the bot itself', byChen({ sender: { ...CHEN, key: 'self' }, fromSelf: true })],
  ['whoever asked', byChen({ sender: { ...WANG, role: 'admin' } })],
  ['a notice', byChen({ kind: 'notice' })],
  ['a colleague elsewhere', byChen({ place: { kind: 'direct', id: '@chen', key: 'direct:name:陈工' } })],
])('answers all the same when %s has spoken since', (_who, message) => {
  const { check } = checkWith()
  const stillWanted = check.watch(question)
  check.note(message)
  expect(stillWanted()).toBeUndefined()
})

test('counts only what was said after the question', () => {
  const { check } = checkWith()
  check.note(byChen())
  expect(check.watch(question)()).toBeUndefined()
})

test.each<[string, Partial<IncomingMessage>, boolean]>([
  ['names nobody', {}, true],
  ['mentions the asker', { text: '@王老板 请看 4.1', mentionsOthers: true }, true],
  ['mentions somebody else', { text: '@小李 请看 4.1', mentionsOthers: true }, false],
  ['quotes the asker', { quote: { speaker: '王老板', text: '怎么提审', ofBot: false } }, true],
  ['quotes somebody else', { quote: { speaker: '小李', text: '在吗', ofBot: false } }, false],
  ['talks to the bot', { addressedToBot: true }, false],
])('knows whom a colleague speaks to who %s', (_what, facts, expected) => {
  expect(speaksTo(byChen(facts), question)).toBe(expected)
})

test('lets others say what an answer is', () => {
  const { check } = checkWith({ answers: () => false })
  const stillWanted = check.watch(question)
  check.note(byChen())
  expect(stillWanted()).toBeUndefined()
})
