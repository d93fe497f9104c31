import remarkFrontmatter from 'remark-frontmatter'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import type { Problem } from '../model/knowledge.js'
import { cleanLine } from './clean-line.js'
import { readYaml } from './yaml-document.js'

export interface FrontMatter {
  readonly id?: string
  readonly title?: string
  /** Name → line of timeline. */
  readonly timelines: ReadonlyMap<string, string>
  /** Index of the first line after it; 0 without front matter. */
  readonly bodyIndex: number
  readonly problems: readonly Problem[]
}

const processor = unified().use(remarkParse).use(remarkFrontmatter).freeze()
const FENCE = /^---[ \t]*$/
const MAX_FRONT_MATTER_CHARS = 50_000

/** Reads the YAML block at the head of a guide. Broken YAML is a warning: id and title are saved line by line. */
export function readFrontMatter(file: string, lines: readonly string[]): FrontMatter {
  const none = { timelines: new Map<string, string>(), bodyIndex: 0, problems: [] }
  if (!FENCE.test(lines[0] ?? '')) return none
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line))
  if (end === -1) {
    // A page may begin with a rule; only one that looks like front matter deserves a word.
    const looksMeant = /^(?:id|title|sidebar_\w+|slug|description|timelines)\s*:/.test(lines[1] ?? '')
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
  const id = textOf(read.id)?.replaceAll('/', '-')
  const title = textOf(read.title)
  return { ...(id && { id }), ...(title && { title }), timelines, problems }
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
