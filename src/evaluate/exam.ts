import { createHash } from 'node:crypto'
import { z } from 'zod'
import { decide } from '../dialogue/policy.js'
import { cardOf, type Situation } from '../dialogue/turn.js'
import { readShaped } from '../knowledge/yaml.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import {
  type ExamFigures,
  errorAt,
  type KnowledgeContent,
  type Problem,
  type SourceFile,
  warningAt,
} from '../model/knowledge.js'
import type { Understanding } from '../model/understanding.js'
import { type Knowing, understand } from '../nlu/pipeline.js'

/** What an author wants to come of a message. */
export type Wanted =
  | { readonly kind: 'sections'; readonly keys: readonly [string, ...string[]] }
  | { readonly kind: 'silence' | 'human' | 'unknown' | 'courtesy' }
  /** Id of the short answer, table row or rule that has to be told. */
  | { readonly kind: 'card'; readonly id: string }

export interface ExamQuestion {
  readonly set: 'golden' | 'held-out'
  readonly text: string
  /** Put to the bot by name, or merely said in a group where it sits. */
  readonly heard: 'asked' | 'overheard'
  readonly wanted: Wanted
  /** More sections than the wanted ones that are no mistake. */
  readonly also: readonly string[]
  /** `file:line`, where it is known. */
  readonly place?: string
}

/** How a message was met. `sections`: answered or offered. */
export interface Met {
  readonly kind: Decision['kind']
  readonly sections: readonly string[]
  /** Id of the fact that is told. */
  readonly card?: string
}

export interface ExamAnswer {
  readonly met: Met
  readonly isRight: boolean
  /** A wrong answer, or an answer where silence was wanted; worse than knowing nothing. */
  readonly isWrong: boolean
}

/** A message that is met in another way than before. */
export interface ExamChange extends Pick<ExamQuestion, 'set' | 'text' | 'heard' | 'wanted' | 'place'> {
  readonly before: Met
  readonly after: Met
  readonly wasRight: boolean
  readonly isRight: boolean
}

/** A golden question that is not answered as its author wants. */
export interface Unmet extends Pick<ExamQuestion, 'text' | 'wanted' | 'place'> {
  readonly met: Met
}

/** Puts every question; the answers come in the order of the questions. Takes some 0.2 ms each. */
export const sitExam = (questions: readonly ExamQuestion[], candidate: Knowing): readonly ExamAnswer[] =>
  questions.map((question) => meet(question, understand(question.text, candidate)))

function meet(question: ExamQuestion, understanding: Understanding): ExamAnswer {
  const message = labelled(question)
  const judged = judge(message, understanding, question.heard === 'asked')
  const { decision } = judged
  const card = cardOf(decision)
  const met: Met = {
    kind: decision.kind,
    sections: 'sectionKeys' in decision ? decision.sectionKeys : [],
    ...(card === null ? {} : { card }),
  }
  if (question.set === 'golden') return { met, isRight: isAsWanted(met, question.wanted), isWrong: isWrong(judged) }
  // What would be said to an overheard question counts too: that is where a wrong answer hurts most.
  const overheard = question.heard === 'overheard' ? judged : judge(message, understanding, false)
  return { met, isRight: isMetWell(judged), isWrong: isWrong(judged) || isWrong(overheard) }
}

const labelled = ({ text, wanted, also }: ExamQuestion): LabelledMessage => ({
  text,
  sections: wanted.kind === 'sections' ? [...wanted.keys, ...also] : [],
  wantsHuman: wanted.kind === 'human',
  kind: 'exam',
  hard: false,
})

/** The author insists: nothing but this answer is right. */
function isAsWanted({ kind, sections, card }: Met, wanted: Wanted): boolean {
  switch (wanted.kind) {
    case 'card':
      return card === wanted.id && (kind === 'answer' || kind === 'outside')
    case 'sections':
      return kind === 'answer' && sections[0] === wanted.keys[0] && wanted.keys.every((key) => sections.includes(key))
    case 'silence':
      return kind === 'silent'
    case 'human':
      return kind === 'escalate'
    case 'unknown':
      return kind === 'fallback'
    case 'courtesy':
      return kind === 'courtesy'
  }
}

const isMetWell = ({ message, outcome }: Judged): boolean =>
  wantsSilence(message)
    ? outcome === 'quiet'
    : message.wantsHuman
      ? outcome === 'person'
      : outcome === 'right' || outcome === 'right-offered-first'

const isWrong = ({ outcome }: Judged): boolean => outcome === 'wrong' || outcome === 'spoke-up'

/** @param answers to the same questions, in their order */
export function figuresOf(questions: readonly ExamQuestion[], answers: readonly ExamAnswer[]): ExamFigures {
  const of = (set: ExamQuestion['set']): readonly ExamAnswer[] =>
    answers.filter((_answer, index) => questions[index]!.set === set)
  const [golden, heldOut] = [of('golden'), of('held-out')]
  const right = (list: readonly ExamAnswer[]): number => list.filter(({ isRight }) => isRight).length
  return {
    golden: { total: golden.length, right: right(golden) },
    heldOut: {
      total: heldOut.length,
      right: right(heldOut),
      wrong: heldOut.filter((answer) => answer.isWrong).length,
    },
  }
}

/** The questions that are met in another way, golden ones first, what got worse first. */
export function changesOf(
  questions: readonly ExamQuestion[],
  { before, after }: { readonly before: readonly ExamAnswer[]; readonly after: readonly ExamAnswer[] },
): readonly ExamChange[] {
  const changes = questions.flatMap(({ set, text, heard, wanted, place }, index): readonly ExamChange[] => {
    const [was, is] = [before[index]!, after[index]!]
    const hasSameFact = set === 'held-out' || was.met.card === is.met.card
    const isMetAlike = was.met.kind === is.met.kind && was.met.sections.join() === is.met.sections.join()
    if (isMetAlike && hasSameFact) return []
    const facts = { set, text, heard, wanted, ...(place === undefined ? {} : { place }) }
    return [{ ...facts, before: was.met, after: is.met, wasRight: was.isRight, isRight: is.isRight }]
  })
  const weight = ({ set, wasRight, isRight }: ExamChange): number =>
    (set === 'golden' ? 0 : 4) + (wasRight && !isRight ? 0 : isRight && !wasRight ? 2 : 1)
  return changes.sort((a, b) => weight(a) - weight(b))
}

/** @param answers to the same questions, in their order */
export const unmetOf = (questions: readonly ExamQuestion[], answers: readonly ExamAnswer[]): readonly Unmet[] =>
  questions.flatMap(({ set, text, wanted, place }, index) => {
    const { isRight, met } = answers[index]!
    return set === 'golden' && !isRight ? [{ text, wanted, met, ...(place === undefined ? {} : { place }) }] : []
  })

/** What authors wrote as ways of asking, as questions that have to be answered as they mean them. */
export function ownSentences({ intents, answers }: KnowledgeContent): readonly ExamQuestion[] {
  const question = (text: string, wanted: Wanted): ExamQuestion => ({
    ...{ set: 'golden', text, heard: 'asked', wanted, also: [] },
  })
  return [
    ...intents
      .filter(({ automatic }) => !automatic)
      .flatMap(({ sectionKey, utterances }) =>
        utterances.map((text) =>
          question(text, sectionKey === undefined ? { kind: 'human' } : { kind: 'sections', keys: [sectionKey] }),
        ),
      ),
    ...answers.flatMap(({ id, sectionKey, whole, asks }) =>
      asks.map((text) =>
        question(
          text,
          whole && sectionKey !== undefined ? { kind: 'sections', keys: [sectionKey] } : { kind: 'card', id },
        ),
      ),
    ),
  ]
}

/** A message of which a person has said what it wants. */
export interface LabelledMessage {
  readonly text: string
  /** Sections that answer it, the main one first; empty when it wants none. */
  readonly sections: readonly string[]
  readonly wantsHuman: boolean
  readonly kind: string
  /** Wants silence although it holds the guide's words. */
  readonly hard: boolean
}

export const wantsSilence = ({ sections, wantsHuman }: LabelledMessage): boolean => sections.length === 0 && !wantsHuman

/** How one labelled message was met. */
export type Outcome =
  | 'right'
  | 'right-offered-first'
  | 'offered'
  | 'offered-wrong'
  | 'wrong'
  | 'not-answered'
  | 'person'
  | 'spoke-up'
  | 'quiet'

export interface Judged {
  readonly message: LabelledMessage
  readonly understanding: Understanding
  readonly decision: Decision
  readonly outcome: Outcome
}

/** Decides about a labelled message as the bot would, and judges the decision. @param asked put to the bot by name */
export function judge(message: LabelledMessage, understanding: Understanding, asked: boolean): Judged {
  const decision = decide(loneMessage(message.text, asked), understanding, ALONE)
  return { message, understanding, decision, outcome: outcomeOf(message, decision, asked) }
}

function outcomeOf(message: LabelledMessage, decision: Decision, asked: boolean): Outcome {
  const keys = 'sectionKeys' in decision ? decision.sectionKeys : []
  const isRight = (key: string | undefined): boolean => key !== undefined && message.sections.includes(key)
  if (wantsSilence(message)) {
    // A friendly word or "I don't know" to somebody who called the bot by name is no mistake.
    const spoke = asked ? keys.length > 0 : decision.kind !== 'silent'
    return spoke ? 'spoke-up' : decision.kind === 'escalate' ? 'person' : 'quiet'
  }
  if (decision.kind === 'escalate' && (message.wantsHuman || keys.length === 0)) return 'person'
  if (keys.length === 0) return 'not-answered'
  if (decision.kind === 'clarify')
    return isRight(keys[0]) ? 'right-offered-first' : keys.some(isRight) ? 'offered' : 'offered-wrong'
  return keys.some(isRight) ? 'right' : 'wrong'
}

/** Share of the messages with one of the outcomes, 0..1; 0 for no messages. */
export function shareOf(judged: readonly Judged[], ...outcomes: readonly Outcome[]): number {
  return judged.length === 0 ? 0 : judged.filter(({ outcome }) => outcomes.includes(outcome)).length / judged.length
}

interface ExamFile extends SourceFile {
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
export function readConversations(source: SourceFile): {
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
  source: SourceFile,
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
export function readHeldOut(source: SourceFile): {
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

/** Nothing was said before; the bot has just been started. */
export const ALONE: Situation = {
  startedAtMs: 0,
  seenBefore: false,
  offered: [],
  talkedLately: false,
  humanOffered: false,
  toldLately: () => false,
  hasSection: () => true,
  nextSection: () => undefined,
  timelineSection: '5',
  failedTries: 0,
  clarifying: false,
}

/** What a customer says in a group, fit for `ALONE`. */
export function loneMessage(text: string, addressedToBot: boolean): IncomingMessage {
  return {
    id: 'alone',
    place: { kind: 'room', id: 'room', key: 'room', topic: 'room', purpose: 'customers' },
    sender: { id: 'asker', key: 'asker', name: 'asker', role: 'customer' },
    kind: 'text',
    text,
    addressedToBot,
    mentionsOthers: /@(?!所有人)\S/.test(text),
    sentAtMs: 0,
    fromSelf: false,
  }
}
