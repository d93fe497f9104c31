import { createHash } from 'node:crypto'
import type { Problem } from '../model/knowledge.js'
import type { ExamQuestion } from './exam.js'
import { heldOutQuestion, readGolden } from './read-golden.js'
import { readHeldOut } from './read-held-out.js'

interface ExamFile {
  readonly file: string
  readonly text: string
  readonly kept: string
}

export interface Exam {
  readonly questions: readonly ExamQuestion[]
  /** See `examKeyOf`. */
  readonly examKey: string
  readonly problems: readonly Problem[]
}

/** Reads the questions that lie beside the intents; a file that is missing asks nothing. */
export function readExam(files: readonly ExamFile[], knows: (sectionKey: string) => boolean): Exam {
  const golden = named(files, 'golden').map((file) => readGolden(file, knows))
  const heldOut = named(files, 'held-out').map(readHeldOut)
  return {
    questions: [
      ...golden.flatMap(({ questions }) => questions),
      ...heldOut.flatMap(({ messages }) => messages.map(heldOutQuestion)),
    ],
    examKey: examKeyOf(files),
    problems: [...golden, ...heldOut].flatMap(({ problems }) => problems),
  }
}

/** Changes with every difference in the questions. */
export function examKeyOf(files: readonly ExamFile[]): string {
  const hash = createHash('sha256')
  for (const { text } of [...named(files, 'golden'), ...named(files, 'held-out')])
    hash.update(`${text.length}\n${text}`)
  return hash.digest('hex')
}

const named = (files: readonly ExamFile[], name: string): readonly ExamFile[] =>
  files.filter(({ kept }) => new RegExp(`^intents/(?:.*/)?${name}\\.ya?ml$`, 'i').test(kept))
