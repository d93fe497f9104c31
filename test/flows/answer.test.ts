import { expect, test } from 'vitest'
import type { Outgoing } from '../../src/model/ports.js'
import { phrases } from '../../src/reply/phrases.js'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM, WANG } from '../support/a-message.js'
import { botUnderTest, CHEN, COOLDOWN_MS, XU } from '../support/bot-under-test.js'
import { LEVEL } from '../support/captured-log.js'
import { png } from '../support/picture-bytes.js'

const UGC_TITLE = '【4.1】UGC说明'

test('answers who mentions it, by name, with the steps and their picture', async () => {
  const bot = await botUnderTest()
  const { decision, sent } = await bot.hears('@小助手 UGC说明怎么填')
  expect(decision).toMatchObject({ kind: 'answer', sections: ['4.1'], reason: 'sure', knowledgeVersion: 'cafe0001' })
  expect(sent.join('\n')).toMatch(/^@王老板 【4\.1】UGC说明\n1\. 选“包含”。/)
  expect(sent.filter((bubble) => bubble === '[/img/ugc.png]')).toHaveLength(1)
})

test('answers a sure question unasked, once in a while', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('UGC说明怎么填')).sent[0]).toContain(UGC_TITLE)
  expect(await bot.hears('UGC说明怎么填', { sender: LI })).toMatchObject({
    decision: { kind: 'silent', reason: 'answered-lately' },
    sent: [],
  })
  expect((await bot.hears('@小助手 UGC说明怎么填', { sender: LI })).sent[0]).toContain(UGC_TITLE)
  bot.clock.pass(COOLDOWN_MS)
  expect((await bot.hears('UGC说明怎么填', { sender: LI })).sent[0]).toContain(UGC_TITLE)
})

test('answers once when two ask the same at the same moment', async () => {
  const bot = await botUnderTest()
  const heard = await Promise.all([bot.hears('UGC说明怎么填'), bot.hears('UGC说明怎么填', { sender: LI })])
  expect(heard.map(({ decision }) => decision.reason)).toEqual(['sure', 'answered-lately'])
  expect(bot.channel.in(CUSTOMERS.key).filter((text) => text.includes(UGC_TITLE))).toHaveLength(1)
})

test.each([
  ['idle talk', '今天天气不错', {}],
  ['its own words', 'UGC说明怎么填', { fromSelf: true }],
  ['staff', '@小助手 UGC说明怎么填', { sender: CHEN }],
  ['an admin who did not ask it', 'UGC说明怎么填', { sender: XU }],
  ['the staff group', '@小助手 UGC说明怎么填', { place: STAFF_ROOM }],
  ['a group that is not served', '@小助手 UGC说明怎么填', { place: { ...CUSTOMERS, purpose: 'ignored' as const } }],
  ['a notice', 'UGC说明怎么填', { kind: 'notice' as const }],
  ['what was said before it started', '@小助手 UGC说明怎么填', { sentAtMs: 0 }],
  ['a question to somebody else', '@陈工 UGC说明怎么填', {}],
])('stays silent about %s', async (_what, words, facts) => {
  const bot = await botUnderTest()
  const { decision, sent } = await bot.hears(words, facts)
  expect(decision.kind).toBe('silent')
  expect(sent).toEqual([])
  expect(bot.channel.sent).toEqual([])
})

test('answers each message once, however often it arrives', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 UGC说明怎么填', { id: 'same' })
  expect(await bot.hears('@小助手 UGC说明怎么填', { id: 'same' })).toMatchObject({
    decision: { kind: 'silent', reason: 'duplicate' },
    sent: [],
  })
})

test('answers everything in a direct chat, without a mention', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('UGC说明怎么填', { place: DIRECT })).sent[0]).toMatch(/^【4\.1】/)
  expect((await bot.hears('蓝色的海豚', { place: DIRECT })).sent).toEqual([phrases.fallback])
})

test('asks back between two, and takes the letter of the one who was asked', async () => {
  const bot = await botUnderTest()
  const asked = await bot.hears('@小助手 这个怎么填')
  expect(asked.decision).toMatchObject({ kind: 'clarify', sections: ['3', '1.1'] })
  expect(asked.sent).toEqual([
    `@王老板 ${[phrases.clarifyHeading, 'A. 服务类目', 'B. 主体信息', phrases.clarifyFooter].join('\n')}`,
  ])
  expect((await bot.hears('B', { sender: LI })).decision).toMatchObject({ kind: 'silent' })
  const picked = await bot.hears('B')
  expect(picked.decision).toMatchObject({ kind: 'answer', sections: ['1.1'], reason: 'chosen' })
  expect(picked.sent[0]).toContain('【1.1】主体信息')
})

test('shows the menu on a bare mention and takes one number after another', async () => {
  const bot = await botUnderTest()
  const menu = await bot.hears('@小助手')
  expect(menu.decision).toMatchObject({ kind: 'courtesy', intent: 'menu' })
  expect(menu.sent[0]).toContain('4.1 UGC说明')
  expect(menu.sent[0]).toContain(`${phrases.menuRejections}\nA1 页面无内容`)
  expect((await bot.hears('4.1')).decision.sections).toEqual(['4.1'])
  expect((await bot.hears('a1')).decision.sections).toEqual(['A1'])
})

test('forgets an offer after a while', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 这个怎么填')
  bot.clock.pass(600_001)
  expect((await bot.hears('2')).decision.kind).toBe('silent')
})

test('sends the text although its picture cannot be had', async () => {
  const bot = await botUnderTest({ pictures: { load: async () => undefined } })
  const { sent } = await bot.hears('@小助手 UGC说明怎么填')
  expect(sent.join('\n')).toContain('2. 勾选机器审核。')
  expect(sent.join('\n')).not.toContain('/img/')
  expect(bot.lines).toContainEqual(expect.objectContaining({ level: LEVEL.warn, picture: '/img/ugc.png' }))
})

test('sends the text while its picture is still on the way', async () => {
  let arrive: (picture: { bytes: Buffer; fileName: string }) => void = () => {}
  const onTheWay = new Promise<{ bytes: Buffer; fileName: string }>((resolve) => {
    arrive = resolve
  })
  const bot = await botUnderTest({ pictures: { load: () => onTheWay } })
  const textIsOut = new Promise<Outgoing>((resolve) => {
    bot.channel.beforeSend = (_to, bubble) => resolve(bubble)
  })
  const hearing = bot.hears('@小助手 UGC说明怎么填')
  expect(await textIsOut).toMatchObject({ kind: 'text' })
  arrive({ bytes: png(), fileName: 'ugc.png' })
  expect((await hearing).sent).toContain('[/img/ugc.png]')
})

test('logs one line a message that tells why, with neither words nor names', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 UGC说明怎么填')
  await bot.hears('转人工')
  await bot.hears('今天天气不错', { sender: LI })
  const decided = bot.lines.filter(({ msg }) => msg === 'decided')
  expect(decided).toMatchObject([
    { level: LEVEL.info, messageId: 'm1', kind: 'answer', reason: 'sure', knowledgeVersion: 'cafe0001' },
    { messageId: 'm2', kind: 'escalate', reason: 'asked' },
    { messageId: 'm3', kind: 'silent', reason: 'not-for-us' },
  ])
  expect(JSON.stringify(bot.lines)).not.toMatch(new RegExp(`${WANG.name}|${LI.name}|想天|怎么填|天气|人工`))
})
