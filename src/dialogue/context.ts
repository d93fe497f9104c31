import { MINUTE_MS } from '../base/time.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Language } from '../model/language.js'
import type { Understanding } from '../model/understanding.js'
import { normalizeText, onlyPoints } from '../nlu/normalize.js'
import { NOTICE_CONTEXT, numberedItems } from '../nlu/rejection-notice.js'
import type { HeardLine } from './addressee.js'
import type { Said } from './replies.js'
import type { Recollection } from './state.js'
import { awaitsNotice } from './subject.js'
import { isAddressed, type Situation } from './turn.js'

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
  const { quote, kind } = message
  if (kind !== 'text' || !isAddressed(message)) return message.text
  const text = message.text.replace(CALLED_BESIDE, '')
  const said = normalizeText(text)
  const isSame = around.sameQuestion.test(said.replace(ASIDE_OF_WORDS, ''))
  const points = said === '' || onlyPoints(said, around)
  if (!points && !isSame) return text
  // Whoever quotes us asks about our answer, not for it.
  if (quote) return quote.ofBot || quote.text.trim() === '' ? text : quote.text
  if (isSame) return questionOfOthers(message, lines) ?? text
  const isMentionAlone = said === '' && !isFace(text, said)
  return ownWordsBefore(message, lines) ?? (isMentionAlone ? ownQuestionBefore(message, lines) : undefined) ?? text
}

/** @bot @陈工 版本描述写什么: who is called beside the bot says nothing of what is asked. */
const CALLED_BESIDE = /^(?:@[^\s@]{1,20}\s+)+(?=\S)/u

/** [强], 👍: no words, yet it is not a mention alone. */
export const isFace = (text: string, normalized: string): boolean =>
  normalized === '' && /[\p{L}\p{Extended_Pictographic}]/u.test(text)

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

/** Whoever calls the bot behind a question wants it answered, be it once more. */
function ownQuestionBefore({ sender, sentAtMs }: IncomingMessage, lines: readonly HeardLine[]): string | undefined {
  const last = lines.findLast(({ part, speaker }) => part === 'asker' && speaker.key === sender.key)
  return last?.wants === 'answer' && last.atMs >= sentAtMs - OWN_WORDS_MS ? last.text : undefined
}

function questionOfOthers({ sender, sentAtMs }: IncomingMessage, lines: readonly HeardLine[]): string | undefined {
  return lines.findLast(({ part, speaker, wants, text, atMs }) => {
    const isOthers = part === 'asker' && speaker.key !== sender.key
    return isOthers && wants !== 'nothing' && text !== '' && atMs >= sentAtMs - SAME_QUESTION_MS
  })?.text
}

/** A question that is longer says itself what it is about. */
const MAX_LAST_PIECE_CHARS = 12

/**
 * 那个隐私协议 · 问录音那里 · @bot 填什么: the pieces of one question together.
 *
 * @returns undefined where the message is no last piece of anything
 */
export function wordsInPieces(message: IncomingMessage, { lines }: Pick<Heard, 'lines'>): string | undefined {
  const { text, quote, kind } = message
  const isShort = text.length > 0 && text.length <= MAX_LAST_PIECE_CHARS
  if (kind !== 'text' || quote || !isShort || !isAddressed(message)) return undefined
  const before = ownWordsBefore(message, lines)
  return before === undefined ? undefined : `${before} ${text}`
}

/** Where the pieces stand out as clearly as their last alone, or the last says next to nothing. */
const CLEAR_SHARE = 0.5
/** From here on a question is understood by itself, 0..1. */
const SURE_ALONE = 0.5

/** What is meant by the last piece of a question: what all of them say, unless it asks for something of its own. */
export function readingOf(alone: Understanding, together: Understanding): Understanding {
  if (alone.act !== 'question' || alone.choice !== undefined || alone.notice || together.notice) return alone
  const [own, joint] = [alone.candidates[0], together.candidates[0]]
  // 我们上周三提审的 · @bot 那什么时候能上线
  if (together.days && !alone.days && own && own.sectionKey === joint?.sectionKey) return together
  if (!joint || joint.share < CLEAR_SHARE) return alone
  if (!own || own.share < CLEAR_SHARE) return together
  // 这个我来跟进, said to somebody else before, makes 版本描述怎么写 no clearer.
  return own.sectionKey !== joint.sectionKey || own.confidence >= SURE_ALONE ? alone : together
}

/** What whoever was asked for the reasons and was told none wants to know. */
const WHERE_REASONS_ARE = '驳回原因去哪里看'

/** Sent when asked for the notice, a list of reasons is one, without a word of a rejection in it; 没说原因 asks where they are. */
export function noticeAskedFor(
  words: string,
  { talk }: Pick<Language, 'talk'>,
  replies: () => readonly Pick<Said, 'decision'>[],
): string {
  const normalized = normalizeText(words)
  const isList = /\d|[①-⑨]/.test(words) && numberedItems(normalized).length > 1
  const tellsNone = talk.noReason.test(normalized)
  if (!isList && !tellsNone) return words
  if (!awaitsNotice({ replies: replies() })) return words
  return isList ? `${NOTICE_CONTEXT}\n${words}` : WHERE_REASONS_ARE
}

/** What a message points at that says nothing itself: 这个怎么改 behind a picture, or behind nothing that we know of. */
export function pointsAt(message: IncomingMessage, { lines, language: { around } }: Heard): Situation['pointsAt'] {
  const { text, kind, quote, sender, sentAtMs } = message
  const said = normalizeText(text)
  if (kind !== 'text' || quote || said === '' || !onlyPoints(said, around)) return undefined
  const own = lines.findLast(({ part, speaker }) => part === 'asker' && speaker.key === sender.key)
  return own?.isPicture && own.atMs >= sentAtMs - OWN_WORDS_MS ? 'picture' : 'nothing'
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
