import { MINUTE_MS } from '../base/time.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Language } from '../model/language.js'
import { normalizeText } from '../nlu/normalize.js'
import { onlyPoints } from '../nlu/surroundings.js'
import type { HeardLine } from './addressee.js'
import type { Recollection } from './state.js'
import { isAddressed } from './turn.js'

/** A question that was put so long ago is not what a lone mention is about. */
const OWN_WORDS_MS = 3 * MINUTE_MS
/** "同问" follows close upon what it means. */
const SAME_QUESTION_MS = 10 * MINUTE_MS
/** More pieces than this are several things. */
const MAX_PIECES = 3

interface Heard {
  /** What was said in this place before, oldest first. */
  readonly lines: readonly HeardLine[]
  readonly language: Pick<Language, 'around'>
}

/**
 * The words that a message means, where its own name nothing: what it quotes, what the same person has said a moment
 * ago, or somebody else's question.
 *
 * @returns the message's own text where that says enough
 */
export function wordsMeant(message: IncomingMessage, { lines, language: { around } }: Heard): string {
  const { text, quote, kind } = message
  if (kind !== 'text' || !isAddressed(message)) return text
  const said = normalizeText(text)
  const isSame = around.sameQuestion.test(said.replace(ASIDE_OF_WORDS, ''))
  const points = said === '' || onlyPoints(said, around)
  if (!points && !isSame) return text
  // Whoever quotes us asks about our answer, not for it.
  if (quote) return quote.ofBot || quote.text.trim() === '' ? text : quote.text
  return (isSame ? questionOfOthers(message, lines) : ownWordsBefore(message, lines)) ?? text
}

const ASIDE_OF_WORDS = /[\s\p{P}\p{S}]+$/gu

/** The pieces that the same person has said since they were last answered, as one. */
function ownWordsBefore({ sender, sentAtMs }: IncomingMessage, lines: readonly HeardLine[]): string | undefined {
  const answered = lines.findLastIndex(({ part, to }) => part !== 'asker' && to.includes(sender.key))
  const own = lines
    .slice(answered + 1)
    .filter(({ part, speaker, atMs, wants }) => {
      return part === 'asker' && speaker.key === sender.key && wants !== 'nothing' && atMs >= sentAtMs - OWN_WORDS_MS
    })
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .slice(-MAX_PIECES)
  return own.length > 0 ? own.join(' ') : undefined
}

function questionOfOthers({ sender, sentAtMs }: IncomingMessage, lines: readonly HeardLine[]): string | undefined {
  return lines.findLast(({ part, speaker, wants, text, atMs }) => {
    const isOthers = part === 'asker' && speaker.key !== sender.key
    return isOthers && wants !== 'nothing' && text !== '' && atMs >= sentAtMs - SAME_QUESTION_MS
  })?.text
}

/** A heading as our replies begin with: 【4.1】. */
const QUOTED_KEY = /【([a-z]?\d+(?:\.\d+)*)】/i
const QUOTED_CHARS = 40

/**
 * The talk as it stands for whoever quotes an answer of ours: that answer is what was told last, whoever it was told to.
 *
 * @returns undefined where no answer of ours is quoted, or it told no section
 */
export function talkAboutQuote(
  { quote }: Pick<IncomingMessage, 'quote'>,
  { repliesHere }: Pick<Recollection, 'repliesHere'>,
  hasSection: (sectionKey: string) => boolean,
): Pick<Recollection, 'lastSection' | 'talkedLately' | 'offered' | 'clarifying'> | undefined {
  if (!quote?.ofBot) return undefined
  const words = bare(quote.text)
  const reply = repliesHere.findLast(({ text }) => text !== '' && words.includes(bare(text).slice(0, QUOTED_CHARS)))
  const named = QUOTED_KEY.exec(quote.text)?.[1]
  const section = reply?.sections.at(-1) ?? (named !== undefined && hasSection(named) ? named : undefined)
  return section === undefined
    ? undefined
    : { lastSection: section, talkedLately: true, offered: [], clarifying: false }
}

const bare = (text: string): string => text.replace(/\s+/g, '')
