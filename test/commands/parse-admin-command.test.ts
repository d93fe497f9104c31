import { expect, test } from 'vitest'
import type { Command } from '../../src/commands/table.js'
import { parseCommand, suggestOrder } from '../../src/commands/take.js'
import { hostileTexts } from '../support/hostile-text.js'

const mute = (room: string, minutes: number | null): Command => ({ kind: 'mute', room, minutes })

test.each<[string, Command]>([
  ['帮助', { kind: 'help' }],
  ['幫助', { kind: 'help' }],
  ['状态', { kind: 'status' }],
  ['　状态。', { kind: 'status' }],
  ['/status', { kind: 'status' }],
  ['重载', { kind: 'reload', force: false }],
  ['重载一下', { kind: 'reload', force: false }],
  ['重载 强制', { kind: 'reload', force: true }],
  ['重载强制', { kind: 'reload', force: true }],
  ['强制重载', { kind: 'reload', force: true }],
  ['检查', { kind: 'check' }],
  ['回滚', { kind: 'roll-back', to: null }],
  ['回滚 3', { kind: 'roll-back', to: 3 }],
  ['回滚到第３版', { kind: 'roll-back', to: 3 }],
  ['测试 审核要多久', { kind: 'try', text: '审核要多久' }],
  ['测试：审核要多久？', { kind: 'try', text: '审核要多久？' }],
  ['测试审核要多久', { kind: 'try', text: '审核要多久' }],
  ['测试', { kind: 'try', text: '' }],
  ['未答', { kind: 'list-unanswered' }],
  ['归类 7 4.1', { kind: 'assign', number: 7, sectionKey: '4.1' }],
  ['归类７　４．１', { kind: 'assign', number: 7, sectionKey: '4.1' }],
  ['归类7到4。1', { kind: 'assign', number: 7, sectionKey: '4.1' }],
  ['歸類 7 a1', { kind: 'assign', number: 7, sectionKey: 'A1' }],
  ['归类 7 payment/2', { kind: 'assign', number: 7, sectionKey: 'payment/2' }],
  ['归类 7 无关', { kind: 'assign', number: 7, sectionKey: '无关' }],
  ['归类7到人工', { kind: 'assign', number: 7, sectionKey: '人工' }],
  ['归类 7 4.1 强制', { kind: 'assign', number: 7, sectionKey: '4.1', force: true }],
  ['新说法 闲聊 我们自己先开会定', { kind: 'teach', sectionKey: '闲聊', text: '我们自己先开会定' }],
  ['新说法 4.1 弹窗怎么填 强制', { kind: 'teach', sectionKey: '4.1', text: '弹窗怎么填', force: true }],
  ['草稿', { kind: 'list-drafts' }],
  ['采纳 12', { kind: 'accept-draft', number: 12 }],
  ['采纳12号 强制', { kind: 'accept-draft', number: 12, force: true }],
  ['采纳', { kind: 'accept-draft', number: null }],
  ['归类 7', { kind: 'assign', number: 7, sectionKey: null }],
  ['归类', { kind: 'assign', number: null, sectionKey: null }],
  ['忽略7', { kind: 'ignore', number: 7 }],
  ['新说法 4.1 弹出 UGC 怎么填', { kind: 'teach', sectionKey: '4.1', text: '弹出 UGC 怎么填' }],
  ['新说法4.1：弹出UGC怎么填', { kind: 'teach', sectionKey: '4.1', text: '弹出UGC怎么填' }],
  ['新说法 弹出UGC怎么填', { kind: 'teach', sectionKey: null, text: '弹出UGC怎么填' }],
  ['静音', mute('', null)],
  ['静音 2小时', mute('', 120)],
  ['静音 半小时', mute('', 30)],
  ['静音 1.5 小时', mute('', 90)],
  ['静音 一个半小时', mute('', 90)],
  ['静音 两天', mute('', 2880)],
  ['静音 想天售后服务群 30分钟', mute('想天售后服务群', 30)],
  ['静音想天售后服务群2小时', mute('想天售后服务群', 120)],
  ['静音 “想天 1 群”', mute('想天 1 群', null)],
  ['静音 1 2小时', mute('1', 120)],
  ['静音 1 半小时', mute('1', 30)],
  ['静音 1半小时', mute('', 90)],
  ['静音 1 个半小时', mute('', 90)],
  ['恢复', { kind: 'unmute', room: '' }],
  ['恢复 想天售后服务群', { kind: 'unmute', room: '想天售后服务群' }],
  ['取消静音', { kind: 'unmute', room: '' }],
  ['群', { kind: 'list-rooms' }],
  ['绑定值班群', { kind: 'bind-staff-room', room: '' }],
  ['綁定值班群。', { kind: 'bind-staff-room', room: '' }],
  ['绑定值班群 “过审值班群”', { kind: 'bind-staff-room', room: '过审值班群' }],
  ['统计', { kind: 'show-figures', span: 'today' }],
  ['统计今天', { kind: 'show-figures', span: 'today' }],
  ['統計 本週', { kind: 'show-figures', span: 'week' }],
  ['本周统计', { kind: 'show-figures', span: 'week' }],
  ['审计', { kind: 'show-audit' }],
  ['认领', { kind: 'claim-role', role: null }],
  ['认领管理员', { kind: 'claim-role', role: 'admin' }],
  ['认领 同事', { kind: 'claim-role', role: 'staff' }],
  ['撤销 张三', { kind: 'revoke-role', name: '张三' }],
  ['撤销 @张三', { kind: 'revoke-role', name: '张三' }],
])('reads %j as an order', (text, command) => {
  expect(parseCommand(text)).toEqual(command)
})

test.each([
  '统计一下多少人',
  '状态怎么样了',
  '检查过了没问题',
  '重载了吗',
  '测试数据被拒了怎么办',
  '测试内容不能过审吗',
  '测试服今晚清库',
  '恢复了吗',
  '恢复审核要多久',
  '撤销审核会怎么样',
  '群里有人吗',
  '群发怎么弄',
  '忽略它',
  '归类目怎么选',
  '审计局来电话',
  '静音模式怎么开',
  '认领哪个工单',
  '帮助中心在哪',
])('takes %j for talk', (text) => {
  expect(parseCommand(text)).toBeUndefined()
})

test.each(['统计一下', '重载一下', '测试审核要多久', '静音想天售后服务群', '恢复想天售后服务群', '检查一下'])(
  'among people, %j is talk: an order stands apart',
  (text) => {
    expect(parseCommand(text)).toBeDefined()
    expect(parseCommand(text, { strict: true })).toBeUndefined()
  },
)

test.each(['重载', '静音 2小时', '归类7 4.1', '忽略7', '测试 审核要多久', '统计 本周', '回滚3'])(
  'among people, %j is an order all the same',
  (text) => {
    expect(parseCommand(text, { strict: true })).toEqual(parseCommand(text))
  },
)

test.each([
  ['从载', 'reload', false],
  ['重在', 'reload', true],
  ['载重', 'reload', false],
  ['回棍', 'roll-back', true],
  ['回溯', 'roll-back', false],
  ['relaod', 'reload', false],
  ['状太', 'status', true],
  ['统记', 'show-figures', true],
  ['测是 审核要多久', 'try', true],
])('finds the order that %j is near to', (text, kind, soundsAlike) => {
  expect(suggestOrder(text)).toMatchObject({ kind, soundsAlike })
})

test.each(['你好', '好的', '审核要多久', '谢谢', '在吗', '有人吗', '1', '没问题', '收到', '辛苦了'])(
  'finds none near to %j',
  (text) => {
    expect(suggestOrder(text)).toBeUndefined()
  },
)

test('never throws, and what it reads is bounded', () => {
  const verbs = ['静音', '测试', '归类', '新说法', '撤销', '回滚', '恢复', '忽略', '']
  const texts = hostileTexts(300, 5).flatMap((text) => verbs.map((verb) => `${verb} ${text}`))
  const commands = texts.flatMap((text) => [parseCommand(text), parseCommand(text, { strict: true })])
  for (const text of texts) suggestOrder(text)
  const minutes = commands.flatMap((command) => (command?.kind === 'mute' ? [command.minutes ?? 1] : []))
  expect(minutes.length).toBeGreaterThan(300)
  expect(minutes.filter((each) => !(each >= 1 && each <= 43_200))).toEqual([])
})
