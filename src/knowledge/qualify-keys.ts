import type { Guide, Section } from '../model/knowledge.js'

const MAIN_GUIDE = 'fasttest'

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
    guide === main ? guide : { ...guide, sections: guide.sections.map((section) => qualify(section, guide)) },
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
