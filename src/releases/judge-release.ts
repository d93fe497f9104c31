import type { ExamChange, ExamFigures } from '../evaluate/exam.js'
import type { Findings } from './release.js'

/** How much worse new knowledge may do and still be taken without being insisted on. */
export interface ReleaseLimits {
  /** Golden questions that were right and are no more. */
  readonly goldenMayLose: number
  /** Percentage points of the held-out messages that were met right and are no more. */
  readonly heldOutMayLosePoints: number
  /** Percentage points of the held-out messages that get a wrong answer and did not. */
  readonly wrongMayGainPoints: number
}

/** Why new knowledge is not taken. Shares are 0..1. */
export type Objection =
  | { readonly kind: 'golden'; readonly lost: readonly ExamChange[] }
  | { readonly kind: 'fewer-right' | 'more-wrong'; readonly before: number; readonly after: number }

/** Compares what was with what would be; nothing to compare with means no objection. */
export function judgeRelease({ exam }: Pick<Findings, 'exam'>, limits: ReleaseLimits): readonly Objection[] {
  const { before, after, changes } = exam
  if (!before) return []
  const lost = changes.filter(({ set, wasRight, isRight }) => set === 'golden' && wasRight && !isRight)
  const right = { before: shareOf(before, 'right'), after: shareOf(after, 'right') }
  const wrong = { before: shareOf(before, 'wrong'), after: shareOf(after, 'wrong') }
  return [
    ...(lost.length > limits.goldenMayLose ? [{ kind: 'golden' as const, lost }] : []),
    ...(isBeyond(right.before - right.after, limits.heldOutMayLosePoints)
      ? [{ kind: 'fewer-right' as const, ...right }]
      : []),
    ...(isBeyond(wrong.after - wrong.before, limits.wrongMayGainPoints)
      ? [{ kind: 'more-wrong' as const, ...wrong }]
      : []),
  ]
}

/** Share of the held-out messages, 0..1. */
export const shareOf = ({ heldOut }: ExamFigures, what: 'right' | 'wrong'): number =>
  heldOut.total === 0 ? 0 : heldOut[what] / heldOut.total

/** A hair's breadth is what floating point leaves of equal shares. */
const isBeyond = (loss: number, points: number): boolean => loss * 100 > points + 1e-9
