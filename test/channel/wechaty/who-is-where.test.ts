import { afterEach, expect, test } from 'vitest'
import type { Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { type Ambiguity, IdentityBook } from '../../../src/channel/identity.js'
import { PuppetSimulator } from '../../../src/channel/simulator/puppet.js'
import { World, type WorldPlan } from '../../../src/channel/simulator/world.js'
import { WhoIsWhere } from '../../../src/channel/wechaty/members.js'
import { buildWechaty, rawPuppet } from '../../../src/channel/wechaty/wechat4u.js'
import { fixedClock } from '../../support/fixed-clock.js'

const person = (id: string, name: string) => ({
  id,
  name,
  part: id === 'bot' ? ('bot' as const) : ('customer' as const),
})
const PEOPLE = [
  person('bot', '过审小助手'),
  person('li', '小李'),
  person('li2', '小李'),
  person('wang', '王老板'),
  person('twin', '过审小助手'),
]
const room = (id: string, topic: string, memberIds: string[], displayNames: Record<string, string> = {}) => ({
  ...{ id, topic, memberIds, displayNames },
})

const running: WechatyInterface[] = []
afterEach(async () => {
  for (const bot of running.splice(0)) await bot.stop()
})

async function living(rooms: WorldPlan['rooms'], remarks: Record<string, string> = {}) {
  const world = new World({ botId: 'bot', people: PEOPLE, rooms, remarks }, { clock: fixedClock() })
  const bot = buildWechaty(new PuppetSimulator({ world }), '')
  const told: Ambiguity[] = []
  const who = new WhoIsWhere(bot, new IdentityBook({ clock: fixedClock(), onAmbiguous: (one) => void told.push(one) }))
  running.push(bot)
  const ready = new Promise<void>((resolve) => bot.once('ready', resolve))
  await bot.start()
  await ready
  const roomOf = async (id: string) => (await bot.Room.find({ id }))!
  const personIn = async (id: string, roomId: string) => {
    const place = { room: await roomOf(roomId), key: (await who.room(await roomOf(roomId))).key }
    return who.person((await bot.Contact.find({ id }))!, place)
  }
  return { who, world, bot, roomOf, personIn, told }
}

test('names a person and a group as they are called now', async () => {
  const { who, world, roomOf, personIn } = await living([room('r1', '售后群', ['bot', 'li'], { li: '悦邻-李' })])
  expect(await who.room(await roomOf('r1'))).toEqual({ topic: '售后群', key: 'room:售后群' })
  const before = await personIn('li', 'r1')
  expect(before).toEqual({ key: 'name:小李', nick: '小李', display: '悦邻-李', remark: '' })
  world.setRemark('li', '悦邻李总') // Wechaty itself would go on with the old one
  expect(await personIn('li', 'r1')).toEqual({ ...before, remark: '悦邻李总' })
})

test('names a group as it is called now, though nobody told Wechaty that it was renamed', async () => {
  const { who, bot, roomOf } = await living([room('r1', '售后群', ['bot', 'li'])])
  const { key } = await who.room(await roomOf('r1'))
  const puppet = rawPuppet(bot)
  const raw = puppet.roomRawPayload.bind(puppet)
  puppet.roomRawPayload = async (id) => ({ ...((await raw(id)) as object), topic: '售后一群' })
  expect(await who.room(await roomOf('r1'))).toEqual({ topic: '售后一群', key })
})

test('knows a person though the puppet does not list them in the group', async () => {
  const { who, bot, roomOf } = await living([room('r1', '售后群', ['bot', 'li'])])
  const unlisted = { id: 'r1', alias: () => Promise.reject(new Error('not found')) } as unknown as Room
  const wang = (await bot.Contact.find({ id: 'wang' }))!
  expect(await who.person(wang, { room: unlisted, key: 'room:售后群' })).toMatchObject({ nick: '王老板', display: '' })
  expect(await who.ownNames(Object.assign(await roomOf('r1'), { alias: unlisted.alias }))).toMatchObject({
    names: ['过审小助手'],
  })
})

test('can not tell groups of one topic and the same names apart, and ignores those that the account has left', async () => {
  const { who, roomOf, told } = await living([
    room('r1', '同名群', ['bot', 'li']),
    room('r2', '同名群', ['bot', 'li2']),
    room('r3', '售后群', ['bot', 'li']),
    room('gone', '售后群', ['li', 'wang']),
  ])
  const keys = [await who.room(await roomOf('r1')), await who.room(await roomOf('r2'))].map(({ key }) => key)
  expect(keys).toEqual(['unsure:r1', 'unsure:r2'])
  expect(told).toEqual([{ kind: 'room', name: '同名群' }])
  expect((await who.room(await roomOf('r3'))).key).toBe('room:售后群')
})

test('can not tell members of one nick apart, unless by remark or display name', async () => {
  const alike = room('r1', '售后群', ['bot', 'li', 'li2'])
  const { personIn, told } = await living([alike])
  expect((await personIn('li', 'r1')).key).toBe('unsure:li')
  expect((await personIn('li2', 'r1')).key).toBe('unsure:li2')
  expect(told).toEqual([{ kind: 'person', name: '小李' }])
  const shown = await living([{ ...alike, displayNames: { li: '甲方', li2: '乙方' } }])
  expect((await shown.personIn('li', 'r1')).key).toBe('name:小李')
  const remarked = await living([alike], { li2: '乙方李' })
  expect((await remarked.personIn('li', 'r1')).key).toBe('name:小李')
  expect((await remarked.personIn('li2', 'r1')).key).toBe('remark:乙方李')
})

test('knows its own names as people write them, not as the wire does', async () => {
  const moon = '<span class="emoji emoji1f319"></span>'
  const { who, bot, roomOf } = await living([room('r1', '售后群', ['bot', 'li'], { bot: `助手${moon}` })])
  Object.assign(bot.currentUser, { name: () => 'A&amp;B 助手' })
  expect((await who.ownNames(await roomOf('r1'))).names).toEqual(['A&B 助手', '助手\u{1f319}'])
})

test.each([
  ['alone', ['bot', 'li'], {}, { names: ['过审小助手'], shared: [], puppetIsFooled: false }],
  ['with a display name', ['bot', 'li'], { bot: '助手' }, { names: ['过审小助手', '助手'], shared: [] }],
  ['beside a namesake', ['bot', 'twin'], {}, { names: [], shared: ['过审小助手'], puppetIsFooled: true }],
  ['shown otherwise beside a namesake', ['bot', 'twin'], { bot: '助手' }, { names: ['助手'], shared: [] }],
  [
    'beside a namesake who is shown otherwise',
    ['bot', 'twin'],
    { twin: '小张' },
    { names: ['过审小助手'], shared: [] },
  ],
  ['beside one who shows its name', ['bot', 'li'], { li: '过审小助手' }, { names: [], shared: ['过审小助手'] }],
])('knows by which names it can be meant %s', async (_how, memberIds, displayNames, expected) => {
  const { who, roomOf } = await living([room('r1', '售后群', memberIds, displayNames)])
  expect(await who.ownNames(await roomOf('r1'))).toMatchObject(expected)
})
