import type { IncomingMessage } from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type { Candidate, Understanding } from '../model/understanding.js'
import { answerNotice, answerOrOffer, answerSeveral, scopeOf, THRESHOLDS } from './answer.js'
import { takeUpWalk } from './checklist.js'
import { goOn, takeUp } from './follow-up.js'
import { isAddressed, mayNotSpeak } from './permission.js'
import { answerDays, takeUpReminder, tellsResubmission, warnOfWithdrawal, withReminder } from './review-dates.js'
import type { Situation } from './state.js'

/** Decides what to do about one message. Pure: the same message in the same situation gets the same decision. */
export function decide(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const forbidden = mayNotSpeak(message, situation)
  if (forbidden) return { kind: 'silent', reason: forbidden }
  const decision = withAsides(
    isAddressed(message)
      ? decideAsked(message, understanding, situation)
      : decideOverheard(message, understanding, situation),
    understanding,
    situation,
  )
  // Once a person has the question, two voices would only confuse; asking for a person again is told the number.
  if (situation.heldByHuman && !(decision.kind === 'escalate' && decision.reason === 'asked')) {
    return { kind: 'silent', reason: 'held-by-human' }
  }
  return decision
}

/** What somebody says to what was told before: on a walk-through, about a reminder, or to the last answer. */
function takeUpTalk(
  understanding: Understanding,
  situation: Situation,
  asked: { isAsked: boolean },
): Decision | undefined {
  return (
    takeUpWalk(understanding, situation, asked) ??
    takeUpReminder(understanding, situation, asked) ??
    takeUp(understanding, situation, asked)
  )
}

function withAsides(decision: Decision, understanding: Understanding, situation: Situation): Decision {
  return withReminder(warnOfWithdrawal(decision, understanding, situation), understanding, situation)
}

/** Whoever puts a question to the bot gets an answer, be it "I don't know". */
function decideAsked(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const { act, normalized, candidates, notice } = understanding
  if (message.kind !== 'text') return { kind: 'fallback', reason: 'not-understood' }
  if (normalized === '' || act === 'menu') return { kind: 'courtesy', word: 'menu' }
  const takenUp = takeUpTalk(understanding, situation, { isAsked: true })
  if (takenUp) return takenUp
  if (act === 'greeting' || act === 'thanks') return { kind: 'courtesy', word: act }
  // Agreeing or refusing with nothing on offer: "好的", "不用转人工".
  if (act === 'yes' || act === 'no') return { kind: 'courtesy', word: 'declined' }
  if (act === 'wants-human' || callsPerson(understanding, 'confidence')) {
    return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  }
  const days = answerDays(understanding, situation)
  // Whoever has submitted again since the rejection waits, and has done what the notice asks for.
  if (days && tellsResubmission(understanding)) return days
  return (
    (notice && answerNotice(notice)) ??
    days ??
    answerSeveral(understanding, { scope: THRESHOLDS.offerScope, confidence: 'confidence' }) ??
    (notice ? orCallPerson(answerOrOffer(candidates)) : orGoOn(answerOrOffer(candidates), understanding, situation))
  )
}

/** What the words alone leave open, the talk so far may settle; else two things may be asked at once. */
function orGoOn(decision: Decision, understanding: Understanding, situation: Situation): Decision {
  if (decision.kind === 'answer') return decision
  return goOn(understanding, situation, { isAsked: true }) ?? orBoth(decision, understanding)
}

/** Torn between sections each of which has words of its own in the message: both are answered. */
function orBoth(decision: Decision, { topics }: Understanding): Decision {
  if (decision.kind !== 'clarify' || !topics) return decision
  const [first, ...rest] = topics.candidates.map(({ sectionKey }) => sectionKey)
  // Parts that leave out a likelier reading of the whole were torn from their context.
  const likeliest = decision.sectionKeys.slice(0, topics.candidates.length)
  const torn = first !== undefined && likeliest.every((key) => first === key || rest.includes(key))
  return torn ? { kind: 'answer', sectionKeys: [first, ...rest], reason: 'several' } : decision
}

/** A rejection that none of us knows is no matter for guessing. */
const orCallPerson = (decision: Decision): Decision =>
  decision.kind === 'answer' ? decision : { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: [] }

/** Among people, the bot speaks up only when it is sure that a question of the guide is asked. */
function decideOverheard(message: IncomingMessage, understanding: Understanding, situation: Situation): Decision {
  const { act, notice } = understanding
  if (message.kind !== 'text') return { kind: 'silent', reason: 'not-text' }
  if (understanding.normalized === '') return { kind: 'silent', reason: 'empty' }
  const takenUp = takeUpTalk(understanding, situation, { isAsked: false })
  if (takenUp) return takenUp
  if (act === 'wants-human' || callsPerson(understanding, 'overheard')) {
    return { kind: 'escalate', reason: 'asked', sectionKeys: [] }
  }
  const fromNotice = notice && answerNotice(notice)
  if (fromNotice?.kind === 'answer') return unlessToldLately(fromNotice, situation)
  const alone = decideAlone(understanding, situation)
  return alone.kind === 'silent' ? (goOn(understanding, situation, { isAsked: false }) ?? alone) : alone
}

/** What the words of an overheard message are worth by themselves. */
function decideAlone(understanding: Understanding, situation: Situation): Decision {
  const top = understanding.candidates[0]
  if (!top || scopeOf(top.overheard, top) < speakScope(situation)) return { kind: 'silent', reason: 'not-for-us' }
  const several = answerSeveral(understanding, { scope: speakScope(situation), confidence: 'overheard' })
  if (several) return unlessToldLately(several, situation)
  if (top.share < THRESHOLDS.speakShare) return { kind: 'silent', reason: 'not-sure' }
  const days = top.sectionKey === situation.timelineSection ? answerDays(understanding, situation) : undefined
  if (days) return days
  return unlessToldLately({ kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure' }, situation)
}

/** Someone whom the bot has just answered most likely still talks to it. */
function speakScope({ talkedLately }: Situation): number {
  return talkedLately ? (THRESHOLDS.speakScope + THRESHOLDS.offerScope) / 2 : THRESHOLDS.speakScope
}

function callsPerson({ wantsHuman, candidates }: Understanding, scale: 'confidence' | 'overheard'): boolean {
  const level = scale === 'confidence' ? THRESHOLDS.humanAsked : THRESHOLDS.humanOverheard
  const best: Candidate | undefined = candidates[0]
  return wantsHuman[scale] >= level && wantsHuman[scale] > (best?.[scale] ?? 0)
}

function unlessToldLately(decision: Extract<Decision, { kind: 'answer' }>, { toldLately }: Situation): Decision {
  return decision.sectionKeys.every(toldLately) ? { kind: 'silent', reason: 'answered-lately' } : decision
}
