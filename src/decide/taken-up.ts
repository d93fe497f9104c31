/** Letters that say nothing about the matter. */
const EMPTY = '的了吗呢吧啊呀我您你们这那是在有就也都还不要可以怎么什一下个'
/** Too frequent to tell one matter from another when they stand alone. */
const FREQUENT = '上来人时候大小中用发看说给好没多少能会到出吃问题请谢问今明天年月日几点先再后前对错行开通过被把和跟'
const EMPTY_PAIR = new RegExp(`[${EMPTY}]`)
const EMPTY_LETTER = new RegExp(`[${EMPTY}${FREQUENT}]`)
/** Pairs that every talk here is full of. */
const EVERYWHERE: ReadonlySet<string> = new Set(['小程', '程序', '人工', '转人', '审核', '提审'])

/** The one wish whose words an answer takes up more than those of all others: Chinese pairs and Latin words. */
export const takenUp = <T extends { readonly text: string }>(wishes: readonly T[], text: string): T | undefined =>
  mostShared(wishes, text, pairsOf)

/** The same by single letters: a hint, where nothing else tells. */
export const touchedOn = <T extends { readonly text: string }>(wishes: readonly T[], text: string): T | undefined =>
  mostShared(wishes, text, lettersOf)

function mostShared<T extends { readonly text: string }>(
  open: readonly T[],
  text: string,
  partsOf: (text: string) => ReadonlySet<string>,
): T | undefined {
  const said = partsOf(text)
  const shared = open.map((wish) => [...partsOf(wish.text)].filter((part) => said.has(part)).length)
  const most = Math.max(0, ...shared)
  const taken = open.filter((_, index) => shared[index] === most)
  return most > 0 && taken.length === 1 ? taken[0] : undefined
}

function pairsOf(text: string): ReadonlySet<string> {
  const found = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
  const letters = [...text]
  for (let at = 0; at + 1 < letters.length; at++) {
    const pair = letters[at]! + letters[at + 1]!
    if (/^\p{Script=Han}{2}$/u.test(pair) && !EMPTY_PAIR.test(pair) && !EVERYWHERE.has(pair)) found.add(pair)
  }
  return found
}

const lettersOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replace(/转?人工/g, '')].filter((letter) => /\p{Script=Han}/u.test(letter) && !EMPTY_LETTER.test(letter)),
  )
