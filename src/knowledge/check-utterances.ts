import type { Problem } from '../model/knowledge.js'
import type { AuthoredIntent, AuthoredSilence, AuthoredText } from './parse-intents.js'

/** Above this two sentences teach the matcher the same thing; 0..1. */
const NEAR_SIMILARITY = 0.7

interface Owned extends AuthoredText {
  /** Intent id, or `undefined` for a message that wants silence. */
  readonly owner: string | undefined
}

/**
 * Compares all sentences: one that stands in two intents can't be answered (error); one that is also to be kept silent
 * on, or that repeats another of its intent, is a warning.
 */
export function checkUtterances(
  intents: readonly AuthoredIntent[],
  silence: readonly AuthoredSilence[],
): readonly Problem[] {
  const owned: readonly Owned[] = [
    ...intents.flatMap(({ id, utterances }) => utterances.map((text) => ({ ...text, owner: id }))),
    ...silence.map(({ text, file, line, column }) => ({ text, file, line, column, owner: undefined })),
  ]
  return [...findSame(owned), ...intents.flatMap(({ utterances }) => findNear(utterances))]
}

/** What is left when case, blanks and punctuation are gone; `[OK]` is a face, no word, and keeps its brackets. */
const essence = (text: string): string => {
  const plain = text.normalize('NFKC').toLowerCase()
  return plain.replace(/[^\p{L}\p{N}[\]]/gu, '') || plain.trim()
}

function findSame(owned: readonly Owned[]): readonly Problem[] {
  const first = new Map<string, Owned>()
  return owned.flatMap((sentence): readonly Problem[] => {
    const key = essence(sentence.text)
    const other = first.get(key)
    if (!other) {
      first.set(key, sentence)
      return []
    }
    return [problem(sentence, remarkOnSame(sentence, other))]
  })
}

function remarkOnSame({ text, owner }: Owned, other: Owned): Remark {
  const said = `“${clip(text)}”在 ${other.file}:${other.line}`
  if (other.owner === owner) return { severity: 'warning', message: `${said} 已经写过`, remedy: '删掉一处' }
  return owner === undefined
    ? { severity: 'warning', message: `${said} 是要回答的`, remedy: '想清楚要不要回答，删掉一处' }
    : { severity: 'error', message: `${said} 属于意图 ${other.owner}`, remedy: '一句话只能属于一个意图，删掉一处' }
}

function findNear(utterances: readonly AuthoredText[]): readonly Problem[] {
  const seen: { readonly sentence: AuthoredText; readonly key: string; readonly bigrams: ReadonlySet<string> }[] = []
  return utterances.flatMap((sentence): readonly Problem[] => {
    const key = essence(sentence.text)
    const bigrams = bigramsOf(key)
    const near = seen.find((other) => other.key !== key && jaccard(other.bigrams, bigrams) > NEAR_SIMILARITY)
    seen.push({ sentence, key, bigrams })
    if (!near) return []
    const message = `“${clip(sentence.text)}”和第 ${near.sentence.line} 行“${clip(near.sentence.text)}”几乎一样`
    return [problem(sentence, { severity: 'warning', message, remedy: '留一条，或换一种说法' })]
  })
}

function bigramsOf(text: string): ReadonlySet<string> {
  const characters = [...text]
  return new Set(characters.slice(1).map((character, index) => characters[index]! + character))
}

/** Shared bigrams by all bigrams, 0..1; 0 for texts too short to have any. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  // The sizes alone tell most pairs apart.
  if (small.size === 0 || small.size / large.size <= NEAR_SIMILARITY) return 0
  let shared = 0
  for (const bigram of small) if (large.has(bigram)) shared++
  return shared / (a.size + b.size - shared)
}

const clip = (text: string): string => (text.length > 30 ? `${text.slice(0, 30)}…` : text)

interface Remark {
  readonly severity: Problem['severity']
  readonly message: string
  readonly remedy: string
}

const problem = ({ file, line, column }: AuthoredText, remark: Remark): Problem => ({ file, line, column, ...remark })
