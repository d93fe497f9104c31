import type { AnswerPart, Decision, Fact } from '../model/decision.js'
import type { Candidate, NoticeReason, Questions, Topics, Understanding } from '../model/understanding.js'
import { FITTED } from '../nlu/fitted.js'
import { answerPart, factOf } from './fact.js'

/** Sure → the section; two or three likely → a choice; neither → "I don't know". */
export function answerOrOffer(candidates: readonly Candidate[]): Decision {
  const [top, second] = candidates
  if (!top || scopeOf(top.confidence, top) < THRESHOLDS.offerScope)
    return { kind: 'fallback', reason: 'not-understood' }
  if (!second || top.share >= THRESHOLDS.answerShare) {
    return { kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure' }
  }
  const others = candidates.slice(2, MAX_OFFERED).filter(({ share }) => share >= OFFERED_SHARE)
  return {
    kind: 'clarify',
    sectionKeys: [top.sectionKey, second.sectionKey, ...others.map(({ sectionKey }) => sectionKey)],
  }
}

/** How probably the message is for us at all, whichever section it is; 0..1. */
export const scopeOf = (confidence: number, { share }: Candidate): number => (share === 0 ? 0 : confidence / share)

type NoticeAnswer = Extract<Decision, { kind: 'answer' | 'outside' | 'escalate' }>

/**
 * Each reason of a rejection notice to its own rule, category or section, an unknown one to a person.
 *
 * @returns undefined when none of the reasons is known
 */
export function answerNotice(notice: readonly NoticeReason[]): NoticeAnswer | undefined {
  const keys = [...new Set(notice.flatMap(toSections))]
  const [first, ...rest] = keys
  if (notice.every((reason) => !isKnownReason(reason))) return undefined
  const fact = { kind: 'notice', reasons: notice } as const
  if (!notice.every(isKnownReason))
    return { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: keys, fact }
  return first === undefined
    ? { kind: 'outside', fact }
    : { kind: 'answer', sectionKeys: [first, ...rest], reason: 'notice', fact }
}

export const isKnownReason = ({ candidates, rule, category, answer }: NoticeReason): boolean =>
  candidates.length > 0 || rule !== undefined || category !== undefined || answer !== undefined

const toSections = ({ candidates, alsoSections }: NoticeReason): readonly string[] =>
  candidates[0] ? [candidates[0].sectionKey, ...alsoSections] : []

/**
 * Several questions in one message, each to its own section.
 *
 * @param scope 0..1 that each question must reach on the named scale
 * @returns undefined when the message rather asks one thing, or fewer than two are for us
 */
export function answerSeveral(
  { topics, candidates }: Understanding,
  { scope, confidence }: { scope: number; confidence: 'confidence' | 'overheard' },
): Extract<Decision, { kind: 'answer' }> | undefined {
  const least = confidence === 'overheard' ? OVERHEARD_SEVERAL : FITTED.topics.threshold
  if (!topics || topics.confidence < least) return undefined
  // Parts that leave out what the whole most likely means were torn from their context, unless their writer parted them.
  const isParted = topics.confidence === 1
  if (!isParted && !topics.candidates.some(({ sectionKey }) => sectionKey === candidates[0]?.sectionKey))
    return undefined
  return answerParts(
    topics,
    topics.candidates.filter((candidate) => scopeOf(candidate[confidence], candidate) >= scope),
  )
}

/** Unasked, two answers to one question are one too many: so surely several, 0..1. */
const OVERHEARD_SEVERAL = 0.5

/** @returns undefined when fewer than two of them are left */
export function answerParts(
  { candidates, parts }: Topics,
  chosen: readonly Candidate[],
): Extract<Decision, { kind: 'answer' }> | undefined {
  const [first, ...rest] = chosen.map(({ sectionKey }) => sectionKey)
  if (first === undefined || rest.length === 0) return undefined
  const told = parts?.length
    ? chosen.map(({ sectionKey }, at): AnswerPart => {
        const fact = factOf(sectionKey, parts[candidates.indexOf(chosen[at]!)] ?? {}, undefined, { wholeToo: true })
        return { sectionKey, ...(fact ? { fact } : {}) }
      })
    : undefined
  return { kind: 'answer', sectionKeys: [first, ...rest], reason: 'several', ...(told && { parts: told }) }
}

/**
 * Several questions, each answered by what it asks for: two facts of one section, a fact and steps, what lies outside.
 *
 * @returns undefined when the message rather asks one thing, or fewer than two are understood
 */
export function answerQuestions({
  questions,
  answers,
  candidates,
}: Understanding): Extract<Decision, { kind: 'answer' | 'outside' }> | undefined {
  if (!questions || questions.confidence < FITTED.questions.threshold) return undefined
  const parts = partsOf(questions)
  const known = parts.filter(({ unknown }) => unknown === undefined).length
  if (known === 0 || parts.length < 2) return undefined
  // One that is told beside one that is not known has to be surely one of several.
  if (known === 1 && questions.confidence < SURELY_SEVERAL) return undefined
  // Parts that leave out what the whole most likely means were torn from their context, unless their writer parted them.
  const [likeliest] = answers ?? []
  const isLeftOut =
    likeliest && likeliest.share >= LIKELY_WHOLE
      ? !questions.parts.some((part) => part.answers?.[0]?.answer.id === likeliest.answer.id)
      : !parts.some(({ sectionKey }) => sectionKey === undefined || sectionKey === candidates[0]?.sectionKey)
  if (questions.confidence < 1 && isLeftOut) return undefined
  const [first, ...rest] = sectionsOf(parts)
  return first === undefined
    ? { kind: 'outside', parts }
    : { kind: 'answer', sectionKeys: [first, ...rest], reason: 'several', parts }
}

const SURELY_SEVERAL = 0.5

/** So likely for the whole message, 0..1, a fact has to be among those of its parts. */
const LIKELY_WHOLE = 0.35

/** What the questions ask for, each once; of those that nobody here knows the answer to, their words. */
export function partsOf(questions: Questions): readonly AnswerPart[] {
  const told = questions.parts.map((question) => answerPart(question) ?? { unknown: question.text })
  const names = told.map(({ fact, sectionKey, unknown }) => (fact ? nameOfFact(fact) : (sectionKey ?? `?${unknown}`)))
  return told.filter((_, at) => names.indexOf(names[at]) === at)
}

export const sectionsOf = (parts: readonly AnswerPart[]): readonly string[] => [
  ...new Set(parts.flatMap(({ sectionKey }) => sectionKey ?? [])),
]

/** Tells facts apart. A notice that comes again is read again: something of it may have changed. */
export function nameOfFact(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'short-answer':
      return `answer:${fact.answer.id}`
    case 'category':
      return `category:${[...fact.hits.map(({ word }) => word), ...(fact.asks ? [fact.asks] : [])].join()}`
    case 'notice':
      return undefined
  }
}

/**
 * When the bot is sure enough, 0..1; fitted on the corpus for the costs that people feel: a wrong answer is worse than
 * a question back, and speaking up unasked is worst.
 *
 * `offerScope`: put to the bot, and at least this probably for us, else it says that it doesn't know.
 * `answerShare`: one section stands out this far, else the likely ones are offered.
 * `speakScope`, `speakShare`: the same for overheard talk, where anything less means silence.
 */
export const THRESHOLDS = FITTED.thresholds

/** More than three choices are a menu, not a question back. */
export const MAX_OFFERED = 3
/** A third choice less likely than this only makes the reader slower. */
const OFFERED_SHARE = 0.02
