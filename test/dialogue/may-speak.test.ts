import { expect, test } from 'vitest'
import { mayNotSpeak } from '../../src/dialogue/permission.js'
import { isAddressed, type Situation } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { SilenceReason } from '../../src/model/decision.js'
import { aMessage, CUSTOMERS, DIRECT, STAFF_ROOM, WANG } from '../support/a-message.js'
import { aTurn } from '../support/a-situation.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const STAFF = { ...WANG, role: 'staff' } as const
const ADMIN = { ...WANG, role: 'admin' } as const
const IGNORED = { ...CUSTOMERS, purpose: 'ignored' } as const
const OF_BOT = { speaker: '助手', text: '审核要 8 天', ofBot: true }
const OF_OTHER = { speaker: '小李', text: '审核要 8 天', ofBot: false }

test.each<[string, SilenceReason, Partial<IncomingMessage>, Partial<Situation>]>([
  ['what it says itself', 'own-message', { fromSelf: true }, {}],
  ["what its owner's hand says, even to it", 'own-message', { fromSelf: true, addressedToBot: true }, {}],
  ['system notices', 'system-notice', { kind: 'notice' }, {}],
  ['messages that came twice', 'duplicate', { addressedToBot: true }, { seenBefore: true }],
  ['messages older than its start', 'too-old', { addressedToBot: true, sentAtMs: MONDAY_MS - 60_001 }, {}],
  ['groups that it does not serve', 'room-not-served', { place: IGNORED, addressedToBot: true }, {}],
  ["the vendor's own group", 'staff-room', { place: STAFF_ROOM, addressedToBot: true }, {}],
  ['staff', 'staff', { sender: STAFF }, {}],
  ['staff that mention it', 'staff', { sender: STAFF, addressedToBot: true }, {}],
  ['staff in a direct chat', 'staff', { sender: STAFF, place: DIRECT }, {}],
  ['an admin who talks to the group', 'staff', { sender: ADMIN }, {}],
  ['what is put to somebody else', 'to-somebody-else', { mentionsOthers: true }, {}],
  ["replies to somebody else's message", 'to-somebody-else', { quote: OF_OTHER }, {}],
])('stays silent towards %s', (_, reason, message, situation) => {
  expect(mayNotSpeak(aTurn(aMessage(message), { situation }))).toBe(reason)
})

test.each<[string, Partial<IncomingMessage>]>([
  ['a customer', {}],
  ['a message sent at its very start', { sentAtMs: MONDAY_MS - 60_000 }],
  ['a customer in a direct chat', { place: DIRECT }],
  ['an admin who mentions it', { sender: ADMIN, addressedToBot: true }],
  ['an admin in a direct chat', { sender: ADMIN, place: DIRECT }],
  ['an admin who replies to it', { sender: ADMIN, quote: OF_BOT }],
  ['who mentions it among others', { mentionsOthers: true, addressedToBot: true }],
  ["who shows it somebody else's message", { quote: OF_OTHER, addressedToBot: true }],
  ['who replies to it', { quote: OF_BOT }],
  ['a picture', { kind: 'picture' }],
])('may speak to %s', (_, message) => {
  expect(mayNotSpeak(aTurn(aMessage(message)))).toBeUndefined()
})

test.each<[boolean, string, Partial<IncomingMessage>]>([
  [false, 'said to the group', {}],
  [true, 'said in a direct chat', { place: DIRECT }],
  [true, 'with a mention', { addressedToBot: true }],
  [true, 'as a reply to the bot', { quote: OF_BOT }],
  [false, 'as a reply to another', { quote: OF_OTHER }],
])('addressed: %s when %s', (addressed, _, message) => {
  expect(isAddressed(aMessage(message))).toBe(addressed)
})
