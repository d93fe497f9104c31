import { characterPairs } from '../base/text.js'
import type { Decision, TicketAct } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { type DeskTurn, readDeskTurn } from '../nlu/dialogue-act.js'
import { isAddressed, type Policy, type Situation, silence, type Turn } from './turn.js'

/** Pairs of characters shared with the hand-over line at which the asker tells of that very case. */
const SHARED_PAIRS = 4

const HELD: Decision = { kind: 'silent', reason: 'held-by-human' }

/** Words about a ticket: no longer needed, solved or not, how good it was. */
export const ticketWords: Policy = {
  name: 'ticket-words',
  decide(turn) {
    const { message, situation } = turn
    const act = ticketActOf(turn)
    if (!act) return undefined
    // "解决了，谢谢" to a colleague wants no answer of the bot.
    const toColleague = act.kind === 'withdraw' && situation.quiet === 'held' && !isAddressed(message)
    return toColleague ? { ...HELD, act } : { kind: 'courtesy', word: 'ticket', act }
  },
}

/** What the asker's words come to for the asker's ticket; undefined when they are not about it. */
export function ticketActOf({ message, understanding, situation }: Turn): TicketAct | undefined {
  const { heldTicket, settledTicket, humanOffered, language } = situation
  if (!language) return undefined
  const word = readDeskTurn(understanding.normalized, language)
  if (word?.kind === 'hours' && (isAddressed(message) || heldTicket !== undefined)) return { kind: 'hours' }
  if (heldTicket === undefined && !settledTicket) return undefined
  if (heldTicket !== undefined) {
    if (word?.kind === 'where') return { kind: 'state', number: heldTicket }
    // While a colleague is talking with the asker, the silence explains itself.
    const isCalled =
      situation.quiet === 'held' && !situation.colleagueTalks && isAddressed(message) && message.place.kind === 'room'
    const asks = understanding.act === 'question' || understanding.act === 'wants-human'
    if (isCalled && asks && situation.heldTold !== heldTicket) return { kind: 'held', number: heldTicket }
    const ends = word?.kind === 'solved' || (word?.kind === 'not-needed' && !humanOffered)
    return ends ? { kind: 'withdraw', number: heldTicket } : undefined
  }
  if (!settledTicket || message.kind !== 'text') return undefined
  const { number, status, isRated } = settledTicket
  if (situation.reopenAsked && understanding.act === 'yes') return { kind: 'reopen', number }
  const denial = deniesSolved(word, situation)
  if (denial) return { kind: denial, number }
  if (status === 'resolved') {
    const denied = understanding.act === 'no' && word === undefined
    return denied ? { kind: 'reopen', number } : word && confirmation(number, word, situation)
  }
  const rates = word?.kind === 'rating' && !word.bare && status === 'closed' && !isRated
  return rates ? { kind: 'rate', number, rating: word.rating } : undefined
}

/** 没解决 about the ticket itself; asked where the bot has answered something else since, or the words are vague. */
function deniesSolved(word: DeskTurn | undefined, situation: Situation): 'reopen' | 'ask-reopen' | undefined {
  const { settledTicket, talkedLately, replies = [] } = situation
  const endedAtMs = settledTicket?.endedAtMs
  const answeredSince =
    endedAtMs === undefined ? talkedLately : replies.some(({ atMs, decision }) => atMs > endedAtMs && tells(decision))
  if (word?.kind === 'broken-again') return 'ask-reopen'
  if (word?.kind !== 'not-solved') return undefined
  if (word.plain) return answeredSince ? 'ask-reopen' : 'reopen'
  if (answeredSince) return undefined
  return settledTicket?.status === 'resolved' ? 'reopen' : 'ask-reopen'
}

/** A word of courtesy is nothing that could be unsolved. */
const tells = ({ kind }: Decision): boolean => kind !== 'courtesy'

function confirmation(number: number, word: DeskTurn, { offered }: Situation): TicketAct | undefined {
  // A bare number picks what the bot has offered since.
  if (word.kind === 'rating' && (!word.bare || offered.length === 0)) {
    return { kind: 'rate', number, rating: word.rating }
  }
  const agrees = word.kind === 'solved' || word.kind === 'fine' || word.kind === 'not-needed'
  return agrees ? { kind: 'confirm', number } : undefined
}

/** Once a person has the question, two voices would only confuse. */
export const heldByHuman = silence('held-by-human', ({ situation }) => situation.quiet === 'held')

/**
 * While nobody has taken the ticket, what is known is told to whoever calls the bot by name, and a plain fact to whoever
 * asks right behind the bot's own words; who asks for the person again hears where that stands.
 */
export const ticketWaits: Policy = {
  name: 'ticket-waits',
  decide({ situation, understanding, asked }, rest) {
    if (situation.quiet !== 'waiting') return undefined
    const decision = rest()
    if (decision.kind === 'escalate' && decision.reason === 'asked') return decision
    // 那现在怎么办 names nothing that a fact could be told of.
    const namesNothing = situation.language?.questions.bareHow.test(understanding.normalized) === true
    const asksBehind = situation.spokenToLast === true && understanding.act === 'question' && !namesNothing
    const isPlain = asksBehind && tellsFact(decision) && isAskedFor(decision, understanding)
    // 说错了，是上个月30号交的: the days that were told are no longer so.
    const isReckoned = situation.spokenToLast === true && decision.kind === 'answer' && decision.reason === 'days'
    const isTold = decision.kind === 'answer' || (decision.kind === 'outside' && tellsFact(decision))
    return isTold && (asked || isPlain || isReckoned) ? { ...decision, personStillComes: true } : HELD
  },
}

/** That nobody here knows is no news to whoever waits for a person. */
function tellsFact(decision: Decision): boolean {
  if (decision.kind !== 'answer' && decision.kind !== 'outside') return false
  const facts = [decision.fact, ...(decision.parts ?? []).map(({ fact }) => fact)]
  return facts.some((fact) => fact?.kind === 'category' || (fact?.kind === 'short-answer' && !fact.answer.beyond))
}

/** So likely, 0..1, words of their own ask for a fact: 正常吗 doesn't, whatever the talk is about. */
const OWN_SHARE = 0.15

const isAskedFor = (decision: Decision, { answers = [] }: Understanding): boolean => {
  const fact = decision.kind === 'answer' || decision.kind === 'outside' ? decision.fact : undefined
  if (fact?.kind !== 'short-answer') return true
  return answers.some(({ answer, share }) => answer.id === fact.answer.id && share >= OWN_SHARE)
}

/** While a colleague talks with the asker, the bot speaks only when it is called by name. */
export const colleagueTalks = silence(
  'held-by-human',
  ({ situation, asked }) => situation.colleagueTalks === true && !asked,
)

/** Whoever the bot can't help gets a person; of several reasons the last in this list counts. */
export const helpless: readonly Policy[] = [
  {
    name: 'section-says-so',
    decide({ understanding: { act, normalized }, situation: { talkedLately, handoff, language }, asked }, rest) {
      if (handoff === undefined || act === 'question' || !(asked || talkedLately)) return undefined
      if (!language?.talk.caseHolds.test(normalized) && !sharesWords(normalized, handoff)) return undefined
      return orHandOver(rest(), { kind: 'escalate', reason: 'section-says-so', sectionKeys: [] })
    },
  },
  {
    name: 'failed-twice',
    decide({ situation: { talkedLately, failedTries }, asked }, rest) {
      if (failedTries === 0 || !(asked || talkedLately)) return undefined
      const decision = rest()
      return decision.kind === 'fallback' ? { kind: 'escalate', reason: 'failed-twice', sectionKeys: [] } : decision
    },
  },
  {
    name: 'complaint',
    decide({ understanding: { act, normalized, rules }, situation, asked }, rest) {
      const { talkedLately, failedTries, language } = situation
      // 3.2.11 是什么鬼 asks what it is.
      if (rules) return undefined
      // 你们收了钱就不管了 wants a person, whatever was said before.
      const isUnheard =
        language?.talk.unheard.test(normalized) === true && !language.review.otherPlatform.test(normalized)
      const isTalk = talkedLately || isUnheard || (asked && (failedTries > 0 || act === 'complaint-about-bot'))
      const complains = act === 'complaint-about-bot' || isUnheard || language?.talk.complaint.test(normalized)
      if (!isTalk || !complains) return undefined
      const decision = rest()
      // Who is angry and wants a person gets a kind word with it.
      const isPlain = decision.kind === 'escalate' && decision.reason === 'asked'
      return orHandOver(isPlain ? undefined : decision, { kind: 'escalate', reason: 'complaint', sectionKeys: [] })
    },
  },
]

const orHandOver = (decision: Decision | undefined, handOver: Decision): Decision =>
  decision?.kind === 'escalate' ? decision : handOver

function sharesWords(text: string, handoff: string): boolean {
  const pairs = new Set(pairsOf(handoff))
  return new Set(pairsOf(text).filter((pair) => pairs.has(pair))).size >= SHARED_PAIRS
}

const pairsOf = (text: string): readonly string[] =>
  [...characterPairs(text)].filter((pair) => /^\p{Script=Han}{2}$/u.test(pair))
