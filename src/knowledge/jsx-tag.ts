/** One HTML or JSX tag as it stands in the text. */
export interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly selfClosing: boolean
  readonly attributes: ReadonlyMap<string, string>
  /** The tag itself, from `<` to `>`. */
  readonly source: string
}

const TAG_START = /<(\/?)([A-Za-z][\w.:-]*)(?=[\s/>{])/y
const ATTRIBUTE = /([A-Za-z_][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{((?:[^{}]|\{[^{}]*\})*)\}|([^\s"'{}>]+))/g
// Long enough for a legacy `<Tabs values={[…]}>`, short enough that a stray `<` costs nothing.
const MAX_TAG_CHARS = 3000

/** Reads the tag that begins at `at`; undefined when what stands there isn't one. */
export function readTag(text: string, at: number): Tag | undefined {
  TAG_START.lastIndex = at
  const start = TAG_START.exec(text)
  if (!start) return undefined
  const end = findTagEnd(text, TAG_START.lastIndex, at + MAX_TAG_CHARS)
  if (end === undefined) return undefined
  const source = text.slice(at, end)
  return {
    name: start[2]!,
    closing: start[1] === '/',
    selfClosing: source.endsWith('/>'),
    attributes: readAttributes(source),
    source,
  }
}

/** Position after the closing `>`; quotes and braces may hold further ones. */
function findTagEnd(text: string, from: number, limit: number): number | undefined {
  let quote = ''
  let depth = 0
  for (let at = from; at < Math.min(text.length, limit); at++) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'" || (char === '`' && depth > 0)) quote = char
    else if (char === '{') depth++
    else if (char === '}') depth--
    else if (depth > 0) continue
    else if (char === '>') return at + 1
    else if (char === '<' || (char === '\n' && text[at + 1] === '\n')) return undefined
  }
  return undefined
}

function readAttributes(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name, double, single, braced, bare] of source.matchAll(ATTRIBUTE)) {
    // `{require('@site/static/img/a.png').default}` and `{useBaseUrl('/img/a.png')}` name a file, too.
    const value = double ?? single ?? bare ?? /['"`]([^'"`]*)['"`]/.exec(braced ?? '')?.[1] ?? braced ?? ''
    attributes.set(name!, value)
  }
  return attributes
}
