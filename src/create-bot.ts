import { join } from 'node:path'
import { PictureLibrary } from './adapters/files/picture-library.js'
import { LowdbOutboxStore } from './adapters/lowdb/lowdb-outbox-store.js'
import { LowdbRecords } from './adapters/lowdb/lowdb-records.js'
import { LowdbTicketStore } from './adapters/lowdb/lowdb-ticket-store.js'
import { storedReminders, storedWalks } from './adapters/lowdb/stored-shapes.js'
import type { RightsDesk } from './admin/rights-desk.js'
import type { RoleBook } from './admin/role-book.js'
import { type Config, isPaced, PROJECT_ROOT } from './config.js'
import { ConversationMemory } from './decide/conversation-memory.js'
import { FloodGuard } from './decide/flood-guard.js'
import { ToldDays } from './decide/told-days.js'
import { WalkMemory } from './decide/walk-memory.js'
import { NoticePlace } from './desk/notice-place.js'
import { openDesk } from './desk/open-desk.js'
import { type Forgetful, forgetEverywhere } from './forget-everywhere.js'
import { createMessageHandler } from './handle-message.js'
import type { KnowledgeHolder } from './knowledge/knowledge-holder.js'
import type { Alerts } from './model/alerts.js'
import type { LoginState } from './model/login.js'
import type { IncomingMessage } from './model/message.js'
import type { Operations } from './model/operations.js'
import type { Channel, Clock, DecisionJournal, Log, TicketStore } from './model/ports.js'
import type { Reminder } from './model/reminder.js'
import type { StoredWalk } from './model/walk.js'
import { openAdmin, openRoles } from './open-admin.js'
import { openKnowledge } from './open-knowledge.js'
import { openLearning } from './open-learning.js'
import { type OperatorDoor, operatorDoor } from './operator-door.js'
import { readDeskRules } from './read-desk-rules.js'
import { ReminderBook } from './reminders/reminder-book.js'
import { ReminderRounds } from './reminders/reminder-rounds.js'
import { renderReminder } from './reply/render-reminder.js'
import { NoticeQueue } from './send/notice-queue.js'
import { Outbox } from './send/outbox.js'
import { Pacing, type PacingLimits } from './send/pacing.js'
import { ReplyCheck } from './send/reply-check.js'
import { TicketDesk } from './tickets/ticket-desk.js'
import { UnderWay, within } from './under-way.js'

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
}

export interface Bot {
  readonly operations: Operations
  /** Carries out an order of the operator, as the chat carries out those of admins. */
  readonly order: OperatorDoor
  readonly rights: RightsDesk
  readonly knowledge: KnowledgeHolder
  readonly desk: TicketDesk
  /** For the operator, in Chinese: the bot does not run on what lies in the knowledge folders. */
  readonly notice: string | undefined
  /** The same: the days off of a year that is near are not known. */
  readonly calendarNotice: string | undefined
  /** Removes what was kept of a person, here and by others. @returns the number of tickets concerned */
  forget(name: string, others: readonly Forgetful[]): Promise<number>
  /** Bubbles that wait for their turn. */
  queueLength(): number
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
  const memory = new ConversationMemory({
    cooldownMs: config.conversation.cooldownSeconds * 1000,
    offerMs: config.conversation.offerMinutes * 60_000,
    timelineMs: config.conversation.timelineMinutes * 60_000,
    maxEntries: REMEMBERED_ENTRIES,
  })
  const ticketStore = surroundings.ticketStore ?? (await LowdbTicketStore.open(join(config.dataDir, 'tickets.json')))
  const calendar = readDeskRules(config, { clock })
  const desk = new TicketDesk(ticketStore, clock, calendar.rules)
  const { walkStore, reminderStore } = await openRecords(config, surroundings)
  const walks = new WalkMemory({ records: walkStore.records(), keep: (records) => walkStore.keep(records) })
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
  const outbox = new Outbox({
    channel,
    pacing: new Pacing({ ...pacingOf(config), random: Math.random, state: outboxStore.sending() }),
    clock,
    log,
    keep: (state) => outboxStore.keepSending(state),
  })
  const roles = surroundings.roles ?? (await openRoles({ dataDir: config.dataDir, log, forgetful }))
  const adminRemarks = () => [...config.admin.remarks, ...roles.remarksOf('admin')]
  const noticePlace = new NoticePlace({ channel, desk, adminRemarks, clock })
  const notices = new NoticeQueue({ store: outboxStore, channel: noticePlace, outbox, log })
  const admin = await openAdmin({
    ...{ ...surroundings, dataDir: config.dataDir, knowledge, desk, queueLength: () => outbox.length },
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
    titleOf: (key) => knowledge.current().sections.get(key)?.title,
    holdBackMs: config.desk.holdBackMinutes * 60_000,
    maxEntries: REMEMBERED_ENTRIES,
  })
  const { talks, attendant } = deskParts
  const replyCheck = new ReplyCheck({
    maxAgeMs: config.sending.maxAgeSeconds * 1000,
    clock,
    isMuted,
    heldByHuman: ({ place, sender }) => desk.quietFor(place.key, sender.key) === 'held',
    answers: (_colleague, { place, sender, sentAtMs }) => talks.answeredByColleague(place.key, sender.key, sentAtMs),
  })
  const { learning, learningDesk, ...learned } = await openLearning(config, {
    ...{ desk, knowledge, notices, alerts: surroundings.alerts, forgetful, clock, log },
    reload: (order) => releases.reload({ ...order, only: 'learned' }),
  })
  const operations: Operations = { releases, learning: learningDesk, ...admin.operations }
  const counted: DecisionJournal = {
    record: (trace) => {
      admin.count(trace)
      journal.record(trace)
    },
  }
  const talk = { memory, walks, toldDays: new ToldDays(), reminders, desk }
  const parts = {
    knowledge,
    ...talk,
    ...deskParts,
    operations,
    learning,
    mutes,
    flood: new FloodGuard({ ...config.flooding, maxEntries: REMEMBERED_ENTRIES }),
    outbox,
    replyCheck,
    pictures,
    clock,
    log,
  }
  const walksFlushed = { forget: () => walkStore.flush() }
  const keepers = [outboxStore, reminders, walks, walksFlushed, learned, deskParts.deskFront]
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
    forget: (name, others) => forgetEverywhere(name, desk, [...keepers, ...others]),
    queueLength: () => outbox.length,
    handle,
    start: async () => {
      opened.start()
      await channel.start(handle)
      notices.start()
      rounds.start()
      attendant.start()
      admin.start()
    },
    stop: async () => {
      notices.stop()
      const othersStopped = Promise.all([attendant.stop(), rounds.stop()])
      await within(LAST_WORDS_MS, Promise.all([sayLastWords({ channel, outbox, underWay }), othersStopped]))
      await channel.stop()
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
