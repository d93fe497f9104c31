const DIGITS = '一二三四五六七八九'
/** Source of a pattern for 0..999 in digits or 1..99 in characters; not anchored, see `NOT_AFTER_NUMBER`. */
export const NUMBER = '(?:\\d{1,3}|[一二两三四五六七八九十廿卅]{1,3})'
/** Put in front of `NUMBER`, so that it never starts in the middle of a longer number, a range or a version. */
export const NOT_AFTER_NUMBER =
  '(?<![\\d一二两三四五六七八九十廿卅百几数][.\\-~、+x×*到至/:] ?|[\\d一二两三四五六七八九十廿卅百几数])'

const WRITTEN = /^(?:([一二三四五六七八九])?(十)|([廿卅]))?([一二三四五六七八九])?$/

/**
 * Reads a number as people write it in a chat: `12`, `两`, `十二`, `二十`, `三十一`, `廿三`.
 *
 * @returns undefined for anything else, also for two digits in a row: `三四` means "three or four"
 */
export function readNumber(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written)
  if (written === '两') return 2
  const match = WRITTEN.exec(written)
  if (!match || written === '') return undefined
  const [, tensDigit, ten, scoreSign, onesDigit] = match
  const ones = onesDigit ? DIGITS.indexOf(onesDigit) + 1 : 0
  if (scoreSign) return (scoreSign === '廿' ? 20 : 30) + ones
  return (ten ? (tensDigit ? DIGITS.indexOf(tensDigit) + 1 : 1) * 10 : 0) + ones
}
