import { expect, test } from 'vitest'
import { types } from 'wechaty'
import { unescapeText } from '../../../src/channel/hearing.js'
import { toIncomingMessage, type WhoIsWho } from '../../../src/channel/wechaty/incoming.js'
import { shownWords } from '../../../src/model/chat.js'
import { aWechatyMessage } from '../../support/a-wechaty-message.js'
import { MONDAY_MS } from '../../support/fixed-clock.js'

/** Everybody goes by the name that they show. */
const strangers: WhoIsWho = {
  roleOf: () => 'customer',
  purposeOf: () => 'customers',
  room: async (room) => {
    const topic = unescapeText(await room.topic())
    return { topic, key: `room:${topic}` }
  },
  person: async (contact, place) => {
    const nick = unescapeText(contact.name())
    const remark = (await contact.alias()) ?? ''
    const display = unescapeText((await place?.room.alias(contact).catch(() => '')) ?? '')
    return { nick, remark, display, key: remark ? `remark:${remark}` : `name:${nick}` }
  },
  ownNames: async (room) => {
    const display = await room?.alias(room.wechaty.currentUser).catch(() => '')
    const names = [room?.wechaty.currentUser.name() ?? '', display ?? ''].map(unescapeText).filter(Boolean)
    return { names, shared: [], puppetIsFooled: false }
  },
  isEcho: () => false,
  fetchPicture: async () => undefined,
}
const read = (facts: Parameters<typeof aWechatyMessage>[0], who: WhoIsWho = strangers) =>
  toIncomingMessage(aWechatyMessage(facts), who)

test('reads a group message', async () => {
  expect(await read({ text: '@小助手\u2005怎么提审' })).toEqual({
    id: '1234567890123456789',
    place: { kind: 'room', id: '@@room', key: 'room:想天售后服务群', topic: '想天售后服务群', purpose: 'customers' },
    sender: { id: '@wang', key: 'name:王老板', name: '王老板', role: 'customer' },
    kind: 'text',
    text: '怎么提审',
    addressedToBot: true,
    mentionsOthers: false,
    sentAtMs: MONDAY_MS,
    fromSelf: false,
  })
})

test('reads a direct message; its place is kept under the person, not under a handle that changes', async () => {
  expect(await read({ topic: undefined, remark: '想天-王总' })).toMatchObject({
    place: { kind: 'direct', id: '@wang', key: 'direct:remark:想天-王总' },
    sender: { key: 'remark:想天-王总', name: '王老板' },
  })
})

test.each([
  [types.Message.Text, 'text'],
  [types.Message.Image, 'picture'],
  [types.Message.Audio, 'voice'],
  [types.Message.Video, 'video'],
  [types.Message.Emoticon, 'sticker'],
  [types.Message.Attachment, 'file'],
  [types.Message.Url, 'link'],
  [types.Message.MiniProgram, 'card'],
  [types.Message.ChatHistory, 'record'],
  [types.Message.Post, 'link'],
  [types.Message.Location, 'location'],
  [types.Message.Transfer, 'other'],
  [types.Message.Contact, 'card'],
  [types.Message.Recalled, 'notice'],
  [types.Message.GroupNote, 'notice'],
  [types.Message.Unknown, 'notice'],
])('reads Wechaty type %i as %s', async (type, kind) => {
  expect((await read({ type })).kind).toBe(kind)
})

test('takes no words from what is not text: there the wire has XML', async () => {
  const message = await read({ type: types.Message.Url, text: '<msg>@小助手 怎么提审</msg>', mentionSelf: true })
  expect(message).toMatchObject({ kind: 'link', text: '', addressedToBot: false })
})

test('knows a group notice by its talker, which is the room', async () => {
  const notice = {
    talkerId: '@@room',
    nick: '想天售后服务群',
    text: '张三邀请李四加入了群聊',
    display: new Error('not found'),
  }
  expect((await read(notice)).kind).toBe('notice')
})

test('marks what the owner of the account writes by hand', async () => {
  expect((await read({ self: true })).fromSelf).toBe(true)
})

test('names people as the group sees them, and keeps them under what outlives a login', async () => {
  expect((await read({ display: '悦邻社区-小李', nick: '小李' })).sender).toMatchObject({
    key: 'name:小李',
    name: '悦邻社区-小李',
  })
  expect((await read({ display: '', nick: '小李', remark: '悦邻' })).sender).toMatchObject({
    key: 'remark:悦邻',
    name: '小李',
  })
})

test('undoes what the wire does to names and topics', async () => {
  const message = await read({
    nick: 'A&amp;B',
    display: '张工<span class="emoji emoji1f319"></span>',
    topic: '售后&amp;内测',
  })
  expect(message.sender).toMatchObject({ key: 'name:A&B', name: '张工🌙' })
  expect(message.place).toMatchObject({ key: 'room:售后&内测', topic: '售后&内测' })
})

test('knows who somebody is by handle and remark, never by a name', async () => {
  const asked: object[] = []
  const who: WhoIsWho = {
    ...strangers,
    roleOf: (speaker) => {
      asked.push(speaker)
      return 'staff'
    },
    purposeOf: ({ topic }) => (topic === '内测&群' ? 'ignored' : 'customers'),
  }
  const message = await read({ nick: '陈工', display: '技术-陈', remark: '陈', topic: '内测&amp;群' }, who)
  expect(message).toMatchObject({ sender: { role: 'staff' }, place: { purpose: 'ignored' } })
  expect(asked).toEqual([{ contactId: '@wang', remark: '陈' }])
})

test('goes on when the puppet does not know the member', async () => {
  const message = await read({
    display: new Error('not found'),
    botDisplay: new Error('not found'),
    mentionSelf: new Error(),
  })
  expect(message).toMatchObject({ sender: { name: '王老板' }, text: '怎么提审', addressedToBot: false })
})

test.each([
  {
    what: 'by its display name with an emoji',
    botDisplay: '助手<span class="emoji emoji1f319"></span>',
    text: '@助手🌙\u2005问题',
  },
  { what: 'by a nick with &', botNick: 'A&amp;B', text: '@A&amp;B\u2005问题' },
  { what: 'by a nick with a blank', botNick: 'AI 助手', text: '@AI 助手\u2005问题' },
  { what: 'without a separator', text: '@小助手问题' },
  { what: 'where only the puppet can tell', text: '@旧名字\u2005问题', mentionSelf: true },
])('hears itself mentioned $what', async ({ what: _what, ...facts }) => {
  expect(await read(facts)).toMatchObject({ addressedToBot: true, text: expect.stringContaining('问题') })
})

test('does not follow the puppet when the mention stands in a quote', async () => {
  const text = '「李四：@小助手 原来的问题」\n- - - - - - - - - - - - - - -\n同问'
  expect(await read({ text, mentionSelf: true })).toMatchObject({ addressedToBot: false, text: '同问' })
})

test('reads the whole of a text that the puppet cuts at a colon', async () => {
  const original = '@7f3a:<br/>步骤:<br/>1. A &amp;amp; B<br/>2. &lt;C&gt;'
  expect((await read({ text: '步骤', original })).text).toBe('步骤:\n1. A &amp; B\n2. <C>')
})

test.each([
  ['no raw payload', new Error('gone')],
  ['no original', undefined],
  ['an original without a sender', '步骤'],
  ['an original in XML', '@7f3a:<br/>&lt;msg&gt;&lt;appmsg&gt;'],
  ['an original in bare XML', '@7f3a:<br/><?xml version="1.0"?><msg>'],
])('takes the text as it is where there is %s', async (_what, original) => {
  expect((await read({ text: '步骤一', original })).text).toBe('步骤一')
})

test('knows which message was taken back', async () => {
  const content =
    '&lt;sysmsg type="revokemsg"&gt;&lt;revokemsg&gt;&lt;msgid&gt;7001&lt;/msgid&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;'
  expect(await read({ type: types.Message.Recalled, content })).toMatchObject({ kind: 'notice', recalls: '7001' })
  expect(await read({ text: '<msgid>7001</msgid>', content })).not.toHaveProperty('recalls')
})

test("reads the whole of the owner's own words", async () => {
  const facts = { self: true, text: '步骤', original: '步骤:<br/>1. A &amp; B' }
  expect(await read(facts)).toMatchObject({ text: '步骤:\n1. A & B', fromOwner: true })
})

test('leaves the link out of a location', async () => {
  const original = '@7f3a:<br/>上海市:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&pictype=location'
  expect(shownWords(await read({ text: '上海市', original }))).toBe('（位置 上海市）')
})

test.each([
  ['is in doubt when a member bears its name', { names: [], shared: ['小助手'], puppetIsFooled: true }, '', false],
  [
    'means that member where the bot is shown otherwise',
    { names: ['机器人'], shared: [], puppetIsFooled: true },
    '@小助手 ',
    true,
  ],
])('a mention %s, whatever the puppet says', async (_what, names, left, mentionsOthers) => {
  const who: WhoIsWho = { ...strangers, ownNames: async () => names }
  const message = await read({ text: '@小助手\u2005在吗', mentionSelf: true }, who)
  expect(message).toMatchObject({ addressedToBot: false, text: `${left}在吗`, mentionsOthers })
})

test.each([
  ['an official account', { isOfficial: true }],
  ['微信团队', { talkerId: 'weixin', nick: '微信团队' }],
  ['the file helper', { talkerId: 'filehelper' }],
])('takes what %s sends for a notice, an article too', async (_who, facts) => {
  for (const type of [types.Message.Text, types.Message.Url]) {
    expect(await read({ topic: undefined, type, ...facts })).toMatchObject({ kind: 'notice', text: '' })
  }
})

test('hears a person who is called like one of WeChat’s own accounts', async () => {
  expect((await read({ topic: undefined, nick: '微信团队' })).kind).toBe('text')
})

test.each([
  ['a file', types.Message.Attachment, '营业执照&amp;章.pdf\n🔔 工单 9', '营业执照&章.pdf 🔔 工单 9'],
  ['a link', types.Message.Url, '审核指南', '审核指南'],
  ['a mini program', types.Message.MiniProgram, '悦邻社区', '悦邻社区'],
])('keeps the name of %s, on one line', async (_what, type, FileName, title) => {
  expect(await read({ type, raw: { FileName } })).toMatchObject({ title, text: '' })
})

test('takes no name from what bears none', async () => {
  expect(await read({ type: types.Message.Audio, raw: { FileName: 'x.silk' } })).not.toHaveProperty('title')
})

const LINK = '/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx'

test.each([
  ['in a group', { text: '北京市', original: `@wang:<br/>北京市:<br/>${LINK}` }, '北京市'],
  ['in a chat of two', { topic: undefined, text: `${LINK}&amp;msgid=1` }, ''],
  ['in a chat of two, with its address', { topic: undefined, text: `北京市:\n${LINK}` }, '北京市'],
  ['by its number', { topic: undefined, text: '北京市:<br/>', raw: { MsgType: 1, SubMsgType: 48 } }, '北京市'],
])('knows a place %s, and shows no link of the wire', async (_where, facts, address) => {
  const message = await read(facts)
  expect(message).toMatchObject({ kind: 'location', text: '' })
  expect(shownWords(message)).toBe(`（${['位置', address].join(' ').trim()}）`)
})

test.each(['&lt;报错&gt;是这样的:<br/>提审弹出什么', '<msg>标签:<br/>怎么填', '&lt;?xml:<br/>是什么'])(
  'hears a plain text whole that begins like XML: %s',
  async (original) => {
    const { text } = await read({ text: '<报错>是这样的', original: `@wang:<br/>${original}`, raw: { MsgType: 1 } })
    expect(text).toBe(unescapeText(original))
  },
)
