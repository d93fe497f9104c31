import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Ticket } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { DeskAttendant } from '../../src/tickets/attendant.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { isUnsettled, nextReminderMs, quietUntilMs } from '../../src/tickets/states.js'
import { aTicketRequest, CHEN, XU } from '../support/a-ticket.js'
import { capturedLog } from '../support/captured-log.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock } from '../support/fixed-clock.js'
import { type RandomPicks, randomFrom } from '../support/random-picks.js'
import { tempFolder } from '../support/temp-folder.js'

const RULES = someDeskRules({ people: [{ name: '陈工' }, { name: '徐经理' }, { name: '小赵' }] })
const SEEDS = [1, 2, 3, 4, 5, 6]
const STEPS = 150
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const JUMPS_MS = [0, MINUTE_MS, 14 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 5 * HOUR_MS, DAY_MS, 3 * DAY_MS, 9 * DAY_MS]

/** What may follow a state in one step; `undefined` is a ticket that was not there, or is archived. */
const MAY_FOLLOW: Readonly<Record<Ticket['status'], readonly (Ticket['status'] | undefined)[]>> = {
  open: ['open', 'claimed', 'resolved', 'closed', 'withdrawn', 'expired'],
  reopened: ['reopened', 'claimed', 'resolved', 'closed', 'withdrawn', 'expired'],
  claimed: ['claimed', 'resolved', 'closed', 'withdrawn', 'expired'],
  resolved: ['resolved', 'closed', 'reopened'],
  closed: ['closed', 'reopened', undefined],
  withdrawn: ['withdrawn', 'reopened', undefined],
  expired: ['expired', 'reopened', undefined],
}

interface World {
  readonly path: string
  readonly clock: ReturnType<typeof fixedClock>
  readonly told: string[]
  desk: TicketDesk
  attendant: DeskAttendant
  /** Highest number seen, archived ones included. */
  lastNumber: number
}

async function openWorld(path: string, clock = fixedClock(), lastNumber = 0): Promise<World> {
  const desk = new TicketDesk(await LowdbTicketStore.open(path), clock, RULES)
  const told: string[] = []
  const attendant = new DeskAttendant({
    desk,
    notices: { add: async (text) => void told.push(text) },
    tellAsker: async () => 'said' as const,
    titleOf: () => undefined,
    clock,
    log: capturedLog().log,
  })
  return { path, clock, told, desk, attendant, lastNumber }
}

async function anything(random: RandomPicks, { desk, clock }: World): Promise<void> {
  const number = 1 + random.below(desk.all().at(-1)?.number ?? 1)
  const by = random.pick([CHEN, XU])
  const asker = random.below(4)
  const placeKey = `room:${random.below(2)}`
  const acts: readonly (() => Promise<unknown>)[] = [
    () => desk.open(aTicketRequest({ placeKey, askerKey: `name:${asker}`, askerName: `客户${asker}` })),
    () => desk.claim(number, by),
    () => desk.pass(number, by, random.pick([CHEN, XU])),
    () => desk.answered(number, by, { how: random.pick(['spoke', 'replied']), text: '在看' }),
    () => desk.addWords(number, '还在吗'),
    () => desk.note(number, by, '备注'),
    () => desk.resolve(number, by, '好了'),
    () => desk.giveBack(number, by),
    () => desk.withdraw(number, '不用了'),
    () => desk.confirm(number, '解决了'),
    () => desk.rate(number, 1 + random.below(5), '满意'),
    () => desk.reopen(number, '没解决'),
    () => desk.expire(number, ''),
    () => desk.putDuty({ person: by, on: random.below(2) === 0, atMs: clock.now() }),
  ]
  await random.pick(acts)()
}

function check(before: readonly Ticket[], world: World): void {
  const { desk, clock } = world
  const nowMs = clock.now()
  for (const ticket of before) {
    const after = desk.find(ticket.number)
    expect(MAY_FOLLOW[ticket.status], `${ticket.number} was ${ticket.status}`).toContain(after?.status)
    // Nothing that happened is lost or changed, chatter in very long histories apart.
    if (after && after.events.length < 100) expect(after.events.slice(0, ticket.events.length)).toEqual(ticket.events)
  }
  for (const { number } of desk.all()) {
    if (number > world.lastNumber) expect(number).toBe(++world.lastNumber)
  }
  const held = desk.list().map(({ placeKey, askerKey }) => `${placeKey} ${askerKey}`)
  expect(new Set(held).size).toBe(held.length)
  for (const ticket of desk.list()) {
    if (ticket.status === 'claimed') expect(ticket.holder.name).not.toBe('')
    expect(Number.isFinite(nextReminderMs(ticket, nowMs, RULES))).toBe(true)
    const muted = desk.quietFor(ticket.placeKey, ticket.askerKey) !== 'none'
    expect(muted).toBe(nowMs < quietUntilMs(ticket, RULES))
    expect(quietUntilMs(ticket, RULES) - ticket.events.at(-1)!.atMs).toBeLessThanOrEqual(RULES.quietMs)
  }
}

/** After the desk has looked, nothing that was due is left. */
function checkAttended({ desk, clock }: World): void {
  const nowMs = clock.now()
  for (const ticket of desk.all()) {
    const newsAt = ticket.events.findLastIndex(({ what }) =>
      ['opened', 'reopened', 'withdrawn', 'expired'].includes(what),
    )
    expect(ticket.events.slice(newsAt).some(({ what }) => what === 'told-staff')).toBe(true)
    if (!isUnsettled(ticket)) continue
    if (nowMs >= quietUntilMs(ticket, RULES)) expect(ticket.events.some(({ what }) => what === 'bot-back')).toBe(true)
    expect(nextReminderMs(ticket, nowMs, RULES)).toBeGreaterThan(nowMs)
    expect(nowMs - ticket.events.at(-1)!.atMs).toBeLessThan(RULES.expireMs)
  }
}

test.each(SEEDS)(
  'stays legal, owned and audible through anything (seed %i)',
  async (seed) => {
    const random = randomFrom(seed)
    let world = await openWorld(join(tempFolder(), 'tickets.json'))
    for (let step = 0; step < STEPS; step++) {
      const before = world.desk.all()
      await anything(random, world)
      check(before, world)
      if (random.below(4) > 0) continue
      world.clock.pass(random.pick(JUMPS_MS))
      if (random.below(3) === 0) {
        const kept = world.desk.all()
        world = await openWorld(world.path, world.clock, world.lastNumber)
        expect(world.desk.all()).toEqual(kept)
      }
      const beforeLook = world.desk.all()
      await world.attendant.attend()
      check(beforeLook, world)
      // What has just expired is told at the next look.
      await world.attendant.attend()
      checkAttended(world)
    }
    expect(world.lastNumber).toBeGreaterThan(5)
  },
  30_000,
)
