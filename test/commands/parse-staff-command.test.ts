import { expect, test } from 'vitest'
import type { Command } from '../../src/commands/table.js'
import { parseCommand } from '../../src/commands/take.js'

const REPLY = 'reply-ticket'

test.each<[string, Command]>([
  ['工单 12', { kind: 'show-ticket', number: 12 }],
  ['看工单12。', { kind: 'show-ticket', number: 12 }],
  ['工單 ＃１２', { kind: 'show-ticket', number: 12 }],
  ['12接单', { kind: 'claim-ticket', number: 12 }],
  ['我来接单 12', { kind: 'claim-ticket', number: 12 }],
  ['接 12', { kind: 'claim-ticket', number: 12 }],
  ['我来接12', { kind: 'claim-ticket', number: 12 }],
  ['12 我来', { kind: 'claim-ticket', number: 12 }],
  ['12号我接！', { kind: 'claim-ticket', number: 12 }],
  ['结 12 已处理', { kind: 'close-ticket', number: 12, note: '已处理' }],
  ['接单12号', { kind: 'claim-ticket', number: 12 }],
  ['转给 12 张三', { kind: 'pass-ticket', number: 12, to: '张三' }],
  ['转给12张三', { kind: 'pass-ticket', number: 12, to: '张三' }],
  ['轉給 12 @张三', { kind: 'pass-ticket', number: 12, to: '张三' }],
  ['转给 12', { kind: 'pass-ticket', number: 12, to: '' }],
  ['转给张三', { kind: 'pass-ticket', number: null, to: '张三' }],
  ['回复 12 您好，请看：https://A.cn', { kind: REPLY, number: 12, text: '您好，请看：https://A.cn' }],
  ['回复12：好的\n第二行', { kind: REPLY, number: 12, text: '好的\n第二行' }],
  ['回覆 12 3天后发', { kind: REPLY, number: 12, text: '3天后发' }],
  ['回复 12', { kind: REPLY, number: 12, text: '' }],
  ['回复', { kind: REPLY, number: null, text: '' }],
  ['备注 12 老客户', { kind: 'note-ticket', number: 12, text: '老客户' }],
  ['備註12老客戶', { kind: 'note-ticket', number: 12, text: '老客戶' }],
  ['备注', { kind: 'note-ticket', number: null, text: '' }],
  ['还给机器人 12', { kind: 'return-ticket', number: 12 }],
  ['還給機器人', { kind: 'return-ticket', number: null }],
  ['值班', { kind: 'show-duty' }],
  ['今天谁值班？', { kind: 'show-duty' }],
  ['我来值班', { kind: 'start-duty' }],
  ['我值班！', { kind: 'start-duty' }],
  ['下班', { kind: 'end-duty' }],
  ['我下班了。', { kind: 'end-duty' }],
])('reads %j as an order', (text, command) => {
  expect(parseCommand(text)).toEqual(command)
})

test.each([
  '回复客户了吗',
  '回复 3天了还没动静',
  '回复3.5的问题',
  '备注一下',
  '转给张三了没有呢',
  '值班的同事呢',
  '下班以后再看',
  '工单系统挂了',
  '接单 12 谢谢',
  '接 3 个客户',
  '接',
  '我来',
  '接一下',
  '我来 3 天了',
  '结束了',
  '结 3 天的账',
  '12 我来问问',
  '还给机器人处理吧',
  '今天值班好累',
])('takes %j for talk', (text) => {
  expect(parseCommand(text)).toBeUndefined()
})
