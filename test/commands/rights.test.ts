import { expect, test } from 'vitest'
import { BotRights, ClaimBook, CODE_VALID_MS, LOCK_MS, RoleBook } from '../../src/commands/rights.js'
import type { DurableList, RemarkBearer, RoleClaim, RoleGrant } from '../../src/model/ports.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'

function aList<Item>(): DurableList<Item> {
  let items: readonly Item[] = []
  return {
    records: () => items,
    save: async (next) => {
      items = next
    },
  }
}

const ZHANG = { by: { key: 'name:张三', name: '张三' }, contactId: '@zhang' }
const LI = { by: { key: 'name:李四', name: '李四' }, contactId: '@li' }

/** A desk on lists that outlive it, and a network that calls people what it is told. */
function aDesk(lists = { grants: aList<RoleGrant>(), claims: aList<RoleClaim>() }, facts: { refuses?: boolean } = {}) {
  const clock = fixedClock()
  const told: string[] = []
  const alerts: string[] = []
  const remarks = new Map<string, string>()
  const roles = new RoleBook(lists.grants)
  let count = 0
  const randomInt = (max: number): number => {
    count += 1_234_567
    return count % max
  }
  const desk = new BotRights({
    claims: new ClaimBook({ claims: lists.claims, clock, randomInt }),
    roles,
    configuredRemarks: ['陈工-技术'],
    remarks: {
      read: async ({ contactId }: RemarkBearer) => remarks.get(contactId) ?? '',
      write: async ({ contactId }: RemarkBearer, remark: string) => {
        if (facts.refuses) throw new Error('1205 == 0')
        remarks.set(contactId, remark)
      },
    },
    clock,
    log: capturedLog().log,
    randomInt,
    tellOperator: (text) => void told.push(text),
    alert: (text) => void alerts.push(text),
  })
  const codeOf = (role: 'admin' | 'staff') =>
    desk.waiting()[0]?.codes.find((each) => each.role === role)?.code ?? 'none'
  return { desk, roles, clock, told, alerts, remarks, lists, codeOf }
}

test('shows codes to the operator alone, and gives the role whose code comes back', async () => {
  const { desk, roles, told, alerts, remarks, codeOf } = aDesk()
  const asked = await desk.ask({ ...ZHANG, role: null })
  const [admin, staff] = [codeOf('admin'), codeOf('staff')]
  expect(asked.text).not.toMatch(/\d{4} ?\d{4}/)
  expect(told[0]?.replaceAll(' ', '')).toContain(admin)
  expect(told[0]?.replaceAll(' ', '')).toContain(staff)
  expect(alerts).toEqual([])
  expect(await desk.redeem({ ...ZHANG, code: admin })).toMatchObject({
    ok: true,
    text: expect.stringContaining('管理员'),
  })
  expect(roles.grants).toMatchObject([{ role: 'admin', name: '张三', personKey: 'name:张三' }])
  expect(remarks.get('@zhang')).toMatch(/^过审管理员-[2-9a-z]{4}$/)
  expect(alerts[0]).toContain('张三')
  expect(alerts.join()).not.toContain(admin)
})

test('makes a colleague by the other code, and shows only the one that was asked for', async () => {
  const { desk, roles, codeOf } = aDesk()
  await desk.ask({ ...ZHANG, role: 'staff' })
  expect(codeOf('admin')).toBe('none')
  await desk.redeem({ ...ZHANG, code: codeOf('staff') })
  expect(roles.roleOf({ contactId: '@zhang', remark: roles.grants[0]!.remark })).toBe('staff')
})

test('a code counts once, for one person, and for ten minutes', async () => {
  const { desk, roles, clock, codeOf } = aDesk()
  await desk.ask({ ...ZHANG, role: 'admin' })
  const code = codeOf('admin')
  expect(await desk.redeem({ ...LI, code })).toMatchObject({ ok: false })
  clock.pass(CODE_VALID_MS)
  expect((await desk.redeem({ ...ZHANG, code })).text).toContain('过期')
  await desk.ask({ ...ZHANG, role: 'admin' })
  const fresh = codeOf('admin')
  expect(await desk.redeem({ ...ZHANG, code: fresh })).toMatchObject({ ok: true })
  expect(await desk.redeem({ ...ZHANG, code: fresh })).toMatchObject({ ok: false })
  expect(roles.grants).toHaveLength(1)
})

test('locks for an hour after three wrong codes, tells the operator once, and a new code brings no new tries', async () => {
  const { desk, clock, told, alerts, lists, codeOf } = aDesk()
  await desk.ask({ ...ZHANG, role: 'admin' })
  expect((await desk.redeem({ ...ZHANG, code: '00000000' })).text).toContain('还可以试 2 次')
  await desk.ask({ ...ZHANG, role: 'staff' })
  expect((await desk.redeem({ ...ZHANG, code: '00000000' })).text).toContain('还可以试 1 次')
  const right = codeOf('staff')
  expect((await desk.redeem({ ...ZHANG, code: '00000000' })).text).toContain('60 分钟')
  expect([told.at(-1), alerts.at(-1)]).toEqual([expect.stringContaining('三次'), expect.stringContaining('三次')])
  const count = told.length
  const restarted = aDesk(lists)
  expect(await restarted.desk.redeem({ ...ZHANG, code: right })).toMatchObject({ ok: false })
  expect(await desk.ask({ ...ZHANG, role: 'admin' })).toMatchObject({ ok: false })
  expect(told).toHaveLength(count)
  clock.pass(LOCK_MS)
  expect(await desk.ask({ ...ZHANG, role: 'admin' })).toMatchObject({ ok: true })
  expect(await desk.redeem({ ...ZHANG, code: codeOf('admin') })).toMatchObject({ ok: true })
})

test('asks the operator once for a code that still waits', async () => {
  const { desk, told } = aDesk()
  for (let time = 0; time < 5; time++) await desk.ask({ ...ZHANG, role: null })
  expect(told).toHaveLength(1)
})

test('shows codes of twenty people and no more', async () => {
  const { desk, told } = aDesk()
  for (let number = 0; number < 30; number++) {
    await desk.ask({ by: { key: `k${number}`, name: `${number}` }, contactId: `@${number}`, role: null })
  }
  expect(told).toHaveLength(20)
})

test('knows by the handle until the remark is seen, then by the remark alone', async () => {
  const { desk, roles, remarks, codeOf } = aDesk()
  await desk.ask({ ...ZHANG, role: 'admin' })
  await desk.redeem({ ...ZHANG, code: codeOf('admin') })
  const { remark } = roles.grants[0]!
  expect(roles.roleOf({ contactId: '@zhang', remark: '' })).toBe('admin')
  expect(roles.roleOf({ contactId: '@other', remark: '' })).toBeUndefined()
  expect(remarks.get('@zhang')).toBe(remark)
  // Another login: new handles, the remark stays.
  expect(roles.roleOf({ contactId: '@zhang-anew', remark })).toBe('admin')
  expect(roles.grants[0]).toMatchObject({ isRemarkSeen: true, contactId: '@zhang-anew' })
  // The remark was taken away on the phone.
  expect(roles.roleOf({ contactId: '@zhang-anew', remark: '' })).toBeUndefined()
  expect(roles.roleOf({ contactId: '@zhang', remark: '' })).toBeUndefined()
})

test('takes rights back and gives the former remark again', async () => {
  const { desk, roles, remarks, codeOf } = aDesk()
  remarks.set('@zhang', '张总')
  await desk.ask({ ...ZHANG, role: 'admin' })
  await desk.redeem({ ...ZHANG, code: codeOf('admin') })
  const { remark } = roles.grants[0]!
  expect(await desk.revoke({ name: '张', by: LI.by })).toMatchObject({ ok: false })
  expect(await desk.revoke({ name: '张三', by: LI.by })).toMatchObject({ ok: true })
  expect(roles.roleOf({ contactId: '@zhang', remark })).toBeUndefined()
  expect(remarks.get('@zhang')).toBe('张总')
})

test('leaves a remark by which the configuration knows somebody', async () => {
  const { desk, roles, remarks, codeOf } = aDesk()
  remarks.set('@zhang', '陈工-技术')
  await desk.ask({ ...ZHANG, role: 'staff' })
  await desk.redeem({ ...ZHANG, code: codeOf('staff') })
  expect(remarks.get('@zhang')).toBe('陈工-技术')
  expect(roles.roleOf({ contactId: '@anew', remark: '陈工-技术' })).toBe('staff')
  await desk.revoke({ name: '张三', by: LI.by })
  expect([remarks.get('@zhang'), roles.grants]).toEqual(['陈工-技术', []])
})

test('asks back where several bear the name', async () => {
  const { desk, roles } = aDesk()
  for (const contactId of ['@a', '@b']) {
    const by = { key: contactId, name: '小刘' }
    await desk.ask({ by, contactId, role: 'staff' })
    await desk.redeem({
      by,
      contactId,
      code: desk.waiting().find((claim) => claim.contactId === contactId)!.codes[0]!.code,
    })
  }
  const { text } = await desk.revoke({ name: '小刘', by: LI.by })
  expect(text.match(/撤销 过审同事-/g)).toHaveLength(2)
  await desk.revoke({ name: roles.grants[1]!.remark, by: LI.by })
  expect(roles.grants.map(({ contactId }) => contactId)).toEqual(['@a'])
})

test('writes a refused remark again, and tells the operator what to do by hand', async () => {
  const facts = { refuses: true }
  const { desk, roles, told, clock, remarks, codeOf } = aDesk(undefined, facts)
  await desk.ask({ ...ZHANG, role: 'admin' })
  await desk.redeem({ ...ZHANG, code: codeOf('admin') })
  for (let time = 0; time < 5; time++) await desk.attend()
  expect(told.filter((text) => text.includes('没能给 张三 写上备注'))).toHaveLength(1)
  expect(roles.roleOf({ contactId: '@zhang', remark: '' })).toBe('admin')
  facts.refuses = false
  clock.pass(LOCK_MS)
  await desk.attend()
  expect(remarks.get('@zhang')).toBe(roles.grants[0]!.remark)
})
