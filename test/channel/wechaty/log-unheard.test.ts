import { expect, test } from 'vitest'
import { logUnheard } from '../../../src/channel/wechaty/wechat4u.js'
import { capturedLog } from '../../support/captured-log.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

/** @returns what the log says of these messages, and what the puppet gets */
function pass(messages: readonly object[], startTime?: number) {
  const wechat4u = new FakeWechat4u()
  const { log, lines } = capturedLog()
  logUnheard({ wechat4u, startTime }, log)
  wechat4u.handleMsg(messages)
  return { lines: lines.map(({ messageId, reason }) => ({ messageId, reason })), handled: wechat4u.handled }
}

const old = { MsgId: '1', MsgType: 1, CreateTime: 99, Content: '怎么提审' }
const fresh = { MsgId: '2', MsgType: 1, CreateTime: 100 }
const chats = { MsgId: '3', MsgType: 51, CreateTime: 99 }

test('names what was said before the connection, by number alone, and hands everything on', () => {
  const { lines, handled } = pass([old, fresh, chats], 100)
  expect(lines).toEqual([{ messageId: '1', reason: 'too-old' }])
  expect(handled).toEqual([old, fresh, chats])
})

test('says nothing when the puppet does not tell since when it is connected', () => {
  expect(pass([old]).lines).toEqual([])
})
