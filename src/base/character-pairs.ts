/** The pairs of neighbouring characters of a text: what two Chinese sentences are compared by where no model is at hand. */
export function characterPairs(text: string): ReadonlySet<string> {
  const characters = [...text]
  const pairs = new Set<string>()
  for (let index = 1; index < characters.length; index++) pairs.add(characters[index - 1]! + characters[index]!)
  return pairs
}

/** Shared pairs by all pairs, 0..1; 0 for texts too short to have any. */
export function sharedPairs(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one]
  let shared = 0
  for (const pair of small) if (large.has(pair)) shared++
  const all = one.size + other.size - shared
  return all === 0 ? 0 : shared / all
}
