import type { Intent } from '../model/knowledge.js'
import type { Candidate, IntentMatcher, NoticeReason, Understanding } from '../model/understanding.js'
import { normalizeText } from './normalize-text.js'
import { readSpeechAct, refusesHuman } from './speech-act.js'
import { splitNotice } from './split-notice.js'

export interface Knowing {
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
}

const NOBODY = { confidence: 0, overheard: 0 } as const

/** Reads one message: what is done with the words, and which sections may be meant. Pure and bounded in time. */
export function understand(text: string, { matcher, intents }: Knowing): Understanding {
  const normalized = normalizeText(text)
  const { act, choice } = readSpeechAct(normalized)
  const notice = splitNotice(normalized)?.map((reason) => readReason(reason, { matcher, intents }))
  const { candidates, wantsHuman } = matcher.match(normalized)
  return {
    normalized,
    act,
    candidates,
    // The classifier weighs words and has no ear for "不用转人工".
    wantsHuman: refusesHuman(normalized) ? NOBODY : wantsHuman,
    ...(choice === undefined ? {} : { choice }),
    ...(notice === undefined ? {} : { notice }),
  }
}

// A reason with a mark of one of our sections is known even where its wording is new to the classifier.
const MARK_CONFIDENCE = 0.9
const KNOWN_REASON_CONFIDENCE = 0.5

function readReason(text: string, { matcher, intents }: Knowing): NoticeReason {
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
