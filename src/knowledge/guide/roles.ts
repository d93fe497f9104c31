import type { Guide, GuideFacts, Problem, ReviewDays, Section, SectionRole } from '../../model/knowledge.js'
import { nearest, type YamlFile, type YamlPlace } from '../yaml.js'

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
export function readDeclaredRoles(
  { review, roles }: Declared,
  source: Source,
): { readonly declared: DeclaredRoles; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const report = (path: readonly string[], message: string, remedy: string): void => {
    problems.push({ severity: 'error', file: source.file, ...source.locate(path, 'key'), message, remedy })
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
  return { severity: 'error', file, line, column, message: `指南里没有 ${key} 这一节`, remedy }
}

/** A guide that tells how long it takes, and not so that one could reckon with it. */
function lacksDays(sections: readonly Section[], review: ReviewDays | undefined): readonly Problem[] {
  const teller = review ? undefined : sections.find(({ tellsTimeline }) => tellsTimeline)
  if (!teller) return []
  const message = '这一节讲时效，文件开头没有写天数，机器人算不了日子'
  return [{ severity: 'warning', file: teller.file, line: teller.line, column: 1, message, remedy: REMEDY_REVIEW }]
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
    return [{ severity: 'warning', file, line: 1, column: 1, message, remedy: '改成一样的天数' }]
  })
}

const DATE_LIKE = /^[A-Z]?(\d{1,2}\.\d{1,2})$/

/** What reading and deciding need to know of the guides. */
export function factsOf(guides: readonly Guide[]): GuideFacts {
  const review = guides.find((guide) => guide.review)?.review
  const keys = guides.flatMap(({ sections }) => sections.flatMap(({ key }) => DATE_LIKE.exec(key)?.[1] ?? []))
  return { ...(review ? { review } : {}), dateLikeKeys: new Set(keys) }
}

const isRecord = (value: unknown): value is Declared =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
