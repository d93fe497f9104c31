/** Stands for a line break inside a paragraph; never occurs in an author's text, see `toSourceLines`. */
export const BREAK = '\uE001'
/** Frames the number of an admonition's opening line; see `markAdmonitions`. */
export const OPEN_MARK = '\uE002'
export const CLOSE_MARK = '\uE003'

/** Characters that no chat shows: controls, private use, lone surrogates. Tab and line feed are not among them. */
export const UNSPEAKABLE = /(?![\t\n])[\p{Cc}\p{Co}\p{Cs}\uFEFF\uFFFE\uFFFF]/gu

/**
 * Cuts an author's file into lines, whatever editor wrote it: no BOM, CR, control characters, lone surrogates or
 * private-use characters are left. Index 0 is line 1 of the file.
 */
export function toSourceLines(text: string): readonly string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(UNSPEAKABLE, '')
    .split('\n')
}

/** Docusaurus lets MDX stand in a fence, so that other editors show it as code; for the reader it is none. */
export function unwrapMdxFences(lines: readonly string[]): readonly string[] {
  let fence: string | undefined
  return lines.map((line) => {
    const opening = /^\s*(`{3,})mdx-code-block\s*$/.exec(line)?.[1]
    if (fence === undefined ? opening === undefined : line.trim() !== fence) return line
    fence = fence === undefined ? opening : undefined
    return ''
  })
}

const FENCE = /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})(.*)$/

/** Tells for each line whether it belongs to a fenced code block, fences included. */
export function findFences(lines: readonly string[]): readonly boolean[] {
  let fence: string | undefined
  let inComment = false
  const lastCommentEnd = lines.findLastIndex((line) => line.includes('-->'))
  return lines.map((line, index) => {
    if (inComment) {
      inComment = !line.includes('-->')
      return false
    }
    const [, marks = '', rest = ''] = FENCE.exec(line) ?? []
    if (fence !== undefined) {
      if (marks.startsWith(fence) && rest.trim() === '') fence = undefined
      return true
    }
    if (marks !== '' && !(marks.startsWith('`') && rest.includes('`'))) {
      fence = marks
      return true
    }
    inComment = /^\s*<!--/.test(line) && !line.includes('-->') && index < lastCommentEnd
    return false
  })
}
