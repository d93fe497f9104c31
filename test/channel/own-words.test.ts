import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OwnWords } from '../../src/channel/hearing.js'
import type { Outgoing } from '../../src/model/ports.js'
import { png } from '../support/picture-bytes.js'

const text = (words: string): Outgoing => ({ kind: 'text', text: words })
const picture: Outgoing = { kind: 'picture', path: '/img/a.png', bytes: png(), fileName: 'a.png' }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['word for word', text('先选类目\n再提交'), '先选类目\n再提交'],
  ['behind a mention', text('先选类目'), '@王老板\u2005先选类目'],
  ['with other blanks', text('先选 类目\n再提交'), '先选 类目 再提交'],
])('knows its own words %s', (_how, said, heard) => {
  const own = new OwnWords()
  own.note('@@1', said)
  expect(own.takeEcho({ placeId: '@@1', text: heard })).toBe(true)
})

test('knows its own picture', () => {
  const own = new OwnWords()
  own.note('@@1', picture)
  expect(own.takeEcho({ placeId: '@@1', text: '字' })).toBe(false)
  expect(own.takeEcho({ placeId: '@@1', text: undefined })).toBe(true)
})

test('takes everything else from the account for its owner', () => {
  const own = new OwnWords()
  own.note('@@1', text('先选类目'))
  expect(own.takeEcho({ placeId: '@@2', text: '先选类目' })).toBe(false)
  expect(own.takeEcho({ placeId: '@@1', text: '我来答' })).toBe(false)
  expect(own.takeEcho({ placeId: '@@1', text: '先选类目' })).toBe(true)
  expect(own.takeEcho({ placeId: '@@1', text: '先选类目' })).toBe(false)
})

test('does not take the same words said much later for an echo', () => {
  const own = new OwnWords()
  own.note('@@1', text('您好'))
  vi.advanceTimersByTime(30_001)
  expect(own.takeEcho({ placeId: '@@1', text: '您好' })).toBe(false)
})
