import type { CategoryRow, GuideFacts, Intent, RejectionRule } from '../model/knowledge.js'
import type { Language } from '../model/language.js'
import type {
  FollowUp,
  IntentMatcher,
  KnowledgeSnapshot,
  Match,
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
import { isCourtesy, isForMany, isTranscript, normalizeText, trimmedWords } from './normalize.js'
import { findQuestions } from './questions.js'
import { readBareRejection, readNotice, readRules } from './rejection-notice.js'
import { wantedBy } from './segmenter.js'
import { candidatesOf, findMentions, findTopics, scopeOf, WORTH_READING_SCOPE } from './topics.js'

/** What a message is read with. */
export interface Knowing {
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
  readonly facts: GuideFacts
  readonly language: Language
  /** What reasons of a notice are explained by; absent where there are no such tables. */
  readonly rejections?: readonly RejectionRule[]
  readonly categories?: readonly CategoryRow[]
  /** Clock for "昨天" and "10天了"; milliseconds since the epoch. */
  readonly nowMs: number
}

/** What a message is read with at this moment. */
export const knowingOf = ({ matcher, content, facts, language }: KnowledgeSnapshot, nowMs: number): Knowing => ({
  matcher,
  intents: content.intents,
  facts,
  language,
  rejections: content.rejections,
  categories: content.categories.rows,
  nowMs,
})

const NOBODY = { confidence: 0, overheard: 0 } as const

/** Of a message whose words are not for this. */
export const NOTHING_UNDERSTOOD: Understanding = {
  normalized: '',
  trimmed: '',
  act: 'statement',
  candidates: [],
  wantsHuman: NOBODY,
}

/** Adds to what is understood so far; undefined where the message holds nothing of the kind. */
type Step = (read: Understanding, knowing: Knowing) => Partial<Understanding> | undefined

/** In this order; each sees what those before it have found. */
const STEPS: readonly Step[] = [
  trimmed,
  forms,
  acts,
  sections,
  followUps,
  // What people have taught needs none of the following.
  notices,
  topics,
  questions,
  days,
  checklistWords,
  reminderWords,
  withdrawals,
]
const STEPS_WHEN_TAUGHT: ReadonlySet<Step> = new Set([trimmed, forms, acts, sections, followUps])

/** Several steps read the same words of a message. */
function remembering(matcher: IntentMatcher): IntentMatcher {
  const known = new Map<string, Match>()
  return {
    ...matcher,
    match(normalized) {
      const match = known.get(normalized) ?? matcher.match(normalized)
      known.set(normalized, match)
      return match
    },
    candidates: (normalized) =>
      known.get(normalized)?.candidates ?? matcher.candidates?.(normalized) ?? matcher.match(normalized).candidates,
  }
}

/** Reads one message: what is done with the words, and which sections may be meant. Pure and bounded in time. */
export function understand(text: string, given: Knowing): Understanding {
  const knowing = { ...given, matcher: remembering(given.matcher) }
  const read: Understanding = { ...NOTHING_UNDERSTOOD, normalized: normalizeText(text) }
  for (const step of STEPS) {
    if (read.taught !== undefined && !STEPS_WHEN_TAUGHT.has(step)) break
    Object.assign(read, step(read, knowing))
  }
  return read
}

function trimmed({ normalized }: Understanding, { language }: Knowing): Partial<Understanding> {
  return { trimmed: trimmedWords(normalized, language.around) }
}

/** What was written by others, or for many, is nobody's question. */
function forms({ normalized }: Understanding, { language }: Knowing): Partial<Understanding> | undefined {
  if (isTranscript(normalized, language)) return { form: 'transcript' }
  return isForMany(normalized, language.around) ? { form: 'for-many' } : undefined
}

function acts({ normalized, trimmed }: Understanding, { language }: Knowing): Partial<Understanding> {
  const whole = readSpeechAct(normalized, language)
  if (whole.act !== 'statement' && whole.act !== 'question') return whole
  if (isCourtesy(normalized, language.around)) return { act: 'thanks' }
  return trimmed === normalized ? whole : readSpeechAct(trimmed, language)
}

const ACT_WHEN_TAUGHT = {
  section: 'question',
  human: 'wants-human',
  silence: 'statement',
} as const satisfies Readonly<Record<TaughtKind, Understanding['act']>>

/** People's word on what a sentence means counts for more than how it sounds. */
function sections({ normalized, trimmed }: Understanding, { matcher, language }: Knowing): Partial<Understanding> {
  const isWhole = trimmed !== normalized && countsWhole(normalized, matcher.match(trimmed), matcher)
  const { wantsHuman, ...match } = matcher.match(isWhole ? normalized : trimmed)
  if (match.taught !== undefined) return { ...match, wantsHuman, act: ACT_WHEN_TAUGHT[match.taught] }
  // The classifier weighs words and has no ear for "不用转人工".
  const isRefused = refusesHuman(normalized, language.talk)
  return { ...match, wantsHuman: isRefused ? NOBODY : wantsHuman }
}

/** @param bare what is made of it without what stands around it */
function countsWhole(normalized: string, bare: Match, matcher: IntentMatcher): boolean {
  // What people have taught or written counts as they wrote it.
  if (matcher.isKnown?.(normalized)) return true
  // 我们是做家政的,类目选哪个: whoever introduces themselves may say what it is about.
  return bare.answers?.[0]?.wordForWord === true && !namesGoods(bare) && namesGoods(matcher.match(normalized))
}

const namesGoods = ({ categories = [] }: Match): boolean =>
  categories.some(({ general, rows }) => !general && rows.length > 0)

function followUps(
  { normalized, trimmed }: Understanding,
  { matcher, language }: Knowing,
): Partial<Understanding> | undefined {
  const whole = readFollowUp(normalized, language)
  const read = whole ?? (trimmed === normalized ? undefined : readFollowUp(trimmed, language))
  if (!read) return undefined
  const followUp: FollowUp =
    read.kind === 'correction' ? { kind: 'correction', candidates: candidatesOf(read.meant, matcher) } : read
  return { followUp }
}

function notices({ normalized, trimmed, form }: Understanding, knowing: Knowing): Partial<Understanding> | undefined {
  if (form) return undefined
  const notice = readNotice(normalized, knowing)
  if (notice) return { notice }
  const rejected = readBareRejection(trimmed, knowing.language) ?? readBareRejection(normalized, knowing.language)
  const rules = readRules(normalized, knowing)
  return { ...(rejected && { rejected }), ...(rules.length > 0 && { rules }) }
}

/** The points of a notice are told apart already. */
function topics(
  { trimmed, candidates, notice }: Understanding,
  { matcher }: Knowing,
): Partial<Understanding> | undefined {
  if (notice) return undefined
  const found = findTopics(trimmed, candidates, matcher)
  const [top] = candidates
  const mentions = top && scopeOf(top) >= WORTH_READING_SCOPE ? findMentions(trimmed, matcher) : []
  return { ...(found && { topics: found }), ...(mentions.length > 0 && { mentions }) }
}

function questions(
  { trimmed, notice, candidates, wantsHuman, outside, answers, categories }: Understanding,
  { matcher, language }: Knowing,
): Partial<Understanding> | undefined {
  const wants = wantedBy(trimmed, language.questions)
  const whole = {
    ...{ candidates, wantsHuman },
    ...(outside && { outside }),
    ...(answers && { answers }),
    ...(categories && { categories }),
  }
  const reading = { matcher, phrases: language.questions }
  const [top] = candidates
  const isRead = !notice && answers && top && scopeOf(top) >= QUESTIONS_SCOPE
  const found = isRead ? findQuestions(trimmed, whole, reading) : undefined
  return { ...(wants && { wants }), ...(found && { questions: found }) }
}

/** Less is talk of others, 0..1: a story around the questions may hide most of what they say, not all. */
const QUESTIONS_SCOPE = 0.2

/** Where no guide tells how long a review takes, no days are reckoned. */
function days(
  { normalized }: Understanding,
  { facts: { review, dateLikeKeys }, language, nowMs }: Knowing,
): Partial<Understanding> | undefined {
  const dates = review && readReviewDates(normalized, { phrases: language.review, nowMs, dateLikeKeys })
  return dates && { days: { dates, timeline: timelineFor(dates, review, nowMs), review } }
}

function checklistWords({ normalized }: Understanding, { language }: Knowing): Partial<Understanding> | undefined {
  const walk = readWalkRemark(normalized, language)
  return walk && { walk }
}

function reminderWords({ normalized }: Understanding, { language }: Knowing): Partial<Understanding> | undefined {
  const reminder = readReminderWord(normalized, language)
  return reminder && { reminder }
}

function withdrawals({ normalized }: Understanding, { language }: Knowing): Partial<Understanding> | undefined {
  return isAboutToWithdraw(normalized, language) ? { withdraws: true } : undefined
}
