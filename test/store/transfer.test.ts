import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStores } from '../../src/store/open.js'
import {
  countContent,
  type DeskContent,
  importContent,
  readDatabase,
  readFolder,
  withDatabase,
  writeFolder,
} from '../../src/store/postgres/transfer.js'
import * as to from '../../src/tickets/states.js'
import { CHEN, anOpenTicket as ticket } from '../support/a-ticket.js'
import { capturedLog } from '../support/captured-log.js'
import { hasPostgres, TestPostgres } from '../support/postgres.js'
import { tempFolder } from '../support/temp-folder.js'

const { log } = capturedLog()
let postgres: TestPostgres
beforeAll(async () => {
  if (hasPostgres) postgres = await TestPostgres.start()
})
afterAll(() => postgres?.stop())

/** A folder with something of everything. */
async function workedFolder(): Promise<string> {
  const dataDir = tempFolder()
  const { tickets, notices, learning, figures, claims, audit, outbox } = await openStores({ dataDir, log })
  const ended = await tickets.add((number) => to.withdrawTicket(ticket(number), { by: CHEN, atMs: 5, why: '' }))
  await tickets.add((number) => to.claimTicket(ticket(number, { askerKey: 'a' }), { by: CHEN, atMs: 9, why: '好 🎉' }))
  await tickets.archive([ended.number])
  await tickets.changeNotes((notes) => ({ ...notes, digestDay: 20_000 }))
  await notices.add('没说的', { ticket: 2 })
  await learning.save({
    ...learning.records(),
    lastNumber: 1,
    entries: [
      {
        ...({ kind: 'draft', number: 1, ticketNumber: 2, question: '问', answer: '答', status: 'open' } as const),
        ...{ firstAtMs: 1, lastAtMs: 1 },
      },
    ],
  })
  figures.keep([{ day: 20_000, answered: 1, offered: 2, handedOver: 3, silent: 4, orders: 5 }])
  await figures.flush()
  await claims.save([])
  await audit!.record({ atMs: 7, who: CHEN, role: 'staff', what: '接单 2', result: 'done', where: 'staff-room' })
  await outbox.flush()
  return dataDir
}

const contentOf = async (dataDir: string): Promise<DeskContent> => ({
  ...(await readFolder(dataDir, log)),
  releases: [{ number: 1, record: { number: 1, textsKey: 'k' }, files: { guides: [] }, report: '# 1' }],
  inUse: { number: 1, pinned: true },
})
const home = { account: 'one', channel: 'wechat4u' }

describe('a desk that is moved', { skip: !hasPostgres }, () => {
  test('is the same in the database and in a folder again, by counts and hashes', async () => {
    const url = await postgres.database()
    const content = await contentOf(await workedFolder())
    const { before, after } = await importContent(url, home, content)
    expect(after).toEqual(before)
    const counts = ['工单', '归档工单', '待发通知', '未答问题', '统计', '认领', '角色', '审计', '发布']
    expect(before.map(({ what, count }) => `${what} ${count}`)).toEqual(
      counts.map((what) => `${what} ${['认领', '角色'].includes(what) ? 0 : 1}`),
    )
    const there = await withDatabase(url, (client) => readDatabase(client, 'one'))
    expect(there.tickets).toMatchObject([{ number: 2, ...home, status: 'claimed' }])
    const folder = tempFolder()
    await writeFolder(folder, there, log)
    const again = { ...(await readFolder(folder, log)), releases: there.releases, inUse: there.inUse }
    expect(countContent(again)).toEqual(countContent(there))
    expect(again.learning).toEqual(content.learning)
    await expect(writeFolder(folder, there, log)).rejects.toThrow(/已经有工单，没有导出/)
    const { tickets } = await openStores({ dataDir: folder, log })
    expect((await tickets.add((number) => ticket(number, { askerKey: 'b' }))).number).toBe(3)
  })

  test('gives numbers anew that another account has, and moves nothing twice', async () => {
    const url = await postgres.database()
    await importContent(url, home, await contentOf(await workedFolder()))
    const second = { account: 'two', channel: 'wechat4u' }
    const { renumbered } = await importContent(url, second, await contentOf(await workedFolder()))
    expect([...renumbered]).toEqual([
      [1, 3],
      [2, 4],
    ])
    const there = await withDatabase(url, (client) => readDatabase(client, 'two'))
    expect(there.tickets.map(({ number }) => number)).toEqual([4])
    expect(there.learning.entries.map((entry) => entry.kind === 'draft' && entry.ticketNumber)).toEqual([2, 4])
    expect(there.notices).toEqual([{ text: '没说的', ticket: 4 }])
    await expect(importContent(url, second, await contentOf(await workedFolder()))).rejects.toThrow(/已经有账号“two”/)
  })

  test('is refused where a file is damaged, and nothing is moved', async () => {
    const folder = tempFolder()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'tickets.json'), '{"half')
    await expect(readFolder(folder, log)).rejects.toThrow(/不能用/)
    expect(existsSync(join(folder, 'tickets.json'))).toBe(true)
  })
})
