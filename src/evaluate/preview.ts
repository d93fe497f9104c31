import type { KnowledgeContent } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { normalizeText } from '../nlu/normalize.js'
import { knowingOf } from '../nlu/pipeline.js'
import { TaughtSentences } from '../nlu/retrieval.js'
import { type ExamQuestion, type Met, sitExam } from './exam.js'
import { meetLone } from './explain.js'

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
