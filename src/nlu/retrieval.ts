import type { KnowledgeContent } from '../model/knowledge.js'
import { OPENING } from './featurizer.js'
import { maskIdentifiers, normalizeText } from './normalize.js'

export interface SearchDocument {
  readonly id: string
  readonly title: string
  readonly texts: readonly string[]
}

export interface SearchHit {
  readonly id: string
  /** 0..1: which part of the question's weight the document covers. */
  readonly coverage: number
}

interface Posting {
  readonly document: number
  /** 1 when the term stands in the title, else `BODY_WEIGHT`. */
  readonly weight: number
}

// A heading names its section; a sentence may only touch on the word.
const BODY_WEIGHT = 0.75
const QUESTION_FILLER =
  /请问|一下|怎么(?:办|弄|样|做)?|如何|什么|哪里|哪儿|在哪|吗|呢|啊|我们?|你们?|的|了|是|要|可以|能不能|多少|[?]/g

/** Finds sections that nobody wrote utterances for, by the characters that question and section share. */
export class SearchIndex {
  readonly #documents: SearchDocument[] = []
  readonly #postings = new Map<string, Posting[]>()

  constructor(documents: readonly SearchDocument[] = []) {
    for (const document of documents) this.add(document)
  }

  add(document: SearchDocument): void {
    const { title, texts } = document
    const index = this.#documents.push(document) - 1
    const weights = new Map<string, number>()
    for (const text of texts) for (const term of termsOf(normalizeText(text))) weights.set(term, BODY_WEIGHT)
    for (const term of termsOf(normalizeText(title))) weights.set(term, 1)
    for (const [term, weight] of weights) {
      const postings = this.#postings.get(term)
      if (postings) postings.push({ document: index, weight })
      else this.#postings.set(term, [{ document: index, weight }])
    }
  }

  /**
   * @param question see `normalizeText`
   * @returns best first, at most `limit`; documents that share nothing are left out
   */
  search(question: string, limit = 5): readonly SearchHit[] {
    if (this.#documents.length === 0) return []
    const terms = termsOf(question)
    const scores = new Map<number, number>()
    let total = 0
    for (const term of terms) {
      const postings = this.#postings.get(term) ?? []
      const rarity = Math.log(1 + (this.#documents.length + 1) / (postings.length + 0.5))
      total += rarity
      for (const { document, weight } of postings) scores.set(document, (scores.get(document) ?? 0) + rarity * weight)
    }
    return [...scores]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([document, score]) => ({ id: this.#documents[document]!.id, coverage: score / total }))
  }
}

/** Character pairs inside runs of Chinese, whole Latin words and numbers. */
function termsOf(text: string): ReadonlySet<string> {
  const plain = text.replace(QUESTION_FILLER, ' ')
  const terms = new Set<string>()
  for (const run of plain.match(/\p{Script=Han}+|[a-z0-9]+/gu) ?? []) {
    if (/^[a-z0-9]/.test(run) || run.length === 1) {
      if (run.length > 1) terms.add(run)
      continue
    }
    const chars = Array.from(run)
    for (let i = 0; i + 1 < chars.length; i++) terms.add(chars[i]! + chars[i + 1]!)
  }
  return terms
}

/** What people have said a sentence means. */
export type TaughtMeaning =
  | { readonly kind: 'section'; readonly sectionKey: string; readonly intentId: string }
  | { readonly kind: 'human' }
  | { readonly kind: 'silence' }

interface Taught {
  readonly core: string
  readonly pairs: ReadonlySet<string>
  readonly meaning: TaughtMeaning
}

/**
 * Likeness (Dice over pairs of characters) from which two sentences are the same one. With all 10,819 sentences of the
 * corpus taken for taught, one of 1,455 held-out messages is met at 0.8 and none at 0.85; below 0.8 the first is wrong.
 */
const SAME_SENTENCE = 0.85
/** Fewer characters mean something only in their talk: 怎么弄, 在哪里. */
export const MIN_CORE_CHARS = 4
const FACE = /\[[^[\]\n]{1,8}\]/g
const NOT_WORD = /[^\p{Script=Han}a-z0-9]+/gu
const CLOSING = /(?:谢谢|感谢|多谢|急|在线等|求助|求解|[啊呀呢吧哦嘛哈啦])+$/

/**
 * What is left of a sentence when greetings, marks, and whatever tells who is speaking are gone: two people who ask the
 * same in the same words have the same core.
 *
 * @param normalized see `normalizeText`
 */
export const coreOf = (normalized: string): string => {
  const dense = maskIdentifiers(normalized).replace(FACE, '').replace(NOT_WORD, '')
  return dense.replace(OPENING, '').replace(CLOSING, '')
}

/** More than all that authors write. */
const MAX_CORES = 100_000
const cores = new Map<string, string>()

/** The core of what an author wrote: an edit leaves nearly all of it as it was, and the bot's own thread waits for it. */
export function authoredCore(text: string): string {
  const known = cores.get(text)
  if (known !== undefined) return known
  if (cores.size >= MAX_CORES) cores.clear()
  const core = coreOf(normalizeText(text))
  cores.set(text, core)
  return core
}

/** Pairs of neighbouring characters, the borders included. */
export function pairsOf(core: string): ReadonlySet<string> {
  const characters = ['^', ...core, '$']
  return new Set(characters.slice(1).map((character, index) => characters[index]! + character))
}

/** Shared pairs by all pairs (Dice), 0..1. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const pair of small) if (large.has(pair)) shared++
  return (2 * shared) / (a.size + b.size)
}

/** Numbers and negations decide what a sentence means, however alike the rest is. */
const hinges = (core: string): string =>
  `${(core.match(/\d+/g) ?? []).join()}|${(core.match(/[不没未无别]/g) ?? []).length}`

/** Finds the sentences that people have taught, word for word or nearly so. */
export class TaughtSentences {
  readonly #byCore = new Map<string, Taught>()

  constructor({ intents, silence }: Pick<KnowledgeContent, 'intents' | 'silence'>) {
    for (const { id, sectionKey, learned = [] } of intents) {
      const meaning: TaughtMeaning =
        sectionKey === undefined ? { kind: 'human' } : { kind: 'section', sectionKey, intentId: id }
      for (const text of learned) this.#add(text, meaning)
    }
    for (const { text, learned } of silence) if (learned) this.#add(text, { kind: 'silence' })
  }

  /** @param normalized see `normalizeText` */
  find(normalized: string): TaughtMeaning | undefined {
    return this.findCore(coreOf(normalized))
  }

  /** @param core see `coreOf` */
  findCore(core: string): TaughtMeaning | undefined {
    if (this.#byCore.size === 0 || core.length < MIN_CORE_CHARS) return undefined
    return this.#byCore.get(core)?.meaning ?? this.#findNear(core)
  }

  #add(text: string, meaning: TaughtMeaning): void {
    const core = coreOf(normalizeText(text))
    if (core.length < MIN_CORE_CHARS || this.#byCore.has(core)) return
    this.#byCore.set(core, { core, pairs: pairsOf(core), meaning })
  }

  #findNear(core: string): TaughtMeaning | undefined {
    const pairs = pairsOf(core)
    let best: Taught | undefined
    let bestLikeness = SAME_SENTENCE
    for (const taught of this.#byCore.values()) {
      // The sizes alone tell most sentences apart.
      if (Math.min(pairs.size, taught.pairs.size) * 2 < bestLikeness * (pairs.size + taught.pairs.size)) continue
      const alike = likeness(pairs, taught.pairs)
      if (alike < bestLikeness || hinges(core) !== hinges(taught.core)) continue
      best = taught
      bestLikeness = alike
    }
    return best?.meaning
  }
}

/** What an author's own sentence means; a person where it names no section. */
export interface AuthoredMeaning {
  readonly intentId: string
  readonly sectionKey?: string
}

/** Finds what authors wrote in the intents, word for word but for greetings and marks. */
export class AuthoredSentences {
  readonly #byCore = new Map<string, AuthoredMeaning>()

  constructor({ intents }: Pick<KnowledgeContent, 'intents'>) {
    for (const { id, sectionKey, utterances, automatic } of intents) {
      if (automatic) continue
      const meaning: AuthoredMeaning = { intentId: id, ...(sectionKey === undefined ? {} : { sectionKey }) }
      for (const text of utterances) {
        const core = authoredCore(text)
        if (core.length >= MIN_CORE_CHARS && !this.#byCore.has(core)) this.#byCore.set(core, meaning)
      }
    }
  }

  /** @param core see `coreOf` */
  findCore(core: string): AuthoredMeaning | undefined {
    return core.length < MIN_CORE_CHARS ? undefined : this.#byCore.get(core)
  }
}
