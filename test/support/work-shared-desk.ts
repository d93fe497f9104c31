import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NoticeQueue } from '../../src/outbox/notices.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { openSharedDesk } from '../../src/store/postgres/open.js'
import { DeskAttendant } from '../../src/tickets/attendant.js'
import { type Change, TicketDesk } from '../../src/tickets/desk.js'
import { isWaiting } from '../../src/tickets/states.js'
import { STAFF_ROOM } from './a-message.js'
import { aTicketRequest } from './a-ticket.js'
import { someDeskRules } from './desk-rules.js'
import { randomFrom } from './random-picks.js'

/**
 * Works a desk that three accounts share, as one of them, until somebody kills it: opens its share of tickets, races for
 * all of them, hands words over to the accounts that hold the groups. Prints what is acknowledged; what staff and
 * customers are told is appended to `told.txt` and `said.txt` of its folder. It ends when everything is done, and prints
 * `done`.
 *
 * Arguments: folder, account, seed, how many tickets each account opens, how many accounts there are. The database is
 * in `DATABASE_URL`.
 */

const [folder = '', account = '', seed = '1', share = '0', accounts = '3'] = process.argv.slice(2)
const total = Number(share) * Number(accounts)
const log = { debug() {}, info() {}, warn() {}, error() {} }
// A bot has a channel and a page; without them nothing would keep this process while the database is away.
setInterval(() => {}, 1_000)
const print = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)

const shared = await openSharedDesk({
  ...{ url: process.env.DATABASE_URL ?? '', account, channel: 'test', dataDir: folder, log, lockWaitMs: 60_000 },
})
const { relays } = shared
const desk = new TicketDesk(shared.tickets, { now: () => Date.now() }, someDeskRules())
const channel = {
  staffPlace: async () => STAFF_ROOM,
  send: async (_to: unknown, bubble: { kind: string; text?: string }) => {
    appendFileSync(join(folder, 'told.txt'), `${JSON.stringify(bubble.text)}\n`)
  },
  start: async () => {},
  stopHearing: async () => {},
  stop: async () => {},
}
const clock = { now: () => Date.now() }
const pacing = new Pacing({ limits: undefined, backOffMs: 1, random: () => 0 })
const outbox = new Outbox({ channel, pacing, clock, log })
const notices = new NoticeQueue({ store: shared.notices, channel, outbox, log })
const attendant = new DeskAttendant({
  ...{ desk, notices, clock, log },
  tellAsker: async () => 'said',
  titleOf: () => undefined,
})
notices.start()
relays.start(async ({ text }) => {
  appendFileSync(join(folder, 'said.txt'), `${text}\n`)
  return true
})

const me = { key: `name:${account}`, name: account }
const random = randomFrom(Number(seed))
const underWay = new Set<Promise<unknown>>()
for (let step = 0; ; step++) {
  const mine = desk.mine()
  if (mine.length < Number(share)) {
    const { ticket } = await desk.open(aTicketRequest({ askerKey: `name:${account}-${seed}-${step}` }))
    acknowledge({ status: 'done', ticket })
    await attendant.tellStaff(ticket)
    continue
  }
  const waiting = desk.all().filter(isWaiting)
  const pick = waiting[random.below(Math.max(1, waiting.length))]
  if (pick && shared.isReachable()) acknowledge(await desk.claim(pick.number, me))
  const own = random.pick(mine)
  if (random.below(8) === 0) acknowledge(await desk.addWords(own.number, `还在吗 ${account}-${seed}-${step}`))
  const others = desk.all().filter((ticket) => !desk.isMine(ticket))
  if (others.length > 0 && random.below(6) === 0) {
    const ticket = random.pick(others)
    const text = `回复 ${ticket.number} ${account}-${seed}-${step}`
    const handing = relays
      .hand(ticket, text, { isReply: true })
      .then((told) => print({ relay: text, to: ticket, told }))
    underWay.add(handing)
    void handing.finally(() => underWay.delete(handing))
  }
  if (random.below(20) === 0) await attendant.attend()
  const isDone = shared.isReachable() && desk.all().length >= total && waiting.length === 0
  if (isDone) break
  await sleep(pick ? 0 : 20)
}
await Promise.all(underWay)
await attendant.attend()
while (notices.length > 0 || !shared.isReachable()) await sleep(20)
print({ done: true })
// The others may still hand something over.
await new Promise(() => {})

function acknowledge(change: Change): void {
  if (change.status !== 'done') return
  const { number, events } = change.ticket
  print({ number, event: events.at(-1) })
}
