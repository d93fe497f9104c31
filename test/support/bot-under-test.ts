import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readText } from '../../src/channel/hearing.js'
import { isTicketOrder } from '../../src/commands/take.js'
import { NO_FLOODING_LIMITS } from '../../src/config.js'
import { PictureTalk } from '../../src/dialogue/pictures.js'
import { ReminderBook } from '../../src/dialogue/reminders.js'
import { type DialogueOptions, DialogueState } from '../../src/dialogue/state.js'
import { isAddressed } from '../../src/dialogue/turn.js'
import { createMessageHandler, type MessageHandlerParts } from '../../src/handle-message.js'
import { LearningEar } from '../../src/learning/listen.js'
import type { HeardPicture, IncomingMessage, Person } from '../../src/model/chat.js'
import type { DecisionTrace } from '../../src/model/decision.js'
import type { PictureReader, Report } from '../../src/model/ports.js'
import type { Candidate, KnowledgeInUse, KnowledgeSnapshot } from '../../src/model/understanding.js'
import { NoticeQueue, UnsaidQuestions } from '../../src/outbox/notices.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { AuditFile } from '../../src/store/audit.js'
import { LowdbOutboxStore } from '../../src/store/outbox.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { openDesk } from '../../src/tickets/attendant.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { aMessage, STAFF_ROOM } from './a-message.js'
import { aPicture, aSection } from './a-section.js'
import { anIntent, aSnapshot } from './a-snapshot.js'
import { aCandidate } from './an-understanding.js'
import { capturedLog } from './captured-log.js'
import { someDeskRules } from './desk-rules.js'
import { asRead, FakeChannel } from './fake-channel.js'
import { fixedClock } from './fixed-clock.js'
import { recordsInMemory } from './learning-records.js'
import { png } from './picture-bytes.js'
import { tempFolder } from './temp-folder.js'

export const CHEN: Person = { id: '@chen', key: 'name:陈工', name: '陈工', role: 'staff' }
export const XU: Person = { id: '@xu', key: 'remark:管理员', name: '徐经理', role: 'admin' }

/** Minutes in which the bot does not repeat itself unasked. */
export const COOLDOWN_MS = 3 * 60_000

const SECTIONS = [
  aSection('1.1', { title: '主体信息' }),
  aSection('3', { title: '服务类目' }),
  aSection('4.1', {
    title: 'UGC说明',
    parts: [
      { lines: ['1. 选“包含”。'], pictures: [aPicture('ugc')] },
      { lines: ['2. 勾选机器审核。'], pictures: [] },
    ],
  }),
  aSection('A1', { title: '页面无内容' }),
]

/** What each message means; of any other the matcher knows nothing. */
const MEANINGS: Readonly<Record<string, readonly Candidate[]>> = {
  ugc说明怎么填: [aCandidate('4.1')],
  类目选哪个: [aCandidate('3')],
  这个怎么填: [aCandidate('3', { share: 0.5 }), aCandidate('1.1', { share: 0.4 })],
}

/** A snapshot of four sections; `knows` tells by which version. */
export const smallSnapshot = (version = 'cafe0001') => ({
  ...aSnapshot({
    sections: SECTIONS,
    intents: SECTIONS.map(({ key, title }) => anIntent(`intent-${key}`, { sectionKey: key, title })),
    matcher: {
      match: (normalized) => ({
        candidates: MEANINGS[normalized] ?? [],
        wantsHuman: { confidence: 0, overheard: 0 },
      }),
    },
  }),
  version,
})

export interface Heard {
  /** What was decided about the message, last. */
  readonly decision: DecisionTrace
  /** What the place of the message got to read meanwhile, oldest first. */
  readonly sent: readonly string[]
}

/** The whole bot in process, on real ticket and outbox files, between a fake channel and a standing clock. */
export async function botUnderTest(
  replaced: Partial<MessageHandlerParts> = {},
  { walks, reader }: Pick<DialogueOptions, 'walks'> & { readonly reader?: PictureReader } = {},
) {
  const folder = tempFolder()
  const ticketFile = join(folder, 'tickets.json')
  const clock = fixedClock()
  const channel = new FakeChannel()
  channel.staff = STAFF_ROOM
  const { log, lines } = capturedLog()
  const traces: DecisionTrace[] = []
  const knowledge: KnowledgeInUse = { current: smallSnapshot() }
  const desk = new TicketDesk(await LowdbTicketStore.open(ticketFile), clock, someDeskRules())
  const pacing = new Pacing({ limits: undefined, backOffMs: 60_000, random: () => 0 })
  const outbox = new Outbox({ channel, pacing, clock, log })
  const audit = new AuditFile(join(folder, 'audit.jsonl'), { log })
  const store = await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  const notices = new NoticeQueue({ store, channel, outbox, log })
  notices.start()
  onTestFinished(async () => {
    notices.stop()
    await outbox.drain({ withinMs: 0 })
    await store.flush()
  })
  const loading = { load: async (): Promise<KnowledgeSnapshot> => smallSnapshot('beef0002') }
  const state = new DialogueState({
    ...{ cooldownMs: COOLDOWN_MS, offerMs: 600_000, timelineMs: 3_600_000, holdBackMs: 300_000, maxEntries: 100 },
    flood: NO_FLOODING_LIMITS,
    ...(walks && { walks }),
  })
  const language = () => knowledge.current.language
  const sight = new PictureTalk({ reader, language })
  const deskParts = openDesk({
    ...{ desk, state, channel, outbox, notices, clock, log, language, isTicketOrder },
    titleOf: (key) => knowledge.current.sections.get(key)?.title,
    ...(reader && { pictureWords: (picture: HeardPicture) => sight.forColleagues(picture) }),
  })
  const unsaid = new UnsaidQuestions({
    ...{ store, notices, isAddressed, clock, log },
    openTicket: (message) => deskParts.deskFront.openQuietly(message, null),
    tellAsker: async () => {},
    isHeldBack: () => pacing.heldUntilMs(clock.now()) > clock.now(),
    titleOf: (key) => knowledge.current.sections.get(key)?.title,
  })
  const learningStore = recordsInMemory()
  const learning = new LearningEar({
    ...{ store: learningStore, state, knowledge, notices, clock, log, colleagueNames: [CHEN.name] },
    limits: { keepMs: 86_400_000, maxQuestions: 100 },
    radar: { groups: 3, windowMs: 48 * 3_600_000 },
  })
  const parts: MessageHandlerParts = {
    ...deskParts,
    knowledge,
    state,
    reminders: new ReminderBook({ records: () => [], save: async () => {}, keep: () => {} }),
    isMuted: () => false,
    maxAgeMs: 600_000,
    learning,
    sight,
    operations: { releases: { reload: async () => takeIntoUse(await loading.load(), knowledge) }, audit },
    outbox,
    unsaid,
    pictures: { load: async () => ({ bytes: png(), fileName: 'a.png' }) },
    journal: { record: (trace) => void traces.push(trace) },
    clock,
    log,
    startedAtMs: startedAt(clock.now()),
    ...replaced,
  }
  const handle = createMessageHandler(parts)
  let heardCount = 0

  /** @param words `@小助手 ` in front puts them to the bot */
  async function hears(words: string, facts: Partial<IncomingMessage> = {}): Promise<Heard> {
    const message = aMessage({
      id: `m${++heardCount}`,
      sentAtMs: clock.now(),
      ...readText(words, { names: ['小助手'] }),
      ...facts,
    })
    const before = channel.sent.length
    await handle(message)
    const sent = channel.sent.slice(before).filter(({ to }) => to.key === message.place.key)
    return {
      decision: traces.findLast(({ messageId }) => messageId === message.id)!,
      sent: sent.map(({ bubble }) => asRead(bubble)),
    }
  }

  const attend = () => deskParts.attendant.attend()
  return {
    hears,
    handle,
    attend,
    channel,
    clock,
    desk,
    deskFront: deskParts.deskFront,
    knowledge,
    outbox,
    state,
    learningStore,
    lines,
    loading,
    notices,
    ticketFile,
    traces,
    audit,
    operations: parts.operations,
  }
}

function takeIntoUse(snapshot: KnowledgeSnapshot, knowledge: KnowledgeInUse): Report {
  knowledge.current = snapshot
  return { ok: true, text: `已采用 ${snapshot.version}` }
}

export type BotUnderTest = Awaited<ReturnType<typeof botUnderTest>>

const startedAt = (ms: number) => () => ms
