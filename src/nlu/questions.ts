import type { Phrases } from '../model/language.js'
import type {
  Candidate,
  CategoryHit,
  IntentMatcher,
  Match,
  Question,
  Questions,
  RankedAnswer,
  TalkSubject,
} from '../model/understanding.js'
import { type Clause, clausesOf, isNamedGood, piecesOf, type SegmentReading } from './segmenter.js'
import { scopeOf } from './topics.js'

interface ReadQuestion extends Question {
  /** Of `answers`, the likeliest one: 0..1 by all that is known. */
  readonly sureness: number
}

interface SeparateQuestions {
  readonly questions: readonly ReadQuestion[]
  /** Clauses that ask for something which is not understood, each before the question of that place among those above. */
  readonly unread: readonly { readonly text: string; readonly before: number }[]
  /** 0..1: how surely these are several. */
  readonly confidence: number
}

/** Surer than this, a clause needs nothing that stands before it. */
const SURE_ALONE = 0.8
/** Less is not understood. */
const SURE = 0.2
/** So sure within what was asked about before, a few words are a question about that: 盖章吗？多大？ */
const SURE_WITHIN = 0.5
/** As likely there, where its own words name no fact with this share. */
const LIKELY_WITHIN = 0.28
const VAGUE_SHARE = 0.2
/** Whoever writes more names what it is about. */
const MAX_ELIDED_CHARS = 10
/** How much the whole message counts beside the clause itself; what the whole says nothing of counts as this share of it, 0..1. */
const WHOLE_WEIGHT = 0.5
const UNSEEN_SHARE = 0.02

/**
 * Finds the questions of a message that asks several things, each with what it asks for.
 *
 * @param text see `normalizeText`
 * @param whole what `matcher` makes of the whole text
 * @returns undefined when no more than one thing is asked for
 */
export function findQuestions(text: string, whole: Match, reading: SegmentReading): Questions | undefined {
  const found = separateQuestions(text, whole, reading)
  if (!found) return undefined
  const { questions, unread, confidence } = found
  const unreadBefore = (place: number): readonly Question[] =>
    unread.filter(({ before }) => before === place).map(({ text: words }) => unreadQuestion(words))
  // What is a guess is told to be unknown, where it says what it asks for.
  const told = (question: Question): readonly Question[] => {
    if (!isVague(question)) return [question]
    const goods = reading.matcher.goods?.(question.text).filter(isNamedGood) ?? []
    if (goods.length > 0) return [{ ...question, categories: goods }]
    return namesWhat(question.text, reading.phrases) ? [unreadQuestion(question.text)] : []
  }
  const parts = [
    ...questions.flatMap((question, at) => [...unreadBefore(at), ...told(question)]),
    ...unreadBefore(questions.length),
  ]
  return { parts, confidence }
}

const unreadQuestion = (text: string): Question => ({
  ...{ text, candidates: [], wantsHuman: { confidence: 0, overheard: 0 }, unread: true },
})

interface Whole {
  readonly matcher: IntentMatcher
  /** What `matcher` makes of the whole message. */
  readonly whole: Match
}

/** What the questions of one message have in common. */
interface List {
  /** Their writer has numbered them. */
  readonly isNumbered: boolean
  /** What is sold, by the whole message. */
  readonly goods: readonly CategoryHit[]
}

function separateQuestions(text: string, whole: Match, reading: SegmentReading): SeparateQuestions | undefined {
  const { matcher, phrases } = reading
  const { clauses, isNumbered, confidence } = clausesOf(text, reading)
  if (clauses.length < 2) return undefined
  // 我们卖茶叶的，做了个社区: whose category is asked for, each clause tells by itself.
  const goods = matcher.ofGuides?.(text) !== undefined ? [] : (whole.categories?.filter(isNamedGood) ?? [])
  const alone = clauses.map((clause) => questionOf(clause, matcher.match(clause.text)))
  const questions: ReadQuestion[] = []
  const unread: { text: string; after: number }[] = []
  for (const [at, clause] of clauses.entries()) {
    const others = alone.flatMap((other, index) => (index === at ? [] : (sureOf(other) ?? [])))
    const own = { ...clause, alone: alone[at]! }
    const given = { matcher, whole: without(whole, others), phrases, isNumbered, goods }
    const question = readQuestion(own, questions.at(-1), given) ?? readAsking(own, questions.at(-1), given)
    if (question) questions.push(question)
    else if (asksOfItsOwn(own, phrases)) unread.push({ text: clause.text, after: questions.length })
  }
  const distinct = distinctOf(questions)
  if (distinct.length < 2) return undefined
  const before = (after: number): number => distinct.filter(([, place]) => place < after).length
  return {
    questions: distinct.map(([question]) => question),
    unread: unread.map(({ text: words, after }) => ({ text: words, before: before(after) })),
    confidence,
  }
}

/** Less, 0..1, is a guess, be it the likeliest fact of all. */
const GUESSED_SHARE = 0.18
/** So surely, 0..1, about a section, its steps will do where none of its facts stands out. */
const SURE_SECTION = 0.8

/** Fits no fact and no section better than others. */
const isVague = ({ answers = [], candidates, categories }: Question): boolean =>
  answers[0] !== undefined &&
  !answers[0].wordForWord &&
  answers[0].share < GUESSED_SHARE &&
  (candidates[0]?.share ?? 0) < SURE_SECTION &&
  categories === undefined

/** Shorter words name nothing that could be told to be unknown. */
const MIN_UNREAD_CHARS = 4
/** 这俩要证不 */
const POINTS = /^[这那它].{0,6}$/u

/** Asks for something by its name, in words that can be quoted. */
const namesWhat = (text: string, { asks, depends, tellsSelf, bareHow }: Phrases<'questions'>): boolean =>
  (text.match(/\p{Script=Han}/gu)?.length ?? 0) >= MIN_UNREAD_CHARS &&
  asks.test(text) &&
  !depends.test(text) &&
  !tellsSelf.test(text) &&
  !bareHow.test(text) &&
  !POINTS.test(text)

/** Less is hardly for us, 0..1, as if it had been put to the bot. */
const UNREAD_SCOPE = 0.3

/** The same in words that may be for us. */
const asksOfItsOwn = (
  { text, alone }: Clause & { readonly alone: ReadQuestion },
  phrases: Phrases<'questions'>,
): boolean => {
  const [top] = alone.candidates
  return top !== undefined && scopeOf(top) >= UNREAD_SCOPE && namesWhat(text, phrases)
}

/** So surely, 0..1, a clause asks for a fact that no other clause of the message asks for it, too. */
const SURE_FACT = 0.7

const sureOf = ({ answers, sureness }: ReadQuestion): string | undefined => {
  const [best] = answers ?? []
  return best && best.share * Math.min(1, sureness / best.share) >= SURE_FACT ? best.answer.id : undefined
}

/** What a message is about beside those facts. */
const without = (whole: Match, facts: readonly string[]): Match =>
  facts.length === 0 || !whole.answers
    ? whole
    : { ...whole, answers: whole.answers.filter(({ answer }) => !facts.includes(answer.id)) }

/**
 * By its own words, as a few words about what was asked about last, or with what is told before it: the reading that fits
 * both the clause and the whole message. 走啥流程 asks for the steps of all there is, behind 主体要从 A 公司转 B 公司 for those of a move.
 */
function readQuestion(
  clause: Clause & { readonly alone: ReadQuestion },
  last: ReadQuestion | undefined,
  { matcher, whole, phrases, isNumbered, goods }: Whole & SegmentReading & List,
): ReadQuestion | undefined {
  const { text, before, alone } = clause
  const swapped = last?.categories && text.length <= MAX_BARE_CHARS && phrases.swaps.exec(text)?.groups?.other
  const others = swapped ? (matcher.goods?.(swapped).filter(({ rows }) => rows.length > 0) ?? []) : []
  // 玩具呢, behind 个护家清要证吗
  if (last && others.length > 0)
    return {
      ...questionOf({ ...clause, wants: last.wants }, last),
      answers: [],
      categories: others,
      sureness: SURE_ALONE,
    }
  if (!alone.categories && leavesOutGoods(clause, phrases)) {
    const led = before === '' ? undefined : questionOf(clause, matcher.match(`${before} ${text}`))
    // 钓鱼佬论坛里卖鱼竿 商品类目选啥: what is told right before it is asked of, the community with it.
    const isOfBoth = led?.ofGuides !== undefined && led.categories?.some(isNamedGood) === true
    if (led && isOfBoth) return { ...led, sureness: SURE_ALONE }
    const named = led?.categories?.filter(isNamedGood) ?? []
    const sold = named.length > 0 ? named : goods
    // 冇牌照点算, behind 卖红酒要拣咩类目
    if (sold.length > 0)
      return {
        ...questionOf(clause, matcher.match(`${sold[0]!.word} ${text}`)),
        categories: sold,
        sureness: SURE_ALONE,
      }
  }
  const instead = last && askedInstead(clause, last, { matcher, phrases })
  if (instead) return instead
  const dependsOnLast = last !== undefined && phrases.depends.test(text)
  // 没有的话能不能先藏起来审完再放出来 says all by itself.
  const rest = dependsOnLast ? text.replace(phrases.depends, '').replace(LEADS, '') : ''
  const own = rest.length >= MIN_REST_CHARS ? questionOf(clause, matcher.match(rest)) : alone
  const isBound = dependsOnLast && (own === alone || own.sureness < SURE)
  // 3、多久: with a number of its own it goes on from nothing.
  const isOwn = isNumbered && !isBound && !BARE.test(text) && alone.sureness >= SURE_NUMBERED
  const readings = isBound ? [] : [own]
  if (before !== '') {
    const led = questionOf(clause, matcher.match(`${before} ${text}`))
    // What is clear by itself needs nothing that leads to it, unless the whole message most likely asks for that.
    const isClear = !isBound && sureOf(alone) !== undefined
    if (!isClear || isLikeliest(led, whole)) readings.push(led)
  }
  if (
    last &&
    !isOwn &&
    !alone.categories?.some(isNamedGood) &&
    (isBound || (text.length <= MAX_ELIDED_CHARS && alone.sureness < SURE_ALONE))
  ) {
    const subject = subjectOf(last)
    const within = subject && matcher.within?.(subject, text)[0]
    const isVague = isVagueAlone(alone)
    if (within && within.within >= (isVague ? LIKELY_WITHIN : SURE_WITHIN)) {
      // 要钱吗, as its author wrote it for this subject; and words that say nothing alone say what was gone on from.
      if (within.wordForWord || isVague) readings.length = 0
      readings.push(elided(clause, within, last))
    }
    const joint = matcher.match(`${last.text} ${text}`)
    const both = questionOf(clause, joint)
    const added = gainsMost(joint, last)
    if (targetOf(both) !== targetOf(last) && tellsFact(both, last)) readings.push(both)
    else if (added) readings.push(elided(clause, added, { ...last, ...joint }))
  }
  if (readings.length === 0) return undefined
  const fits = (reading: ReadQuestion): number =>
    reading.sureness * (shareOf(reading, whole) + UNSEEN_SHARE) ** WHOLE_WEIGHT
  const best = readings.reduce((one, other) => (fits(other) > fits(one) ? other : one))
  return best.sureness >= SURE ? inLightOf(whole, best) : undefined
}

/**
 * 跑腿呢, behind 拼车版块要什么证: what the last question asks, with this in place of what it asks it of. The clearest of
 * all ways to put it there counts.
 *
 * @returns undefined where that is as vague, or the same
 */
function askedInstead(
  clause: Clause,
  last: ReadQuestion,
  { matcher, phrases }: SegmentReading,
): ReadQuestion | undefined {
  const other = clause.text.length <= MAX_BARE_CHARS ? phrases.swaps.exec(clause.text)?.groups?.other : undefined
  if (other === undefined) return undefined
  const asked = last.text.slice(-MAX_ASKED_CHARS)
  const rests = Array.from(asked, (_, at) => asked.slice(at)).filter(
    (rest) => rest.length > 1 && phrases.asks.test(rest),
  )
  const readings = rests
    .map((rest) => questionOf(clause, matcher.match(`${other}${rest}`)))
    .filter((reading) => targetOf(reading) !== targetOf(last))
  const shareOfBest = ({ answers = [], categories = [] }: ReadQuestion): number =>
    (answers[0]?.share ?? 0) + (categories.some(isNamedGood) ? 1 : 0)
  const [best] = readings.sort((a, b) => shareOfBest(b) - shareOfBest(a))
  return best && shareOfBest(best) >= CLEAR_INSTEAD
    ? { ...best, sureness: Math.max(best.sureness, SURE_ALONE) }
    : undefined
}

/** What asks in a question stands in so many characters at its end. */
const MAX_ASKED_CHARS = 10
/** So clearly, 0..1, one fact is asked for. */
const CLEAR_INSTEAD = 0.5

/** 那个网站到底哪个 百度出来一堆假的: what asks in a clause that says nothing as a whole. */
function readAsking(
  clause: Clause,
  last: ReadQuestion | undefined,
  given: Whole & SegmentReading & List,
): ReadQuestion | undefined {
  const [asking, ...others] = piecesOf(clause.text, given.phrases).filter(({ asks }) => asks)
  if (!asking || others.length > 0 || asking.text === clause.text) return undefined
  const narrower = { ...clause, text: asking.text }
  const alone = questionOf(narrower, given.matcher.match(asking.text))
  const question = readQuestion({ ...narrower, alone }, last, given)
  return question && !isVague(question) ? question : undefined
}

/** What is asked behind 没有的话, if it says so much, may say all by itself. */
const MIN_REST_CHARS = 6
const LEADS = /^[\s,的话呢就]+/
/** 2)头像呢, behind 1)名字一年给改几次 */
const BARE = /^.{1,6}呢[?~]*$/u
/** So surely, 0..1, a point of a list stands on its own. */
const SURE_NUMBERED = 0.5

/** Whoever writes more asks for documents, or a category, of something else. */
const MAX_BARE_CHARS = 10

/** So surely, 0..1, such words ask for something else. */
const SURE_BARE = 0.6

/** 个人能做吗, 要啥证, 类目选哪个: asked of goods which the words themselves don't name. */
const leavesOutGoods = (
  { text, wants, alone }: Clause & { readonly alone: ReadQuestion },
  { asksDocuments, asksCategory, asksOnlyReview }: Phrases<'questions'>,
): boolean => {
  // 资质图多大 asks for the size, 个人名下能备案几个 for a number.
  const isOpen = (alone.answers?.[0]?.share ?? 0) < SURE_BARE
  if (wants === 'without' || (wants === 'individual' && isOpen)) return true
  if (text.length > MAX_BARE_CHARS) return false
  return asksCategory.test(text) || asksOnlyReview.test(text) || (isOpen && asksDocuments.test(text))
}

/** Fits a little of everything: 在哪改. */
const isVagueAlone = ({ answers = [], categories }: ReadQuestion): boolean =>
  answers[0] !== undefined && answers[0].share < VAGUE_SHARE && categories === undefined

/** So likely, 0..1, the whole message asks for one fact. */
const LIKELIEST_SHARE = 0.35

const isLikeliest = ({ answers }: ReadQuestion, whole: Match): boolean => {
  const [likeliest] = whole.answers ?? []
  return (likeliest?.share ?? 0) >= LIKELIEST_SHARE && likeliest?.answer.id === answers?.[0]?.answer.id
}

/** That both are about the section of the first says nothing of what the second asks for. */
const tellsFact = (both: ReadQuestion, last: ReadQuestion): boolean =>
  both.candidates[0]?.sectionKey !== last.candidates[0]?.sectionKey || (both.answers?.[0]?.share ?? 1) >= LIKELY_WITHIN

/** So much likelier than the last question alone makes it, a fact is what was added to that question. */
const LIFTED = 0.7
/** How much a fact's gain counts beside its share with both. */
const LIFT_POWER = 0.5
/** What is no likelier than this many times before is not what was added. */
const MIN_GAIN = 1.5
/** What the last question says nothing of counts as this share of it, 0..1. */
const UNASKED_SHARE = 0.02

/**
 * What a few words ask for that were added to a question, 头像一年能改几次 – 那简称呢: the fact that gains most by them.
 *
 * @param joint the last question with the words behind it
 * @param last that question alone
 * @returns undefined where none gains enough
 */
export function gainsMost(joint: Match, last: Match): RankedAnswer | undefined {
  const before = new Map(last.answers?.map(({ answer, share }) => [answer.id, share]))
  const lifted = (joint.answers ?? []).map((one) => {
    const gain = (one.share + UNASKED_SHARE) / ((before.get(one.answer.id) ?? 0) + UNASKED_SHARE)
    return [one, gain < MIN_GAIN ? 0 : one.share * gain ** LIFT_POWER] as const
  })
  const [best] = lifted.sort((a, b) => b[1] - a[1])
  return best && best[1] >= LIFTED && !best[0].wordForWord ? best[0] : undefined
}

/** What the clause leaves open between answers that it fits alike, the whole message settles. */
function inLightOf(whole: Match, question: ReadQuestion): ReadQuestion {
  const [own] = question.answers ?? []
  if (own?.wordForWord) return question
  const weigh = (seen: number): number => (seen + UNSEEN_SHARE) ** WHOLE_WEIGHT
  const open = Math.min(1, 2 * (1 - (own?.share ?? 0)))
  const sections = new Map(whole.candidates.map(({ sectionKey, share }) => [sectionKey, share]))
  const facts = new Map(whole.answers?.map(({ answer, share }) => [answer.id, share]))
  const shares = question.candidates.map(({ sectionKey, share }) => share * weigh(sections.get(sectionKey) ?? 0))
  const outside = (question.outside?.share ?? 0) * weigh(whole.outside?.share ?? 0)
  const scale = (shares.reduce((sum, share) => sum + share, 0) + outside) / sumOf(question)
  const candidates = question.candidates.map((one, at): Candidate => {
    const share = shares[at]! / scale
    const factor = one.share === 0 ? 0 : share / one.share
    return { ...one, share, confidence: one.confidence * factor, overheard: one.overheard * factor }
  })
  candidates.sort((a, b) => b.share - a.share)
  const answers = inProportion(question.answers ?? [], ({ answer }) => weigh(facts.get(answer.id) ?? 0) ** open)
  return {
    ...question,
    candidates,
    ...(question.answers && { answers }),
    ...(question.outside && { outside: { ...question.outside, share: outside / scale } }),
  }
}

const sumOf = ({ candidates, outside }: Match): number =>
  candidates.reduce((sum, { share }) => sum + share, outside?.share ?? 0) || 1

/** Weighed anew, their shares and those within each subject summing to what they did. */
function inProportion(ranked: readonly RankedAnswer[], weigh: (one: RankedAnswer) => number): readonly RankedAnswer[] {
  const totals = (
    key: (one: RankedAnswer) => string,
    of: (one: RankedAnswer) => number,
  ): ((one: RankedAnswer) => number) => {
    const before = new Map<string, number>()
    const after = new Map<string, number>()
    for (const one of ranked) {
      before.set(key(one), (before.get(key(one)) ?? 0) + of(one))
      after.set(key(one), (after.get(key(one)) ?? 0) + of(one) * weigh(one))
    }
    return (one) => (of(one) * weigh(one) * before.get(key(one))!) / (after.get(key(one)) || 1)
  }
  const share = totals(
    () => '',
    (one) => one.share,
  )
  const within = totals(
    ({ answer }) => answer.sectionKey ?? `:${answer.topic}`,
    (one) => one.within,
  )
  return ranked
    .map((one): RankedAnswer => ({ ...one, share: share(one), within: within(one) }))
    .sort((a, b) => b.share - a.share)
}

/** How much of the whole message is about what a question asks for, 0..1. */
function shareOf(question: ReadQuestion, { answers = [], candidates }: Match): number {
  const [best] = question.answers ?? []
  const [top] = question.candidates
  if (best) return answers.find(({ answer }) => answer.id === best.answer.id)?.share ?? 0
  return candidates.find(({ sectionKey }) => sectionKey === top?.sectionKey)?.share ?? 0
}

function questionOf({ text, wants }: Clause, match: Match): ReadQuestion {
  const [top] = match.candidates
  const scope = top === undefined ? 0 : scopeOf(top)
  const best = match.answers?.[0]
  const share = Math.max(best?.share ?? 0, top?.share ?? 0, match.outside?.share ?? 0)
  return { ...match, text, ...(wants ? { wants } : {}), sureness: best?.wordForWord ? 1 : scope * share }
}

function elided({ text }: Clause, within: RankedAnswer, last: ReadQuestion): ReadQuestion {
  const { sectionKey } = within.answer
  const candidates = sectionKey === undefined ? [] : last.candidates.filter((one) => one.sectionKey === sectionKey)
  return {
    ...{ text, candidates, wantsHuman: { confidence: 0, overheard: 0 }, sureness: within.within },
    ...(sectionKey === undefined && last.outside ? { outside: last.outside } : {}),
    answers: [{ ...within, wordForWord: true }],
  }
}

function subjectOf({ answers, candidates }: ReadQuestion): TalkSubject | undefined {
  const best = answers?.[0]?.answer
  if (best) return best.sectionKey === undefined ? { topic: best.topic } : { sectionKey: best.sectionKey }
  return candidates[0] && { sectionKey: candidates[0].sectionKey }
}

/** What a question asks for: a short answer, or a section where there are none. */
const targetOf = ({ answers, candidates, wants, categories = [] }: ReadQuestion): string | undefined => {
  const goods = [...categories.map(({ word }) => word), ...(categories.length > 0 && wants ? [wants] : [])].join()
  const target = answers?.[0]?.answer.id ?? candidates[0]?.sectionKey
  return target === undefined ? undefined : goods === '' ? target : `${target} ${goods}`
}

type Placed = readonly [question: ReadQuestion, place: number]

/** Each thing that is asked for once, in order: of two questions that ask for one, the less sure asks for what is likeliest next. */
function distinctOf(questions: readonly ReadQuestion[]): readonly Placed[] {
  const byTarget = new Map<string, Placed>()
  for (const [place, question] of questions.entries()) {
    const target = targetOf(question)
    if (target === undefined) continue
    const known = byTarget.get(target)
    const isSurer = !known || known[0].sureness < question.sureness
    if (isSurer) byTarget.set(target, [question, place])
    const weaker = isSurer ? known : ([question, place] as const)
    const other = weaker && otherwise(weaker[0])
    const next = other && targetOf(other)
    if (next !== undefined && !byTarget.has(next)) byTarget.set(next, [other!, weaker![1]])
  }
  return [...byTarget.values()].sort((a, b) => a[1] - b[1])
}

/** So surely, 0..1, a question asks for what another one asks for, too. */
const SURELY_SAME = 0.6
/** So likely, 0..1, it asks for something else, then. */
const LIKELY_ELSE = 0.15

function otherwise({ answers = [], categories, ...question }: ReadQuestion): ReadQuestion | undefined {
  const [first, next] = answers
  if (!first || !next || categories || first.wordForWord || first.share >= SURELY_SAME) return undefined
  return next.share < LIKELY_ELSE ? undefined : { ...question, answers: answers.slice(1) }
}
