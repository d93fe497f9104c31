import type { Decision } from '../model/decision.js'
import type { KnowledgeSnapshot } from '../model/snapshot.js'
import type { WalkTurn } from '../model/walk.js'
import { renderReminderSet } from './render-reminder.js'
import type { ReplyLine } from './render-section.js'
import { stepNumber } from './render-walk.js'
import { renderWithdrawalWarning } from './render-warning.js'
import type { LineGroup } from './to-bubbles.js'
import { walkPhrases } from './walk-phrases.js'

/** Lines that stand around an answer. */
export interface Asides {
  readonly above: readonly ReplyLine[]
  readonly below: readonly ReplyLine[]
}

interface AsidesContext {
  readonly nowMs: number
  /** Said before an answer, e.g. that a person will still come. */
  readonly opening?: string
  /** A walk-through on which the asker is under way. */
  readonly walking?: Pick<WalkTurn, 'walk' | 'steps'>
}

/** A warning on top; at the end a promise to remind, and where the asker's walk stands. */
export function asidesOf(
  decision: Decision,
  { sections }: KnowledgeSnapshot,
  { nowMs, walking, opening }: AsidesContext,
): Asides {
  if (decision.kind !== 'answer' && decision.kind !== 'escalate') return { above: [], below: [] }
  const telling = (): string =>
    renderWithdrawalWarning([...sections.values()].find(({ tellsTimeline }) => tellsTimeline))
  const promise = decision.kind === 'answer' && decision.remind ? [renderReminderSet(decision.remind, nowMs)] : []
  const isInBetween = decision.kind === 'answer' && !decision.walk && walking !== undefined
  const waiting = isInBetween ? [walkPhrases.waiting(stepNumber(walking), walking.steps.length)] : []
  return {
    above: asLines([
      ...(opening === undefined ? [] : [opening]),
      ...(decision.warns === 'withdrawal' ? [telling()] : []),
    ]),
    below: asLines([...promise, ...waiting]),
  }
}

/** Puts them before the first group and behind the last. */
export const withAsides = (groups: readonly LineGroup[], { above, below }: Asides): readonly LineGroup[] =>
  groups.map((lines, index) => [...(index === 0 ? above : []), ...lines, ...(index === groups.length - 1 ? below : [])])

const asLines = (texts: readonly string[]): readonly ReplyLine[] => texts.map((text) => ({ text, pictures: [] }))
