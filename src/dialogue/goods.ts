import type { Decision, Fact } from '../model/decision.js'
import type { Candidate, CategoryHit, Match, Understanding } from '../model/understanding.js'
import type { Situation } from './turn.js'

/** Whoever writes no more than this has hardly named another matter. */
const MAX_BARE_CHARS = 8
/** Whoever writes more names what it is about. */
const MAX_ELIDED_CHARS = 16
/** A section has to stand out this far, 0..1, to be what is asked about. */
const SECTION_SHARE = 0.5

type Goods = Extract<Fact, { kind: 'category' }>

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

/** 证呢, 个人能卖吗, 执照上没写: asked of the goods that were told last. */
export function asksOfGoods(
  { act, normalized, notice, days, choice, categories = [], wants, answers, taught }: Understanding,
  { talkedLately, replies = [], language }: Situation,
): Decision | undefined {
  const last = talkedLately ? replies.at(-1)?.decision : undefined
  const goods = last && goodsOf(last)
  if (!last || !goods || !language || taught !== undefined || notice || days || choice !== undefined) return undefined
  if (act !== 'question' && act !== 'statement') return undefined
  if (normalized.length > MAX_ELIDED_CHARS || answers?.[0]?.wordForWord) return undefined
  if (language.talk.takesNote.test(normalized)) return undefined
  const known = new Set(goods.hits.flatMap(({ rows }) => rows))
  if (categories.some(({ rows }) => rows.length > 0 && !rows.some((row) => known.has(row)))) return undefined
  const { asksDocuments, lacksWords } = language.questions
  const asks = wants === 'individual' || wants === 'second-review' || wants === 'without' ? { asks: wants } : undefined
  const isAsked = act === 'question' ? true : lacksWords.test(normalized)
  if (!asks && !(isAsked && asksDocuments.test(normalized))) return undefined
  const fact = { kind: 'category', hits: goods.hits, ...asks } as const
  return last.kind === 'answer'
    ? { kind: 'answer', sectionKeys: last.sectionKeys, reason: 'follow-up', fact }
    : { kind: 'outside', fact }
}

/** The goods whose category a decision told, by themselves or among others. */
function goodsOf(decision: Decision): Goods | undefined {
  if (decision.kind !== 'answer' && decision.kind !== 'outside' && decision.kind !== 'clarify') return undefined
  const parts = 'parts' in decision ? (decision.parts ?? []) : []
  const facts = [decision.fact, ...parts.map(({ fact }) => fact)]
  const told = facts.filter((fact) => fact?.kind === 'category')
  const hits = told.flatMap((fact) => fact.hits).filter(({ rows }) => rows.length > 0)
  const [asks] = told.flatMap((fact) => fact.asks ?? [])
  return hits.length > 0 ? { kind: 'category', hits, ...(asks ? { asks } : {}) } : undefined
}
