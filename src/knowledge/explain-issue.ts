import type { z } from 'zod'
import { nearest } from './nearest.js'

type Issue = z.core.$ZodIssue

/** What a schema found wrong, in the author's words. */
export interface IssueWords {
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
export function explainIssue(
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
