import { pinyin } from 'pinyin-pro'

const cache = new Map<string, string>()

/**
 * The toneless syllable of one character, with the pairs that people mix up folded into one (zh/z, ch/c, sh/s, ng/n).
 *
 * @param char one character
 * @returns `''` for anything that is not a Chinese character
 */
export function syllableOf(char: string): string {
  const known = cache.get(char)
  if (known !== undefined) return known
  const spoken = /\p{Script=Han}/u.test(char) ? foldSyllable(pinyin(char, { toneType: 'none' })) : ''
  cache.set(char, spoken)
  return spoken
}

/** @param syllable lower-case pinyin without tones, e.g. `sheng` → `sen` */
export function foldSyllable(syllable: string): string {
  return syllable.replace(/^zh/, 'z').replace(/^ch/, 'c').replace(/^sh/, 's').replace(/ng$/, 'n').replace('ü', 'v')
}

/** All syllables of a run of Chinese characters. */
export const syllablesOf = (text: string): readonly string[] => Array.from(text, syllableOf)
