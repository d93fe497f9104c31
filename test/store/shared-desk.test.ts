import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { HOUR_MS } from '../../src/base/time.js'
import type { RelayedWords } from '../../src/model/stores.js'
import type { Party, Ticket } from '../../src/model/ticket.js'
import { openSharedDesk, type SharedDesk } from '../../src/store/postgres/open.js'
import { migrateDatabase, withDatabase } from '../../src/store/postgres/transfer.js'
import { DeskAttendant } from '../../src/tickets/attendant.js'
import { openBoard } from '../../src/tickets/board.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { aTicketRequest, CHEN, XU } from '../support/a-ticket.js'
import { capturedLog } from '../support/captured-log.js'
import { someDeskRules } from '../support/desk-rules.js'
import { png } from '../support/picture-bytes.js'
import { DATABASE_PASSWORD, hasPostgres, TestPostgres } from '../support/postgres.js'
import { tempFolder } from '../support/temp-folder.js'

let postgres: TestPostgres
beforeAll(async () => {
  if (hasPostgres) postgres = await TestPostgres.start()
})
afterAll(() => postgres?.stop())

interface Account {
  readonly desk: TicketDesk
  readonly shared: SharedDesk
  readonly dataDir: string
  readonly lines: ReturnType<typeof capturedLog>['lines']
  stop(): Promise<void>
}

/** A process of its own, as far as the desk is concerned. */
async function account(url: string, name: string, dataDir = tempFolder(), channel = 'wechat4u'): Promise<Account> {
  const { log, lines } = capturedLog()
  const shared = await openSharedDesk({ url, account: name, channel, dataDir, log, lockWaitMs: 5_000 })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= shared.stop()
    return stopped
  }
  onTestFinished(stop)
  const desk = new TicketDesk(shared.tickets, { now: () => Date.now() }, someDeskRules())
  return { desk, shared, dataDir, lines, stop }
}

const soon = { timeout: 3_000, interval: 10 }
const back = { timeout: 20_000, interval: 50 }
const asker = (name: string) => aTicketRequest({ askerKey: `name:${name}`, askerName: name })

describe('accounts that share a desk', { skip: !hasPostgres }, () => {
  test('see within a second what another has opened and changed', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const told = vi.fn()
    two.desk.onChange(told)
    const { ticket: opened } = await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect(two.desk.find(opened.number)).toEqual(opened), { timeout: 1_000, interval: 5 })
    expect(opened).toMatchObject({ account: 'one', channel: 'wechat4u' })
    expect(told).toHaveBeenCalled()
    expect(await two.desk.claim(opened.number, XU)).toMatchObject({ status: 'done' })
    await vi.waitFor(() => expect(one.desk.find(opened.number)).toMatchObject({ holder: XU }), {
      ...{ timeout: 1_000, interval: 5 },
    })
    await two.desk.putDuty({ person: XU, on: true, atMs: 5 })
    await vi.waitFor(() => expect(one.desk.notes().duty).toHaveLength(1), soon)
  })

  test('hold the same asker apart: keys are those of one account', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const first = await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect(two.desk.list()).toHaveLength(1), soon)
    expect(two.desk.heldFor(first.ticket.placeKey, 'name:小李')).toBeUndefined()
    expect(await two.desk.open(asker('小李'))).toMatchObject({ isNew: true, ticket: { number: 2, account: 'two' } })
    expect(one.desk.mine().map(({ number }) => number)).toEqual([1])
  })

  test('race for 60 tickets: each is taken once, and every loser learns who has it', async () => {
    const url = await postgres.database()
    const accounts = [await account(url, 'one'), await account(url, 'two'), await account(url, 'three')]
    const numbers: number[] = []
    for (let count = 0; count < 60; count++)
      numbers.push((await accounts[count % 3]!.desk.open(asker(`客户${count}`))).ticket.number)
    await vi.waitFor(() => {
      for (const { desk } of accounts) expect(desk.list()).toHaveLength(60)
    }, soon)
    const colleagues = [0, 1, 2].map((index): Party => ({ key: `name:${index}`, name: `同事${index}` }))
    const changes = await Promise.all(
      numbers.flatMap((number) =>
        accounts.map(async ({ desk }, index) => ({
          number,
          index,
          change: await desk.claim(number, colleagues[index]!),
        })),
      ),
    )
    for (const number of numbers) {
      const ofTicket = changes.filter((one) => one.number === number)
      const won = ofTicket.filter(({ change }) => change.status === 'done')
      expect(won).toHaveLength(1)
      const holder = colleagues[won[0]!.index]
      for (const { change } of ofTicket) expect(change).toMatchObject({ ticket: { holder } })
    }
  })

  test('stand on one board, each ticket with its account', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect(two.desk.list()).toHaveLength(1), soon)
    await two.desk.open(asker('小李'))
    const forget = async () => ({ people: [], mentionedIn: [], isDone: false })
    const feed = openBoard({ desk: two.desk, clock: { now: () => Date.now() }, titleOf: () => undefined, forget })
    expect(feed.board().tickets.map(({ number, account: of }) => [number, of])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
    expect(feed.view(1)).toMatchObject({ isHere: false, quiet: 'waiting', earlier: [] })
    expect(feed.view(2)).toMatchObject({ isHere: true, quiet: 'waiting', earlier: [] })
  })

  test('hand words over to the account that holds the group, which says them once', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const said: RelayedWords[] = []
    one.shared.relays.start(async (words) => {
      said.push(words)
      return !words.text.includes('挡住')
    })
    two.shared.relays.start(async () => true)
    const { ticket: opened } = await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect(two.desk.find(1)).toBeDefined(), soon)
    expect(await two.shared.relays.hand(opened, '好了', { isReply: true })).toBe('said')
    expect(await two.shared.relays.hand(opened, '挡住', { isReply: true })).toBe('not-said')
    const pictures = [png('first'), png('second')].map((bytes, index) => ({ fileName: `${index}.png`, bytes }))
    expect(await two.shared.relays.hand(opened, '看图', { isReply: true, pictures })).toBe('said')
    expect(said.at(-1)!.pictures).toEqual(pictures)
    expect(await postgres.run(url.split('/').at(-1)!, 'select * from guoshen.relay_pictures')).toEqual([])
    expect(said.map(({ text, ticket }) => [ticket.number, text])).toEqual([
      [1, '好了'],
      [1, '挡住'],
      [1, '看图'],
    ])
    await vi.waitFor(
      () => expect(two.shared.notices.list()).toMatchObject([{ text: expect.stringMatching(/没能发到/) }]),
      soon,
    )
    expect(one.shared.notices.list()).toEqual([])
  })

  test('say nothing twice when one is killed while it says it, and tell staff', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const { ticket: opened } = await one.desk.open(asker('小李'))
    let begun = 0
    one.shared.relays.start(() => {
      begun++
      return new Promise(() => {}) // killed in the middle
    })
    void two.shared.relays.hand(opened, '好了', { isReply: true })
    await vi.waitFor(() => expect(begun).toBe(1), soon)
    await one.stop()
    const again = await account(url, 'one', one.dataDir)
    again.shared.relays.start(async () => {
      begun++
      return true
    })
    await vi.waitFor(
      () => expect(two.shared.notices.list()).toMatchObject([{ text: expect.stringMatching(/看一眼/) }]),
      soon,
    )
    expect(begun).toBe(1)
  })

  test('say the notices of those that can tell nobody', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    two.shared.notices.canTellStaff(true)
    await one.shared.notices.add('没人可说', { once: 'digest 1' })
    await vi.waitFor(() => expect(two.shared.notices.list()).toMatchObject([{ text: '没人可说' }]), soon)
    await two.shared.notices.add('没人可说', { once: 'digest 1' })
    expect(two.shared.notices.list()).toHaveLength(1)
    one.shared.notices.canTellStaff(true)
    await vi.waitFor(async () => {
      expect(
        await postgres.run(url.split('/').at(-1)!, 'select name from guoshen.accounts where has_staff'),
      ).toHaveLength(2)
    }, soon)
    await one.shared.notices.add('自己说')
    expect([one, two].map(({ shared }) => shared.notices.list().length)).toEqual([1, 1])
  })

  test('leave notices where people read them: the staff group of the page is nobody’s', async () => {
    const url = await postgres.database()
    const one = await account(url, 'one')
    const page = await account(url, 'console', tempFolder(), 'simulator')
    page.shared.notices.canTellStaff(true)
    await one.shared.notices.add('还没登录，先等着')
    await page.shared.notices.resync()
    expect([one, page].map(({ shared }) => shared.notices.list().length)).toEqual([1, 0])
  })

  test('join what both have learned', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const learn = ({ learning }: SharedDesk, text: string) => {
      const records = learning.records()
      const number = records.lastNumber + 1
      const question = {
        ...({ kind: 'question', number, texts: [text], count: 1, why: 'not-understood', places: [] } as const),
        ...({ sectionKey: null, status: 'open', firstAtMs: 1, lastAtMs: 1 } as const),
      }
      return learning.save({ ...records, lastNumber: number, entries: [...records.entries, question] })
    }
    await Promise.all([learn(one.shared, '甲'), learn(two.shared, '乙')])
    await vi.waitFor(() => {
      const of = ({ shared }: Account) =>
        shared.learning.records().entries.map((entry) => (entry.kind === 'question' ? entry.texts[0] : ''))
      expect([of(one).toSorted(), of(two).toSorted()]).toEqual([
        ['乙', '甲'],
        ['乙', '甲'],
      ])
    }, soon)
    expect(one.shared.learning.records()).toEqual(two.shared.learning.records())
    await learn(two.shared, '丙')
    await vi.waitFor(
      () => expect(one.shared.learning.records().entries.map(({ number }) => number)).toEqual([1, 2, 3]),
      soon,
    )
  })

  test('add up figures', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const day = { day: 20_000, answered: 1, offered: 0, handedOver: 0, silent: 0, orders: 0 }
    one.shared.figures.keep([day])
    two.shared.figures.keep([{ ...day, answered: 2 }])
    await vi.waitFor(() => {
      for (const { shared } of [one, two])
        expect(shared.figures.everywhere().reduce((sum, { answered }) => sum + answered, 0)).toBe(3)
    }, soon)
  })

  test('are one process each', async () => {
    const url = await postgres.database()
    await account(url, 'one')
    const { log } = capturedLog()
    const second = openSharedDesk({ url, account: 'one', channel: 'x', dataDir: tempFolder(), log, lockWaitMs: 300 })
    await expect(second).rejects.toThrow(/账号“one”已经有一个进程在跑/)
  })

  test('need no more rights than the manual grants, once its owner has made the schema', async () => {
    const url = await postgres.database()
    const name = url.split('/').at(-1)!
    const manual = readFileSync('docs/operations.md', 'utf8')
    const grants = [...manual.matchAll(/^(?:grant|alter default privileges) .*;$/gm)].map(([line]) => line)
    expect(grants.length).toBeGreaterThan(4)
    await postgres.run('postgres', `create role guoshen login password '${DATABASE_PASSWORD}'`)
    const mine = postgres.urlOf(name, 'guoshen')
    await expect(account(mine, 'one')).rejects.toThrow(/权限不够：请用数据库的主人运行一次/)
    expect(await migrateDatabase(url)).toBeGreaterThan(0)
    expect(await migrateDatabase(url)).toBe(0)
    await postgres.run(name, grants.join('\n').replace('database desk', `database ${name}`))
    const [one, two] = [await account(mine, 'one'), await account(mine, 'two')]
    await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect(two.desk.list()).toHaveLength(1), soon)
    expect(await two.desk.claim(1, XU)).toMatchObject({ status: 'done' })
    await one.shared.notices.add('通知')
    await one.desk.resolve(1, XU, '好了')
    await one.desk.confirm(1, '好')
    await one.desk.archive([1])
    await one.desk.keepDay()
    expect(await one.desk.everything()).toHaveLength(1)
    await expect(withDatabase(mine, (client) => client.query('drop table guoshen.tickets'))).rejects.toThrow(/owner/)
  })

  test('refuse a schema of a later program, and leave it as it is', async () => {
    const url = await postgres.database()
    const first = await account(url, 'one')
    await first.stop()
    const name = url.split('/').at(-1)!
    await postgres.run(name, 'insert into guoshen.migrations (number) values (99)')
    await expect(account(url, 'one', first.dataDir)).rejects.toThrow(/更新版本的程序建的（结构 99/)
  })
})

describe('while the database is gone', { skip: !hasPostgres }, () => {
  test('tickets and notices are kept here, orders wait, and all of it is handed over', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    await one.desk.open(asker('小李'))
    await one.desk.open(asker('小王'))
    await vi.waitFor(() => expect(two.desk.list()).toHaveLength(2), soon)
    await postgres.crash()
    await vi.waitFor(() => expect(one.shared.isReachable() || two.shared.isReachable()).toBe(false), soon)
    const { ticket: opened } = await one.desk.open(asker('小张'))
    expect(opened.number).toBeGreaterThan(1_000_000)
    await one.desk.addWords(1, '还在吗')
    expect(await one.desk.withdraw(2, '不用了')).toMatchObject({ status: 'done' })
    expect(await one.desk.claim(1, CHEN)).toEqual({ status: 'unreachable' })
    await one.shared.notices.add('断线时的通知')
    const textsHere = one.shared.notices.list().map(({ text }) => text)
    expect(textsHere).toEqual([expect.stringMatching(/工单库连不上了/), '断线时的通知'])
    await one.stop()
    // Killed and started without the database: nothing is forgotten.
    const again = await account(url, 'one', one.dataDir)
    expect(again.desk.all().map(({ number, status }) => [number, status])).toEqual([
      [1, 'open'],
      [2, 'withdrawn'],
      [opened.number, 'open'],
    ])
    expect(again.shared.notices.list().map(({ text }) => text)).toEqual(expect.arrayContaining(textsHere))
    await again.desk.addWords(opened.number, '急')
    await postgres.launch()
    await vi.waitFor(() => expect(again.shared.isReachable() && two.shared.isReachable()).toBe(true), back)
    await vi.waitFor(
      () => expect(two.desk.find(opened.number)?.events.map(({ what }) => what)).toEqual(['opened', 'added']),
      soon,
    )
    expect(two.desk.find(1)?.events.at(-1)).toMatchObject({ what: 'added', why: '还在吗' })
    expect(two.desk.find(2)).toMatchObject({ status: 'withdrawn' })
    await vi.waitFor(() => {
      expect(again.shared.notices.list().map(({ text }) => text)).toEqual(
        expect.arrayContaining([...textsHere, expect.stringMatching(/工单库恢复了/)]),
      )
    }, soon)
    expect(readFileSync(join(one.dataDir, 'desk-pending.json'), 'utf8')).not.toMatch(/小张|断线时的通知/)
    expect(await two.desk.claim(1, CHEN)).toMatchObject({ status: 'done' })
    for (const { lines } of [one, two, again]) expect(JSON.stringify(lines)).not.toMatch(new RegExp(DATABASE_PASSWORD))
  })

  test('what others did in the database meanwhile is kept beside it', async () => {
    const url = await postgres.database()
    const name = url.split('/').at(-1)!
    const one = await account(url, 'one')
    const { ticket: opened } = await one.desk.open(asker('小李'))
    await postgres.crash()
    await vi.waitFor(() => expect(one.shared.isReachable()).toBe(false), soon)
    await one.desk.addWords(1, '还在吗')
    await one.stop()
    await postgres.launch()
    const two = await account(url, 'two')
    expect(await two.desk.claim(1, XU)).toMatchObject({ status: 'done' })
    const again = await account(url, 'one', one.dataDir)
    const merged: Ticket | undefined = again.desk.find(1)
    expect(merged).toMatchObject({ status: 'claimed', holder: XU })
    expect(merged?.events.map(({ what }) => what).toSorted()).toEqual(['added', 'claimed', 'opened'])
    expect(await postgres.run(name, 'select version from guoshen.tickets')).toEqual([{ version: 3 }])
    expect(opened.number).toBe(1)
  })

  test('an account that was never connected does not start, and no word has the password', async () => {
    const { log, lines } = capturedLog()
    const dataDir = tempFolder()
    const url = `postgres://owner:${DATABASE_PASSWORD}@127.0.0.1:1/nowhere`
    const refusal = await openSharedDesk({ url, account: 'one', channel: 'x', dataDir, log, lockWaitMs: 0 }).catch(
      String,
    )
    expect(refusal).toMatch(/工单库连不上，这个账号又是第一次启动/)
    const wrong = postgres.urlOf('postgres').replace(DATABASE_PASSWORD, 'wr0ng-pass')
    const denied = await openSharedDesk({ url: wrong, account: 'one', channel: 'x', dataDir, log }).catch(String)
    expect(denied).toMatch(/用户名或密码不对/)
    expect(JSON.stringify([refusal, denied, lines])).not.toMatch(/pa55|wr0ng/)
    expect(readdirSync(dataDir)).toEqual([])
  })
})

describe('an account whose process is down', { skip: !hasPostgres }, () => {
  test('has staff told of its tickets and reminded by one that runs, each notice once', async () => {
    const url = await postgres.database()
    const [one, two, three] = [await account(url, 'one'), await account(url, 'two'), await account(url, 'three')]
    const { ticket } = await one.desk.open(asker('小李'))
    await vi.waitFor(() => expect([two.desk.all(), three.desk.all()]).toMatchObject([[{}], [{}]]), soon)
    await one.stop()
    await postgres.run(
      url.split('/').at(-1)!,
      // Since long before the server was started, for whoever looks at both.
      `update guoshen.accounts set seen_at = now() - interval '1 hour' where name = 'one'`,
    )
    const clock = { now: () => ticket.openedAtMs + HOUR_MS }
    // At whatever hour the test runs.
    const rules = someDeskRules({ hours: ['00:00-24:00'], weekdays: [1, 2, 3, 4, 5, 6, 7] })
    const attendants = [two, three].map(({ shared }) => {
      const accounts = () => shared.releases.accounts().map((one_) => ({ ...one_, isAway: one_.name === 'one' }))
      const notices = { add: (...notice: Parameters<typeof shared.notices.add>) => shared.notices.add(...notice) }
      return new DeskAttendant({
        ...{ desk: new TicketDesk(shared.tickets, clock, rules), notices, accounts, clock },
        log: capturedLog().log,
        tellAsker: async () => 'said',
        titleOf: () => undefined,
      })
    })
    const heard = () => [...two.shared.notices.list(), ...three.shared.notices.list()].map(({ text }) => text)
    for (let look = 1; look < 4; look++) await Promise.all(attendants.map((attendant) => attendant.attend()))
    expect(heard()).toEqual([]) // it may just be coming back
    for (let look = 1; look < 4; look++) await Promise.all(attendants.map((attendant) => attendant.attend()))
    const beginnings = heard().map(
      (text) => /^(?:⚠️ 账号“one”的机器人没在运行|🔔 工单 1|⏰ 工单 1 还没有人接)/.exec(text)?.[0],
    )
    expect(beginnings.toSorted()).toEqual(
      ['⏰ 工单 1 还没有人接', '⚠️ 账号“one”的机器人没在运行', '🔔 工单 1'].toSorted(),
    )
  })

  test('does not count as away at once, nor while the database itself has just come up', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    await one.stop()
    await two.shared.releases.resync()
    expect(two.shared.releases.accounts().map(({ name, isAway }) => [name, isAway])).toEqual([
      ['one', false],
      ['two', false],
    ])
  })
})
