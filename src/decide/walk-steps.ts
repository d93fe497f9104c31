import type { KnowledgeSnapshot } from '../model/snapshot.js'
import { timelineSection } from './section-order.js'

/** `4.1`, `payment/2`, and `2-2` where a guide gives a number twice; no appendix, no unnumbered heading. */
const NUMBERED = /^(?:[^/]+\/)?\d+(?:\.\d+)*(?:-\d+)?$/

/**
 * The steps of a walk-through: the numbered sections of the guide that tells how long a review takes, else of the first.
 *
 * @returns section keys in the guide's order; empty when there are none
 */
export function walkSteps(snapshot: KnowledgeSnapshot): readonly string[] {
  const guideId = snapshot.sections.get(timelineSection(snapshot) ?? '')?.guideId ?? snapshot.content.guides[0]?.id
  return [...snapshot.sections.values()].flatMap((section) =>
    section.guideId === guideId && NUMBERED.test(section.key) ? [section.key] : [],
  )
}
