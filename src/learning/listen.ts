import { createHash } from 'node:crypto'
import { BoundedMap } from '../base/bounded-map.js'
import { messageOf } from '../base/text.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import { parseCommand } from '../commands/take.js'
import type { DialogueState } from '../dialogue/state.js'
import { isAddressed } from '../dialogue/turn.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision, SilenceReason } from '../model/decision.js'
import type { KnowledgeContent } from '../model/knowledge.js'
import type { Language } from '../model/language.js'
import type { Alerts, Clock, Log, StaffNotices } from '../model/ports.js'
import type { AnswerDraft, LearningRecords, LearningStore, ReasonSighting, UnansweredWhy } from '../model/stores.js'
import type { Ticket } from '../model/ticket.js'
import type { Candidate, KnowledgeInUse, Understanding } from '../model/understanding.js'
import { readDeskTurn, readSpeechAct } from '../nlu/dialogue-act.js'
import { normalizeText } from '../nlu/normalize.js'
import { coreOf, MIN_CORE_CHARS } from '../nlu/retrieval.js'
import { learningPhrases as say } from './phrases.js'
import {
  addDraft,
  cleanText,
  type LearningLimits,
  LikestQuestion,
  noteDislike,
  noteQuestion,
  prune,
  retractQuestion,
  withoutEntry,
} from './records.js'

export interface LearningEarParts {
  readonly store: LearningStore
  /** Who has been heard where, and who asks. */
  readonly state: Pick<DialogueState, 'namesIn' | 'identityOf'>
  readonly knowledge: Readonly<KnowledgeInUse>
  readonly limits: LearningLimits
  readonly radar: RadarRules
  /** Names of colleagues, who may be spoken of where they never spoke. */
  readonly colleagueNames: readonly string[]
  readonly notices: StaffNotices
  readonly alerts?: Pick<Alerts, 'tell'> | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Listens to what was decided about messages, and keeps what the bot could not answer. Changes no answer. */
export class LearningEar {
  readonly #parts: LearningEarParts
  /** What each asker has asked lately in a place, for as long as the bot remembers them there. */
  readonly #talks = new WeakMap<object, AskerTalk>()
  readonly #likest = new LikestQuestion()
  /** Topics by opaque key, of groups heard in this run; for the eyes of staff. */
  readonly #topics = new Map<string, string>()
  /** In which group each person first told of a reason: nobody sees it in several groups alone. */
  readonly #firstTold = new BoundedMap<string, string>(KEPT_REPORTS)

  constructor(parts: LearningEarParts) {
    this.#parts = parts
  }

  /** Takes note of one decided message. Never throws: the message is to be answered, whatever is learned from it. */
  note(message: IncomingMessage, decision: Decision, understanding: Understanding): void {
    try {
      if (decision.kind === 'silent' && decision.reason === 'duplicate') return
      this.#noteUnanswered(message, decision, understanding)
      this.#watchReasons(message, decision, understanding)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Makes drafts of what colleagues wrote when they settled tickets. Never throws. */
  noteTickets(tickets: readonly Ticket[]): void {
    try {
      const { store, clock } = this.#parts
      const before = store.records()
      const clean = (text: string, placeKey: string): string => this.#clean(text, placeKey)
      const records = draftsFrom(before, tickets, {
        language: this.#parts.knowledge.current.language,
        clean,
        nowMs: clock.now(),
      })
      if (records !== before) this.#keep(records)
    } catch (error) {
      this.#failed(error)
    }
  }

  #noteUnanswered(message: IncomingMessage, decision: Decision, understanding: Understanding): void {
    const { store, clock } = this.#parts
    const nowMs = clock.now()
    const talk = this.#talkOf(message, nowMs)
    const reading = readUnanswered(message, { decision, understanding, last: talk.last })
    let records = store.records()
    const provisional = reading.chosen ? talk.takeProvisional() : undefined
    if (provisional !== undefined) records = retractQuestion(records, provisional)
    if (reading.disliked !== undefined) {
      const person = this.#opaque(message.sender.key)
      records = noteDislike(records, { sectionKey: reading.disliked, person, atMs: nowMs })
    }
    if (reading.asked && talk.mayAsk()) {
      records = this.#withQuestion(records, reading.asked, { message, talk, nowMs })
    }
    talk.remember(message, { decision, understanding })
    if (records !== store.records()) this.#keep(records)
  }

  #talkOf(message: IncomingMessage, nowMs: number): AskerTalk {
    const asker = this.#parts.state.identityOf(message)
    const talk = this.#talks.get(asker) ?? new AskerTalk(nowMs)
    this.#talks.set(asker, talk)
    talk.turnTo(nowMs)
    return talk
  }

  #withQuestion(
    records: LearningRecords,
    { text, why, sectionKey }: Asked,
    { message, talk, nowMs }: { message: IncomingMessage; talk: AskerTalk; nowMs: number },
  ): LearningRecords {
    const clean = this.#clean(text, message.place.key)
    if (coreOf(normalizeText(clean)).length < 2) return records
    const likest = this.#likest.find(clean, records, this.#content().concepts)
    const place = this.#opaque(message.place.key)
    const noted = noteQuestion(
      records,
      { text: clean, why, sectionKey, place, atMs: nowMs },
      { likest, again: (number) => talk.hasNoted(number) },
    )
    talk.noted(noted.number, { isNew: noted.isNew, isProvisional: why === 'not-chosen' })
    return noted.records
  }

  #watchReasons(message: IncomingMessage, decision: Decision, understanding: Understanding): void {
    const { place, sender } = message
    if (place.kind !== 'room' || place.purpose !== 'customers' || sender.role !== 'customer' || message.fromSelf) return
    const opaque = this.#opaque(place.key)
    const { sections } = this.#parts.knowledge.current
    const isRejection = (key: string): boolean => sections.get(key)?.role === 'rejection'
    const reasons = rejectionReasons(decision, understanding, isRejection).filter((reason) => {
      const report = `${reason}\n${sender.key}`
      const first = this.#firstTold.get(report) ?? opaque
      this.#firstTold.set(report, first)
      return first === opaque
    })
    if (reasons.length === 0) return
    const { store, clock, radar } = this.#parts
    this.#topics.set(opaque, place.topic)
    const sightings = reasons.map((reason) => ({ reason, place: opaque, atMs: clock.now() }))
    const { records, incidents } = lookForIncidents(store.records(), sightings, radar)
    this.#keep(records)
    for (const incident of incidents) void this.#alarm(incident)
  }

  /** Told first and marked then: killed in between, staff read it twice rather than never. */
  async #alarm({ reason, places }: Incident): Promise<void> {
    const { store, notices, alerts, clock, radar, log } = this.#parts
    const records = markTold(store.records(), reason, clock.now())
    try {
      const names = places.flatMap((place) => this.#topics.get(place) ?? [])
      const text = say.incident(this.#nameOf(reason), names, places.length - names.length, radar.windowMs / HOUR_MS)
      // In memory at once, so that the next message finds it; on disk behind the notice.
      store.keep(records)
      await notices.add(text)
      alerts?.tell(text)
      await store.save(store.records())
      log.warn({ groups: places.length }, 'the same rejection in several groups')
    } catch (error) {
      this.#failed(error)
    }
  }

  #nameOf(reason: string): string {
    const [kind, ...rest] = reason.split(':')
    const words = rest.join(':')
    if (kind !== 'section') return say.reason(words)
    return say.toSection(words, this.#parts.knowledge.current.sections.get(words)?.title ?? '')
  }

  #clean(text: string, placeKey: string): string {
    const names = new Set([...this.#parts.state.namesIn(placeKey), ...this.#parts.colleagueNames])
    return cleanText(text, { names, isTopic: (word) => this.#isTopic(word) })
  }

  #isTopic(word: string): boolean {
    const { concepts, guides } = this.#content()
    if (concepts.some(({ words }) => words.includes(word.toLowerCase()))) return true
    return guides.some(({ sections }) => sections.some(({ title }) => title.includes(word)))
  }

  #content(): KnowledgeContent {
    return this.#parts.knowledge.current.content
  }

  #opaque(key: string): string {
    return createHash('sha256').update(`${this.#parts.store.records().salt}\n${key}`).digest('hex').slice(0, 16)
  }

  #keep(records: LearningRecords): void {
    const { store, clock, limits } = this.#parts
    store.keep(prune(records, clock.now(), limits))
  }

  #failed(error: unknown): void {
    this.#parts.log.error({ error: messageOf(error) }, 'learning failed')
  }
}

const KEPT_REPORTS = 2_000
/** What was said longer ago is another talk. */
const FRESH_MS = 15 * MINUTE_MS
const KEPT_NUMBERS = 20
/** Nobody fills the list alone. */
const NEW_QUESTIONS_A_DAY = 20

/** What one asker has asked lately in one place, and what was kept of it. */
class AskerTalk {
  #nowMs: number
  #dayFromMs: number
  #newToday = 0
  #last: (LastQuestion & { readonly atMs: number }) | undefined
  #noted: { readonly number: number; readonly atMs: number }[] = []
  #provisional: number | undefined

  constructor(nowMs: number) {
    this.#nowMs = nowMs
    this.#dayFromMs = nowMs
  }

  turnTo(nowMs: number): void {
    this.#nowMs = nowMs
    if (nowMs - this.#dayFromMs >= DAY_MS) [this.#dayFromMs, this.#newToday] = [nowMs, 0]
    if (this.#last && nowMs - this.#last.atMs > FRESH_MS) [this.#last, this.#provisional] = [undefined, undefined]
    this.#noted = this.#noted.filter(({ atMs }) => nowMs - atMs <= FRESH_MS).slice(-KEPT_NUMBERS)
  }

  get last(): LastQuestion | undefined {
    return this.#last
  }

  mayAsk(): boolean {
    return this.#newToday < NEW_QUESTIONS_A_DAY
  }

  /** Whether a group has counted this asker in this talk. */
  hasNoted(number: number): boolean {
    return this.#noted.some((one) => one.number === number)
  }

  noted(number: number, { isNew, isProvisional }: { isNew: boolean; isProvisional: boolean }): void {
    if (isNew) this.#newToday++
    this.#provisional = isProvisional && !this.hasNoted(number) ? number : undefined
    this.#noted.push({ number, atMs: this.#nowMs })
  }

  /** The group that counted the question back, until something of it is chosen. */
  takeProvisional(): number | undefined {
    const number = this.#provisional
    this.#provisional = undefined
    return number
  }

  /** Remembers a message that asked something: what comes next may be about it. */
  remember(
    { text, kind, sender }: IncomingMessage,
    { decision, understanding }: { decision: Decision; understanding: Understanding },
  ): void {
    if (kind !== 'text' || sender.role !== 'customer') return
    const answeredBy = decision.kind === 'answer' ? decision.sectionKeys[0] : null
    const isQuestion =
      decision.kind === 'clarify' ||
      (decision.kind === 'fallback' && decision.reason === 'not-understood') ||
      (decision.kind === 'answer' && decision.reason !== 'follow-up' && decision.reason !== 'chosen')
    if (isQuestion) {
      const otherwise = understanding.candidates.find(({ sectionKey }) => sectionKey !== answeredBy)
      this.#last = { text, answeredBy, otherwise: otherwise?.sectionKey ?? null, atMs: this.#nowMs }
    } else if (answeredBy !== null && this.#last) {
      this.#last = { ...this.#last, answeredBy, atMs: this.#nowMs }
    }
  }
}

export interface RadarRules {
  /** So many different groups … */
  readonly groups: number
  /** … within so long make an incident. */
  readonly windowMs: number
}

export interface Incident {
  readonly reason: string
  /** Opaque keys of the groups, in the order in which they met it. */
  readonly places: readonly string[]
}

/** What several groups have met within the window that ends now, the widest first. `reason` is empty for a section's. */
export function incidentsIn(
  { sightings }: Pick<LearningRecords, 'sightings'>,
  { groups, windowMs, nowMs }: RadarRules & { readonly nowMs: number },
): readonly { readonly sectionKey?: string; readonly reason: string; readonly groups: number }[] {
  const places = new Map<string, Set<string>>()
  for (const { reason, place, atMs } of sightings)
    if (nowMs - atMs < windowMs) places.set(reason, (places.get(reason) ?? new Set()).add(place))
  return [...places]
    .filter(([, met]) => met.size >= groups)
    .sort(([, a], [, b]) => b.size - a.size)
    .map(([reason, met]) => ({
      ...(reason.startsWith('section:') && { sectionKey: reason.slice('section:'.length) }),
      ...{ reason: reason.replace(/^(?:text|section):/, ''), groups: met.size },
    }))
}

export interface Looked {
  readonly records: LearningRecords
  /** What staff have to hear of now. */
  readonly incidents: readonly Incident[]
}

const MAX_SIGHTINGS = 2_000

/**
 * Takes down that rejection reasons were met in a group. The same reason from several groups is one incident: it is
 * given out once, and again only when it still goes on a whole window later. Pure; `told` is for `markTold`.
 */
export function lookForIncidents(
  records: LearningRecords,
  sightings: readonly ReasonSighting[],
  { groups, windowMs }: RadarRules,
): Looked {
  const nowMs = Math.max(...sightings.map(({ atMs }) => atMs))
  const fresh = records.sightings.filter(
    ({ atMs, reason, place }) =>
      nowMs - atMs < windowMs && !sightings.some((one) => one.reason === reason && one.place === place),
  )
  const all = [...fresh, ...sightings].slice(-MAX_SIGHTINGS)
  const told = records.told.filter(({ atMs }) => nowMs - atMs < windowMs)
  const incidents = [...new Set(sightings.map(({ reason }) => reason))]
    .filter((reason) => !told.some((one) => one.reason === reason))
    .map((reason) => ({ reason, places: all.filter((one) => one.reason === reason).map(({ place }) => place) }))
    .filter(({ places }) => places.length >= groups)
  return { records: { ...records, sightings: all, told }, incidents }
}

export const markTold = (records: LearningRecords, reason: string, atMs: number): LearningRecords => ({
  ...records,
  told: [...records.told.filter((one) => one.reason !== reason), { reason, atMs }],
})

/** Said about somebody's own rejection; picked from a menu it may be mere curiosity. */
const TOLD: ReadonlySet<string> = new Set(['sure', 'notice', 'several'])
const MIN_REASON_CHARS = 6
const MAX_REASON_CHARS = 80

/** The reasons for which somebody was rejected, as the radar counts them; see `ReasonSighting`. Each once. */
export function rejectionReasons(
  decision: Decision,
  { notice }: Understanding,
  isRejection: (sectionKey: string) => boolean,
): readonly string[] {
  const fromNotice = (notice ?? []).flatMap(({ text, candidates, alsoSections }) => {
    const [best] = candidates
    if (best) return [best.sectionKey, ...alsoSections].filter(isRejection).map(ofSection)
    const core = coreOf(text).slice(0, MAX_REASON_CHARS)
    return core.length >= MIN_REASON_CHARS ? [`text:${core}`] : []
  })
  const isTold = decision.kind === 'answer' && TOLD.has(decision.reason)
  const told = isTold ? decision.sectionKeys.filter(isRejection).map(ofSection) : []
  return [...new Set([...fromNotice, ...told])]
}

const ofSection = (key: string): string => `section:${key}`

/** What an asker last asked in a place, and what came of it. */
export interface LastQuestion {
  readonly text: string
  /** The section that it was answered with. */
  readonly answeredBy: string | null
  /** The section that came next in likelihood. */
  readonly otherwise: string | null
}

export interface Asked {
  readonly text: string
  readonly why: UnansweredWhy
  readonly sectionKey: string | null
}

/** What one message tells about what the bot doesn't know. */
export interface UnansweredReading {
  readonly asked?: Asked
  /** A section whose answer was called useless. */
  readonly disliked?: string
  /** The offer before was of use. */
  readonly chosen?: true
}

/** These are judgements about the words; all other silence is about who may be spoken to. */
const JUDGED: ReadonlySet<SilenceReason> = new Set(['not-for-us', 'not-sure'])
/** About an answer of the bot, said as a whole message. */
const DISLIKES =
  /^(?:你|这|这个|您|都|也|说的|回答的?|答案|机器人|根本|完全|好像|[,，\s])*(?:没(?:什么|啥)?用|没帮助|不对|不是(?:这个|这样|我(?:想|要)?问的)(?:意思|问题)?|答非所问|[答说搞]错了?|错了?|文不对题)[的了啊呀吧呢嘛吗]*[\s。.!！,，~～?？…]*$/

/** @param normalized the whole message, see `normalizeText` */
export const callsWrong = (normalized: string): boolean => DISLIKES.test(normalized)

/** Overheard and at least this probably for us: a question of ours, though not surely enough to speak up. */
const IN_SCOPE = 0.5
/** Less likely than this, a section is no guess worth telling. */
const GUESS = 0.15
const GUESSED_SHARE = 0.4
/** Shorter words that lead to a person are about what was said before: 就是这种情况, 还是不行. */
const REMARK_CHARS = 10

/** Reads what a decided message tells about what the bot doesn't know. Pure. @param last undefined when long ago */
export function readUnanswered(
  message: IncomingMessage,
  {
    decision,
    understanding,
    last,
  }: { decision: Decision; understanding: Understanding; last: LastQuestion | undefined },
): UnansweredReading {
  if (message.kind !== 'text' || understanding.taught !== undefined || !isCustomers(message)) return {}
  if (decision.kind === 'silent') return readSilence(message, decision.reason, understanding)
  const dislikes = callsWrong(understanding.normalized) || isComplaint(decision)
  if (dislikes && last?.answeredBy != null) {
    return { asked: { text: last.text, why: 'disliked', sectionKey: last.otherwise }, disliked: last.answeredBy }
  }
  switch (decision.kind) {
    case 'answer':
      if (decision.reason === 'chosen') return { chosen: true }
      return understanding.followUp?.kind === 'correction' && last ? corrected(last, decision.sectionKeys[0]) : {}
    case 'escalate':
      return readHandOver(message, understanding, { last, sectionKey: decision.sectionKeys[0] })
    case 'fallback':
      if (decision.reason !== 'not-understood' || message.text.trim() === '') return {}
      return { asked: { text: message.text, why: 'not-understood', sectionKey: guess(understanding.candidates) } }
    case 'clarify':
      return { asked: { text: message.text, why: 'not-chosen', sectionKey: decision.sectionKeys[0] } }
    case 'outside':
    case 'courtesy':
    case 'command':
      return {}
  }
}

/** Colleagues and admins try the bot out; what they say teaches nothing about customers. */
const isCustomers = ({ sender, place, fromSelf }: IncomingMessage): boolean =>
  sender.role === 'customer' && !fromSelf && !(place.kind === 'room' && place.purpose !== 'customers')

const isComplaint = (decision: Decision): boolean => decision.kind === 'escalate' && decision.reason === 'complaint'

function readSilence(
  message: IncomingMessage,
  reason: SilenceReason,
  { act, candidates }: Understanding,
): UnansweredReading {
  const top = candidates[0]
  if (!JUDGED.has(reason) || act !== 'question' || !top) return {}
  const scope = top.share === 0 ? 0 : top.overheard / top.share
  const isOurs = isAddressed(message) || reason === 'not-sure' || scope >= IN_SCOPE
  return isOurs ? { asked: { text: message.text, why: 'not-sure', sectionKey: guess(candidates) } } : {}
}

const corrected = (last: LastQuestion, sectionKey: string): UnansweredReading => ({
  asked: { text: last.text, why: 'corrected', sectionKey: sectionKey === last.answeredBy ? null : sectionKey },
})

/** The words that call for a person are no question; what was asked before is. */
function readHandOver(
  { text }: IncomingMessage,
  { act, notice, candidates }: Understanding,
  { last, sectionKey }: { last: LastQuestion | undefined; sectionKey: string | undefined },
): UnansweredReading {
  const own = act === 'yes' ? '' : withoutCall(text)
  const tellsOwn = notice !== undefined || (act === 'question' && own !== '') || own.length > REMARK_CHARS
  if (tellsOwn) return { asked: { text: own, why: 'person', sectionKey: sectionKey ?? guess(candidates) } }
  return last ? { asked: { text: last.text, why: 'person', sectionKey: sectionKey ?? last.answeredBy } } : {}
}

function guess([top]: readonly Candidate[]): string | null {
  return top && top.confidence >= GUESS && top.share >= GUESSED_SHARE ? top.sectionKey : null
}

const CALL =
  /^[\s,，]*(?:你好|您好|请|麻烦|帮我|给我|我要|我想|直接|快)*(?:转接?(?:到|个)?(?:人工|客服|真人)|(?:找|叫)(?:个|一下)?(?:人工|客服|真人)|人工客服|人工服务|人工)(?:客服|服务|吧|一下|谢谢)*(?:[\s,，。.!！:：;；~～]+|$)/

/** The question without the call for a person in front: 转人工，我的包传不上去. Empty when nothing else is said. */
const withoutCall = (text: string): string => text.replace(CALL, '').trim()

/** 已处理 explains nothing. */
const MIN_ANSWER_CHARS = 10

/** What may be kept of words that were said in a place. */
type Clean = (text: string, placeKey: string) => string

/**
 * A draft for each settled ticket whose colleague explained what solved it. One that is opened again, or whose asker was
 * forgotten, loses its draft.
 *
 * @returns the records as they were when there is nothing new
 */
export function draftsFrom(
  records: LearningRecords,
  tickets: readonly Ticket[],
  { clean, language, nowMs }: { readonly clean: Clean; readonly language: Language; readonly nowMs: number },
): LearningRecords {
  return tickets.reduce((before, ticket) => {
    const known = before.entries.find(
      (entry): entry is AnswerDraft => entry.kind === 'draft' && entry.ticketNumber === ticket.number,
    )
    const explained = 'gist' in ticket && ticket.gist !== ''
    if (known) return explained || known.status === 'settled' ? before : withoutEntry(before, known.number)
    if (!explained) return before
    const answer = clean(ticket.gist, ticket.placeKey)
    const question = questionOf(ticket, clean, language)
    if (question === undefined || answer.length < MIN_ANSWER_CHARS) return before
    return addDraft(before, { ticketNumber: ticket.number, question, answer, atMs: nowMs })
  }, records)
}

/** What was asked; 转人工 is no question, what was said before it may be one. */
function questionOf({ question, lastWords, placeKey }: Ticket, clean: Clean, language: Language): string | undefined {
  return [question, ...lastWords.map(({ text }) => text).toReversed()]
    .map((text) => clean(withoutCall(text), placeKey))
    .find((text) => isTeachable(text, language) === 'yes')
}

/** What such words mean is settled by what was said before them. */
const COURTESIES: ReadonlySet<string> = new Set(['greeting', 'thanks', 'menu', 'yes', 'no', 'choice'])

/** Whether a sentence can be taught: it must mean the same whoever says it, and whenever. */
export function isTeachable(text: string, language: Language): 'yes' | 'empty' | 'short' | 'courtesy' {
  const normalized = normalizeText(text)
  if (normalized === '') return 'empty'
  if (
    COURTESIES.has(readSpeechAct(normalized, language).act) ||
    readDeskTurn(normalized, language) ||
    parseCommand(text, { strict: true })
  )
    return 'courtesy'
  return coreOf(normalized).length < MIN_CORE_CHARS ? 'short' : 'yes'
}
