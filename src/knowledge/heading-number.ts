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
