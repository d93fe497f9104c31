import type { AnswerPart, Decision, Fact } from '../model/decision.js'
import type { RejectionRule, ShortAnswer } from '../model/knowledge.js'
import type {
  Candidate,
  CategoryHit,
  NoticeReason,
  Question,
  Questions,
  RankedAnswer,
  Topics,
  Understanding,
  Wanted,
} from '../model/understanding.js'
import { FITTED } from '../nlu/fitted.js'
import { isNamedGood } from '../nlu/segmenter.js'
import type { Situation } from './turn.js'

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
  if (!questions) return undefined
  const parts = partsOf(questions)
  const known = parts.filter(({ unknown }) => unknown === undefined).length
  if (known === 0 || parts.length < 2) return undefined
  // One that is told beside one that is not known has to be surely one of several.
  if (known === 1 && questions.confidence < SURELY_SEVERAL) return undefined
  // Parts that leave out what the whole most likely means were torn from their context, unless their writer parted them.
  const [likeliest] = answers ?? []
  const isLeftOut =
    likeliest && likeliest.share >= LIKELY_WHOLE
      ? !questions.parts.some((part) => part.categories || part.answers?.[0]?.answer.id === likeliest.answer.id)
      : !parts.some(({ sectionKey }) => sectionKey === undefined || sectionKey === candidates[0]?.sectionKey)
  if (questions.confidence < 1 && isLeftOut) return undefined
  return answerEach(parts)
}

/** Parts of which each tells something. */
export function answerEach(parts: readonly AnswerPart[]): Extract<Decision, { kind: 'answer' | 'outside' }> {
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
  const told = withoutTwins(questions.parts.flatMap((question) => answerPart(question) ?? { unknown: question.text }))
  const briefly = new Set(told.flatMap(({ fact, sectionKey }) => (fact && sectionKey) ?? []))
  // What of a section is asked for says enough of it.
  const apart = told.filter(({ fact, sectionKey }) => fact || sectionKey === undefined || !briefly.has(sectionKey))
  const names = apart.map(({ fact, sectionKey, unknown }) => (fact ? nameOfFact(fact) : (sectionKey ?? `?${unknown}`)))
  return apart.filter((_, at) => names.indexOf(names[at]) === at)
}

/** 涉及食品销售,请补充食品饮料类目: goods of one category have one answer, under both their names. */
function withoutTwins(parts: readonly AnswerPart[]): readonly AnswerPart[] {
  const byRows = new Map<string, AnswerPart>()
  for (const [at, part] of parts.entries()) {
    const goods = part.fact?.kind === 'category' ? part.fact : undefined
    const [hit, ...others] = goods?.hits ?? []
    const isOne = hit !== undefined && hit.rows.length > 0 && others.length === 0
    const key = isOne ? `${goods?.asks} ${hit.rows.map(({ id }) => id)}` : `${at}`
    const twin = byRows.get(key)?.fact
    if (twin?.kind !== 'category' || !hit) {
      byRows.set(key, part)
      continue
    }
    const [known] = twin.hits
    if (!known || known.word.split('、').includes(hit.word)) continue
    const hits = [{ ...known, word: `${known.word}、${hit.word}` }]
    byRows.set(key, { ...byRows.get(key)!, fact: { ...twin, hits } })
  }
  return [...byRows.values()]
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

/** Of a rule, what it means and who does what about it. */
export function tellRule(rule: RejectionRule, { hasSection }: Situation): AnswerPart & { readonly fact: Fact } {
  const sectionKey = rule.sections.find(hasSection)
  const ofSection = sectionKey === undefined ? {} : { sectionKey }
  const answer: ShortAnswer = {
    ...{ id: rule.id, title: rule.title, asks: [], more: [], followUps: [], lines: [], rule, topic: 'rejections' },
    ...{ beyond: false, whole: false, source: rule.source, file: rule.file, line: rule.line },
    ...ofSection,
  }
  return { fact: { kind: 'short-answer', answer }, ...ofSection }
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

/**
 * The asker's own days: when the review ends, the latest day to submit, or that it is overdue.
 *
 * @returns undefined when the message tells no days, or is surely about something else
 */
export function answerDays(understanding: Understanding, { timelineSection }: Situation): Decision | undefined {
  const { days, candidates } = understanding
  if (!days || timelineSection === undefined) return undefined
  const top = candidates[0]
  // "昨天提的被拒了，说类目不符" tells a day and asks about something else.
  const isAboutElse =
    top !== undefined &&
    top.sectionKey !== timelineSection &&
    top.share >= THRESHOLDS.answerShare &&
    scopeOf(top.confidence, top) >= THRESHOLDS.offerScope
  if (isAboutElse && !tellsResubmission(understanding) && !days.dates.questionLike) return undefined
  if (days.timeline.overdue) return { kind: 'escalate', reason: 'overdue', sectionKeys: [timelineSection], days }
  return { kind: 'answer', sectionKeys: [timelineSection], reason: 'days', days }
}

/** Was rejected, and has submitted again since. */
export const tellsResubmission = ({ days }: Understanding): boolean =>
  days?.dates.kind === 'submitted' && days.dates.again === true

/**
 * Whoever is about to withdraw or to resubmit is warned on top of the answer; where none was sure, how long the review
 * takes is the answer.
 */
export function warnOfWithdrawal(
  decision: Decision,
  { withdraws }: Understanding,
  { timelineSection }: Situation,
): Decision {
  if (!withdraws) return decision
  switch (decision.kind) {
    case 'answer':
      return decision.reason === 'notice' ? decision : { ...decision, warns: 'withdrawal' }
    case 'escalate':
      return decision.reason === 'overdue' ? { ...decision, warns: 'withdrawal' } : decision
    case 'clarify':
    case 'fallback':
      return timelineSection === undefined
        ? decision
        : { kind: 'answer', sectionKeys: [timelineSection], reason: 'withdrawal', warns: 'withdrawal' }
    default:
      return decision
  }
}

/**
 * A fact of this share within its subject is told by itself, 0..1. Of questions that no author had seen, 92 % of those
 * about the guide and 80 % of those around it have the right fact first.
 */
const MIN_WITHIN = 0.25
/** A short answer that fits like this beats the name of a category, and a section that was taught as a whole. */
const SURE_WITHIN = 0.6
/** Less, by the side of all that may be meant, is not worth naming beside an answer. */
const NAMED_SHARE = 0.06
const MAX_NAMED = 2
/** Where nothing stands out like this, the words are not understood. */
const TOLD_SHARE = 0.3
/**
 * How much of what may be meant lies outside the guides, 0..1: below the first a section answers, above the second
 * nothing of the guides does, and between them both are named. On real messages that no author had seen (63 for us, 33
 * not), 0.5 and 0.5 gave 86 % right first, 91 % named and 27 % of the others answered from the guide; these 81, 97 and
 * 12 %.
 */
const TORN_FROM = 0.25
const OUTSIDE_FROM = 0.65
/** How much the classifier of subjects counts beside the ranking of facts: 0..1, flat between 0.3 and 0.7. */
const SUBJECTS_WEIGHT = 0.5

/** A fact that stands out like this is asked for by the whole message, however many sections its parts speak of. */
const SURE_FACT = { share: 0.45, within: 0.6 } as const
/** So far within its subject, it is at least known what the words are about. */
export const CLEAR_WITHIN = 0.5

export const isSureFact = (best: RankedAnswer | undefined, within: number = SURE_FACT.within): boolean =>
  best !== undefined && best.share >= SURE_FACT.share && best.within >= within

/** And this is enough where a section may be meant of which no fact is. */
const LIKELY_WITHIN = 0.5

/** Stands for everything around the guides. */
const OUTSIDE = Symbol('outside')
type Group = string | typeof OUTSIDE

/** What one message asks for, put to the bot: a fact, a section, or something around the guides. */
export function answerAsked(understanding: Understanding): Decision | undefined {
  const exact = understanding.answers?.find(({ wordForWord }) => wordForWord)
  if (exact) {
    const { sectionKey } = exact.answer
    return sectionKey === undefined
      ? outsideWith(understanding, exact)
      : sectionWith(sectionKey, [], understanding, exact)
  }
  const beside = besideGoods(understanding)
  if (beside) return beside
  const ranked = rankGroups(understanding)
  const outside = ranked.find(([group]) => group === OUTSIDE)?.[1] ?? 0
  const sections = ranked.flatMap(([group, share]) => (typeof group === 'string' ? [[group, share] as const] : []))
  const [first, ...others] = ledByFact(sections, understanding)
  if (!first) return outside > 0 ? outsideWith(understanding) : undefined
  // A little of everything is nothing: the words are not understood.
  const good = categoryOf(understanding, understanding.answers?.[0])
  if (Math.max(outside, first[1]) < TOLD_SHARE && !good) return undefined
  const named = others.filter(([, share]) => share >= NAMED_SHARE).slice(0, MAX_NAMED)
  const alternatives = named.map(([sectionKey]) => sectionKey)
  const likeness = outside / (outside + first[1])
  if (likeness > OUTSIDE_FROM) return outsideWith(understanding)
  if (likeness > TORN_FROM) {
    const best = understanding.answers?.[0]
    // What stands out within its subject is told, though the subject itself is in doubt.
    const standsOut = best?.answer.sectionKey === undefined && (best?.within ?? 0) >= SURE_WITHIN_CONCRETE
    const inside = likeness > 0.5 || standsOut ? undefined : factOf(first[0], understanding)
    // Where no fact of the section is asked for, the likeliest of all is.
    const isLikeliest = best?.answer.sectionKey === undefined && (best?.within ?? 0) >= LIKELY_WITHIN
    const fact = inside ?? (likeness > 0.5 || standsOut || isLikeliest ? outsideFact(understanding) : undefined)
    // Goods that are named have their category, whichever of the two the question belongs to.
    if (fact?.kind === 'category' && fact.hits.some(({ general, rows }) => !general && rows.length > 0))
      return likeness > 0.5
        ? { kind: 'outside', fact }
        : { kind: 'answer', sectionKeys: [first[0]], reason: 'sure', fact }
    // A choice of one is none.
    if (!fact && alternatives.length === 0)
      return likeness > 0.5 ? { kind: 'outside' } : sectionWith(first[0], [], understanding)
    return { kind: 'clarify', sectionKeys: [first[0], ...alternatives], ...(fact ? { fact } : {}) }
  }
  return sectionWith(first[0], alternatives, understanding)
}

/** What may be asked of goods beside their category and its documents; undefined for these. */
export const askedOfGoods = (
  wants: Wanted | undefined,
): { readonly asks: 'individual' | 'second-review' | 'without' } | undefined =>
  wants === 'individual' || wants === 'second-review' || wants === 'without' ? { asks: wants } : undefined

/** So likely, 0..1, one fact is asked for, whatever goods the words name beside. */
const SURE_BESIDE_GOODS = 0.5
/** So clearly, 0..1, a fact of the section that tells of a community is asked for. */
const WITHIN_BESIDE_GOODS = 0.5
const SHARE_BESIDE_GOODS = 0.08
const SHARE_OF_BEST = 0.25

/** 书画班想互相发发作品，类目点哪一个: what the guides tell of a community, and the category of what else is named. */
function besideGoods({ answers = [], categories = [], ofGuides, wants }: Understanding): Decision | undefined {
  const [best] = answers
  const hits = categories.filter(isNamedGood)
  if (!best || hits.length === 0 || ofGuides === undefined) return undefined
  if (best.share >= SURE_BESIDE_GOODS && best.within >= SURE_WITHIN_CONCRETE) {
    const fact = { kind: 'short-answer', answer: best.answer } as const
    const { sectionKey } = best.answer
    return sectionKey === undefined
      ? { kind: 'outside', fact }
      : { kind: 'answer', sectionKeys: [sectionKey], reason: 'sure', fact }
  }
  const guided = answers.find(({ answer }) => answer.sectionKey === ofGuides)
  if (!guided || guided.within < WITHIN_BESIDE_GOODS) return undefined
  if (guided.share < SHARE_BESIDE_GOODS || guided.share < SHARE_OF_BEST * best.share) return undefined
  const fact = { kind: 'short-answer', answer: guided.answer } as const
  // Its author had that good in mind.
  if (names(guided.answer, hits)) return { kind: 'answer', sectionKeys: [ofGuides], reason: 'sure', fact }
  const goods = { kind: 'category', hits, ...askedOfGoods(wants) } as const
  const parts = [{ sectionKey: ofGuides, fact }, { fact: goods }]
  return { kind: 'answer', sectionKeys: [ofGuides], reason: 'several', parts }
}

/** So clearly, 0..1, one fact of its section is asked for, and so many times likelier than any of the section before it. */
const LED_WITHIN = 0.7
const LED_TIMES = 2
/** So close, 0..1, its section has to come to that one. */
const LED_CLOSE = 0.6

type SectionShare = readonly [sectionKey: string, share: number]

/** 类目选什么 sounds most like a rejection's page, none of whose facts it asks for: the section of its fact comes first. */
function ledByFact(sections: readonly SectionShare[], { answers = [] }: Understanding): readonly SectionShare[] {
  const [first] = sections
  const [lead] = answers
  const led = sections.find(([key]) => key === lead?.answer.sectionKey)
  if (!first || !lead || !led || led === first || lead.within < LED_WITHIN) return sections
  const own = answers.find(({ answer }) => answer.sectionKey === first[0])?.share ?? 0
  const isLed = lead.share >= LED_TIMES * own && led[1] >= LED_CLOSE * first[1]
  return isLed ? [led, ...sections.filter((one) => one !== led)] : sections
}

function sectionWith(
  sectionKey: string,
  alternatives: readonly string[],
  understanding: Understanding,
  exact?: RankedAnswer,
): Decision {
  const fact = factOf(sectionKey, understanding, exact)
  return {
    kind: 'answer',
    sectionKeys: [sectionKey],
    reason: 'sure',
    ...(fact ? { fact, ...showing(fact, understanding) } : {}),
    ...(alternatives.length > 0 ? { alternatives } : {}),
  }
}

/** Whoever asks where something is sees the screen, too. */
const showing = (fact: Fact, { wants }: Pick<Understanding, 'wants'>): { readonly shows?: true } =>
  wants !== undefined && fact.kind === 'short-answer' && fact.answer.steps ? { shows: true } : {}

/** What one question of several asks for; undefined where it is not understood. */
export function answerPart(question: Question): AnswerPart | readonly AnswerPart[] | undefined {
  if (question.unread) return undefined
  const understanding = { normalized: question.text, trimmed: question.text, act: 'question', ...question } as const
  const decision = answerAsked(understanding)
  switch (decision?.kind) {
    case 'answer': {
      if (decision.parts) return decision.parts
      const [sectionKey] = decision.sectionKeys
      // Its few lines will do beside others, but whoever asks how to do it needs the pictures.
      const fact =
        decision.fact ??
        factOf(sectionKey, question, undefined, { wholeToo: true }) ??
        likeliestOf(sectionKey, question)
      // The table tells of goods what no section does.
      if (fact?.kind === 'category' && fact.hits.some(({ general }) => !general)) return { fact }
      const isWhole = fact?.kind === 'short-answer' && (fact.answer.whole || fact.answer.steps)
      const shows = isWhole && question.wants ? ({ shows: true } as const) : {}
      return { sectionKey, ...(fact ? { fact, ...shows } : {}) }
    }
    case 'clarify':
      return decision.fact
        ? { ...sectionOfFact(decision.fact), fact: decision.fact }
        : { sectionKey: decision.sectionKeys[0] }
    case 'outside':
      return decision.fact && { fact: decision.fact }
    default:
      return undefined
  }
}

/** Of a section that is asked about, what is likeliest asked for: a line beside others rather than a page. */
function likeliestOf(sectionKey: string, { answers = [], wants }: Question): Fact | undefined {
  const best = answers.find(({ answer }) => answer.sectionKey === sectionKey)
  const isLikely = best && best.within >= LIKELIEST_WITHIN && wants !== 'steps'
  return isLikely ? { kind: 'short-answer', answer: best.answer } : undefined
}

/** So likely, 0..1, one fact of its section is asked for. */
const LIKELIEST_WITHIN = 0.15

const sectionOfFact = (fact: Fact): { readonly sectionKey?: string } =>
  fact.kind === 'short-answer' && fact.answer.sectionKey !== undefined ? { sectionKey: fact.answer.sectionKey } : {}

/** Sections and what lies outside them, best first; shares sum to 1 or less. */
function rankGroups({ candidates, outside, answers = [] }: Understanding): readonly (readonly [Group, number])[] {
  const scores = new Map<Group, number>()
  const add = (group: Group, share: number): unknown => scores.set(group, (scores.get(group) ?? 0) + share)
  const weight = answers.length > 0 ? SUBJECTS_WEIGHT : 1
  for (const { sectionKey, share } of candidates) add(sectionKey, share * weight)
  if (outside) add(OUTSIDE, outside.share * weight)
  for (const { answer, share } of answers) add(answer.sectionKey ?? OUTSIDE, share * (1 - weight))
  return [...scores].sort((a, b) => b[1] - a[1])
}

/** The fact of a section that is asked for; none where the whole of it is, unless its few lines will do. */
export function factOf(
  sectionKey: string,
  { answers = [], categories = [], wants, taught }: Pick<Understanding, 'answers' | 'categories' | 'wants' | 'taught'>,
  exact?: RankedAnswer,
  { wholeToo = false } = {},
): Fact | undefined {
  const best = exact ?? answers.find(({ answer }) => answer.sectionKey === sectionKey)
  if (!exact) {
    const category = categoryOf({ categories, wants }, best)
    if (category) return category
  }
  // A colleague has named the section for words that none of its facts may know.
  const least = taught === 'section' ? SURE_WITHIN : MIN_WITHIN
  if (!best || (best.within < least && !(taught === undefined && standsOut(best, answers)))) return undefined
  const { whole, steps } = best.answer
  if (!wholeToo && (whole || (steps && wants === 'steps'))) return undefined
  return { kind: 'short-answer', answer: best.answer }
}

/** Less than `MIN_WITHIN` is enough, 0..1, where all other facts of the section are so many times less likely. */
const LEAST_WITHIN = 0.15
const ALONE_TIMES = 2

function standsOut(best: RankedAnswer, answers: readonly RankedAnswer[]): boolean {
  if (best.within < LEAST_WITHIN) return false
  const next = answers.find(({ answer }) => answer !== best.answer && answer.sectionKey === best.answer.sectionKey)
  return best.within >= ALONE_TIMES * (next?.within ?? 0)
}

/** A category that names a concrete good, which rarely stands in a question by chance, is beaten by no less than this. */
const SURE_WITHIN_CONCRETE = 0.75
/** And by nothing less among all facts: 口红归哪个类目 fits “which category” well, and hardly asks for that one. */
const SURE_SHARE_CONCRETE = 0.25

type CategoryReading = { readonly categories?: readonly CategoryHit[]; readonly wants?: Wanted | undefined }

function categoryOf(
  { categories: hits = [], wants }: CategoryReading,
  best: RankedAnswer | undefined,
): Fact | undefined {
  const isTold = hits.some(({ rows }) => rows.length > 0)
  // The table knows of each category what short answers can tell of a few.
  if (isTold && (wants === 'individual' || wants === 'second-review')) return { kind: 'category', hits, asks: wants }
  const asks = wants === 'without' ? ({ asks: wants } as const) : {}
  if (isTold && best?.answer.beyond) return { kind: 'category', hits, ...asks }
  const within = best?.within ?? 0
  const concrete = hits.filter(({ general }) => !general)
  if (concrete.length > 0) {
    const isSure = within >= SURE_WITHIN_CONCRETE && (best?.share ?? 0) >= SURE_SHARE_CONCRETE
    const isOfAll = isSure && concrete.every((hit) => speaksOf(best!.answer, [hit]))
    const isBeaten = isSure && (concrete.every(({ rows }) => rows.length === 0) || isOfAll)
    return isBeaten ? undefined : { kind: 'category', hits, ...asks }
  }
  return hits.length > 0 && within < SURE_WITHIN ? { kind: 'category', hits, ...asks } : undefined
}

/** 饼干要什么证: what the guides say of documents in general is not asked for, unless their author had that good in mind. */
const speaksOf = (answer: ShortAnswer, hits: readonly CategoryHit[]): boolean =>
  answer.sectionKey === undefined || names(answer, hits)

const names = ({ asks, lines }: ShortAnswer, hits: readonly CategoryHit[]): boolean =>
  hits.flatMap(({ word }) => word.split('、')).some((word) => [...asks, ...lines].some((text) => text.includes(word)))

/** What lies around the guides: its own fact, or the honest word that none is known. */
function outsideWith(understanding: Understanding, exact?: RankedAnswer): Decision {
  const fact = outsideFact(understanding, exact)
  return { kind: 'outside', ...(fact ? { fact } : {}) }
}

function outsideFact({ answers = [], ...read }: Understanding, exact?: RankedAnswer): Fact | undefined {
  if (exact) return { kind: 'short-answer', answer: exact.answer }
  const best = answers.find(({ answer }) => answer.sectionKey === undefined)
  const category = categoryOf(read, best)
  if (category) return category
  return best && best.within >= MIN_WITHIN ? { kind: 'short-answer', answer: best.answer } : undefined
}
