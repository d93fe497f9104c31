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
import type { Problem } from '../model/knowledge.js'

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

/** Reads an author's YAML. Never throws; everything wrong is an error with its place. */
export function readYaml({
  file,
  text,
  lineOffset = 0,
}: {
  readonly file: string
  readonly text: string
  /** Lines that stand above `text` in the file. */
  readonly lineOffset?: number
}): YamlFile {
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
export type Slip = Omit<Problem, 'severity' | 'file'>

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
export function findWideColons(text: string, lineOffset = 0): readonly Slip[] {
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
