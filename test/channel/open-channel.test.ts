import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openChannelMemory } from '../../src/open-channel.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { recordedAlerts } from '../support/recorded-alerts.js'
import { tempFolder } from '../support/temp-folder.js'

const SAME_GROUP = { id: '@@1', topic: '同名群', members: [], namesakes: [{ id: '@@2', members: [] }] }
const LIU = { id: '@1', nick: '小刘', display: '', remark: '', placeKey: 'room:售后群' }
const SAME_NAME = { ...LIU, namesakes: [{ id: '@2', nick: '小刘', display: '' }] }

async function memoryIn(folder: string, staffRoom: string | null = null) {
  const { alerts, heard } = recordedAlerts()
  const { log, lines } = capturedLog()
  return { ...(await openChannelMemory(folder, { clock: fixedClock(), log, alerts, staffRoom })), heard, lines }
}

test('tells an operator once of groups and of people that can not be told apart, and the log without their names', async () => {
  const folder = tempFolder()
  const { identities, heard, lines, flush } = await memoryIn(folder)
  for (let time = 0; time < 2; time++) {
    identities.roomKey(SAME_GROUP)
    identities.personKey(SAME_NAME)
  }
  expect(heard).toEqual([
    ['tell', expect.stringMatching(/“同名群”.*群名改成不同/)],
    ['tell', expect.stringMatching(/“小刘”.*不同的备注/)],
  ])
  expect(lines.map(({ kind }) => kind)).toEqual(['room', 'person'])
  expect(JSON.stringify(lines)).not.toMatch(/同名群|小刘/)

  await flush()
  const later = await memoryIn(folder)
  later.identities.roomKey(SAME_GROUP)
  expect(later.heard).toEqual([])
})

test('keeps what it knows for its owner only, and knows it again', async () => {
  const folder = tempFolder()
  const { identities, heardIds, flush } = await memoryIn(folder)
  const key = identities.personKey({ ...LIU, namesakes: [] })
  expect(heardIds.add('7')).toBe(true)
  await flush()
  for (const name of ['identities.json', 'heard.json']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  const later = await memoryIn(folder)
  expect(later.heardIds.add('7')).toBe(false)
  expect(later.identities.idOf(key)).toBe('@1')
})

test('takes the staff group of an earlier version for bound, once, and where it can be no other', async () => {
  const folder = tempFolder()
  const first = await memoryIn(folder, '值班群')
  expect([first.isFirstStart, first.staffBinding.records()]).toEqual([true, []])
  first.identities.roomKey({ id: '@@1', topic: '值班群', members: [], namesakes: [] })
  first.identities.roomKey({ id: '@@2', topic: '售后群', members: [], namesakes: [] })
  first.identities.roomKey({ id: '@@2', topic: '改过名', members: [], namesakes: [] })
  await first.flush()
  // What is called so by now has not become it.
  const second = await memoryIn(folder, '值班群')
  expect([second.isFirstStart, second.staffBinding.records()]).toEqual([false, []])
  rmSync(join(folder, 'staff-room.json'))
  expect((await memoryIn(folder, '值班群')).staffBinding.records()).toMatchObject([
    { key: 'room:值班群', by: 'earlier-version' },
  ])
  rmSync(join(folder, 'staff-room.json'))
  expect((await memoryIn(folder, '改过名')).staffBinding.records()).toEqual([])
})
