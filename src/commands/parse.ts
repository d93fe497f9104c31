import { DamerauLevenshteinDistance } from 'natural/lib/natural/distance/index.js'
import { syllablesOf } from '../nlu/featurizer.js'
import type { Said } from './row.js'
import { type Command, type Kind, ROWS } from './table.js'

export interface OrderReading {
  /**
   * Among people, where only its form tells an order from talk: words behind a verb need a blank, and nothing is
   * guessed.
   */
  readonly strict?: boolean
}

/** Longer than any order to the bot itself. */
const MAX_ORDER_CHARS = 600

/**
 * Reads an order. Full-width characters, missing blanks and closing punctuation are forgiven; sentences stay as they
 * were written.
 *
 * @returns undefined when the text is no order; `null` or an empty text where the order lacks something
 */
export function parseCommand(text: string, { strict = false }: OrderReading = {}): Command | undefined {
  return read({ text: text.trim(), plain: plainOf(text), strict })
}

/** Whether it begins like any order at all: one look for the talk of people, which hardly ever does. */
export const mayBeOrder = (text: string): boolean => opensOrder({ text: text.trim(), plain: plainOf(text) })

/** Reads only what colleagues order about tickets and their own duty. */
export const parseTicketOrder = (text: string): Command | undefined =>
  read({ text: text.trim(), plain: '', strict: false })

const OPENINGS = new RegExp(`^(?:${ROWS.map(([, { read }]) => read.opens).join('|')})`, 'i')

const opensOrder = ({ text, plain }: Pick<Said, 'text' | 'plain'>): boolean =>
  OPENINGS.test(plain) || OPENINGS.test(text)

const plainOf = (text: string): string =>
  text.length <= MAX_ORDER_CHARS ? halfWidth(text).trim().replace(/^\//, '') : ''

function read(said: Said): Command | undefined {
  if (!opensOrder(said)) return undefined
  for (const [kind, row] of ROWS) {
    const args = row.read(said)
    if (args) return { kind, ...args } as Command
  }
  return undefined
}

/** Digits, Latin letters, blanks and points between digits; all else stays as it was written. */
function halfWidth(text: string): string {
  return text
    .replace(/[０-９Ａ-Ｚａ-ｚ．／＃]/g, (sign) => sign.normalize('NFKC'))
    .replace(/[\u3000\u00a0\u2005]/g, ' ')
    .replace(/(?<=\d)[。·](?=\d)/g, '.')
}

const SLIPS = ROWS.flatMap(([kind, { slips, verb }]) => (slips ?? [verb]).map((word) => ({ word, kind })))
const OUR_WORDS: ReadonlySet<Kind> = new Set(ROWS.filter(([, { isOurWord }]) => isOurWord).map(([kind]) => kind))

/** Words that people type in full; what follows them is left to the order itself. */
const HEAD = /^\/?([\p{Script=Han}]{1,4}|[a-z]{3,10})(?=$|[\s:：\d])/iu
/** 归 类 7, 新 说 法. */
const TORN = /^\p{Script=Han}(?:\s+\p{Script=Han}){1,2}(?=$|[\s:：\d])/u
/** Whoever writes more than this does not merely mistype a verb. */
const MAX_CHARS = 40
const SAME_SOUND = 0.5
const FAR = Number.POSITIVE_INFINITY

export interface Suggestion {
  readonly kind: Kind
  /** The same text with the verb as it was meant. */
  readonly text: string
  /** The verb sounds the same: a slip of the keyboard. */
  readonly soundsAlike: boolean
  /** The verb stands there as it is, and nobody but those who order says it: 归类, 回滚. */
  readonly isOurWord: boolean
}

/** The order that a text is nearest to; undefined when it is near none. To be asked only for texts that are no order. */
export function suggestOrder(text: string): Suggestion | undefined {
  const plain = text.trim().replace(TORN, (torn) => torn.replace(/\s/g, ''))
  const head = plain.length <= MAX_CHARS ? HEAD.exec(plain)?.[1]?.toLowerCase() : undefined
  if (head === undefined) return undefined
  const scored = SLIPS.map(({ word, kind }) => ({ word, kind, distance: distanceOf(head, word) }))
  const best = scored.reduce((a, b) => (b.distance < a.distance ? b : a))
  if (best.distance === FAR) return undefined
  return {
    kind: best.kind,
    text: plain.replace(head, best.word),
    soundsAlike: best.distance <= SAME_SOUND,
    isOurWord: head === best.word && OUR_WORDS.has(best.kind),
  }
}

/**
 * For the same sound, for one slip (letter, character, two swapped, one more or less), which is seldom the first, and for
 * a sound with one slip. Infinite else.
 */
function distanceOf(head: string, word: string): number {
  if (head === word) return 0
  if (soundOf(head) === soundOf(word) && head.length === word.length) return SAME_SOUND
  if (isOneSlip(head, word)) return word.length > 1 && head.length > 1 ? (head[0] === word[0] ? 1 : 1.1) : FAR
  return isOneSlip(soundOf(head), soundOf(word)) ? 1.2 : FAR
}

const isOneSlip = (a: string, b: string): boolean => DamerauLevenshteinDistance(a, b, { restricted: true }) <= 1
const soundOf = (text: string): string => (/\p{Script=Han}/u.test(text) ? syllablesOf(text).join(' ') : text)
