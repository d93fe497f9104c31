import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar, stringify, type YAMLMap } from 'yaml'
import type { AuthorsFile } from '../knowledge/files.js'
import { answersOfRules, parseCategories, parseRejections } from '../knowledge/tables.js'
import type { Problem } from '../model/knowledge.js'
import type { CategoryHit, KnowledgeSnapshot } from '../model/understanding.js'
import type { Piece } from './pieces.js'

/** A list of rows in one of the tables beside the guides; `path`, `name`, or `list` and `number` name a row. */
const LISTS = {
  categories: { table: 'categories', title: '服务类目' },
  notOpen: { table: 'categories', title: '不开放的' },
  noRow: { table: 'categories', title: '没有单独类目的' },
  rejections: { table: 'rejections', title: '驳回原因' },
} as const

export type ListName = keyof typeof LISTS
export const LIST_NAMES = Object.keys(LISTS) as readonly ListName[]
export const titleOfList = (list: ListName): string => LISTS[list].title

/** What a field of a row holds; null: nothing, written out (`vendor: null`). */
type FieldValue = string | null | readonly string[] | { readonly choose: string; readonly of: readonly string[] }
export type RowFields = Readonly<Record<string, FieldValue>>

/** A row as a form shows it. */
export interface RowView {
  readonly list: ListName
  readonly fields: RowFields
  /** In which line of the file each field begins, 1-based. */
  readonly lines: Readonly<Record<string, number>>
}

const ROW_KEY = /^row:(\w+):(.+)$/su

/** The list that the row of this key is in. @returns undefined for any other piece */
export function listOfKey(key: string): ListName | undefined {
  const list = ROW_KEY.exec(key)?.[1]
  return LIST_NAMES.find((name) => name === list)
}

/** The key of a row that is new; no author writes `+` in front of a name. */
export const newRowKey = (list: ListName, id: string): string => `row:${list}:+${id}`

/** The rows of a table, in the order of the file; none where the file can't be read as YAML. */
export function rowsIn(file: AuthorsFile): readonly Piece[] {
  const lines = new LineCounter()
  const document = parseRows(file.text, lines)
  if (!document) return []
  const lineAt = (offset: number): number => lines.linePos(offset).line - 1
  return listsOf(file).flatMap((list): readonly Piece[] => {
    const seq = document.get(list, true)
    if (!isSeq(seq)) return []
    return seq.items.flatMap((item): readonly Piece[] => {
      if (!isMap(item)) return []
      const [from, to] = [lineAt(item.range![0]), lineAt(endOf(item)) + 1]
      const markdown = file.text.split('\n').slice(from, to).join('\n')
      const fields = fieldsOf(item)
      return [{ key: `row:${list}:${idOf(fields)}`, title: titleOfRow(fields), file, markdown, from, to }]
    })
  })
}

/** Where a new row of the list goes: behind the last one. @returns undefined where the file has no such list */
export function placeForRow(file: AuthorsFile, list: ListName): number | undefined {
  const last = rowsIn(file).findLast(({ key }) => listOfKey(key) === list)
  if (!last) return undefined
  return file.text.split('\n')[last.to]?.trim() === '' ? last.to + 1 : last.to
}

/** The table that has the list. */
export const fileOfList = (tables: readonly AuthorsFile[], list: ListName): AuthorsFile | undefined =>
  tables.find((file) => listsOf(file).includes(list))

/** @param line of the row's beginning in the file, 1-based @returns undefined where the row can't be read as YAML */
export function viewOfRow(list: ListName, markdown: string, line: number): RowView | undefined {
  const lines = new LineCounter()
  const item = readRow(markdown, lines)
  if (!item) return undefined
  const begins = item.items.map(({ key }) => [nameOf(key), lines.linePos(startOf(key)).line - 1 + line] as const)
  return { list, fields: fieldsOf(item), lines: Object.fromEntries(begins) }
}

export const titleInRow = (markdown: string): string => {
  const item = readRow(markdown, new LineCounter())
  return item ? titleOfRow(fieldsOf(item)) : ''
}

/** Not written where there is nothing to say. */
const OPTIONAL = new Set(['note', 'source', 'date', 'strength'])

/**
 * Changes fields of a row, and leaves the lines of all others as their author wrote them.
 *
 * @returns undefined where the row can't be read as YAML
 */
export function withFields(markdown: string, changes: RowFields): string | undefined {
  const counter = new LineCounter()
  const item = readRow(markdown, counter)
  if (!item) return undefined
  const lines = markdown.split('\n')
  const first = /^(\s*-\s+)/.exec(lines[0] ?? '')?.[1] ?? '  - '
  const indent = ' '.repeat(first.length)
  const begins = item.items.map(({ key }) => ({ name: nameOf(key), at: counter.linePos(startOf(key)).line - 1 }))
  const parts = begins.map(({ name, at }, index) => ({ name, text: lines.slice(at, begins[index + 1]?.at) }))
  const known = new Set(parts.map(({ name }) => name))
  const now = fieldsOf(item)
  const added = Object.keys(changes).filter((name) => !known.has(name))
  const written = [...parts, ...added.map((name) => ({ name, text: [] as string[] }))].flatMap(({ name, text }) => {
    const value = changes[name]
    if (value === undefined || (known.has(name) && isDeepStrictEqual(value, now[name]))) return text
    // Blank lines and remarks behind a field are not its own.
    const own = text.findLastIndex((line) => line.trim() !== '' && !/^\s*#/.test(line)) + 1
    return [...(value === '' && OPTIONAL.has(name) ? [] : asWritten(name, value, indent)), ...text.slice(own)]
  })
  return [`${first}${written[0]?.replace(/^\s*(?:-\s+)?/, '') ?? ''}`, ...written.slice(1)].join('\n')
}

/** A row of these fields, in the form of the table. */
export const rowOf = (fields: RowFields): string =>
  Object.entries(fields)
    .filter(([name, value]) => value !== '' || !OPTIONAL.has(name))
    .flatMap(([name, value]) => asWritten(name, value, '    '))
    .map((line, index) => (index === 0 ? `  - ${line.trimStart()}` : line))
    .join('\n')

function readRows(list: ListName, text: string, file: string) {
  if (LISTS[list].table === 'categories') {
    const { table, problems } = parseCategories({ file, text })
    return { problems, rows: table.rows, advices: [...table.notOpen, ...table.withoutRow], rules: [] }
  }
  const { rules, problems } = parseRejections({ file, text })
  return { problems, rows: [], advices: [], rules }
}

/** What is told of the rows that begin in these lines of the file, 1-based: one for each way of telling. */
export function factsOfRows(
  list: ListName,
  {
    text,
    file,
    from,
    to,
  }: { readonly text: string; readonly file: string; readonly from: number; readonly to: number },
  { sections }: Pick<KnowledgeSnapshot, 'sections'>,
) {
  const { problems, rows, advices, rules } = readRows(list, text, file)
  const within = ({ line }: { readonly line: number }): boolean => line >= from && line <= to
  const hits: readonly CategoryHit[] = [
    ...rows.filter(within).map((row) => ({ word: row.words[0] ?? row.path, rows: [row], general: false })),
    ...advices
      .filter(within)
      .map((advice) => ({ word: advice.words[0] ?? advice.name, rows: [], advice, general: false })),
  ]
  const told = rules
    .filter(within)
    // Told the same way however few say it in their own words.
    .map((rule) => ({
      ...rule,
      asks: rule.asks.length > 0 ? rule.asks : [rule.title],
      sections: rule.sections.slice(0, 1),
    }))
  return {
    title: hits[0] ? titleInHit(hits[0]) : told[0] ? `${told[0].number} ${told[0].title}` : '',
    problems: problems.map((problem) => inOurWords(problem)),
    hits,
    answers: answersOfRules(told, (key) => sections.has(key)),
    /** As a customer asks for the category of something. */
    questionOf: (word: string): string => `${word}选什么类目`,
  }
}

const titleInHit = ({ rows, advice }: CategoryHit): string => rows[0]?.path ?? advice?.name ?? ''

/** The reader of intent files speaks of them. */
const inOurWords = (problem: Problem): Problem => ({
  ...problem,
  remedy: problem.remedy.replace('对照别的意图文件改一下', '对照别的行改一下'),
})

function listsOf({ kept }: AuthorsFile): readonly ListName[] {
  return LIST_NAMES.filter((list) => new RegExp(`(?:^|/)${LISTS[list].table}\\.ya?ml$`, 'i').test(kept))
}

function parseRows(text: string, lineCounter: LineCounter) {
  const document = parseDocument(text, { schema: 'failsafe', lineCounter, prettyErrors: false, uniqueKeys: false })
  return document.errors.length > 0 ? undefined : document
}

function readRow(markdown: string, lines: LineCounter): YAMLMap | undefined {
  const contents = parseRows(markdown, lines)?.contents
  const item = isSeq(contents) && contents.items.length === 1 ? contents.items[0] : undefined
  return isMap(item) && item.items.length > 0 ? item : undefined
}

const startOf = (node: unknown): number => (node as Node).range?.[0] ?? 0
const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : '')

/** The end of a block is the end of what stands last in it: remarks that follow belong to the next row. */
function endOf(node: unknown): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1)
    return endOf(last?.value ?? last?.key)
  }
  if (isSeq(node) && !node.flow) return endOf(node.items.at(-1))
  return (node as Node).range?.[1] ?? 0
}

function fieldsOf(item: YAMLMap): RowFields {
  return Object.fromEntries(
    item.items.map(({ key, value }) => {
      const name = nameOf(key)
      const plain: unknown = (value as Node | null)?.toJSON() ?? ''
      return [name, name === 'vendor' && plain === 'null' ? null : (plain as FieldValue)]
    }),
  )
}

const idOf = ({ path, name, list, number }: RowFields): string =>
  path !== undefined ? String(path) : name !== undefined ? String(name) : `${String(list)} ${String(number)}`

const titleOfRow = ({ path, name, number, title }: RowFields): string =>
  path !== undefined
    ? String(path)
    : name !== undefined
      ? String(name)
      : `${String(number ?? '')} ${String(title ?? '')}`

/** Told line by line, so that each stands in a line of its own. */
const BLOCK_LISTS = new Set(['customer'])

function asWritten(name: string, value: FieldValue, indent: string): readonly string[] {
  if (value === null) return [`${indent}${name}: null`]
  if (typeof value === 'string') return [`${indent}${name}: ${value === '' ? '""' : inline(scalar(value))}`]
  if (!('choose' in value)) {
    if (!BLOCK_LISTS.has(name) || value.length === 0) return [`${indent}${name}: ${listOf(value)}`]
    return [`${indent}${name}:`, ...value.map((line) => `${indent}  - ${inline(scalar(line))}`)]
  }
  return [`${indent}${name}: { choose: ${value.choose}, of: ${listOf(value.of)} }`]
}

const STYLE = { schema: 'failsafe', lineWidth: 0, flowCollectionPadding: false, collectionStyle: 'flow' } as const
const inline = (value: unknown): string => stringify(value, STYLE).trimEnd()

const scalar = (text: string): Scalar<string> => new Scalar(text.replace(/\s+/g, ' ').trim())

/** A wide comma within brackets parts nothing, and is refused outside of quotes. */
function listOf(texts: readonly string[]): string {
  const nodes = texts.map(scalar)
  for (const node of nodes) if (node.value.includes('，')) node.type = Scalar.QUOTE_DOUBLE
  return inline(nodes)
}

/** A golden question as its author writes it. `expect`: a section's key, `card:<id>`, or silence, human, unknown, courtesy. */
interface GoldenQuestion {
  readonly question: string
  readonly heard: 'asked' | 'overheard'
  readonly expect: string
}

/** `was`: the one that is changed; absent for a new one. Without `becomes` it is removed. */
export interface GoldenChange {
  readonly was?: Pick<GoldenQuestion, 'question' | 'heard'> | undefined
  readonly becomes?: GoldenQuestion | undefined
}

/**
 * Changes one question of `golden.yaml` and leaves all else, remarks too, as its authors wrote it.
 *
 * @returns the new text, or why it can't be done, in Chinese
 */
export function changeGolden(
  text: string,
  { was, becomes }: GoldenChange,
): { readonly text: string } | { readonly problem: string } {
  const document = parseDocument(text === '' ? 'questions: []\n' : text, { schema: 'failsafe' })
  const list = document.get('questions')
  if (document.errors.length > 0 || !isSeq(list)) return { problem: say.broken }
  const items = list.items as YAMLMap[]
  const at = was ? items.findIndex((item) => isMap(item) && isThis(item, was)) : -1
  if (was && at < 0) return { problem: say.gone }
  if (becomes && items.some((item, index) => index !== at && isMap(item) && isThis(item, becomes)))
    return { problem: say.double }
  if (!becomes) {
    // The remark above the first of a group belongs to the group.
    const [remark, next] = [items[at]?.commentBefore, items[at + 1]]
    if (remark && next) next.commentBefore = [remark, next.commentBefore].filter(Boolean).join('\n')
    items.splice(at, 1)
    return { text: document.toString({ lineWidth: 0 }) }
  }
  const written = document.createNode(goldenAsWritten(becomes)) as YAMLMap
  if (at >= 0) {
    written.commentBefore = items[at]?.commentBefore ?? null
    items[at] = written
  } else items.push(written)
  return { text: document.toString({ lineWidth: 0 }) }
}

const isThis = (item: YAMLMap, { question, heard }: Pick<GoldenQuestion, 'question' | 'heard'>): boolean =>
  wordsOf(item, 'question') === question && (wordsOf(item, 'heard') ?? 'asked') === heard

function wordsOf(item: YAMLMap, key: string): string | undefined {
  const value = item.get(key, true)
  return isScalar(value) ? String(value.value).trim() : undefined
}

const goldenAsWritten = ({ question, heard, expect }: GoldenQuestion) => ({
  question,
  ...(heard === 'overheard' && { heard }),
  expect: expect.startsWith('card:') ? { card: expect.slice('card:'.length) } : expect,
})

const say = {
  broken: '必答题文件的格式不对，先运行 npm run knowledge 看看。',
  gone: '这道题刚被别人改了，请刷新再试。',
  double: '已经有这道题了。',
} as const
