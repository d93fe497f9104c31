import { normalizeText } from './normalize-text.js'

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
