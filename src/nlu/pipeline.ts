import type { GuideFacts, Intent } from '../model/knowledge.js'
import type { Language } from '../model/language.js'
import type {
  DatesReading,
  FollowUp,
  IntentMatcher,
  KnowledgeSnapshot,
  TaughtKind,
  Understanding,
} from '../model/understanding.js'
import { readReviewDates, timelineFor } from './dates/review-dates.js'
import {
  isAboutToWithdraw,
  readFollowUp,
  readReminderWord,
  readSpeechAct,
  readWalkRemark,
  refusesHuman,
} from './dialogue-act.js'
import { normalizeText } from './normalize.js'
import { readNotice } from './rejection-notice.js'
import { findTopics } from './topics.js'

export interface Knowing {
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
  readonly facts: GuideFacts
  readonly language: Language
  /** Clock for "昨天" and "10天了"; milliseconds since the epoch. */
  readonly nowMs: number
}

/** What a message is read with at this moment. */
export const knowingOf = ({ matcher, content, facts, language }: KnowledgeSnapshot, nowMs: number): Knowing => ({
  matcher,
  intents: content.intents,
  facts,
  language,
  nowMs,
})

/** Of a message whose words are not for this. */
export const NOTHING_UNDERSTOOD: Understanding = {
  normalized: '',
  act: 'statement',
  candidates: [],
  wantsHuman: { confidence: 0, overheard: 0 },
}

const actOf = {
  section: { act: 'question' },
  human: { act: 'wants-human' },
  silence: { act: 'statement' },
} as const satisfies Readonly<Record<TaughtKind, Pick<Understanding, 'act'>>>
const NOBODY = { confidence: 0, overheard: 0 } as const

/** Reads one message: what is done with the words, and which sections may be meant. Pure and bounded in time. */
export function understand(text: string, knowing: Knowing): Understanding {
  const { language } = knowing
  const normalized = normalizeText(text)
  const { act, choice } = readSpeechAct(normalized, language)
  const { candidates, wantsHuman, taught } = knowing.matcher.match(normalized)
  const followUp = toFollowUp(normalized, knowing)
  // People have said what it means: no rule of ours knows better, but a talk that goes on.
  if (taught !== undefined) {
    return {
      normalized,
      ...actOf[taught],
      candidates,
      wantsHuman,
      taught,
      ...(followUp === undefined ? {} : { followUp }),
    }
  }
  const notice = readNotice(normalized, knowing)
  const topics = notice ? undefined : findTopics(normalized, candidates, knowing.matcher)
  const days = readDays(normalized, knowing)
  const walk = readWalkRemark(normalized, language)
  const reminder = readReminderWord(normalized, language)
  return {
    normalized,
    act,
    candidates,
    // The classifier weighs words and has no ear for "不用转人工".
    wantsHuman: refusesHuman(normalized, language.talk) ? NOBODY : wantsHuman,
    ...(choice === undefined ? {} : { choice }),
    ...(notice === undefined ? {} : { notice }),
    ...(followUp === undefined ? {} : { followUp }),
    ...(topics === undefined ? {} : { topics }),
    ...(days === undefined ? {} : { days }),
    ...(walk === undefined ? {} : { walk }),
    ...(reminder === undefined ? {} : { reminder }),
    ...(isAboutToWithdraw(normalized, language) ? { withdraws: true } : {}),
  }
}

function toFollowUp(normalized: string, { matcher, language }: Knowing): FollowUp | undefined {
  const read = readFollowUp(normalized, language)
  if (read?.kind !== 'correction') return read
  return { kind: 'correction', candidates: matcher.match(read.meant).candidates }
}

function readDays(
  normalized: string,
  { facts: { review, dateLikeKeys }, language, nowMs }: Knowing,
): DatesReading | undefined {
  const dates = review && readReviewDates(normalized, { phrases: language.review, nowMs, dateLikeKeys })
  return dates && { dates, timeline: timelineFor(dates, review, nowMs), review }
}
