import { expect, test } from 'vitest'
import { describeCommand, parseCommand } from '../../src/commands/take.js'

test.each([
  ['备注 12 客户王大锤，电话13812345678', '备注 12 （19 字）'],
  ['回复 12 王老板您好', '回复 12 （5 字）'],
  ['结单 12 已帮王老板处理', '结单 12 （7 字）'],
  ['测试 我的号码 13812345678', '测试 （16 字）'],
  ['新说法 4.1 弹窗怎么填 强制', '新说法 4.1 （5 字） 强制'],
])('writes of %s no more than %s', (text, written) => {
  expect(describeCommand(parseCommand(text)!)).toBe(written)
})

test('writes of what a customer tries no words at all', () => {
  const written = ['静音 我是王大锤', '转给 3 王大锤'].map((text) => describeCommand(parseCommand(text)!, 'customer'))
  expect(written).toEqual(['静音 （5 字）', '转给 3 （3 字）'])
})

test.each([
  ['静音 想天 120分钟', '静音 想天 2小时'],
  ['静音 1 半小时', '静音 1 30分钟'],
  ['静音 想天 99天', '静音 想天 30天'],
  ['静音 想天', '静音 想天'],
  ['归类 7 到 4.1', '归类 7 4.1'],
  ['重载 强制', '重载 强制'],
])('writes %s down as %s, which is the same order', (text, written) => {
  const command = parseCommand(text)!
  expect(describeCommand(command)).toBe(written)
  expect(parseCommand(written)).toEqual(command)
})
