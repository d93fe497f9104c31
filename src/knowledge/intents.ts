import { z } from 'zod'
import {
  type Concept,
  errorAt,
  type Guide,
  type Intent,
  type Problem,
  type Section,
  type SilentExample,
  type SourceFile,
  type Topic,
  warningAt,
} from '../model/knowledge.js'
import { groupsOf, REFERENCE, THEMES, type Theme, toPattern } from '../model/language.js'
import { authoredCore } from '../nlu/retrieval.js'
import { MAIN_GUIDE, MEASURES, ownKey, repeated } from './keys.js'
import { nearest, readShaped, type YamlFile, type YamlPlace } from './yaml.js'

/** A sentence and where its author wrote it. */
export interface AuthoredText extends YamlPlace {
  readonly text: string
  readonly file: string
}

/** An intent file, not yet bound to a section. */
export interface AuthoredIntent {
  readonly file: string
  readonly id: string
  readonly guideId: string
  /** As written; absent for the intent that wants a person. */
  readonly section?: AuthoredText
  readonly title?: string
  readonly utterances: readonly AuthoredText[]
  readonly noticeMarks: readonly string[]
}

/** Further ways of asking for a short answer. */
export interface MoreAsks {
  readonly id: AuthoredText
  readonly asks: readonly AuthoredText[]
}

export type AuthoredSilence = SilentExample & AuthoredText

export type IntentFile =
  | { readonly kind: 'intent'; readonly intent: AuthoredIntent }
  | { readonly kind: 'silence'; readonly examples: readonly AuthoredSilence[] }
  | { readonly kind: 'concepts'; readonly concepts: readonly Concept[] }
  | { readonly kind: 'asks'; readonly asks: readonly MoreAsks[] }
  | { readonly kind: 'language'; readonly theme: Theme; readonly groups: LanguageGroups }
  | { readonly kind: 'topics'; readonly topics: readonly Topic[] }
  /** Belongs to the measuring of the bot, not to its knowledge. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'broken' }

export interface ParsedIntents {
  readonly content: IntentFile
  /** In file order; at least one error when the content is `broken`. */
  readonly problems: readonly Problem[]
}

/** The one intent that leads to a person instead of a section. */
const HUMAN_ID = 'human'

/** Reads one YAML file of the intents folder; its name decides what it holds. Never throws. */
export function parseIntents(source: SourceFile): ParsedIntents {
  const name = baseName(source.file)
  if (isLanguage(source)) return readLanguage(source, name)
  if (MEASURES.has(name)) return { content: { kind: 'skipped' }, problems: [] }
  if (name === 'silence') return readSilence(source)
  if (name === 'concepts')
    return readAs(source, conceptsSchema, ({ concepts }) => ({
      kind: 'concepts',
      concepts: Object.entries(concepts).map(([id, words]) => ({ id, words })),
    }))
  if (name === 'topics')
    return readAs(source, topicsSchema, ({ topics }) => ({
      kind: 'topics',
      topics: Object.entries(topics).map(([name, utterances]) => ({ name, utterances })),
    }))
  return OF_ANSWERS.test(source.file) ? readAsks(source) : readIntent(source)
}

function readAs<Shape>(
  source: SourceFile,
  schema: Parameters<typeof readShaped<Shape>>[1],
  take: (value: Shape, locate: YamlFile['locate']) => IntentFile,
): ParsedIntents {
  const { value, problems, locate } = readShaped(source, schema)
  return { content: value ? take(value, locate) : { kind: 'broken' }, problems }
}

const baseName = (file: string): string => file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/i, '')

function readIntent(source: SourceFile): ParsedIntents {
  const { value, problems, locate } = readShaped(source, intentSchema)
  if (!value) return { content: { kind: 'broken' }, problems }
  const { file } = source
  const id = value.id ?? baseName(file)
  if (value.section === undefined && id !== HUMAN_ID) {
    const remedy = `补上 section: "4.1" 这样的编号；只有 ${HUMAN_ID} 可以没有`
    return { content: { kind: 'broken' }, problems: [errorAt({ file, line: 1 }, '没有写对应哪一节', remedy)] }
  }
  const authored = (text: string, path: readonly PropertyKey[]): AuthoredText => ({ text, file, ...locate(path) })
  const intent: AuthoredIntent = {
    file,
    id,
    guideId: value.guide,
    ...(value.section !== undefined && { section: authored(value.section, ['section']) }),
    ...(value.title !== undefined && { title: value.title }),
    utterances: value.utterances.map((text, index) => authored(text, ['utterances', index])),
    noticeMarks: value.notice,
  }
  return { content: { kind: 'intent', intent }, problems: [...problems, ...cutSentences(source, intent)] }
}

/** `- 卡住了 #急 第9天了`: for YAML a comment begins at the sign, for its author the sentence goes on. */
function cutSentences({ text }: SourceFile, { utterances }: AuthoredIntent): readonly Problem[] {
  const lines = text.split(/\r?\n/)
  return utterances.flatMap((utterance): readonly Problem[] => {
    const { line, column } = utterance
    const written = lines[line - 1]?.slice(column - 1) ?? ''
    if (/^['"]/.test(written) || !/\s#\S/.test(written)) return []
    const message = `“${/\s#\S.*$/.exec(written)?.[0].trim().slice(0, 20)}”没有读进来：空格加 # 在 YAML 里是注释`
    return [warningAt(utterance, message, '给整句加上英文双引号')]
  })
}

const readSilence = (source: SourceFile): ParsedIntents =>
  readAs(source, silenceSchema, (value, locate) => ({
    kind: 'silence',
    examples: (['plain', 'hard'] as const).flatMap((group) =>
      Object.entries(value[group] ?? {}).flatMap(([kind, texts]) =>
        texts.map((text, index): AuthoredSilence => {
          return { text, kind, hard: group === 'hard', file: source.file, ...locate([group, kind, index]) }
        }),
      ),
    ),
  }))

/** Files of this folder hold further ways of asking for short answers. */
const OF_ANSWERS = /(?:^|[/\\])answers[/\\][^/\\]+$/

const readAsks = (source: SourceFile): ParsedIntents =>
  readAs(source, asksSchema, ({ answers }, locate) => ({
    kind: 'asks',
    asks: Object.entries(answers).map(([id, texts]): MoreAsks => {
      const { file } = source
      return {
        id: { text: id, file, ...locate(['answers', id], 'key') },
        asks: texts.map((text, index) => ({ text, file, ...locate(['answers', id, index]) })),
      }
    }),
  }))

const MAX_SENTENCES = 8
const MIN_SENTENCE_CHARS = 4
const MAX_SENTENCE_CHARS = 40

/** What people may say about a section that no author has written utterances for: its own words. */
function automaticIntent(section: Section, guide: Guide): Intent {
  const utterances = [section.title, `${guide.title} ${section.title}`, ...shortSentences(section)]
  return {
    id: `auto:${section.key}`,
    sectionKey: section.key,
    title: section.title,
    utterances: [...new Set(utterances)],
    noticeMarks: [],
    automatic: true,
  }
}

function shortSentences({ parts }: Section): readonly string[] {
  return parts
    .flatMap(({ lines }) => lines)
    .flatMap((line) => line.replace(/^(?:\d+[.)] |· |(?:提示|注意)：)/, '').split(/[。！？；!?;]/))
    .map((sentence) => sentence.trim())
    .filter(({ length }) => length >= MIN_SENTENCE_CHARS && length <= MAX_SENTENCE_CHARS)
    .filter((sentence) => !/https?:\/\/|^见 \S+：/.test(sentence))
    .slice(0, MAX_SENTENCES)
}

/** Joins intents to the sections that answer them; a section that no intent names gets an automatic one. */
export function bindIntents(
  written: readonly AuthoredIntent[],
  guides: readonly Guide[],
): { readonly intents: readonly Intent[]; readonly problems: readonly Problem[] } {
  const byId = new Map(guides.map((guide) => [guide.id, guide]))
  const authored = written.map((intent) => withOwnGuide(intent, byId))
  const problems: Problem[] = [...findMissingGuides(authored, byId), ...findSameIds(authored)]
  const bound = authored.flatMap((intent): readonly Intent[] => {
    const { id, utterances, noticeMarks, section: named } = intent
    const plain = { id, utterances: utterances.map(({ text }) => text), noticeMarks, automatic: false }
    if (named === undefined) return [{ ...plain, title: intent.title ?? id }]
    const guide = byId.get(intent.guideId)
    if (!guide) return []
    const section = guide.sections.find((candidate) => ownKey(candidate) === named.text)
    if (!section) {
      problems.push(unknownSection(intent, guide, guides))
      return []
    }
    return [{ ...plain, title: intent.title ?? section.title, sectionKey: section.key }]
  })
  const covered = new Set(bound.map(({ sectionKey }) => sectionKey))
  const automatic = guides.flatMap((guide) =>
    guide.sections.filter(({ key }) => !covered.has(key)).map((section) => automaticIntent(section, guide)),
  )
  return { intents: [...bound, ...automatic], problems }
}

/** A key may be written as it is shown everywhere, with its guide: `invoice/2`. */
function withOwnGuide(intent: AuthoredIntent, byId: ReadonlyMap<string, Guide>): AuthoredIntent {
  const { section, guideId } = intent
  const [, id, key] = /^([^/]+)\/(.+)$/.exec(section?.text ?? '') ?? []
  if (!section || id === undefined || key === undefined || !byId.has(id)) return intent
  const isOwnKey = byId.get(guideId)?.sections.some((known) => ownKey(known) === section.text)
  return isOwnKey ? intent : { ...intent, guideId: id, section: { ...section, text: key } }
}

function unknownSection({ section }: AuthoredIntent, { id, sections }: Guide, guides: readonly Guide[]): Problem {
  const keys = sections.map((known: Section) => ownKey(known))
  const meant = nearest(section!.text, keys) ?? keys[0]
  const elsewhere = guides.filter((other) => other.sections.some((known) => ownKey(known) === section!.text))
  const others =
    elsewhere.length === 0 ? '' : `；指南 ${elsewhere[0]!.id} 里有，是它就加一行 guide: ${elsewhere[0]!.id}`
  const remedy = meant === undefined ? '这份指南是空的' : `是不是 "${meant}"？（有 ${keys.join('、')}）${others}`
  return errorAt(section!, `指南 ${id} 里没有 ${section!.text} 这一节`, remedy)
}

/** One warning a guide: its intents simply wait until it is there. */
function findMissingGuides(authored: readonly AuthoredIntent[], byId: ReadonlyMap<string, Guide>): readonly Problem[] {
  const missing = authored.filter(({ section, guideId }) => section !== undefined && !byId.has(guideId))
  return [...new Set(missing.map(({ guideId }) => guideId))].map((guideId) => {
    const own = missing.filter((intent) => intent.guideId === guideId)
    return warningAt(
      { file: own[0]!.file, line: 1 },
      `没有装入指南 ${guideId}，它的 ${own.length} 个意图先不用`,
      `把 id 是 ${guideId} 的指南放进指南文件夹，或把 guide: 改成有的：${[...byId.keys()].join('、')}`,
    )
  })
}

const findSameIds = (authored: readonly AuthoredIntent[]): readonly Problem[] =>
  repeated(authored, ({ id }) => id).map(([{ id, file }, first]) =>
    errorAt({ file, line: 1 }, `意图 ${id} 在 ${first.file} 里已经有了`, '换一个 id'),
  )

/** Taught in the chat, and kept beside the authors' folders. */
export const isLearned = ({ kept }: { readonly kept?: string }): boolean => kept?.startsWith('learned/') ?? false

/** The kind under which taught silence is counted. */
const TAUGHT = 'taught'

interface Bound {
  readonly intents: readonly Intent[]
  readonly silence: readonly SilentExample[]
  /** Warnings only: what people taught must never stop the bot. */
  readonly problems: readonly Problem[]
}

/**
 * Adds what was taught in the chat to the intents that it is about. A sentence that authors have under another intent
 * goes where people taught it to; of two taught places the first counts.
 *
 * @param authored sentences of the authors' own intents, with the section key that each belongs to
 */
export function bindLearned(
  contents: readonly IntentFile[],
  {
    intents,
    guides,
    authored,
  }: {
    readonly intents: readonly Intent[]
    readonly guides: readonly Guide[]
    readonly authored: readonly (AuthoredText & { readonly intentId: string })[]
  },
): Bound {
  if (contents.length === 0) return { intents, silence: [], problems: [] }
  const taken = new Map<string, AuthoredText>()
  const ofAuthors = new Map(authored.map((sentence) => [authoredCore(sentence.text), sentence]))
  const problems: Problem[] = []
  const learned = new Map<string, string[]>()
  const silence: SilentExample[] = []

  const take = (sentence: AuthoredText, intentId: string | undefined): boolean => {
    const core = authoredCore(sentence.text)
    const other = taken.get(core)
    if (other)
      problems.push(warningAt(sentence, `${said(sentence)}在 ${other.file}:${other.line} 已经学过`, '删掉一处'))
    else taken.set(core, sentence)
    const written = ofAuthors.get(core)
    if (!other && written && written.intentId !== intentId) {
      const place = `${written.file}:${written.line}`
      problems.push(
        warningAt(sentence, `${said(sentence)}在 ${place} 是意图 ${written.intentId}`, '按学到的回答，删掉一处'),
      )
    }
    return !other
  }

  for (const content of contents) {
    if (content.kind === 'silence') {
      for (const example of content.examples) {
        if (take(example, undefined)) silence.push({ text: example.text, kind: TAUGHT, hard: true, learned: true })
      }
    }
    if (content.kind !== 'intent') continue
    const { intent: taught } = content
    const target = targetOf(taught, intents, guides)
    if (!target) {
      const place = taught.section ?? { file: taught.file, line: 1, column: 1, text: taught.id }
      problems.push(
        warningAt(place, `没有 ${place.text} 这一节，学到的 ${taught.utterances.length} 句先不用`, '改成有的编号'),
      )
      continue
    }
    const sentences = taught.utterances.filter((sentence) => take(sentence, target.id)).map(({ text }) => text)
    learned.set(target.id, [...(learned.get(target.id) ?? []), ...sentences])
  }
  return { intents: withLearned(intents, learned), silence, problems }
}

function targetOf(
  { id, guideId, section }: Extract<IntentFile, { kind: 'intent' }>['intent'],
  intents: readonly Intent[],
  guides: readonly Guide[],
): Pick<Intent, 'id'> | undefined {
  if (section === undefined) return { id: HUMAN_ID }
  const guide = guides.find((candidate) => candidate.id === guideId)
  const key = guide?.sections.find((candidate) => ownKey(candidate) === section.text)?.key
  const ofSection = intents.filter(({ sectionKey }) => key !== undefined && sectionKey === key)
  return ofSection.find((intent) => intent.id === id) ?? ofSection[0]
}

function withLearned(intents: readonly Intent[], learned: ReadonlyMap<string, readonly string[]>): readonly Intent[] {
  const callsPerson = learned.has(HUMAN_ID) && !intents.some(({ id }) => id === HUMAN_ID)
  const human: Intent = { id: HUMAN_ID, title: HUMAN_ID, utterances: [], noticeMarks: [], automatic: false }
  return [...intents, ...(callsPerson ? [human] : [])].map((intent) => {
    const sentences = learned.get(intent.id) ?? []
    return sentences.length === 0 ? intent : { ...intent, learned: sentences }
  })
}

const said = ({ text }: AuthoredText): string => `“${text.length > 30 ? `${text.slice(0, 30)}…` : text}”`

const words = z.string().trim().min(1)

/** One intent a file, see `docs/authoring.md`. */
export const intentSchema = z.strictObject({
  id: words.optional(),
  guide: words.default(MAIN_GUIDE),
  section: words.optional(),
  title: words.optional(),
  utterances: z.array(words).min(1),
  notice: z.array(words).default([]),
})

const byKind = z.record(words, z.array(words).min(1))

/** `silence.yaml` */
export const silenceSchema = z.strictObject({ plain: byKind.optional(), hard: byKind.optional() })

/** `answers/*.yaml` */
const asksSchema = z.strictObject({ answers: z.record(words, z.array(words).min(1)) })

/** `topics.yaml` */
const topicsSchema = z.strictObject({ topics: z.record(words, z.array(words).min(1)) })

/** `concepts.yaml` */
const conceptsSchema = z.strictObject({ concepts: z.record(words, z.array(words).min(1)) })

/** Group → phrases, as an author wrote them. */
type LanguageGroups = Readonly<Record<string, readonly string[]>>

/** The files of the folder `language/` hold words, not intents. */
export const isLanguage = ({ file, kept = file }: Pick<SourceFile, 'file' | 'kept'>): boolean =>
  /(?:^|[/\\])language[/\\][^/\\]+\.ya?ml$/i.test(kept)

/** Reads one theme of the language; every group has to be there, and every phrase to be sound. Never throws. */
export function readLanguage(source: SourceFile, name: string): ParsedIntents {
  const broken = (problems: readonly Problem[]): ParsedIntents => ({ content: { kind: 'broken' }, problems })
  const { file } = source
  const theme = THEMES.find((known) => known === name)
  if (!theme) {
    const meant = nearest(name, THEMES, 0.7)
    const remedy = meant ? `是不是 ${meant}.yaml？` : `可以有：${THEMES.map((known) => `${known}.yaml`).join('、')}`
    return broken([errorAt({ file, line: 1 }, `没有叫 ${name} 的语言文件`, remedy)])
  }
  const { value, problems, locate } = readShaped(source, schemaOf([...groupsOf(theme).keys()]))
  if (!value) return broken(problems)
  const groups = value as LanguageGroups
  const faults = Object.entries(groups).flatMap(([group, phrases]) =>
    phrases.flatMap((phrase, index): readonly Problem[] => {
      const fault = faultIn(phrase, groups)
      return fault ? [{ severity: 'error', file, ...locate([group, index]), ...fault }] : []
    }),
  )
  return faults.length > 0 ? broken(faults) : { content: { kind: 'language', theme, groups }, problems: [] }
}

const phrases = z.array(z.string().min(1)).min(1)
const schemaOf = (names: readonly string[]) => z.strictObject(Object.fromEntries(names.map((name) => [name, phrases])))

interface PhraseFault {
  readonly message: string
  readonly remedy: string
}

/** Looks at a phrase before it is compiled for use: signs that fit, names that are there, and nothing that takes for ever. */
function faultIn(phrase: string, groups: LanguageGroups): PhraseFault | undefined {
  const names = [...phrase.matchAll(REFERENCE)].map(([, name]) => name!)
  const unknown = names.find((name) => !groups[name])
  if (unknown !== undefined) return { message: `没有叫“${unknown}”的一组`, remedy: '花括号里写本文件里的组名' }
  if (repeatsRepetition(toPattern(phrase, groups))) {
    return {
      message: '括号里已经有 * 或 +，括号外又有一个，读起来会没完没了',
      remedy: '里面的改成 {0,3} 这样有限的次数',
    }
  }
  try {
    new RegExp(toPattern(phrase, groups), 'u')
    return undefined
  } catch {
    return { message: '括号或符号不成对', remedy: '检查 ( ) [ ] ? * +；要写这些符号本身，前面加 \\' }
  }
}

/** `(a*b)*`: the time that such a pattern takes may double with every character of a message. */
function repeatsRepetition(phrase: string): boolean {
  const plain = phrase.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  const open: boolean[] = []
  let inside = false
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at]!
    if (sign === '(') {
      open.push(inside)
      inside = false
    } else if (sign === ')') {
      const repeats = isUnbounded(plain.slice(at + 1))
      if (inside && repeats) return true
      inside = (open.pop() ?? false) || inside || repeats
    } else if ((sign === '*' || sign === '+') && plain[at - 1] !== ')') inside = true
  }
  return false
}

const isUnbounded = (behind: string): boolean => /^(?:[*+]|\{\d+,\})/.test(behind)
