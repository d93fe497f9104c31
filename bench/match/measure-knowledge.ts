import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Corpus } from './messages.js'
import { type Speed, timeEach, usedMiB } from './stopwatch.js'
import { writeSyntheticGuides } from './synthetic-guides.js'
import type { Tally } from './tally.js'

export interface KnowledgeResult extends Speed {
  readonly sectionCount: number
  /** Utterances and messages that want silence. */
  readonly taughtCount: number
  /** Reading all files and training. */
  readonly coldMs: number
  /** The same when nothing has changed since. */
  readonly warmMs: number
  /** Added by the program and the knowledge, from a bare process. */
  readonly memoryMiB: number
  /** What the bot does, overheard, with thresholds of its own. */
  readonly decided: Tally
  /** The right section first, of the made-up questions about made-up sections; NaN when there are none. */
  readonly syntheticRight: number
}

/** Real and made-up questions alike go into the mean. */
const SYNTHETIC_QUESTIONS = 500
const LIMITS = { withinMs: 10_000, rounds: 3 }

/**
 * Measures our matcher as it is shipped, with the project's knowledge and so many made-up sections besides. For a
 * process of its own.
 */
export async function measureKnowledge(syntheticSections: number, corpus: Corpus): Promise<KnowledgeResult> {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
  try {
    return await measureIn(folder, syntheticSections, corpus)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureIn(
  folder: string,
  syntheticSections: number,
  { tuning, heldOut }: Corpus,
): Promise<KnowledgeResult> {
  const { questions } = writeSyntheticGuides(join(folder, 'knowledge'), syntheticSections)
  const asked = questions.slice(0, SYNTHETIC_QUESTIONS)
  const memoryBefore = usedMiB()
  const { createLoadSnapshot } = await import('../../src/releases/build.js')
  const { knowingOf, understand } = await import('../../src/nlu/pipeline.js')
  const { PROJECT_FOLDERS } = await import('./project-knowledge.js')
  // With short answers, categories and rejection rules.
  cpSync(PROJECT_FOLDERS.knowledgeDir, join(folder, 'knowledge'), { recursive: true })
  const folders = { ...PROJECT_FOLDERS, knowledgeDir: join(folder, 'knowledge'), cacheDir: join(folder, 'cache') }
  const timed = async () => {
    const startMs = performance.now()
    const { snapshot } = await createLoadSnapshot(folders)()
    return { snapshot, tookMs: performance.now() - startMs }
  }
  const coldMs = (await timed()).tookMs
  const { snapshot, tookMs: warmMs } = await timed()
  const knowing = knowingOf(snapshot, Date.now())
  const memoryMiB = usedMiB() - memoryBefore
  const read = ({ text }: { readonly text: string }) => understand(text, knowing)
  await timeEach(tuning, read, { ...LIMITS, rounds: 1 })
  // As in the bot, nobody keeps what was understood: thousands of them would be copied about by each garbage collection.
  const { meanUs, p99Us } = await timeEach([...heldOut, ...asked], (message) => void read(message), LIMITS)
  const found = asked.filter((question) => read(question).candidates[0]?.sectionKey === question.key)
  const { intents, silence } = snapshot.content
  return {
    sectionCount: snapshot.sections.size,
    taughtCount: intents.reduce((sum, one) => sum + (one.automatic ? 0 : one.utterances.length), silence.length),
    coldMs,
    warmMs,
    memoryMiB,
    meanUs,
    p99Us,
    decided: await decideAll(heldOut, read),
    syntheticRight: found.length / asked.length,
  }
}

type Read = (message: { readonly text: string }) => import('../../src/model/understanding.js').Understanding

/** Each message as overheard in a group, alone. */
async function decideAll(heldOut: Corpus['heldOut'], read: Read): Promise<Tally> {
  const { judge, shareOf } = await import('../../src/evaluate/exam.js')
  const judged = heldOut.map((message) =>
    judge({ ...message, wantsHuman: false, kind: 'held-out' }, read(message), false),
  )
  const questions = judged.filter(({ message }) => message.sections.length > 0)
  const chatter = judged.filter(({ message }) => message.sections.length === 0)
  return {
    right: shareOf(questions, 'right'),
    wrong: shareOf(questions, 'wrong'),
    plain: shareOf(
      chatter.filter(({ message }) => !message.hard),
      'spoke-up',
    ),
    hard: shareOf(
      chatter.filter(({ message }) => message.hard),
      'spoke-up',
    ),
  }
}
