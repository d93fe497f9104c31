import { FileBox } from 'file-box'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Message, types, type Wechaty, WechatyBuilder } from 'wechaty'
import { PuppetSimulator } from '../../../src/channel/simulator/puppet.js'
import { createVendorWorld, directIdOf, type World } from '../../../src/channel/simulator/world.js'
import { png } from '../../support/picture-bytes.js'

const ROOM = 'room-xiangtian'
const SAID_AT_MS = Date.parse('2026-11-23T10:00:00+08:00')
const PNG = png()

let world: World
let bot: Wechaty

/** The next message that the bot hears, once somebody has said it. */
const heard = (say: () => void): Promise<Message> => {
  const next = new Promise<Message>((resolve) => bot.once('message', resolve))
  say()
  return next
}
const room = async () => (await bot.Room.find({ topic: '想天售后服务群' }))!
const lastIn = (conversationId: string) => world.messages(conversationId).at(-1)

beforeEach(async () => {
  world = createVendorWorld({ clock: { now: () => SAID_AT_MS } })
  bot = WechatyBuilder.build({ puppet: new PuppetSimulator({ world }) })
  const ready = new Promise<void>((resolve) => bot.once('ready', resolve))
  await bot.start()
  await ready
})
afterEach(() => bot.stop())

test('is logged in as the bot right after the start', () => {
  expect(bot.isLoggedIn).toBe(true)
  expect(bot.currentUser.name()).toBe('过审小助手')
})

test('finds the rooms, their topics and their members', async () => {
  const rooms = await bot.Room.findAll()
  const topics = await Promise.all(rooms.map((one) => one.topic()))
  expect(new Set(topics)).toEqual(new Set(['想天售后服务群', '同城社区售后群', '过审值班群']))
  const members = await (await room()).memberAll()
  expect(members.map((member) => member.name())).toEqual(['过审小助手', '王老板', '小李', '陈工', '徐经理'])
})

test('tells group display names from nicks', async () => {
  const tongcheng = (await bot.Room.find({ topic: '同城社区售后群' }))!
  const li = (await bot.Contact.find({ name: '小李' }))!
  expect(await tongcheng.alias(li)).toBe('悦邻社区-小李')
  expect(await (await room()).alias(li)).toBeUndefined()
})

test('knows the admin by the remark of the bot account, and keeps a new remark', async () => {
  const admin = (await bot.Contact.find({ name: '徐经理' }))!
  const colleague = (await bot.Contact.find({ name: '陈工' }))!
  expect(await admin.alias()).toBe('管理员')
  expect(await colleague.alias()).toBe('')
  await colleague.alias('管理员二号')
  expect(await colleague.alias()).toBe('管理员二号')
  expect(world.remark('chen')).toBe('管理员二号')
})

test('hears a group message with its sender, room and time', async () => {
  const message = await heard(() => world.post({ conversationId: ROOM, fromId: 'wang', text: '怎么提审' }))
  expect(message.text()).toBe('怎么提审')
  expect(message.talker().name()).toBe('王老板')
  expect(await message.room()?.topic()).toBe('想天售后服务群')
  expect(message.date().getTime()).toBe(SAID_AT_MS)
  expect(message.self()).toBe(false)
  expect(await message.mentionSelf()).toBe(false)
  expect(message.id).toBe(lastIn(ROOM)?.id)
})

test('hears a mention as one', async () => {
  const message = await heard(() =>
    world.post({ conversationId: ROOM, fromId: 'wang', text: '@过审小助手\u2005怎么提审' }),
  )
  expect(await message.mentionSelf()).toBe(true)
  expect(await message.mentionText()).toBe('怎么提审')
})

test('hears a quoted message in the form of WeChat', async () => {
  const original = await heard(() => world.post({ conversationId: ROOM, fromId: 'li', text: '类目选哪个' }))
  const message = await heard(() =>
    world.post({ conversationId: ROOM, fromId: 'wang', text: '我也想问', quoteOfId: original.id }),
  )
  expect(message.text()).toBe('「小李：类目选哪个」\n- - - - - - - - - - - - - - -\n我也想问')
})

test('hears a direct message and answers it', async () => {
  const message = await heard(() => world.post({ conversationId: directIdOf('wang'), fromId: 'wang', text: '你好' }))
  expect(message.room()).toBeUndefined()
  expect(message.listener()?.id).toBe('bot')
  await message.talker().say('您好')
  expect(lastIn(directIdOf('wang'))).toMatchObject({ fromId: 'bot', kind: 'text', text: '您好' })
})

test('hands over the picture that somebody sent', async () => {
  const message = await heard(() => world.post({ conversationId: ROOM, fromId: 'wang', picture: PNG }))
  expect(message.type()).toBe(types.Message.Image)
  expect(await (await message.toFileBox()).toBuffer()).toEqual(PNG)
  expect(await (await message.toImage().artwork()).toBuffer()).toEqual(PNG)
})

test('says a text in a group with the asker mentioned', async () => {
  const wang = (await bot.Contact.find({ name: '王老板' }))!
  const said = await (await room()).say('先选类目', wang)
  expect(lastIn(ROOM)).toMatchObject({ fromId: 'bot', text: '@王老板 先选类目', mentionIds: ['wang'] })
  expect((said as Message).self()).toBe(true)
})

test('sends pictures as pictures and names other files', async () => {
  await (await room()).say(FileBox.fromBuffer(PNG, 'step.png'))
  const picture = lastIn(ROOM)!
  expect(picture.kind).toBe('picture')
  expect(Buffer.from(world.picture(picture.id)!.bytes)).toEqual(PNG)
  await (await room()).say(FileBox.fromBuffer(Buffer.from('hello'), 'notes.txt'))
  expect(lastIn(ROOM)).toMatchObject({ kind: 'text', text: '[文件] notes.txt' })
})

test('does not hear its own words, but hears what its owner writes by hand', async () => {
  const heardTexts: string[] = []
  bot.on('message', (message) => void heardTexts.push(`${message.self()} ${message.text()}`))
  await (await room()).say('机器说的')
  await heard(() => world.post({ conversationId: ROOM, fromId: 'bot', text: '机主说的' }))
  expect(heardTexts).toEqual(['true 机主说的'])
})

test('rejects what it cannot do, by name', async () => {
  await expect(bot.puppet.roomCreate(['wang', 'li'], '新群')).rejects.toThrow('does not support roomCreate')
  await expect(bot.puppet.messageSendText('nowhere', '好')).rejects.toThrow('no conversation nowhere')
})

test('is deaf after the stop and hears again after a new start', async () => {
  const heardTexts: string[] = []
  bot.on('message', (message) => void heardTexts.push(message.text()))
  await bot.stop()
  world.post({ conversationId: ROOM, fromId: 'wang', text: '没人听' })
  await bot.start()
  await heard(() => world.post({ conversationId: ROOM, fromId: 'wang', text: '有人听' }))
  expect(heardTexts).toEqual(['有人听'])
})
