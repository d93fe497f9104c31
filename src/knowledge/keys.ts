import { createHash } from 'node:crypto'
import type { Guide, Section } from '../model/knowledge.js'

export const MAIN_GUIDE = 'fasttest'

/**
 * Makes section keys unique over all guides: those of every guide but the main one get its id in front (`payment/2`).
 * The main guide is `fasttest`, else the first by file name. With a single guide nothing changes.
 *
 * @param taught guides that grew out of the chat; never the main one
 */
export function qualifyKeys(guides: readonly Guide[], taught: readonly Guide[] = []): readonly Guide[] {
  const all = [...guides, ...taught]
  if (all.length < 2) return all
  const byFile = [...guides].sort((a, b) => (a.file < b.file ? -1 : 1))
  const main = guides.find(({ id }) => id === MAIN_GUIDE) ?? byFile[0]
  return all.map((guide) =>
    guide === main
      ? guide
      : {
          ...guide,
          sections: guide.sections.map((section) => qualify(section, guide)),
          ...(guide.steps ? { steps: guide.steps.map((key) => `${guide.id}/${key}`) } : {}),
        },
  )
}

function qualify(section: Section, { id, sections }: Guide): Section {
  const own = new Set(sections.map(({ key }) => key))
  // Lines such as 「见 2.1：…」 that we wrote ourselves name keys, see `buildSections`.
  const rename = (line: string): string =>
    line.replace(/^见 (\S+?)：/, (whole, key: string) => (own.has(key) ? `见 ${id}/${key}：` : whole))
  return {
    ...section,
    key: `${id}/${section.key}`,
    parts: section.parts.map((part) => ({ ...part, lines: part.lines.map(rename) })),
  }
}

/** The key as its guide writes it, without the guide's id. */
export const ownKey = ({ key, guideId }: Section): string =>
  key.startsWith(`${guideId}/`) ? key.slice(guideId.length + 1) : key

interface KeptText {
  readonly kept: string
  readonly text: string
}

/** Names of the intents folder's files that measure the bot and teach it nothing. */
export const MEASURES: ReadonlySet<string> = new Set(['held-out', 'golden', 'conversations', 'several'])

const isMeasure = ({ kept }: Pick<KeptText, 'kept'>): boolean =>
  kept.startsWith('intents/') && MEASURES.has(/([^/]+)\.ya?ml$/i.exec(kept)?.[1] ?? '')

/** Changes with every difference in what the bot is taught by these files. */
export function textsKey({
  guides,
  tables,
  intents,
}: {
  readonly guides: readonly KeptText[]
  readonly tables: readonly KeptText[]
  readonly intents: readonly KeptText[]
}): string {
  const hash = createHash('sha256')
  for (const { kept, text } of [...guides, ...tables, ...intents].filter((file) => !isMeasure(file)))
    hash.update(`${kept}\n${text.length}\n${text}`)
  return hash.digest('hex')
}

/** What people read of it. */
export const versionOf = (key: string): string => key.slice(0, 8)

/** Each item whose key an earlier one has already, with the first of that key. */
export function repeated<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [Item, Item])[] {
  const firsts = new Map<string, Item>()
  return items.flatMap((item): readonly (readonly [Item, Item])[] => {
    const key = keyOf(item)
    const first = firsts.get(key)
    if (first !== undefined) return [[item, first]]
    firsts.set(key, item)
    return []
  })
}
