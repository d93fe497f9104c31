import type { GuidePicture } from '../model/knowledge.js'
import type { Bubble } from '../model/reply.js'
import { phrases } from './phrases.js'
import type { ReplyLine } from './render-section.js'
import { cutLine, MAX_BUBBLE_CHARS, MAX_BUBBLES, MAX_MENTION_CHARS, packGroups } from './split-text.js'

/** Lines that read best together, e.g. one section. */
export type LineGroup = readonly ReplyLine[]

/** The texts of the bubbles that the groups need, however many. */
export const packReply = (groups: readonly LineGroup[], mentionChars: number): readonly (readonly string[])[] =>
  packGroups(
    groups.map((lines) => lines.map(({ text }) => text).filter((text) => text !== '')),
    mentionChars,
  )

/**
 * Text in at most three bubbles, each followed by the pictures that belong to it.
 *
 * @param mentionChars what the mention takes in the first bubble; one that leaves no room for a line is left out
 */
export function toBubbles(groups: readonly LineGroup[], mentionChars: number): readonly Bubble[] {
  if (mentionChars > MAX_MENTION_CHARS) return toBubbles(groups, 0)
  const packed = packReply(groups, mentionChars)
  const kept = packed.length <= MAX_BUBBLES ? packed : cutOff(packed)
  const pictures = placePictures(groups)
  const bubbles: Bubble[] = []
  let told = 0
  for (const [index, lines] of kept.entries()) {
    bubbles.push({ kind: 'text', text: lines.join('\n'), mention: index === 0 && mentionChars > 0 })
    told = index === kept.length - 1 ? Number.POSITIVE_INFINITY : told + lines.length
    while (pictures[0] && pictures[0].behind <= told) {
      bubbles.push({ kind: 'picture', picture: pictures.shift()!.picture })
    }
  }
  return bubbles
}

interface PlacedPicture {
  readonly picture: GuidePicture
  /** Counted in lines as they are packed, so that equal lines are not mistaken for one another. */
  readonly behind: number
}

function placePictures(groups: readonly LineGroup[]): PlacedPicture[] {
  const placed: PlacedPicture[] = []
  let lineCount = 0
  for (const { text, pictures } of groups.flat()) {
    if (text !== '') lineCount += cutLine(text).length
    for (const picture of pictures) placed.push({ picture, behind: lineCount })
  }
  return placed
}

function cutOff(packed: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept = packed.slice(0, MAX_BUBBLES)
  const last = [...kept[MAX_BUBBLES - 1]!]
  while (last.length > 1 && [...last, phrases.cutOff].join('\n').length > MAX_BUBBLE_CHARS) last.pop()
  return [...kept.slice(0, -1), [...last, phrases.cutOff]]
}
