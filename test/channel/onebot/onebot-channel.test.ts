import { expect, test } from 'vitest'
import { ChannelError } from '../../../src/errors.js'
import type { Place } from '../../../src/model/chat.js'
import type { Outgoing, StaffRoomNews } from '../../../src/model/ports.js'
import type { StaffBinding } from '../../../src/model/stores.js'
import { keptList } from '../../support/kept-list.js'
import { aQqWorld, BOT, CHEN, CUSTOMERS, DUTY, FORGER, LI, OTHERS, WANG, XU } from '../../support/onebot/a-world.js'
import { openQq, TOKEN } from '../../support/onebot/open-qq.js'
import { at, type Piece, reply, text } from '../../support/onebot/stand-in.js'
import { jpg, png } from '../../support/picture-bytes.js'

const group = (number: number, topic: string, purpose: 'customers' | 'staff' | 'ignored' = 'customers'): Place => ({
  ...{ kind: 'room', id: String(number), key: `qq-group:${number}`, topic, purpose },
})
const XIANGTIAN = group(CUSTOMERS, '想天售后服务群')
const words = (said: string): Outgoing => ({ kind: 'text', text: said })
const person = (number: number) => ({
  id: String(number),
  key: `qq:${number}`,
  name: '王老板',
  role: 'customer' as const,
})
const piece = (type: string, data: Piece['data'] = {}): Piece => ({ type, data })

test('hears a group message, with keys that last, the group card, and the mention gone', async () => {
  const { qq, hears, channel } = await openQq()
  const [message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [at(BOT), text(' 怎么提审')]))
  expect([channel.nameOf('qq:30001'), channel.nameOf(`qq-group:${CUSTOMERS}`)]).toEqual(['王老板', '想天售后服务群'])
  expect(message).toMatchObject({
    place: XIANGTIAN,
    sender: { id: '30001', key: 'qq:30001', name: '王老板', role: 'customer' },
    ...{ kind: 'text', text: '怎么提审', addressedToBot: true, mentionsOthers: false, fromSelf: false },
  })
  expect(message!.sentAtMs % 1000).toBe(0)
  // The log tells ids, and no numbers of people and groups.
  expect(message!.id).toMatch(/^\d{10}-1-[0-9a-f]{8}$/)
})

test.each(['array', 'string'] as const)('reads mentions of the bot, of others and of all, as %s', async (format) => {
  const { qq, hears } = await openQq({ standIn: { format } })
  const said = async (...pieces: Piece[]) => (await hears(() => qq.inGroup(CUSTOMERS, WANG, pieces)))[0]!
  expect(await said(at(LI), text(' 看下 [这里]&amp;'))).toMatchObject({
    ...{ text: '@小李 看下 [这里]&amp;', addressedToBot: false, mentionsOthers: true },
  })
  expect(await said(at(BOT), at(CHEN), text('类目选哪个'))).toMatchObject({
    ...{ text: '@陈工 类目选哪个', addressedToBot: true, mentionsOthers: true },
  })
  expect(await said(at('all'), text(' 开会'))).toMatchObject({
    ...{ text: '@所有人 开会', addressedToBot: false, mentionsOthers: false },
  })
  expect(await said(text('@过审小助手 在吗'))).toMatchObject({ text: '在吗', addressedToBot: true })
  // Nobody can write a code of the wire.
  expect(await said(text('[CQ:at,qq=10001] 在吗'))).toMatchObject({ addressedToBot: false })
})

test('hears friends and strangers in private, and answers a stranger by way of the group', async () => {
  const { qq, channel, hears } = await openQq()
  const [ofFriend] = await hears(() => qq.inPrivate(LI, '你好'))
  expect(ofFriend).toMatchObject({ place: { kind: 'direct', id: '30002', key: 'direct:qq:30002' }, text: '你好' })
  const [ofStranger] = await hears(() => qq.inPrivate(WANG, '你好', { by: CUSTOMERS }))
  await channel.send(ofFriend!.place, words('您好'))
  await channel.send(ofStranger!.place, words('您好'))
  expect(qq.sent.map(({ to }) => to)).toEqual([{ user: LI }, { user: WANG, group: CUSTOMERS }])
})

test('resolves what is quoted, and tells the words of the bot from those of others', async () => {
  const { qq, channel, hears } = await openQq()
  const asked = qq.inGroup(CUSTOMERS, WANG, [text('类目选哪个 '), at(LI)])
  const [own] = await hears(() => qq.inGroup(CUSTOMERS, LI, [reply(asked), at(WANG), text(' 同问')]), 2).then((both) =>
    both.slice(1),
  )
  expect(own).toMatchObject({
    text: '@王老板 同问',
    quote: { speaker: '王老板', text: '类目选哪个 @小李', ofBot: false },
  })
  await channel.send(XIANGTIAN, words('先选类目'))
  const said = asked + 2
  const [ofBot] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [reply(said), text('为什么')]))
  expect(ofBot).toMatchObject({ text: '为什么', quote: { speaker: '过审小助手', text: '先选类目', ofBot: true } })
  const [unknown] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [reply(999), text('这个呢')]))
  expect(unknown).toMatchObject({ text: '这个呢' })
  expect(unknown!.quote).toBeUndefined()
  const [picture] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [qq.picture(png())]))
  expect(picture).toMatchObject({ kind: 'picture', text: '' })
  const [ofPicture] = await hears(() => qq.inGroup(CUSTOMERS, LI, [reply(said + 4), text('哪里错了')]))
  expect(ofPicture!.quote).toMatchObject({ speaker: '小李', text: '哪里错了' })
})

test('takes a quoted id that means a message of another group for none', async () => {
  const { qq, hears } = await openQq()
  const elsewhere = qq.inGroup(OTHERS, LI, '钓鱼去')
  const [message] = (await hears(() => qq.inGroup(CUSTOMERS, WANG, [reply(elsewhere), text('怎么填')]), 2)).slice(1)
  expect(message!.quote).toBeUndefined()
})

test('fetches a picture once, by the address that the implementation gives', async () => {
  const { qq, hears } = await openQq()
  const bytes = jpg('notice')
  const [picture] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [qq.picture(bytes, 'a.jpg')]))
  expect(picture).toMatchObject({ kind: 'picture', text: '', picture: { mime: 'image/jpeg', byteCount: bytes.length } })
  expect(Buffer.from(picture!.picture!.bytes()!)).toEqual(bytes)
  const nameless = { ...qq.picture(png(), 'b.png'), data: { file: 'b.png' } }
  const [asked] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [nameless]))
  expect(asked!.picture).toMatchObject({ mime: 'image/png' })
  expect(qq.fetched).toEqual(['a.jpg', 'b.png'])
})

test('hears words with their picture, and pictures beyond that before them', async () => {
  const { qq, hears } = await openQq()
  const pieces = [at(BOT), text('这样填对吗'), qq.picture(png('one')), qq.picture(png('two'))]
  const [first, message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, pieces), 2)
  expect(first).toMatchObject({ kind: 'picture', addressedToBot: false, picture: { mime: 'image/png' } })
  expect(message).toMatchObject({ kind: 'text', text: '这样填对吗', addressedToBot: true })
  expect(Buffer.from(message!.picture!.bytes()!)).toEqual(png('two'))
  const [alone] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [at(BOT), qq.picture(png('three'))]))
  expect(alone).toMatchObject({ kind: 'picture', addressedToBot: true })
})

test.each<[string, Piece[], object]>([
  ['a face', [text('好的'), piece('face', { id: '14' })], { kind: 'text', text: '好的[微笑]' }],
  ['a face that is too new', [piece('face', { id: '99999' })], { kind: 'text', text: '[表情]' }],
  ['a sticker', [piece('mface', { summary: '[点赞]' })], { kind: 'sticker' }],
  ['an animated picture', [piece('image', { sub_type: 1, file: 'x', url: 'http://127.0.0.1/x' })], { kind: 'sticker' }],
  ['a voice', [piece('record', { file: 'a.amr' })], { kind: 'voice' }],
  ['a file', [piece('file', { file: '营业执照.pdf', file_id: '/1' })], { kind: 'file', title: '营业执照.pdf' }],
  ['a bundle', [piece('forward', { id: 'abc' })], { kind: 'record' }],
  [
    'a mini program',
    [piece('json', { data: JSON.stringify({ app: 'com.tencent.miniapp_01', prompt: '[QQ小程序]开票助手' }) })],
    { kind: 'card', title: '开票助手' },
  ],
  ['a bundle as a card', [piece('json', { data: '{"app":"com.tencent.multimsg"}' })], { kind: 'record' }],
  ['a place', [piece('location', { title: '望京' })], { kind: 'location', title: '望京' }],
  ['a poke', [piece('poke', { type: '1' })], { kind: 'notice' }],
  [
    'a red packet',
    [piece('json', { data: '{"app":"com.tencent.qqpay","prompt":"[QQ红包]恭喜发财"}' })],
    { kind: 'notice' },
  ],
  ['what nobody knows', [piece('hologram')], { kind: 'other' }],
])('names %s', async (_what, pieces, expected) => {
  const { qq, hears } = await openQq()
  const [message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, pieces))
  expect(message).toMatchObject({ text: '', ...expected })
  expect(qq.fetched).toEqual([])
})

test('hears of a recall under the id of the message, and of pokes nothing', async () => {
  const { qq, heard, hears } = await openQq()
  let id = 0
  const [message] = await hears(() => {
    id = qq.inGroup(CUSTOMERS, WANG, [at(BOT), text('怎么提审')])
  })
  qq.emit({
    post_type: 'notice',
    notice_type: 'notify',
    sub_type: 'poke',
    group_id: CUSTOMERS,
    user_id: WANG,
    target_id: BOT,
  })
  qq.emit({ post_type: 'notice', notice_type: 'notify', sub_type: 'lucky_king', group_id: CUSTOMERS, user_id: WANG })
  const [recall] = await hears(() => qq.recall(id))
  expect(recall).toMatchObject({ kind: 'notice', recalls: message!.id, sender: { key: 'qq:30001' }, place: XIANGTIAN })
  expect(heard).toHaveLength(2)
})

test('hears each message once, and again under the same number after the implementation was restarted', async () => {
  let passedMs = 0
  const { qq, heard, hears, session, until } = await openQq({ standIn: { now: () => Date.now() + passedMs } })
  const [first] = await hears(() => qq.repeat(qq.inGroup(CUSTOMERS, WANG, '第一条')))
  passedMs = 1_000 // an implementation takes longer to start, and ids hold whole seconds
  await qq.restart()
  await until(() => !session.isUp)
  await until(() => session.isUp)
  const [second] = await hears(() => qq.inGroup(CUSTOMERS, WANG, '第二条'))
  expect([first!.text, second!.text]).toEqual(['第一条', '第二条'])
  expect(heard).toHaveLength(2)
  expect(second!.id).not.toBe(first!.id)
})

test('says a text with its mention, a picture as base64, and nothing for no words', async () => {
  const { qq, channel } = await openQq()
  await channel.send(XIANGTIAN, { kind: 'text', text: '【4.1】', mention: person(WANG) })
  await channel.send(XIANGTIAN, { kind: 'picture', path: 'a', bytes: png('shown'), fileName: 'a.png' })
  await channel.send(XIANGTIAN, words('  '))
  await channel.send(
    { kind: 'direct', id: '30002', key: 'direct:qq:30002' },
    { kind: 'text', text: '好', mention: person(LI) },
  )
  expect(qq.sent.map(({ to, text, mentions }) => ({ to, text, mentions }))).toEqual([
    { to: { group: CUSTOMERS }, text: '【4.1】', mentions: ['30001'] },
    { to: { group: CUSTOMERS }, text: '', mentions: [] },
    { to: { user: LI }, text: '好', mentions: [] },
  ])
  expect(qq.sent[1]!.pictures).toEqual([png('shown')])
})

test('tells its own words from those of its owner', async () => {
  const { qq, channel, hears } = await openQq({ standIn: { reportsSelf: true } })
  const [echo] = await hears(() => channel.send(XIANGTIAN, { kind: 'text', text: '先选类目', mention: person(WANG) }))
  expect(echo).toMatchObject({ fromSelf: true })
  expect(echo!.fromOwner).toBeUndefined()
  const [owner] = await hears(() => qq.inGroup(CUSTOMERS, BOT, '我来回答'))
  expect(owner).toMatchObject({ fromSelf: true, fromOwner: true, sender: { key: 'self' } })
})

const failure = (sending: Promise<void>) =>
  sending.then(
    () => undefined,
    (error: unknown) => error as ChannelError,
  )

test.each([
  ['a refusal', { does: 'refuse', wording: '{"result": 120, "errMsg": "禁言"}' }, 'channel-rejected', true, false],
  ['too much', { does: 'refuse', wording: '发送过于频繁' }, 'channel-rejected', false, true],
  [
    'what QQ has not confirmed',
    { does: 'refuse', wording: 'Timeout: sendMsg EventRet:\n{}' },
    'channel-unreachable',
    false,
    false,
  ],
] as const)('tells %s by its kind', async (_what, fault, code, retryable, tooMany) => {
  const { qq, channel } = await openQq()
  qq.fault({ action: 'send_group_msg', ...fault })
  const error = await failure(channel.send(XIANGTIAN, words('好')))
  expect(error).toBeInstanceOf(ChannelError)
  expect(error).toMatchObject({ code, retryable, tooMany })
  expect(error!.message).not.toMatch(/\p{Script=Han}/u)
})

test('does not say again what may have been said, and says nothing while it is cut off', async () => {
  const { qq, channel, session, until } = await openQq()
  qq.fault({ action: 'send_group_msg', does: 'swallow' })
  const lost = failure(channel.send(XIANGTIAN, words('一')))
  await until(() => qq.sent.length === 1)
  await qq.stop()
  expect(await lost).toMatchObject({ code: 'channel-unreachable', retryable: false })
  await until(() => !session.isUp)
  expect(await failure(channel.send(XIANGTIAN, words('二')))).toMatchObject({
    code: 'channel-unreachable',
    retryable: true,
  })
  await qq.start()
  await until(() => session.isUp)
  await channel.send(XIANGTIAN, words('三'))
  expect(qq.sent.map((sent) => sent.text)).toEqual(['一', '三'])
})

test('knows colleagues and admins by number, by code and by their seat in the staff group, never by a name', async () => {
  const roles = { roleOf: ({ remark }: { remark: string }) => (remark === `qq:${LI}` ? ('admin' as const) : undefined) }
  const { qq, hears } = await openQq({ options: { staff: [`qq:${WANG}`], admins: [`qq:${XU}`], roles } })
  const senderOf = async (number: number) => (await hears(() => qq.inGroup(CUSTOMERS, number, '在')))[0]!.sender
  expect(await senderOf(WANG)).toMatchObject({ role: 'staff' })
  expect(await senderOf(CHEN)).toMatchObject({ role: 'staff', inStaffRoom: true })
  expect(await senderOf(XU)).toMatchObject({ role: 'admin' })
  expect(await senderOf(LI)).toMatchObject({ role: 'admin', isGranted: true })
  expect(await senderOf(FORGER)).toMatchObject({ role: 'customer', name: '管理员' })
})

test('tells what somebody may do at this moment, and nothing while QQ is away', async () => {
  const { qq, channel, session, until } = await openQq({ options: { admins: [`qq:${XU}`] } })
  const roleOf = (number: number) => channel.roleOf(`qq:${number}`)
  await expect.poll(() => roleOf(CHEN)).toBe('staff')
  expect([await roleOf(XU), await roleOf(LI), await channel.roleOf('name:陈工')]).toEqual([
    'admin',
    'customer',
    'customer',
  ])
  qq.emit({ post_type: 'notice', notice_type: 'group_decrease', sub_type: 'leave', group_id: DUTY, user_id: CHEN })
  await expect.poll(() => roleOf(CHEN)).toBe('customer')
  await qq.stop()
  await until(() => !session.isUp)
  expect([await roleOf(XU), await roleOf(LI)]).toEqual(['admin', undefined])
})

test('leaves who bears a colleague’s name alone for a while', async () => {
  const { qq, hears } = await openQq({ options: { staffNames: ['管理*'] } })
  const [message] = await hears(() => qq.inGroup(CUSTOMERS, FORGER, '我看看'))
  expect(message!.sender).toMatchObject({ role: 'customer', mayBeStaff: true })
})

test('names its groups, what they are for, and finds places by key', async () => {
  const { channel, until } = await openQq()
  await until(() => false, 200)
  expect(await channel.rooms()).toEqual([
    XIANGTIAN,
    group(OTHERS, '钓鱼群', 'ignored'),
    group(DUTY, '过审值班群', 'staff'),
  ])
  expect(await channel.findPlace(`qq-group:${CUSTOMERS}`)).toEqual(XIANGTIAN)
  expect(await channel.findPlace('qq-group:5')).toBeUndefined()
  expect(await channel.findPlace('room:想天售后服务群')).toBeUndefined()
  expect(await channel.findPlace('direct:qq:30002')).toEqual({ kind: 'direct', id: '30002', key: 'direct:qq:30002' })
  expect(await channel.findColleague('qq:30002')).toMatchObject({ key: 'direct:qq:30002' })
  expect(await channel.findColleague('qq:30001')).toBeUndefined() // no friend
  expect(await channel.findColleague('管理员')).toBeUndefined()
})

test('is told the staff group by its number, however many bear a name', async () => {
  const { channel, qq, hears } = await openQq({ options: { staffRoom: `qq-group:${DUTY}`, isFirstStart: false } })
  expect(await channel.staffPlace()).toEqual(group(DUTY, '过审值班群', 'staff'))
  expect((await hears(() => qq.inGroup(DUTY, XU, '工单')))[0]).toMatchObject({
    place: { purpose: 'staff' },
    sender: { role: 'staff' },
  })
})

test('binds the staff group by its name once, and never another one of that name', async () => {
  const staffBinding = keptList<StaffBinding>()
  const first = await openQq({ options: { staffBinding } })
  await first.until(() => staffBinding.records().length > 0)
  expect(await first.channel.staffPlace()).toMatchObject({ id: String(DUTY) })
  const world = aQqWorld()
  const groups = world.groups.map((one) => ({ ...one, name: one.number === DUTY ? '值班' : '过审值班群' }))
  const second = await openQq({ world: { ...world, groups }, options: { staffBinding, isFirstStart: false } })
  expect(await second.channel.staffPlace()).toMatchObject({ id: String(DUTY), topic: '值班' })
  const [forged] = await second.hears(() => second.qq.inGroup(CUSTOMERS, WANG, '工单'))
  expect(forged).toMatchObject({ place: { purpose: 'ignored' }, sender: { role: 'customer' } })
})

test('takes the name for nothing where the bot has been before, unless a known colleague sits there', async () => {
  const news: StaffRoomNews[] = []
  const options = { isFirstStart: false, onStaffRoom: (told: StaffRoomNews) => void news.push(told) }
  const strangers = await openQq({ options })
  await strangers.until(() => false, 300)
  expect(await strangers.channel.staffPlace()).toBeUndefined()
  expect(await strangers.channel.bindStaffRoom(`qq-group:${DUTY}`, '徐经理')).toBe(true)
  expect(await strangers.channel.staffPlace()).toMatchObject({ id: String(DUTY) })
  expect(await strangers.channel.bindStaffRoom('qq-group:5', '徐经理')).toBe(false)
  const known = await openQq({ options: { ...options, admins: [`qq:${XU}`] } })
  await known.until(() => news.length > 1)
  expect(await known.channel.staffPlace()).toMatchObject({ id: String(DUTY) })
  expect(news.map(({ kind }) => kind)).toEqual(['bound', 'bound'])
})

test('survives whatever an implementation may send', async () => {
  const { qq, hears } = await openQq({
    standIn: { lacks: ['get_group_member_info', 'get_friend_list', 'get_msg', 'get_status'] },
  })
  for (const frame of [
    '',
    '{',
    '[]',
    'null',
    '42',
    '{"post_type":"message"}',
    '{"post_type":"notice","notice_type":7}',
    '{"echo":"x"}',
  ])
    qq.emitRaw(frame)
  qq.emit({
    post_type: 'message',
    message_type: 'group',
    group_id: CUSTOMERS,
    user_id: 'x',
    message_id: 1,
    message: [],
  })
  const [message] = await hears(() =>
    qq.inGroup(CUSTOMERS, WANG, [piece('text', { text: null }), at(BOT), text('在吗'), at(LI)]),
  )
  expect(message).toMatchObject({ text: '在吗@30002', addressedToBot: true })
})

test('shows the token to the implementation alone', async () => {
  const { qq, lines } = await openQq()
  expect(qq.connections).toEqual([{ path: '/', authorization: `Bearer ${TOKEN}` }])
  expect(JSON.stringify(lines)).not.toContain(TOKEN)
})
