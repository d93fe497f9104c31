import { MINUTE_MS, UnderWay, withTimeout } from './base/time.js'
import { type FiguresBook, type Forgetful, forgetPerson, keepersOf, openCommands } from './commands/operations.js'
import { type Senses, sensesWarnings } from './commands/phrases.js'
import { type BotRights, RoleBook } from './commands/rights.js'
import { commandDoor, isTicketOrder, type OperatorDoor, operatorDoor } from './commands/take.js'
import { type Config, pacingOf, pictureFolders, programVersion } from './config.js'
import { PictureTalk } from './dialogue/pictures.js'
import { ReminderBook, ReminderRounds } from './dialogue/reminders.js'
import { DialogueState } from './dialogue/state.js'
import { isAddressed } from './dialogue/turn.js'
import { explainSentence } from './evaluate/explain.js'
import { createMessageHandler, type MessageHandlerParts } from './handle-message.js'
import { PictureLibrary } from './knowledge/pictures.js'
import { openLearning } from './learning/teach.js'
import type { HeardPicture, IncomingMessage } from './model/chat.js'
import type { DayFigures, Mute, Order } from './model/decision.js'
import type {
  Alerts,
  Channel,
  Clock,
  DecisionJournal,
  Log,
  LoginState,
  Metrics,
  Operations,
  Orderer,
  PersonalLinks,
  PictureReader,
  PictureSource,
  Report,
  SendingLoad,
} from './model/ports.js'
import type { LearningRecords } from './model/stores.js'
import type { ForgetOrder, ForgetOutcome, TicketPictures } from './model/ticket.js'
import type { KnowledgeInUse } from './model/understanding.js'
import { ModelOpinion } from './opinion/model-client.js'
import { openOutbox } from './outbox/outbox.js'
import { type OpenKnowledge, openKnowledge } from './releases/open.js'
import { renderReminder } from './reply/render.js'
import { openGrants, openStores, type StoreNeeds } from './store/open.js'
import type { SharedDesk } from './store/postgres/open.js'
import { openDesk, type TicketLink } from './tickets/attendant.js'
import { readDeskRules, TicketDesk } from './tickets/desk.js'
import { NoticePlace } from './tickets/handoff.js'
import { staffPhrases } from './tickets/phrases.js'
import { missingPackages, ProcessPictureReader } from './vision/picture-reader.js'

/** What differs between the real bot, the command line and tests. */
export interface Surroundings extends Pick<StoreNeeds, 'forgetful' | 'ticketStore' | 'outboxStore' | 'shared'> {
  readonly channel: Channel
  readonly clock: Clock
  readonly log: Log
  readonly journal: DecisionJournal
  /** Where escalations are told outside WeChat. */
  readonly alerts?: Alerts
  /** Default: the file in `config.dataDir`. The channel has to know the same. */
  readonly roles?: RoleBook
  /** What was said so long before the start is heard as well, after a restart by itself; milliseconds. */
  readonly awayMs?: number | undefined
  /** Shows something to whoever sits at the machine; not for logs. */
  readonly tellOperator?: (text: string) => void
  readonly login?: () => LoginState
  /** Sends people links to the page. */
  readonly links?: PersonalLinks
  /** Where a ticket is found on the page. */
  readonly linkTo?: TicketLink
  /** Default: a process of its own, where the packages for it are installed and the configuration wants it. */
  readonly pictureReader?: PictureReader
  /** Counts replies that were not said, and second opinions. */
  readonly metrics?: Pick<Metrics, 'unsaid' | 'opinion'>
}

export interface Bot {
  readonly operations: Operations
  /** Carries out an order of the operator, as the chat carries out those of admins. */
  readonly order: OperatorDoor
  /** The same for orders that come from the page as such, of whoever is there. */
  readonly give: (order: Order, by: Orderer) => Promise<Report>
  readonly rights: BotRights
  /** What asker had sent before their tickets were opened. */
  readonly ticketPictures: TicketPictures
  readonly guidePictures: PictureSource
  readonly mutes: { living(): readonly Mute[] }
  readonly figures: { records(): readonly DayFigures[] } & Pick<FiguresBook, 'judge'>
  /** What drafts would change, and what releases differ in; absent where nothing is released. */
  readonly drafts: Pick<OpenKnowledge['releases'], 'preview' | 'difference' | 'list' | 'filesOf'>
  /** What could not be answered, and what colleagues explained. */
  readonly learningRecords: () => LearningRecords
  readonly knowledge: Readonly<KnowledgeInUse>
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
  /** For the operator, in Chinese: what it ought to do, and can't. */
  readonly warnings: readonly string[]
  /** How near it is to what it may say. */
  sendingLoad(): SendingLoad
  handle(message: IncomingMessage): Promise<void>
  start(): Promise<void>
  /** Stops hearing, then lets what waits go out. Safe to call twice. */
  stop(): Promise<void>
}

const REMEMBERED_ENTRIES = 20_000 // askers, rooms and message ids; some 10 MB at most
/** What is not thought out and said by then, goes to staff at the next start; notices stay on disk. */
const LAST_WORDS_MS = 2_500
/** What is being heard when it stops may hang: WeChat is asked who speaks. */
const HEARD_OUT_MS = 500
/** With the time that it takes to write down what was not said. */
const LAST_STEPS_MS = HEARD_OUT_MS + LAST_WORDS_MS + 500

/**
 * Opens the rooms one below the other; nothing else chooses their parts.
 *
 * @throws KnowledgeError when there is no usable knowledge: no knowledge, no bot
 * @throws StoreError when a file is damaged
 */
export async function createBot(config: Config, surroundings: Surroundings): Promise<Bot> {
  const { channel, clock, log, journal, alerts, metrics, awayMs = 0, forgetful = false } = surroundings
  const { dataDir } = config
  // WeChat dates messages in whole seconds: what is written within the second of the start would seem older.
  const openedMs = clock.now()
  const startedAtMs = () => Math.floor(((clock.startedMs?.() ?? openedMs) - awayMs) / 1000) * 1000
  const { knowledge, releases, ...opened } = await openKnowledge(config, { ...surroundings, forgetful })
  const titleOf = (key: string) => knowledge.current.sections.get(key)?.title
  const stores = await openStores({ ...surroundings, dataDir })
  const roles = surroundings.roles ?? new RoleBook(await openGrants({ dataDir, log, forgetful }))
  const calendar = readDeskRules(config.desk, clock.now())
  const desk = new TicketDesk(stores.tickets, clock, calendar.rules)
  const state = new DialogueState({ ...dialogueOf(config), walks: recordsOf(stores.walks) })
  const reminders = new ReminderBook(stores.reminders)
  const pictures = new PictureLibrary(pictureFolders(config), log)
  const maxAgeMs = config.sending.maxAgeSeconds * 1000
  const { outbox, notices, unsaid, ...sending } = openOutbox({
    ...{ ...pacingOf(config), random: Math.random, store: stores.outbox, channel, isAddressed, titleOf },
    noticeStore: stores.notices,
    ...{ alerts, metrics, clock, log },
    noticePlace: new NoticePlace({
      ...{ channel, desk, clock },
      adminRemarks: () => [...config.admin.remarks, ...roles.remarksOf('admin')],
    }),
    deadlineMs: ({ sentAtMs }) => sentAtMs + maxAgeMs,
    openTicket: (message, [sectionKey = null]) => tickets.deskFront.openQuietly(message, sectionKey),
  })
  const language = () => knowledge.current.language
  const senses = sensesOf(config)
  const reader = surroundings.pictureReader ?? openReader(senses, log)
  const sight = new PictureTalk({ reader, language })
  const pictureWords = reader && ((picture: HeardPicture) => sight.forColleagues(picture))
  const secondOpinion = openSecondOpinion(config, { clock, log })
  const { attendant, ...tickets } = openDesk({
    ...{ desk, state, channel, outbox, notices, alerts, titleOf, linkTo: surroundings.linkTo, clock, log },
    ...{ language, isTicketOrder, pictureWords, pictures: stores.ticketPictures },
    relays: stores.relays,
    ...(stores.shared && { accounts: () => stores.shared!.releases.accounts() }),
  })
  const commands = openCommands({
    ...{ ...surroundings, stores, roles, knowledge, desk, version: programVersion() },
    explain: (text) => explainSentence(text, knowledge.current, clock.now()),
    queueLength: () => outbox.length,
    sendingLoad: () => sending.load(),
    senses,
    configuredRemarks: [...config.admin.remarks, ...config.desk.people.flatMap(({ remark }) => remark ?? [])],
    release: () => releases.current?.(),
    accounts: accountsOf(stores.shared),
  })
  const { learning, learningOrders, ...learned } = openLearning({
    ...{ store: stores.learning, dataDir, settings: config.learning, colleagueNames: colleaguesOf(config) },
    ...{ desk, state, knowledge, notices, alerts, clock, log },
    reload: (order) => releases.reload({ ...order, only: 'learned' }),
  })
  const isMuted = (placeKey: string) => commands.mutes.of(placeKey) !== undefined
  const isQuiet = (placeKey: string, personKey: string) =>
    isMuted(placeKey) || desk.quietFor(placeKey, personKey) === 'held'
  const rounds = new ReminderRounds({ book: reminders, outbox, write: renderReminder, clock, log, isMuted: isQuiet })
  const { links } = surroundings
  const operations: Operations = { releases, learning: learningOrders, ...commands.operations, ...(links && { links }) }
  const counted: DecisionJournal = {
    record: (trace, message) => {
      commands.figures.record(trace)
      journal.record(trace, message)
    },
    said: (...told) => journal.said?.(...told),
  }
  const underWay = new UnderWay()
  const handle = underWay.noting(
    createMessageHandler({
      ...{
        knowledge,
        state,
        reminders,
        operations,
        learning,
        sight,
        secondOpinion,
        metrics,
        isMuted,
        outbox,
        unsaid,
        pictures,
        clock,
        log,
      },
      ...{ ...tickets, journal: counted, startedAtMs, maxAgeMs },
    }),
  )
  const keepers: readonly Forgetful[] = [
    ...[stores.notices, stores.ticketPictures, unsaid, learned, sight, ...commands.keepers],
    ...keepersOf({ reminders, reminderStore: stores.reminders, walks: state, walkStore: stores.walks }),
  ]
  return {
    ...{ operations, rights: commands.rights, knowledge, desk, handle, mutes: commands.mutes },
    ...{ ticketPictures: stores.ticketPictures, guidePictures: pictures },
    figures: {
      records: () => stores.figures.records(),
      judge: (...change) => commands.figures.judge(...change),
    },
    drafts: releases,
    learningRecords: () => stores.learning.records(),
    order: operatorDoor({ operations, staffTools: tickets.staffTools, clock }),
    give: commandDoor({ operations, staffTools: tickets.staffTools, clock }),
    notice: opened.notice,
    calendarNotice: calendar.notice,
    forget: (order, others) => forgetPerson(order, { tickets: desk, others: [...keepers, ...others] }),
    queueLength: () => outbox.length,
    tellStaff: (text) => notices.add(text),
    warnings: sensesWarnings(senses),
    sendingLoad: () => sending.load(),
    start: async () => {
      opened.start()
      await channel.start(handle)
      const lost = desk.lostNumbers()
      if (lost) {
        const text = staffPhrases.lost(lost.from, lost.to)
        surroundings.tellOperator?.(text)
        alerts?.tell(text)
        await notices.add(text)
      }
      for (const room of [sending, rounds, attendant, commands]) room.start()
      stores.relays?.start((words) => tickets.deskFront.sayToAsker(words))
    },
    stop: async () => {
      sending.stopTelling()
      stores.relays?.stop()
      const lastWords = async (): Promise<void> => {
        await withTimeout(channel.stopHearing(), HEARD_OUT_MS)
        await Promise.all([outbox.drain({ withinMs: LAST_WORDS_MS }), underWay.settled()])
      }
      await withTimeout(Promise.all([lastWords(), attendant.stop(), rounds.stop()]), LAST_STEPS_MS)
      await channel.stop()
      await reader?.stop()
      await sending.stop()
      const flushed = [stores.outbox, stores.walks, stores.reminders, learned].map((store) => store.flush())
      await Promise.all([...flushed, commands.stop(), opened.stop()])
      await stores.shared?.stop()
    },
  }
}

const sensesOf = ({ pictures, secondOpinion: { url, model } }: Config): Senses => ({
  pictures: pictures.read ? missingPackages() : 'off',
  model: url === null ? undefined : (model ?? undefined),
})

const openReader = ({ pictures }: Senses, log: Log): PictureReader | undefined =>
  pictures !== 'off' && pictures.length === 0 ? new ProcessPictureReader({ log }) : undefined

function openSecondOpinion(
  { secondOpinion: { url, model, key, perDay, overheard } }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): MessageHandlerParts['secondOpinion'] {
  if (url === null || model === null) return undefined
  return { by: new ModelOpinion({ url, model, key: key ?? undefined, perDay, clock, log }), overheard }
}

const accountsOf = (shared: SharedDesk | undefined) =>
  shared && (() => ({ here: shared.home.account, all: shared.releases.accounts(), isReachable: shared.isReachable() }))

const dialogueOf = ({ conversation, desk, flooding }: Config) => ({
  cooldownMs: conversation.cooldownSeconds * 1000,
  offerMs: conversation.offerMinutes * MINUTE_MS,
  timelineMs: conversation.timelineMinutes * MINUTE_MS,
  holdBackMs: desk.holdBackMinutes * MINUTE_MS,
  flood: flooding,
  maxEntries: REMEMBERED_ENTRIES,
})

const recordsOf = <Item>(store: { records(): readonly Item[]; keep(records: readonly Item[]): void }) => ({
  records: store.records(),
  keep: (records: readonly Item[]) => store.keep(records),
})

const colleaguesOf = ({ staff, desk }: Config): readonly string[] => [
  ...staff.names.filter((name) => !name.includes('*')),
  ...desk.people.map(({ name }) => name),
]
