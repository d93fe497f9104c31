import { z } from 'zod'
import {
  errorAt,
  type Guide,
  type GuideFacts,
  type Problem,
  type ReviewDays,
  type Section,
  type SectionRole,
  type Supplement,
  warningAt,
} from '../../model/knowledge.js'
import { nearest, readYaml, type YamlFile, type YamlPlace } from '../yaml.js'
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
  const yaml = lines.slice(1, end).join('\n')
  return { ...readValues(file, yaml.length > MAX_FRONT_MATTER_CHARS ? '' : yaml), bodyIndex: end + 1 }
}

const unclosed = (file: string): Problem =>
  warningAt({ file, line: 1 }, '文件开头的 --- 没有结束', '在开头这几行的后面单独写一行 ---')

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

const badTimeline = (file: string, place: YamlPlace): Problem =>
  errorAt({ file, ...place }, '时效写得不对', 'timelines 下面一行一条，写成“首次提审: 一句话”')

function saveLineByLine(yaml: string): Record<string, unknown> {
  const found = (key: string): string | undefined =>
    new RegExp(`^${key}:[ \\t]+(.+)$`, 'm').exec(yaml)?.[1]?.replace(/^(['"])(.*)\1$/, '$2')
  return { id: found('id'), title: found('title') }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? cleanLine(value) || undefined : undefined

const isRecord = (value: unknown): value is Declared =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isoDay = z.iso.date()
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
    problems.push(warningAt({ file, line }, message, remedy))
  }
  if (text === '') {
    warn('补充里没有内容', '写上内容，或删掉这个方框')
    return { supplement: undefined, problems }
  }
  if (source === '') warn('补充没有写来源', '倒数第二行写“来源：……”')
  const checkedOn = isoDay.safeParse(checked).success ? checked : ''
  if (checkedOn === '') {
    warn(checked === '' ? '补充没有写核对日期' : `“${checked}”不是日期`, '最后一行写“核对：2026-11-23”这样的日期')
  }
  return { supplement: { text, source, checkedOn }, problems }
}

const found = (lines: readonly string[], pattern: RegExp): string =>
  lines.map((line) => pattern.exec(line)?.[1]?.trim()).find((value) => value) ?? ''

const join = (lines: readonly string[]): string =>
  lines.reduce((text, line) => text + (text === '' || /[。！？；：，]$/.test(text) ? '' : ' ') + line, '')

/** What the head of a guide says of its sections; the keys are not checked yet. */
export interface DeclaredRoles {
  readonly review?: ReviewDays
  readonly submit?: DeclaredKey
  readonly rejections: readonly DeclaredKey[]
  readonly steps: readonly DeclaredKey[]
}

/** A section key and where its author wrote it. */
interface DeclaredKey extends YamlPlace {
  readonly key: string
}

interface Source {
  readonly file: string
  readonly locate: YamlFile['locate']
}

type Declared = Readonly<Record<string, unknown>>

const ROLES = ['submit', 'rejections', 'steps']
const REVIEW = ['internal', 'second']
/** Nobody waits longer; a number beyond it is a slip. */
const MAX_REVIEW_DAYS = 365
const REMEDY_REVIEW = 'review 下面写 internal: 1（微信内审几天）和 second: 7（属地二审几天），都是整数'
const REMEDY_KEY = '写小节的编号，像 "4"；几个写成 [A1, A2]'

/** Reads `review` and `roles` of a guide's front matter. */
function readDeclaredRoles(
  { review, roles }: Declared,
  source: Source,
): { readonly declared: DeclaredRoles; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const report = (path: readonly string[], message: string, remedy: string): void => {
    problems.push(errorAt({ file: source.file, ...source.locate(path, 'key') }, message, remedy))
  }
  const keysAt = (name: string): readonly DeclaredKey[] => {
    const written = isRecord(roles) ? roles[name] : undefined
    if (written === undefined) return []
    const list: readonly unknown[] = Array.isArray(written) ? written : [written]
    if (list.length === 0 || list.some((key) => typeof key !== 'string' || key.trim() === '')) {
      report(['roles', name], `roles 里的“${name}”写得不对`, REMEDY_KEY)
      return []
    }
    return list.map((key, index) => ({
      key: String(key).trim(),
      ...source.locate(Array.isArray(written) ? ['roles', name, index] : ['roles', name]),
    }))
  }
  if (roles !== undefined && !isRecord(roles)) report(['roles'], 'roles 写得不对', `下面可以写：${ROLES.join('、')}`)
  for (const [group, known] of [
    ['roles', ROLES],
    ['review', REVIEW],
  ] as const) {
    const written = group === 'roles' ? roles : review
    for (const name of isRecord(written) ? Object.keys(written) : []) {
      if (known.includes(name)) continue
      const meant = nearest(name, known, 0.7)
      report([group, name], `不认识“${name}”`, meant ? `是不是“${meant}”？` : `可以写：${known.join('、')}`)
    }
  }
  const submits = keysAt('submit')
  if (submits.length > 1) report(['roles', 'submit'], 'submit 只能是一节', '留一个编号')
  const days = readReview(review)
  if (review !== undefined && !days) report(['review'], '审核天数写得不对', REMEDY_REVIEW)
  const declared = {
    ...(days ? { review: days } : {}),
    ...(submits[0] ? { submit: submits[0] } : {}),
    rejections: keysAt('rejections'),
    steps: keysAt('steps'),
  }
  return { declared, problems }
}

function readReview(review: unknown): ReviewDays | undefined {
  if (!isRecord(review)) return undefined
  const [internal, second] = REVIEW.map((name) => daysOf(review[name]))
  return internal === undefined || second === undefined ? undefined : { internal, second }
}

function daysOf(written: unknown): number | undefined {
  const days = typeof written === 'string' && /^\d+$/.test(written.trim()) ? Number(written) : undefined
  return days !== undefined && days <= MAX_REVIEW_DAYS ? days : undefined
}

/** Gives sections the roles that the head of their guide declares, and complains of keys that no section has. */
export function giveSectionRoles(
  sections: readonly Section[],
  { submit, rejections, steps, review }: DeclaredRoles,
  { file, timelines }: { readonly file: string; readonly timelines: ReadonlyMap<string, string> },
): {
  readonly sections: readonly Section[]
  readonly facts: Pick<Guide, 'review' | 'steps'>
  readonly problems: readonly Problem[]
} {
  const known = new Set(sections.map(({ key }) => key))
  const named = [...(submit ? [submit] : []), ...rejections, ...steps]
  const problems = named.filter(({ key }) => !known.has(key)).map((missing) => unknownKey(missing, file, known))
  const roleOf = ({ key, role }: Section): SectionRole | undefined => {
    if (key === submit?.key) return 'submit'
    return rejections.some((one) => key === one.key || key.startsWith(`${one.key}.`)) ? 'rejection' : role
  }
  const roled = sections.map((section): Section => {
    const role = roleOf(section)
    return role === undefined ? section : { ...section, role }
  })
  const order = steps.map(({ key }) => key).filter((key) => known.has(key))
  return {
    sections: roled,
    facts: { ...(review ? { review } : {}), ...(order.length > 0 ? { steps: order } : {}) },
    problems: [...problems, ...lacksDays(sections, review), ...contradictions(review, timelines, file)],
  }
}

function unknownKey({ key, line, column }: DeclaredKey, file: string, known: ReadonlySet<string>): Problem {
  const meant = nearest(key, known)
  const remedy = meant === undefined ? '改成有的编号' : `是不是 "${meant}"？（有 ${[...known].join('、')}）`
  return errorAt({ file, line, column }, `指南里没有 ${key} 这一节`, remedy)
}

/** A guide that tells how long it takes, and not so that one could reckon with it. */
function lacksDays(sections: readonly Section[], review: ReviewDays | undefined): readonly Problem[] {
  const teller = review ? undefined : sections.find(({ tellsTimeline }) => tellsTimeline)
  if (!teller) return []
  const message = '这一节讲时效，文件开头没有写天数，机器人算不了日子'
  return [warningAt(teller, message, REMEDY_REVIEW)]
}

/** The same days told in words at the head: whoever edits one of the two has to edit the other. */
function contradictions(
  review: ReviewDays | undefined,
  timelines: ReadonlyMap<string, string>,
  file: string,
): readonly Problem[] {
  if (!review) return []
  return [...timelines].flatMap(([name, line]): readonly Problem[] => {
    const told = [...line.matchAll(/(\d+) ?天/g)].map(([, days]) => Number(days))
    if (told.length < 2 || (told.includes(review.internal) && told.includes(review.second))) return []
    const message = `时效“${name}”写的是 ${told.join('、')} 天，review 里是 ${review.internal} 和 ${review.second} 天`
    return [warningAt({ file, line: 1 }, message, '改成一样的天数')]
  })
}

const DATE_LIKE = /^[A-Z]?(\d{1,2}\.\d{1,2})$/

/** What reading and deciding need to know of the guides. */
export function factsOf(guides: readonly Guide[]): GuideFacts {
  const review = guides.find((guide) => guide.review)?.review
  const keys = guides.flatMap(({ sections }) => sections.flatMap(({ key }) => DATE_LIKE.exec(key)?.[1] ?? []))
  return { ...(review ? { review } : {}), dateLikeKeys: new Set(keys) }
}
