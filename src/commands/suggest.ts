import { DamerauLevenshteinDistance } from 'natural/lib/natural/distance/index.js'
import type { Command } from '../model/command.js'
import { syllablesOf } from '../nlu/featurizer.js'

type Kind = Command['kind']

const WORDS: readonly (readonly [string, Kind])[] = [
  ['帮助', 'help'],
  ['状态', 'status'],
  ['重载', 'reload'],
  ['检查', 'check'],
  ['回滚', 'roll-back'],
  ['测试', 'try'],
  ['未答', 'list-unanswered'],
  ['归类', 'assign'],
  ['忽略', 'ignore'],
  ['新说法', 'teach'],
  ['草稿', 'list-drafts'],
  ['采纳', 'accept-draft'],
  ['静音', 'mute'],
  ['恢复', 'unmute'],
  ['统计', 'show-figures'],
  ['审计', 'show-audit'],
  ['认领', 'claim-role'],
  ['撤销', 'revoke-role'],
  ['工单', 'list-tickets'],
  ['接单', 'claim-ticket'],
  ['结单', 'close-ticket'],
  ['备注', 'note-ticket'],
  ['转给', 'pass-ticket'],
  ['reload', 'reload'],
  ['status', 'status'],
  ['help', 'help'],
  ['rollback', 'roll-back'],
]
/** Words that people type in full; what follows them is left to the order itself. */
const HEAD = /^\/?([\p{Script=Han}]{1,4}|[a-z]{3,10})(?=$|[\s:：\d])/iu
/** 归 类 7, 新 说 法. */
const TORN = /^\p{Script=Han}(?:\s+\p{Script=Han}){1,2}(?=$|[\s:：\d])/u
/** Whoever writes more than this does not merely mistype a verb. */
const MAX_CHARS = 40

export interface Suggestion {
  readonly kind: Kind
  /** The same text with the verb as it was meant. */
  readonly text: string
  /** The verb sounds the same: a slip of the keyboard. */
  readonly soundsAlike: boolean
  /** The verb stands there as it is, and nobody but those who order says it: 归类, 回滚. */
  readonly isOurWord: boolean
}

/** The order that a text is nearest to; undefined when it is near none. To be asked only for texts that are no order. */
export function suggestOrder(text: string): Suggestion | undefined {
  const plain = text.trim().replace(TORN, (torn) => torn.replace(/\s/g, ''))
  const head = plain.length <= MAX_CHARS ? HEAD.exec(plain)?.[1]?.toLowerCase() : undefined
  if (head === undefined) return undefined
  const scored = WORDS.map(([word, kind]) => ({ word, kind, distance: distanceOf(head, word) }))
  const best = scored.reduce((a, b) => (b.distance < a.distance ? b : a))
  if (best.distance > 1) return undefined
  return {
    kind: best.kind,
    text: plain.replace(head, best.word),
    soundsAlike: best.distance === SAME_SOUND,
    isOurWord: head === best.word && OUR_WORDS.has(best.kind),
  }
}

const OUR_WORDS: ReadonlySet<Kind> = new Set(['assign', 'teach', 'accept-draft', 'roll-back', 'reload', 'mute'])

const SAME_SOUND = 0.5

/** 0.5 for the same sound, 1 for one slip (letter, character, two swapped, one more or less); else more. */
function distanceOf(head: string, word: string): number {
  if (soundOf(head) === soundOf(word) && head.length === word.length) return SAME_SOUND
  const letters = DamerauLevenshteinDistance(head, word, { restricted: true })
  if (letters <= 1) return word.length > 1 && head.length > 1 ? 1 : 2
  return DamerauLevenshteinDistance(soundOf(head), soundOf(word), { restricted: true }) <= 1 ? 1 : 2
}

const soundOf = (text: string): string => (/\p{Script=Han}/u.test(text) ? syllablesOf(text).join(' ') : text)
