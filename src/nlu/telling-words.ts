import type { Classifier } from './classifier.js'
import type { FeatureTable } from './feature-table.js'
import { type ConceptLexicon, charactersOf } from './featurizer.js'

const MAX_WORDS = 3
const LONGEST_GRAM = 3
/** Words whose characters weigh less on average than the weightiest word's say nothing by themselves. */
const TELLING_SHARE = 0.35
/** A lone character is no word that a reader would know again. */
const MIN_CHARS = 2
/** What makes a question of a message says nothing of its subject. */
const ASKING = /怎么|如何|什么|哪|多少|多久|是不是|能不能|可不可以|要不要|有没有|为何|为什么|可以|应该|现在/

const words = new Intl.Segmenter('zh', { granularity: 'word' })

/**
 * Which words of a message spoke most for a class: how much more their characters, by the n-grams that they stand in, weigh
 * for that class than for the others.
 *
 * @param normalized see `normalizeText`
 * @returns strongest first, as they stand in the message
 */
export function tellingWords(
  normalized: string,
  { subjects, vocabulary, lexicon }: { subjects: Classifier; vocabulary: FeatureTable; lexicon: ConceptLexicon },
  subject: string,
): readonly string[] {
  const column = subjects.classes.indexOf(subject)
  if (column < 0) return []
  const chars = charactersOf(normalized, lexicon)
  const weights = weightsOf(chars, (name) => {
    const row = vocabulary.get(name)
    return row === undefined ? 0 : advantage(subjects, row, column)
  })
  const found = new Map<string, number>()
  let at = 0
  for (const word of wordsOf(chars)) {
    const length = Array.from(word).length
    const weight = weights.subarray(at, at + length).reduce((sum, one) => sum + one, 0) / length
    at += length
    const isWord = length >= MIN_CHARS && /\p{L}/u.test(word) && !ASKING.test(word)
    if (isWord && weight > (found.get(word) ?? 0)) found.set(word, weight)
  }
  const sorted = [...found].toSorted(([, a], [, b]) => b - a)
  const least = (sorted[0]?.[1] ?? 0) * TELLING_SHARE
  return sorted
    .filter(([, weight]) => weight >= least)
    .slice(0, MAX_WORDS)
    .map(([word]) => word)
}

/** Words of a dictionary; two characters that it knows no word for are taken together (类目, 截图). */
function wordsOf(chars: readonly string[]): readonly string[] {
  const all: string[] = []
  let lone = ''
  for (const { segment } of words.segment(chars.join(''))) {
    const isLone = Array.from(segment).length === 1
    if (isLone && lone !== '') all[all.length - 1] += segment
    else all.push(segment)
    lone = isLone && lone === '' ? segment : ''
  }
  return all
}

/** Of each character, what the n-grams weigh that it stands in; each shares its weight among its characters. */
function weightsOf(chars: readonly string[], weigh: (feature: string) => number): Float64Array {
  const weights = new Float64Array(chars.length)
  for (let from = 0; from < chars.length; from++) {
    for (let length = 1; length <= LONGEST_GRAM && from + length <= chars.length; length++) {
      const share = weigh(`c:${chars.slice(from, from + length).join('')}`) / length
      for (let at = from; at < from + length; at++) weights[at]! += share
    }
  }
  return weights
}

/** By how much a feature speaks more for a class than for all of them on average. */
function advantage({ classes, weights: { vectors, steps, worth } }: Classifier, row: number, column: number): number {
  if (row >= vectors.length) return 0
  const vector = vectors[row]!
  const first = vector * (classes.length + 1)
  let all = 0
  for (let at = first; at < first + classes.length; at++) all += steps[at]!
  return worth[vector]! * (steps[first + column]! - all / classes.length)
}
