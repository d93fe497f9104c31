import { expect, test } from 'vitest'
import type { MessageKind, Place } from '../../src/model/chat.js'
import { STAFF_ROOM } from '../support/a-message.js'
import { botUnderTest, CHEN } from '../support/bot-under-test.js'

const DIRECT: Place = { kind: 'direct', id: '@wang', key: 'direct:name:王老板' }
const noWords = (kind: MessageKind, title?: string) => ({ kind, text: '', ...(title !== undefined && { title }) })

test.each<[MessageKind, string]>([
  ['voice', '语音'],
  ['video', '视频'],
  ['file', '文件'],
  ['link', '链接'],
  ['card', '名片或小程序'],
  ['record', '聊天记录'],
  ['location', '位置'],
  ['other', '其他消息'],
])('says once in a chat of two that it can’t read %s, then hands over with what it was', async (kind, word) => {
  const bot = await botUnderTest()
  const first = await bot.hears('', { place: DIRECT, ...noWords(kind) })
  expect(first.sent).toEqual([`我只看得懂文字和图片，${word}看不了。请打字告诉我，或者回复“转人工”，我请同事来看。`])
  const second = await bot.hears('', { place: DIRECT, ...noWords(kind, '营业执照.pdf') })
  expect(second.decision).toMatchObject({ kind: 'escalate' })
  expect(bot.desk.list()).toMatchObject([
    { question: `（${word} 营业执照.pdf）`, lastWords: [{ text: `（${word}）` }] },
  ])
})

test('meets stickers with silence, however many, also in a chat of two', async () => {
  const bot = await botUnderTest()
  await bot.hears('UGC说明怎么填', { place: DIRECT })
  for (let time = 0; time < 4; time++) {
    const { decision, sent } = await bot.hears('', { place: DIRECT, ...noWords('sticker') })
    expect([decision, sent]).toMatchObject([{ kind: 'silent', reason: 'not-text' }, []])
  }
  expect(bot.desk.list()).toEqual([])
})

test('keeps quiet in a group, where nobody speaks to it by voice', async () => {
  const bot = await botUnderTest()
  for (const kind of ['voice', 'file', 'link', 'location'] as const) {
    expect((await bot.hears('', noWords(kind))).decision).toMatchObject({ kind: 'silent', reason: 'not-text' })
  }
})

test.each<MessageKind>(['voice', 'video', 'file', 'link', 'card', 'record', 'picture'])(
  'takes a colleague who answers by %s to have taken the ticket',
  async (kind) => {
    const bot = await botUnderTest()
    await bot.hears('@小助手 转人工')
    await bot.hears('', { sender: CHEN, ...noWords(kind) })
    expect(bot.desk.list()).toMatchObject([{ status: 'claimed', holder: { name: '陈工' } }])
    expect((await bot.hears('@小助手 UGC说明怎么填')).sent).toEqual([])
  },
)

test.each<MessageKind>(['sticker', 'other'])('takes no ticket for a colleague’s %s', async (kind) => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 转人工')
  await bot.hears('', { sender: CHEN, ...noWords(kind) })
  expect(bot.desk.list()).toMatchObject([{ status: 'open' }])
})

test('adds what an asker sends to the ticket that a person holds, by its name', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 转人工')
  await bot.hears('', noWords('voice'))
  await bot.hears('', noWords('file', '报错.txt'))
  await bot.hears('', noWords('sticker'))
  const shown = (await bot.hears('工单 1', { place: STAFF_ROOM, sender: CHEN })).sent.join('\n')
  expect(shown).toContain('又说：（语音）')
  expect(shown).toContain('又说：（文件 报错.txt）')
  expect(shown).not.toContain('表情')
})

test('lets a customer who bears a colleague’s name take no ticket, and answers when it is called', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 转人工')
  const sender = { id: '@evil', key: 'name:路人甲', name: '陈工', role: 'customer', mayBeStaff: true } as const
  expect((await bot.hears('王老板 您稍等，我来处理', { sender })).decision).toMatchObject({
    kind: 'silent',
    reason: 'staff',
  })
  expect((await bot.hears('UGC说明怎么填', { sender })).sent).toEqual([])
  expect(bot.desk.list()).toMatchObject([{ status: 'open' }])
  expect((await bot.hears('@小助手 UGC说明怎么填', { sender })).sent[0]).toContain('UGC说明')
})
