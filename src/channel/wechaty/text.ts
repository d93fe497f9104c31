import { MAX_HEARD_CHARS, shownName, written } from '../../base/text.js'
import type { Quote } from '../../model/chat.js'

export interface BotNames {
  /** Every name that a mention of the bot may carry: nick and group display name. */
  readonly names: readonly string[]
  /** Names that the bot shares with another member: a mention of those is for nobody in particular. */
  readonly shared?: readonly string[]
}

export interface ReadText {
  /** New part, the bot's mention removed. */
  readonly text: string
  readonly quote?: Quote
  readonly addressedToBot: boolean
  readonly mentionsOthers: boolean
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
}
const MAX_NAME_CHARS = 100
// Escaped, and with emoji as HTML, a text grows to a dozen times its length.
const MAX_ESCAPED_FACTOR = 12
const QUOTE_RULE = /」\s*\n(?:- ?){6,}\n?/
const QUOTE_SPEAKER = /^「([^\n:：]*)[:：]/
const EMOJI_SPAN = /<span class="emoji emoji([0-9a-f]+)"><\/span>/g
const EVERYBODY = /^(?:所有人|all(?![a-z0-9_]))/i
/** The domain of an e-mail address, from its `@` on. */
const DOMAIN = /@[\w-]+(?:\.[\w-]+)+/y
/** What is left of a longer name: WeChat puts U+2005 behind the whole of it. */
const LONGER_NAME = /[^@\s]+\u2005/y

/** Undoes what Web WeChat does to a text; `&amp;` last, so that nothing is unescaped twice. */
export function unescapeText(text: string): string {
  return written(
    text
      .slice(0, 2 * MAX_HEARD_CHARS * MAX_ESCAPED_FACTOR)
      .replace(EMOJI_SPAN, (_, code: string) => emojiOf(code))
      .replace(/<br\s*\/?>/g, '\n')
      .replace(/&(?:lt|gt|quot|apos|nbsp);/g, (entity) => ENTITIES[entity] ?? entity)
      .replace(/&amp;/g, '&'),
  )
}

/** WeChat cuts names at a length in bytes, be it within an emoji. */
const CUT_SPAN = /<(?:\/?span\b[^>]*>?|\/s?p?a?|s|sp|spa)$/

/** A nick, display name, remark or topic, as far as it can be shown, on one line. */
export const unescapeName = (name: string): string =>
  shownName(withoutCutSpan(unescapeText(name.slice(0, MAX_NAME_CHARS * MAX_ESCAPED_FACTOR))))

/** Both halves, or what the puppet has left of them. */
const withoutCutSpan = (name: string): string => name.replace(CUT_SPAN, '').replace(CUT_SPAN, '')

/** Flags and key caps are two signs in a row, of four or five digits each: `1f1e81f1f3`. */
function emojiOf(code: string): string {
  const halves =
    code.length === 8 || code.length === 10 ? [code.slice(0, code.length / 2), code.slice(code.length / 2)] : [code]
  return String.fromCodePoint(...halves.map((half) => Math.min(Number.parseInt(half, 16), 0x10ffff)))
}

/**
 * Takes a raw text apart: the quoted part, the mentions, and what the sender says now.
 *
 * A mention is looked for by name, because Web WeChat has no mention data and the puppet's own guess misses names
 * with blanks, `&` or no separator, and is fooled by mentions inside a quote.
 */
export function readText(raw: string, { names, shared = [] }: BotNames): ReadText {
  const { quoted, own } = takeQuote(raw)
  const { text: withoutUs, found } = removeMention(own, names)
  const { text } = removeMention(withoutUs, shared)
  return {
    text: text.trim(),
    addressedToBot: found,
    mentionsOthers: mentionsSomebody(text),
    ...(quoted ? { quote: { ...quoted, ofBot: names.includes(quoted.speaker) } } : {}),
  }
}

/** The quoted message stands in front, above a rule. */
function takeQuote(raw: string): { readonly quoted?: Omit<Quote, 'ofBot'>; readonly own: string } {
  const speaker = QUOTE_SPEAKER.exec(raw)
  const rule = speaker && QUOTE_RULE.exec(raw.slice(speaker[0].length))
  if (!speaker || !rule) return { own: raw.slice(0, MAX_HEARD_CHARS) }
  const words = raw.slice(speaker[0].length)
  return {
    quoted: { speaker: speaker[1]!.trim(), text: words.slice(0, Math.min(rule.index, MAX_HEARD_CHARS)).trim() },
    own: words
      .slice(rule.index + rule[0].length)
      .trim()
      .slice(0, MAX_HEARD_CHARS),
  }
}

const matchesAt = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at
  return pattern.test(text)
}

const isAddress = (text: string, at: number): boolean =>
  /[\w.+-]/.test(text[at - 1] ?? '') && matchesAt(DOMAIN, text, at)

function mentionsSomebody(text: string): boolean {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const named = /[^@\s]/.test(text[at + 1] ?? '')
    if (named && !EVERYBODY.test(text.slice(at + 1, at + 5)) && !isAddress(text, at)) return true
  }
  return false
}

function removeMention(text: string, names: readonly string[]): { text: string; found: boolean } {
  let rest = text
  let found = false
  // Longer names first: "@小助手二号" is not a mention of "小助手" followed by words.
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    for (let at = rest.indexOf(`@${name}`); name !== '' && at >= 0; at = rest.indexOf(`@${name}`, at + 1)) {
      const end = at + 1 + name.length
      // A letter or digit right behind belongs to a longer Latin name; Chinese words follow without a blank.
      if (/[a-z0-9_]/i.test(rest[end] ?? '') && /[a-z0-9_]$/i.test(name)) continue
      if (matchesAt(LONGER_NAME, rest, end) || isAddress(rest, at)) continue
      rest = `${rest.slice(0, at)} ${rest.slice(end).replace(/^[\u2005 ]/, '')}`
      found = true
    }
  }
  return { text: rest.replace(/\u2005/g, ' '), found }
}
