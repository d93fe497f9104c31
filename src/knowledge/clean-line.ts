import { BREAK, UNSPEAKABLE } from './source-lines.js'

/** Longer lines are cut at sentence ends, in characters. */
export const MAX_LINE_CHARS = 1000

// GFM's own autolinks swallow Chinese that follows without a blank; ours end at anything that isn't ASCII.
// Without the `u` flag: with it and `i`, 's' and 'k' would fold into letters outside ASCII.
const URL = /https?:\/\/[!#-&(-;=?-[\]_a-z~]+/gi

/** One line fit for a chat: no invisible characters, no doubled blanks, every web address followed by a blank. */
export function cleanLine(text: string): string {
  return (
    text
      .replaceAll(BREAK, ' ')
      // An entity such as `&#7;` may have brought one in.
      .replace(UNSPEAKABLE, '')
      .replace(/&nbsp;?/g, ' ')
      .replace(/[\u200B\u200E\u200F\u2060\u00AD]/g, '')
      .replace(/[\s\u3000]+/g, ' ')
      .trim()
  )
}

/** Puts a blank behind each web address, so that the chat doesn't take the next word for a part of it. */
export function freeUrls(text: string): string {
  return text.replace(URL, (match) => {
    const url = trimUrl(match)
    return `${url} ${match.slice(url.length)}`
  })
}

/** Punctuation at the end belongs to the sentence, a bracket only when it was opened inside. */
function trimUrl(url: string): string {
  let end = url.length
  while (end > 0) {
    const last = url[end - 1]!
    if (/[.,;:!?*]/.test(last)) end--
    else if (last === ')' && !isBalanced(url.slice(0, end), '(', ')')) end--
    else if (last === ']' && !isBalanced(url.slice(0, end), '[', ']')) end--
    else break
  }
  return url.slice(0, end)
}

const isBalanced = (text: string, open: string, close: string): boolean =>
  text.split(open).length >= text.split(close).length

/** Drops emphasis marks that CommonMark leaves standing between Chinese punctuation and letters (`**注意：**请`). */
export function dropStrayEmphasis(text: string): string {
  return text
    .replace(/~~(?=\S)([^~\n]*\S)~~/g, '')
    .replace(/\*\*(?=\S)([^*\n]*[^\s*])\*\*/g, '$1')
    .replace(/(?<![*\w])\*(?=\S)([^*\n]*[：。，！？；）】」”])\*(?!\*)/g, '$1')
    .replace(/(?<!\w)(__?)(?=\S)([^_\n]*\p{Script=Han}[^_\n]*)\1(?!\w)/gu, '$2')
}

/** Splits a line into pieces of at most `MAX_LINE_CHARS`, at sentence ends where there are any. */
export function splitLongLine(line: string): readonly string[] {
  const pieces: string[] = []
  let rest = line
  while (rest.length > MAX_LINE_CHARS) {
    const head = rest.slice(0, MAX_LINE_CHARS)
    const sentenceEnd = Math.max(...[...'。！？；!?;'].map((mark) => head.lastIndexOf(mark)))
    const cut = sentenceEnd > 0 ? sentenceEnd + 1 : softEnd(head)
    pieces.push(rest.slice(0, cut).trim())
    rest = rest.slice(cut).trim()
  }
  return [...pieces, rest].filter((piece) => piece !== '')
}

function softEnd(head: string): number {
  const soft = Math.max(head.lastIndexOf('，'), head.lastIndexOf(' '))
  if (soft > 0) return soft + 1
  // Never between the halves of an emoji.
  return /[\uD800-\uDBFF]$/.test(head) ? head.length - 1 : head.length
}
