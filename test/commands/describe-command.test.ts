import { expect, test } from 'vitest'
import { describeCommand } from '../../src/commands/help.js'
import { parseCommand } from '../../src/commands/parse.js'

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
