import { characterPairs } from '../base/text.js'
import type { Decision, Fact } from '../model/decision.js'
import type { CategoryRow, ShortAnswer } from '../model/knowledge.js'
import type { Language } from '../model/language.js'
import type { Candidate, CategoryHit, Match, RankedAnswer, TalkSubject, Understanding } from '../model/understanding.js'
import { normalizeText } from '../nlu/normalize.js'
import { askedOfGoods, scopeOf } from './answer.js'
import type { Situation, Turn } from './turn.js'

/** A fact of this share among those of the talk's subject is what a few words ask for. */
export const LIKELY_ELIDED = 0.3
export const SURE_ELIDED = 0.5

/** What the last answer to this person was about. */
export function subjectOf({ replies = [], lastSection, clarifying, offered }: Situation): TalkSubject | undefined {
  for (const { decision } of replies.toReversed()) {
    const part = 'parts' in decision ? decision.parts?.findLast(({ unknown }) => unknown === undefined) : undefined
    if (part?.fact?.kind === 'short-answer') return subjectOfAnswer(part.fact.answer)
    if (decision.kind === 'outside' && decision.fact)
      return decision.fact.kind === 'short-answer' ? { topic: decision.fact.answer.topic } : undefined
    if (decision.kind === 'clarify' && decision.fact?.kind === 'short-answer')
      return subjectOfAnswer(decision.fact.answer)
    // Where the notice was asked for, every reason is as likely.
    if (decision.kind === 'clarify') return decision.asksNotice ? undefined : { sectionKey: decision.sectionKeys[0] }
    if (decision.kind === 'answer') {
      const key = decision.sectionKeys.at(-1)
      return key === undefined ? undefined : { sectionKey: key }
    }
    if (decision.kind === 'escalate') return undefined
  }
  const key = clarifying ? offered[0] : lastSection
  return key === undefined ? undefined : { sectionKey: key }
}

const subjectOfAnswer = ({ sectionKey, topic }: ShortAnswer): TalkSubject =>
  sectionKey === undefined ? { topic } : { sectionKey }

/** The bot has just asked for the notice of a rejection. */
export function awaitsNotice({
  replies = [],
}: {
  readonly replies?: readonly { readonly decision: Decision }[]
}): boolean {
  const last = replies.at(-1)?.decision
  return last?.kind === 'clarify' && last.asksNotice === true
}

export function likelyWithin(situation: Situation, level: number): RankedAnswer | undefined {
  const subject = situation.talkedLately ? subjectOf(situation) : undefined
  const best = subject && situation.factsWithin?.(subject)[0]
  return best && best.within >= level ? best : undefined
}

/** A fact that a few words may ask for behind what was asked and told before. */
export interface Onward {
  readonly answer: ShortAnswer
  /** 0..1, comparable between messages. Of 137 follow-ups that authors wrote blindly, the likeliest fact was right for 125. */
  readonly likeness: number
}

/** What a witness does not speak of counts as this much, 0..1. */
const UNSPOKEN = 0.02
/** The question before weighs less than the words themselves: it always speaks for what was told. */
const JOINT_POWER = 0.5

/**
 * The fact that the words ask for, by three witnesses that err independently: the words alone, the words within what the
 * talk is about, and the words behind the last question. What was told stands among the rest.
 */
export function likeliestOnward(
  { answers = [] }: Understanding,
  situation: Situation & { readonly joint: Match },
): Onward | undefined {
  const joint = situation.joint.answers ?? []
  const subject = subjectBehind(situation, joint)
  const within = (subject && situation.factsWithin?.(subject)) ?? []
  const share = (witness: readonly RankedAnswer[], { id }: ShortAnswer): number =>
    (witness.find(({ answer }) => answer.id === id)?.share ?? 0) + UNSPOKEN
  const likely = new Map(
    [...answers, ...joint, ...within.slice(0, MAX_WITHIN)].map(({ answer }) => [answer.id, answer]),
  )
  return [...likely.values()]
    .map((answer) => ({
      answer,
      likeness: share(answers, answer) * share(within, answer) * share(joint, answer) ** JOINT_POWER,
    }))
    .sort((a, b) => b.likeness - a.likeness)[0]
}

const MAX_WITHIN = 8

/** A rule or a notice has no facts beside it: what it is about tells the question that it answered. */
function subjectBehind(situation: Situation, joint: readonly RankedAnswer[]): TalkSubject | undefined {
  const told = subjectOf(situation)
  const isRule = told === undefined || ('topic' in told && told.topic === RULES)
  const likeliest = isRule ? joint.find(({ answer }) => answer.rule === undefined) : undefined
  return likeliest ? subjectOfAnswer(likeliest.answer) : told
}

/** The topic of all rules. */
const RULES = 'rejections'

/** The likeliest of a subject that the talk is not about. */
export function factsOf(subject: TalkSubject, { factsWithin }: Situation): RankedAnswer | undefined {
  const best = factsWithin?.(subject)[0]
  return best && best.within >= LIKELY_ELIDED ? best : undefined
}

/** What was told last of what lies around the guides. */
export function outsideAgain({ talkedLately, replies = [] }: Situation): Decision | undefined {
  const last = talkedLately ? replies.at(-1)?.decision : undefined
  return last?.kind === 'outside' && last.fact ? { kind: 'outside', fact: last.fact } : undefined
}

export const wasTold = ({ answer }: Pick<RankedAnswer, 'answer'>, { replies = [] }: Situation): boolean =>
  replies.some(({ decision }) => {
    const fact = 'fact' in decision ? decision.fact : undefined
    return fact?.kind === 'short-answer' && fact.answer.id === answer.id
  })

export function toldFact(
  { answer }: Pick<RankedAnswer, 'answer'>,
  { lastSection }: Pick<Situation, 'lastSection'>,
): Decision {
  const fact = { kind: 'short-answer', answer } as const
  if (answer.sectionKey === undefined) return { kind: 'outside', fact }
  const narrows = answer.whole && answer.sectionKey === lastSection
  return {
    ...{ kind: 'answer', sectionKeys: [answer.sectionKey], reason: 'follow-up' },
    ...(answer.whole ? (narrows ? { narrows } : {}) : { fact }),
  } as Decision
}

/** 你确定？: what was told last stands. */
export function doubted({ normalized }: Understanding, situation: Situation): Decision | undefined {
  const { talkedLately, replies = [], language } = situation
  const last = talkedLately ? replies.at(-1)?.decision : undefined
  if (!last || !language?.talk.doubts.test(normalized.replace(MARKS, ''))) return undefined
  if (last.kind === 'outside' && last.fact) return { kind: 'outside', fact: last.fact }
  const fact = last.kind === 'answer' ? (last.fact ?? last.toldLast) : undefined
  return last.kind === 'answer' && fact
    ? { kind: 'answer', sectionKeys: last.sectionKeys, reason: 'follow-up', fact }
    : undefined
}

const MARKS = /[\s\p{P}]+/gu

/** 要盖章吗, 多大: what an author wrote for a follow-up, of what the talk is about. */
export function elidedWordForWord({ notice, choice }: Understanding, situation: Situation): Decision | undefined {
  if (notice || choice !== undefined) return undefined
  const best = likelyWithin(situation, 1)
  return best?.wordForWord ? toldFact(best, situation) : undefined
}

/** Stands out like this among all facts, whatever the talk is about; the same as when put to the bot out of the blue. */
const OWN_FACT = [
  { share: 0.3, within: 0.5 },
  { share: 0.25, within: 0.75 },
] as const

export function factOfItsOwn(answers: readonly RankedAnswer[] = []): RankedAnswer | undefined {
  const [best] = answers
  if (!best || best.answer.whole) return undefined
  return OWN_FACT.some(({ share, within }) => best.share >= share && best.within >= within) ? best : undefined
}

/** 那你们续费多少钱, behind 抖音小程序也能这么提吗: says by itself what else it is about. */
export const namesElse = (
  own: RankedAnswer | undefined,
  { sectionKey, topic }: { readonly sectionKey?: string; readonly topic: string },
): boolean => own !== undefined && (own.answer.sectionKey !== sectionKey || own.answer.topic !== topic)

/** So surely, 0..1, a question asks for its own fact, whatever went before. */
const CLEAR_OF_ITS_OWN = 0.8

/** Whether the words of a question clearly ask for something else than `onward`, what they would ask for behind the last one. */
export function isApart(
  onward: Pick<RankedAnswer, 'answer'>,
  answers: readonly RankedAnswer[] = [],
  situation: Situation,
): boolean {
  const own = factOfItsOwn(answers)
  if (!own || !namesElse(own, onward.answer)) return false
  const isUnspoken = answers.every(({ answer }) => answer.id !== onward.answer.id)
  return own.share >= CLEAR_OF_ITS_OWN || isUnspoken || wasTold(onward, situation)
}

/** So few words that say nothing of what they ask about. */
export const MAX_BARE_QUESTION_CHARS = 10

/** Whether a message asks something in a few words, none of which names anything, behind a fact that was told. */
export function isBareQuestion(
  { act, trimmed, notice, days, choice, followUp, taught, rules, categories, wants, answers }: Understanding,
  { talkedLately, replies = [] }: Situation,
): boolean {
  if (act !== 'question' || !talkedLately || trimmed.length > MAX_BARE_QUESTION_CHARS || wants === 'steps') return false
  if (notice || days || followUp || rules || categories || choice !== undefined || taught !== undefined) return false
  const isFact = factToldLast({ replies }) !== undefined
  return isFact && !answers?.[0]?.wordForWord && factOfItsOwn(answers) === undefined
}

/** By the last reply, or the one before a word that nobody knows. */
function factToldLast({ replies = [] }: Pick<Situation, 'replies'>): Fact | undefined {
  const last = replies.findLast(
    ({ decision }) => decision.kind !== 'outside' || decision.unknown === undefined,
  )?.decision
  return last?.kind === 'answer' || last?.kind === 'outside' ? factToldBy(last) : undefined
}

const factToldBy = (decision: Extract<Decision, { kind: 'answer' | 'outside' }>): Fact | undefined =>
  decision.fact ??
  decision.parts?.findLast(({ fact }) => fact)?.fact ??
  (decision.kind === 'answer' ? decision.toldLast : undefined)

/** The likeliest fact of what the talk is about, what was told where the words repeat that, else that nobody knows. */
export function ofSubject({ trimmed }: Understanding, situation: Situation): Decision | undefined {
  const within = likelyWithin(situation, LIKELY_ELIDED)
  const isSpokenOf =
    within && !within.answer.whole && !within.answer.beyond && sharesWords(trimmed, within.answer, situation)
  if (isSpokenOf) return toldFact(within, situation)
  const told = factToldLast(situation)
  if (told?.kind === 'short-answer' && repeats(trimmed, told.answer, situation))
    return toldFact({ answer: told.answer }, situation)
  return { kind: 'outside', unknown: trimmed }
}

/** Nothing but words of asking, or none that the answer does not speak of. */
export function repeats(
  words: string,
  { title, lines }: ShortAnswer,
  { language }: Pick<Situation, 'language'>,
): boolean {
  const said = `${title}${lines.join('')}`
  return [...withoutAsking(words, language, '')].every((sign) => said.includes(sign))
}

const withoutAsking = (words: string, language: Language | undefined, instead: string): string =>
  language ? words.replace(language.questions.onlyAsks, instead) : words

/** What the words name, if anything, is spoken of. */
function sharesWords(
  words: string,
  { title, asks, followUps, lines }: ShortAnswer,
  { language }: Pick<Situation, 'language'>,
): boolean {
  const named = withoutAsking(words, language, ' ')
    .split(' ')
    .filter((part) => part !== '')
  const told = [title, ...asks, ...followUps, ...lines].join('\n')
  return (
    named.length === 0 ||
    named.some((part) =>
      part.length < 2 ? told.includes(part) : [...characterPairs(part)].some((pair) => told.includes(pair)),
    )
  )
}

/** Whoever writes no more than this has hardly named another matter. */
export const MAX_BARE_CHARS = 8
/** Whoever writes more names what it is about. */
export const MAX_ELIDED_CHARS = 16
/** A section has to stand out this far, 0..1, to be what is asked about. */
const SECTION_SHARE = 0.5

type Goods = Extract<Fact, { kind: 'category' }>

/** 卖奶粉要什么资质 leaves nothing out, whatever the talk is about. */
export const namesGoods = (categories: readonly CategoryHit[] = []): boolean =>
  categories.some(({ general, rows }) => !general && rows.length > 0)

/** Goods that are named behind a question for a category, without being asked for again: what was asked of those before. */
export function newGoods(
  { joint, last }: { readonly joint: Match; readonly last: Match },
  { replies = [], goodsNamed }: Situation,
  normalized: string,
): Goods | undefined {
  const decision = replies.at(-1)?.decision
  const told = decision && goodsOf(decision)
  const known = new Set((told?.hits ?? last.categories ?? []).map(({ word }) => word))
  // 那饮料呢, behind 卖酒要什么证: the name of a category beside another one's goods.
  const bare = told !== undefined && normalized.length <= MAX_BARE_CHARS ? (goodsNamed?.() ?? []) : []
  const isSaid = ({ word, general }: CategoryHit): boolean =>
    !general && word.split('、').some((one) => normalized.includes(one))
  const named = bare.length > 0 ? bare : (joint.categories?.filter(isSaid) ?? [])
  const hits = named.filter(({ word }) => !known.has(word))
  return hits.length > 0 ? { kind: 'category', hits, ...(told?.asks ? { asks: told.asks } : {}) } : undefined
}

/** @param top the likeliest section of the questions together */
export function toldOfGoods(fact: Goods, top: Candidate): Decision {
  return top.share >= SECTION_SHARE
    ? { kind: 'answer', sectionKeys: [top.sectionKey], reason: 'follow-up', fact }
    : { kind: 'outside', fact }
}

/** So surely, 0..1, one fact of the guides is asked for, whatever goods the talk is about. */
const CLEARLY_OWN = 0.6

/** 要资质不: so few words are about the goods, whatever was told of them in between. */
const MAX_NAKED_CHARS = 5

/** 证呢, 个人能卖吗, 执照上没写: asked of the goods that the talk is about. */
export function asksOfGoods(
  { act, normalized, notice, days, choice, categories = [], wants, answers, taught }: Understanding,
  situation: Situation,
): Decision | undefined {
  const { language } = situation
  const told = goodsTold(situation)
  if (!told || !language || taught !== undefined || notice || days || choice !== undefined) return undefined
  if (act !== 'question' && act !== 'statement') return undefined
  if (normalized.length > MAX_ELIDED_CHARS || answers?.[0]?.wordForWord) return undefined
  if (language.talk.takesNote.test(normalized)) return undefined
  const known = new Set(told.goods.hits.flatMap(({ rows }) => rows))
  if (categories.some(({ rows }) => rows.length > 0 && !rows.some((row) => known.has(row)))) return undefined
  // 资质图片多大以内 asks for its own.
  const own = wants === undefined ? factOfItsOwn(answers) : undefined
  if (own && own.share >= CLEARLY_OWN && own.answer.sectionKey !== undefined) return undefined
  const { asksDocuments, lacksWords } = language.questions
  const asks = askedOfGoods(wants)
  const isAsked = act === 'question' ? true : lacksWords.test(normalized)
  if (!asks && !((told.isLast || normalized.length <= MAX_NAKED_CHARS) && isAsked && asksDocuments.test(normalized)))
    return undefined
  return ofGoods({ kind: 'category', hits: told.goods.hits, ...asks }, told)
}

/** 我加了但是显示审核中, 一般几天批: the review of a category that the talk is about, not that of a version. */
export function awaitsCategory(
  { act, normalized, notice, choice, followUp, taught }: Understanding,
  situation: Situation,
): Decision | undefined {
  const { language, reads } = situation
  if (!language || !reads || notice || choice !== undefined || taught !== undefined) return undefined
  const { inReview, ofVersion } = language.talk
  if (normalized.length > MAX_WAITING_CHARS || ofVersion.test(normalized)) return undefined
  const isLong = followUp?.kind === 'how-long'
  if (!isLong && !inReview.test(normalized)) return undefined
  if (!goodsTold(situation)?.isLast) return undefined
  const asked = isLong ? `${CATEGORY_REVIEW} ${normalized}` : act === 'question' ? `${CATEGORY} ${normalized}` : WAITING
  const best = reads(asked).answers?.find(({ answer }) => answer.sectionKey !== undefined && !answer.whole)
  if (!best || best.share < LIKELY_SHARE || best.answer.sectionKey === undefined) return undefined
  const fact = { kind: 'short-answer', answer: best.answer } as const
  return { kind: 'answer', sectionKeys: [best.answer.sectionKey], reason: 'follow-up', fact }
}

/** What is left out by whoever waits for a category. */
const CATEGORY = '类目'
const CATEGORY_REVIEW = '类目审核'
const WAITING = '类目还在审核中'
/** Whoever writes more tells a story. */
const MAX_WAITING_CHARS = 24
/** So likely, 0..1, one fact is asked for. */
const LIKELY_SHARE = 0.3

/**
 * 活体呢, 那酒呢: the same question, of something else.
 *
 * @returns undefined when the words ask for something else, or stand on their own
 */
export function swapsGoods(
  { trimmed, notice, days, choice, followUp, wants, answers, taught }: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { language, reads } = situation
  const told = goodsTold(situation)
  if (!told || !language || !reads || notice || days || followUp || wants || choice !== undefined) return undefined
  const { swaps, asksDocuments, asks, lacksWords } = language.questions
  const other = swaps.exec(trimmed)?.groups?.other?.replace(/(?<=.)的$/, '')
  if (taught !== undefined || other === undefined || answers?.[0]?.wordForWord) return undefined
  if (asksDocuments.test(other) || asks.test(other) || lacksWords.test(other)) return undefined
  const [first] = told.goods.hits
  for (const words of [
    `${other}${first?.word ?? ''}选什么类目`,
    `${other}选什么类目`,
    `卖${other}选什么类目`,
    `${other}类选什么类目`,
  ]) {
    const named = reads(words).categories?.filter(({ word }) => isNamedBy(word, other)) ?? []
    const { asks: before } = told.goods
    if (named.length > 0) return ofGoods({ kind: 'category', hits: named, ...(before ? { asks: before } : {}) }, told)
  }
  const [own] = answers ?? []
  const isOwn = own !== undefined && own.share >= LIKELY_SHARE && own.within >= CLEARLY_WITHIN
  return isAsked && told.isNamed && !isOwn ? { kind: 'outside', unknown: other } : undefined
}

const isNamedBy = (word: string, other: string): boolean => word.includes(other) || other.includes(word)

/** So clearly, 0..1, one fact of its subject is asked for. */
const CLEARLY_WITHIN = 0.5

const ofGoods = (fact: Goods, { decision }: Pick<ToldGoods, 'decision'>): Decision =>
  decision.kind === 'answer'
    ? { kind: 'answer', sectionKeys: decision.sectionKeys, reason: 'follow-up', fact }
    : { kind: 'outside', fact }

interface ToldGoods {
  readonly goods: Goods
  readonly decision: Decision
  /** Their category was told, not only asked for. */
  readonly isNamed: boolean
  /** By the last reply that told anything. */
  readonly isLast: boolean
}

/** Where the goods were told before that, so many replies may lie between. */
const MAX_BETWEEN = 2

/** The goods that the talk is about: their category was told lately, or asked for and told in an author's words. */
function goodsTold({ talkedLately, replies = [], reads }: Situation): ToldGoods | undefined {
  const telling = talkedLately ? replies.filter(({ decision }) => tells(decision)).slice(-1 - MAX_BETWEEN) : []
  for (const [back, { decision, asked }] of telling.toReversed().entries()) {
    const isLast = back === 0
    const told = goodsOf(decision)
    if (told) return { goods: told, decision, isNamed: true, isLast }
    const around = 'fact' in decision && decision.fact?.kind === 'short-answer' ? decision.fact.answer : undefined
    const named = around?.sectionKey === undefined && around ? (reads?.(normalizeText(asked)).categories ?? []) : []
    const hits = named.filter(({ rows }) => rows.length > 0)
    if (hits.length > 0) return { goods: { kind: 'category', hits }, decision, isNamed: false, isLast }
    // Between a category and what is asked of it lies at most its own review.
    if (decision.kind !== 'answer' || decision.reason !== 'follow-up') return undefined
  }
  return undefined
}

const tells = (decision: Decision): boolean =>
  decision.kind === 'answer' ||
  decision.kind === 'clarify' ||
  (decision.kind === 'outside' && (decision.fact !== undefined || decision.parts !== undefined))

/** The goods whose category a decision told, by themselves or among others. */
function goodsOf(decision: Decision): Goods | undefined {
  if (decision.kind !== 'answer' && decision.kind !== 'outside' && decision.kind !== 'clarify') return undefined
  const parts = 'parts' in decision ? (decision.parts ?? []) : []
  const facts = [decision.fact, ...parts.map(({ fact }) => fact)]
  const told = facts.filter((fact) => fact?.kind === 'category')
  const named = facts.flatMap((fact) => (fact?.kind === 'notice' ? fact.reasons : []))
  const hits = [
    ...told.flatMap((fact) => fact.hits).filter(({ rows }) => rows.length > 0),
    ...named.flatMap(({ category }) => (category ? [hitOf(category)] : [])),
  ]
  const [asks] = told.flatMap((fact) => fact.asks ?? [])
  return hits.length > 0 ? { kind: 'category', hits, ...(asks ? { asks } : {}) } : undefined
}

/** A category that a notice asks for by name. */
const hitOf = (row: CategoryRow): CategoryHit => ({
  ...{ word: row.path.split('-').at(-1) ?? row.path, rows: [row], general: true },
})

/** How surely, 0..1, a question is for us where all there is to say is that we don't know. */
const HONEST_SCOPE = 0.6

/** 下架完还要跟微信说一声吗: whoever asks on wants to hear that nobody here knows, rather than nothing. */
export function wantsToHear(
  wanted: Decision,
  { understanding, situation }: { readonly understanding: Understanding; readonly situation: Situation },
): boolean {
  const [top] = understanding.candidates
  const [joint] = situation.factsOnward?.()?.joint.candidates ?? []
  const isForUs = (one: Candidate | undefined): boolean =>
    one !== undefined && scopeOf(one.overheard, one) >= HONEST_SCOPE
  const isUnknown =
    (wanted.kind === 'outside' && !wanted.parts) || (wanted.kind === 'fallback' && wanted.reason === 'not-understood')
  return understanding.act === 'question' && isUnknown && isForUs(top) && isForUs(joint)
}

/**
 * 就用户自己发帖卖: a few words of somebody who was answered just now, and which are surely for us by themselves. More of
 * them, and less sure ones, where the bot has asked back, or they tell of a rejection: 哦 写的是头像不清晰无法识别.
 */
export function addsToTold(
  { act, normalized, candidates: [top], answers, categories = [] }: Understanding,
  { language, clarifying }: Pick<Situation, 'language' | 'clarifying'>,
): boolean {
  const tellsReason = clarifying || language?.notice.verdict.test(normalized) === true
  if (act !== 'statement' || normalized.length > (tellsReason ? MAX_REASON_CHARS : MAX_ADDED_CHARS)) return false
  const takesNote = language?.talk.takesNote.test(normalized) !== false
  if (takesNote && !(tellsReason && normalized.length >= MIN_REASON_CHARS)) return false
  // 我商城想上几本旧书
  if (categories.some(({ general, rows }) => !general && rows.length > 0)) return true
  const share = answers?.[0]?.share ?? 0
  return (
    top !== undefined &&
    scopeOf(top.overheard, top) >= ADDED_SCOPE &&
    share >= (tellsReason ? REASON_SHARE : ADDED_SHARE)
  )
}

const MAX_ADDED_CHARS = 24
/** 知道了, 好的我去改: so few words tell no reason. */
const MIN_REASON_CHARS = 9
const MAX_REASON_CHARS = 60
/** As likely, 0..1, they are for us, and ask for one fact. */
const ADDED_SCOPE = 0.5
const ADDED_SHARE = 0.4
const REASON_SHARE = 0.22

/** Nobody is told that their words are not understood who does not surely ask, 0..1. */
const SURELY_ASKS_SCOPE = 0.6

/** 唉 随缘吧: among people, a remark that may ask for nothing is not worth the word that it is not understood. */
export function asksOn({
  understanding: { normalized, candidates },
  situation: { language },
}: Pick<Turn, 'understanding' | 'situation'>): boolean {
  const [top] = candidates
  const scope = top === undefined ? 0 : scopeOf(top.overheard, top)
  return scope >= SURELY_ASKS_SCOPE && language?.questions.asks.test(normalized) === true
}
