import type { LearningRecords, ReasonSighting } from '../model/learning.js'

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
