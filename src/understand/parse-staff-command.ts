import type { StaffCommand } from '../model/command.js'

type Made = (number: number | null, rest: string) => StaffCommand | undefined

interface Verb {
  /** Simplified and traditional, longest first. */
  readonly words: string
  readonly make: Made
}

/** Verbs that take a ticket number and perhaps words. */
const VERBS: readonly Verb[] = [
  { words: '(?:看|查)?工[单單](?:列表)?', make: (number, rest) => (rest === '' ? listOrShow(number) : undefined) },
  {
    words: '(?:我来)?接[单單手](?:工单)?|我接',
    make: (number, rest) => (rest === '' ? { kind: 'claim-ticket', number } : undefined),
  },
  {
    words: '(?:结|關|关|結)[单單]',
    make: (number, rest) => ({ kind: 'close-ticket', number, note: rest }),
  },
  {
    words: '[转轉](?:给|給|交)',
    make: (number, rest) => ({ kind: 'pass-ticket', number, to: rest.replace(/^@/, '') }),
  },
  {
    words: '(?:还给|還給|交还|交回|还|退回)(?:机器人|機器人)',
    make: (number, rest) => (rest === '' ? { kind: 'return-ticket', number } : undefined),
  },
  { words: '回[复復覆]', make: (number, rest) => ({ kind: 'reply-ticket', number, text: rest }) },
  { words: '[备備][注註]', make: (number, rest) => ({ kind: 'note-ticket', number, text: rest }) },
]
/** Said as a whole, closing punctuation aside. */
const SENTENCES: readonly (readonly [RegExp, StaffCommand])[] = [
  [/^(?:我(?:来|要|先)?值班|值班我来|我上班了?)$/, { kind: 'start-duty' }],
  [/^(?:今天|现在)?(?:谁)?(?:在)?值班(?:的?是?谁|表)?$/, { kind: 'show-duty' }],
  [/^(?:我(?:先)?)?下班了?$/, { kind: 'end-duty' }],
]
const DIGITS = '[\\d０-９]{1,7}'
const PATTERNS = VERBS.map(({ words, make }) => ({
  // 接单 12, 接单12号：…, 接单#12, and 12 接单 as people also say it.
  pattern: new RegExp(`^(?:${words})(?:\\s*[#＃第]?\\s*(${DIGITS})(?![\\d０-９])(?:\\s*号)?)?([\\s\\S]*)$`),
  turned: new RegExp(`^[#＃]?(${DIGITS})\\s*号?\\s*(?:${words})$`),
  make,
}))
const LEADING_MARKS = /^[\s:：,，、-]+/
// The look behind keeps a run of marks in the middle from being tried from each of its signs.
const CLOSING_MARKS = /(?<![\s。.!！,，、~～?？])[\s。.!！,，、~～?？]+$/u
/** 回复 3天了 is no ticket 3; 结单12已处理 is one. */
const UNIT = /^(?:[.．:：]?[\d０-９]|[天个点时分秒月年次%％元块条])/

/**
 * Reads an order of a colleague. Full-width characters, missing blanks and closing punctuation are forgiven; what
 * people will read (notes, replies) stays as it was written.
 *
 * @returns undefined when the text is no order
 */
export function parseStaffCommand(text: string): StaffCommand | undefined {
  const plain = text.trim()
  const bare = plain.replace(CLOSING_MARKS, '')
  const sentence = SENTENCES.find(([pattern]) => pattern.test(bare))
  if (sentence) return sentence[1]
  for (const { pattern, turned, make } of PATTERNS) {
    const reversed = turned.exec(bare)
    if (reversed) return make(toNumber(reversed[1]), '')
    const [whole, digits, behind = ''] = pattern.exec(plain) ?? []
    if (whole === undefined) continue
    const rest = behind.replace(CLOSING_MARKS, '') === '' ? '' : behind.replace(LEADING_MARKS, '').trim()
    if (digits !== undefined) return UNIT.test(behind) ? undefined : make(toNumber(digits), rest)
    // Half an order; words that follow without a blank are talk: 回复客户说已经提交了, 接单员.
    const isHalf = rest === '' || /^\s/.test(behind) || (/给$|給$|交$/.test(plain.slice(0, 2)) && rest.length <= 4)
    return isHalf ? make(null, rest) : undefined
  }
  return undefined
}

const toNumber = (digits: string | undefined): number | null =>
  digits === undefined ? null : Number(digits.normalize('NFKC'))

const listOrShow = (number: number | null): StaffCommand =>
  number === null ? { kind: 'list-tickets' } : { kind: 'show-ticket', number }
