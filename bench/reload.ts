import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type LoadResult, reloadUnderLoad } from '../test/support/reloads/reload-under-load.js'
import { type BuildResult, measureBuilds } from './reload/measure-builds.js'
import { type EditResult, measureEdits } from './reload/measure-edit.js'
import { type Pause, PauseMeter } from './reload/pause-meter.js'
import { publish } from './report/publish.js'
import { renderTable, shortNumber } from './report/render-table.js'

/** `npm run bench:reload`: what a reload of the shipped knowledge costs those who are talking meanwhile. */
const MESSAGES_PER_SECOND = 50

interface Row {
  readonly what: string
  readonly value: string
}

async function measureLoad(reloads: number): Promise<{ readonly load: LoadResult; readonly pauses: readonly Pause[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
  const meter = new PauseMeter()
  const pauses: Pause[] = []
  try {
    const around = { before: () => meter.start(), after: () => void pauses.push(meter.stop()) }
    const load = await reloadUnderLoad({ folder, reloads, messagesPerSecond: MESSAGES_PER_SECOND, around })
    return { load, pauses: pauses.slice(2) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(
  builds: BuildResult,
  edits: EditResult,
  { load, pauses }: Awaited<ReturnType<typeof measureLoad>>,
): readonly Row[] {
  const [early, late] = load.heapMiB
  const row = (what: string, value: string): Row => ({ what, value })
  return [
    row('start from unchanged knowledge', ms(builds.startMs)),
    row('start of the very first time, with training', ms(builds.firstStartMs)),
    row('an edit of one short answer in the running program, until it is replied', ms(edits.firstMs)),
    row(`… the next edits, median of ${edits.nextMs.length}`, ms(median(edits.nextMs))),
    row(`reload with training, median of ${builds.reloadMs.length}`, ms(median(builds.reloadMs))),
    row('… longest pause of the event loop', pauseWords(builds.pauses)),
    row(`reload between kept states, median of ${load.reloads}`, ms(median(load.reloadMs))),
    row(`… longest pause, with ${MESSAGES_PER_SECOND} messages a second`, pauseWords(pauses)),
    row('… median of the longest pauses', pauseWords([medianPause(pauses)])),
    row('messages asked / answered / from a mixed state', `${load.asked} / ${load.answered} / ${load.mixed}`),
    row('heap of the bot after a fifth / at the end, MiB', `${shortNumber(early)} / ${shortNumber(late)}`),
    row('resident memory, thread included, MiB', shortNumber(process.memoryUsage.rss() / 2 ** 20)),
  ]
}

const ms = (value: number): string => `${shortNumber(value)} ms`

function pauseWords(pauses: readonly Pause[]): string {
  const wallMs = Math.max(...pauses.map((pause) => pause.wallMs))
  const ownMs = Math.max(...pauses.map((pause) => pause.ownMs ?? 0))
  return `${ms(wallMs)} by the clock, ${ms(ownMs)} of own work`
}

const medianPause = (pauses: readonly Pause[]): Pause => ({
  wallMs: median(pauses.map(({ wallMs }) => wallMs)),
  ownMs: median(pauses.map(({ ownMs }) => ownMs ?? 0)),
})

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const { values } = parseArgs({ options: { reloads: { type: 'string', default: '60' } } })
console.error('builds …')
const builds = await measureBuilds()
console.error('edits …')
const edits = await measureEdits()
console.error('reloads under load …')
const load = await measureLoad(Number(values.reloads))
const columns = [
  { title: 'what', cell: ({ what }: Row) => what },
  { title: 'measured', cell: ({ value }: Row) => value },
]
publish('reload', renderTable(columns, rowsOf(builds, edits, load)))
