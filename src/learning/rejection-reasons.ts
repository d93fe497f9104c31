import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { coreOf } from '../understand/taught-sentences.js'

/** Sections of the appendix on rejections, of any guide: `A3`, `payment/A1`. */
const REJECTION = /^(?:[^/]+\/)?A\d/
/** Said about somebody's own rejection; picked from a menu it may be mere curiosity. */
const TOLD: ReadonlySet<string> = new Set(['sure', 'notice', 'several'])
const MIN_REASON_CHARS = 6
const MAX_REASON_CHARS = 80

/** The reasons for which somebody was rejected, as the radar counts them; see `ReasonSighting`. Each once. */
export function rejectionReasons(decision: Decision, { notice }: Understanding): readonly string[] {
  const fromNotice = (notice ?? []).flatMap(({ text, candidates, alsoSections }) => {
    const [best] = candidates
    if (best) return [best.sectionKey, ...alsoSections].filter((key) => REJECTION.test(key)).map(ofSection)
    const core = coreOf(text).slice(0, MAX_REASON_CHARS)
    return core.length >= MIN_REASON_CHARS ? [`text:${core}`] : []
  })
  const isTold = decision.kind === 'answer' && TOLD.has(decision.reason)
  const told = isTold ? decision.sectionKeys.filter((key) => REJECTION.test(key)).map(ofSection) : []
  return [...new Set([...fromNotice, ...told])]
}

const ofSection = (key: string): string => `section:${key}`
