import { expect, test } from 'vitest'
import { createVendorWorld, directIdOf, keepPictures } from '../../../src/channel/simulator/world.js'
import { png } from '../../support/picture-bytes.js'

const ROOM = 'room-xiangtian'
const PNG = Uint8Array.from(png())
const worldAt = (nowMs = 1_000) => createVendorWorld({ clock: { now: () => nowMs } })

test('tells listeners of a message until they leave', () => {
  const world = worldAt(5_000)
  const heard: string[] = []
  const leave = world.subscribe(({ text, atMs }) => heard.push(`${text} ${atMs}`))
  world.post({ conversationId: ROOM, fromId: 'wang', text: '在吗' })
  leave()
  world.post({ conversationId: ROOM, fromId: 'wang', text: '还在吗' })
  expect(heard).toEqual(['在吗 5000'])
  expect(world.messages(ROOM).map(({ text }) => text)).toEqual(['在吗', '还在吗'])
})

test('gives every person a direct chat with the bot', () => {
  const direct = worldAt().conversations.filter(({ kind }) => kind === 'direct')
  expect(direct.map(({ memberIds }) => memberIds)).toEqual([
    ['wang', 'bot'],
    ['li', 'bot'],
    ['chen', 'bot'],
    ['xu', 'bot'],
  ])
})

test.each([
  ['@过审小助手\u2005怎么提审', ['bot']],
  ['怎么提审 @过审小助手', ['bot']],
  ['@过审小助手2号 怎么提审', []],
  ['怎么提审', []],
  ['@小李 @陈工\u2005看一下', ['li', 'chen']],
])('finds the mentions in %j', (text, expected) => {
  expect(worldAt().post({ conversationId: ROOM, fromId: 'wang', text }).mentionIds).toEqual(expected)
})

test('knows a mention by the group display name and by the chosen member', () => {
  const world = worldAt()
  const conversationId = 'room-tongcheng'
  expect(world.post({ conversationId, fromId: 'wang', text: '@悦邻社区-小李 在吗' }).mentionIds).toEqual(['li'])
  expect(world.post({ conversationId, fromId: 'wang', text: '在吗', mentionIds: ['bot', 'xu'] }).mentionIds).toEqual([
    'bot',
  ])
})

test('refuses strangers, quotes from elsewhere and bytes that are no picture', () => {
  const world = worldAt()
  const elsewhere = world.post({ conversationId: directIdOf('wang'), fromId: 'wang', text: '你好' })
  expect(() => world.post({ conversationId: 'room-staff', fromId: 'wang', text: '你好' })).toThrow(
    'not in conversation',
  )
  expect(() => world.post({ conversationId: ROOM, fromId: 'wang', text: '好', quoteOfId: elsewhere.id })).toThrow()
  expect(() => world.post({ conversationId: ROOM, fromId: 'wang', picture: Uint8Array.of(1, 2) })).toThrow('no picture')
  expect(world.messages(ROOM)).toEqual([])
})

test('remembers the last 500 messages of a conversation, with their pictures', () => {
  const world = worldAt()
  const picture = world.post({ conversationId: ROOM, fromId: 'wang', picture: PNG })
  expect(world.picture(picture.id)).toMatchObject({ bytes: PNG, mediaType: 'image/png', extension: '.png' })
  for (let count = 1; count <= 500; count++) {
    world.post({ conversationId: ROOM, fromId: 'wang', text: String(count) })
  }
  expect(world.messages(ROOM)).toHaveLength(500)
  expect(world.messages(ROOM)[0]?.text).toBe('1')
  expect(world.message(picture.id)).toBeUndefined()
  expect(world.picture(picture.id)).toBeUndefined()
})

test('lets old pictures make room for new ones', () => {
  const shelf = keepPictures(PNG.length * 2)
  for (const id of ['a', 'b', 'c']) shelf.put(id, PNG)
  expect(['a', 'b', 'c'].map((id) => shelf.get(id) !== undefined)).toEqual([false, true, true])
})

test('does not give out the ids of an earlier run', () => {
  const said = (nowMs: number) => worldAt(nowMs).post({ conversationId: ROOM, fromId: 'li', text: '好' }).id
  expect(said(1_000)).not.toBe(said(2_000))
})
