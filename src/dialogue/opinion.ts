import { characterPairs, oneLine, sharedPairs } from '../base/text.js'
import type { Choice, Decision, Fact, Opinion, OpinionQuestion, OpinionReply, OpinionTrace } from '../model/decision.js'
import type { RejectionRule, ShortAnswer } from '../model/knowledge.js'
import type { KnowledgeSnapshot, NoticeReason, Understanding } from '../model/understanding.js'
import { maskIdentifiers } from '../nlu/normalize.js'
import { answerNotice, answerParts, factOf, isKnownReason, MAX_OFFERED } from './answer.js'
import type { Decided, Turn } from './turn.js'

/** The policies that weigh what the words mean; all others go by rules, by the talk so far or by people's word. */
const WEIGHING: ReadonlySet<string> = new Set([
  ...[
    'asked-along',
    'sure-fact',
    'several-questions',
    'fact',
    'both',
    'guide',
    'unknown-rejection',
    'goes-on',
    'notice',
  ],
  ...['not-for-us', 'not-sure'],
])
/**
 * With a model at hand nothing less is nearly certain, 0..1: the matcher's own word for a section, and for a fact among
 * all facts.
 */
const NEARLY_CERTAIN = { confidence: 0.95, share: 0.6 } as const

/** Whether somebody else is to be asked what a message means, as things stand without. */
export function isOpenTo(turn: Turn, { decision, policy }: Decided, { overheard }: { overheard: boolean }): boolean {
  const { asked, understanding } = turn
  if (!(asked || overheard) || !WEIGHING.has(policy)) return false
  if (understanding.form !== undefined || understanding.taught !== undefined) return false
  if (understanding.notice) return decision.kind === 'escalate' && decision.reason === 'unknown-rejection-reason'
  const [best] = understanding.answers ?? []
  if (best?.wordForWord) return false
  if (decision.kind === 'answer') return !isNearlyCertain(decision, understanding)
  if (decision.kind === 'outside') return decision.fact === undefined || (best?.share ?? 0) < NEARLY_CERTAIN.share
  return decision.kind === 'clarify' || decision.kind === 'fallback' || decision.kind === 'silent'
}

function isNearlyCertain(
  { sectionKeys, reason }: Extract<Decision, { kind: 'answer' }>,
  { candidates: [top], answers: [best] = [] }: Understanding,
): boolean {
  if (reason !== 'sure' || top?.sectionKey !== sectionKeys[0]) return false
  return (
    top.confidence >= NEARLY_CERTAIN.confidence && (best === undefined || best.answer.sectionKey === top.sectionKey)
  )
}

const MAX_COVERS_CHARS = 90
const MAX_RULES = 12
const MAX_SECTIONS = 80
const TALK_CHARS = 120

export interface Asking {
  readonly turn: Turn
  readonly snapshot: KnowledgeSnapshot
  /** The customer's words: of the message, or of the picture that it is about. */
  readonly text: string
  /** What the customer said before, oldest first. */
  readonly saidBefore: readonly string[]
}

/** What is asked about a message: all sections, and what else of ours may be meant. */
export function questionFor({ turn, snapshot, text, saidBefore }: Asking): OpinionQuestion {
  const { replies = [] } = turn.situation
  const line = (by: 'customer' | 'bot', words: string) => ({ by, text: oneLine(maskIdentifiers(words), TALK_CHARS) })
  return {
    text: maskIdentifiers(text),
    talk: [
      ...saidBefore.map((words) => line('customer', words)),
      ...replies.slice(-2).map((reply) => line('bot', reply.text)),
    ],
    choices: choicesFor(turn.understanding, snapshot),
  }
}

function choicesFor(understanding: Understanding, snapshot: KnowledgeSnapshot): readonly Choice[] {
  const { sections, intentOfSection, content } = snapshot
  const { answers = [], categories = [], notice = [] } = understanding
  const listed = new Map<string, Choice>()
  const add = (choice: Choice): void => {
    if (!listed.has(choice.id)) listed.set(choice.id, choice)
  }
  for (const section of [...sections.values()].slice(0, MAX_SECTIONS)) {
    const intent = intentOfSection.get(section.key)
    const about = content.answers.filter(({ sectionKey }) => sectionKey === section.key).map(({ title }) => title)
    const body = section.parts.flatMap(({ lines }) => lines).join(' ')
    add({
      id: section.key,
      title: intent && !intent.automatic ? `${intent.title}（${section.title}）` : section.title,
      covers: oneLine([body.slice(0, MAX_COVERS_CHARS), ...about].join('；'), 3 * MAX_COVERS_CHARS),
    })
  }
  for (const { answer } of answers) add(choiceOfAnswer(answer))
  for (const { rows } of categories) {
    for (const row of rows) add({ id: row.id, title: `类目 ${row.path}`, covers: oneLine(row.use, MAX_COVERS_CHARS) })
  }
  for (const rule of rulesFor(notice, content.rejections)) {
    add({ id: rule.id, title: `驳回原因 ${rule.title}`, covers: oneLine(rule.meaning, MAX_COVERS_CHARS) })
  }
  return [...listed.values()]
}

const choiceOfAnswer = ({ id, title, lines, sectionKey }: ShortAnswer): Choice => ({
  id,
  title: `短答 ${title}${sectionKey === undefined ? '（指南之外）' : `（章节 ${sectionKey}）`}`,
  covers: oneLine(lines.join(' '), MAX_COVERS_CHARS),
})

/** Those whose words are most like the reasons that nobody knows. */
function rulesFor(notice: readonly NoticeReason[], rules: readonly RejectionRule[]): readonly RejectionRule[] {
  const unknown = notice.filter((reason) => !isKnownReason(reason)).map(({ text }) => characterPairs(text))
  if (unknown.length === 0) return []
  const likeness = ({ title, meaning, asks }: RejectionRule): number => {
    const words = characterPairs([title, meaning, ...asks].join(' '))
    return Math.max(...unknown.map((pairs) => sharedPairs(pairs, words)))
  }
  return rules
    .map((rule) => [rule, likeness(rule)] as const)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, MAX_RULES)
    .map(([rule]) => rule)
}

/** What is made of a second opinion: it has chosen, what is said comes from our knowledge alone. */
export const byOpinion = (opinion: Opinion, turn: Turn, rest: () => Decision): Decision =>
  decisionOf(opinion, turn, rest) ?? rest()

/** @returns undefined where the opinion leads to nothing that could be said */
function decisionOf({ kind, ids }: Opinion, turn: Turn, rest: () => Decision): Decision | undefined {
  const { understanding } = turn
  if (understanding.notice) return kind === 'answer' ? withKnownReason(understanding.notice, ids, turn) : undefined
  switch (kind) {
    case 'human':
      return turn.asked ? { kind: 'escalate', reason: 'asked', sectionKeys: [] } : undefined
    case 'none':
      return turn.asked ? { kind: 'outside' } : { kind: 'silent', reason: 'not-for-us' }
    case 'answer':
      return answerWith(meantBy(ids, turn), understanding)
    case 'ask':
      return turn.asked ? askWith(meantBy(ids, turn), rest()) : undefined
  }
}

interface Meant {
  /** Sections that are named, or that what is named belongs to, best first. */
  readonly sectionKeys: readonly string[]
  /** The first thing that can be told by itself. */
  readonly fact: Exclude<Fact, { kind: 'notice' }> | undefined
  /** The section of that fact; undefined for what lies outside the guides. */
  readonly sectionOfFact: string | undefined
  /** Stands before every section. */
  readonly isFactFirst: boolean
}

function meantBy(ids: readonly string[], { understanding, situation: { hasSection } }: Turn): Meant {
  const keys = new Set<string>()
  let fact: Meant['fact']
  let sectionOfFact: string | undefined
  let isFactFirst = false
  for (const id of ids) {
    if (hasSection(id)) {
      keys.add(id)
      continue
    }
    const found = factNamed(id, understanding)
    if (!found) continue
    if (found.sectionKey !== undefined && hasSection(found.sectionKey)) keys.add(found.sectionKey)
    if (fact) continue
    fact = found.fact
    sectionOfFact = found.sectionKey
    isFactFirst = keys.size === 0 || (keys.size === 1 && keys.has(found.sectionKey ?? ''))
  }
  return { sectionKeys: [...keys], fact, sectionOfFact, isFactFirst }
}

function factNamed(
  id: string,
  { answers = [], categories = [] }: Understanding,
): { readonly fact: Exclude<Fact, { kind: 'notice' }>; readonly sectionKey: string | undefined } | undefined {
  const found = answers.find(({ answer }) => answer.id === id)
  if (found) return { fact: { kind: 'short-answer', answer: found.answer }, sectionKey: found.answer.sectionKey }
  const hit = categories.find(({ rows }) => rows.some((row) => row.id === id))
  return hit && { fact: { kind: 'category', hits: [hit] }, sectionKey: undefined }
}

function answerWith(meant: Meant, understanding: Understanding): Decision | undefined {
  const { sectionKeys, fact, sectionOfFact, isFactFirst } = meant
  const [first, ...others] = sectionKeys
  if (first === undefined) return fact && { kind: 'outside', fact }
  if (isFactFirst && fact && sectionOfFact === undefined && fact.kind === 'short-answer') {
    return { kind: 'outside', fact }
  }
  const { topics } = understanding
  const parts = others.length > 0 ? topics?.candidates.filter(({ sectionKey }) => sectionKeys.includes(sectionKey)) : []
  if (topics && parts && parts.length === sectionKeys.length) return answerParts(topics, parts)
  // As where a colleague has named the section: the words need not know its facts.
  const own = factOf(first, { ...understanding, taught: 'section' })
  const told = fact && (sectionOfFact === first || sectionOfFact === undefined) ? fact : own
  return {
    kind: 'answer',
    sectionKeys: [first],
    reason: 'sure',
    ...(told && { fact: told }),
    ...(others.length > 0 && { alternatives: others.slice(0, MAX_OFFERED - 1) }),
  }
}

function askWith({ sectionKeys, fact }: Meant, without: Decision): Decision | undefined {
  // Two doubts about whether it is for us at all are no reason to offer anything.
  if (without.kind === 'outside') return without
  // What we would have said, and they name too, is said, with the others by its side.
  if (without.kind === 'answer' && without.reason === 'sure' && sectionKeys.includes(without.sectionKeys[0])) {
    const alternatives = sectionKeys.filter((key) => key !== without.sectionKeys[0]).slice(0, MAX_OFFERED - 1)
    return { ...without, ...(alternatives.length > 0 && { alternatives }) }
  }
  // Else it is one more thing that may be meant.
  const ours = 'sectionKeys' in without ? without.sectionKeys : []
  const [first, ...others] = [...new Set([...sectionKeys, ...ours])].slice(0, MAX_OFFERED)
  if (first === undefined) return fact && { kind: 'outside', fact }
  return others.length === 0 && !fact
    ? { kind: 'answer', sectionKeys: [first], reason: 'sure' }
    : { kind: 'clarify', sectionKeys: [first, ...others], ...(fact && { fact }) }
}

/** The one reason of a notice that nobody knew, by what it was said to be. */
function withKnownReason(notice: readonly NoticeReason[], ids: readonly string[], turn: Turn): Decision | undefined {
  const { hasSection, opinion } = turn.situation
  const unknown = notice.filter((reason) => !isKnownReason(reason))
  const rule = ids.flatMap((id) => opinion?.rules.find((one) => one.id === id) ?? [])[0]
  const sectionKey = ids.find(hasSection)
  if (unknown.length !== 1 || (!rule && sectionKey === undefined)) return undefined
  const candidates =
    sectionKey === undefined ? [] : [{ sectionKey, intentId: '', confidence: 1, overheard: 0, share: 1 }]
  return answerNotice(
    notice.map((reason) => (reason === unknown[0] ? { ...reason, candidates, ...(rule && { rule }) } : reason)),
  )
}

/** @param without what was decided before anybody was asked */
export const opinionTrace = (
  { outcome, opinion, tookMs }: OpinionReply,
  { without, now }: { readonly without: Decision; readonly now: Decision },
): OpinionTrace => ({
  outcome,
  ...(opinion && { kind: opinion.kind, agrees: isSameTelling(without, now) }),
  ids: opinion?.ids ?? [],
  tookMs,
})

const isSameTelling = (a: Decision, b: Decision): boolean => a.kind === b.kind && firstOf(a) === firstOf(b)

const firstOf = (decision: Decision): string | undefined =>
  'sectionKeys' in decision ? decision.sectionKeys[0] : undefined
