/** Words that lead over to another matter; the source of a pattern. */
export const CONNECTIVES = '还有|另外|再问|顺便|以及|其次|对了|然后|再就是|再一个|又说|还说'
/** Where one thing that is said may end and the next begin. */
const BREAK = new RegExp(
  [
    '[?!。;\\n,]+',
    // Words in letters belong together: "leimu bufu".
    '(?<![a-z])\\s+',
    '\\s+(?![a-z])',
    '(?<=[^\\s、]{4})、(?=[^\\s、]{4})',
    `(?<=\\S)(?=${CONNECTIVES}|第[一二三四两1-4][个条]|[一二三]是)`,
  ].join('|'),
)
/** Words that only lead over; they say nothing of what follows. */
const LEADING =
  /^(?:还有一?[个条点]?(?:就是|是)?|另外|再就是|顺便问?一?下?|然后|以及|其次|对了|再一个|请?问一?下?|想问一?下?)+/
/** Less than this says too little to tell a topic; it goes with its neighbour. */
const MIN_CHARS = 4
/** What comes after is left with the last clause, so that a long message costs no more than a short one. */
const MAX_CLAUSES = 6

/** Cuts a message into the least pieces that may be about things of their own. @param text see `normalizeText` */
export function splitClauses(text: string): readonly string[] {
  const clauses: string[] = []
  let short = ''
  for (const piece of text.split(BREAK)) {
    const clause = piece?.replace(LEADING, '').trim() ?? ''
    if (clause === '') continue
    const joined = short === '' ? clause : `${short} ${clause}`
    if (joined.length < MIN_CHARS) short = joined
    else {
      clauses.push(joined)
      short = ''
    }
  }
  if (short !== '') clauses.push(short)
  const [last, beforeLast] = [clauses.at(-1), clauses.at(-2)]
  if (short !== '' && last !== undefined && beforeLast !== undefined) clauses.splice(-2, 2, `${beforeLast} ${last}`)
  return clauses.length <= MAX_CLAUSES
    ? clauses
    : [...clauses.slice(0, MAX_CLAUSES - 1), clauses.slice(MAX_CLAUSES - 1).join(' ')]
}
