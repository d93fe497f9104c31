import type { Language, Phrases } from '../model/language.js'
import type { FollowUp, ReminderWord, SpeechAct, WalkRemark, WalkWord } from '../model/understanding.js'
import { readNumber } from './dates/day-rule.js'
import { tellsRejection } from './dates/roles.js'

const TRIMMED = /^[\s,.!?~、;:'"“”。，！？…]+|[\s,.!?~、;:'"“”。，！？…]+$/g
const SEPARATORS = /[\s,.!?~、;:。…]+/g
// Whoever writes more than this does not merely greet, thank, agree or refuse.
const MAX_COURTESY_CHARS = 30
/** A call for a person within a longer story is for the classifier to judge. */
const MAX_CALL_CHARS = 40
const MAX_OPENING_CHARS = 10

export interface ActReading {
  readonly act: SpeechAct
  readonly choice?: string
}

/** What authors' example sentences are read as where no pattern of the talk fits. */
const ACTS_BY_SENTENCE = [
  ['thanks', ['thanks', 'praise', 'farewell']],
  ['acknowledge', ['acknowledge']],
  ['greeting', ['greeting']],
  ['yes', ['yes']],
  ['no', ['no']],
  ['menu', ['menu']],
  ['wants-human', ['wantsPerson']],
  ['complaint-about-bot', ['complaint']],
] as const satisfies readonly (readonly [SpeechAct, readonly (keyof Phrases<'acts'>)[]])[]

/** Reads what the sender is doing with the words. @param text see `normalizeText` */
export function readSpeechAct(text: string, { talk, acts }: Pick<Language, 'talk' | 'acts'>): ActReading {
  const bare = text.replace(TRIMMED, '')
  const dense = bare.replace(SEPARATORS, '')
  const choice = readChoice(bare, talk)
  if (choice) return { act: 'choice', choice }
  // 转人工，审核卡住了: the comma parts it from 人工审核.
  const direct = talk.humanDirect.test(dense) || talk.humanDirect.test(bare.replace(/\s+/g, ''))
  if (direct && bare.length <= MAX_CALL_CHARS && !refusesHuman(text, talk)) return { act: 'wants-human' }
  // However much comes behind it: a whole story, a pasted notice.
  const [opening = ''] = bare.split(SEPARATORS, 1)
  const opensWithCall = opening.length <= MAX_OPENING_CHARS && talk.humanDirect.test(opening)
  if (opensWithCall && !refusesHuman(opening, talk)) return { act: 'wants-human' }
  if (dense.length <= MAX_COURTESY_CHARS) {
    if (talk.menu.test(dense)) return { act: 'menu' }
    if (talk.yes.test(dense)) return { act: 'yes' }
    if (talk.no.test(dense) || talk.onlyRefuses.test(dense)) return { act: 'no' }
    if (talk.greeting.test(dense)) return { act: 'greeting' }
    if (talk.thanks.test(dense)) return { act: 'thanks' }
    if (talk.acknowledge.test(dense)) return { act: 'acknowledge' }
    const shown = ACTS_BY_SENTENCE.find(([, groups]) => groups.some((group) => acts[group].test(dense)))
    if (shown) return { act: shown[0] }
  }
  if (dense.length <= MAX_CALL_CHARS && talk.anger.test(dense)) return { act: 'complaint-about-bot' }
  return { act: talk.question.test(bare) || /[?]\W*$/.test(text) ? 'question' : 'statement' }
}

/** Says that no person is wanted: 不用转人工, 别找客服了. @param text see `normalizeText` */
export const refusesHuman = (text: string, talk: Phrases<'talk'>): boolean =>
  talk.humanRefused.test(text.replace(/\s+/g, ''))

function readChoice(
  bare: string,
  { choice, letterChoice, ordinalChoice, keyAsked, spokenChoice }: Phrases<'talk'>,
): string | undefined {
  const letter = letterChoice.exec(bare)?.groups?.letter
  if (letter) return letter.toUpperCase()
  const written = (choice.exec(bare) ?? ordinalChoice.exec(bare) ?? keyAsked.exec(bare))?.groups?.number
  if (written) return written.toUpperCase()
  const spoken = spokenChoice.exec(bare)?.groups
  const number = spoken && readNumber(spoken.ordinal ?? spoken.number ?? '')
  return number === undefined ? undefined : String(number)
}

/** What an asker says about the ticket. */
export type DeskTurn =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'solved' }
  | { readonly kind: 'broken-again' | 'where' | 'hours' }
  /** 好了, 可以了: solved for whoever was asked, else perhaps a step that is done. */
  | { readonly kind: 'fine' }
  /** `plain`: says 没解决, not just that something still fails. */
  | { readonly kind: 'not-solved'; readonly plain: boolean }
  /** 1..5; `bare`: a number alone, which may mean something else. */
  | { readonly kind: 'rating'; readonly rating: number; readonly bare: boolean }

const AROUND = /^[\s\p{P}\p{S}]+|(?<![\s\p{P}\p{S}])[\s\p{P}\p{S}]+$/gu
const MAX_TURN_CHARS = 24

/**
 * Reads what an asker says about the ticket; the whole message must say it, since 解决了 within a sentence says
 * anything. Whether there is a ticket is for the caller to know.
 *
 * @param text see `normalizeText`
 */
export function readDeskTurn(text: string, { ticket }: Pick<Language, 'ticket'>): DeskTurn | undefined {
  const bare = text.replace(AROUND, '')
  const dense = bare.replace(/[\s,，。!！~、;；]+/g, '')
  if (dense.length > MAX_TURN_CHARS) return undefined
  if (ticket.satisfied.test(dense)) return { kind: 'rating', rating: 5, bare: false }
  if (ticket.fair.test(dense)) return { kind: 'rating', rating: 3, bare: false }
  if (ticket.dissatisfied.test(dense)) return { kind: 'rating', rating: 1, bare: false }
  const digits = /^([1-5])(分)?$/.exec(dense)
  if (digits) return { kind: 'rating', rating: Number(digits[1]), bare: digits[2] === undefined }
  // A question is no report: 解决了吗.
  if (ticket.asksHours.test(dense)) return { kind: 'hours' }
  if (ticket.asksForPerson.test(dense)) return { kind: 'where' }
  if (/[?？]/.test(text) || /[吗么]$/.test(dense)) return undefined
  if (ticket.brokenAgain.test(dense)) return { kind: 'broken-again' }
  if (ticket.notSolved.test(dense)) return { kind: 'not-solved', plain: /解决|处理/.test(dense) }
  if (ticket.solved.test(dense)) return { kind: 'solved' }
  if (ticket.fine.test(dense)) return { kind: 'fine' }
  return ticket.notNeeded.test(dense) ? { kind: 'not-needed' } : undefined
}

/** As `FollowUp` of the model, with the words of a correction still to be matched. */
export type ReadFollowUp =
  | Exclude<FollowUp, { kind: 'correction' }>
  | { readonly kind: 'correction'; readonly meant: string }

// A longer message has a topic of its own and is matched like any other.
const MAX_FOLLOW_UP_CHARS = 16

/** The first that fits counts. */
const FOLLOW_UPS = [
  ['still-failing', 'stillFailing'],
  ['settled', 'settled'],
  ['not-that', 'notThat'],
  ['how-long', 'howLong'],
  ['next', 'next'],
  ['done', 'done'],
  ['resubmit', 'resubmit'],
  ['screenshot', 'screenshot'],
  ['explain', 'explain'],
  ['again', 'again'],
] as const satisfies readonly (readonly [FollowUp['kind'], keyof Phrases<'talk'>])[]

/** @param text see `normalizeText` @returns undefined when the message stands on its own */
export function readFollowUp(text: string, { talk, acts }: Pick<Language, 'talk' | 'acts'>): ReadFollowUp | undefined {
  const corrected = talk.correction.exec(text)?.groups
  const meant = corrected?.meant ?? corrected?.asked
  if (meant !== undefined) return { kind: 'correction', meant: meant.trim() }
  const bare = stripped(text, talk)
  if (bare.length > MAX_FOLLOW_UP_CHARS) return undefined
  const found =
    FOLLOW_UPS.find(([, group]) => talk[group].test(bare)) ??
    FOLLOW_UPS.find(([, group]) => group in acts && acts[group as keyof typeof acts].test(bare))
  return found && { kind: found[0] }
}

function stripped(text: string, { leading, trailing }: Phrases<'talk'>): string {
  // Whatever is longer than this stays too long.
  if (text.length > MAX_FOLLOW_UP_CHARS * 4) return text
  let bare = text.trim()
  for (let before = ''; before !== bare; ) {
    before = bare
    bare = bare.replace(trailing, '').replace(leading, '')
  }
  return bare
}

const BETWEEN_WORDS = /[\s,.!?~、;:。…"“”']+/g
const MAX_REMINDER_CHARS = 24

/** Reads a wish to be reminded of the day that a review ends, or to be no more. @param text see `normalizeText` */
export function readReminderWord(text: string, { reminder }: Pick<Language, 'reminder'>): ReminderWord | undefined {
  const dense = text.replace(BETWEEN_WORDS, '')
  if (dense.length <= MAX_REMINDER_CHARS) {
    if (reminder.cancels.test(dense)) return 'cancel'
    if (reminder.asks.test(dense) && reminder.namesReminding.test(dense)) return 'set'
  }
  return reminder.asksBehindDays.test(dense) && /\d|[一二三四五六七八九十昨前今]/.test(dense) ? 'set' : undefined
}

// Whoever writes more than this has something else to say.
const MAX_WALK_CHARS = 30
const BETWEEN_WALK_WORDS = /[\s/,.!?~、;:。…"“”'()【】]+/g
/** The first that fits counts. */
const WALK_WORDS = ['restart', 'skip', 'back', 'stop', 'where', 'resume', 'done'] as const satisfies readonly WalkWord[]

/**
 * Reads what may be meant for a walk-through: its start, or a word of somebody who walks.
 *
 * @param text see `normalizeText`
 * @returns undefined when it can't be meant for one
 */
export function readWalkRemark(text: string, { checklist }: Pick<Language, 'checklist'>): WalkRemark | undefined {
  if (text.length > MAX_WALK_CHARS * 2) return undefined
  const dense = text.replace(BETWEEN_WALK_WORDS, '')
  if (dense.length === 0 || dense.length > MAX_WALK_CHARS) return undefined
  const word = WALK_WORDS.find((control) => checklist[control].test(dense))
  if (word) return { word, namesReview: false }
  return wantsStart(dense, checklist) ? { word: 'start', namesReview: checklist.review.test(dense) } : undefined
}

/** Nothing but the whole review is spoken of: "一步一步教我填UGC说明" asks for one section. */
function wantsStart(dense: string, { wantsGuiding, wantsChecklist, vocabulary }: Phrases<'checklist'>): boolean {
  // "提审前我都检查过一遍了"
  if (dense.endsWith('了') || !(wantsGuiding.test(dense) || wantsChecklist.test(dense))) return false
  return dense.replace(vocabulary, '') === ''
}

/** A longer message has a story of its own. */
const MAX_WITHDRAWAL_CHARS = 80

/**
 * Whether somebody is about to withdraw, resubmit or change what is under review, which makes the second review start
 * anew.
 *
 * @param text see `normalizeText`
 */
export function isAboutToWithdraw(
  text: string,
  { withdrawal: say, review }: Pick<Language, 'withdrawal' | 'review'>,
): boolean {
  if (text.length > MAX_WITHDRAWAL_CHARS) return false
  if (!say.aboutTo.test(text) || say.already.test(text) || say.warnsOthers.test(text)) return false
  if (review.otherPlatform.test(text) && !review.miniProgram.test(text)) return false
  if (say.withdraw.test(text)) return isOfReview(text, say)
  const isUnderWay = say.underReview.test(text) && !say.notYetSubmitted.test(text)
  if (!isUnderWay || !(say.resubmit.test(text) || say.change.test(text))) return false
  // Behind a rejection, resubmitting is what has to be done; once online, a change is a later version.
  return !tellsRejection(text, review) && !say.afterwards.test(text)
}

function isOfReview(text: string, { otherObject, ourObject, speaksOfReview }: Phrases<'withdrawal'>): boolean {
  if (otherObject.test(text)) return ourObject.test(text)
  return speaksOfReview.test(text) || text.length <= 10
}
