import type { Decision } from '../model/decision.js'
import type { LearningRecords, ReasonSighting } from '../model/learning.js'
import type { Understanding } from '../model/understanding.js'
import { coreOf } from '../nlu/retrieval.js'

export interface RadarRules {
  /** So many different groups … */
  readonly groups: number
  /** … within so long make an incident. */
  readonly windowMs: number
}

export interface Incident {
  readonly reason: string
  /** Opaque keys of the groups, in the order in which they met it. */
  readonly places: readonly string[]
}

export interface Looked {
  readonly records: LearningRecords
  /** What staff have to hear of now. */
  readonly incidents: readonly Incident[]
}

const MAX_SIGHTINGS = 2_000

/**
 * Takes down that rejection reasons were met in a group. The same reason from several groups is one incident: it is
 * given out once, and again only when it still goes on a whole window later. Pure; `told` is for `markTold`.
 */
export function lookForIncidents(
  records: LearningRecords,
  sightings: readonly ReasonSighting[],
  { groups, windowMs }: RadarRules,
): Looked {
  const nowMs = Math.max(...sightings.map(({ atMs }) => atMs))
  const fresh = records.sightings.filter(
    ({ atMs, reason, place }) =>
      nowMs - atMs < windowMs && !sightings.some((one) => one.reason === reason && one.place === place),
  )
  const all = [...fresh, ...sightings].slice(-MAX_SIGHTINGS)
  const told = records.told.filter(({ atMs }) => nowMs - atMs < windowMs)
  const incidents = [...new Set(sightings.map(({ reason }) => reason))]
    .filter((reason) => !told.some((one) => one.reason === reason))
    .map((reason) => ({ reason, places: all.filter((one) => one.reason === reason).map(({ place }) => place) }))
    .filter(({ places }) => places.length >= groups)
  return { records: { ...records, sightings: all, told }, incidents }
}

export const markTold = (records: LearningRecords, reason: string, atMs: number): LearningRecords => ({
  ...records,
  told: [...records.told.filter((one) => one.reason !== reason), { reason, atMs }],
})

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
