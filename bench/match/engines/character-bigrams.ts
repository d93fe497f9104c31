/** Pairs of neighbouring Chinese characters; Latin words and numbers whole. The other engines' tokens. */
export function characterBigrams(text: string): string[] {
  return (text.match(/\p{Script=Han}+|[a-z0-9]+/gu) ?? []).flatMap((run) => {
    const chars = Array.from(run)
    if (chars.length === 1 || /^[a-z0-9]/.test(run)) return [run]
    return chars.slice(1).map((char, index) => chars[index]! + char)
  })
}
