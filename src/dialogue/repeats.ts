import type { Decision } from '../model/decision.js'
import { nameOfFact } from './answer.js'
import type { Turn } from './turn.js'

/**
 * What was told to this person within the last minutes is not told again: pointed to at first, then put in other words
 * with a person on offer.
 */
export function withoutRepeating({ situation, message }: Turn, rest: () => Decision): Decision {
  const decision = rest()
  const narrows = decision.kind === 'answer' && decision.narrows && !decision.fact
  const telling = narrows ? `section:${decision.sectionKeys[0]}` : tellingOf(decision)
  // What was edited since is news.
  const told = situation.replies?.filter(
    ({ decision: before, knowledge }) => knowledge === situation.knowledge && tellingOf(before) === telling,
  ).length
  if (telling === undefined || !told) return decision
  // Whoever sends a key or a letter wants to see it, and it may have been edited since.
  if (decision.kind === 'answer' && decision.reason === 'chosen') return decision
  // Whoever quotes another answer of ours asks about that one.
  if (message.quote?.ofBot || (decision.kind !== 'answer' && decision.kind !== 'outside')) return decision
  return { ...decision, again: Math.min(told, MAX_AGAIN) }
}

const MAX_AGAIN = 3

/** Names what is told; undefined for what may be said any number of times. */
function tellingOf(decision: Decision): string | undefined {
  if (decision.kind === 'outside') return decision.fact && nameOfFact(decision.fact)
  if (decision.kind !== 'answer' || decision.says) return undefined
  const { fact, sectionKeys, reason, narrows } = decision
  if (fact) return nameOfFact(fact)
  const isOwn = reason === 'days' || reason === 'walk-through' || reason === 'notice' || reason === 'several'
  // A line or two of it are not the whole.
  const isPart = narrows && !decision.again
  return isOwn || isPart || sectionKeys.length > 1 ? undefined : `section:${sectionKeys[0]}`
}
