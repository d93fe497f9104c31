/**
 * Puts new content between `<!-- name:start -->` and `<!-- name:end -->` and leaves all else as it is.
 *
 * @throws Error when the document doesn't have exactly this pair of markers
 */
export function replaceSection(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [before, inside, ...more] = document.split(start)
  const after = inside?.split(end)
  if (before === undefined || after?.length !== 2 || more.length > 0) {
    throw new Error(`the document needs one ${start} and behind it one ${end}`)
  }
  return `${before}${start}\n\n${content.trim()}\n\n${end}${after[1]}`
}
