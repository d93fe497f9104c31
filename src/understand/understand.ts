import type { Intent } from '../model/knowledge.js'
import type {
  Candidate,
  DatesReading,
  FollowUp,
  IntentMatcher,
  NoticeReason,
  Understanding,
} from '../model/understanding.js'
import { normalizeText } from './normalize-text.js'
import { readFollowUp } from './read-follow-up.js'
import { readReviewDates } from './read-review-dates.js'
import { timelineFor } from './review-timeline.js'
import { readSpeechAct, refusesHuman } from './speech-act.js'
import { splitNotice } from './split-notice.js'
import { splitQuestions } from './split-questions.js'

export interface Knowing {
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
  /** Clock for "昨天" and "10天了"; milliseconds since the epoch. */
  readonly nowMs: number
}

const NOBODY = { confidence: 0, overheard: 0 } as const

/** Reads one message: what is done with the words, and which sections may be meant. Pure and bounded in time. */
export function understand(text: string, knowing: Knowing): Understanding {
  const normalized = normalizeText(text)
  const { act, choice } = readSpeechAct(normalized)
  const notice = splitNotice(normalized)?.map((reason) => readReason(reason, knowing))
  const { candidates, wantsHuman } = knowing.matcher.match(normalized)
  const followUp = toFollowUp(normalized, knowing)
  const questions = notice ? [] : splitQuestions(normalized)
  const days = readDays(normalized, knowing.nowMs)
  return {
    normalized,
    act,
    candidates,
    // The classifier weighs words and has no ear for "不用转人工".
    wantsHuman: refusesHuman(normalized) ? NOBODY : wantsHuman,
    ...(choice === undefined ? {} : { choice }),
    ...(notice === undefined ? {} : { notice }),
    ...(followUp === undefined ? {} : { followUp }),
    ...(questions.length === 0 ? {} : { questions: questions.map((one) => knowing.matcher.match(one).candidates) }),
    ...(days === undefined ? {} : { days }),
  }
}

function toFollowUp(normalized: string, { matcher }: Knowing): FollowUp | undefined {
  const read = readFollowUp(normalized)
  if (read?.kind !== 'correction') return read
  return { kind: 'correction', candidates: matcher.match(read.meant).candidates }
}

function readDays(normalized: string, nowMs: number): DatesReading | undefined {
  const dates = readReviewDates(normalized, nowMs)
  return dates && { dates, timeline: timelineFor(dates, nowMs) }
}

// A reason with a mark of one of our sections is known even where its wording is new to the classifier.
const MARK_CONFIDENCE = 0.9
const KNOWN_REASON_CONFIDENCE = 0.5

function readReason(text: string, { matcher, intents }: Pick<Knowing, 'matcher' | 'intents'>): NoticeReason {
  const ranked = matcher.match(text).candidates
  const marked = intents.flatMap(({ id, sectionKey, noticeMarks }) => {
    const longest = Math.max(
      0,
      ...noticeMarks.filter((mark) => text.includes(normalizeText(mark))).map(({ length }) => length),
    )
    return sectionKey !== undefined && longest > 0 ? [{ sectionKey, intentId: id, longest }] : []
  })
  const markedKeys = new Set(marked.map(({ sectionKey }) => sectionKey))
  const sure = ranked.filter(
    ({ confidence, sectionKey }) =>
      confidence >= KNOWN_REASON_CONFIDENCE && (markedKeys.size === 0 || markedKeys.has(sectionKey)),
  )
  if (sure.length > 0) return { text, candidates: sure }
  marked.sort((a, b) => b.longest - a.longest)
  const candidates: Candidate[] = marked.map(({ sectionKey, intentId }) => ({
    sectionKey,
    intentId,
    confidence: MARK_CONFIDENCE,
    overheard: MARK_CONFIDENCE,
    share: MARK_CONFIDENCE,
  }))
  return { text, candidates }
}
