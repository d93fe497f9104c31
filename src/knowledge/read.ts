import { errorAt, type Guide, type KnowledgeContent, NO_KNOWLEDGE, type Problem } from '../model/knowledge.js'
import { checkSections, checkUtterances } from './checks.js'
import { parseGuide } from './guide/parse.js'
import { bindIntents, bindLearned, isLanguage, isLearned, type ParsedIntents, parseIntents } from './intents.js'
import { qualifyKeys, repeated } from './keys.js'
import { bindAnswers, parseAnswers } from './short-answers.js'
import { answersOfRules, parseCategories, parseRejections } from './tables.js'

interface AuthorsFile {
  readonly file: string
  readonly text: string
  /** `learned/…` for what was taught in the chat. */
  readonly kept?: string
}

/** What stands in the authors' folders, as read from disk. */
export interface KnowledgeFiles {
  /** With the files of short answers, in a folder `answers`. */
  readonly guides: readonly AuthorsFile[]
  /** `categories.yaml` and `rejections.yaml` beside the guides. */
  readonly tables?: readonly AuthorsFile[]
  readonly intents: readonly AuthorsFile[]
}

/** What was read of files lately, so that an edit of one does not cost the reading of a hundred others. */
export class ReadingMemory {
  readonly #read = new Map<string, { readonly text: string; readonly result: unknown }>()

  /** @param read depends on nothing but the file; one of each kind of file */
  of<File extends AuthorsFile, Result>(file: File, read: (file: File) => Result): Result {
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
const isOfAnswers = ({ file }: AuthorsFile): boolean => /(?:^|[/\\])answers[/\\][^/\\]+$/.test(file)

function readTables(
  files: readonly AuthorsFile[],
  memory: ReadingMemory,
): {
  readonly categories: KnowledgeContent['categories']
  readonly rejections: KnowledgeContent['rejections']
  readonly problems: readonly Problem[]
} {
  const named = (name: RegExp): AuthorsFile | undefined => files.find(({ file }) => name.test(file))
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
