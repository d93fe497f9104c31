import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RoleClaim } from '../../src/model/ports.js'
import type { LearningEntry } from '../../src/model/stores.js'
import type { Ticket } from '../../src/model/ticket.js'
import type { NoticeStore } from '../../src/outbox/notices.js'
import { openStores } from '../../src/store/open.js'
import { openSharedDesk } from '../../src/store/postgres/open.js'
import { forgetIn, TicketDesk } from '../../src/tickets/desk.js'
import * as to from '../../src/tickets/states.js'
import { aTicketRequest, CHEN, keep, anOpenTicket as ticket, XU } from '../support/a-ticket.js'
import { capturedLog } from '../support/captured-log.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock } from '../support/fixed-clock.js'
import { hasPostgres, TestPostgres } from '../support/postgres.js'
import { tempFolder } from '../support/temp-folder.js'

/** Opens the stores anew on what an earlier opening has left. */
type Reopen = () => ReturnType<typeof openStores>

const postgres = hasPostgres ? TestPostgres.start() : undefined
afterAll(async () => (await postgres)?.stop())

const kinds: Readonly<Record<string, () => Promise<Reopen>>> = {
  lowdb: async () => {
    const dataDir = tempFolder()
    return () => openStores({ dataDir, log: capturedLog().log })
  },
  PostgreSQL: async () => {
    const url = await (await postgres!).database()
    const dataDir = tempFolder()
    let before: { stop(): Promise<void> } | undefined
    onTestFinished(() => before?.stop())
    return async () => {
      await before?.stop()
      const { log } = capturedLog()
      const shared = await openSharedDesk({ url, account: 'main', channel: 'simulator', dataDir, log })
      before = shared
      return openStores({ dataDir, log, shared })
    }
  },
}
const at = (atMs: number, by = CHEN, why = '') => ({ atMs, by, why })
const textsOf = (store: NoticeStore) => store.list().map(({ text }) => text)

describe.each(Object.keys(kinds))('a desk in %s', { skip: !hasPostgres }, (kind) => {
  const open = () => kinds[kind]!()

  test('finds tickets of every state again, oldest first, and goes on counting', async () => {
    const reopen = await open()
    const { tickets } = await reopen()
    const first = await tickets.add((number) => ticket(number))
    const second = await tickets.add((number) => ticket(number, { askerKey: 'name:小李' }))
    const claimed = to.claimTicket(first, at(5))
    const resolved = to.resolveTicket(second, at(6, XU, '好了 🎉\n第二行'))
    for (const one of [claimed, resolved]) expect(await keep(tickets, one)).toBe('kept')
    const again = (await reopen()).tickets
    expect(again.list()).toEqual([claimed, resolved])
    expect(await again.add((number) => ticket(number, { askerKey: 'name:小王' }))).toMatchObject({ number: 3 })
  })

  test('refuses a change that was made from an old version', async () => {
    const { tickets } = await (await open())()
    const opened = await tickets.add((number) => ticket(number))
    const version = tickets.versionOf(1)
    const [mine, theirs] = [to.claimTicket(opened, at(5)), to.claimTicket(opened, at(6, XU))]
    const outcomes = await Promise.all([tickets.put(mine, version), tickets.put(theirs, version)])
    expect(outcomes.toSorted()).toEqual(['conflict', 'kept'])
    expect(tickets.list()).toEqual([outcomes[0] === 'kept' ? mine : theirs])
    expect(await tickets.put(theirs, version)).toBe('conflict')
    expect(tickets.versionOf(1)).toBeGreaterThan(version)
    expect([tickets.versionOf(2), await tickets.put({ ...mine, number: 2 }, 1)]).toEqual([0, 'conflict'])
  })

  test('keeps what the desk remembers beside its tickets', async () => {
    const reopen = await open()
    const { tickets } = await reopen()
    expect(tickets.notes()).toEqual({ duty: [], digestDay: null })
    await tickets.changeNotes((notes) => ({ ...notes, duty: [{ person: CHEN, on: true, atMs: 9 }] }))
    await tickets.changeNotes((notes) => ({ ...notes, digestDay: 20_000 }))
    expect((await reopen()).tickets.notes()).toEqual({
      duty: [{ person: CHEN, on: true, atMs: 9 }],
      digestDay: 20_000,
    })
  })

  test('archives, shows archived ones with all, and forgets them when their time is over', async () => {
    const reopen = await open()
    const { tickets } = await reopen()
    const endedAfter = (days: number) =>
      tickets.add((number) => to.withdrawTicket(ticket(number, { atMs: days * 86_400_000 }), at(200_000_000)))
    const ended = [await endedAfter(1), await endedAfter(2)]
    const live = await tickets.add((number) => ticket(number, { askerKey: 'name:小李' }))
    await tickets.archive([1, 2, 99])
    expect([tickets.list(), tickets.versionOf(1)]).toEqual([[live], 0])
    const again = (await reopen()).tickets
    expect(again.list()).toEqual([live])
    expect(await again.all()).toEqual([...ended, live])
    await again.keepDay(300_000_000, 2 * 86_400_000)
    expect((await again.all()).map(({ number }) => number)).toEqual([2, 3])
  })

  test('forgets a person in live and archived tickets, and nobody else', async () => {
    const reopen = await open()
    const { tickets } = await reopen()
    await tickets.add((number) => to.withdrawTicket(ticket(number), at(9)))
    const other = await tickets.add((number) => ticket(number, { askerKey: 'name:小李', askerName: '小李' }))
    await tickets.add((number) => ticket(number))
    await tickets.archive([1])
    await tickets.forget(forgetIn({ keys: ['name:王老板'] }))
    const all = await (await reopen()).tickets.all()
    expect(all).toContainEqual(other)
    expect(JSON.stringify(all.filter(({ number }) => number !== 2))).not.toMatch(/王老板|备案页/)
  })

  test('carries a desk: one of two colleagues wins, and the other learns who did', async () => {
    const { tickets } = await (await open())()
    const desk = new TicketDesk(tickets, fixedClock(), someDeskRules())
    const opened = await Promise.all(
      [1, 2, 2, 3].map((asker) => desk.open(aTicketRequest({ askerKey: `name:${asker}` }))),
    )
    expect(opened.map(({ ticket: { number }, isNew }) => [number, isNew])).toEqual([
      [1, true],
      [2, true],
      [2, false],
      [3, true],
    ])
    const [first, second] = await Promise.all([desk.claim(2, CHEN), desk.claim(2, XU)])
    expect(first).toMatchObject({ status: 'done', ticket: { holder: CHEN } })
    expect(second).toMatchObject({ status: 'refused', ticket: { holder: CHEN } })
    await desk.resolve(2, CHEN, '好了')
    expect(await desk.open(aTicketRequest({ askerKey: 'name:2' }))).toMatchObject({
      ...{ isNew: true, ticket: { number: 2, status: 'reopened' } },
    })
  })

  test('keeps notices with their pictures until staff have had them', async () => {
    const reopen = await open()
    const { notices } = await reopen()
    const bytes = new Uint8Array([1, 2, 3])
    await notices.add('第一条', { ticket: 1, pictures: [{ bytes, fileName: 'a.png' }] })
    await notices.add('第二条')
    const again = (await reopen()).notices
    const [first] = again.list()
    expect(textsOf(again)).toEqual(['第一条', '第二条'])
    const [name = ''] = first!.pictures ?? []
    expect(name).toMatch(/\.png$/)
    expect(new Uint8Array((await again.picture(name))!)).toEqual(bytes)
    await again.remove(first!.number)
    expect(textsOf(again)).toEqual(['第二条'])
    const last = (await reopen()).notices
    expect([textsOf(last), await last.picture(name)]).toEqual([['第二条'], undefined])
    await last.forget({ tickets: [1] })
    expect(textsOf(last)).toEqual(['第二条'])
  })

  test('drops notices about tickets of who is forgotten', async () => {
    const { notices } = await (await open())()
    await notices.add('关于 7', { ticket: 7 })
    await notices.add('关于 8', { ticket: 8 })
    await notices.forget({ tickets: [7] })
    expect(textsOf(notices)).toEqual(['关于 8'])
  })

  test('keeps orders, newest first, and takes a name out of them', async () => {
    const reopen = await open()
    const { audit } = await reopen()
    const entry = { role: 'staff', result: 'done', where: 'staff-room' } as const
    await audit!.record({ ...entry, atMs: 1, who: CHEN, what: '接单 1' })
    await audit!.record({ ...entry, atMs: 2, who: XU, what: '转给 1 陈工' })
    const again = (await reopen()).audit!
    expect((await again.recent(5)).map(({ what }) => what)).toEqual(['转给 1 陈工', '接单 1'])
    expect(await again.recent(1)).toHaveLength(1)
    await again.forget({ keys: [CHEN.key], names: ['陈工'] })
    expect(await again.recent(5)).toMatchObject([
      { what: '转给 1', who: XU },
      { what: '接单 1', who: { key: '', name: '—' } },
    ])
  })

  test('keeps learning, figures and claims', async () => {
    const reopen = await open()
    const { learning, figures, claims } = await reopen()
    const question: LearningEntry = {
      ...({ kind: 'question', number: 1, texts: ['类目怎么选'], count: 2, why: 'not-understood' } as const),
      ...({ places: ['p'], sectionKey: null, status: 'open', firstAtMs: 1, lastAtMs: 2 } as const),
    }
    await learning.save({ ...learning.records(), lastNumber: 1, entries: [question] })
    const today = { day: 20_000, answered: 1, offered: 2, handedOver: 3, silent: 4, orders: 5 }
    figures.keep([today])
    await figures.flush()
    const codes: RoleClaim['codes'] = [{ role: 'admin', code: '12345678' }]
    const claim: RoleClaim = {
      ...{ person: XU, contactId: '@1', codes, expiresAtMs: 9, wrongCount: 0, lastWrongAtMs: 0, lockedUntilMs: 0 },
    }
    await claims.save([claim])
    const again = await reopen()
    expect(again.learning.records()).toEqual({ ...learning.records(), entries: [question] })
    expect(again.figures.records()).toEqual([today])
    expect(again.claims.records()).toEqual([claim])
  })
})

test('a lowdb desk lies where it always did', async () => {
  const dataDir = tempFolder()
  const { tickets } = await openStores({ dataDir, log: capturedLog().log })
  const opened: Ticket = await tickets.add((number) => ticket(number))
  const again = await openStores({ dataDir: join(dataDir), log: capturedLog().log })
  expect(again.tickets.list()).toEqual([opened])
})
