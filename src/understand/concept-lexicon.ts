import type { Concept } from '../model/knowledge.js'
import { foldSyllable, syllableOf, syllablesOf } from './sound.js'

interface TrieNode {
  readonly next: Map<string, TrieNode>
  /** Concept whose word ends here, with the word itself. */
  readonly ends: { readonly concept: string; readonly word: string }[]
}

export interface ConceptScan {
  /** Ids of the concepts that the text names, each once. */
  readonly concepts: readonly string[]
  /** The text with sound-alike slips (类木) put right (类目). */
  readonly repaired: string
}

const newNode = (): TrieNode => ({ next: new Map(), ends: [] })

function insert(root: TrieNode, symbols: Iterable<string>, end: { concept: string; word: string }): void {
  let node = root
  for (const symbol of symbols) {
    let child = node.next.get(symbol)
    if (!child) {
      child = newNode()
      node.next.set(symbol, child)
    }
    node = child
  }
  node.ends.push(end)
}

const ONLY_HAN = /^\p{Script=Han}+$/u
const LATIN_RUN = /[a-z]+(?: [a-z]+)*/g

/** Finds what a message is about in words, in sound (类木, 备按) and in typed pinyin (leimu). */
export class ConceptLexicon {
  readonly #words = newNode()
  readonly #sounds = newNode()
  readonly #letters = newNode()

  constructor(concepts: readonly Concept[]) {
    for (const { id, words } of concepts) {
      for (const word of words) this.#add(id, word)
    }
  }

  #add(concept: string, word: string): void {
    const end = { concept, word }
    insert(this.#words, word, end)
    if (!ONLY_HAN.test(word) || word.length < 2) return
    const syllables = syllablesOf(word)
    insert(this.#sounds, syllables, end)
    const spelled = foldLetters(syllables.join(''))
    // Two short syllables spelled in letters (e.g. "le a") turn up inside English words.
    if (spelled.length >= 4) insert(this.#letters, spelled, end)
  }

  /** @param text see `normalizeText` */
  scan(text: string): ConceptScan {
    const chars = Array.from(text)
    const found = new Set<string>()
    const covered = this.#scanWords(chars, found)
    const repaired = this.#scanSounds(chars, covered, found)
    this.#scanLetters(text, found)
    return { concepts: [...found], repaired }
  }

  #scanWords(chars: readonly string[], found: Set<string>): readonly boolean[] {
    const covered = new Array<boolean>(chars.length).fill(false)
    for (let start = 0; start < chars.length; start++) {
      let node: TrieNode | undefined = this.#words
      for (let end = start; end < chars.length; end++) {
        node = node.next.get(chars[end]!)
        if (!node) break
        for (const { concept } of node.ends) found.add(concept)
        if (node.ends.length > 0 && end > start) covered.fill(true, start, end + 1)
      }
    }
    return covered
  }

  #scanSounds(chars: readonly string[], covered: readonly boolean[], found: Set<string>): string {
    const out = [...chars]
    for (let start = 0; start < chars.length; start++) {
      let node: TrieNode | undefined = this.#sounds
      let slips = 0
      for (let end = start; end < chars.length; end++) {
        node = node.next.get(syllableOf(chars[end]!))
        if (!node) break
        if (!covered[end]) slips++
        const hit = node.ends[0]
        // Characters that already spell a known word are not slips of another one.
        if (!hit || slips !== end - start + 1) continue
        found.add(hit.concept)
        for (const [i, char] of Array.from(hit.word).entries()) out[start + i] = char
      }
    }
    return out.join('')
  }

  #scanLetters(text: string, found: Set<string>): void {
    for (const run of text.match(LATIN_RUN) ?? []) {
      const letters = run.split(' ').map(foldLetters).join('')
      for (let start = 0; start < letters.length; start++) {
        let node: TrieNode | undefined = this.#letters
        for (let end = start; end < letters.length; end++) {
          node = node.next.get(letters[end]!)
          if (!node) break
          for (const { concept } of node.ends) found.add(concept)
        }
      }
    }
  }
}

/**
 * Folds a run of pinyin as `foldSyllable` folds one syllable. Runs have no syllable borders (fang an, min gan), so
 * every `ng` becomes `n`, in the words of the lexicon and in what people type alike.
 */
function foldLetters(run: string): string {
  return foldSyllable(run).replace(/zh/g, 'z').replace(/ch/g, 'c').replace(/sh/g, 's').replace(/ng+/g, 'n')
}
