import type { CategoryAdvice, CategoryRow, CategoryTable } from '../model/knowledge.js'
import type { CategoryHit } from '../model/understanding.js'
import { normalizeText } from './normalize.js'

interface Named {
  readonly rows: CategoryRow[]
  advice?: CategoryAdvice
}

interface Found {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** A message that names more than this tells a story. */
const MAX_HITS = 4
const MAX_WORDS = 3

/**
 * Finds what is sold or done in the words of a message, and its service category. Words are looked up literally; of those
 * that overlap the longest counts (二手车 is no 二手). What the table does not name is not guessed.
 */
export class CategoryIndex {
  readonly #byWord = new Map<string, Named>()
  readonly #cues: readonly string[]
  /** By the character that they begin with: how long words are at most. */
  readonly #longest = new Map<string, number>()

  /** @param titles of the guides' sections: a category that one of them is about is answered by it */
  constructor({ cues, rows, notOpen, withoutRow }: CategoryTable, titles: readonly string[] = []) {
    this.#cues = cues.map(normalizeText)
    const told = titles.map(bare)
    for (const row of rows.filter(({ path }) => !told.some((title) => title.includes(bare(path)))))
      for (const word of row.words) this.#named(word).rows.push(row)
    for (const advice of [...notOpen, ...withoutRow]) for (const word of advice.words) this.#named(word).advice = advice
  }

  /** @param normalized see `normalizeText` @returns nothing for a message that asks neither about categories nor documents */
  find(normalized: string): readonly CategoryHit[] {
    return this.#cues.some((cue) => normalized.includes(cue)) ? this.named(normalized) : []
  }

  /** As `find`, of words that go on from such a question: 那饮料呢 */
  named(normalized: string): readonly CategoryHit[] {
    const found = this.#scan(normalized)
    const hits = new Map<string, CategoryHit>()
    for (const { word } of found) {
      const { rows, advice } = this.#byWord.get(word)!
      const key = rows.length > 0 ? rows.map(({ id }) => id).join() : (advice?.id ?? word)
      const known = hits.get(key)
      if (!known) hits.set(key, { word, rows, ...(advice ? { advice } : {}), general: isGeneral(word, rows) })
      // 零食、茶叶 belong to one category.
      else if (!known.general && !isGeneral(word, rows) && !known.word.split('、').includes(word))
        hits.set(key, { ...known, word: [...known.word.split('、'), word].slice(0, MAX_WORDS).join('、') })
    }
    const all = [...hits.values()]
    // 白酒 beside 食品: the concrete good is what is asked about; 招聘 beside 租房 is another matter.
    const told = new Set(all.filter(({ general }) => !general).flatMap(familiesOf))
    return all.filter((hit) => !hit.general || !familiesOf(hit).some((family) => told.has(family))).slice(0, MAX_HITS)
  }

  #named(written: string): Named {
    const word = normalizeText(written)
    const first = word[0] ?? ''
    this.#longest.set(first, Math.max(this.#longest.get(first) ?? 0, word.length))
    const named = this.#byWord.get(word) ?? { rows: [] }
    this.#byWord.set(word, named)
    return named
  }

  /** Longest word first at every place, none within another. */
  #scan(text: string): readonly Found[] {
    const found: Found[] = []
    for (let start = 0; start < text.length; start++) {
      const longest = this.#longest.get(text[start]!) ?? 0
      for (let end = Math.min(text.length, start + longest); end > start + 1; end--) {
        const word = text.slice(start, end)
        if (this.#byWord.has(word)) found.push({ word, start, end })
      }
    }
    const kept: Found[] = []
    for (const one of found.sort((a, b) => b.word.length - a.word.length || a.start - b.start))
      if (kept.every((other) => one.end <= other.start || one.start >= other.end)) kept.push(one)
    return kept.sort((a, b) => a.start - b.start)
  }
}

/** 商家自营 of 商家自营-酒类. */
const familiesOf = ({ rows }: CategoryHit): readonly string[] => rows.map(({ path }) => path.split('-')[0] ?? path)

const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

/** Names the category rather than something that belongs to it. */
const isGeneral = (word: string, rows: readonly CategoryRow[]): boolean => rows.some(({ path }) => path.includes(word))
