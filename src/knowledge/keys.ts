import { createHash } from 'node:crypto'
import type { Guide, Section } from '../model/knowledge.js'

export interface Heading {
  /** 1..6, as the number of `#`. */
  readonly depth: number
  readonly text: string
}

export interface KeyedHeading {
  readonly key: string
  /** Without its number. */
  readonly title: string
  readonly numbered: boolean
  /** Index of the heading that this one stands under; undefined at the top. */
  readonly parent: number | undefined
}

interface Ancestor {
  readonly index: number
  readonly depth: number
  /** Key of the nearest numbered heading, itself included; undefined when there is none. */
  readonly numberedKey: string | undefined
  readonly appendix: Appendix | undefined
}

/** A block of headings that count from 1 again. The letter is decided by the first of them; `''` means none needed. */
interface Appendix {
  readonly depth: number
  letter: string | undefined
  /** Its headings stand beside it instead of under it. */
  flat: boolean
}

const APPENDIX =
  /^(?:附录|附[:：、一二三四五六七八九\d\s]|附$|附件|常见|FAQ|Q\s*[&＆]\s*A|问答|答疑|疑难|热门问题|Appendix)|(?:常见问题|失败原因|问题解答|FAQ|Q&A)$/i
const MAX_KEY_CHARS = 20

/**
 * Gives every heading its key: its number where it has one (`4.1`), counted on from the heading above it where it
 * restarts, with a letter under an appendix (`A1.2`), else its own words.
 *
 * @param taken keys given already, such as `0` for the introduction
 * @returns one entry a heading, in order; keys are unique
 */
export function assignKeys(headings: readonly Heading[], taken: Iterable<string> = []): readonly KeyedHeading[] {
  const used = new Keys(taken)
  const stack: Ancestor[] = []
  let letters = 0
  return headings.map(({ depth, text }, index) => {
    const { parent, appendix } = climb(stack, { depth, text, used })
    const number = readHeadingNumber(text, appendix !== undefined)
    if (appendix && number.kind === 'number') {
      appendix.letter ??= number.components[0] === 1 || used.has(number.components.join('.')) ? letterOf(letters++) : ''
    }
    const key = used.take(keyOf(number, parent?.numberedKey, appendix?.letter ?? ''))
    const isAppendix = number.kind === 'none' && APPENDIX.test(number.title)
    stack.push({
      index,
      depth,
      numberedKey: isAppendix ? undefined : number.kind === 'none' ? parent?.numberedKey : key,
      appendix: isAppendix ? { depth, letter: undefined, flat: false } : appendix,
    })
    return { key, title: number.title, numbered: number.kind !== 'none', parent: parent?.index }
  })
}

/** Leaves the stack at the heading above this one. */
function climb(
  stack: Ancestor[],
  { depth, text, used }: Heading & { readonly used: Keys },
): { readonly parent: Ancestor | undefined; readonly appendix: Appendix | undefined } {
  while (stack.length > 0 && stack.at(-1)!.depth >= depth) {
    const top = stack.at(-1)!
    const { appendix } = top
    if (appendix && appendix.depth === depth && isOwnerOfFlat(top, stack) && continuesFlat(appendix, text, used)) break
    stack.pop()
  }
  const parent = stack.at(-1)
  return { parent, appendix: parent?.appendix }
}

const isOwnerOfFlat = (top: Ancestor, stack: readonly Ancestor[]): boolean => stack.at(-2)?.appendix !== top.appendix

/** `## 附录` followed by `## 1、…` though 1 is taken: the numbers belong to the appendix all the same. */
function continuesFlat(appendix: Appendix, text: string, used: Keys): boolean {
  const number = readHeadingNumber(text, true)
  if (number.kind !== 'number') return false
  appendix.flat ||= appendix.letter === undefined && number.components[0] === 1 && used.has(number.components.join('.'))
  return appendix.flat
}

type NumberOfHeading = ReturnType<typeof readHeadingNumber>

function keyOf(number: NumberOfHeading, parentKey: string | undefined, letter: string): string {
  switch (number.kind) {
    case 'lettered':
      return number.key
    case 'none':
      return [...number.title].slice(0, MAX_KEY_CHARS).join('').trim()
    case 'number': {
      const written = number.components.join('.')
      const countsOn = number.components.length === 1 && parentKey !== undefined
      return countsOn ? `${parentKey}.${written}` : `${letter}${written}`
    }
  }
}

/** Keys given so far, and for each how often it was wanted. */
class Keys {
  readonly #copies = new Map<string, number>()

  constructor(taken: Iterable<string>) {
    for (const key of taken) this.#copies.set(key, 1)
  }

  has(key: string): boolean {
    return this.#copies.has(key)
  }

  /** The key itself, or `key-2`, `key-3` … */
  take(key: string): string {
    let copy = (this.#copies.get(key) ?? 0) + 1
    while (copy > 1 && this.#copies.has(`${key}-${copy}`)) copy++
    this.#copies.set(key, copy)
    if (copy === 1) return key
    this.#copies.set(`${key}-${copy}`, 1)
    return `${key}-${copy}`
  }
}

/** A..Z, then AA, AB … */
const letterOf = (index: number): string =>
  (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))

/** The number that an author wrote in front of a heading. */
export type HeadingNumber =
  | { readonly kind: 'none'; readonly title: string }
  /** `1、`, `第2步`, `三、`: one component; `4.1`: two or more. */
  | { readonly kind: 'number'; readonly components: readonly number[]; readonly title: string }
  /** `A1.2`: already a key. */
  | { readonly kind: 'lettered'; readonly key: string; readonly title: string }

const HAN_NUMBER = '[一二三四五六七八九十]{1,3}'
// `3 个月` and `2.0版本` are words, not numbers of a heading.
const MEASURE =
  /^(?:个|天|分钟|小时|种|次|条|点(?!击)|款|大|位|年|月|日(?!志)|号|元|项(?!目)|张|篇|秒|周|级|倍|类(?!目)|家|人(?!工|员)|招|步(?!骤)|万|亿|折|岁|版|[%％+×~～-])/

/** Patterns of one-component numbers; group 1 is the number, group 2 the title. */
const SINGLE: readonly RegExp[] = [
  new RegExp(
    `^第\\s*(\\d{1,3}|${HAN_NUMBER})\\s*(?:步骤|步|章|节|部分|阶段|篇|讲|课|关)[\\s：:、.．，,—–-]*(.*)$`,
    'u',
  ),
  new RegExp(`^(?:步骤|step)\\s*(\\d{1,3}|${HAN_NUMBER})(?!\\d)[\\s：:、.．，,—–-]*(.*)$`, 'iu'),
  /^(?:Q|问题?|FAQ)\s*(\d{1,3})\s*[：:、.．)）\s]\s*(.*)$/i,
  new RegExp(`^[（(]\\s*(\\d{1,3}|${HAN_NUMBER})\\s*[)）][、.．:：]?\\s*(.*)$`, 'u'),
  new RegExp(`^(${HAN_NUMBER})[、．.:：)）]\\s*(.*)$`, 'u'),
  /^(\d{1,3})(?:[、．)）：]|[.:](?!\d))\s*(.*)$/,
  /^([①-⑳])\s*(.*)$/,
]

const DOTTED = /^(\d{1,3}(?:[.．]\d{1,3}){1,4})(?![.．]?\d)[.．]?([、:：)）\s]?)\s*(.*)$/
const BARE = /^(\d{1,2})\s+(.*)$/
// `Q1` numbers a question, see `SINGLE`.
const LETTERED = /^([A-PR-Z]\d{1,2}(?:\.\d{1,2})*)(?:[、．.:：)）]\s*|(\s+))(.*)$/

/**
 * Reads the number off a heading.
 *
 * @param inAppendix under an appendix `A1 标题` is a number; elsewhere it may be a word (`H5 页面`)
 */
export function readHeadingNumber(heading: string, inAppendix: boolean): HeadingNumber {
  const text = heading.replace(/^(?:\p{Extended_Pictographic}|\uFE0F|\s)+/u, '').trim() || heading.trim()
  const titled = (title: string): string => title.trim() || text
  const lettered = LETTERED.exec(text)
  if (lettered && (inAppendix || lettered[2] === undefined)) {
    return { kind: 'lettered', key: lettered[1]!, title: titled(lettered[3]!) }
  }
  const dotted = DOTTED.exec(text)
  if (dotted && isDottedHeading(dotted[2]!, dotted[3]!)) {
    return { kind: 'number', components: dotted[1]!.split(/[.．]/).map(Number), title: titled(dotted[3]!) }
  }
  for (const pattern of SINGLE) {
    const match = pattern.exec(text)
    const number = match ? toNumber(match[1]!) : undefined
    if (match && number !== undefined) return { kind: 'number', components: [number], title: titled(match[2]!) }
  }
  const bare = BARE.exec(text)
  if (bare && !MEASURE.test(bare[2]!)) {
    return { kind: 'number', components: [Number(bare[1])], title: titled(bare[2]!) }
  }
  return { kind: 'none', title: text }
}

const isDottedHeading = (separator: string, rest: string): boolean =>
  rest === '' ? true : !MEASURE.test(rest) && (separator !== '' || /^[\p{Script=Han}“「《（【(]/u.test(rest))

const HAN_DIGITS = '零一二三四五六七八九'

/** 1..999 from Arabic, circled or Chinese numerals; undefined for what is none (`十十`). */
function toNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const circled = text.codePointAt(0)! - 0x245f
  if (circled >= 1 && circled <= 20) return circled
  const [, tens, ten, ones] = /^([一二三四五六七八九])?(十)?([一二三四五六七八九])?$/.exec(text) ?? []
  if (ten === undefined) return text.length === 1 && tens !== undefined ? HAN_DIGITS.indexOf(tens) : undefined
  return (tens ? HAN_DIGITS.indexOf(tens) : 1) * 10 + (ones ? HAN_DIGITS.indexOf(ones) : 0)
}

export const MAIN_GUIDE = 'fasttest'

/**
 * Makes section keys unique over all guides: those of every guide but the main one get its id in front (`payment/2`).
 * The main guide is `fasttest`, else the first by file name. With a single guide nothing changes.
 *
 * @param taught guides that grew out of the chat; never the main one
 */
export function qualifyKeys(guides: readonly Guide[], taught: readonly Guide[] = []): readonly Guide[] {
  const all = [...guides, ...taught]
  if (all.length < 2) return all
  const byFile = [...guides].sort((a, b) => (a.file < b.file ? -1 : 1))
  const main = guides.find(({ id }) => id === MAIN_GUIDE) ?? byFile[0]
  return all.map((guide) =>
    guide === main
      ? guide
      : {
          ...guide,
          sections: guide.sections.map((section) => qualify(section, guide)),
          ...(guide.steps ? { steps: guide.steps.map((key) => `${guide.id}/${key}`) } : {}),
        },
  )
}

function qualify(section: Section, { id, sections }: Guide): Section {
  const own = new Set(sections.map(({ key }) => key))
  // Lines such as 「见 2.1：…」 that we wrote ourselves name keys, see `buildSections`.
  const rename = (line: string): string =>
    line.replace(/^见 (\S+?)：/, (whole, key: string) => (own.has(key) ? `见 ${id}/${key}：` : whole))
  return {
    ...section,
    key: `${id}/${section.key}`,
    parts: section.parts.map((part) => ({ ...part, lines: part.lines.map(rename) })),
  }
}

/** The key as its guide writes it, without the guide's id. */
export const ownKey = ({ key, guideId }: Section): string =>
  key.startsWith(`${guideId}/`) ? key.slice(guideId.length + 1) : key

interface KeptText {
  readonly kept: string
  readonly text: string
}

/** Names of the intents folder's files that measure the bot and teach it nothing. */
export const MEASURES: ReadonlySet<string> = new Set(['held-out', 'golden', 'conversations', 'several'])

const isMeasure = ({ kept }: Pick<KeptText, 'kept'>): boolean =>
  kept.startsWith('intents/') && MEASURES.has(/([^/]+)\.ya?ml$/i.exec(kept)?.[1] ?? '')

/** Changes with every difference in what the bot is taught by these files. */
export function textsKey({
  guides,
  tables,
  intents,
}: {
  readonly guides: readonly KeptText[]
  readonly tables: readonly KeptText[]
  readonly intents: readonly KeptText[]
}): string {
  const hash = createHash('sha256')
  for (const { kept, text } of [...guides, ...tables, ...intents].filter((file) => !isMeasure(file)))
    hash.update(`${kept}\n${text.length}\n${text}`)
  return hash.digest('hex')
}

/** What people read of it. */
export const versionOf = (key: string): string => key.slice(0, 8)

/** Each item whose key an earlier one has already, with the first of that key. */
export function repeated<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [Item, Item])[] {
  const firsts = new Map<string, Item>()
  return items.flatMap((item): readonly (readonly [Item, Item])[] => {
    const key = keyOf(item)
    const first = firsts.get(key)
    if (first !== undefined) return [[item, first]]
    firsts.set(key, item)
    return []
  })
}
