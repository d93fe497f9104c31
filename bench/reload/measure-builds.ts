import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../src/config.js'
import { OPERATOR } from '../../src/model/ports.js'
import { type OpenReleases, openReleases } from '../../src/releases/open.js'
import { TwoStates } from '../../test/support/reloads/two-states.js'
import { type Pause, PauseMeter } from './pause-meter.js'

export interface BuildResult {
  readonly firstStartMs: number
  readonly startMs: number
  readonly reloadMs: readonly number[]
  readonly pauses: readonly Pause[]
}

const TRAINED = 5

/** Starts, and reloads that have to train, of a bot that has nothing else to do. */
export async function measureBuilds(): Promise<BuildResult> {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
  try {
    const states = new TwoStates(folder)
    const first = await timed(() => open(folder, states))
    await first.result.stop()
    const second = await timed(() => open(folder, states))
    const reloads = await reloadWithTraining(second.result, states)
    await second.result.stop()
    return { firstStartMs: first.tookMs, startMs: second.tookMs, ...reloads }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function reloadWithTraining({ releases }: OpenReleases, states: TwoStates) {
  const meter = new PauseMeter()
  const reloadMs: number[] = []
  const pauses: Pause[] = []
  for (let round = 0; round < TRAINED; round++) {
    states.write('乙', `<!-- ${round} -->`)
    meter.start()
    const { result, tookMs } = await timed(() => releases.reload({ by: OPERATOR }))
    pauses.push(meter.stop())
    if (!result.ok) throw new Error(result.text)
    reloadMs.push(tookMs)
  }
  return { reloadMs, pauses }
}

function open(folder: string, { knowledgeDir, intentsDir }: TwoStates): Promise<OpenReleases> {
  const data = join(folder, 'data')
  return openReleases({
    paths: {
      ...{ knowledgeDir, intentsDir, learnedDir: join(data, 'learned'), cacheDir: join(data, 'cache') },
      ...{ releasesDir: join(data, 'releases'), hasDocsSite: false },
      illustrationsDir: join(PROJECT_ROOT, 'knowledge', 'illustrations'),
    },
    limits: { goldenMayLose: 0, heldOutMayLosePoints: 1, wrongMayGainPoints: 0.5 },
    ...{ timeoutSeconds: 120, isRestart: false, clock: { now: () => Date.now() } },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
}

async function timed<Result>(
  run: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly tookMs: number }> {
  const startedMs = performance.now()
  const result = await run()
  return { result, tookMs: performance.now() - startedMs }
}
