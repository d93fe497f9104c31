import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BotRooms, MuteBook } from '../../src/commands/operations.js'
import type { RoomPlace } from '../../src/model/chat.js'
import { openRecords } from '../../src/store/json-file.js'
import { storedMutes } from '../../src/store/records.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const room = (topic: string, facts: Partial<RoomPlace> = {}): RoomPlace => ({
  ...{ kind: 'room', id: `@@${topic}`, key: `room:${topic}`, topic, purpose: 'customers' },
  ...facts,
})
const BY = { key: 'remark:管理员', name: '徐经理' }
const ROOMS = [
  room('想天售后一群'),
  room('想天售后二群'),
  room('同城 社区群'),
  room('过审值班群', { purpose: 'staff' }),
  room('同学会', { purpose: 'ignored' }),
]

async function aDesk(path = join(tempFolder(), 'mutes.json'), rooms: readonly RoomPlace[] = ROOMS) {
  const clock = fixedClock()
  const open = () => openRecords(path, { schema: storedMutes, log: capturedLog().log })
  const mutes = new MuteBook(await open(), clock)
  const desk = new BotRooms({ channel: { rooms: async () => rooms }, mutes, clock })
  const reopened = async () => new MuteBook(await open(), clock)
  return { desk, mutes, clock, reopened }
}

test('lists groups with what they are for, customers first', async () => {
  const { desk } = await aDesk()
  expect((await desk.list()).text.split('\n')).toEqual([
    '1. 同城 社区群：开着',
    '2. 想天售后一群：开着',
    '3. 想天售后二群：开着',
    '4. 过审值班群：值班群，只听命令',
    '5. 同学会：配置里没开',
  ])
})

test('mutes one group for a while, over a restart, and it ends by itself', async () => {
  const { desk, mutes, clock, reopened } = await aDesk()
  expect(await desk.mute({ room: '想天售后一群', minutes: 120, by: BY })).toMatchObject({ ok: true })
  expect([mutes.of('room:想天售后一群')?.untilMs, mutes.of('room:想天售后二群')]).toEqual([
    clock.now() + 120 * 60_000,
    undefined,
  ])
  expect((await reopened()).of('room:想天售后一群')).toBeDefined()
  expect((await desk.list()).text).toContain('想天售后一群：静音到 11月23日（周一）12:00')
  clock.pass(120 * 60_000)
  expect(mutes.of('room:想天售后一群')).toBeUndefined()
})

test.each([
  ['同城社区群', '同城 社区群'],
  ['同城', '同城 社区群'],
  ['二群', '想天售后二群'],
  ['2', '想天售后一群'],
])('takes %j for the group %j', async (name, topic) => {
  const { desk, mutes } = await aDesk()
  await desk.mute({ room: name, minutes: null, by: BY })
  expect(mutes.of(`room:${topic}`)?.topic).toBe(topic)
})

test('asks back where several fit or none, and leaves the staff group alone', async () => {
  const { desk, mutes } = await aDesk()
  expect((await desk.mute({ room: '想天', minutes: 5, by: BY })).text).toMatch(/2\. 想天售后一群\n3\. 想天售后二群/)
  expect((await desk.mute({ room: '不存在的群', minutes: 5, by: BY })).text).toContain('没有叫“不存在的群”的群')
  expect(await desk.mute({ room: '过审值班群', minutes: 5, by: BY })).toMatchObject({ ok: false })
  expect(mutes.living()).toEqual([])
})

test('mutes everywhere, and lifts one mute or all', async () => {
  const { desk, mutes } = await aDesk()
  expect(await desk.unmute({ room: '', by: BY })).toMatchObject({ ok: false })
  await desk.mute({ room: '', minutes: null, by: BY })
  await desk.mute({ room: '二群', minutes: null, by: BY })
  expect(mutes.of('direct:name:王老板')).toBeDefined()
  expect((await desk.unmute({ room: '二群', by: BY })).text).toContain('全部静音还在')
  expect(mutes.of('room:想天售后二群')).toBeDefined()
  expect((await desk.unmute({ room: '一群', by: BY })).text).toContain('没有单独静音')
  await desk.unmute({ room: '', by: BY })
  expect(mutes.living()).toEqual([])
})

test('lifts the mute of a group that is gone', async () => {
  const path = join(tempFolder(), 'mutes.json')
  await (await aDesk(path)).desk.mute({ room: '二群', minutes: null, by: BY })
  const { desk, mutes } = await aDesk(path, [])
  await desk.unmute({ room: '想天售后二群', by: BY })
  expect(mutes.living()).toEqual([])
})

test('fits a phone with hundreds of groups and the longest names', async () => {
  const many = Array.from({ length: 300 }, (_, index) => room(`${'很长的群名'.repeat(12)}${index}`))
  const { desk } = await aDesk(undefined, many)
  const texts = [
    await desk.list(),
    await desk.mute({ room: '很长', minutes: 5, by: BY }),
    await desk.mute({ room: '没有'.repeat(200), minutes: 5, by: BY }),
  ].map(({ text }) => text)
  expect(texts.filter((text) => text.length > 500)).toEqual([])
  expect(texts[0]).toContain('还有')
})
