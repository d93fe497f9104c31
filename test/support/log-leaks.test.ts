import { expect, test } from 'vitest'
import { leaksIn } from './log-leaks.js'

const PLANTED = { secrets: ['@skey-123'], words: ['王老板', '审核要多久'] }
const line = (fields: object): string => JSON.stringify({ level: 30, time: 1, ...fields, msg: 'decided' })

test.each([
  ['a name in a line of the log', line({ who: '小李' })],
  ['a text in an error', JSON.stringify({ level: 50, err: { message: 'no 审核要多久' } })],
  ['a secret anywhere', 'printed @skey-123'],
  ['a secret in a debug line', JSON.stringify({ level: 20, key: '@skey-123' })],
  ['a name in a line of Wechaty', '15:04:01 WARN Room find(王老板) more than one'],
  ['a text in a crash', 'uncaughtException Error: 审核要多久'],
])('finds %s', (_what, output) => {
  expect(leaksIn(`ok\n${output}\nok`, PLANTED)).toEqual([output])
})

test.each([
  ['a line without words', line({ reason: 'sure', sections: ['4.1'] })],
  ['a text at debug', JSON.stringify({ level: 20, text: '审核要多久' })],
  ['what the operator is to read', '王老板 想认领：管理员 1234 5678'],
  ['wechat4u’s own words', JSON.stringify({ level: 40, error: '连续3次同步失败，5s后尝试重启' })],
])('lets %s be', (_what, output) => {
  expect(leaksIn(output, PLANTED)).toEqual([])
})
