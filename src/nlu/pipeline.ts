import type { GuideFacts, Intent } from '../model/knowledge.js'
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
  /** Clock for "昨天" and "10天了"; milliseconds since the epoch. */
  readonly nowMs: number
}

/** What a message is read with at this moment. */
export const knowingOf = ({ matcher, content, facts }: KnowledgeSnapshot, nowMs: number): Knowing => ({
  matcher,
  intents: content.intents,
  facts,
  nowMs,
})

const actOf = {
  section: { act: 'question' },
  human: { act: 'wants-human' },
  silence: { act: 'statement' },
} as const satisfies Readonly<Record<TaughtKind, Pick<Understanding, 'act'>>>
const NOBODY = { confidence: 0, overheard: 0 } as const

/** Reads one message: what is done with the words, and which sections may be meant. Pure and bounded in time. */
export function understand(text: string, knowing: Knowing): Understanding {
  const normalized = normalizeText(text)
  const { act, choice } = readSpeechAct(normalized)
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
  const walk = readWalkRemark(normalized)
  const reminder = readReminderWord(normalized)
  return {
    normalized,
    act,
    candidates,
    // The classifier weighs words and has no ear for "不用转人工".
    wantsHuman: refusesHuman(normalized) ? NOBODY : wantsHuman,
    ...(choice === undefined ? {} : { choice }),
    ...(notice === undefined ? {} : { notice }),
    ...(followUp === undefined ? {} : { followUp }),
    ...(topics === undefined ? {} : { topics }),
    ...(days === undefined ? {} : { days }),
    ...(walk === undefined ? {} : { walk }),
    ...(reminder === undefined ? {} : { reminder }),
    ...(isAboutToWithdraw(normalized) ? { withdraws: true } : {}),
  }
}

function toFollowUp(normalized: string, { matcher }: Knowing): FollowUp | undefined {
  const read = readFollowUp(normalized)
  if (read?.kind !== 'correction') return read
  return { kind: 'correction', candidates: matcher.match(read.meant).candidates }
}

function readDays(normalized: string, { facts: { review, dateLikeKeys }, nowMs }: Knowing): DatesReading | undefined {
  const dates = review && readReviewDates(normalized, nowMs, dateLikeKeys)
  return dates && { dates, timeline: timelineFor(dates, review, nowMs), review }
}
