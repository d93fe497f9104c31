import type { ConceptLexicon } from './concept-lexicon.js'
import { syllableOf } from './sound.js'

export interface TextFeatures {
  /**
   * Distinct feature names: `c:` character n-grams, `k:` concepts, `s:` syllable pairs, `f:` form of the message,
   * `m:` its manner (asking, reporting, refused …), alone and with each concept.
   */
  readonly names: readonly string[]
}

const NOT_WORD = /[^\p{Script=Han}a-z0-9?\n]+/gu
const QUESTION_WORD =
  /[?]|怎么|如何|咋|啥|什么|吗|呢|哪|几|多少|多久|是不是|能不能|可不可以|要不要|有没有|为何|为什么|凭什么|么$/
const FILLER =
  /^(?:你好|您好|请问|麻烦问?一?下|老师|亲|hi|hello|在吗|问一?下|请教一?下|大佬|各位|打扰一?下|那个|嗯|想问一?下|咨询一?下)+|(?:谢谢|感谢|多谢|急|在线等|求助|求解)+$/g

/** "类目怎么加" and "类目加好了" share their words; what is done with them tells a question from a report. */
const MANNERS: readonly (readonly [string, RegExp])[] = [
  ['asks', QUESTION_WORD],
  ['reports', /了[!。~]*$|好了|已经|搞定|完成|通过了|ok/],
  ['serves', /^您|亲|麻烦您|请您|您这边|我们这边|给您/],
  ['denies', /不|没|未|无|拒|退|失败/],
  ['dates', /昨天|今天|明天|刚|下周|上周|等/],
  ['calls', /@/],
]

/** @param text see `normalizeText` */
export function extractFeatures(text: string, lexicon: ConceptLexicon): TextFeatures {
  const { concepts, repaired } = lexicon.scan(text)
  const names = new Set<string>()
  for (const concept of concepts) names.add(`k:${concept}`)
  const packed = pack(repaired)
  addGrams(packed, names)
  addSounds(packed, names)
  addForm(text, names)
  addManners(text, concepts, names)
  return { names: [...names] }
}

/** Drops fillers and punctuation, so that n-grams span only what carries meaning. */
function pack(text: string): readonly string[] {
  const dense = text
    .replace(NOT_WORD, '')
    .replace(/\n/g, '')
    .replace(FILLER, '')
    .replace(/\d{3,}/g, '0')
  return Array.from(dense)
}

function addGrams(chars: readonly string[], names: Set<string>): void {
  for (let i = 0; i < chars.length; i++) {
    const a = chars[i]!
    const b = chars[i + 1] ?? '$'
    names.add(`c:${a}`)
    names.add(`c:${a}${b}`)
    if (b !== '$') names.add(`c:${a}${b}${chars[i + 2] ?? '$'}`)
  }
  if (chars.length > 0) names.add(`c:^${chars[0]}${chars[1] ?? '$'}`)
}

function addSounds(chars: readonly string[], names: Set<string>): void {
  let previous = ''
  for (const char of chars) {
    const syllable = syllableOf(char)
    if (previous && syllable) names.add(`s:${previous} ${syllable}`)
    previous = syllable
  }
}

function addForm(text: string, names: Set<string>): void {
  if (QUESTION_WORD.test(text)) names.add('f:question')
  const length = text.length
  names.add(
    length <= 4 ? 'f:tiny' : length <= 10 ? 'f:short' : length <= 30 ? 'f:mid' : length <= 80 ? 'f:long' : 'f:huge',
  )
  if (/(?:^|\n| )\(?\d[.:)、]/.test(text)) names.add('f:numbered')
  if (/^@/.test(text)) names.add('f:at')
}

function addManners(text: string, concepts: readonly string[], names: Set<string>): void {
  const manners = MANNERS.filter(([, pattern]) => pattern.test(text)).map(([manner]) => manner)
  names.add(`m:${manners.join('+')}`)
  for (const manner of manners) {
    names.add(`m:${manner}`)
    for (const concept of concepts) names.add(`m:${manner} ${concept}`)
  }
}
