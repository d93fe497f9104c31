import { randomInt } from 'node:crypto'
import { chinaDay, type Day, MINUTE_MS, weekdayOf } from '../base/time.js'
import type { RoomPlace } from '../model/chat.js'
import type {
  DayFigures,
  Decision,
  DecisionTrace,
  FiguresSpan,
  JudgedChange,
  Mute,
  SilenceReason,
} from '../model/decision.js'
import {
  type Alerts,
  type AuditLog,
  type Channel,
  type Clock,
  type DecisionJournal,
  type DurableList,
  done,
  failed,
  type Log,
  type LoginState,
  type Operations,
  type Overview,
  type Release,
  type Report,
  type RoleClaim,
  type Rooms,
  type SendingLoad,
} from '../model/ports.js'
import type { ForgetOrder, ForgetOutcome, ForgottenPerson, Party, Ticket } from '../model/ticket.js'
import type { KnowledgeInUse, Reminder, StoredWalk } from '../model/understanding.js'
import type { TicketDesk } from '../tickets/desk.js'
import { isUnsettled, isWaiting } from '../tickets/states.js'
import { type KnowledgeState, overviewPhrases, roomPhrases, type Senses, type SharedAccounts } from './phrases.js'
import { BotRights, ClaimBook, type RoleBook } from './rights.js'

interface CommandNeeds {
  readonly stores: {
    readonly mutes: DurableList<Mute>
    readonly figures: FiguresList & { flush(): Promise<void> }
    readonly claims: DurableList<RoleClaim>
    readonly audit?: (AuditLog & Forgetful) | undefined
  }
  readonly log: Log
  /** Of the program. */
  readonly version: string
  readonly explain: (text: string) => string
  readonly channel: Channel
  readonly clock: Clock
  readonly alerts?: Alerts | undefined
  readonly roles: RoleBook
  /** Remarks by which the configuration knows people; they stay as they are. */
  readonly configuredRemarks: readonly string[]
  /** Shows something to whoever sits at the machine: terminal, not log. */
  readonly tellOperator?: ((text: string) => void) | undefined
  /** Absent where there is no login to speak of. */
  readonly login?: (() => LoginState) | undefined
  readonly knowledge: Readonly<KnowledgeInUse>
  /** Which release is in use, where they are counted. */
  readonly release?: () => Release | undefined
  readonly desk: TicketDesk
  /** Where several accounts share a desk. */
  readonly accounts?: (() => Omit<SharedAccounts, 'nowMs'>) | undefined
  readonly queueLength: () => number
  readonly sendingLoad: () => SendingLoad
  readonly senses?: Senses | undefined
}

interface OpenCommands {
  readonly operations: Required<Pick<Operations, 'rights' | 'rooms' | 'overview'>> & { readonly audit?: AuditLog }
  readonly mutes: MuteBook
  readonly rights: BotRights
  readonly keepers: readonly Forgetful[]
  /** Counts decisions. */
  readonly figures: FiguresBook
  start(): void
  stop(): Promise<void>
}

const ATTEND_MS = 20_000

/** What admins order and see, beside knowledge and tickets. */
export function openCommands(needs: CommandNeeds): OpenCommands {
  const { stores, channel, clock, log, alerts, roles, configuredRemarks, tellOperator = () => {} } = needs
  const { audit } = stores
  const mutes = new MuteBook(stores.mutes, clock)
  const figures = new FiguresBook(stores.figures, clock)
  const claims = new ClaimBook({ claims: stores.claims, clock, randomInt })
  const rights = new BotRights({
    ...{ claims, roles, remarks: channel.remarks, configuredRemarks, clock, log, randomInt, tellOperator },
    alert: (text) => alerts?.tell(text),
  })
  let timer: NodeJS.Timeout | undefined
  return {
    operations: {
      rights,
      rooms: new BotRooms({ channel, mutes, clock }),
      overview: overviewOf(needs, figures),
      ...(audit && { audit }),
    },
    mutes,
    rights,
    keepers: [claims, ...(audit ? [audit] : [])],
    figures,
    start: () => {
      timer = setInterval(() => {
        rights.attend().catch((error: Error) => log.warn({ error: error.message }, 'remarks not looked after'))
      }, ATTEND_MS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await stores.figures.flush()
    },
  }
}

/** How the bot is doing, for those who run it. */
function overviewOf(needs: CommandNeeds, figures: FiguresBook): Overview {
  const { version, explain, knowledge, release, login, queueLength, sendingLoad, senses, accounts, desk, clock } = needs
  const openedMs = clock.now()
  const knows = (): KnowledgeState => {
    const { version: ofContent, sections } = knowledge.current
    const current = release?.()
    return { version: ofContent, sectionCount: sections.size, ...(current && { release: current }) }
  }
  const ticketsIn = (span: FiguresSpan) => {
    const first = figures.firstDay(span)
    const all = desk.all()
    return {
      opened: all.filter(({ openedAtMs }) => chinaDay(openedAtMs) >= first).length,
      open: all.filter(isUnsettled).length,
      waiting: all.filter(isWaiting).length,
    }
  }
  return {
    status: async () => {
      const nowMs = clock.now()
      return done(
        overviewPhrases.status({
          ...{ version, senses, knowledge: knows(), upMs: nowMs - (clock.startedMs?.() ?? openedMs), login: login?.() },
          ...{ queueLength: queueLength(), sending: sendingLoad() },
          ...{
            today: figures.sum('today'),
            tickets: ticketsIn('today'),
            accounts: accounts && { ...accounts(), nowMs },
          },
        }),
      )
    },
    figures: async (span) => done(overviewPhrases.figures(span, figures.sum(span), ticketsIn(span))),
    explain: async (text) => done(explain(text)),
  }
}

type Counter = Exclude<keyof DayFigures, 'day' | keyof JudgedChange>

/** Kept soon: a kill loses the counts of some seconds. */
interface FiguresList {
  records(): readonly DayFigures[]
  keep(records: readonly DayFigures[]): void
  /** Those of all accounts that share a desk; absent where there is one. */
  everywhere?(): readonly DayFigures[]
}

/** As far back as 效果 can look, and today. */
const KEPT_DAYS = 401
const COUNTERS: Readonly<Record<Exclude<Decision['kind'], 'silent'>, Counter>> = {
  answer: 'answered',
  outside: 'answered',
  courtesy: 'answered',
  clarify: 'offered',
  fallback: 'offered',
  escalate: 'handedOver',
  command: 'orders',
}
/** Silence towards customers; keeping out of what colleagues or the system say is no decision of note. */
const COUNTED_SILENCE: ReadonlySet<string> = new Set<SilenceReason>([
  'to-somebody-else',
  'not-for-us',
  'not-sure',
  'answered-lately',
  'held-by-human',
  'muted',
])

/** Said, but no answer. */
const UNCOUNTED: ReadonlySet<string> = new Set(['not-allowed', 'too-fast'])

/** Counts decisions by day, over restarts. */
export class FiguresBook implements DecisionJournal {
  readonly #list: FiguresList
  readonly #clock: Clock

  constructor(list: FiguresList, clock: Clock) {
    this.#list = list
    this.#clock = clock
  }

  record({ kind, reason }: Pick<DecisionTrace, 'kind' | 'reason'>): void {
    if (kind === 'silent' ? !COUNTED_SILENCE.has(reason) : UNCOUNTED.has(reason)) return
    const counter = kind === 'silent' ? 'silent' : COUNTERS[kind]
    const today = this.#of(chinaDay(this.#clock.now()))
    this.#keep({ ...today, [counter]: today[counter] + 1 })
  }

  /** A person has said of a decision of that day whether it was right, or has taken that back. */
  judge(atMs: number, { judged, wrong }: JudgedChange): void {
    const of = this.#of(chinaDay(atMs))
    this.#keep({
      ...of,
      judged: Math.max(0, (of.judged ?? 0) + judged),
      wrong: Math.max(0, (of.wrong ?? 0) + wrong),
    })
  }

  #keep(figures: DayFigures): void {
    const others = this.#list.records().filter(({ day }) => day !== figures.day)
    this.#list.keep([...others, figures].sort((a, b) => a.day - b.day).slice(-KEPT_DAYS))
  }

  /** Sums from the first day of the span up to now. */
  sum(span: FiguresSpan): DayFigures {
    const first = this.firstDay(span)
    const days = (this.#list.everywhere?.() ?? this.#list.records()).filter(({ day }) => day >= first)
    return days.reduce(
      (total, each) => ({
        day: first,
        answered: total.answered + each.answered,
        offered: total.offered + each.offered,
        handedOver: total.handedOver + each.handedOver,
        silent: total.silent + each.silent,
        orders: total.orders + each.orders,
      }),
      nothingOn(first),
    )
  }

  /** Today, or this week's Monday. */
  firstDay(span: FiguresSpan): Day {
    const today = chinaDay(this.#clock.now())
    return span === 'today' ? today : today - weekdayOf(today) + 1
  }

  #of(day: Day): DayFigures {
    return this.#list.records().find((figures) => figures.day === day) ?? nothingOn(day)
  }
}

const nothingOn = (day: Day): DayFigures => ({ day, answered: 0, offered: 0, handedOver: 0, silent: 0, orders: 0 })

interface BotRoomsParts {
  readonly channel: Pick<Channel, 'rooms' | 'bindStaffRoom'>
  readonly mutes: MuteBook
  readonly clock: Clock
}

type Found = { readonly room: RoomPlace } | { readonly problem: Report }

/** Groups in which the bot sits, and where it is to keep quiet. See `Rooms`. */
export class BotRooms implements Rooms {
  readonly #parts: BotRoomsParts

  constructor(parts: BotRoomsParts) {
    this.#parts = parts
  }

  async list(): Promise<Report> {
    const { mutes } = this.#parts
    const rooms = await this.#rooms()
    const states = rooms.map((room) => ({ room, mute: mutes.of(room.key) }))
    return done(roomPhrases.list(states, mutes.living().some(isEverywhere)))
  }

  async mute({ room, minutes, by }: Parameters<Rooms['mute']>[0]): Promise<Report> {
    const { mutes, clock } = this.#parts
    const untilMs = minutes === null ? null : clock.now() + minutes * MINUTE_MS
    const facts = { untilMs, by: by.name }
    if (room === '') {
      await mutes.addEverywhere(facts)
      return done(roomPhrases.mutedEverywhere(untilMs))
    }
    const found = await this.#find(room)
    if ('problem' in found) return found.problem
    if (found.room.purpose === 'staff') return failed(roomPhrases.notStaffRoom)
    await mutes.add({ ...facts, placeKey: found.room.key, topic: found.room.topic })
    return done(roomPhrases.muted(found.room.topic, untilMs))
  }

  async unmute({ room }: { readonly room: string; readonly by: Party }): Promise<Report> {
    const { mutes } = this.#parts
    const living = mutes.living()
    if (living.length === 0) return failed(roomPhrases.nothingMuted)
    if (room === '') {
      await mutes.remove(living)
      return done(roomPhrases.unmutedAll(living))
    }
    const meant = await this.#meantBy(room, living)
    if ('problem' in meant) return meant.problem
    if (meant.mutes.length === 0) return failed(roomPhrases.notMuted(room, living.some(isEverywhere)))
    await mutes.remove(meant.mutes)
    return done(roomPhrases.unmuted(meant.mutes[0]!.topic, living.some(isEverywhere)))
  }

  async bindStaff({ room, placeKey, by }: Parameters<Rooms['bindStaff']>[0]): Promise<Report> {
    const found = room === '' ? undefined : await this.#find(room, roomPhrases.bindExample)
    if (found && 'problem' in found) return found.problem
    const key = found?.room.key ?? placeKey
    if (key === undefined) return failed(roomPhrases.bindWhich)
    const isBound = (await this.#parts.channel.bindStaffRoom?.(key, by.name)) ?? false
    return isBound ? done(roomPhrases.staffRoomBound(found?.room.topic)) : failed(roomPhrases.staffRoomNotBound)
  }

  /** By the name when it was muted too: a group may be called otherwise now, or be gone. */
  async #meantBy(
    name: string,
    living: readonly Mute[],
  ): Promise<{ readonly mutes: readonly Mute[] } | { readonly problem: Report }> {
    const byName = living.filter(({ topic }) => topic === name)
    if (byName.length > 0) return { mutes: byName }
    const found = await this.#find(name)
    return 'problem' in found ? found : { mutes: living.filter(({ placeKey }) => placeKey === found.room.key) }
  }

  /** By the whole name, else by a part that only one group has; a number is the place in `群`. */
  async #find(name: string, example?: string): Promise<Found> {
    const rooms = await this.#rooms()
    const number = /^\d{1,3}$/.test(name) ? rooms[Number(name) - 1] : undefined
    const exact = rooms.filter(({ topic }) => same(topic, name))
    const parts = exact.length > 0 ? exact : rooms.filter(({ topic }) => plain(topic).includes(plain(name)))
    const [room] = parts
    if (room && parts.length === 1) return { room }
    if (parts.length === 0 && number) return { room: number }
    return {
      problem: failed(
        parts.length === 0 ? roomPhrases.noRoom(name, rooms, example) : roomPhrases.severalRooms(parts, rooms, example),
      ),
    }
  }

  /** Customers' groups first, in an order that stays. */
  async #rooms(): Promise<readonly RoomPlace[]> {
    const rooms = (await this.#parts.channel.rooms?.()) ?? []
    return [...rooms].sort(
      (a, b) => ORDER.indexOf(a.purpose) - ORDER.indexOf(b.purpose) || (a.key < b.key ? -1 : Number(a.key > b.key)),
    )
  }
}

const ORDER: readonly RoomPlace['purpose'][] = ['customers', 'staff', 'ignored']
const plain = (name: string): string => name.normalize('NFKC').replace(/\s+/g, '').toLowerCase()
const same = (a: string, b: string): boolean => plain(a) === plain(b)

const EVERYWHERE = '*'

/** Where the bot is to keep quiet, and until when. */
export class MuteBook {
  readonly #list: DurableList<Mute>
  readonly #clock: Clock

  constructor(list: DurableList<Mute>, clock: Clock) {
    this.#list = list
    this.#clock = clock
  }

  /** The mute that holds in a place at this moment. */
  of(placeKey: string): Mute | undefined {
    const living = this.living()
    return living.find((mute) => mute.placeKey === placeKey) ?? living.find((mute) => mute.placeKey === EVERYWHERE)
  }

  living(): readonly Mute[] {
    const nowMs = this.#clock.now()
    return this.#list.records().filter(({ untilMs }) => untilMs === null || untilMs > nowMs)
  }

  /** Takes the place of an earlier one. Resolves when it is on disk. */
  add(mute: Mute): Promise<void> {
    return this.#list.save([...this.living().filter(({ placeKey }) => placeKey !== mute.placeKey), mute])
  }

  addEverywhere(mute: Omit<Mute, 'placeKey' | 'topic'>): Promise<void> {
    return this.add({ ...mute, placeKey: EVERYWHERE, topic: '' })
  }

  /** Resolves when it is off the disk. */
  remove(mutes: readonly Mute[]): Promise<void> {
    return this.#list.save(this.living().filter((mute) => !mutes.includes(mute)))
  }
}

const isEverywhere = ({ placeKey }: Mute): boolean => placeKey === EVERYWHERE

/** Under what somebody is kept in one place. */
export interface KnownAs {
  readonly key: string
  readonly names: readonly string[]
}

/** Whatever keeps something of people. */
export interface Forgetful {
  /** Who is kept here; absent where only keys and tickets lead to them. */
  people?(): readonly KnownAs[]
  forget(person: ForgottenPerson): Promise<void> | void
}

export interface ForgettingTickets {
  /** Archived ones included. */
  everything(): Promise<readonly Ticket[]>
  forget(person: ForgottenPerson): Promise<void>
}

/** A single character is in too many words to tell a name. */
const MIN_NAME_CHARS = 2

/**
 * Removes what was kept of a person, on request: tickets, archive, notices that wait, reminders, walk-throughs,
 * questions to learn from, claims, names in the audit log. Logs hold no names and no words. Whoever has the key, or the
 * whole name at any time, is meant; of several nobody is forgotten until a key says which. Others' tickets stay as they
 * are.
 */
export async function forgetPerson(
  { who, sure }: ForgetOrder,
  { tickets, others }: { readonly tickets: ForgettingTickets; readonly others: readonly Forgetful[] },
): Promise<ForgetOutcome> {
  const all = await tickets.everything()
  const ofTickets = all.map(({ askerKey, askerName }) => ({ key: askerKey, names: [askerName] }))
  const namesByKey = new Map<string, Set<string>>()
  for (const { key, names } of [...ofTickets, ...others.flatMap((other) => other.people?.() ?? [])]) {
    const known = namesByKey.get(key) ?? new Set()
    for (const name of names) if (name !== '') known.add(name)
    namesByKey.set(key, known)
  }
  const asName = [`name:${who}`, `remark:${who}`]
  const keys = namesByKey.has(who)
    ? [who]
    : [...namesByKey].filter(([key, names]) => names.has(who) || asName.includes(key)).map(([key]) => key)
  const people = keys.map((key) => ({
    key,
    names: [...namesByKey.get(key)!],
    tickets: all.filter(({ askerKey }) => askerKey === key).map(({ number }) => number),
  }))
  const names = people.flatMap((person) => person.names).filter((name) => name.length >= MIN_NAME_CHARS)
  const theirs = all.filter(({ askerKey }) => keys.includes(askerKey))
  const mentionedIn = all
    .filter((ticket) => !theirs.includes(ticket) && names.some((name) => wordsOf(ticket).includes(name)))
    .map(({ number }) => number)
  const isDone = sure && keys.length === 1
  if (isDone) {
    const person: ForgottenPerson = {
      keys,
      names,
      tickets: theirs.map(({ number }) => number),
      said: theirs.flatMap(({ question, lastWords }) => [question, ...lastWords.map(({ text }) => text)]),
    }
    await tickets.forget(person)
    for (const other of others) await other.forget(person)
  }
  return { people, mentionedIn, isDone }
}

const wordsOf = (ticket: Ticket): string =>
  [
    ...[ticket.question, ...ticket.lastWords.map(({ text }) => text)],
    ...['gist' in ticket ? ticket.gist : '', ...ticket.events.map(({ why }) => why)],
  ].join('\n')

interface Kept {
  readonly reminders: Pick<Forgetful, 'forget'>
  readonly reminderStore: { records(): readonly Reminder[] }
  readonly walks: Pick<Forgetful, 'forget'>
  readonly walkStore: { records(): readonly StoredWalk[]; flush(): Promise<void> }
}

/** What is remembered of a talk, for those who are to be forgotten. */
export const keepersOf = ({ reminders, reminderStore, walks, walkStore }: Kept): readonly Forgetful[] => [
  {
    people: () => reminderStore.records().map(({ person }) => ({ key: person.key, names: [person.name] })),
    forget: (person) => reminders.forget(person),
  },
  {
    people: () => walkStore.records().map(({ askerKey }) => ({ key: askerKey, names: [] })),
    forget: async (person) => {
      await walks.forget(person)
      await walkStore.flush()
    },
  },
]
