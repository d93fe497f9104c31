import { expect, test } from 'vitest'
import type { WechatyInterface } from 'wechaty/impls'
import { fetchMembers } from '../../../src/channel/wechaty/members.js'

const botWith = (puppet: object) => ({ puppet }) as unknown as WechatyInterface

test('has wechat4u load the group, and keeps what it gets', async () => {
  const kept: unknown[] = []
  const asked: unknown[] = []
  const wechat4u = {
    batchGetContact: async (groups: unknown) => {
      asked.push(groups)
      return ['the group']
    },
    updateContacts: (contacts: unknown) => kept.push(contacts),
  }
  await fetchMembers(botWith({ wechat4u }), '@@room')
  expect(asked).toEqual([[{ UserName: '@@room' }]])
  expect(kept).toEqual([['the group']])
})

test.each([
  ['another puppet', {}],
  ['a version that looks different', { wechat4u: { batchGetContact: 1 } }],
  ['a puppet that has not started', { wechat4u: undefined }],
])('leaves %s alone', async (_what, puppet) => {
  await expect(fetchMembers(botWith(puppet), '@@room')).resolves.toBeUndefined()
})
