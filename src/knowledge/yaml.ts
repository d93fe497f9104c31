import { JaroWinklerDistance } from 'natural/lib/natural/distance/index.js'
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { z } from 'zod'
import type { Problem, SourceFile } from '../model/knowledge.js'

export interface YamlPlace {
  /** 1-based. */
  readonly line: number
  readonly column: number
}

export interface YamlFile {
  /** Maps, lists and strings only: `4.10` and `yes` stay as they are written. Undefined when the file is broken. */
  readonly value: unknown
  /** Where the value (or the key) at a path stands; the nearest enclosing place when it is missing. */
  locate(path: readonly PropertyKey[], part?: 'key' | 'value'): YamlPlace
  readonly problems: readonly Problem[]
}

const MAX_CHARS = 2 * 1024 * 1024
// One slip makes the parser stumble several times.
const MAX_REPORTED = 3
const MAX_EXPLAINED = 100
// Half of a smiley may stand in any sentence, so this is no small number.
const MAX_OPEN_BRACKETS = 400
/** `- `, `? ` and `: `, each of which may open another level. */
const MAX_SIGNS_IN_LINE = 100
const QUOTE_IT = '给整句加上英文双引号'
const NOWHERE = { line: 0, column: 0 }

interface YamlSource extends SourceFile {
  /** Lines that stand above `text` in the file. */
  readonly lineOffset?: number
}

/** Reads an author's YAML. Never throws; everything wrong is an error with its place. */
export function readYaml({ file, text, lineOffset = 0 }: YamlSource): YamlFile {
  const lines = new LineCounter()
  const placeAt = (offset: number): YamlPlace => {
    const { line, col } = lines.linePos(offset)
    return { line: line + lineOffset, column: Math.max(1, col) }
  }
  const broken = (problems: readonly Slip[]): YamlFile => ({
    value: undefined,
    locate: () => NOWHERE,
    problems: firstOfEachLine(problems)
      .slice(0, MAX_REPORTED)
      .map((problem) => ({ severity: 'error', file, ...problem })),
  })
  if (text.length > MAX_CHARS) {
    return broken([{ ...NOWHERE, message: '文件超过 2 MB', remedy: '把内容分成几个小文件' }])
  }
  if (isNestedDeeply(text)) {
    return broken([
      { ...NOWHERE, message: '套的层次太多', remedy: '检查哪里少了右括号，一行里不要连写几十个“- ”或“: ”' },
    ])
  }
  try {
    // `failsafe` knows strings, lists and maps only: no 4.10 that turns into 4.1, no `no` that turns into false.
    const document = parseDocument(text.replace(/^\uFEFF/, ''), {
      schema: 'failsafe',
      stringKeys: true,
      // The parser compares every key with every other; `findSlips` tells of keys written twice.
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
    })
    const slips = findSlips(document, placeAt)
    if (document.errors.length > 0) {
      const colons = findWideColons(text, lineOffset)
      if (colons.length > 0) return broken(colons)
      return broken([...slips, ...document.errors.slice(0, MAX_EXPLAINED).map((error) => explain(error, placeAt))])
    }
    if (slips.length > 0) return broken(slips)
    return { value: document.toJS(), locate: createLocate(document.contents, placeAt), problems: [] }
  } catch {
    // Nesting of thousands of brackets overflows the parser's stack.
    return broken([{ ...NOWHERE, message: '文件内容读不懂', remedy: '对照别的意图文件重写' }])
  }
}

/** The parser takes its time for each level, and that of all levels above. */
function isNestedDeeply(text: string): boolean {
  let depth = 0
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1)
    if (depth > MAX_OPEN_BRACKETS) return true
  }
  return text.split('\n').some((line) => (line.match(/[-?:][ \t]/g)?.length ?? 0) > MAX_SIGNS_IN_LINE)
}

function createLocate(root: unknown, placeAt: (offset: number) => YamlPlace): YamlFile['locate'] {
  return (path, part = 'value') => {
    let node: unknown = root
    let offset = 0
    for (const [index, segment] of path.entries()) {
      let next: unknown
      let nextOffset: number | undefined
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
        const wantsKey = part === 'key' && index === path.length - 1
        next = pair?.value
        nextOffset = (wantsKey ? undefined : startOf(pair?.value)) ?? startOf(pair?.key)
      } else if (isSeq(node)) {
        next = node.items[Number(segment)]
        nextOffset = startOf(next)
      }
      if (nextOffset === undefined) break
      offset = nextOffset
      node = next
    }
    return placeAt(offset)
  }
}

const startOf = (node: unknown): number | undefined => (node as { range?: readonly number[] } | null)?.range?.[0]

/** An error yet without its file. */
type Slip = Omit<Problem, 'severity' | 'file'>

/** What is valid YAML, but never what an author meant. */
function findSlips(document: Document, placeAt: (offset: number) => YamlPlace): readonly Slip[] {
  const slips: Slip[] = []
  const report = (node: unknown, message: string, remedy: string): void => {
    slips.push({ ...placeAt(startOf(node) ?? 0), message, remedy })
  }
  visit(document, (_key, node) => {
    if (isMap(node)) for (const key of writtenTwice(node)) report(key, ...EXPLANATIONS.DUPLICATE_KEY)
    if (isAlias(node)) report(node, '开头的 * 在这里有特殊含义', QUOTE_IT)
    else if (isNode(node) && node.anchor !== undefined) report(node, '开头的 & 在这里有特殊含义', QUOTE_IT)
    const joined = isSeq(node) && node.flow ? node.items.find(isJoinedByWideComma) : undefined
    if (joined) report(joined, '方括号里用了全角逗号，几个词成了一个', `换成半角逗号；逗号属于句子时${QUOTE_IT}`)
  })
  return slips
}

function writtenTwice({ items }: YAMLMap): readonly unknown[] {
  const seen = new Set<unknown>()
  return items.flatMap(({ key }) => {
    const name = isScalar(key) ? key.value : key
    if (seen.has(name)) return [key]
    seen.add(name)
    return []
  })
}

function firstOfEachLine(problems: readonly Slip[]): readonly Slip[] {
  const lines = new Set<number>()
  return problems.filter(({ line }) => !lines.has(line) && lines.add(line))
}

const isJoinedByWideComma = (item: unknown): boolean =>
  isScalar(item) && item.type === 'PLAIN' && String(item.value).includes('，')

/** `id：x` is one word for YAML, and its own message about it leads astray. */
function findWideColons(text: string, lineOffset = 0): readonly Slip[] {
  return text.split('\n').flatMap((line, index) => {
    const key = /^\s*([A-Za-z][\w-]*)\s*：|^\s*([^\s\-#"'：]{1,20})：\s*(?:\[.*)?$/.exec(line)
    return key
      ? [
          {
            line: index + 1 + lineOffset,
            column: line.indexOf('：') + 1,
            message: '冒号是全角的',
            remedy: `写成“${key[1] ?? key[2]}: ”，半角冒号后面空一格`,
          },
        ]
      : []
  })
}

const EXPLANATIONS = {
  TAB_AS_INDENT: ['缩进用了 Tab', '换成空格'],
  DUPLICATE_KEY: ['同一个名字写了两次', '合并成一处'],
  BAD_INDENT: ['缩进没有对齐，或括号没有结束', '同一层的行用同样多的空格开头，方括号要成对'],
  BAD_SCALAR_START: ['这个符号不能开头', QUOTE_IT],
  BAD_ALIAS: ['开头的 * 在这里有特殊含义', QUOTE_IT],
  BAD_DQ_ESCAPE: ['双引号里的 \\ 有特殊含义', '写成 \\\\，或者去掉'],
  BLOCK_AS_IMPLICIT_KEY: ['一行里有两个“: ”，或下一行多缩进了', '句子里有半角冒号时，给整句加上英文双引号'],
  MULTILINE_IMPLICIT_KEY: ['这里缺一个冒号，或冒号是全角的', '写成“名字: 内容”，半角冒号后面空一格'],
  MISSING_CHAR: ['引号、方括号或逗号不成对', '补上缺少的那一个'],
  MULTIPLE_DOCS: ['文件中间有一行 ---', '删掉这一行'],
  NON_STRING_KEY: ['名字不是一个词', '写成“名字: 内容”'],
  UNEXPECTED_TOKEN: ['这里多了内容，或引号不成对', '检查这一行的引号、括号和缩进'],
} satisfies Partial<Record<YAMLError['code'], readonly [message: string, remedy: string]>>

function explain(error: YAMLError, placeAt: (offset: number) => YamlPlace): Slip {
  const explanations: Partial<Record<YAMLError['code'], readonly [string, string]>> = EXPLANATIONS
  const [message, remedy] = explanations[error.code] ?? ['格式不对', '检查缩进、引号和冒号（半角，后面空一格）']
  return { ...placeAt(error.pos[0]), message, remedy }
}

/** Of one file; whoever has more mistakes than that mends these first. */
const MAX_ISSUES = 50

/**
 * Reads an author's YAML and checks it against a schema. Never throws; every issue is an error with its place, and then
 * there is no value.
 */
export function readShaped<Shape>(
  source: YamlSource,
  schema: z.ZodType<Shape> & { readonly shape: object },
): Omit<YamlFile, 'value'> & { readonly value: Shape | undefined } {
  const yaml = readYaml(source)
  if (yaml.problems.length > 0) return { ...yaml, value: undefined }
  const result = schema.safeParse(yaml.value)
  if (result.success) return { ...yaml, value: result.data }
  const { file, text } = source
  const colons = findWideColons(text).map((slip): Problem => ({ severity: 'error', file, ...slip }))
  if (colons.length > 0) return { ...yaml, value: undefined, problems: colons }
  const knownKeys = Object.keys(schema.shape)
  const problems = result.error.issues
    .slice(0, MAX_ISSUES)
    .flatMap((issue) => explainIssue(issue, { value: yaml.value, knownKeys }).slice(0, MAX_ISSUES))
    .map(({ path, part, message, remedy }): Problem => {
      return { severity: 'error', file, ...yaml.locate(path, part), message, remedy }
    })
  // One slip may break several rules of the schema; the first says it best.
  const isFirst = ({ line, column }: Problem, index: number): boolean =>
    problems.findIndex((other) => other.line === line && other.column === column) === index
  return { ...yaml, value: undefined, problems: problems.filter(isFirst) }
}

type Issue = z.core.$ZodIssue

/** What a schema found wrong, in the author's words. */
interface IssueWords {
  readonly path: readonly PropertyKey[]
  /** Which part of the path's last step is meant. */
  readonly part: 'key' | 'value'
  readonly message: string
  readonly remedy: string
}

const REMEDY_SENTENCE = '写一句话；句子里有半角冒号、# 或引号时，给整句加上英文双引号'
const REMEDY_GROUPS = '先写“组名:”一行，下面每行以“- ”开头'
const REMEDY_LIST = '写成列表：每行以“- ”开头'

/**
 * Puts one schema issue into words; an issue about several unknown keys gives one entry a key.
 *
 * @param value what was checked, to tell missing from wrong
 * @param knownKeys the keys that may stand at the top
 */
function explainIssue(
  issue: Issue,
  { value, knownKeys }: { readonly value: unknown; readonly knownKeys: readonly string[] },
): readonly IssueWords[] {
  const { path } = issue
  const say = (message: string, remedy: string): readonly IssueWords[] => [{ path, part: 'value', message, remedy }]
  const name = typeof path.at(-1) === 'string' ? `“${String(path.at(-1))}”` : '这一条'
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, knownKeys))
  const found = path.reduce<unknown>(
    (inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step],
    value,
  )
  if (path.length === 0) return say('内容不是“名字: 内容”的格式', `开头写 ${knownKeys[0]}: ……`)
  if (found === undefined)
    return say(`缺少${name}`, issue.path[0] === 'utterances' ? REMEDY_LIST : `补上 ${String(path.at(-1))}: ……`)
  const isList = issue.code === 'invalid_type' && issue.expected === 'array'
  if (isList && found === '') return say(`${name}是空的`, REMEDY_LIST)
  if (isList) return say(`${name}应该是列表`, REMEDY_LIST)
  if (issue.code === 'invalid_type' && issue.expected === 'string') return say(`${name}应该是一句话`, REMEDY_SENTENCE)
  if (issue.code === 'invalid_type' && issue.expected === 'record') return say(`${name}下面应该分组`, REMEDY_GROUPS)
  if (issue.code === 'too_small') {
    return issue.origin === 'array'
      ? say(`${name}是空的`, '至少写一条')
      : say(`${name}是空的`, '写上内容，或删掉这一行')
  }
  return say(`${name}写得不对`, '对照别的意图文件改一下')
}

function unknownKey(key: string, path: readonly PropertyKey[], known: readonly string[]): IssueWords {
  const meant = nearest(key, known, 0.7)
  const all = known.map((word) => `“${word}”`).join('、')
  return {
    path: [...path, key],
    part: 'key',
    message: `不认识“${key}”`,
    remedy: meant ? `是不是“${meant}”？` : `可以写：${all}`,
  }
}

/**
 * The known word that a mistyped one most resembles, for "did you mean".
 *
 * @param minSimilarity 0..1; below it nothing is suggested
 */
export function nearest(word: string, known: Iterable<string>, minSimilarity = 0): string | undefined {
  let best: string | undefined
  let bestSimilarity = minSimilarity
  for (const candidate of known) {
    const similarity = JaroWinklerDistance(word, candidate, { ignoreCase: true })
    if (similarity > bestSimilarity) {
      best = candidate
      bestSimilarity = similarity
    }
  }
  return best
}
