import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IdentityBook } from '../../../src/channel/identity.js'
import { PuppetSimulator } from '../../../src/channel/simulator/puppet.js'
import { directIdOf, type Post, World, type WorldPlan } from '../../../src/channel/simulator/world.js'
import { WechatyChannel, type WechatyChannelOptions } from '../../../src/channel/wechaty/channel.js'
import { buildWechaty } from '../../../src/channel/wechaty/wechat4u.js'
import { ChannelError } from '../../../src/errors.js'
import type { IncomingMessage, Place } from '../../../src/model/chat.js'
import type { Outgoing, StaffRoomNews } from '../../../src/model/ports.js'
import { capturedLog, LEVEL } from '../../support/captured-log.js'
import { fixedClock, MONDAY_MS } from '../../support/fixed-clock.js'
import { keptList } from '../../support/kept-list.js'
import { gif, jpg, png } from '../../support/picture-bytes.js'

const PLAN: WorldPlan = {
  botId: 'bot',
  people: [
    { id: 'bot', name: '过审小助手', part: 'bot' },
    { id: 'wang', name: '王老板', part: 'customer' },
    { id: 'li', name: '小李', part: 'customer' },
    { id: 'forger', name: '徐经理', part: 'customer' },
    { id: 'chen', name: '陈工', part: 'staff' },
    { id: 'xu', name: '徐经理', part: 'admin' },
  ],
  rooms: [
    { id: 'r1', topic: '想天售后服务群', memberIds: ['bot', 'wang', 'li', 'forger', 'chen', 'xu'], displayNames: {} },
    { id: 'r2', topic: '同城社区售后群', memberIds: ['bot', 'li'], displayNames: { li: '悦邻社区-小李' } },
    { id: 'r3', topic: '钓鱼群', memberIds: ['bot', 'li', 'xu'], displayNames: { li: '实施-小李' } },
    { id: 'staff', topic: '过审值班群', memberIds: ['bot', 'chen', 'xu'], displayNames: {} },
  ],
  remarks: { xu: '管理员', wang: '想天-王总' },
}
/** A group that a customer made and called after the vendor's own. */
const FORGED_ROOM = { id: 'forged', topic: '过审值班群', memberIds: ['bot', 'li', 'wang'], displayNames: {} }
const OPTIONS: Omit<WechatyChannelOptions, 'identities' | 'heardIds' | 'staffBinding'> = {
  holdMs: 0,
  serve: ['*售后*'],
  staffRoom: '过审值班群',
  staffNames: ['实施-*'],
  adminRemarks: ['管理员'],
  logoutOnStop: true,
}

const started: WechatyChannel[] = []
let heard: IncomingMessage[]
let waiting: Map<string, (message: IncomingMessage) => void>

beforeEach(() => {
  heard = []
  waiting = new Map()
})
afterEach(async () => {
  for (const channel of started.splice(0)) await channel.stop()
})

async function listen(message: IncomingMessage): Promise<void> {
  heard.push(message)
  waiting.get(message.id)?.(message)
}

/** Of a channel that has heard nothing yet. */
function aMemory(): Pick<WechatyChannelOptions, 'identities' | 'heardIds' | 'staffBinding'> {
  const ids = new Set<string>()
  const add = (id: string) => !ids.has(id) && Boolean(ids.add(id))
  return { identities: new IdentityBook({ clock: fixedClock() }), heardIds: { add }, staffBinding: keptList() }
}

async function startedChannel({
  plan = PLAN,
  options = {},
}: {
  plan?: WorldPlan
  options?: Partial<WechatyChannelOptions>
} = {}) {
  const world = new World(plan, { clock: fixedClock() })
  const bot = buildWechaty(new PuppetSimulator({ world }), '')
  const { log, lines } = capturedLog()
  const channel = new WechatyChannel(bot, { ...OPTIONS, ...aMemory(), ...options }, log)
  started.push(channel)
  const ready = new Promise<void>((resolve) => bot.once('ready', resolve))
  await channel.start(listen)
  await ready
  const hearsPost = (post: Post): Promise<IncomingMessage> => {
    const { id } = world.post(post)
    return new Promise((resolve) => waiting.set(id, resolve))
  }
  const hears = (conversationId: string, fromId: string, words: string) =>
    hearsPost({ conversationId, fromId, text: words })
  const last = (conversationId: string) => world.messages(conversationId).at(-1)
  return { channel, world, bot, lines, hears, hearsPost, last }
}

const text = (words: string): Outgoing => ({ kind: 'text', text: words })
const picture = (bytes: Buffer, fileName: string): Outgoing => ({
  kind: 'picture',
  path: '/img/a.png',
  bytes,
  fileName,
})
const room = (id: string, topic: string): Place => ({
  kind: 'room',
  id,
  key: `room:${topic}`,
  topic,
  purpose: 'customers',
})
const XIANGTIAN = room('r1', '想天售后服务群')

test('hears a group message', async () => {
  const { hears } = await startedChannel()
  expect(await hears('r1', 'wang', '@过审小助手\u2005怎么提审')).toMatchObject({
    place: { ...XIANGTIAN },
    sender: { id: 'wang', key: 'remark:想天-王总', name: '王老板', role: 'customer' },
    kind: 'text',
    text: '怎么提审',
    addressedToBot: true,
    mentionsOthers: false,
    sentAtMs: MONDAY_MS,
    fromSelf: false,
  })
})

test('hears a direct message, a picture and a quote', async () => {
  const { hears, hearsPost, world } = await startedChannel()
  expect((await hears(directIdOf('li'), 'li', '你好')).place).toEqual({
    kind: 'direct',
    id: 'li',
    key: 'direct:name:小李',
  })
  expect(await hearsPost({ conversationId: 'r1', fromId: 'li', picture: png() })).toMatchObject({
    kind: 'picture',
    text: '',
  })
  const { id: quoteOfId } = world.post({ conversationId: 'r1', fromId: 'li', text: '类目选哪个' })
  expect(await hearsPost({ conversationId: 'r1', fromId: 'wang', text: '同问', quoteOfId })).toMatchObject({
    text: '同问',
    quote: { speaker: '小李', text: '类目选哪个', ofBot: false },
  })
})

test('marks what the owner of the account writes by hand', async () => {
  const { hears } = await startedChannel()
  expect(await hears('r1', 'bot', '我来回答')).toMatchObject({ fromSelf: true })
})

test('knows an admin by the remark alone', async () => {
  const { hears } = await startedChannel()
  expect((await hears('r1', 'xu', '重载')).sender).toMatchObject({ name: '徐经理', role: 'admin' })
  expect((await hears(directIdOf('xu'), 'xu', '重载')).sender.role).toBe('admin')
})

test('leaves a customer who takes the nick or the display name of an admin a customer', async () => {
  const plan = {
    ...PLAN,
    rooms: PLAN.rooms.map((one) => ({ ...one, displayNames: { forger: '管理员', li: '管理员' } })),
  }
  const { hears } = await startedChannel({ plan })
  const forged = await hears('r1', 'forger', '重载')
  expect(forged.sender).toMatchObject({ name: '管理员', role: 'customer' })
  const genuine = await hears('r1', 'xu', '重载')
  expect(genuine.sender.key).not.toBe(forged.sender.key)
})

test('knows staff by their seat in the staff group, in every group', async () => {
  const { hears } = await startedChannel()
  expect((await hears('r1', 'chen', '我来看看')).sender.role).toBe('staff')
  expect((await hears(directIdOf('chen'), 'chen', '你好')).sender.role).toBe('staff')
  expect((await hears('r1', 'li', '好的')).sender.role).toBe('customer')
})

test('tells what somebody may do at this moment, also of who has not spoken, and nothing while nobody is listed', async () => {
  const { bot, channel, hears } = await startedChannel()
  const { puppet } = bot
  const list = puppet.roomMemberList.bind(puppet)
  puppet.roomMemberList = async (id) => (id === 'staff' ? [] : list(id))
  expect(await channel.roleOf('name:陈工')).toBeUndefined()
  expect(await channel.roleOf('remark:管理员')).toBe('admin')
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 60_000)
  puppet.roomMemberList = list
  expect(await channel.roleOf('name:陈工')).toBe('staff')
  expect(await channel.roleOf('name:小李')).toBe('customer')
  expect((await hears('r1', 'chen', '我来看看')).sender.key).toBe('name:陈工')
  puppet.roomMemberList = async (id) => (await list(id)).filter((member) => id !== 'staff' || member !== 'chen')
  expect(await channel.roleOf('name:陈工')).toBe('customer')
  expect(await channel.roleOf('remark:管理员')).toBe('admin')
  puppet.roomMemberList = async (id) => (id === 'staff' ? ['bot'] : list(id))
  expect(await channel.roleOf('name:陈工')).toBe('customer')
  vi.restoreAllMocks()
})

test('leaves a customer who bears a name of a colleague a customer, who is not interrupted for some minutes', async () => {
  const { hears } = await startedChannel()
  expect((await hears('r3', 'li', '怎么提审')).sender).toMatchObject({ role: 'customer', mayBeStaff: true })
  expect((await hears('r2', 'li', '怎么提审')).sender).not.toHaveProperty('mayBeStaff')
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 11 * 60_000)
  expect((await hears('r3', 'li', '怎么提审')).sender).not.toHaveProperty('mayBeStaff')
  vi.restoreAllMocks()
})

test('takes nobody for a colleague by a name that somebody in the staff group bears', async () => {
  const rooms = PLAN.rooms.map((one) => (one.id === 'r1' ? { ...one, displayNames: { li: '陈工' } } : one))
  const { hears } = await startedChannel({ plan: { ...PLAN, rooms }, options: { staffNames: ['陈工'] } })
  const { sender } = await hears('r1', 'li', '怎么提审')
  expect(sender).toMatchObject({ name: '陈工', role: 'customer' })
  expect(sender).not.toHaveProperty('mayBeStaff')
})

test.each([
  [['*'], ['customers', 'customers']],
  [['*售后*'], ['customers', 'ignored']],
  [
    ['想天*', '钓鱼?群'],
    ['customers', 'ignored'],
  ],
  [['售后'], ['ignored', 'ignored']],
  [
    ['钓.群', '(想天售后服务群)'],
    ['ignored', 'ignored'],
  ],
])('serves the groups that %j names', async (serve, purposes) => {
  const { hears } = await startedChannel({ options: { serve } })
  const places = [(await hears('r1', 'li', '好')).place, (await hears('r3', 'li', '好')).place]
  expect(places.map((place) => place.kind === 'room' && place.purpose)).toEqual(purposes)
})

test('knows the staff group by its topic, whatever is served', async () => {
  const { hears, channel } = await startedChannel({ options: { serve: ['想天*'] } })
  expect((await hears('staff', 'chen', '工单')).place).toMatchObject({ purpose: 'staff' })
  expect(await channel.staffPlace()).toEqual({
    kind: 'room',
    id: 'staff',
    key: 'room:过审值班群',
    topic: '过审值班群',
    purpose: 'staff',
  })
})

test.each([
  ['nobody named one, though a group bears the usual name', null],
  ['there is none of that name', '没有这个群'],
])('has no staff place where %s', async (_why, staffRoom) => {
  const { channel, hears } = await startedChannel({ options: { staffRoom, serve: ['*'] } })
  expect(await channel.staffPlace()).toBeUndefined()
  const { place, sender } = await hears('staff', 'chen', '工单')
  expect([place, sender]).toMatchObject([{ purpose: 'customers' }, { role: 'customer' }])
  expect(sender.inStaffRoom).toBeUndefined()
})

test('knows at once when somebody with its own name joins the group', async () => {
  const people = [...PLAN.people, { id: 'twin', name: '过审小助手', part: 'customer' as const }]
  const { bot, world, hears } = await startedChannel({ plan: { ...structuredClone(PLAN), people } })
  expect(await hears('r1', 'li', '@过审小助手\u2005在吗')).toMatchObject({ addressedToBot: true })
  ;(world.conversation('r1')!.memberIds as string[]).push('twin')
  const joined = new Promise<void>((resolve) => bot.once('room-join', () => resolve()))
  bot.puppet.emit('room-join', { roomId: 'r1', inviteeIdList: ['twin'], inviterId: 'li', timestamp: MONDAY_MS / 1000 })
  await joined
  expect(await hears('r1', 'li', '@过审小助手\u2005在吗')).toMatchObject({ addressedToBot: false })
})

test('knows the staff also where the puppet lists nobody in their group until it is asked', async () => {
  const { bot, hears } = await startedChannel()
  const { puppet } = bot
  const list = puppet.roomMemberList.bind(puppet)
  let isLoaded = false
  puppet.roomMemberList = async (id) => (id === 'staff' && !isLoaded ? [] : list(id))
  const updateContacts = () => {
    isLoaded = true
  }
  Object.assign(puppet, { wechat4u: { batchGetContact: async () => [], updateContacts } })
  expect((await hears('r1', 'chen', '我来处理')).sender).toMatchObject({ role: 'staff', inStaffRoom: true })
})

test('is not confused by a namesake of the staff group, and tells of it once', async () => {
  const news: StaffRoomNews[] = []
  const { hears, channel } = await startedChannel({
    plan: { ...PLAN, rooms: [FORGED_ROOM, ...PLAN.rooms] },
    options: { onStaffRoom: (one) => void news.push(one) },
  })
  expect((await hears('forged', 'li', '工单')).place).toMatchObject({ purpose: 'ignored' })
  expect((await hears('staff', 'chen', '工单')).place).toMatchObject({ purpose: 'staff', key: 'room:过审值班群' })
  expect((await hears('r1', 'chen', '我来')).sender).toMatchObject({ role: 'staff', inStaffRoom: true })
  expect((await hears('r1', 'li', '怎么提审')).sender.role).toBe('customer')
  for (let look = 0; look < 3; look++) expect(await channel.staffPlace()).toMatchObject({ id: 'staff' })
  expect(news.filter(({ kind }) => kind === 'namesake')).toEqual([{ kind: 'namesake', topic: '过审值班群' }])
})

test('is not confused by the staff group of an earlier login, which it is no member of', async () => {
  const stale = { id: 'stale', topic: '过审值班群', memberIds: ['chen', 'xu'], displayNames: {} }
  const { channel, hears } = await startedChannel({ plan: { ...PLAN, rooms: [stale, ...PLAN.rooms] } })
  expect(await channel.staffPlace()).toMatchObject({ id: 'staff' })
  expect((await hears('staff', 'chen', '工单')).place).toMatchObject({ purpose: 'staff' })
})

test('finds the chat of a colleague by the remark of the account, and of nobody by a name', async () => {
  const { channel } = await startedChannel()
  expect(await channel.findColleague('管理员')).toEqual({ kind: 'direct', id: 'xu', key: 'direct:remark:管理员' })
  for (const name of ['徐经理', '陈工', '']) expect(await channel.findColleague(name)).toBeUndefined()
  const twice = await startedChannel({ plan: { ...PLAN, remarks: { xu: '管理员', li: '管理员' } } })
  expect(await twice.channel.findColleague('管理员')).toBeUndefined()
})

test('takes whoever bears a remark of the roster for a colleague who may work tickets', async () => {
  const { hears } = await startedChannel({ options: { staffRemarks: ['想天-王总'] } })
  expect((await hears('r1', 'wang', '在')).sender).toMatchObject({ role: 'staff', isGranted: true })
  expect((await hears('r1', 'li', '在')).sender).not.toHaveProperty('isGranted')
})

test('sends a text to a group, with the asker mentioned when wanted', async () => {
  const { hears, channel, last } = await startedChannel()
  const { sender, place } = await hears('r1', 'wang', '怎么提审')
  await channel.send(place, { kind: 'text', text: '先选类目', mention: sender })
  expect(last('r1')).toMatchObject({ fromId: 'bot', text: '@王老板 先选类目', mentionIds: ['wang'] })
  await channel.send(place, text('再提交'))
  expect(last('r1')).toMatchObject({ text: '再提交', mentionIds: [] })
})

test('sends nothing to a group of an earlier login, which it is no member of any more', async () => {
  const stale = { id: 'stale', topic: '想天售后服务群', memberIds: ['wang'], displayNames: {} }
  const { channel, hears, world, last } = await startedChannel({
    plan: { ...PLAN, rooms: [stale, ...PLAN.rooms] },
    options: { identities: Object.assign(new IdentityBook({ clock: fixedClock() }), { idOf: () => 'stale' }) },
  })
  const { place } = await hears('r1', 'wang', '怎么提审')
  await channel.send(place, text('先选类目'))
  expect(last('r1')?.text).toBe('先选类目')
  expect(world.messages('stale')).toEqual([])
})

test('writes the name of an asker who shows an emoji, not what the wire makes of it', async () => {
  const rooms = PLAN.rooms.map((one) => ({
    ...one,
    displayNames: { li: '小李<span class="emoji emoji1f319"></span>' },
  }))
  const { channel, hears, last } = await startedChannel({ plan: { ...PLAN, rooms } })
  const { place, sender } = await hears('r1', 'li', '怎么提审')
  await channel.send(place, { kind: 'text', text: '先选类目', mention: sender })
  expect(last('r1')?.text).toMatch(/^@小李\u{1f319}\s先选类目$/u)
})

test('posts no empty message', async () => {
  const { channel, world } = await startedChannel()
  for (const words of ['', ' \n']) await channel.send(XIANGTIAN, text(words))
  expect(world.messages('r1')).toEqual([])
})

test('mentions by the name that the group shows, and in plain words whom the puppet does not list', async () => {
  const { hears, channel, last } = await startedChannel()
  const { sender } = await hears('r2', 'li', '怎么提审')
  await channel.send(room('r2', '同城社区售后群'), { kind: 'text', text: '先选类目', mention: sender })
  expect(last('r2')).toMatchObject({ text: '@悦邻社区-小李 先选类目', mentionIds: ['li'] })
  await channel.send(room('staff', '过审值班群'), { kind: 'text', text: '在', mention: sender })
  expect(last('staff')).toMatchObject({ text: '@悦邻社区-小李\u2005在', mentionIds: [] })
  const stranger = { id: 'nobody', key: 'name:路人', name: '路人', role: 'customer' as const }
  await channel.send(XIANGTIAN, { kind: 'text', text: '您好', mention: stranger })
  expect(last('r1')).toMatchObject({ text: '@路人\u2005您好' })
})

test('answers in the direct chat', async () => {
  const { hears, channel, last } = await startedChannel()
  const { place } = await hears(directIdOf('li'), 'li', '你好')
  await channel.send(place, text('您好'))
  await channel.send(place, picture(png(), 'a.png'))
  expect(last(directIdOf('li'))).toMatchObject({ fromId: 'bot', kind: 'picture' })
})

test.each([
  [png('one'), 'a.png'],
  [jpg('two'), 'b.jpg'],
  [gif('three'), 'c.gif'],
])('sends a picture byte for byte', async (bytes, fileName) => {
  const { channel, last, world } = await startedChannel()
  await channel.send(XIANGTIAN, picture(bytes, fileName))
  const sent = last('r1')
  expect(sent).toMatchObject({ fromId: 'bot', kind: 'picture' })
  expect(Buffer.from(world.picture(sent!.id)!.bytes)).toEqual(bytes)
})

test.each<[string, Place]>([
  ['group', room('r9', '没有的群')],
  ['person', { kind: 'direct', id: 'nobody', key: 'direct:name:路人' }],
])('refuses to send to a %s that the puppet does not know', async (_what, place) => {
  const { channel } = await startedChannel()
  const refusal = await channel.send(place, text('您好')).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(ChannelError)
  expect(refusal).toMatchObject({ code: 'channel-rejected', retryable: false, cause: undefined })
})

test('hands on only the message of a refusal: the error may carry keys of the account', async () => {
  const { channel, bot } = await startedChannel()
  const refusal = Object.assign(new Error('1205 == 0'), { config: { headers: { cookie: 'wxsid=secret' } } })
  bot.puppet.messageSendText = () => Promise.reject(refusal)
  const error = await channel.send(XIANGTIAN, text('您好')).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ChannelError)
  expect(error).toMatchObject({ message: '1205 == 0', cause: undefined })
  expect(JSON.stringify(error)).not.toContain('secret')
})

test('tells when a send is refused because the session is over, and of no other refusal', async () => {
  const told: string[] = []
  let number = 1204
  const { channel, bot } = await startedChannel({ options: { onSessionOver: () => void told.push(`${number}`) } })
  bot.puppet.messageSendText = () => Promise.reject(new Error(`${number} == 0`))
  for (number of [1204, 1205, 1101, 1102]) {
    await expect(channel.send(XIANGTIAN, text('您好'))).rejects.toMatchObject({ message: `${number} == 0` })
  }
  expect(told).toEqual(['1101', '1102'])
})

test('finds groups and people of an earlier login by their keys, never by the dead handles', async () => {
  const stale = { id: 'stale', topic: '想天售后服务群', memberIds: ['wang', 'li'], displayNames: {} }
  const memory = aMemory()
  const plan = { ...PLAN, rooms: [stale, ...PLAN.rooms] }
  const { hears, channel, last } = await startedChannel({ plan, options: memory })
  const inRoom = (await hears('r1', 'li', '怎么提审')).place
  const direct = (await hears(directIdOf('li'), 'li', '你好')).place
  memory.identities.beginLogin('another account handle')
  await channel.send({ ...inRoom, id: 'stale' }, text('在群里'))
  await channel.send({ ...direct, id: 'dead' }, text('在私聊'))
  expect([last('r1')?.text, last(directIdOf('li'))?.text, last('stale')]).toEqual(['在群里', '在私聊', undefined])
})

test('takes the owner of the account for a colleague, in the chat where they write', async () => {
  const { hears } = await startedChannel()
  expect(await hears('r1', 'bot', '我来回答')).toMatchObject({ fromOwner: true, sender: { role: 'staff' } })
  const { place } = await hears(directIdOf('li'), 'li', '你好')
  expect(await hears(directIdOf('li'), 'bot', '您好')).toMatchObject({ fromOwner: true, place })
})

test('does not take its own words that come back for its owner', async () => {
  const { hears, channel } = await startedChannel()
  const { place } = await hears('r1', 'li', '怎么提审')
  await channel.send(place, text('先选类目'))
  const echo = await hears('r1', 'bot', '先选类目')
  expect([echo.fromSelf, echo.fromOwner]).toEqual([true, undefined])
  expect(await hears('r1', 'bot', '先选类目')).toMatchObject({ fromOwner: true })
})

test('hands on the bytes of a picture', async () => {
  const { hearsPost } = await startedChannel()
  const heardPicture = await hearsPost({ conversationId: 'r1', fromId: 'li', picture: png() })
  expect(heardPicture.picture).toMatchObject({ mime: 'image/png', byteCount: png().length })
  expect(Buffer.from(heardPicture.picture!.bytes()!)).toEqual(png())
})

test('survives a puppet error and a listener that throws', async () => {
  const { hears, lines, bot, world } = await startedChannel()
  const first = world.post({ conversationId: 'r1', fromId: 'li', text: '第一句' })
  waiting.set(first.id, () => {
    throw new Error('part broken')
  })
  ;(bot as unknown as EventEmitter).emit('error', new Error('502'))
  expect(await hears('r1', 'li', '第二句')).toMatchObject({ text: '第二句' })
  expect(lines).toContainEqual(expect.objectContaining({ level: LEVEL.warn, error: '502', msg: 'puppet error' }))
  const broken = { level: LEVEL.error, messageId: first.id, error: 'part broken' }
  await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining(broken)))
})

test('logs neither names nor words', async () => {
  const { hears, channel, lines } = await startedChannel()
  const { place, sender } = await hears('r1', 'wang', '怎么提审')
  await channel.send(place, { kind: 'text', text: '先选类目', mention: sender })
  expect(JSON.stringify(lines)).not.toMatch(/王老板|想天|怎么提审|先选类目/)
})

test('can be made deaf first: hands on what it has heard, and still speaks', async () => {
  const { channel, world, bot, last } = await startedChannel({ options: { holdMs: 60_000 } })
  const arrived = new Promise<void>((resolve) => bot.once('message', () => resolve()))
  world.post({ conversationId: 'r1', fromId: 'li', text: '还听得到' })
  await arrived
  await channel.stopHearing()
  expect(heard.map((message) => message.text)).toEqual(['还听得到'])
  await channel.send(XIANGTIAN, text('最后一句'))
  expect(last('r1')?.text).toBe('最后一句')
})

test.each([true, false])(
  'is deaf after stop, and after a new start hears each message once (logs out: %s)',
  async (logoutOnStop) => {
    const { channel, hears, world, bot } = await startedChannel({ options: { logoutOnStop } })
    await channel.stop()
    await channel.stop()
    expect(bot.isLoggedIn).toBe(!logoutOnStop)
    const arrived = new Promise<void>((resolve) => (logoutOnStop ? resolve() : bot.once('message', () => resolve())))
    world.post({ conversationId: 'r1', fromId: 'li', text: '没人听' })
    await arrived
    await channel.start(listen)
    await hears('r1', 'li', '有人听')
    await hears('r1', 'li', '还在听')
    expect(heard.map((message) => message.text)).toEqual(['有人听', '还在听'])
    if (!logoutOnStop) await bot.stop()
  },
)
