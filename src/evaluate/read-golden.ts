import { z } from 'zod'
import { checkShape } from '../knowledge/check-shape.js'
import { readYaml } from '../knowledge/yaml-document.js'
import type { Problem } from '../model/knowledge.js'
import type { ExamQuestion, Wanted } from './exam.js'
import type { LabelledMessage } from './labelled-message.js'

const words = z.string().trim().min(1)

const schema = z.strictObject({
  questions: z.array(
    z.strictObject({
      question: words,
      heard: words.default('asked'),
      expect: z.union([words, z.tuple([words], words)]),
    }),
  ),
})

const WORDS = ['silence', 'human', 'unknown', 'courtesy'] as const
const isWord = (text: string): text is (typeof WORDS)[number] => WORDS.some((word) => word === text)

/**
 * Reads `golden.yaml`: the questions whose answers an author insists on. Never throws.
 *
 * @param knows whether there is such a section; one that is expected and missing is a warning
 */
export function readGolden(
  source: { readonly file: string; readonly text: string },
  knows: (sectionKey: string) => boolean,
): { readonly questions: readonly ExamQuestion[]; readonly problems: readonly Problem[] } {
  const yaml = readYaml(source)
  if (yaml.problems.length > 0) return { questions: [], problems: yaml.problems }
  const { value, problems } = checkShape(source, yaml, schema)
  if (!value) return { questions: [], problems }
  const { file } = source
  const found: Problem[] = []
  const questions = value.questions.map(({ question, heard, expect }, index): ExamQuestion => {
    const complain = (key: string, problem: Pick<Problem, 'severity' | 'message' | 'remedy'>): void => {
      found.push({ file, ...yaml.locate(['questions', index, key]), ...problem })
    }
    const wanted = toWanted(expect)
    if (heard !== 'asked' && heard !== 'overheard') complain('heard', wrongHearing(heard))
    if (wanted.kind === 'sections')
      for (const key of wanted.keys) if (!knows(key)) complain('expect', missingSection(key))
    return {
      ...{ set: 'golden', text: question, wanted, also: [] },
      heard: heard === 'overheard' ? 'overheard' : 'asked',
      place: `${file}:${yaml.locate(['questions', index]).line}`,
    }
  })
  return { questions, problems: found }
}

function toWanted(expect: string | [string, ...string[]]): Wanted {
  if (typeof expect !== 'string') return { kind: 'sections', keys: expect }
  return isWord(expect) ? { kind: expect } : { kind: 'sections', keys: [expect] }
}

const wrongHearing = (heard: string) => ({
  severity: 'error' as const,
  message: `heard 不能写“${heard}”`,
  remedy: '写 asked（点名问机器人）或 overheard（群里没点名）',
})

const missingSection = (key: string) => ({
  severity: 'warning' as const,
  message: `期望 ${key}，指南里没有这一节`,
  remedy: `改成有的编号，或写 ${WORDS.join('、')}`,
})

/** A held-out message as a question: the guide's matters are put to the bot, the rest is overheard. */
export const heldOutQuestion = ({ text, sections, wantsHuman }: LabelledMessage): ExamQuestion => {
  const [first, ...also] = sections
  return {
    ...{ set: 'held-out', text, also },
    heard: first !== undefined || wantsHuman ? 'asked' : 'overheard',
    wanted: first !== undefined ? { kind: 'sections', keys: [first] } : { kind: wantsHuman ? 'human' : 'silence' },
  }
}
