import { walkSteps } from '../dialogue/checklist.js'
import { policies } from '../dialogue/policy.js'
import { cardOf, decideBy, guideOf, type Situation, traceDecision } from '../dialogue/turn.js'
import type { Decision, DecisionTrace } from '../model/decision.js'
import type { KnowledgeContent, ShortAnswer } from '../model/knowledge.js'
import type { CategoryHit, KnowledgeSnapshot } from '../model/understanding.js'
import { normalizeText } from '../nlu/normalize.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { TaughtSentences } from '../nlu/retrieval.js'
import { composeReply } from '../reply/compose.js'
import { ALONE, type ExamQuestion, loneMessage, type Met, sitExam } from './exam.js'

/**
 * What a customer would be told who says this in a group, by name and overheard, and why. Nothing is remembered, said or
 * counted.
 *
 * @returns Chinese, at most 500 characters
 */
export function explainSentence(text: string, snapshot: KnowledgeSnapshot, nowMs: number): string {
  const now = { snapshot, nowMs }
  const asked = decideAlone(text, true, now)
  const overheard = decideAlone(text, false, now)
  const traceOf = (decided: typeof asked): DecisionTrace =>
    traceDecision(decided.message, decided, { snapshot, understanding: decided.understanding, tookMs: 0 })
  const told = tell(asked.decision, now, asked.understanding.normalized)
  return explain({
    asked: traceOf(asked),
    overheard: traceOf(overheard),
    titleOf: (key) => snapshot.sections.get(key)?.title,
    reply: wordsOf(told),
    pictureCount: told.filter((one) => !isWords(one)).length,
  })
}

interface Told {
  readonly text: string
  /** Path of a picture, of which `text` is the description. */
  readonly picture?: string
}

/** What comes of a decision without any talk around it, bubble by bubble. @param question in normal form */
function tell(decision: Decision, { snapshot, nowMs }: Now, question = ''): readonly Told[] {
  const { bubbles } = composeReply(decision, snapshot, {
    ...{ mentionChars: 0, timelineToldLately: false, question, aboutPicture: false, nowMs },
  })
  return bubbles.map((bubble) =>
    bubble.kind === 'text' ? { text: bubble.text } : { text: bubble.picture.alt, picture: bubble.picture.path },
  )
}

interface Now {
  readonly snapshot: KnowledgeSnapshot
  readonly nowMs: number
}

const isWords = ({ picture }: Told): boolean => picture === undefined

/** What a customer is told who asks for a section by name. */
export const tellSection = (key: string, now: Now): readonly Told[] =>
  tell({ kind: 'answer', sectionKeys: [key], reason: 'sure' }, now)

/** What a customer is told who asks for a short answer by name. */
export function tellAnswer(answer: ShortAnswer, now: Now): readonly Told[] {
  const fact = { kind: 'short-answer', answer } as const
  const key = answer.sectionKey
  const isInGuide = key !== undefined && now.snapshot.sections.has(key)
  return tell(
    isInGuide ? { kind: 'answer', sectionKeys: [key], reason: 'sure', fact } : { kind: 'outside', fact },
    now,
  ).filter(isWords)
}

/** What a customer is told who asks for the category, and the documents, of something. */
export const tellCategory = (hit: CategoryHit, now: Now): readonly Told[] =>
  tell({ kind: 'outside', fact: { kind: 'category', hits: [hit] } }, now).filter(isWords)

/** How a lone message would be met on some knowledge, and what would be said to it. */
export function meetLone(text: string, addressedToBot: boolean, now: Now) {
  const { understanding, decision } = decideAlone(text, addressedToBot, now)
  return {
    kind: decision.kind,
    sections: 'sectionKeys' in decision ? decision.sectionKeys : [],
    card: cardOf(decision),
    reply: wordsOf(tell(decision, now, understanding.normalized)),
  }
}

function decideAlone(text: string, asked: boolean, { snapshot, nowMs }: Now) {
  const message = loneMessage(text, asked)
  const understanding = understand(text, knowingOf(snapshot, nowMs))
  return {
    message,
    understanding,
    ...decideBy(policies, { message, understanding, situation: aloneOn(snapshot), asked }),
  }
}

const wordsOf = (told: readonly Told[]): string =>
  told
    .filter(isWords)
    .map(({ text }) => text)
    .join('\n')

const aloneOn = (snapshot: KnowledgeSnapshot): Situation => ({
  ...ALONE,
  ...guideOf(snapshot),
  walking: { walk: undefined, isFresh: false, justTold: false, steps: () => walkSteps(snapshot) },
})

interface Explained {
  readonly asked: DecisionTrace
  readonly overheard: DecisionTrace
  readonly titleOf: (sectionKey: string) => string | undefined
  /** What would be said; empty for nothing. */
  readonly reply: string
  readonly pictureCount: number
}

const KINDS: Readonly<Record<DecisionTrace['kind'], string>> = {
  answer: '回答',
  outside: '答（指南外）',
  clarify: '反问',
  fallback: '说不知道，提出转人工',
  escalate: '转人工',
  courtesy: '客气一句',
  command: '执行命令',
  silent: '不插话',
}
/** Why, where it is not plain from what is done. */
const REASONS: Readonly<Record<string, string>> = {
  sure: '把握足够',
  notice: '像驳回通知',
  several: '一次问了几件事',
  days: '算日子',
  withdrawal: '提醒别撤回',
  'walk-through': '按清单走',
  'several-likely': '有几种可能',
  'not-for-us': '不像在问提审',
  'not-sure': '把握不够',
  'not-understood': '没听懂',
  'unknown-rejection-reason': '没见过的驳回原因',
  asked: '要找人',
}
const MAX_CHARS = 500
const MAX_CANDIDATES = 3

function explain({ asked, overheard, titleOf, reply, pictureCount }: Explained): string {
  const named = (key: string): string => `${key} ${titleOf(key) ?? ''}`.trim()
  const candidates = asked.candidates
    .slice(0, MAX_CANDIDATES)
    .map(({ section, confidence }) => `${named(section)} ${percent(confidence)}`)
  const head = [
    `点名问：${verdict(asked, named)}`,
    `没点名：${verdict(overheard, named)}`,
    ...(candidates.length > 0 ? [`最像：${candidates.join('、')}`] : []),
  ].join('\n')
  const pictures = pictureCount > 0 ? `（另有 ${pictureCount} 张图）` : ''
  if (reply === '') return head.slice(0, MAX_CHARS)
  const room = MAX_CHARS - head.length - pictures.length - '\n会这样说：\n…'.length
  return `${head}\n会这样说：\n${cut(reply, room)}${pictures}`
}

function verdict({ kind, sections, confidence, reason }: DecisionTrace, named: (key: string) => string): string {
  const what = [KINDS[kind], ...(sections.length > 0 ? [sections.map(named).join('、')] : [])].join(' ')
  const why = [
    ...(kind === 'courtesy' || kind === 'command' ? [] : [`把握 ${percent(confidence)}`]),
    ...(REASONS[reason] === undefined ? [] : [REASONS[reason]]),
  ]
  return why.length === 0 ? what : `${what}（${why.join('，')}）`
}

const percent = (share: number): string => `${Math.round(share * 100)}%`
const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}…`)

/** What a sentence shall mean from now on. */
export type Meaning =
  | { readonly kind: 'section'; readonly sectionKey: string }
  | { readonly kind: 'human' }
  | { readonly kind: 'silence' }

export interface RealMessage {
  readonly text: string
  readonly addressed: boolean
}

export interface TeachingPreview {
  /** Messages that would be met otherwise, each wording once, most frequent first. */
  readonly changes: readonly {
    readonly text: string
    readonly count: number
    readonly before: Met
    readonly after: Met
  }[]
  /** Of how many messages. */
  readonly messageCount: number
  readonly golden: {
    readonly total: number
    readonly right: number
    /** Golden questions that would no longer be met as their authors want. */
    readonly lost: readonly string[]
  }
  readonly tookMs: number
}

const SHOWN = 20

/**
 * What teaching a sentence would change, on real messages and on the golden questions, before it is done. A lesson is met
 * word for word or nearly so and changes nothing else, so only what is like it has to be asked anew; each message is
 * taken by itself, on both sides, or every follow-up would count as a change.
 */
export function previewTeaching(
  { sentence, meaning }: { readonly sentence: string; readonly meaning: Meaning },
  {
    snapshot,
    messages,
    golden,
    nowMs,
    tookMs,
  }: {
    readonly snapshot: KnowledgeSnapshot
    readonly messages: readonly RealMessage[]
    readonly golden: readonly ExamQuestion[]
    readonly nowMs: number
    /** A stop-watch that was started before. */
    readonly tookMs: () => number
  },
): TeachingPreview {
  const taught = new TaughtSentences(lessonOf(sentence, meaning))
  const isLike = (text: string): boolean => taught.find(normalizeText(text)) !== undefined
  const counts = new Map<string, { count: number; readonly question: ExamQuestion }>()
  for (const { text, addressed } of messages) {
    if (!isLike(text)) continue
    const key = JSON.stringify([normalizeText(text), addressed])
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { count: 1, question: asQuestion(text, addressed) })
  }
  const knowing = knowingOf(snapshot, nowMs)
  const alike = [...counts.values()]
  const before = sitExam(
    alike.map(({ question }) => question),
    knowing,
  )
  const after = metAs(meaning)
  const changes = alike
    .map(({ count, question }, index) => ({ text: question.text, count, before: before[index]!.met, after }))
    .filter((change) => !isSame(change.before, change.after))
    .sort((a, b) => b.count - a.count)
  const answers = sitExam(golden, knowing)
  const lost = golden.filter(
    ({ text, wanted }, index) => answers[index]!.isRight && isLike(text) && !isWanted(wanted, meaning),
  )
  return {
    changes: changes.slice(0, SHOWN),
    messageCount: messages.length,
    golden: {
      total: golden.length,
      right: answers.filter(({ isRight }) => isRight).length,
      lost: lost.map(({ text }) => text),
    },
    tookMs: tookMs(),
  }
}

/** A real message that would be met otherwise. `chars`: how much longer what is said would be, where it is the same answer. */
export interface ReplayedChange {
  readonly text: string
  readonly count: number
  readonly addressed: boolean
  readonly before: Met
  readonly after: Met
  readonly chars: number
}

/**
 * Puts real messages to two states of the knowledge, each message by itself on both sides: what would be answered
 * otherwise, or in other words. Some 0.4 ms a message.
 */
export function replay(
  messages: readonly RealMessage[],
  { before, after, nowMs }: { before: KnowledgeSnapshot; after: KnowledgeSnapshot; nowMs: number },
): { readonly messageCount: number; readonly changeCount: number; readonly changes: readonly ReplayedChange[] } {
  const distinct = new Map<string, RealMessage & { count: number }>()
  for (const message of messages) {
    const key = JSON.stringify([normalizeText(message.text), message.addressed])
    const known = distinct.get(key)
    if (known) known.count++
    else distinct.set(key, { ...message, count: 1 })
  }
  const changes = [...distinct.values()].flatMap(({ text, addressed, count }): readonly ReplayedChange[] => {
    const [was, is] = [before, after].map((snapshot) => meetLone(text, addressed, { snapshot, nowMs }))
    if (!was || !is || (isSame(metOf(was), metOf(is)) && was.reply === is.reply)) return []
    return [{ text, addressed, count, before: metOf(was), after: metOf(is), chars: is.reply.length - was.reply.length }]
  })
  const isOther = (change: ReplayedChange): number => (isSame(change.before, change.after) ? 0 : 1)
  return {
    messageCount: messages.length,
    changeCount: changes.length,
    changes: changes.toSorted((a, b) => isOther(b) - isOther(a) || b.count - a.count).slice(0, SHOWN),
  }
}

const metOf = ({ kind, sections, card }: ReturnType<typeof meetLone>): Met => ({
  ...{ kind, sections },
  ...(card !== null && { card }),
})

function lessonOf(sentence: string, meaning: Meaning): Pick<KnowledgeContent, 'intents' | 'silence'> {
  if (meaning.kind === 'silence')
    return { intents: [], silence: [{ text: sentence, kind: 'taught', hard: true, learned: true }] }
  const intent = { id: 'lesson', title: '', utterances: [], noticeMarks: [], automatic: false, learned: [sentence] }
  return {
    intents: [meaning.kind === 'section' ? { ...intent, sectionKey: meaning.sectionKey } : intent],
    silence: [],
  }
}

const asQuestion = (text: string, addressed: boolean): ExamQuestion => ({
  ...{ set: 'golden', text, heard: addressed ? 'asked' : 'overheard', wanted: { kind: 'unknown' }, also: [] },
})

const metAs = (meaning: Meaning): Met => {
  if (meaning.kind === 'section') return { kind: 'answer', sections: [meaning.sectionKey] }
  return { kind: meaning.kind === 'human' ? 'escalate' : 'silent', sections: [] }
}

const isSame = (a: Met, b: Met): boolean =>
  a.kind === b.kind && (a.sections[0] ?? '') === (b.sections[0] ?? '') && (a.card ?? '') === (b.card ?? '')

const isWanted = (wanted: ExamQuestion['wanted'], meaning: Meaning): boolean =>
  wanted.kind === 'sections'
    ? meaning.kind === 'section' && wanted.keys.length === 1 && wanted.keys[0] === meaning.sectionKey
    : wanted.kind === meaning.kind
