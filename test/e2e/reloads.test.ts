import { expect, test } from 'vitest'
import { reloadUnderLoad } from '../support/reloads/reload-under-load.js'
import { tempFolder } from '../support/temp-folder.js'

/** `RELOADS=1000` is what a version has to stand. */
const RELOADS = Number(process.env.RELOADS ?? 250)
/** Of a question and its reply, for the console. */
const KEPT_BYTES = 3_000
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
  // Ids of messages are remembered, the last replies to each asker, and for the console what was asked, 20,000 questions
  // at most; a state of the knowledge that is not let go adds up to hundreds.
  expect(heapMiB[1] - heapMiB[0]).toBeLessThan(8 + (asked * KEPT_BYTES) / 2 ** 20)
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
