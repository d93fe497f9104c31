import { parseCommand } from '../commands/parse.js'
import { isAddressed } from '../dialogue/turn.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision, SilenceReason } from '../model/decision.js'
import type { Language } from '../model/language.js'
import type { AnswerDraft, LearningRecords, UnansweredWhy } from '../model/learning.js'
import type { Ticket } from '../model/ticket.js'
import type { Candidate, Understanding } from '../model/understanding.js'
import { readDeskTurn, readSpeechAct } from '../nlu/dialogue-act.js'
import { normalizeText } from '../nlu/normalize.js'
import { coreOf, MIN_CORE_CHARS } from '../nlu/retrieval.js'
import { addDraft, withoutEntry } from './records.js'

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
