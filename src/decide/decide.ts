import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Candidate, NoticeReason, Understanding } from '../model/understanding.js'
import { isAddressed, mayNotSpeak } from './may-speak.js'
import type { Situation } from './situation.js'
import { MAX_OFFERED, OFFERED_SHARE, THRESHOLDS } from './thresholds.js'

/** Decides what to do about one message. Pure: the same message in the same situation gets the same decision. */
export function decide(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const forbidden = mayNotSpeak(message, situation)
  if (forbidden) return { kind: 'silent', reason: forbidden }
  const decision = isAddressed(message)
    ? decideAsked(message, understanding, situation)
    : decideOverheard(message, understanding, situation)
  // Once a person has the question, two voices would only confuse; asking for a person again is told the number.
  if (situation.heldByHuman && !(decision.kind === 'escalate' && decision.reason === 'asked')) {
    return { kind: 'silent', reason: 'held-by-human' }
  }
  return decision
}

/** Whoever puts a question to the bot gets an answer, be it "I don't know". */
function decideAsked(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const { act, normalized, candidates, wantsHuman } = understanding
  if (message.kind !== 'text') return { kind: 'fallback' }
  if (normalized === '' || act === 'menu') return { kind: 'courtesy', word: 'menu' }
  const followed = followUp(understanding, situation, { isAsked: true })
  if (followed) return followed
  if (act === 'greeting' || act === 'thanks') return { kind: 'courtesy', word: act }
  // Agreeing or refusing with nothing on offer: "好的", "不用转人工".
  if (act === 'yes' || act === 'no') return { kind: 'courtesy', word: 'declined' }
  if (act === 'wants-human') return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  const notice = answerNotice(understanding.notice)
  if (notice) return notice
  const top = candidates[0]
  if (wantsHuman.confidence >= THRESHOLDS.humanAsked && wantsHuman.confidence > (top?.confidence ?? 0)) {
    return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  }
  return answerOrOffer(candidates)
}

/** Among people, the bot speaks up only when it is sure that a question of the guide is asked. */
function decideOverheard(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const { act, candidates, wantsHuman, notice } = understanding
  if (message.kind !== 'text') return { kind: 'silent', reason: 'not-text' }
  if (understanding.normalized === '') return { kind: 'silent', reason: 'empty' }
  const followed = followUp(understanding, situation, { isAsked: false })
  if (followed) return followed
  if (act === 'wants-human') return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  const answered = answerNotice(notice)
  if (answered?.kind === 'answer' && notice?.every(({ candidates: known }) => known.length > 0)) {
    return unlessToldLately(answered, situation)
  }
  const top = candidates[0]
  if (wantsHuman.overheard >= THRESHOLDS.humanOverheard && wantsHuman.overheard > (top?.overheard ?? 0)) {
    return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  }
  if (!top || scopeOf(top.overheard, top) < THRESHOLDS.speakScope) return { kind: 'silent', reason: 'not-for-us' }
  if (top.share < THRESHOLDS.speakShare) return { kind: 'silent', reason: 'not-sure' }
  return unlessToldLately({ kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure' }, situation)
}

function unlessToldLately(decision: Extract<Decision, { kind: 'answer' }>, { toldLately }: Situation): Decision {
  return decision.sectionKeys.every(toldLately) ? { kind: 'silent', reason: 'answered-lately' } : decision
}

/** A number or a yes/no that takes up what the bot has just shown to this person. */
function followUp(
  { act, choice }: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (act === 'choice' && choice !== undefined) {
    const key = situation.offered[Number(choice) - 1] ?? sectionByKey(choice, situation, isAsked)
    if (key !== undefined) return { kind: 'answer', sectionKeys: [key], reason: 'chosen' }
  }
  if (situation.humanOffered && act === 'yes') return { kind: 'escalate', reason: 'accepted-offer', sectionKeys: [] }
  if (situation.humanOffered && act === 'no') return { kind: 'courtesy', word: 'declined' }
  return undefined
}

/**
 * The number that a reply or the guide itself calls a section by. Only while we talk about sections is a bare "4" one,
 * and an overheard "4.1" not a price.
 */
function sectionByKey(choice: string, { hasSection, talkedLately }: Situation, isAsked: boolean): string | undefined {
  return hasSection(choice) && (talkedLately || (isAsked && /\D/.test(choice))) ? choice : undefined
}

/** Each reason of a rejection notice to its own answer, an unknown one to a person. */
function answerNotice(notice: readonly NoticeReason[] | undefined): Decision | undefined {
  if (!notice) return undefined
  const keys = [...new Set(notice.flatMap(({ candidates }) => candidates[0]?.sectionKey ?? []))]
  const [first, ...rest] = keys
  if (first === undefined) return undefined
  if (notice.some(({ candidates }) => candidates.length === 0)) {
    return { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: keys }
  }
  return { kind: 'answer', sectionKeys: [first, ...rest], reason: 'notice' }
}

function answerOrOffer(candidates: readonly Candidate[]): Decision {
  const [top, second] = candidates
  if (!top || scopeOf(top.confidence, top) < THRESHOLDS.offerScope) return { kind: 'fallback' }
  if (!second || top.share >= THRESHOLDS.answerShare) {
    return { kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure' }
  }
  const others = candidates.slice(2, MAX_OFFERED).filter(({ share }) => share >= OFFERED_SHARE)
  return {
    kind: 'clarify',
    sectionKeys: [top.sectionKey, second.sectionKey, ...others.map(({ sectionKey }) => sectionKey)],
  }
}

/** How probably the message is for us at all, whichever section it is. */
const scopeOf = (confidence: number, { share }: Candidate): number => (share === 0 ? 0 : confidence / share)
