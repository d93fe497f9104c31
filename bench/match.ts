import { parseArgs } from 'node:util'
import { readCorpus } from './match/corpus.js'
import { openTaskRunner, type TaskRunner } from './match/in-child.js'
import type { EngineResult } from './match/measure-engine.js'
import type { KnowledgeResult } from './match/measure-knowledge.js'
import type { Corpus } from './match/messages.js'
import type { EngineName } from './match/run-task.js'
import { publish } from './report/publish.js'
import { type Column, percent, renderTable, shortNumber } from './report/render-table.js'

/** `npm run bench:match`: our matcher beside others, taught and measured on the same messages. */
const ENGINES: readonly (readonly [name: string, engine: EngineName])[] = [
  ['guoshen', 'guoshen'],
  ['natural 8.1.1, Bayes on bigrams', 'natural-bayes'],
  ['MiniSearch 7.2.0', 'minisearch'],
  ['FlexSearch 0.8.212', 'flexsearch'],
  ['nlp.js 4.27.0 with lang-zh', 'nlp-js'],
  ['Fuse.js 7.5.0', 'fuse'],
]
const SYNTHETIC_SECTIONS = 5_000
/** Of the size that a knowledge base of this kind has; more would keep the slowest engines busy for many minutes. */
const USUAL_SIZE = { perSection: 200, chatter: 2_500 }
const WHOLE = { perSection: Number.POSITIVE_INFINITY, chatter: Number.POSITIVE_INFINITY }
const CHILD_LIMIT_MS = 180_000

interface EngineRow {
  readonly name: string
  readonly result: EngineResult | undefined
  readonly ours: EngineResult | undefined
}

interface KnowledgeRow {
  readonly name: string
  readonly result: KnowledgeResult | undefined
  readonly real: KnowledgeResult | undefined
}

const engineColumns: readonly Column<EngineRow>[] = [
  { title: 'engine', cell: ({ name }) => name },
  { title: 'right first', cell: ({ result }) => result && percent(result.rightFirst) },
  { title: 'right', cell: ({ result }) => result && percent(result.atThreshold.right) },
  { title: 'wrong', cell: ({ result }) => result && percent(result.atThreshold.wrong) },
  { title: 'plain', cell: ({ result }) => result && percent(result.atThreshold.plain) },
  { title: 'hard', cell: ({ result }) => result && percent(result.atThreshold.hard) },
  { title: 'build s', cell: ({ result }) => result && shortNumber(result.buildMs / 1000) },
  { title: 'mean µs', cell: ({ result }) => result && shortNumber(result.meanUs) },
  { title: 'p99 µs', cell: ({ result }) => result && shortNumber(result.p99Us) },
  { title: 'mean, × ours', cell: ({ result, ours }) => result && ours && shortNumber(result.meanUs / ours.meanUs) },
  { title: 'memory MiB', cell: ({ result }) => result && shortNumber(result.memoryMiB) },
  {
    title: 'memory, × ours',
    cell: ({ result, ours }) => result && ours && shortNumber(result.memoryMiB / ours.memoryMiB),
  },
  { title: 'messages', cell: ({ result }) => result && String(result.measured) },
]

const knowledgeColumns: readonly Column<KnowledgeRow>[] = [
  { title: 'knowledge', cell: ({ name }) => name },
  { title: 'sections', cell: ({ result }) => result && String(result.sectionCount) },
  { title: 'taught', cell: ({ result }) => result && String(result.taughtCount) },
  { title: 'start, trained anew s', cell: ({ result }) => result && shortNumber(result.coldMs / 1000) },
  { title: 'start, unchanged s', cell: ({ result }) => result && shortNumber(result.warmMs / 1000) },
  { title: 'mean µs', cell: ({ result }) => result && shortNumber(result.meanUs) },
  { title: 'p99 µs', cell: ({ result }) => result && shortNumber(result.p99Us) },
  { title: 'mean, × real', cell: ({ result, real }) => result && real && shortNumber(result.meanUs / real.meanUs) },
  { title: 'p99, × real', cell: ({ result, real }) => result && real && shortNumber(result.p99Us / real.p99Us) },
  { title: 'memory MiB', cell: ({ result }) => result && shortNumber(result.memoryMiB) },
  { title: 'right', cell: ({ result }) => result && percent(result.decided.right) },
  { title: 'wrong', cell: ({ result }) => result && percent(result.decided.wrong) },
  { title: 'plain', cell: ({ result }) => result && percent(result.decided.plain) },
  { title: 'hard', cell: ({ result }) => result && percent(result.decided.hard) },
  { title: 'made-up found', cell: ({ result }) => result && percent(result.syntheticRight) },
]

async function measureEngines(tasks: TaskRunner, corpus: Corpus, limitMs: number): Promise<readonly EngineRow[]> {
  const rows: EngineRow[] = []
  for (const [name, engine] of ENGINES) {
    console.error(`${name} …`)
    const answer = await tasks.run({ kind: 'engine', engine, corpus }, limitMs)
    const result = answer?.kind === 'engine' ? answer.result : undefined
    rows.push({ name, result, ours: rows[0]?.result ?? result })
  }
  return rows
}

async function measureKnowledge(tasks: TaskRunner, corpus: Corpus): Promise<readonly KnowledgeRow[]> {
  const rows: KnowledgeRow[] = []
  for (const [name, syntheticSections] of [
    ['real', 0],
    ['real and made-up', SYNTHETIC_SECTIONS],
  ] as const) {
    console.error(`knowledge: ${name} …`)
    const answer = await tasks.run({ kind: 'knowledge', syntheticSections, corpus }, CHILD_LIMIT_MS)
    const result = answer?.kind === 'knowledge' ? answer.result : undefined
    rows.push({ name, result, real: rows[0]?.result ?? result })
  }
  return rows
}

const { values } = parseArgs({ options: { whole: { type: 'boolean', default: false } } })
const corpus = readCorpus(values.whole ? WHOLE : USUAL_SIZE)
const tasks = openTaskRunner()
const engines = await measureEngines(tasks, corpus, values.whole ? CHILD_LIMIT_MS * 10 : CHILD_LIMIT_MS)
const knowledge = await measureKnowledge(tasks, corpus)
tasks.close()
const { taught, tuning, heldOut } = corpus
publish(
  'match',
  [
    `Taught on ${taught.length} messages of \`intents/\`, thresholds chosen on ${tuning.length} others, measured on the`,
    `${heldOut.length} of \`intents/held-out.yaml\`.`,
    '',
    renderTable(engineColumns, engines),
    '',
    'Our matcher as it is shipped, taught on everything:',
    '',
    renderTable(knowledgeColumns, knowledge),
  ].join('\n'),
)
