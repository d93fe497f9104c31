import { expect, test } from 'vitest'
import { reloadUnderLoad } from '../support/reloads/reload-under-load.js'
import { tempFolder } from '../support/temp-folder.js'

/** `RELOADS=1000` is what a version has to stand. */
const RELOADS = Number(process.env.RELOADS ?? 250)
const TIME_LIMIT_MS = 15 * 60_000 // half a minute on a machine that has nothing else to do

// On a part of the shipped knowledge, between two states that are trained once; `npm run bench:reload` takes all of it.
test('answers everybody from one state or the other through hundreds of reloads', {
  timeout: TIME_LIMIT_MS,
  retry: 0,
}, async () => {
  const result = await reloadUnderLoad({
    ...{ folder: tempFolder(), reloads: RELOADS, messagesPerSecond: 50, isLean: true },
  })
  const { failed, mixed, statesSeen, asked, answered, heapMiB } = result
  expect({ failed, mixed, statesSeen }).toEqual({ failed: [], mixed: 0, statesSeen: ['乙', '甲'] })
  expect(answered).toBe(asked)
  expect(asked).toBeGreaterThan(RELOADS)
  // Ids of messages are remembered, and the last replies to each asker; a state of the knowledge that is not let go adds up.
  expect(heapMiB[1] - heapMiB[0]).toBeLessThan(8)
})

test('needs no more memory after two hundred reloads than after forty', {
  timeout: TIME_LIMIT_MS,
  retry: 0,
}, async () => {
  const { heapMiB } = await reloadUnderLoad({
    ...{ folder: tempFolder(), reloads: 200, messagesPerSecond: 1, isLean: true },
  })
  expect(heapMiB[1] - heapMiB[0]).toBeLessThan(1)
})
