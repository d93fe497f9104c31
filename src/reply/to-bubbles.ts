import type { Bubble } from '../model/reply.js'
import { phrases } from './phrases.js'
import type { ReplyLine } from './render-section.js'
import { MAX_BUBBLE_CHARS, MAX_BUBBLES, packGroups } from './split-text.js'

/** Lines that read best together, e.g. one section. */
export type LineGroup = readonly ReplyLine[]

/** The texts of the bubbles that the groups need, however many. */
export const packReply = (groups: readonly LineGroup[], mentionChars: number): readonly (readonly string[])[] =>
  packGroups(
    groups.map((lines) => lines.map(({ text }) => text).filter((text) => text !== '')),
    mentionChars,
  )

/** Text in at most three bubbles, each followed by the pictures that belong to it. */
export function toBubbles(groups: readonly LineGroup[], mentionChars: number): readonly Bubble[] {
  const packed = packReply(groups, mentionChars)
  const kept = packed.length <= MAX_BUBBLES ? packed : cutOff(packed)
  const pictures = groups.flat().filter((line) => line.pictures.length > 0)
  const bubbles: Bubble[] = []
  for (const [index, lines] of kept.entries()) {
    bubbles.push({ kind: 'text', text: lines.join('\n'), mention: index === 0 && mentionChars > 0 })
    const isLast = index === kept.length - 1
    const due = isLast ? pictures.splice(0) : takeWhile(pictures, ({ text }) => lines.includes(text))
    for (const line of due) for (const picture of line.pictures) bubbles.push({ kind: 'picture', picture })
  }
  return bubbles
}

function takeWhile(lines: ReplyLine[], belongs: (line: ReplyLine) => boolean): readonly ReplyLine[] {
  const taken: ReplyLine[] = []
  while (lines[0] && belongs(lines[0])) taken.push(lines.shift()!)
  return taken
}

function cutOff(packed: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept = packed.slice(0, MAX_BUBBLES)
  const last = [...kept[MAX_BUBBLES - 1]!]
  while (last.length > 1 && [...last, phrases.cutOff].join('\n').length > MAX_BUBBLE_CHARS) last.pop()
  return [...kept.slice(0, -1), [...last, phrases.cutOff]]
}
