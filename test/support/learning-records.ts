import type { LearningRecords, LearningStore } from '../../src/model/stores.js'

export const noRecords = (): LearningRecords => ({ salt: 'salt', lastNumber: 0, entries: [], sightings: [], told: [] })

/** Records in memory, in view of the test. */
export function recordsInMemory(start: LearningRecords = noRecords()): LearningStore {
  let records = start
  return {
    records: () => records,
    keep: (next) => {
      records = next
    },
    save: async (next) => {
      records = next
    },
  }
}
