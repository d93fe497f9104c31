import type { TeachEngine } from './engine.js'
import { type EngineResult, measureEngine } from './measure-engine.js'
import { type KnowledgeResult, measureKnowledge } from './measure-knowledge.js'
import type { Corpus } from './messages.js'

/** Loaded one by one: nobody pays for the neighbours' memory. */
const ENGINES = {
  guoshen: async () => (await import('./engines/guoshen.js')).teachGuoshen,
  'nlp-js': async () => (await import('./engines/nlp-js.js')).teachNlpJs,
  minisearch: async () => (await import('./engines/minisearch.js')).teachMiniSearch,
  flexsearch: async () => (await import('./engines/flexsearch.js')).teachFlexSearch,
  fuse: async () => (await import('./engines/fuse.js')).teachFuse,
  'natural-bayes': async () => (await import('./engines/natural-bayes.js')).teachNaturalBayes,
} satisfies Record<string, () => Promise<TeachEngine>>

export type EngineName = keyof typeof ENGINES

export type Task =
  | { readonly kind: 'engine'; readonly engine: EngineName; readonly corpus: Corpus }
  | { readonly kind: 'knowledge'; readonly syntheticSections: number; readonly corpus: Corpus }

export type TaskResult =
  | { readonly kind: 'engine'; readonly result: EngineResult }
  | { readonly kind: 'knowledge'; readonly result: KnowledgeResult }

/** The child's part of `bench/match.ts`: one task, one answer, the end. */
process.once('message', (task: Task) => {
  perform(task).then(
    (result) => process.send!(result, () => process.exit(0)),
    (error: Error) => {
      console.error(error)
      process.exit(1)
    },
  )
})

async function perform(task: Task): Promise<TaskResult> {
  if (task.kind === 'engine') {
    const remembers = task.engine === 'nlp-js'
    return { kind: 'engine', result: await measureEngine(await ENGINES[task.engine](), task.corpus, { remembers }) }
  }
  return { kind: 'knowledge', result: await measureKnowledge(task.syntheticSections, task.corpus) }
}
