import { afterEach, expect, test } from 'vitest'
import { IdentityBook } from '../../../src/channel/identity.js'
import { PuppetSimulator } from '../../../src/channel/simulator/puppet.js'
import { directIdOf, World } from '../../../src/channel/simulator/world.js'
import { WechatyChannel } from '../../../src/channel/wechaty/channel.js'
import { buildWechaty } from '../../../src/channel/wechaty/wechat4u.js'
import { RoleBook } from '../../../src/commands/rights.js'
import type { IncomingMessage } from '../../../src/model/chat.js'
import type { RoleGrant } from '../../../src/model/ports.js'
import { capturedLog } from '../../support/captured-log.js'
import { fixedClock } from '../../support/fixed-clock.js'
import { keptList } from '../../support/kept-list.js'

const REMARK = '过审管理员-7k2m'
const started: WechatyChannel[] = []
afterEach(async () => {
  for (const channel of started.splice(0)) await channel.stop()
})

/** A login in which everybody has the handles that are given. */
async function aLogin(zhangId: string, { remark = '', grant }: { remark?: string; grant?: Partial<RoleGrant> } = {}) {
  const world = new World(
    {
      botId: 'bot',
      people: [
        { id: 'bot', name: '过审小助手', part: 'bot' },
        { id: zhangId, name: '张三', part: 'customer' },
        { id: 'forger', name: REMARK, part: 'customer' },
      ],
      rooms: [
        { id: 'r1', topic: '售后群', memberIds: ['bot', zhangId, 'forger'], displayNames: { forger: '张三' } },
        { id: 'r2', topic: '同学会', memberIds: ['bot', zhangId], displayNames: {} },
        { id: 'r3', topic: '别人的群', memberIds: [zhangId], displayNames: {} },
      ],
      remarks: remark === '' ? {} : { [zhangId]: remark },
    },
    { clock: fixedClock() },
  )
  let grants: readonly RoleGrant[] = grant
    ? [
        {
          ...{ role: 'admin', name: '张三', personKey: 'name:张三', contactId: 'zhang', remark: REMARK },
          ...{ formerRemark: '', isRemarkSeen: false, grantedAtMs: 0, ...grant },
        },
      ]
    : []
  const roles = new RoleBook({
    records: () => grants,
    save: async (next) => {
      grants = next
    },
  })
  const bot = buildWechaty(new PuppetSimulator({ world }), '')
  const channel = new WechatyChannel(
    bot,
    {
      ...{
        holdMs: 0,
        serve: ['售后*'],
        staffRoom: null,
        staffBinding: keptList(),
        staffNames: [],
        adminRemarks: ['管理员'],
        logoutOnStop: true,
      },
      ...{
        staffRemarks: [],
        identities: new IdentityBook({ clock: fixedClock() }),
        heardIds: { add: () => true },
        roles,
      },
    },
    capturedLog().log,
  )
  started.push(channel)
  const ready = new Promise<void>((resolve) => bot.once('ready', resolve))
  let next: (message: IncomingMessage) => void = () => {}
  await channel.start(async (message) => next(message))
  await ready
  const hears = (fromId: string, conversationId = directIdOf(fromId)): Promise<IncomingMessage> => {
    const heard = new Promise<IncomingMessage>((resolve) => {
      next = resolve
    })
    world.post({ conversationId, fromId, text: '状态' })
    return heard
  }
  return { world, channel, hears, grants: () => grants }
}

test('knows whom it gave a role by the handle, in the login in which it did', async () => {
  const { hears } = await aLogin('zhang', { grant: {} })
  expect((await hears('zhang')).sender).toMatchObject({ role: 'admin', isGranted: true })
  expect((await hears('zhang', 'r1')).sender).toMatchObject({ role: 'admin', isGranted: true })
})

test('knows them by the remark under another handle, and writes down that it was seen', async () => {
  const { hears, grants } = await aLogin('zhang-anew', { remark: REMARK, grant: { role: 'staff' } })
  expect((await hears('zhang-anew')).sender).toMatchObject({ role: 'staff', isGranted: true })
  expect(grants()[0]).toMatchObject({ isRemarkSeen: true, contactId: 'zhang-anew' })
})

test('knows nobody by a nick or a display name', async () => {
  const { hears } = await aLogin('zhang-anew', { grant: { isRemarkSeen: true } })
  for (const [who, where] of [['zhang-anew'], ['forger'], ['forger', 'r1']] as const) {
    const { sender } = await hears(who, where)
    expect([who, sender.role, sender.isGranted]).toEqual([who, 'customer', undefined])
  }
})

test('writes and reads remarks by key, and by the remark where nobody of that key was heard', async () => {
  const { channel, world, hears } = await aLogin('zhang')
  const unheard = { personKey: 'name:张三', contactId: 'of-another-login' }
  await expect(channel.remarks.write(unheard, REMARK)).rejects.toThrow('not known')
  const { sender } = await hears('zhang')
  const bearer = { personKey: sender.key, contactId: 'of-another-login' }
  expect(await channel.remarks.read(bearer)).toBe('')
  await channel.remarks.write(bearer, REMARK)
  expect([await channel.remarks.read(bearer), world.remark('zhang')]).toEqual([REMARK, REMARK])
  const again = await aLogin('zhang-anew', { remark: REMARK })
  await again.channel.remarks.write({ ...unheard, remark: REMARK }, '')
  expect(again.world.remark('zhang-anew')).toBeUndefined()
})

test('lists the groups that the account is in, with what they are for', async () => {
  const { channel } = await aLogin('zhang')
  expect((await channel.rooms()).map(({ topic, purpose }) => `${topic} ${purpose}`).sort()).toEqual([
    '同学会 ignored',
    '售后群 customers',
  ])
})
