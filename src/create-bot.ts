import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './base/time.js'
import { type Ambiguity, IdentityBook } from './channel/identity.js'
import { ClaimBook } from './commands/claim-codes.js'
import { type Forgetful, forgetPerson, keepersOf } from './commands/forget.js'
import { BotOverview, type BotOverviewParts, FiguresBook } from './commands/overview.js'
import { BotRights, RoleBook } from './commands/rights.js'
import { BotRooms, MuteBook } from './commands/rooms.js'
import { type OperatorDoor, operatorDoor } from './commands/take.js'
import { type Config, isPaced, PROJECT_ROOT, readDeskRules } from './config.js'
import { ReminderBook, ReminderRounds } from './dialogue/reminders.js'
import { DialogueState } from './dialogue/state.js'
import { isAddressed } from './dialogue/turn.js'
import { ChannelError } from './errors.js'
import { explainSentence } from './evaluate/explain.js'
import { createMessageHandler } from './handle-message.js'
import type { KnowledgeHolder } from './knowledge/keys.js'
import { PictureLibrary } from './knowledge/pictures.js'
import { LearnedFolder } from './learning/files.js'
import { LearningEar, type LearningEarParts } from './learning/listen.js'
import { forgetPerson as forgetInLearning } from './learning/records.js'
import { BotLearning, type TeacherParts } from './learning/teach.js'
import type { IncomingMessage } from './model/chat.js'
import type { DecisionTrace } from './model/decision.js'
import type {
  Alerts,
  AuditLog,
  Channel,
  Clock,
  DecisionJournal,
  DurableList,
  HeardIds,
  Identities,
  Log,
  LoginState,
  Metrics,
  Operations,
  Release,
  SendingLoad,
  StaffBinding,
  TicketStore,
} from './model/ports.js'
import type { ForgetOrder, ForgetOutcome, ForgottenPerson } from './model/ticket.js'
import type { Reminder, StoredWalk } from './model/understanding.js'
import { openOutbox } from './outbox/open.js'
import type { Outbox } from './outbox/outbox.js'
import type { PacingLimits } from './outbox/pacing.js'
import { openKnowledge } from './releases/open.js'
import { renderReminder } from './reply/render.js'
import { AuditFile } from './store/audit.js'
import { LowdbOutboxStore } from './store/outbox.js'
import {
  LowdbHeardIds,
  LowdbIdentityStore,
  LowdbLearningStore,
  LowdbRecords,
  openStaffBinding,
  storedClaims,
  storedFigures,
  storedGrants,
  storedMutes,
  storedReminders,
  storedWalks,
} from './store/records.js'
import { LowdbTicketStore } from './store/tickets.js'
import { openDesk } from './tickets/attendant.js'
import { TicketDesk } from './tickets/desk.js'
import { NoticePlace } from './tickets/handoff.js'

/** What differs between the real bot, the command line and tests. */
export interface Surroundings {
  readonly channel: Channel
  readonly clock: Clock
  readonly log: Log
  readonly journal: DecisionJournal
  /** Where escalations are told outside WeChat. */
  readonly alerts?: Alerts
  /** Default: the ticket file in `config.dataDir`. */
  readonly ticketStore?: TicketStore
  /** Default: the outbox file in `config.dataDir`. */
  readonly outboxStore?: LowdbOutboxStore
  /** Default: walk-throughs and reminders are files in `config.dataDir`; true: they are forgotten at the end. */
  readonly forgetful?: boolean
  /** Default: the file in `config.dataDir`. The channel has to know the same. */
  readonly roles?: RoleBook
  /** Shows something to whoever sits at the machine; not for logs. */
  readonly tellOperator?: (text: string) => void
  readonly login?: () => LoginState
  /** Counts replies that were not said. */
  readonly metrics?: Pick<Metrics, 'unsaid'>
}

export interface Bot {
  readonly operations: Operations
  /** Carries out an order of the operator, as the chat carries out those of admins. */
  readonly order: OperatorDoor
  readonly rights: BotRights
  readonly knowledge: KnowledgeHolder
  readonly desk: TicketDesk
  /** For the operator, in Chinese: the bot does not run on what lies in the knowledge folders. */
  readonly notice: string | undefined
  /** The same: the days off of a year that is near are not known. */
  readonly calendarNotice: string | undefined
  /** Removes what was kept of a person, here and by others. @returns the number of tickets concerned */
  forget(order: ForgetOrder, others: readonly Forgetful[]): Promise<ForgetOutcome>
  /** Bubbles that wait for their turn. */
  queueLength(): number
  /** Tells colleagues something that is about no ticket. Resolves when it is on disk. */
  tellStaff(text: string): Promise<void>
  /** How near it is to what it may say. */
  sendingLoad(): SendingLoad
  handle(message: IncomingMessage): Promise<void>
  start(): Promise<void>
  /** Stops hearing, then lets what waits go out. Safe to call twice. */
  stop(): Promise<void>
}

const REMEMBERED_ENTRIES = 20_000 // askers, rooms and message ids; some 10 MB at most
/** What is not thought out and said by then, is dropped at a stop; notices stay on disk. */
const LAST_WORDS_MS = 3_000

interface LastWords {
  readonly channel: Channel
  readonly outbox: Outbox
  readonly underWay: UnderWay
}

/**
 * Joins the parts; nothing else chooses them.
 *
 * @throws KnowledgeError when there is no usable knowledge: no knowledge, no bot
 * @throws StoreError when the ticket file is damaged
 */
export async function createBot(config: Config, surroundings: Surroundings): Promise<Bot> {
  const { channel, clock, log, journal } = surroundings
  // WeChat dates messages in whole seconds: what is written within the second of the start would seem older.
  const startedAtMs = Math.floor(clock.now() / 1000) * 1000
  const { forgetful = false } = surroundings
  const { knowledge, releases, ...opened } = await openKnowledge(config, { ...surroundings, forgetful })
  const ticketStore = surroundings.ticketStore ?? (await LowdbTicketStore.open(join(config.dataDir, 'tickets.json')))
  const calendar = readDeskRules(config, { clock })
  const desk = new TicketDesk(ticketStore, clock, calendar.rules)
  const { walkStore, reminderStore } = await openRecords(config, surroundings)
  const state = new DialogueState({
    cooldownMs: config.conversation.cooldownSeconds * 1000,
    offerMs: config.conversation.offerMinutes * MINUTE_MS,
    timelineMs: config.conversation.timelineMinutes * MINUTE_MS,
    holdBackMs: config.desk.holdBackMinutes * MINUTE_MS,
    flood: config.flooding,
    maxEntries: REMEMBERED_ENTRIES,
    walks: { records: walkStore.records(), keep: (records) => walkStore.keep(records) },
  })
  const reminders = new ReminderBook(reminderStore)
  const pictures = new PictureLibrary(
    {
      knowledgeDir: config.knowledge.dir,
      illustrationsDir: join(PROJECT_ROOT, 'knowledge', 'illustrations'),
      docsSite: config.knowledge.docsSite,
      cacheDir: join(config.dataDir, 'pictures'),
    },
    log,
  )
  const outboxStore = surroundings.outboxStore ?? (await LowdbOutboxStore.open(join(config.dataDir, 'outbox.json')))
  const roles = surroundings.roles ?? (await openRoles({ dataDir: config.dataDir, log, forgetful }))
  const adminRemarks = () => [...config.admin.remarks, ...roles.remarksOf('admin')]
  const noticePlace = new NoticePlace({ channel, desk, adminRemarks, clock })
  const maxAgeMs = config.sending.maxAgeSeconds * 1000
  const titleOf = (key: string) => knowledge.current().sections.get(key)?.title
  const { outbox, notices, unsaid, ...sending } = openOutbox({
    ...{ ...pacingOf(config), random: Math.random, store: outboxStore, channel, noticePlace, isAddressed, titleOf },
    ...{ alerts: surroundings.alerts, metrics: surroundings.metrics, clock, log },
    deadlineMs: ({ sentAtMs }) => sentAtMs + maxAgeMs,
    openTicket: (message, [sectionKey = null]) => deskParts.deskFront.openQuietly(message, sectionKey),
  })
  const admin = await openAdmin({
    ...{ ...surroundings, dataDir: config.dataDir, knowledge, desk, queueLength: () => outbox.length },
    sendingLoad: () => sending.load(),
    roles,
    configuredRemarks: [...config.admin.remarks, ...config.desk.people.flatMap(({ remark }) => remark ?? [])],
    release: () => releases.current?.(),
  })
  const { mutes, rights } = admin
  const isMuted = (placeKey: string) => mutes.of(placeKey) !== undefined
  const isQuiet = (placeKey: string, personKey: string) =>
    isMuted(placeKey) || desk.quietFor(placeKey, personKey) === 'held'
  const rounds = new ReminderRounds({ book: reminders, outbox, write: renderReminder, clock, log, isMuted: isQuiet })
  const deskParts = openDesk({
    ...{ desk, channel, outbox, notices, alerts: surroundings.alerts, clock, log },
    titleOf,
    language: () => knowledge.current().language,
    state,
  })
  const { attendant } = deskParts
  const { learning, learningOrders, ...learned } = await openLearning(config, {
    ...{ desk, state, knowledge, notices, alerts: surroundings.alerts, forgetful, clock, log },
    reload: (order) => releases.reload({ ...order, only: 'learned' }),
  })
  const operations: Operations = { releases, learning: learningOrders, ...admin.operations }
  const counted: DecisionJournal = {
    record: (trace) => {
      admin.count(trace)
      journal.record(trace)
    },
  }
  const parts = {
    knowledge,
    ...{ state, reminders, desk },
    ...deskParts,
    operations,
    learning,
    isMuted,
    maxAgeMs,
    outbox,
    unsaid,
    pictures,
    clock,
    log,
  }
  const keepers: readonly Forgetful[] = [
    ...[outboxStore, unsaid, learned, ...admin.keepers],
    ...keepersOf({ reminders, reminderStore, walks: state, walkStore }),
  ]
  const underWay = new UnderWay()
  const handle = underWay.noting(createMessageHandler({ ...parts, journal: counted, startedAtMs }))
  return {
    operations,
    order: operatorDoor(parts),
    rights,
    knowledge,
    desk,
    notice: opened.notice,
    calendarNotice: calendar.notice,
    forget: (order, others) => forgetPerson(order, { tickets: desk, others: [...keepers, ...others] }),
    queueLength: () => outbox.length,
    tellStaff: (text) => notices.add(text),
    sendingLoad: () => sending.load(),
    handle,
    start: async () => {
      opened.start()
      await channel.start(handle)
      sending.start()
      rounds.start()
      attendant.start()
      admin.start()
    },
    stop: async () => {
      sending.stopTelling()
      const othersStopped = Promise.all([attendant.stop(), rounds.stop()])
      await within(LAST_WORDS_MS, Promise.all([sayLastWords({ channel, outbox, underWay }), othersStopped]))
      await channel.stop()
      await sending.stop()
      const flushed = [outboxStore, walkStore, reminderStore, learned].map((store) => store.flush())
      await Promise.all([...flushed, admin.stop(), opened.stop()])
    },
  }
}

async function sayLastWords({ channel, outbox, underWay }: LastWords): Promise<void> {
  await channel.stopHearing()
  await Promise.all([outbox.drain({ withinMs: LAST_WORDS_MS }), underWay.settled()])
}

async function openRecords({ dataDir }: Config, { log, forgetful = false }: Surroundings) {
  const walks = { schema: storedWalks, log }
  const reminders = { schema: storedReminders, log }
  return {
    walkStore: forgetful
      ? await LowdbRecords.inMemory<StoredWalk>(walks)
      : await LowdbRecords.open<StoredWalk>(join(dataDir, 'walks.json'), walks),
    reminderStore: forgetful
      ? await LowdbRecords.inMemory<Reminder>(reminders)
      : await LowdbRecords.open<Reminder>(join(dataDir, 'reminders.json'), reminders),
  }
}

function pacingOf(config: Config): { readonly limits: PacingLimits | undefined; readonly backOffMs: number } {
  const { gapSeconds, jitterSeconds, perPlaceMinute, perMinute, perDay, backOffHours } = config.sending
  const limits = { gapMs: gapSeconds * 1000, jitterMs: jitterSeconds * 1000, perPlaceMinute, perMinute, perDay }
  return { limits: isPaced(config) ? limits : undefined, backOffMs: backOffHours * 3_600_000 }
}

export interface Observers {
  readonly metrics: Metrics
  readonly alerts: Alerts
}

/** WeChat's number for "too many requests"; once it comes, it comes for hours. */
const TOO_MANY = '1205'

/** The same channel, with everything counted that goes through it, and an incident while WeChat refuses to send. */
export function measuredChannel(channel: Channel, { metrics, alerts }: Observers): Channel {
  // True at first: an earlier run may have raised it.
  let mayBeOpen = true
  return {
    start: (listener) =>
      channel.start((message) => {
        metrics.heard()
        return listener(message)
      }),
    stopHearing: () => channel.stopHearing(),
    stop: () => channel.stop(),
    staffPlace: () => channel.staffPlace(),
    findPlace: async (key) => channel.findPlace?.(key),
    findColleague: async (remark) => channel.findColleague?.(remark),
    bindStaffRoom: async (key, by) => (await channel.bindStaffRoom?.(key, by)) ?? false,
    rooms: async () => (await channel.rooms?.()) ?? [],
    ...(channel.remarks && { remarks: channel.remarks }),
    async send(to, bubble) {
      try {
        await channel.send(to, bubble)
      } catch (error) {
        const code = refusalCode(error)
        metrics.refused(code)
        if (code === TOO_MANY) {
          alerts.raise('send-refused')
          mayBeOpen = true
        }
        throw error
      }
      metrics.sent(bubble.kind)
      if (mayBeOpen) alerts.clear('send-refused')
      mayBeOpen = false
    },
  }
}

/** WeChat's number stands first in wechat4u's refusals, `1205 == 0`. */
function refusalCode(error: unknown): string {
  if (!(error instanceof ChannelError)) return 'unknown'
  return /^'?(-?\d+)'? == 0/.exec(error.message)?.[1] ?? error.code
}

interface FileParts {
  readonly dataDir: string
  readonly log: Log
  /** Nothing is kept, for trying the bot out. */
  readonly forgetful?: boolean
}

/** Who was given a role, on disk in `dataDir`. @throws StoreError when the file is damaged or of another shape */
export async function openRoles(parts: FileParts): Promise<RoleBook> {
  return new RoleBook(await openList('roles.json', storedGrants, parts))
}

export interface AdminSurroundings extends FileParts {
  readonly channel: Channel
  readonly clock: Clock
  readonly alerts?: Alerts | undefined
  readonly roles: RoleBook
  /** Remarks by which the configuration knows people; they stay as they are. */
  readonly configuredRemarks: readonly string[]
  /** Shows something to whoever sits at the machine: terminal, not log. */
  readonly tellOperator?: ((text: string) => void) | undefined
  readonly login?: (() => LoginState) | undefined
  readonly knowledge: KnowledgeHolder
  /** Which release is in use, where they are counted. */
  readonly release?: () => Release | undefined
  readonly desk: TicketDesk
  readonly queueLength: () => number
  readonly sendingLoad: () => SendingLoad
}

export interface AdminParts {
  readonly operations: Required<Pick<Operations, 'rights' | 'rooms' | 'overview'>> & { readonly audit?: AuditLog }
  readonly mutes: MuteBook
  readonly rights: BotRights
  readonly keepers: readonly Forgetful[]
  /** Counts a decision. */
  count(trace: DecisionTrace): void
  start(): void
  stop(): Promise<void>
}

const ATTEND_MS = 20_000

/** What admins order and see, beside knowledge and tickets. @throws StoreError when a file is damaged */
export async function openAdmin(surroundings: AdminSurroundings): Promise<AdminParts> {
  const { dataDir, channel, clock, log, alerts, roles, configuredRemarks } = surroundings
  const { forgetful = false, tellOperator = () => {} } = surroundings
  const mutes = new MuteBook(await openList('mutes.json', storedMutes, surroundings), clock)
  const figureList = await openList('figures.json', storedFigures, surroundings)
  const figures = new FiguresBook(figureList, clock)
  const claims = new ClaimBook({ claims: await openList('claims.json', storedClaims, surroundings), clock, randomInt })
  const rights = new BotRights({
    ...{ claims, roles, remarks: channel.remarks, configuredRemarks, clock, log, randomInt, tellOperator },
    alert: (text) => alerts?.tell(text),
  })
  const overview = new BotOverview(overviewParts(surroundings, figures))
  const audit: { readonly audit?: AuditFile } = forgetful
    ? {}
    : { audit: new AuditFile(join(dataDir, 'audit.jsonl'), { log }) }
  let timer: NodeJS.Timeout | undefined
  return {
    operations: { rights, rooms: new BotRooms({ channel, mutes, clock }), overview, ...audit },
    mutes,
    rights,
    keepers: [claims, ...(audit.audit ? [audit.audit] : [])],
    count: (trace) => figures.record(trace),
    start: () => {
      timer = setInterval(() => {
        rights.attend().catch((error: Error) => log.warn({ error: error.message }, 'remarks not looked after'))
      }, ATTEND_MS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await figureList.flush()
    },
  }
}

function overviewParts(surroundings: AdminSurroundings, figures: FiguresBook): BotOverviewParts {
  const { knowledge, release, login, queueLength, sendingLoad, desk, clock } = surroundings
  return {
    version: programVersion(),
    startedAtMs: clock.now(),
    knowledge: () => {
      const { version, sections } = knowledge.current()
      const current = release?.()
      return { version, sectionCount: sections.size, ...(current && { release: current }) }
    },
    ...{ login, queueLength, sendingLoad, figures, desk, clock },
    explain: (text) => explainSentence(text, knowledge.current(), clock.now()),
  }
}

function openList<Item>(
  fileName: string,
  schema: z.ZodType<Item[]>,
  { dataDir, log, forgetful = false }: FileParts,
): Promise<LowdbRecords<Item>> {
  return forgetful
    ? LowdbRecords.inMemory<Item>({ schema, log })
    : LowdbRecords.open<Item>(join(dataDir, fileName), { schema, log })
}

const programVersion = (): string =>
  (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version

/** What a channel must not forget between two runs. */
export interface ChannelMemory {
  readonly identities: Identities
  readonly heardIds: HeardIds
  /** Roles given by a code. */
  readonly roles: RoleBook
  readonly staffBinding: DurableList<StaffBinding>
  /** Nothing was known before. */
  readonly isFirstStart: boolean
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

export interface ChannelMemoryParts {
  readonly clock: Clock
  readonly log: Log
  readonly alerts: Pick<Alerts, 'tell'>
  /** What the configuration calls the staff group. */
  readonly staffRoom?: string | null
}

/** @throws StoreError when a file is damaged or of another shape */
export async function openChannelMemory(
  dataDir: string,
  { clock, log, alerts, staffRoom = null }: ChannelMemoryParts,
): Promise<ChannelMemory> {
  const store = await LowdbIdentityStore.open(join(dataDir, 'identities.json'), log)
  const roles = await openRoles({ dataDir, log })
  const isFirstStart = store.records().accountId === '' && !existsSync(join(dataDir, 'staff-room.json'))
  const heardIds = await LowdbHeardIds.open(join(dataDir, 'heard.json'), log)
  const staffBinding = await openStaffBinding(dataDir, {
    rooms: store.records().rooms,
    staffRoom,
    nowMs: clock.now(),
    log,
  })
  const identities = new IdentityBook({
    clock,
    records: store.records(),
    keep: (records) => store.keep(records),
    onAmbiguous: (ambiguity) => {
      log.warn({ kind: ambiguity.kind }, 'several bear one name, nothing stored is given to any of them')
      alerts.tell(ambiguityText(ambiguity))
    },
  })
  return {
    identities,
    heardIds,
    roles,
    staffBinding,
    isFirstStart,
    flush: async () => {
      await store.flush()
      await heardIds.flush()
    },
  }
}

const ambiguityText = ({ kind, name }: Ambiguity): string =>
  kind === 'room'
    ? `有多个群都叫“${name}”，重新登录后分不清哪个是哪个，之前的记录不会用在它们身上。请把群名改成不同的。`
    : `有多个人都叫“${name}”，重新登录后分不清谁是谁，之前的记录不会用在他们身上。请在微信里给他们加上不同的备注。`

/** Open and ignored ones together; the rarest go first. */
const MAX_QUESTIONS = 500

export interface LearningNeeds
  extends Pick<LearningEarParts, 'state' | 'knowledge' | 'notices' | 'alerts' | 'clock' | 'log'>,
    Pick<TeacherParts, 'reload'> {
  readonly desk: TicketDesk
  /** Nothing is kept. */
  readonly forgetful: boolean
}

export interface OpenLearning {
  /** What colleagues may order. */
  readonly learningOrders: BotLearning
  /** What hears every decided message. */
  readonly learning: LearningEar
  forget(person: ForgottenPerson): Promise<void>
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

/** Joins the parts that learn around their files. @throws StoreError when the file of questions is damaged */
export async function openLearning(config: Config, needs: LearningNeeds): Promise<OpenLearning> {
  const { desk, state, forgetful, knowledge, notices, alerts, clock, log, reload } = needs
  const { keepDays, dislikes, incidentGroups, incidentHours } = config.learning
  const store = forgetful
    ? await LowdbLearningStore.inMemory(log)
    : await LowdbLearningStore.open(join(config.dataDir, 'unanswered.json'), log)
  const learning = new LearningEar({
    ...{ store, state, knowledge, notices, alerts, clock, log },
    limits: { keepMs: keepDays * DAY_MS, maxQuestions: MAX_QUESTIONS },
    radar: { groups: incidentGroups, windowMs: incidentHours * HOUR_MS },
    colleagueNames: [
      ...config.staff.names.filter((name) => !name.includes('*')),
      ...config.desk.people.map(({ name }) => name),
    ],
  })
  const files = new LearnedFolder(join(config.dataDir, 'learned'))
  const learningOrders = new BotLearning({ store, files, knowledge, reload, clock, log, dislikes })
  desk.onChange(() => learning.noteTickets(desk.all()))
  learning.noteTickets(desk.all())
  const forget = (person: ForgottenPerson) => store.save(forgetInLearning(store.records(), person))
  return { learningOrders, learning, forget, flush: () => store.flush() }
}

/** Messages that are being handled, so that a stop can let them come to their end. */
export class UnderWay {
  readonly #handling = new Set<Promise<void>>()

  /** The same handler, with every call noted until it has ended. */
  noting<Message>(handle: (message: Message) => Promise<void>): (message: Message) => Promise<void> {
    return (message) => {
      const handling = handle(message)
      this.#handling.add(handling)
      const forget = (): void => void this.#handling.delete(handling)
      handling.then(forget, forget)
      return handling
    }
  }

  /** Resolves when all that are being handled now have ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#handling)
  }
}

/** Resolves when the work is done or its time is up; what it throws in time, this throws. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer))
}
