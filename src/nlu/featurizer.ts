import { pinyin } from 'pinyin-pro'
import type { Concept } from '../model/knowledge.js'
import { type FeatureSink, type FeatureTable, RowCollector } from './feature-table.js'
import { Trie } from './trie.js'

export interface TextFeatures {
  /**
   * Distinct feature names: `c:` character n-grams, `k:` concepts, `s:` syllable pairs, `f:` form of the message,
   * `m:` its manner (asking, reporting, refused …), alone and with each concept.
   */
  readonly names: readonly string[]
}

const NOT_WORD = /[^\p{Script=Han}a-z0-9?]+/gu
const QUESTION_WORD =
  /[?]|怎么|如何|咋|啥|什么|吗|呢|哪|几|多少|多久|是不是|能不能|可不可以|要不要|有没有|为何|为什么|凭什么|么$/
/** How people begin before they ask anything. */
export const OPENING =
  /^(?:你好|您好|请问|麻烦问?一?下|老师|亲|hi|hello|在吗|问一?下|请教一?下|大佬|各位|打扰一?下|那个|嗯|想问一?下|咨询一?下)+/
const FILLER = new RegExp(`${OPENING.source}|(?:谢谢|感谢|多谢|急|在线等|求助|求解)+$`, 'g')

/** "类目怎么加" and "类目加好了" share their words; what is done with them tells a question from a report. */
const MANNERS = [
  ['asks', QUESTION_WORD],
  ['reports', /了[!。~]*$|好了|已经|搞定|完成|通过了|ok/],
  ['serves', /^您|亲|麻烦您|请您|您这边|我们这边|给您/],
  ['denies', /不|没|未|无|拒|退|失败/],
  ['dates', /昨天|今天|明天|刚|下周|上周|等/],
  ['calls', /@/],
] as const satisfies readonly (readonly [manner: string, pattern: RegExp])[]

/** @param text see `normalizeText` */
export function extractFeatures(text: string, lexicon: ConceptLexicon): TextFeatures {
  const sink = new NameCollector()
  addFeatures(text, lexicon, sink)
  return { names: [...sink.names] }
}

class NameCollector implements FeatureSink {
  readonly names = new Set<string>()
  #name = ''

  start(kind: string): void {
    this.#name = kind
  }

  append(part: string): void {
    this.#name += part
  }

  add(part: string): void {
    this.#name += part
    this.names.add(this.#name)
  }
}

const collector = new RowCollector()

/** The rows of the same features in the same order, as far as a vocabulary knows them. @param text see `normalizeText` */
export function featureRows(text: string, lexicon: ConceptLexicon, vocabulary: FeatureTable): Int32Array {
  collector.begin()
  addFeatures(text, lexicon, collector)
  return collector.rowsOf(vocabulary)
}

function addFeatures(text: string, lexicon: ConceptLexicon, sink: FeatureSink): void {
  const { concepts, repaired } = lexicon.scan(text)
  for (const concept of concepts) {
    sink.start('k:')
    sink.add(concept)
  }
  const packed = pack(repaired)
  const manners = MANNERS.filter(([, pattern]) => pattern.test(text)).map(([manner]) => manner)
  addGrams(packed, sink)
  addSounds(packed, sink)
  addForm(text, manners, sink)
  addManners(manners, concepts, sink)
}

/** The characters that n-grams are made of, slips put right. @param text see `normalizeText` */
export const charactersOf = (text: string, lexicon: ConceptLexicon): readonly string[] =>
  pack(lexicon.scan(text).repaired).map(({ text: character }) => character)

/** Drops fillers and punctuation, so that n-grams span only what carries meaning. */
function pack(text: string): readonly Character[] {
  return charactersIn(
    text
      .replace(NOT_WORD, '')
      .replace(FILLER, '')
      .replace(/\d{3,}/g, '0'),
  )
}

function addGrams(chars: readonly Character[], sink: FeatureSink): void {
  for (let i = 0; i < chars.length; i++) {
    sink.start('c:')
    sink.add(chars[i]!.text)
    sink.add(chars[i + 1]?.text ?? '$')
    if (i + 1 < chars.length) sink.add(chars[i + 2]?.text ?? '$')
  }
  if (chars.length === 0) return
  sink.start('c:^')
  sink.append(chars[0]!.text)
  sink.add(chars[1]?.text ?? '$')
}

function addSounds(chars: readonly Character[], sink: FeatureSink): void {
  let previous = ''
  for (const { syllable } of chars) {
    if (previous && syllable) {
      sink.start('s:')
      sink.append(previous)
      sink.append(' ')
      sink.add(syllable)
    }
    previous = syllable
  }
}

type Manner = (typeof MANNERS)[number][0]

function addForm(text: string, manners: readonly Manner[], sink: FeatureSink): void {
  const add = (form: string): void => {
    sink.start('f:')
    sink.add(form)
  }
  if (manners.includes('asks')) add('question')
  const length = text.length
  add(length <= 4 ? 'tiny' : length <= 10 ? 'short' : length <= 30 ? 'mid' : length <= 80 ? 'long' : 'huge')
  if (/(?:^|\n| )\(?\d[.:)、]/.test(text)) add('numbered')
  if (/^@/.test(text)) add('at')
}

function addManners(manners: readonly Manner[], concepts: readonly string[], sink: FeatureSink): void {
  sink.start('m:')
  sink.add(manners.join('+'))
  for (const manner of manners) {
    sink.start('m:')
    sink.add(manner)
    for (const concept of concepts) {
      sink.start('m:')
      sink.append(manner)
      sink.append(' ')
      sink.add(concept)
    }
  }
}

export interface ConceptScan {
  /** Ids of the concepts that the text names, each once. */
  readonly concepts: readonly string[]
  /** The text with sound-alike slips (类木) put right (类目). */
  readonly repaired: string
}

interface ConceptWord {
  readonly concept: string
  readonly word: string
}

const ONLY_HAN = /^\p{Script=Han}+$/u
const LATIN_RUN = /[a-z]+(?: [a-z]+)*/g

/** Finds what a message is about in words, in sound (类木, 备按) and in typed pinyin (leimu). */
/** Two short syllables spelled in letters (e.g. "le a") turn up inside English words. */
const MIN_SPELLED_CHARS = 4

export class ConceptLexicon {
  /** By the codes of the characters, by their sounds, by the codes of the letters that these are spelled with. */
  readonly #words = new Trie<ConceptWord>()
  readonly #sounds = new Trie<ConceptWord>()
  readonly #letters = new Trie<ConceptWord>()

  constructor(concepts: readonly Concept[]) {
    for (const { id, words } of concepts) {
      for (const word of words) this.#add(id, word)
    }
  }

  #add(concept: string, word: string): void {
    const end = { concept, word }
    const chars = charactersIn(word)
    this.#words.insert(chars.map(codeOf), end)
    if (!ONLY_HAN.test(word) || word.length < 2) return
    this.#sounds.insert(chars.map(soundOf), end)
    const spelled = foldLetters(chars.map(({ syllable }) => syllable).join(''))
    if (spelled.length >= MIN_SPELLED_CHARS) this.#letters.insert(charactersIn(spelled).map(codeOf), end)
  }

  /** @param text see `normalizeText` */
  scan(text: string): ConceptScan {
    const chars = charactersIn(text)
    const found = new Set<string>()
    const covered = this.#scanWords(chars, found)
    const repaired = this.#scanSounds(chars, covered, found)
    this.#scanLetters(text, found)
    return { concepts: [...found], repaired: repaired?.join('') ?? text }
  }

  /** @returns by character: whether it stands within a word */
  #scanWords(chars: readonly Character[], found: Set<string>): Uint8Array {
    const covered = new Uint8Array(chars.length)
    for (let start = 0; start < chars.length; start++) {
      let node = 0
      for (let end = start; end < chars.length; end++) {
        node = this.#words.next(node, chars[end]!.code)
        if (node === 0) break
        const ends = this.#words.endsAt(node)
        for (const { concept } of ends) found.add(concept)
        if (ends.length > 0 && end > start) covered.fill(1, start, end + 1)
      }
    }
    return covered
  }

  /** @returns the characters with slips put right; undefined where there are none */
  #scanSounds(chars: readonly Character[], covered: Uint8Array, found: Set<string>): string[] | undefined {
    let repaired: string[] | undefined
    for (let start = 0; start < chars.length; start++) {
      let node = 0
      for (let end = start; end < chars.length; end++) {
        // Characters that already spell a known word are not slips of another one.
        node = covered[end] ? 0 : this.#sounds.next(node, chars[end]!.sound)
        if (node === 0) break
        const hit = this.#sounds.endsAt(node)[0]
        if (!hit) continue
        found.add(hit.concept)
        repaired ??= chars.map(({ text }) => text)
        for (const [i, { text }] of charactersIn(hit.word).entries()) repaired[start + i] = text
      }
    }
    return repaired
  }

  #scanLetters(text: string, found: Set<string>): void {
    for (const run of text.match(LATIN_RUN) ?? []) {
      if (run.length < MIN_SPELLED_CHARS) continue
      const letters = run.split(' ').map(foldLetters).join('')
      for (let start = 0; start < letters.length; start++) {
        let node = 0
        for (let end = start; end < letters.length; end++) {
          node = this.#letters.next(node, letters.charCodeAt(end))
          if (node === 0) break
          for (const { concept } of this.#letters.endsAt(node)) found.add(concept)
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

/** What is looked at of a character. Of each there is one, made when it is first seen: a message costs no string then. */
interface Character {
  readonly text: string
  readonly code: number
  /** See `syllableOf`. */
  readonly syllable: string
  /** The same as a number. */
  readonly sound: number
}

const codeOf = ({ code }: Character): number => code
const soundOf = ({ sound }: Character): number => sound

/** By code: a list is read several times as fast as a map. Few characters lie beyond it. */
const characters: (Character | undefined)[] = new Array<Character | undefined>(0x10000).fill(undefined)
const rareCharacters = new Map<number, Character>()
const sounds = new Map<string, number>()

function charactersIn(text: string): readonly Character[] {
  const found: Character[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!
    if (code > 0xffff) at++
    found.push((code > 0xffff ? rareCharacters.get(code) : characters[code]) ?? newCharacter(code))
  }
  return found
}

function newCharacter(code: number): Character {
  const text = String.fromCodePoint(code)
  const syllable = /\p{Script=Han}/u.test(text) ? foldSyllable(pinyin(text, { toneType: 'none' })) : ''
  const sound = sounds.get(syllable) ?? sounds.size
  sounds.set(syllable, sound)
  const character = { text, code, syllable, sound }
  if (code > 0xffff) rareCharacters.set(code, character)
  else characters[code] = character
  return character
}

/**
 * The toneless syllable of one character, with the pairs that people mix up folded into one (zh/z, ch/c, sh/s, ng/n).
 *
 * @param char one character
 * @returns `''` for anything that is not a Chinese character
 */
export const syllableOf = (char: string): string => charactersIn(char)[0]?.syllable ?? ''

/** @param syllable lower-case pinyin without tones, e.g. `sheng` → `sen` */
export function foldSyllable(syllable: string): string {
  return syllable.replace(/^zh/, 'z').replace(/^ch/, 'c').replace(/^sh/, 's').replace(/ng$/, 'n').replace('ü', 'v')
}

/** All syllables of a run of Chinese characters. */
export const syllablesOf = (text: string): readonly string[] => charactersIn(text).map(({ syllable }) => syllable)
