import { afterEach, describe, expect, test, vi } from 'vitest'
import { IdentityBook } from '../../../src/channel/identity.js'
import { PuppetSimulator } from '../../../src/channel/simulator/puppet.js'
import { World, type WorldPlan } from '../../../src/channel/simulator/world.js'
import { WhoIsWhere } from '../../../src/channel/wechaty/members.js'
import { StaffRoom, type StaffRoomOptions } from '../../../src/channel/wechaty/staff-room.js'
import { buildWechaty, rawPuppet } from '../../../src/channel/wechaty/wechat4u.js'
import type { StaffRoomNews } from '../../../src/model/ports.js'
import type { StaffBinding } from '../../../src/model/stores.js'
import { capturedLog } from '../../support/captured-log.js'
import { fixedClock } from '../../support/fixed-clock.js'
import { keptList } from '../../support/kept-list.js'

const STAFF = '过审值班群'
const NAMES: Readonly<Record<string, string>> = { chen: '陈工', zhao: '赵经理', evil: '路人甲', wang: '王老板' }
const REMARKS: Readonly<Record<string, string>> = { zhao: '管理员' }
const OPTIONS: StaffRoomOptions = {
  topic: STAFF,
  trustsTopic: false,
  adminRemarks: ['管理员'],
  isColleague: ({ remark }) => remark === '管理员',
}

type Groups = Readonly<Record<string, readonly [topic: string, ...members: string[]]>>

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  vi.restoreAllMocks()
})

/** What lasts from one login to the next. */
function aMemory(binding: readonly StaffBinding[] = []) {
  return {
    identities: new IdentityBook({ clock: fixedClock() }),
    binding: keptList(binding),
    news: [] as StaffRoomNews[],
  }
}

/** One login: in each one all handles are new. */
async function aLogin(
  number: number,
  groups: Groups,
  {
    memory = aMemory(),
    options = {},
  }: { memory?: ReturnType<typeof aMemory>; options?: Partial<StaffRoomOptions> } = {},
) {
  const idOf = (name: string): string => `${name}-${number}`
  const people = ['bot', ...Object.keys(NAMES)].map((key) => ({
    ...{ id: idOf(key), name: NAMES[key] ?? '过审小助手' },
    part: key === 'bot' ? ('bot' as const) : ('customer' as const),
  }))
  const rooms = Object.entries(groups).map(([key, [topic, ...members]]) => ({
    ...{ id: idOf(key), topic, memberIds: ['bot', ...members].map(idOf), displayNames: {} },
  }))
  const remarks = Object.fromEntries(Object.entries(REMARKS).map(([key, remark]) => [idOf(key), remark]))
  const plan: WorldPlan = { botId: idOf('bot'), people, rooms, remarks }
  const bot = buildWechaty(new PuppetSimulator({ world: new World(plan, { clock: fixedClock() }) }), '')
  const ready = new Promise<void>((resolve) => bot.once('ready', resolve))
  await bot.start()
  await ready
  stops.push(() => bot.stop())
  const { identities, binding, news } = memory
  const who = new WhoIsWhere(bot, identities)
  const staff = new StaffRoom(
    bot,
    { ...OPTIONS, ...options },
    { who, identities, binding, onNews: (one) => void news.push(one), nowMs: () => 0, log: capturedLog().log },
  )
  const topics = new Map(Object.entries(groups).map(([key, [topic]]) => [idOf(key), topic]))
  const puppet = rawPuppet(bot)
  const raw = puppet.roomRawPayload.bind(puppet)
  puppet.roomRawPayload = async (id) => ({ ...((await raw(id)) as object), topic: topics.get(id) })
  return {
    staff,
    /** Nobody tells Wechaty of it. */
    rename: (key: string, topic: string) => topics.set(idOf(key), topic),
    bind: (key: string) => staff.bind(idOf(key), '赵经理'),
    found: async () => (await staff.find())?.id,
    purpose: (key: string) => staff.purposeOf({ id: idOf(key), topic: topics.get(idOf(key))! }),
    keyOf: async (key: string) => (await who.room((await bot.Room.find({ id: idOf(key) }))!)).key,
    role: (key: string) => staff.roleOf({ contactId: idOf(key), remark: REMARKS[key] ?? '' }),
  }
}

const OURS: Groups = { staff: [STAFF, 'chen', 'zhao'], g2: ['短说售后2群', 'evil', 'zhao'] }

/** Bound at the first start. */
async function boundBefore() {
  const memory = aMemory()
  const { found } = await aLogin(1, OURS, { memory })
  expect(await found()).toBe('staff-1')
  return memory
}

describe('the first start', () => {
  test('takes the group of the configured name in which a known colleague sits', async () => {
    const { found, purpose, role } = await aLogin(1, OURS)
    expect(await found()).toBe('staff-1')
    expect([purpose('staff'), purpose('g2')]).toEqual(['staff', undefined])
    expect([role('chen'), role('zhao'), role('evil')]).toEqual(['staff', 'admin', 'customer'])
  })

  test.each<[string, Groups]>([
    ['nobody known sits in it', { staff: [STAFF, 'evil', 'wang'] }],
    ['it has another name', { staff: ['值班群', 'chen', 'zhao'] }],
    ['two of the name have somebody known in them', { staff: [STAFF, 'zhao'], g2: [STAFF, 'zhao', 'evil'] }],
  ])('takes no group where %s', async (_what, groups) => {
    const { found, role } = await aLogin(1, groups)
    expect(await found()).toBeUndefined()
    expect([role('chen'), role('evil')]).toEqual(['customer', 'customer'])
  })

  test('takes no group that was renamed into it, though a colleague looks after that one', async () => {
    const { found, rename, purpose } = await aLogin(1, { g2: ['短说售后2群', 'evil', 'zhao'] })
    expect(await found()).toBeUndefined()
    rename('g2', STAFF)
    expect([await found(), purpose('g2')]).toEqual([undefined, 'ignored'])
  })

  test('takes a configured name for a colleague at the very first start alone, and only early', async () => {
    const groups: Groups = { staff: [STAFF, 'chen', 'wang'] }
    const options = { firstStart: { names: ['陈工'] } }
    expect(await (await aLogin(1, groups, { options })).found()).toBe('staff-1')
    expect(await (await aLogin(2, groups)).found()).toBeUndefined()
    const late = await aLogin(3, { g2: ['短说售后2群', 'evil'] }, { options })
    expect(await late.found()).toBeUndefined()
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 180_000)
    late.rename('g2', STAFF)
    expect(await late.found()).toBeUndefined()
  })

  test('takes a friend for a colleague where none are configured, and not who sits with customers', async () => {
    const options = { firstStart: { names: [] }, isColleague: () => false }
    const alone = await aLogin(1, { staff: [STAFF, 'chen', 'zhao'], g1: ['短说售后1群', 'wang', 'evil'] }, { options })
    expect(await alone.found()).toBe('staff-1')
    // The real one is not listed, as web logins have it.
    const taken: Groups = { g2: [STAFF, 'evil'], g1: ['短说售后1群', 'wang', 'evil'] }
    const login = await aLogin(2, taken, { options })
    expect([await login.found(), login.purpose('g2')]).toEqual([undefined, 'ignored'])
  })

  test('takes a friend who serves most of the groups for a colleague too, unless customers may sit beside', async () => {
    const options = { firstStart: { names: [] }, isColleague: () => false }
    const served = (...members: readonly string[]): Groups =>
      Object.fromEntries([1, 2, 3, 4].map((n) => [`g${n}`, [`短说售后${n}群`, ...members]]))
    const found = async (login: number, groups: Groups) => (await aLogin(login, groups, { options })).found()
    expect(await found(1, { ...served('chen'), staff: [STAFF, 'chen'] })).toBe('staff-1')
    expect(await found(2, { ...served('chen'), staff: [STAFF, 'chen', 'evil'] })).toBeUndefined()
    const inTwo: Groups = { g1: ['短说售后1群', 'evil'], g2: ['短说售后2群', 'evil'], staff: [STAFF, 'evil'] }
    expect(await found(3, { ...served('chen'), ...inTwo })).toBeUndefined()
  })

  test('of two of the name takes neither by a friend who sits in one of them', async () => {
    const groups: Groups = { staff: [STAFF, 'chen', 'wang'], g2: [STAFF, 'evil', 'wang'] }
    const { found, purpose } = await aLogin(1, groups, { options: { firstStart: { names: ['陈工'] } } })
    expect([await found(), purpose('staff'), purpose('g2')]).toEqual([undefined, 'ignored', 'ignored'])
  })

  test('says what is to be done when nobody known sits there, once', async () => {
    const memory = aMemory()
    const { staff } = await aLogin(1, { staff: [STAFF, 'chen'] }, { memory })
    await staff.refresh()
    const now = performance.now()
    vi.spyOn(performance, 'now').mockReturnValue(now + 61_000)
    for (let look = 0; look < 3; look++) await staff.refresh()
    expect(memory.news).toEqual([{ kind: 'not-bound', topic: STAFF }])
  })
})

describe('an order', () => {
  test('binds a group whatever it is called, and another one in its place', async () => {
    const memory = aMemory()
    const { bind, found, purpose } = await aLogin(1, OURS, { memory, options: { topic: null } })
    expect(await found()).toBeUndefined()
    expect(await bind('g2')).toBe(true)
    expect([await found(), purpose('g2')]).toEqual(['g2-1', 'staff'])
    expect(await bind('staff')).toBe(true)
    expect([await found(), purpose('g2')]).toEqual(['staff-1', undefined])
    expect(await bind('nowhere')).toBe(false)
  })

  test('does not outlive another name in the configuration', async () => {
    const memory = await boundBefore()
    const { found } = await aLogin(
      2,
      { ...OURS, other: ['新值班群', 'zhao'] },
      { memory, options: { topic: '新值班群' } },
    )
    expect(await found()).toBe('other-2')
  })
})

describe('a bound group', () => {
  test('stays bound when it is renamed, and nobody else gets anything by its old name', async () => {
    const { found, rename, purpose } = await aLogin(1, OURS)
    await found()
    rename('staff', '新名字')
    rename('g2', STAFF)
    expect([await found(), purpose('staff'), purpose('g2')]).toEqual(['staff-1', 'staff', 'ignored'])
  })

  test('is told from a namesake, which is told of once', async () => {
    const memory = aMemory()
    const { found, rename, purpose, keyOf } = await aLogin(1, OURS, { memory })
    await found()
    const key = await keyOf('staff')
    rename('g2', STAFF)
    for (let look = 0; look < 3; look++) expect(await found()).toBe('staff-1')
    expect([purpose('staff'), purpose('g2')]).toEqual(['staff', 'ignored'])
    expect([await keyOf('staff'), (await keyOf('g2')) === key]).toEqual([key, false])
    expect(memory.news.map(({ kind }) => kind)).toEqual(['bound', 'namesake'])
  })

  test('is known again in another login, beside a namesake too', async () => {
    const memory = await boundBefore()
    const { found, keyOf, purpose } = await aLogin(
      2,
      { g2: [STAFF, 'evil', 'zhao'], staff: [STAFF, 'chen', 'zhao'] },
      { memory },
    )
    expect(await found()).toBe('staff-2')
    expect(await keyOf('staff')).toBe(`room:${STAFF}`)
    expect([await keyOf('g2'), purpose('g2')]).not.toContain(`room:${STAFF}`)
    expect(purpose('g2')).toBe('ignored')
  })

  test('is known again though it is renamed in the middle of the login, and no other by its old name', async () => {
    const memory = await boundBefore()
    const { found, rename, purpose, role } = await aLogin(
      2,
      { g2: ['短说售后2群', 'evil', 'zhao'], ...OURS },
      { memory },
    )
    rename('staff', '新的值班群')
    rename('g2', STAFF)
    expect([await found(), purpose('g2'), role('evil')]).toEqual([undefined, 'ignored', 'customer'])
    rename('staff', STAFF)
    expect([await found(), purpose('g2'), role('chen'), role('evil')]).toEqual([
      ...['staff-2', 'ignored', 'staff', 'customer'],
    ])
    rename('staff', '又改了名')
    expect([await found(), purpose('g2')]).toEqual(['staff-2', 'ignored'])
  })

  test.each<[string, Groups]>([
    ['strangers', { g2: [STAFF, 'evil', 'wang'] }],
    ['a colleague and a customer', { g2: [STAFF, 'evil', 'zhao'] }],
    ['nobody but a colleague', { g2: [STAFF, 'zhao'] }],
  ])('is not taken for a namesake of %s while it is not listed', async (_who, groups) => {
    const memory = await boundBefore()
    const login = await aLogin(2, groups, { memory })
    expect(await login.found()).toBeUndefined()
    expect(login.purpose('g2')).toBe('ignored')
    expect(await login.keyOf('g2')).not.toBe(`room:${STAFF}`)
    expect(login.role('evil')).toBe('customer')
    const later = await aLogin(3, { ...groups, staff: [STAFF, 'chen', 'zhao'] }, { memory })
    expect([await later.found(), await later.keyOf('staff')]).toEqual(['staff-3', `room:${STAFF}`])
  })

  test('of an earlier version is known in the same login, and by a colleague in the next one', async () => {
    const binding = { named: STAFF, by: 'earlier-version', boundAtMs: 0, members: [], toldOf: [] }
    const memory = aMemory([{ key: `room:${STAFF}`, ...binding }])
    memory.identities.beginLogin('bot-1')
    memory.identities.roomKey({ id: 'staff-1', topic: STAFF, members: [], namesakes: [] })
    const { found, rename } = await aLogin(1, { staff: [STAFF, 'chen'], g2: OURS.g2! }, { memory })
    rename('g2', STAFF)
    expect(await found()).toBe('staff-1')
    const unknown = await aLogin(2, { staff: [STAFF, 'chen'] }, { memory })
    expect(await unknown.found()).toBeUndefined()
  })
})
