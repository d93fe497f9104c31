import type { DurableList } from '../../src/model/ports.js'

/** A list that lasts as long as the test, with what was saved last. */
export function keptList<Item>(items: readonly Item[] = []): DurableList<Item> {
  let kept = items
  return {
    records: () => kept,
    save: async (records) => {
      kept = records
    },
  }
}
