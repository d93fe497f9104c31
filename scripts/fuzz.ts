import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PROJECT_ROOT } from '../src/config.js'
import { createLoadSnapshot } from '../src/releases/build.js'
import { fuzzTargets } from '../test/fuzz/fuzz-targets.js'
import { runFuzz } from '../test/fuzz/run-fuzz.js'
import { wholeBot } from '../test/fuzz/whole-message.js'

const WHOLE = 1_000_000

/**
 * `npm run fuzz`: a million hostile inputs with a seed; ends with exit code 1 and the input when one breaks or takes too
 * long. `-- --count 50000 --seed 7 --only understanding` for less.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: String(WHOLE) },
    seed: { type: 'string', default: '20261123' },
    only: { type: 'string' },
  },
})

const { snapshot } = await createLoadSnapshot({
  knowledgeDir: join(PROJECT_ROOT, 'knowledge'),
  intentsDir: join(PROJECT_ROOT, 'intents'),
  cacheDir: join(tmpdir(), 'guoshen-fuzz'),
})()
const hears = await wholeBot(mkdtempSync(join(tmpdir(), 'guoshen-fuzz-bot-')))
const targets = fuzzTargets({ snapshot, hears, seed: Number(values.seed) })
const startedMs = performance.now()
let total = 0
for (const target of targets) {
  if (values.only !== undefined && target.name !== values.only) continue
  const report = await runFuzz(target, Math.round((target.share * Number(values.count)) / WHOLE))
  total += report.count
  const rate = `${report.count} inputs in ${report.seconds.toFixed(1)} s`
  console.log(
    `${target.name.padEnd(20)} ${rate.padEnd(26)} worst ${report.worstMs.toFixed(2)} ms: ${report.worstInput}`,
  )
}
const minutes = (performance.now() - startedMs) / 60_000
console.log(`${total} inputs with seed ${values.seed} in ${minutes.toFixed(1)} min, none over its limit`)
