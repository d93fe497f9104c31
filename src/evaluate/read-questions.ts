import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readShaped } from '../knowledge/yaml.js'
import { errorAt, type KnowledgeContent, type Problem, warningAt } from '../model/knowledge.js'
import type { ExamQuestion, LabelledMessage, Wanted } from './exam.js'

interface ExamFile extends Source {
  readonly kept: string
}

export interface Exam {
  readonly questions: readonly ExamQuestion[]
  /** See `examKeyOf`. */
  readonly examKey: string
  readonly problems: readonly Problem[]
}

/** What a golden question may expect. */
export interface Known {
  section(key: string): boolean
  /** @param id of a short answer, a table row or a rule */
  card(id: string): boolean
}

export function knownIn({ guides, answers, categories, rejections }: KnowledgeContent): Known {
  const sections = new Set(guides.flatMap((guide) => guide.sections.map(({ key }) => key)))
  const rows = [...categories.rows, ...categories.notOpen, ...categories.withoutRow]
  const cards = new Set([...answers, ...rows, ...rejections].map(({ id }) => id))
  return { section: (key) => sections.has(key), card: (id) => cards.has(id) }
}

/** Reads the questions that lie beside the intents; a file that is missing asks nothing. */
export function readExam(files: readonly ExamFile[], knows: Known): Exam {
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

interface Source {
  readonly file: string
  readonly text: string
}

const words = z.string().trim().min(1)

const conversationsSchema = z.strictObject({
  conversations: z.array(
    z.strictObject({
      title: words,
      turns: z
        .array(
          z.strictObject({
            /** Who speaks. */
            who: words.default('甲'),
            says: words,
            /** `asked`: put to the bot by name; the first turn is, unless told otherwise. */
            heard: z.enum(['asked', 'overheard']).optional(),
            /** Minutes since the turn before. */
            after: z.coerce.number().min(0).max(10_080).default(0.5),
            /** A section; `silence`, `human`, `unknown` or `courtesy`; several where each would be right. */
            expect: z.union([words, z.array(words).min(1)]),
          }),
        )
        .min(1),
    }),
  ),
})

export interface Turn {
  readonly who: string
  readonly says: string
  readonly asked: boolean
  /** Minutes since the turn before. */
  readonly after: number
  /** Each of these would be right: section keys, or one of `silence`, `human`, `unknown`, `courtesy`. */
  readonly expect: readonly string[]
}

export interface Conversation {
  readonly title: string
  readonly turns: readonly Turn[]
}

/** Reads `conversations.yaml`: talks of several turns, to score what is taken up from one to the next. Never throws. */
export function readConversations(source: Source): {
  readonly conversations: readonly Conversation[]
  readonly problems: readonly Problem[]
} {
  const { value, problems } = readShaped(source, conversationsSchema)
  const conversations = (value?.conversations ?? []).map(({ title, turns }) => ({
    title,
    turns: turns.map(({ who, says, heard, after, expect }, index) => ({
      ...{ who, says, after },
      asked: (heard ?? (index === 0 ? 'asked' : 'overheard')) === 'asked',
      expect: typeof expect === 'string' ? [expect] : expect,
    })),
  }))
  return { conversations, problems }
}

/** Whether a turn was met in one of the ways that are right. */
export function isMetAsExpected(
  { expect }: Turn,
  { kind, sections }: { readonly kind: string; readonly sections: readonly string[] },
): boolean {
  return expect.some((wanted) => {
    switch (wanted) {
      case 'silence':
        return kind === 'silent'
      case 'human':
        return kind === 'escalate'
      case 'unknown':
        return kind === 'fallback' || kind === 'clarify'
      case 'courtesy':
        return kind === 'courtesy'
      default:
        return sections.includes(wanted)
    }
  })
}

const goldenSchema = z.strictObject({
  questions: z.array(
    z.strictObject({
      question: words,
      heard: words.default('asked'),
      expect: z.union([words, z.tuple([words], words), z.strictObject({ card: words })]),
    }),
  ),
})

const WORDS = ['silence', 'human', 'unknown', 'courtesy'] as const
const isWord = (text: string): text is (typeof WORDS)[number] => WORDS.some((word) => word === text)

/**
 * Reads `golden.yaml`: the questions whose answers an author insists on. Never throws.
 *
 * @param knows what there is; what is expected and missing is a warning
 */
export function readGolden(
  source: Source,
  knows: Known,
): { readonly questions: readonly ExamQuestion[]; readonly problems: readonly Problem[] } {
  const { value, problems, locate } = readShaped(source, goldenSchema)
  if (!value) return { questions: [], problems }
  const { file } = source
  const found: Problem[] = []
  const questions = value.questions.map(({ question, heard, expect }, index): ExamQuestion => {
    const at = (key: string) => ({ file, ...locate(['questions', index, key]) })
    const wanted = toWanted(expect)
    if (heard !== 'asked' && heard !== 'overheard')
      found.push(errorAt(at('heard'), `heard 不能写“${heard}”`, '写 asked（点名问机器人）或 overheard（群里没点名）'))
    if (wanted.kind === 'sections')
      for (const key of wanted.keys)
        if (!knows.section(key))
          found.push(warningAt(at('expect'), `期望 ${key}，指南里没有这一节`, `改成有的编号，或写 ${WORDS.join('、')}`))
    if (wanted.kind === 'card' && !knows.card(wanted.id))
      found.push(warningAt(at('expect'), `期望“${wanted.id}”，没有这个编号的短答、类目或规则`, REMEDY_CARD))
    return {
      ...{ set: 'golden', text: question, wanted, also: [] },
      heard: heard === 'overheard' ? 'overheard' : 'asked',
      place: `${file}:${locate(['questions', index]).line}`,
    }
  })
  return { questions, problems: found }
}

function toWanted(expect: string | [string, ...string[]] | { readonly card: string }): Wanted {
  if (typeof expect === 'object' && 'card' in expect) return { kind: 'card', id: expect.card }
  if (typeof expect !== 'string') return { kind: 'sections', keys: expect }
  return isWord(expect) ? { kind: expect } : { kind: 'sections', keys: [expect] }
}

const REMEDY_CARD = '改成有的编号（短答里“编号：”后面的，或“类目:商家自营-食品饮料”这样的）'

/** A held-out message as a question: the guide's matters are put to the bot, the rest is overheard. */
const heldOutQuestion = ({ text, sections, wantsHuman }: LabelledMessage): ExamQuestion => {
  const [first, ...also] = sections
  return {
    ...{ set: 'held-out', text, also },
    heard: first !== undefined || wantsHuman ? 'asked' : 'overheard',
    wanted: first !== undefined ? { kind: 'sections', keys: [first] } : { kind: wantsHuman ? 'human' : 'silence' },
  }
}

const yes = z.enum(['true', 'false']).transform((word) => word === 'true')

const heldOutSchema = z.object({
  sections: z.record(
    z.string(),
    z.array(
      z.object({
        text: words,
        kind: words.default('plain'),
        also: z.array(words).default([]),
      }),
    ),
  ),
  silence: z.array(z.object({ text: words, kind: words.default('general'), hard: yes.default(false) })),
})

const HUMAN = 'human'

/** Reads `held-out.yaml`: messages that are only ever scored on. Never throws; nothing is read of a broken file. */
export function readHeldOut(source: Source): {
  readonly messages: readonly LabelledMessage[]
  readonly problems: readonly Problem[]
} {
  const { value, problems } = readShaped(source, heldOutSchema)
  if (!value) return { messages: [], problems }
  const { sections, silence } = value
  const messages = [
    ...Object.entries(sections).flatMap(([key, list]) =>
      list.map(({ text: said, kind, also }) => ({
        text: said,
        sections: key === HUMAN ? [] : [key, ...also],
        wantsHuman: key === HUMAN,
        kind,
        hard: false,
      })),
    ),
    ...silence.map(({ text: said, kind, hard }) => ({ text: said, sections: [], wantsHuman: false, kind, hard })),
  ]
  return { messages, problems: [] }
}
