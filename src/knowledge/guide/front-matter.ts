import remarkFrontmatter from 'remark-frontmatter'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import type { Problem, Supplement } from '../../model/knowledge.js'
import { readYaml } from '../yaml.js'
import { type DeclaredRoles, readDeclaredRoles } from './roles.js'
import { cleanLine } from './text.js'

export interface FrontMatter {
  readonly id?: string
  readonly title?: string
  /** Name → line of timeline. */
  readonly timelines: ReadonlyMap<string, string>
  readonly roles: DeclaredRoles
  /** Index of the first line after it; 0 without front matter. */
  readonly bodyIndex: number
  readonly problems: readonly Problem[]
}

const processor = unified().use(remarkParse).use(remarkFrontmatter).freeze()
const NO_ROLES: DeclaredRoles = { rejections: [], steps: [] }
const FENCE = /^---[ \t]*$/
const MAX_FRONT_MATTER_CHARS = 50_000

/** Reads the YAML block at the head of a guide. Broken YAML is a warning: id and title are saved line by line. */
export function readFrontMatter(file: string, lines: readonly string[]): FrontMatter {
  const none = { timelines: new Map<string, string>(), roles: NO_ROLES, bodyIndex: 0, problems: [] }
  if (!FENCE.test(lines[0] ?? '')) return none
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line))
  if (end === -1) {
    // A page may begin with a rule; only one that looks like front matter deserves a word.
    const looksMeant = /^(?:id|title|sidebar_\w+|slug|description|timelines|review|roles)\s*:/.test(lines[1] ?? '')
    return looksMeant ? { ...none, problems: [unclosed(file)] } : none
  }
  const source = lines.slice(0, end + 1).join('\n')
  const node = source.length > MAX_FRONT_MATTER_CHARS ? undefined : processor.parse(source).children[0]
  const yaml = node?.type === 'yaml' ? node.value : ''
  return { ...readValues(file, yaml), bodyIndex: end + 1 }
}

const unclosed = (file: string): Problem => ({
  severity: 'warning',
  file,
  line: 1,
  column: 1,
  message: '文件开头的 --- 没有结束',
  remedy: '在开头这几行的后面单独写一行 ---',
})

function readValues(file: string, yaml: string): Omit<FrontMatter, 'bodyIndex'> {
  const { value, locate, problems: yamlProblems } = readYaml({ file, text: yaml, lineOffset: 1 })
  const read = isRecord(value) ? value : saveLineByLine(yaml)
  const timelines = new Map<string, string>()
  const problems: Problem[] = yamlProblems.map((problem) => ({ ...problem, severity: 'warning' as const }))
  const declared = read.timelines
  if (isRecord(declared)) {
    for (const [name, line] of Object.entries(declared)) {
      if (typeof line === 'string' && line.trim() !== '') timelines.set(name.trim(), cleanLine(line))
      else problems.push(badTimeline(file, locate(['timelines', name])))
    }
  } else if (declared !== undefined && declared !== '') problems.push(badTimeline(file, locate(['timelines'])))
  const roles = readDeclaredRoles(read, { file, locate })
  const id = textOf(read.id)?.replaceAll('/', '-')
  const title = textOf(read.title)
  return {
    ...(id && { id }),
    ...(title && { title }),
    timelines,
    roles: roles.declared,
    problems: [...problems, ...roles.problems],
  }
}

const badTimeline = (file: string, place: { readonly line: number; readonly column: number }): Problem => ({
  severity: 'error',
  file,
  ...place,
  message: '时效写得不对',
  remedy: 'timelines 下面一行一条，写成“首次提审: 一句话”',
})

function saveLineByLine(yaml: string): Record<string, unknown> {
  const found = (key: string): string | undefined =>
    new RegExp(`^${key}:[ \\t]+(.+)$`, 'm').exec(yaml)?.[1]?.replace(/^(['"])(.*)\1$/, '$2')
  return { id: found('id'), title: found('title') }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? cleanLine(value) || undefined : undefined

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const SOURCE = /^来源\s*[:：]\s*(.*)$/
const CHECKED = /^(?:核对|核对日期)\s*[:：]\s*(.*)$/

/**
 * Reads the lines of a 补充 block: text, `来源：…`, `核对：YYYY-MM-DD`.
 *
 * @returns `source` and `checkedOn` are empty strings where they are missing or wrong, which is warned about
 */
export function readSupplement({
  lines,
  file,
  line,
}: {
  readonly lines: readonly string[]
  readonly file: string
  readonly line: number
}): { readonly supplement: Supplement | undefined; readonly problems: readonly Problem[] } {
  const source = found(lines, SOURCE)
  const checked = found(lines, CHECKED)
  const text = join(lines.filter((candidate) => !SOURCE.test(candidate) && !CHECKED.test(candidate)))
  const problems: Problem[] = []
  const warn = (message: string, remedy: string): void => {
    problems.push({ severity: 'warning', file, line, column: 1, message, remedy })
  }
  if (text === '') {
    warn('补充里没有内容', '写上内容，或删掉这个方框')
    return { supplement: undefined, problems }
  }
  if (source === '') warn('补充没有写来源', '倒数第二行写“来源：……”')
  const checkedOn = isDate(checked) ? checked : ''
  if (checkedOn === '') {
    warn(checked === '' ? '补充没有写核对日期' : `“${checked}”不是日期`, '最后一行写“核对：2026-11-23”这样的日期')
  }
  return { supplement: { text, source, checkedOn }, problems }
}

const found = (lines: readonly string[], pattern: RegExp): string =>
  lines.map((line) => pattern.exec(line)?.[1]?.trim()).find((value) => value) ?? ''

const join = (lines: readonly string[]): string =>
  lines.reduce((text, line) => text + (text === '' || /[。！？；：，]$/.test(text) ? '' : ' ') + line, '')

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
