import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NoticeQueue } from '../../src/outbox/notices.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { LowdbOutboxStore } from '../../src/store/outbox.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { DeskAttendant } from '../../src/tickets/attendant.js'
import { type Change, TicketDesk } from '../../src/tickets/desk.js'
import { STAFF_ROOM } from './a-message.js'
import { aTicketRequest, CHEN, XU } from './a-ticket.js'
import { someDeskRules } from './desk-rules.js'
import { randomFrom } from './random-picks.js'

/**
 * Works the desk on the data folder named by the first argument, with the picks of the seed in the second, until
 * somebody kills it. Prints each change once it is acknowledged; what staff are told is appended to `told.txt`.
 * With `drain` as third argument it only tells what is still owed, and ends.
 */

const [folder = '', seed = '1', order] = process.argv.slice(2)
const clock = { now: () => Date.now() }
const log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields: object) => process.stderr.write(`${JSON.stringify(fields)}\n`),
}
// What is settled goes to the archive as soon as staff know of it.
const rules = someDeskRules({ reopenDays: 0 })
const desk = new TicketDesk(await LowdbTicketStore.open(join(folder, 'tickets.json')), clock, rules)
const channel = {
  staffPlace: async () => STAFF_ROOM,
  send: async (_to: unknown, bubble: { kind: string; text?: string }) => {
    appendFileSync(join(folder, 'told.txt'), `${bubble.text?.split('\n')[0]}\n`)
  },
  start: async () => {},
  stopHearing: async () => {},
  stop: async () => {},
}
const pacing = new Pacing({ limits: undefined, backOffMs: 1, random: () => 0 })
const outbox = new Outbox({ channel, pacing, clock, log })
const notices = new NoticeQueue({
  store: await LowdbOutboxStore.open(join(folder, 'outbox.json')),
  channel,
  outbox,
  log,
})
const attendant = new DeskAttendant({
  ...{ desk, notices, clock, log },
  tellAsker: async () => 'said' as const,
  titleOf: () => undefined,
})
notices.start()
await attendant.attend()

if (order === 'drain') {
  await attendant.attend()
  while (notices.length > 0) await sleep(5)
  notices.stop()
} else {
  const random = randomFrom(Number(seed))
  for (let step = 0; ; step++) {
    const number = desk.all().length === 0 ? 1 : random.pick(desk.all()).number
    const by = random.pick([CHEN, XU])
    if (random.below(3) === 0) {
      const { ticket } = await desk.open(aTicketRequest({ askerKey: `name:${process.pid}-${step}` }))
      acknowledge({ status: 'done', ticket })
      await attendant.tellStaff(ticket)
      continue
    }
    const acts: readonly (() => Promise<Change>)[] = [
      () => desk.claim(number, by),
      () => desk.answered(number, by, { how: 'spoke', text: '在看' }),
      () => desk.addWords(number, '还在吗'),
      () => desk.note(number, by, '备注'),
      () => desk.resolve(number, by, '好了'),
      () => desk.confirm(number, '解决了'),
      () => desk.withdraw(number, '不用了'),
      () => desk.reopen(number, '没解决'),
    ]
    acknowledge(await random.pick(acts)())
    if (random.below(5) === 0) await attendant.attend()
  }
}

function acknowledge(change: Change): void {
  if (change.status !== 'done') return
  const { number, events } = change.ticket
  process.stdout.write(`${JSON.stringify({ number, event: events.at(-1) })}\n`)
}
