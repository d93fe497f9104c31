/** The one wish whose words the answer takes up more than those of all others. */
export function takenUp<T extends { readonly text: string }>(open: readonly T[], text: string): T | undefined {
  const shared = open.map((line) => sharedPairs(line.text, text))
  const most = Math.max(0, ...shared)
  const taken = open.filter((_, index) => shared[index] === most)
  return most > 0 && taken.length === 1 ? taken[0] : undefined
}

/** Pairs of Chinese characters or whole Latin words that two texts have in common, stop pairs apart. */
function sharedPairs(one: string, other: string): number {
  const pairs = pairsOf(one)
  return [...pairsOf(other)].filter((pair) => pairs.has(pair)).length
}

/** Pairs that every talk here is full of. */
const EVERYWHERE: ReadonlySet<string> = new Set(['小程', '程序', '人工', '转人', '审核', '提审'])
const STOP_PAIR = /[的了吗呢吧啊呀我您你们这那是在有就也都还不要可以怎么什么一下个]/

function pairsOf(text: string): ReadonlySet<string> {
  const found = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
  const letters = [...text]
  for (let at = 0; at + 1 < letters.length; at++) {
    const pair = letters[at]! + letters[at + 1]!
    if (/^\p{Script=Han}{2}$/u.test(pair) && !STOP_PAIR.test(pair) && !EVERYWHERE.has(pair)) found.add(pair)
  }
  return found
}
