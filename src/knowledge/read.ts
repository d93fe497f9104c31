import { characterPairs } from '../base/text.js'
import { type Day, dayFromIso } from '../base/time.js'
import { formatProblem } from '../errors.js'
import {
  errorAt,
  type Guide,
  type KnowledgeContent,
  NO_KNOWLEDGE,
  type Problem,
  type Section,
  type ShortAnswer,
  type Source,
  type SourceFile,
  warningAt,
} from '../model/knowledge.js'
import { parseGuide } from './guide/parse.js'
import {
  type AuthoredIntent,
  type AuthoredSilence,
  type AuthoredText,
  bindIntents,
  bindLearned,
  isLanguage,
  isLearned,
  type ParsedIntents,
  parseIntents,
} from './intents.js'
import { ownKey, qualifyKeys, repeated } from './keys.js'
import { bindAnswers, parseAnswers } from './short-answers.js'
import { answersOfRules, parseCategories, parseRejections } from './tables.js'
import { nearest } from './yaml.js'

/** What stands in the authors' folders, as read from disk. */
export interface KnowledgeFiles {
  /** With the files of short answers, in a folder `answers`. */
  readonly guides: readonly SourceFile[]
  /** `categories.yaml` and `rejections.yaml` beside the guides. */
  readonly tables?: readonly SourceFile[]
  readonly intents: readonly SourceFile[]
}

/** What was read of files lately, so that an edit of one does not cost the reading of a hundred others. */
export class ReadingMemory {
  readonly #read = new Map<string, { readonly text: string; readonly result: unknown }>()

  /** @param read depends on nothing but the file; one of each kind of file */
  of<File extends SourceFile, Result>(file: File, read: (file: File) => Result): Result {
    const key = `${read.name} ${file.kept ?? ''} ${file.file}`
    const known = this.#read.get(key)
    if (known?.text === file.text) return known.result as Result
    const result = read(file)
    this.#read.set(key, { text: file.text, result })
    return result
  }
}

/**
 * Reads, joins and checks everything that authors wrote. Never throws.
 *
 * @param memory kept from one reading to the next
 * @returns `content` is fit for use only when no problem is an `error`; errors come first
 */
export function readKnowledge(
  files: KnowledgeFiles,
  memory = new ReadingMemory(),
): {
  readonly content: KnowledgeContent
  readonly problems: readonly Problem[]
} {
  const own = files.guides.filter((file) => !isLearned(file))
  const parsedGuides = own.filter((file) => !isOfAnswers(file)).map((file) => memory.of(file, parseGuide))
  const parsedAnswers = own.filter(isOfAnswers).map((file) => memory.of(file, parseAnswers))
  const tables = readTables(files.tables ?? [], memory)
  const parsedIntents = files.intents.filter((file) => !isLearned(file)).map((file) => memory.of(file, parseIntents))
  const ownGuides = parsedGuides.map(({ guide }) => guide)
  const taughtGuides = readTaughtGuides(files, ownGuides)
  const guides = qualifyKeys(ownGuides, taughtGuides.guides)
  const contents = parsedIntents.map(({ content }) => content)
  const authored = contents.flatMap((content) => (content.kind === 'intent' ? [content.intent] : []))
  const examples = contents.flatMap((content) => (content.kind === 'silence' ? content.examples : []))
  const bound = bindIntents(authored, guides)
  const answers = bindAnswers(
    [...parsedGuides, ...parsedAnswers].flatMap((parsed) => parsed.answers),
    contents.flatMap((content) => (content.kind === 'asks' ? content.asks : [])),
    guides,
  )
  const sectionKeys = new Set(guides.flatMap(({ sections }) => sections.map(({ key }) => key)))
  const taught = files.intents.filter(isLearned).map(parseIntents)
  const learned = bindLearned(contentsOf(taught), {
    intents: bound.intents,
    guides,
    authored: authored.flatMap(({ id, utterances }) => utterances.map((text) => ({ ...text, intentId: id }))),
  })
  const problems = [
    ...findEmptyFolders(files),
    ...[...parsedGuides, ...parsedAnswers].flatMap((parsed) => parsed.problems),
    ...tables.problems,
    ...answers.problems,
    ...findSameGuideIds(ownGuides),
    ...checkSections(guides),
    ...parsedIntents.flatMap((parsed) => parsed.problems),
    ...bound.problems,
    ...checkUtterances(authored, examples),
    ...[...taughtGuides.problems, ...taught.flatMap((parsed) => parsed.problems)].map(asWarning),
    ...learned.problems,
  ]
  return {
    content: {
      guides,
      intents: learned.intents,
      silence: [...examples.map(({ text, kind, hard }) => ({ text, kind, hard })), ...learned.silence],
      concepts: contents.flatMap((content) => (content.kind === 'concepts' ? content.concepts : [])),
      topics: contents.flatMap((content) => (content.kind === 'topics' ? content.topics : [])),
      answers: [...answers.answers, ...answersOfRules(tables.rejections, (key) => sectionKeys.has(key))],
      categories: tables.categories,
      rejections: tables.rejections,
      language: Object.fromEntries(
        contents.flatMap((content) => (content.kind === 'language' ? [[content.theme, content.groups]] : [])),
      ),
    },
    problems: [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))],
  }
}

/** Files of short answers stand in a folder of this name. */
const isOfAnswers = ({ file }: SourceFile): boolean => /(?:^|[/\\])answers[/\\][^/\\]+$/.test(file)

function readTables(
  files: readonly SourceFile[],
  memory: ReadingMemory,
): {
  readonly categories: KnowledgeContent['categories']
  readonly rejections: KnowledgeContent['rejections']
  readonly problems: readonly Problem[]
} {
  const named = (name: RegExp): SourceFile | undefined => files.find(({ file }) => name.test(file))
  const [categories, rejections] = [named(/(?:^|[/\\])categories\.ya?ml$/i), named(/(?:^|[/\\])rejections\.ya?ml$/i)]
  const read = categories && memory.of(categories, parseCategories)
  const rules = rejections && memory.of(rejections, parseRejections)
  return {
    categories: read?.table ?? NO_KNOWLEDGE.categories,
    rejections: rules?.rules ?? [],
    problems: [...(read?.problems ?? []), ...(rules?.problems ?? [])],
  }
}

const contentsOf = (parsed: readonly ParsedIntents[]) => parsed.map(({ content }) => content)

/** Guides that grew out of the chat; one whose id is taken is left out. */
function readTaughtGuides(
  { guides }: KnowledgeFiles,
  own: readonly Guide[],
): { readonly guides: readonly Guide[]; readonly problems: readonly Problem[] } {
  const parsed = guides.filter(isLearned).map(parseGuide)
  const all = [...own, ...parsed.map(({ guide }) => guide)]
  const isNew = (guide: Guide): boolean => all.find(({ id }) => id === guide.id) === guide
  return {
    guides: parsed.map(({ guide }) => guide).filter(isNew),
    problems: [
      ...parsed.flatMap((one) => one.problems),
      ...findSameGuideIds(all).filter(({ file }) => !own.some((guide) => guide.file === file)),
    ],
  }
}

/** What people taught must never stop the bot: what can't be used, is left out and told. */
const asWarning = (problem: Problem): Problem => ({ ...problem, severity: 'warning' })

const isError = ({ severity }: Problem): boolean => severity === 'error'

const findEmptyFolders = ({ guides, intents }: KnowledgeFiles): readonly Problem[] => [
  ...(guides.every(isLearned) ? [errorAt({ file: 'knowledge' }, '指南文件夹里没有指南', '放进至少一份 .md 指南')] : []),
  ...(intents.every((file) => isLearned(file) || isLanguage(file))
    ? [errorAt({ file: 'intents' }, '意图文件夹里没有意图', '放进 .yaml 意图文件')]
    : []),
]

const findSameGuideIds = (guides: readonly Guide[]): readonly Problem[] =>
  repeated(guides, ({ id }) => id).map(([{ id, file }, first]) =>
    errorAt({ file, line: 1 }, `指南 id “${id}”和 ${first.file} 一样`, '在文件开头写上不同的 id'),
  )

/** Three bubbles of 500 characters are what one reply may have. */
const MAX_REPLY_CHARS = 1500

/** Looks for sections that would disappoint: references that lead nowhere, replies that are too long. */
function checkSections(guides: readonly Guide[]): readonly Problem[] {
  return guides.flatMap(({ sections }) => {
    const keys = new Set(sections.map(ownKey))
    return sections.flatMap((section) => [...findDeadReferences(section, keys), ...findLength(section)])
  })
}

// 「见 4.1」「可看1.1」「看 A1.2」; 「看3个」 and 「看 2 天」 count something.
const REFERENCE =
  /(?:见|可看|参考|参看|[，,；。]看|^看)\s*[「“]?([A-Z]?\d{1,2}(?:\.\d{1,2})*)(?![\d.]|\s*(?:个|天|张|次|条|种|步|小时|分钟|年|月|日|点|图|页|位|人|遍|%|-))/g

function findDeadReferences(section: Section, keys: ReadonlySet<string>): readonly Problem[] {
  const dead = new Set(
    linesOf(section)
      .flatMap((line) => [...line.matchAll(REFERENCE)].map((match) => match[1]!))
      .filter((key) => !keys.has(key)),
  )
  return [...dead].map((key) => {
    const meant = nearest(key, keys)
    return warningAt(section, `提到了 ${key}，指南里没有这一节`, meant ? `是不是 ${meant}？` : '改成有的编号')
  })
}

function findLength(section: Section): readonly Problem[] {
  const supplements = section.supplements.map(({ text, source }) => `${text}${source}`)
  const chars = [section.title, ...linesOf(section), section.timeline ?? '', ...supplements].join('\n').length
  return chars > MAX_REPLY_CHARS
    ? [
        warningAt(
          section,
          `“${section.title}”约 ${chars} 字，三个气泡装不下`,
          `分成几个小节，或缩到 ${MAX_REPLY_CHARS} 字以内`,
        ),
      ]
    : []
}

const linesOf = ({ parts, required, next, handoff }: Section): readonly string[] => [
  ...parts.flatMap(({ lines }) => lines),
  ...required,
  ...(next === undefined ? [] : [next]),
  ...(handoff === undefined ? [] : [handoff]),
]

/** Above this two sentences teach the matcher the same thing; 0..1. */
const NEAR_SIMILARITY = 0.7

interface Owned extends AuthoredText {
  /** Intent id, or `undefined` for a message that wants silence. */
  readonly owner: string | undefined
}

/**
 * Compares all sentences: one that stands in two intents can't be answered (error); one that is also to be kept silent
 * on, or that repeats another of its intent, is a warning.
 */
function checkUtterances(intents: readonly AuthoredIntent[], silence: readonly AuthoredSilence[]): readonly Problem[] {
  const owned: readonly Owned[] = [
    ...intents.flatMap(({ id, utterances }) => utterances.map((text) => ({ ...text, owner: id }))),
    ...silence.map(({ text, file, line, column }) => ({ text, file, line, column, owner: undefined })),
  ]
  const same = repeated(owned, ({ text }) => essence(text)).map(([sentence, first]) => remarkOnSame(sentence, first))
  return [...same, ...intents.flatMap(({ utterances }) => findNear(utterances))]
}

/** What is left when case, blanks and punctuation are gone; `[OK]` is a face, no word, and keeps its brackets. */
const essence = (text: string): string => {
  const plain = text.normalize('NFKC').toLowerCase()
  return plain.replace(/[^\p{L}\p{N}[\]]/gu, '') || plain.trim()
}

function remarkOnSame(sentence: Owned, other: Owned): Problem {
  const { text, owner } = sentence
  const said = `“${clip(text)}”在 ${other.file}:${other.line}`
  if (other.owner === owner) return warningAt(sentence, `${said} 已经写过`, '删掉一处')
  return owner === undefined
    ? warningAt(sentence, `${said} 是要回答的`, '想清楚要不要回答，删掉一处')
    : errorAt(sentence, `${said} 属于意图 ${other.owner}`, '一句话只能属于一个意图，删掉一处')
}

/** A file that is not read again has the same list of sentences. */
const nearOnes = new WeakMap<readonly AuthoredText[], readonly Problem[]>()

function findNear(utterances: readonly AuthoredText[]): readonly Problem[] {
  const known = nearOnes.get(utterances) ?? compareEach(utterances)
  nearOnes.set(utterances, known)
  return known
}

/** Counts what each has in common with those before it by the bigrams themselves: most pairs share none. */
function compareEach(utterances: readonly AuthoredText[]): readonly Problem[] {
  const keys = utterances.map(({ text }) => essence(text))
  const sizes: number[] = []
  const withBigram = new Map<string, number[]>()
  const shared = new Uint16Array(utterances.length)
  return utterances.flatMap((sentence, index): readonly Problem[] => {
    const bigrams = characterPairs(keys[index]!)
    sizes.push(bigrams.size)
    shared.fill(0, 0, index)
    for (const bigram of bigrams) {
      const earlier = withBigram.get(bigram)
      for (const other of earlier ?? []) shared[other]!++
      if (earlier) earlier.push(index)
      else withBigram.set(bigram, [index])
    }
    const isNear = (other: number): boolean =>
      shared[other]! / (sizes[other]! + bigrams.size - shared[other]!) > NEAR_SIMILARITY && keys[other] !== keys[index]
    const near = sizes.findIndex((_size, other) => other < index && isNear(other))
    if (near < 0) return []
    const { line, text } = utterances[near]!
    const message = `“${clip(sentence.text)}”和第 ${line} 行“${clip(text)}”几乎一样`
    return [warningAt(sentence, message, '留一条，或换一种说法')]
  })
}

const clip = (text: string): string => (text.length > 30 ? `${text.slice(0, 30)}…` : text)

/** The authors' overview: every section with what it has, then the problems, then a summary; a line each. */
export function describeKnowledge(content: KnowledgeContent, problems: readonly Problem[]): readonly string[] {
  const { guides, intents, silence, concepts } = content
  const written = intents.filter(({ automatic }) => !automatic)
  const without = written.filter(({ sectionKey }) => sectionKey === undefined)
  const learned = count(intents.map((intent) => intent.learned ?? [])) + silence.filter((one) => one.learned).length
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return [
    ...guides.flatMap((guide) => describeGuide(guide, content)),
    ...without.map(({ id, title, utterances }) => `不属于任何一节：${title}（${id}）  ${utterances.length} 句`),
    ...(problems.length > 0 ? ['', ...problems.map(problemLine)] : []),
    '',
    `指南 ${guides.length} 份、${count(guides.map(({ sections }) => sections))} 节；` +
      `意图 ${written.length} 个、说法 ${count(written.map(({ utterances }) => utterances))} 句；` +
      `${learned > 0 ? `在聊天里学到 ${learned} 句；` : ''}不接话的例子 ${silence.length} 句；同义词 ${concepts.length} 组`,
    errors > 0 ? `错误 ${errors} 处，改好才能用` : '没有错误',
    ...(problems.length > errors ? [`提醒 ${problems.length - errors} 处`] : []),
  ]
}

function describeGuide({ id, title, file, sections }: Guide, content: KnowledgeContent): readonly string[] {
  return [`${title}（${id}，${file}）`, ...sections.map((section) => describeSection(section, content)), '']
}

function describeSection(section: Section, { intents }: KnowledgeContent): string {
  const own = intents.filter(({ sectionKey }) => sectionKey === section.key)
  const isAutomatic = own.every(({ automatic }) => automatic)
  const pictures = count(section.parts.map((part) => part.pictures))
  const marks = [
    `${count(own.map(({ utterances }) => utterances))} 句${isAutomatic ? '（自动）' : ''}`,
    ...(pictures > 0 ? [`图 ${pictures} 张`] : []),
    ...(section.required.length > 0 ? ['有必交截图'] : []),
    ...(section.timeline !== undefined ? ['有时效'] : section.tellsTimeline ? ['讲时效'] : []),
    ...(section.supplements.length > 0 ? [`补充 ${section.supplements.length} 条`] : []),
  ]
  return `  ${section.key.padEnd(5)} ${section.title}  ${marks.join(' · ')}`
}

const problemLine = (problem: Problem): string =>
  `${problem.severity === 'error' ? '错误' : '提醒'} ${formatProblem(problem)}`

const count = (groups: readonly (readonly unknown[])[]): number => groups.reduce((sum, group) => sum + group.length, 0)

/** Paths of all pictures that the guides name, once each. */
export const picturePaths = (guides: readonly Guide[]): readonly string[] => [
  ...new Set(guides.flatMap(({ sections }) => sections.flatMap(picturesOf))),
]

/** Warns of pictures that nobody has: the reply would come without them. */
export function missingPictures(
  guides: readonly Guide[],
  { texts, missing }: { readonly texts: readonly SourceFile[]; readonly missing: ReadonlySet<string> },
): readonly Problem[] {
  return guides.flatMap(({ file, sections }) => {
    const lines = texts.find((text) => text.file === file)?.text.split(/\r?\n/) ?? []
    return sections.flatMap((section) =>
      [...new Set(picturesOf(section))]
        .filter((path) => missing.has(path))
        .map((path): Problem => {
          const at = lines.findIndex((line) => line.includes(path))
          const place = at < 0 ? { line: section.line } : { line: at + 1, column: lines[at]!.indexOf(path) + 1 }
          return warningAt({ file, ...place }, `找不到图片 ${path}`, '放进指南文件夹的同一路径，或改成有的图片')
        }),
    )
  })
}

const picturesOf = ({ parts }: Guide['sections'][number]): readonly string[] =>
  parts.flatMap(({ pictures }) => pictures.map(({ path }) => path))

/** Of what people look up elsewhere nobody knows after so long whether it still holds. */
const OLD_AFTER_DAYS = 180

interface Dated {
  readonly source: Source
  readonly file: string
  readonly line: number
}

/**
 * Short answers by subject, the two tables, and their age: a line each, in Chinese.
 *
 * @param today in China
 */
export function describeFacts(
  { answers, categories, rejections, guides }: KnowledgeContent,
  today: Day,
): readonly string[] {
  const sections = guides.flatMap((guide) => guide.sections)
  const bySubject = groupBy(answers, ({ sectionKey, topic }) => sectionKey ?? `指南外 ${topic}`)
  const order = new Map(sections.map(({ key }, index) => [key, index]))
  const subjects = [...bySubject].sort(([a], [b]) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size))
  const advice = [...categories.notOpen, ...categories.withoutRow]
  const table = (what: string, rows: readonly Dated[], more = ''): readonly string[] =>
    rows.length === 0 ? [] : [`${what} ${rows.length} 条${more}，${ageOf(rows, today)}（${rows[0]!.file}）`]
  return [
    ...(answers.length > 0 ? [`短答 ${answers.length} 条，问法 ${sumOf(answers, waysOf)} 句`] : []),
    ...subjects.map(([subject, own]) => {
      const title = sections.find(({ key }) => key === subject)?.title
      const name = title === undefined ? subject : `${subject} ${title}`
      return `  ${name}  ${own.length} 条 · ${sumOf(own, waysOf)} 句 · ${ageOf(own, today)}`
    }),
    ...table('类目', categories.rows, advice.length > 0 ? `，另有不开放和没有单独类目的 ${advice.length} 条` : ''),
    ...table('驳回规则', rejections),
  ]
}

const waysOf = ({ asks, more, followUps }: ShortAnswer): number => asks.length + more.length + followUps.length
const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

/** The oldest counts. */
function ageOf(facts: readonly Dated[], today: Day): string {
  const dates = facts.map(({ source }) => source.date).filter((date) => date !== '')
  const oldest = dates.sort()[0]
  return oldest === undefined ? '没写日期' : `${oldest} 核对（${daysBetween(oldest, today)} 天前）`
}

/** Warns of facts that nobody has looked up for half a year: a line for each source and date in a file. */
export function findOldFacts({ answers, categories, rejections }: KnowledgeContent, today: Day): readonly Problem[] {
  const facts: readonly Dated[] = [
    ...answers,
    ...[...categories.rows, ...categories.notOpen, ...categories.withoutRow],
    ...rejections,
  ]
  const old = facts.filter(({ source: { date } }) => date !== '' && daysBetween(date, today) > OLD_AFTER_DAYS)
  const groups = groupBy(old, ({ file, source: { text, date } }) => JSON.stringify([file, text, date]))
  return [...groups.values()].map(([first, ...others]): Problem => {
    const { file, line, source } = first!
    const from = source.text === '' ? '' : `（${source.text}）`
    const days = daysBetween(source.date, today)
    const message = `${others.length + 1} 条是 ${source.date} 核对的，已经 ${days} 天${from}`
    return warningAt({ file, line }, message, '对照来源看看还对不对，再改日期')
  })
}

const daysBetween = (from: string, to: Day): number => to - dayFromIso(from)

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
