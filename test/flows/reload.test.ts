import { expect, test } from 'vitest'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM } from '../support/a-message.js'
import { botUnderTest, CHEN, smallSnapshot, XU } from '../support/bot-under-test.js'

test.each([
  ['in the staff group', { place: STAFF_ROOM }],
  ['in the direct chat', { place: DIRECT }],
])('reloads when the admin says so %s', async (_where, place) => {
  const bot = await botUnderTest()
  const { decision, sent } = await bot.hears('重载', { sender: XU, ...place })
  expect(decision).toMatchObject({ kind: 'command', reason: 'reload' })
  expect(sent).toEqual([expect.stringContaining('beef0002')])
  expect(bot.knowledge.current.version).toBe('beef0002')
  expect((await bot.hears('@小助手 UGC说明怎么填')).decision.knowledgeVersion).toBe('beef0002')
})

test.each([
  ['a customer', { sender: LI }],
  ['a customer in the direct chat', { sender: LI, place: DIRECT }],
  ['a customer who calls himself admin', { sender: { ...LI, name: '管理员', key: 'name:管理员' }, place: DIRECT }],
  ['staff', { sender: CHEN, place: STAFF_ROOM }],
  ['staff in the direct chat', { sender: CHEN, place: DIRECT }],
  ['the admin before customers', { sender: XU, place: CUSTOMERS }],
  ['its own account', { sender: XU, place: DIRECT, fromSelf: true }],
])('does not reload for %s', async (_who, facts) => {
  const bot = await botUnderTest()
  expect((await bot.hears('重载', facts)).decision.kind).not.toBe('command')
  expect(bot.knowledge.current.version).toBe('cafe0001')
})

test('answers on the old knowledge while the new is being built, and finishes on what it began with', async () => {
  const bot = await botUnderTest()
  let built: () => void = () => {}
  const building = new Promise<void>((resolve) => {
    built = resolve
  })
  bot.loading.load = async () => {
    await building
    return { ...smallSnapshot('beef0002'), sections: new Map() }
  }
  const reloading = bot.hears('重载', { sender: XU, place: DIRECT })
  expect((await bot.hears('@小助手 UGC说明怎么填')).decision.knowledgeVersion).toBe('cafe0001')
  bot.channel.beforeSend = () => built()
  const { sent } = await bot.hears('@小助手 类目选哪个')
  expect(sent.join('\n')).toContain('【3】服务类目\n1. 3 第一步')
  await reloading
  expect(bot.knowledge.current.version).toBe('beef0002')
})
