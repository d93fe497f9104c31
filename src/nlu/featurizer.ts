import { pinyin } from 'pinyin-pro'
import type { Concept } from '../model/knowledge.js'
import { type FeatureSink, type FeatureTable, RowCollector } from './feature-table.js'

export interface TextFeatures {
  /**
   * Distinct feature names: `c:` character n-grams, `k:` concepts, `s:` syllable pairs, `f:` form of the message,
   * `m:` its manner (asking, reporting, refused …), alone and with each concept.
   */
  readonly names: readonly string[]
}

const NOT_WORD = /[^\p{Script=Han}a-z0-9?\n]+/gu
const QUESTION_WORD =
  /[?]|怎么|如何|咋|啥|什么|吗|呢|哪|几|多少|多久|是不是|能不能|可不可以|要不要|有没有|为何|为什么|凭什么|么$/
/** How people begin before they ask anything. */
export const OPENING =
  /^(?:你好|您好|请问|麻烦问?一?下|老师|亲|hi|hello|在吗|问一?下|请教一?下|大佬|各位|打扰一?下|那个|嗯|想问一?下|咨询一?下)+/
const FILLER = new RegExp(`${OPENING.source}|(?:谢谢|感谢|多谢|急|在线等|求助|求解)+$`, 'g')

/** "类目怎么加" and "类目加好了" share their words; what is done with them tells a question from a report. */
const MANNERS: readonly (readonly [string, RegExp])[] = [
  ['asks', QUESTION_WORD],
  ['reports', /了[!。~]*$|好了|已经|搞定|完成|通过了|ok/],
  ['serves', /^您|亲|麻烦您|请您|您这边|我们这边|给您/],
  ['denies', /不|没|未|无|拒|退|失败/],
  ['dates', /昨天|今天|明天|刚|下周|上周|等/],
  ['calls', /@/],
]

/** @param text see `normalizeText` */
export function extractFeatures(text: string, lexicon: ConceptLexicon): TextFeatures {
  const names = new Set<string>()
  addFeatures(text, lexicon, { add: (kind, a, b = '', c = '') => names.add(kind + a + b + c) })
  return { names: [...names] }
}

const collector = new RowCollector()

/** The rows of the same features in the same order, as far as a vocabulary knows them. @param text see `normalizeText` */
export function featureRows(text: string, lexicon: ConceptLexicon, vocabulary: FeatureTable): Int32Array {
  collector.begin(vocabulary)
  addFeatures(text, lexicon, collector)
  return collector.rows()
}

function addFeatures(text: string, lexicon: ConceptLexicon, sink: FeatureSink): void {
  const { concepts, repaired } = lexicon.scan(text)
  for (const concept of concepts) sink.add('k:', concept)
  const packed = pack(repaired)
  addGrams(packed, sink)
  addSounds(packed, sink)
  addForm(text, sink)
  addManners(text, concepts, sink)
}

/** The characters that n-grams are made of, slips put right. @param text see `normalizeText` */
export const charactersOf = (text: string, lexicon: ConceptLexicon): readonly string[] =>
  pack(lexicon.scan(text).repaired)

/** Drops fillers and punctuation, so that n-grams span only what carries meaning. */
function pack(text: string): readonly string[] {
  const dense = text
    .replace(NOT_WORD, '')
    .replace(/\n/g, '')
    .replace(FILLER, '')
    .replace(/\d{3,}/g, '0')
  return Array.from(dense)
}

function addGrams(chars: readonly string[], sink: FeatureSink): void {
  for (let i = 0; i < chars.length; i++) {
    const a = chars[i]!
    const b = chars[i + 1] ?? '$'
    sink.add('c:', a)
    sink.add('c:', a, b)
    if (b !== '$') sink.add('c:', a, b, chars[i + 2] ?? '$')
  }
  if (chars.length > 0) sink.add('c:^', chars[0]!, chars[1] ?? '$')
}

function addSounds(chars: readonly string[], sink: FeatureSink): void {
  let previous = ''
  for (const char of chars) {
    const syllable = syllableOf(char)
    if (previous && syllable) sink.add('s:', previous, ' ', syllable)
    previous = syllable
  }
}

function addForm(text: string, sink: FeatureSink): void {
  if (QUESTION_WORD.test(text)) sink.add('f:', 'question')
  const length = text.length
  sink.add('f:', length <= 4 ? 'tiny' : length <= 10 ? 'short' : length <= 30 ? 'mid' : length <= 80 ? 'long' : 'huge')
  if (/(?:^|\n| )\(?\d[.:)、]/.test(text)) sink.add('f:', 'numbered')
  if (/^@/.test(text)) sink.add('f:', 'at')
}

function addManners(text: string, concepts: readonly string[], sink: FeatureSink): void {
  const manners = MANNERS.filter(([, pattern]) => pattern.test(text)).map(([manner]) => manner)
  sink.add('m:', manners.join('+'))
  for (const manner of manners) {
    sink.add('m:', manner)
    for (const concept of concepts) sink.add('m:', manner, ' ', concept)
  }
}

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
    const syllables = chars.map(syllableOf)
    for (let start = 0; start < chars.length; start++) {
      let node: TrieNode | undefined = this.#sounds
      let slips = 0
      for (let end = start; end < chars.length; end++) {
        node = node.next.get(syllables[end]!)
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

const lexicons = new WeakMap<readonly Concept[], ConceptLexicon>()

/** Of one state of the knowledge there is one, however many read with it. */
export function lexiconOf(concepts: readonly Concept[]): ConceptLexicon {
  const lexicon = lexicons.get(concepts) ?? new ConceptLexicon(concepts)
  lexicons.set(concepts, lexicon)
  return lexicon
}

/**
 * Folds a run of pinyin as `foldSyllable` folds one syllable. Runs have no syllable borders (fang an, min gan), so
 * every `ng` becomes `n`, in the words of the lexicon and in what people type alike.
 */
function foldLetters(run: string): string {
  return foldSyllable(run).replace(/zh/g, 'z').replace(/ch/g, 'c').replace(/sh/g, 's').replace(/ng+/g, 'n')
}

const cache = new Map<string, string>()

/**
 * The toneless syllable of one character, with the pairs that people mix up folded into one (zh/z, ch/c, sh/s, ng/n).
 *
 * @param char one character
 * @returns `''` for anything that is not a Chinese character
 */
export function syllableOf(char: string): string {
  const known = cache.get(char)
  if (known !== undefined) return known
  const spoken = /\p{Script=Han}/u.test(char) ? foldSyllable(pinyin(char, { toneType: 'none' })) : ''
  cache.set(char, spoken)
  return spoken
}

/** @param syllable lower-case pinyin without tones, e.g. `sheng` → `sen` */
export function foldSyllable(syllable: string): string {
  return syllable.replace(/^zh/, 'z').replace(/^ch/, 'c').replace(/^sh/, 's').replace(/ng$/, 'n').replace('ü', 'v')
}

/** All syllables of a run of Chinese characters. */
export const syllablesOf = (text: string): readonly string[] => Array.from(text, syllableOf)
