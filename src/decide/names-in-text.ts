interface Named {
  readonly name: string
}

/** Between the parts of a group display name such as 悦邻社区-小李. */
const NAME_SEPARATOR = /[-－—_|｜·/\s]+/
const HONORIFIC = '(?:总|老板|老师|经理|哥|姐|先生|女士|工)'
/** Behind a name these tell that the person is talked about, not to. */
const THIRD_PERSON =
  /^(?:的|说|问|提(?!交)|反馈|那(?!您|你)|他|她|家|又|还没|也|在(?!吗|不在|么)|催|要求|刚|昨天|今天|前天|上周|这个?(?:单|客户|群|问题)|群)/
/** 谢谢小李支持: thanks are said to somebody. */
const THANKS_FIRST = /^(?:谢谢|感谢|多谢|辛苦了?|恭喜|欢迎|不客气)[,，\s]?/
const GAP = '[\\s\\u2005,，:：、!！~～。.]'

/**
 * Who is mentioned with `@name`.
 *
 * @returns all that carry the longest name that fits: same-named people can't be told apart
 */
export function mentionedIn<T extends Named>(text: string, people: readonly T[]): readonly T[] {
  const found = new Set<T>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const behind = text.slice(at + 1)
    const fits = people.filter(({ name }) => name !== '' && behind.startsWith(name))
    const longest = Math.max(0, ...fits.map(({ name }) => name.length))
    // `@小李子` followed by U+2005 is a whole longer name, not 小李 and a word.
    if (/^[^\s@\u2005]+\u2005/.test(behind.slice(longest))) continue
    for (const person of fits) if (person.name.length === longest) found.add(person)
  }
  return [...found]
}

/**
 * Who is spoken to by name: 王老板，… / 王总您… / …，小李. Names in the middle of a sentence are talk about somebody.
 */
export function namedIn<T extends Named>(text: string, people: readonly T[]): readonly T[] {
  const plain = text.trim().replace(THANKS_FIRST, '')
  const direct = people.filter(({ name }) => callNames(name).some((called) => isCalled(plain, called)))
  if (direct.length > 0) return direct
  // 王总 for 王老板, as long as only one of them is a 王.
  const surname = new RegExp(`^(?:老)?(\\p{Script=Han})${HONORIFIC}?(?=${GAP}|您|你)`, 'u').exec(plain)
  if (!surname || surname[0].length < 2) return []
  return people.filter(({ name }) => callNames(name).some((called) => isTitle(called, surname[1]!)))
}

/** The whole display name, and its last part when it is one of several. */
function callNames(name: string): readonly string[] {
  const parts = name.split(NAME_SEPARATOR).filter((part) => part !== '')
  return [...new Set([name, parts.at(-1) ?? name])].filter((called) => called.length >= 2)
}

function isCalled(text: string, name: string): boolean {
  if (text.startsWith(name)) return !THIRD_PERSON.test(text.slice(name.length))
  const end = text.replace(/(?<![\s。.!！~～?？])[\s。.!！~～?？]+$/u, '')
  return end.endsWith(name) && new RegExp(`${GAP}$`).test(end.slice(0, -name.length))
}

/** 王老板, 王工, 老王 and 王建国 are all a 王; 小王 as well. */
const isTitle = (name: string, surname: string): boolean =>
  name.replace(/^[老小]/, '').startsWith(surname) && name.length <= 4
