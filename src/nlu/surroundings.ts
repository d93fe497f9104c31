import type { Language, Phrases } from '../model/language.js'
import { maskNumbers } from './normalize.js'

type Around = Phrases<'around'>

/** Between what is cut off and what stays. */
const MARKS_BEFORE = /^[\s,.。!~;、:…—-]+/
const MARKS_BEHIND = /[\s,;、:…—-]+$/
/** Marks may stand between a courtesy and the end; a question mark belongs to the question. */
const END = '[\\s,.。!~;、…]*$'
/** A courtesy longer than this is a story. */
const MAX_TAIL_CHARS = 60
/** Nobody greets and thanks more often than this at either end. */
const MAX_CUTS = 6
/** Less than this says nothing by itself. */
const MIN_LEFT = /\p{Script=Han}{2}|[a-z]{3}/u
/** `资质.pdf` is named by its stem; one without Chinese says nothing. */
const FILE_NAME =
  /([\p{Script=Han}\w()-]{1,60})\.(?:pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|bmp|zip|rar|7z|mp4|mov|txt)(?![\w])/gu
/** An order's number with letters in front. */
const LETTERED_NUMBER = /(?<![a-z0-9])(?:no\.? ?|#)?[a-z]{1,5}[-_]?\d{6,}(?![a-z0-9])/g
const NO_WORDS = /\[(?:网址|邮箱|账号|appid|号码)\]/g
const COMPANY = /\[公司\]/g

interface Tails {
  readonly closing: RegExp
  readonly labelled: RegExp
}

const tailsOf = new WeakMap<Around, Tails>()

/** Patterns that are put together from an author's parts, once for a state of the language. */
function tails(around: Around): Tails {
  const known = tailsOf.get(around)
  if (known) return known
  const made = {
    closing: new RegExp(`(?:${around.closing.source})${END}`, 'u'),
    labelled: new RegExp(`(?:${around.label.source})?[\\s:]*${NO_WORDS.source}`, 'gu'),
  }
  tailsOf.set(around, made)
  return made
}

/**
 * What is left of a message when nothing stands around it any more: greetings, introductions, thanks, links, numbers, file
 * names. They say nothing of what is asked, and sway whoever weighs all words alike.
 *
 * @param normalized see `normalizeText`
 * @returns the message itself where nothing else would be left of it
 */
export function trimmedWords(normalized: string, around: Around): string {
  if (isCourtesy(normalized, around)) return normalized
  let text = withoutIdentifiers(normalized, around)
  for (let cuts = 0; cuts < MAX_CUTS; cuts++) {
    const before = text
    text = shorter(text, cutStart(text, around))
    text = shorter(text, cutEnd(text, around))
    if (text === before) break
  }
  return saysSomething(text, around) ? text : normalized
}

const shorter = (text: string, cut: string): string => (MIN_LEFT.test(cut) ? cut : text)

/** Thanks upon thanks stay what they are. */
const saysSomething = (text: string, around: Around): boolean => MIN_LEFT.test(text) && !isCourtesy(text, around)

function cutStart(text: string, { opening, introduction, asking }: Around): string {
  const bare = text.replace(MARKS_BEFORE, '')
  for (const pattern of [opening, introduction, asking]) {
    const found = pattern.exec(bare)
    if (found && found[0] !== '') return bare.slice(found[0].length).replace(MARKS_BEFORE, '')
  }
  return bare
}

function cutEnd(text: string, around: Around): string {
  const tail = text.slice(-MAX_TAIL_CHARS)
  const found = tails(around).closing.exec(tail)
  return found ? text.slice(0, text.length - tail.length + found.index).replace(MARKS_BEHIND, '') : text
}

/** Whatever points at something by its form; its label goes with it. */
function withoutIdentifiers(normalized: string, around: Around): string {
  const lines = normalized.split('\n')
  const own = lines.length === 1 ? lines : lines.filter((line) => !around.cardLine.test(line.trim()))
  const named = withoutEndings(own.join('\n')).replace(LETTERED_NUMBER, '[号码]')
  const masked = maskNumbers(named)
  if (masked === normalized) return normalized
  return masked
    .replace(COMPANY, '公司')
    .replace(tails(around).labelled, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?([,。;、])[\s,。;、]+/g, '$1')
    .trim()
}

/** The stem may be all there is before the dot, so texts without one are not searched for it. */
const withoutEndings = (text: string): string =>
  text.includes('.')
    ? text.replace(FILE_NAME, (_, stem: string) => (/\p{Script=Han}/u.test(stem) ? stem : '[号码]'))
    : text

/** Longer courtesies are none. */
const MAX_PARTS = 12
const BETWEEN = /^[\s,.。!?~;、:…\-—]+/

/** Nothing but taking note, thanking and parting: 好的收到, 明白，我去试试. @param text see `normalizeText` */
export const isCourtesy = (text: string, { courtesy }: Around): boolean =>
  !NO_THANKS.test(text) && !ASKS_FOR_YES.test(text) && consistsOf(text, courtesy)

/** Nothing, or marks alone: !!!!, …… */
const NO_THANKS = /^[\s!.,。…~]*$/

/** 可以转给同事不 */
const ASKS_FOR_YES = /[?]|(?:[吗么嘛]|(?<=.{3})[不没])$/

/**
 * Nothing but pointing at what somebody else has said: 这个要怎么改, 帮忙看下这个.
 *
 * @param text see `normalizeText`; may be empty
 */
export const onlyPoints = (text: string, { pointing }: Around): boolean => consistsOf(text, pointing)

/** Takes one part after another off the front: linear, however the parts overlap. */
export function consistsOf(text: string, part: RegExp): boolean {
  let rest = text.replace(BETWEEN, '')
  for (let parts = 0; rest !== ''; parts++) {
    const found = part.exec(rest)
    if (!found || found[0] === '' || parts === MAX_PARTS) return false
    rest = rest.slice(found[0].length).replace(BETWEEN, '')
  }
  return true
}

/** A line that says who speaks: a name and a time, or a name and a colon alone. */
const SPEAKER_LINE =
  /^(?:\S[^\n:]{0,24} +(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日? +)?\d{1,2}:\d{2}(?::\d{2})?|\S[^\n:,。?!]{0,16}:|【[^\n:,。?!】]{1,12}】)$/
const SAID_IN_LINE = /^(\p{L}(?:[^\n:,。?!]{0,10}[^\n:,。?!\s])?): ?\S/u
const DATE_RULE = /^[—\-–=]{2,}.{0,30}\d{1,2}.{0,20}[—\-–=]{2,}$/

/**
 * Several messages of others in one, as copied from a PC (`name time`), from a phone (`name:`) or typed (`name: text`).
 *
 * @param text see `normalizeText`
 */
export function isTranscript(text: string, { around, notice }: Pick<Language, 'around' | 'notice'>): boolean {
  if (!text.includes('\n')) return false
  const labels = { test: (line: string): boolean => isLabel(line, { around, notice }) }
  const lines = text.split('\n').map((line) => line.trim())
  if (lines.length < 2) return false
  if (lines.some((line) => DATE_RULE.test(line))) return true
  const headed = lines.filter((line) => SPEAKER_LINE.test(line) && !labels.test(line))
  if (headed.length >= 2) return true
  const speakers = lines.map((line) => SAID_IN_LINE.exec(line)?.[1]).filter((name) => name !== undefined)
  const people = speakers.filter((name) => !labels.test(name))
  return people.length >= 2 && people.length >= lines.length - 1 && new Set(people).size >= 2
}

const isLabel = (line: string, { around, notice }: Pick<Language, 'around' | 'notice'>): boolean =>
  notice.label.test(line.replace(/:.*$/s, '').trim()) ||
  around.cardLine.test(`${line.replace(/:.*$/s, '').trim()}:`) ||
  around.asking.test(line)

const LIST_POINT = /^ ?(?:\d{1,3}|[一二三四五六七八九十]{1,2}) ?[.、:)]? ?\S/

/**
 * Written for many: a chain of names, an announcement, minutes, a list of several shops. Whatever it says of rejections,
 * nobody asks.
 *
 * @param text see `normalizeText`
 */
export function isForMany(text: string, { chain, minutes }: Around): boolean {
  if (chain.test(text.slice(0, 200))) return true
  const [head = '', ...lines] = text.split('\n')
  const points = lines.filter((line) => LIST_POINT.test(line))
  return points.length >= 2 && minutes.test(head.slice(0, 40))
}
