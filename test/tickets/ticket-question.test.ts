import { expect, test } from 'vitest'
import { ticketQuestion } from '../../src/tickets/handoff.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { LANGUAGE } from '../support/shipped-language.js'

const MINUTE_MS = 60_000
const before = (...texts: readonly string[]) =>
  texts.map((text, index) => ({ atMs: MONDAY_MS + index * MINUTE_MS, text }))
const question = (text: string, said: ReturnType<typeof before> = [], afterMinutes = 10) =>
  ticketQuestion({ kind: 'text', text, sentAtMs: MONDAY_MS + afterMinutes * MINUTE_MS }, said, LANGUAGE)

test.each([
  '好的',
  '转人工',
  '要',
  '可以，谢谢',
  '没用',
  '答非所问',
  '还是不行',
  '我要找人工客服',
  '麻烦转一下人工吧',
  'ok',
])('%s means what was asked before', (text) => {
  expect(question(text, before('早', '支付回调怎么配'))).toBe('支付回调怎么配')
})

test.each(['转人工，登录不上后台', '人工，验证码收不到', '还是提示502', '密码错误'])('%s speaks for itself', (text) => {
  expect(question(text, before('支付回调怎么配'))).toBe(text)
})

test('of several, the last two that were different', () => {
  const said = before('数据统计不准', '支付回调怎么配', '好的', '支付回调怎么配', '回调地址填哪里', '[图片]')
  expect(question('好的', said)).toBe('支付回调怎么配\n回调地址填哪里')
})

test('a verdict on another ticket is none of it', () => {
  expect(question('转人工', before('支付回调怎么配', '可以了，谢谢', '满意'))).toBe('支付回调怎么配')
})

test('what was said too long ago is another matter', () => {
  expect(question('转人工', before('支付回调怎么配'), 31)).toBe('转人工')
  expect(question('转人工', before('支付回调怎么配'), 30)).toBe('支付回调怎么配')
})

test('a picture is named, and no more is kept of a book than a notice holds', () => {
  expect(ticketQuestion({ kind: 'picture', text: '', sentAtMs: MONDAY_MS }, before('支付回调怎么配'), LANGUAGE)).toBe(
    '[图片]',
  )
  expect(question('驳回'.repeat(2_000))).toHaveLength(2_000)
})
