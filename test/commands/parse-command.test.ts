import { expect, test } from 'vitest'
import type { Command } from '../../src/commands/table.js'
import { parseCommand } from '../../src/commands/take.js'
import { hostileTexts } from '../support/hostile-text.js'

const RELOAD: Command = { kind: 'reload', force: false }
const LIST: Command = { kind: 'list-tickets' }
const claim = (number: number | null): Command => ({ kind: 'claim-ticket', number })
const close = (number: number | null, note = ''): Command => ({ kind: 'close-ticket', number, note })

test.each<[string, Command]>([
  ['重载', RELOAD],
  ['重载。', RELOAD],
  ['  重载！ ', RELOAD],
  ['重载知识库', RELOAD],
  ['重新加载', RELOAD],
  ['Reload', RELOAD],
  ['重載', RELOAD],
  ['工单', LIST],
  ['工单列表', LIST],
  ['工單', LIST],
  ['接单 12', claim(12)],
  ['接单12', claim(12)],
  ['接单　１２。', claim(12)],
  ['接单', claim(null)],
  ['接單 7', claim(7)],
  ['结单 12', close(12)],
  ['关单12', close(12)],
  ['结单', close(null)],
  ['结单 12 已经重新打包', close(12, '已经重新打包')],
  ['结单12已经重新打包', close(12, '已经重新打包')],
  ['结单 已经重新打包', close(null, '已经重新打包')],
  ['結單 3 好了', close(3, '好了')],
])('reads %j as an order', (text, command) => {
  expect(parseCommand(text)).toEqual(command)
})

test('keeps the note as it was written', () => {
  const note = '照 https://Mp.weixin.qq.com/A 重填 Logo。\n客户 OK'
  expect(parseCommand(`结单 12 ${note}`)).toEqual(close(12, note))
})

test.each([
  '',
  '重载了吗',
  '怎么重载',
  '页面重载以后空白',
  '工单怎么提',
  '我要接单 12',
  '接单十二',
  '接单 12 和 13',
  '接单员在吗',
  '订单 12',
  '请问结单是什么意思',
  'reload the page',
])('takes %j for talk', (text) => {
  expect(parseCommand(text)).toBeUndefined()
})

test('never throws, and numbers are whole', () => {
  const commands = hostileTexts(400, 4).flatMap((text) => [parseCommand(text), parseCommand(`结单 9 ${text}`)])
  const numbers = commands.flatMap((command) => (command && 'number' in command ? [command.number] : []))
  expect(numbers.length).toBeGreaterThan(200)
  expect(numbers.filter((number) => number !== null && !(Number.isInteger(number) && number >= 0))).toEqual([])
})
