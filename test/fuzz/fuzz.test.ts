import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT_ROOT } from '../../src/config.js'
import { createLoadSnapshot } from '../../src/releases/build.js'
import { fuzzTargets } from './fuzz-targets.js'
import { runFuzz } from './run-fuzz.js'
import { wholeBot } from './whole-message.js'

// The whole million: `npm run fuzz`.
const COUNT = 8_000
const { snapshot } = await createLoadSnapshot({
  knowledgeDir: join(PROJECT_ROOT, 'knowledge'),
  intentsDir: join(PROJECT_ROOT, 'intents'),
})()

const hears = await wholeBot(mkdtempSync(join(tmpdir(), 'guoshen-fuzz-')))

test.each(fuzzTargets({ snapshot, hears, seed: 1 }))('$name stands hostile input', async (target) => {
  const { count, worstMs } = await runFuzz(target, Math.round((target.share * COUNT) / 1_000_000))
  expect(count).toBeGreaterThan(0)
  expect(worstMs).toBeLessThan(target.limitMs)
})

test('tells which input broke what', async () => {
  const broken = { name: 'a part', share: 1, limitMs: 50, next: () => 'abc', run: () => JSON.parse('{') }
  await expect(runFuzz(broken, 1)).rejects.toThrow('a part breaks on "abc"')
})

test('tells which input took too long', async () => {
  const run = (): void => {
    const started = process.cpuUsage()
    while (process.cpuUsage(started).user < 20_000);
  }
  const slow = { name: 'a part', share: 1, limitMs: 4, next: () => 'abc', run }
  await expect(runFuzz(slow, 1)).rejects.toThrow(/a part: \d.* ms for "abc"/)
})
