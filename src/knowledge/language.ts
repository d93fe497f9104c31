import { z } from 'zod'
import { errorAt, type Problem } from '../model/knowledge.js'
import type { Theme } from '../model/language.js'
import { groupsOf, REFERENCE, THEMES, toPattern } from '../nlu/language.js'
import { nearest, readShaped } from './yaml.js'

/** Group → phrases, as an author wrote them. */
export type LanguageGroups = Readonly<Record<string, readonly string[]>>

interface Source {
  readonly file: string
  readonly text: string
  readonly kept?: string
}

type Read =
  | { readonly kind: 'language'; readonly theme: Theme; readonly groups: LanguageGroups }
  | { readonly kind: 'broken' }

/** The files of the folder `language/` hold words, not intents. */
export const isLanguage = ({ file, kept = file }: Pick<Source, 'file' | 'kept'>): boolean =>
  /(?:^|[/\\])language[/\\][^/\\]+\.ya?ml$/i.test(kept)

/** Reads one theme of the language; every group has to be there, and every phrase to be sound. Never throws. */
export function readLanguage(
  source: Source,
  name: string,
): { readonly content: Read; readonly problems: readonly Problem[] } {
  const broken = (problems: readonly Problem[]) => ({ content: { kind: 'broken' as const }, problems })
  const { file } = source
  const theme = THEMES.find((known) => known === name)
  if (!theme) {
    const meant = nearest(name, THEMES, 0.7)
    const remedy = meant ? `是不是 ${meant}.yaml？` : `可以有：${THEMES.map((known) => `${known}.yaml`).join('、')}`
    return broken([errorAt({ file, line: 1 }, `没有叫 ${name} 的语言文件`, remedy)])
  }
  const { value, problems, locate } = readShaped(source, schemaOf([...groupsOf(theme).keys()]))
  if (!value) return broken(problems)
  const groups = value as LanguageGroups
  const faults = Object.entries(groups).flatMap(([group, phrases]) =>
    phrases.flatMap((phrase, index): readonly Problem[] => {
      const fault = faultIn(phrase, groups)
      return fault ? [{ severity: 'error', file, ...locate([group, index]), ...fault }] : []
    }),
  )
  return faults.length > 0 ? broken(faults) : { content: { kind: 'language', theme, groups }, problems: [] }
}

const phrases = z.array(z.string().min(1)).min(1)
const schemaOf = (names: readonly string[]) => z.strictObject(Object.fromEntries(names.map((name) => [name, phrases])))

interface PhraseFault {
  readonly message: string
  readonly remedy: string
}

/** Looks at a phrase before it is compiled for use: signs that fit, names that are there, and nothing that takes for ever. */
function faultIn(phrase: string, groups: LanguageGroups): PhraseFault | undefined {
  const names = [...phrase.matchAll(REFERENCE)].map(([, name]) => name!)
  const unknown = names.find((name) => !groups[name])
  if (unknown !== undefined) return { message: `没有叫“${unknown}”的一组`, remedy: '花括号里写本文件里的组名' }
  if (repeatsRepetition(toPattern(phrase, groups))) {
    return {
      message: '括号里已经有 * 或 +，括号外又有一个，读起来会没完没了',
      remedy: '里面的改成 {0,3} 这样有限的次数',
    }
  }
  try {
    new RegExp(toPattern(phrase, groups), 'u')
    return undefined
  } catch {
    return { message: '括号或符号不成对', remedy: '检查 ( ) [ ] ? * +；要写这些符号本身，前面加 \\' }
  }
}

/** `(a*b)*`: the time that such a pattern takes may double with every character of a message. */
function repeatsRepetition(phrase: string): boolean {
  const plain = phrase.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  const open: boolean[] = []
  let inside = false
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at]!
    if (sign === '(') {
      open.push(inside)
      inside = false
    } else if (sign === ')') {
      const repeats = isUnbounded(plain.slice(at + 1))
      if (inside && repeats) return true
      inside = (open.pop() ?? false) || inside || repeats
    } else if ((sign === '*' || sign === '+') && plain[at - 1] !== ')') inside = true
  }
  return false
}

const isUnbounded = (behind: string): boolean => /^(?:[*+]|\{\d+,\})/.test(behind)
