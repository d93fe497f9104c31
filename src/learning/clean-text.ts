import { maskIdentifiers } from '../understand/mask-identifiers.js'

/** A question longer than this is a story; its beginning tells what it is about. */
export const MAX_KEPT_CHARS = 200

const PERSON = '[某人]'
const WIDE = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff20\uff0e\uff1a\uff0f\uff3f\uff0d]/g
/** Not behind a letter: that is an address. */
const MENTION = /(?<![\w.-])@[^\s\u2005@,，。!！?？:：;；、]{1,40}[\u2005\s]?/g
const NAME_SEPARATOR = /[-－—_|｜·/\s（）()]+/
const LEADING = /^(?:\[某人\]|[\s,，:：、.。!！~～])+/

/**
 * What may be kept of somebody's words: no mentions, no names, no numbers, accounts, addresses, companies.
 *
 * @param names of people who may be spoken of; words that the guides use stay, whoever calls himself by them
 */
export function cleanText(
  text: string,
  { names, isTopic }: { names: Iterable<string>; isTopic: (word: string) => boolean },
): string {
  const plain = text
    .slice(0, 4 * MAX_KEPT_CHARS)
    .replace(WIDE, (sign) => (sign === '：' ? sign : sign.normalize('NFKC')))
  const called = callNames(names).filter((name) => !isTopic(name))
  const withoutMentions = called.reduce((rest, name) => rest.replaceAll(`@${name}`, ' '), plain).replace(MENTION, ' ')
  const withoutNames = called.reduce((rest, name) => withoutName(rest, name), withoutMentions)
  return maskIdentifiers(withoutNames).replace(/\s+/g, ' ').replace(LEADING, '').trim().slice(0, MAX_KEPT_CHARS).trim()
}

/** The whole names and their parts (悦邻社区-小李), longest first; a single character could be any word. */
function callNames(names: Iterable<string>): readonly string[] {
  const called = new Set<string>()
  for (const name of names) {
    for (const part of [name.trim(), ...name.split(NAME_SEPARATOR)]) if ([...part].length >= 2) called.add(part)
  }
  return [...called].sort((a, b) => b.length - a.length)
}

function withoutName(text: string, name: string): string {
  if (!text.toLowerCase().includes(name.toLowerCase())) return text
  if (!/^[\w.-]+$/.test(name)) return text.replaceAll(name, PERSON)
  // Tom is no part of a word.
  const whole = new RegExp(`(?<![A-Za-z0-9])${name.replace(/[.-]/g, '\\$&')}(?![A-Za-z0-9])`, 'gi')
  return text.replace(whole, PERSON)
}
