import { expect, test } from 'vitest'
import type { Place } from '../../src/model/chat.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { NoticePlace } from '../../src/tickets/handoff.js'
import { someDeskRules } from '../support/desk-rules.js'
import { FakeChannel, STAFF_PLACE } from '../support/fake-channel.js'
import { fixedClock } from '../support/fixed-clock.js'

const chatWith = (name: string): Place => ({ kind: 'direct', id: `@${name}`, key: `direct:remark:${name}` })

/** 陈工 works mornings, 徐经理 afternoons, 小赵 has no remark; it is ten o'clock. */
async function place(friends: readonly string[]) {
  const people = [
    { name: '小赵' },
    { name: '陈工', remark: '技术-陈', hours: ['09:00-12:00'] },
    { name: '徐经理', remark: '商务-徐', hours: ['13:00-18:00'] },
  ]
  const clock = fixedClock()
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules({ people }))
  const channel = new FakeChannel()
  channel.staff = undefined
  for (const friend of friends) channel.colleagues.set(friend, chatWith(friend))
  const noticePlace = new NoticePlace({ channel, desk, adminRemarks: () => ['管理员'], clock })
  const settled = async () => {
    await noticePlace.staffPlace()
    clock.pass(15_000)
    return noticePlace.staffPlace()
  }
  return { channel, clock, desk, noticePlace, settled }
}

test('the staff group, as long as there is one', async () => {
  const { channel, settled } = await place(['技术-陈'])
  channel.staff = STAFF_PLACE
  expect(await settled()).toEqual(STAFF_PLACE)
})

test('without one, the direct chat of whoever is on duty', async () => {
  const { settled, clock, noticePlace } = await place(['商务-徐', '技术-陈', '管理员'])
  expect(await settled()).toEqual(chatWith('技术-陈'))
  clock.pass(4 * 3_600_000)
  expect(await noticePlace.staffPlace()).toEqual(chatWith('商务-徐'))
})

test.each([
  [['商务-徐', '管理员'], '商务-徐'],
  [['管理员'], '管理员'],
])('who can be reached of %j, the next in turn', async (friends, told) => {
  expect(await (await place(friends)).settled()).toEqual(chatWith(told))
})

test('nobody is told because of a name alone', async () => {
  expect(await (await place(['小赵', '陈工'])).settled()).toBeUndefined()
})

test('groups are given time to come up after a login', async () => {
  const { noticePlace, clock, channel } = await place(['技术-陈'])
  expect(await noticePlace.staffPlace()).toBeUndefined()
  clock.pass(14_999)
  expect(await noticePlace.staffPlace()).toBeUndefined()
  channel.staff = STAFF_PLACE
  expect(await noticePlace.staffPlace()).toEqual(STAFF_PLACE)
  channel.staff = undefined
  clock.pass(1)
  expect(await noticePlace.staffPlace()).toBeUndefined()
})
