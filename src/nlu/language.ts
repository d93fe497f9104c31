import { LANGUAGE_SHAPE, type Language, type LanguageSource, type PhraseUse, type Theme } from '../model/language.js'

export const THEMES = Object.keys(LANGUAGE_SHAPE) as readonly Theme[]

/** Groups that the code puts together from an author's parts: named, so that it can tell which of them was found. */
const COMPOSED: Readonly<Partial<Record<Theme, Readonly<Record<string, readonly string[]>>>>> = {
  review: {
    roleWord: [
      '(?<passed>{passed})',
      '(?<ended>{rejection})',
      '(?<strong>{submitStrong})',
      '(?<submit>{submitWeak})',
      '(?<something>{passedSomething})',
      '{wish}',
    ],
  },
}

/** Group → how the code uses it, for one theme, without what the code composes itself. */
export function groupsOf(theme: Theme): ReadonlyMap<string, PhraseUse> {
  const composed = COMPOSED[theme] ?? {}
  const byUse: Readonly<Partial<Record<PhraseUse, readonly string[]>>> = LANGUAGE_SHAPE[theme]
  const uses = Object.entries(byUse) as [PhraseUse, readonly string[]][]
  return new Map(uses.flatMap(([use, names]) => names.filter((name) => !(name in composed)).map((name) => [name, use])))
}

/** Compiles what authors wrote, once for a state of the knowledge. A group that nobody wrote is never found. */
export function compileLanguage(source: LanguageSource): Language {
  const themes = THEMES.map((theme) => {
    const groups = { ...source[theme], ...(source[theme] ? COMPOSED[theme] : {}) }
    const byUse: Readonly<Partial<Record<PhraseUse, readonly string[]>>> = LANGUAGE_SHAPE[theme]
    const compiled = Object.entries(byUse).flatMap(([use, names]) =>
      names.map((name) => [
        name,
        compileGroup(name, groups, { use: use as PhraseUse, anyCase: AS_WRITTEN.has(theme) }),
      ]),
    )
    return [theme, Object.fromEntries(compiled)]
  })
  return Object.fromEntries(themes) as Language
}

/** Themes that are looked for in texts as they were written; all others in normalized ones, see `normalizeText`. */
const AS_WRITTEN: ReadonlySet<Theme> = new Set(['colleagues'])

const NEVER = /(?!)/

type Groups = Readonly<Record<string, readonly string[]>>

function compileGroup(
  name: string,
  groups: Groups,
  { use, anyCase }: { readonly use: PhraseUse; readonly anyCase: boolean },
): RegExp {
  const phrases = groups[name]
  if (!phrases) return NEVER
  const source = phrases.map((phrase) => toPattern(phrase, groups)).join('|')
  // Only what names Unicode classes needs the slower reading by whole characters.
  const flags = `${use === 'every' ? 'g' : ''}${/\\p\{/.test(source) ? 'u' : ''}${anyCase ? 'i' : ''}`
  if (use === 'whole') return new RegExp(`^(?:${source})$`, flags)
  if (use === 'start') return new RegExp(`^(?:${source})`, flags)
  return new RegExp(source, flags)
}

/** `{name}` stands for another group of the same theme. */
export const REFERENCE = /(?<!\\p)\{([a-zA-Z]\w*)\}/g
/** Deep enough for any sensible nesting; a group that names itself ends here. */
const MAX_DEPTH = 8

/** The pattern that a phrase stands for, other groups filled in. */
export function toPattern(phrase: string, groups: Groups, depth = 0): string {
  return withoutCaptures(phrase).replace(REFERENCE, (_, name: string) => {
    const named = depth < MAX_DEPTH ? groups[name] : undefined
    return named ? `(?:${named.map((one) => toPattern(one, groups, depth + 1)).join('|')})` : '(?!)'
  })
}

/** Authors' brackets only group: `(甲|乙)?`. */
const withoutCaptures = (phrase: string): string =>
  phrase.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)/g, (sign) => (sign === '(' ? '(?:' : sign))
