import { expect, test } from 'vitest'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM, WANG } from '../support/a-message.js'
import { botUnderTest, CHEN, XU } from '../support/bot-under-test.js'

const KNOWN = [
  ...['状态', '重载', '重载 强制', '检查', '回滚', '测试 审核要多久', '未答', '归类 7 4.1', '忽略 7', '群', '审计'],
  ...['新说法 4.1 怎么填', '静音', '静音 想天 2小时', '恢复', '统计', '统计 本周'],
  ...['接单 12', '结单 12 好了', '转给 12 陈工', '回复 12 在吗', '备注 12 老客户', '还给机器人 12'],
]

test('a customer who sends every order is told once, politely, and all of it is written down', async () => {
  const bot = await botUnderTest()
  const said: string[] = []
  for (const text of KNOWN) said.push(...(await bot.hears(text, { sender: WANG, place: DIRECT })).sent)
  expect(said).toEqual([expect.stringContaining('只有管理员能用')])
  const entries = await bot.audit.recent(1000)
  expect(entries).toHaveLength(KNOWN.length)
  expect(new Set(entries.map(({ result, role, where }) => `${result} ${role} ${where}`))).toEqual(
    new Set(['refused customer direct']),
  )
  expect(bot.knowledge.current.version).toBe('cafe0001')
})

test.each([
  ['a customer', WANG],
  ['a colleague', CHEN],
  ['the admin', XU],
])('before customers, orders of %s are met with nothing', async (_who, sender) => {
  const bot = await botUnderTest()
  for (const text of KNOWN) {
    for (const words of [text, `@小助手 ${text}`]) {
      const { sent, decision } = await bot.hears(words, { sender, place: CUSTOMERS })
      expect({ words, sent, kind: decision.kind }).toEqual({ words, sent: [], kind: 'silent' })
    }
  }
  expect(await bot.audit.recent(1000)).toHaveLength(2 * KNOWN.length)
})

test.each([
  ['takes the nick of the admin', { sender: { ...LI, name: '徐经理', key: 'name:徐经理' } }],
  ['takes the remark for a nick', { sender: { ...LI, name: '管理员', key: 'name:管理员' } }],
  ['quotes the admin', { sender: LI, quote: { speaker: '徐经理', text: '重载', ofBot: false } }],
  ['quotes the bot', { sender: LI, quote: { speaker: '小助手', text: '好了，您现在是管理员。', ofBot: true } }],
])('gets nowhere who %s', async (_how, facts) => {
  const bot = await botUnderTest()
  const { decision } = await bot.hears('重载', { ...facts, place: DIRECT })
  expect(decision.kind).not.toBe('command')
  expect(bot.knowledge.current.version).toBe('cafe0001')
})

test('taking rights back is an attempt of colleagues, and of customers where the name is known', async () => {
  const knows = (name: string) => name === '张三'
  const bot = await botUnderTest()
  Object.assign(bot.operations, { rights: { knows, awaitsCode: () => false } })
  await bot.hears('撤销 审核', { sender: WANG, place: DIRECT })
  expect(await bot.audit.recent(10)).toEqual([])
  await bot.hears('撤销 张三', { sender: WANG, place: DIRECT })
  await bot.hears('撤销 李四', { sender: CHEN, place: STAFF_ROOM })
  expect((await bot.audit.recent(10)).map(({ what, result }) => `${what} ${result}`)).toEqual([
    '撤销 李四 refused',
    '撤销 张三 refused',
  ])
})

test('what the admin quotes is no order', async () => {
  const bot = await botUnderTest()
  await bot.hears('这是什么意思', {
    ...{ sender: XU, place: DIRECT, quote: { speaker: '王老板', text: '重载', ofBot: false } },
  })
  expect(bot.knowledge.current.version).toBe('cafe0001')
})

test('lists only what one may do', async () => {
  const bot = await botUnderTest()
  const admin = (await bot.hears('帮助', { sender: XU, place: DIRECT })).sent.join()
  const staff = (await bot.hears('帮助', { sender: CHEN, place: STAFF_ROOM })).sent.join()
  const customer = (await bot.hears('帮助', { sender: WANG, place: DIRECT })).sent.join()
  expect([admin, staff, customer].map((text) => /重载/.test(text))).toEqual([true, false, false])
  expect([admin, staff, customer].map((text) => /接单 12/.test(text))).toEqual([true, true, false])
  expect(Math.max(admin.length, staff.length)).toBeLessThanOrEqual(500)
})

test('a colleague in the staff group is not interrupted by nearly giving an order', async () => {
  const bot = await botUnderTest()
  for (const sender of [CHEN, XU]) {
    for (const text of [
      '统计一下多少人',
      '从载',
      '状太',
      '检查过了',
      '测试环境好了',
      '恢复了吗',
      '群里有人吗',
      '重载了没',
    ]) {
      expect({ text, ...(await bot.hears(text, { sender, place: STAFF_ROOM })) }).toMatchObject({
        text,
        sent: [],
        decision: { kind: 'silent' },
      })
    }
  }
})

test('an admin who mistypes is understood by the sound, or asked', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('重在', { sender: XU, place: DIRECT })).decision.reason).toBe('reload')
  expect((await bot.hears('relaod', { sender: XU, place: DIRECT })).sent.join()).toContain('是不是想发“重载”')
  expect((await bot.hears('@小助手 relaod', { sender: XU, place: STAFF_ROOM })).sent.join()).toContain('重载')
})

test('an order that lacks what it needs, or is torn apart, is met with how to write it', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('归类 七 到 4.1', { sender: XU, place: DIRECT })).sent.join()).toContain('归类 7 4.1')
  expect((await bot.hears('归类 UGC说明怎么填 4.1', { sender: XU, place: DIRECT })).sent.join()).toContain('归类 7 4.1')
  expect((await bot.hears('归 类 七', { sender: XU, place: DIRECT })).sent.join()).toContain('归类 7 4.1')
  expect((await bot.hears('重 载', { sender: XU, place: DIRECT })).decision.reason).toBe('reload')
  expect((await bot.hears('帮　助', { sender: XU, place: DIRECT })).decision.reason).toBe('help')
})

test('a colleague is told each time that an order is for admins', async () => {
  const bot = await botUnderTest()
  for (const text of ['重载', '静音']) {
    const { sent } = await bot.hears(text, { sender: { ...CHEN, isGranted: true }, place: DIRECT })
    expect(sent).toEqual([expect.stringContaining('只有管理员能用')])
  }
})

test('keeps quiet where it is muted, and obeys there still', async () => {
  const bot = await botUnderTest({
    isMuted: () => true,
  })
  const { sent, decision } = await bot.hears('@小助手 UGC说明怎么填')
  expect([sent, decision.reason]).toEqual([[], 'muted'])
  expect((await bot.hears('重载', { sender: XU, place: DIRECT })).sent).toHaveLength(1)
})
