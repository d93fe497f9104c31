import { expect, test } from 'vitest'
import { type AskLine, parseAskLine, toAskMessage } from '../../src/cli/asker.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

function lineOf(facts: object): AskLine {
  const parsed = parseAskLine(JSON.stringify({ id: 'q1', text: '怎么提审', ...facts }))
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.line
}

const messageOf = (facts: object = {}, sequence = 1) => toAskMessage(lineOf(facts), sequence, MONDAY_MS)

test('needs an id and a text, and takes the rest for the usual', () => {
  expect(lineOf({})).toEqual({ id: 'q1', text: '怎么提审', mentioned: true, role: 'customer' })
  expect(lineOf({ id: 7 }).id).toBe(7)
  expect(lineOf({ extra: 'ignored' })).not.toHaveProperty('extra')
})

test.each([
  ['2026-11-23T10:00:00+08:00', true],
  ['2026-11-23T02:00:00Z', true],
  ['2026-11-23T10:00:00', true],
  ['2026-11-23', false],
  ['2026-02-30T10:00:00Z', false],
  ['yesterday', false],
  [1_795_399_200_000, false],
])('takes %j for a moment: %s', (now, ok) => {
  expect(parseAskLine(JSON.stringify({ id: 1, text: 'x', now })).ok).toBe(ok)
})

test.each([
  ['no JSON', '{"id":1,', undefined],
  ['nothing', '', undefined],
  ['null', 'null', undefined],
  ['a list', '[]', undefined],
  ['a number', '7', undefined],
  ['no id', '{"text":"x"}', undefined],
  ['an id that is no name', '{"id":{"a":1},"text":"x"}', undefined],
  ['no text', '{"id":"q1"}', 'q1'],
  ['a text that is a number', '{"id":0,"text":7}', 0],
  ['an unknown role', '{"id":"q1","text":"x","role":"owner"}', 'q1'],
  ['a mention that is a word', '{"id":"q1","text":"x","mentioned":"yes"}', 'q1'],
  ['a quote that is a text', '{"id":"q1","text":"x","quote":"x"}', 'q1'],
])('refuses %s, with the id where there is one', (_what, text, id) => {
  const parsed = parseAskLine(text)
  expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(/./) })
  expect('id' in parsed ? parsed.id : undefined).toBe(id)
})

test('names every wrong key at once', () => {
  const parsed = parseAskLine('{"id":"q1","text":7,"role":"owner","now":"soon"}')
  expect(parsed).toMatchObject({ error: expect.stringMatching(/text: .*role: .*now: /) })
})

test('makes a group message that is put to the bot', () => {
  expect(messageOf()).toEqual({
    id: 'line-1',
    place: { kind: 'room', id: 'line:1', key: 'line:1', topic: '售后群', purpose: 'customers' },
    sender: { id: '', key: 'name:', name: '', role: 'customer' },
    kind: 'text',
    text: '怎么提审',
    addressedToBot: true,
    mentionsOthers: false,
    sentAtMs: MONDAY_MS,
    fromSelf: false,
  })
})

test('overhears what is not put to the bot, unless the text itself mentions it', () => {
  expect(messageOf({ mentioned: false }).addressedToBot).toBe(false)
  expect(messageOf({ mentioned: false, text: '@小助手 怎么提审' })).toMatchObject({
    addressedToBot: true,
    text: '怎么提审',
  })
  expect(messageOf({ mentioned: false, text: '@张工 在吗' })).toMatchObject({
    addressedToBot: false,
    mentionsOthers: true,
  })
})

test('lets each line without a session stand alone', () => {
  expect(messageOf({}, 1).place.key).not.toBe(messageOf({}, 2).place.key)
  expect(messageOf({ room: '同一个群' }, 1).place.key).not.toBe(messageOf({ room: '同一个群' }, 2).place.key)
  expect(messageOf({}, 1).id).not.toBe(messageOf({ session: 's' }, 2).id)
})

test('keeps the lines of a session in one group, whatever else they say', () => {
  const first = messageOf({ session: 's', room: '想天售后服务群', speaker: '王老板' }, 1)
  const second = messageOf({ session: 's', speaker: '小李' }, 2)
  expect(second.place.key).toBe(first.place.key)
  expect(second.sender.key).not.toBe(first.sender.key)
  expect(messageOf({ session: 't' }, 3).place.key).not.toBe(first.place.key)
  expect(first.place).toMatchObject({ topic: '想天售后服务群' })
})

test.each(['customer', 'staff', 'admin'])('lets %s speak', (role) => {
  expect(messageOf({ role, speaker: '徐经理' }).sender).toMatchObject({ name: '徐经理', role })
})

test('sends a picture where there is nothing but one', () => {
  expect(messageOf({ text: '', image: 'a.png' }).kind).toBe('picture')
  expect(messageOf({ text: '看这里', image: 'a.png' }).kind).toBe('text')
  expect(messageOf({ text: '' }).kind).toBe('text')
})

test('quotes by field or in the words of WeChat, and knows its own words', () => {
  expect(messageOf({ quote: { speaker: '小助手', text: '【1】' } }).quote).toEqual({
    speaker: '小助手',
    text: '【1】',
    ofBot: true,
  })
  expect(messageOf({ quote: {} }).quote).toEqual({ speaker: '', text: '', ofBot: false })
  const written = '「张工：图片」\n- - - - - - - - - - - - - - -\n看这里'
  expect(messageOf({ text: written })).toMatchObject({ text: '看这里', quote: { speaker: '张工', ofBot: false } })
})
