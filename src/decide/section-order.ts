import type { KnowledgeSnapshot } from '../model/snapshot.js'

/** Whoever has dealt with a rejection submits again. */
const SUBMIT_SECTION = '4'

/** What comes after a section in its guide; a dealt-with rejection leads back to submitting. */
export function nextSection({ sections }: KnowledgeSnapshot, sectionKey: string): string | undefined {
  if (/^A\d/.test(sectionKey)) return sections.has(SUBMIT_SECTION) ? SUBMIT_SECTION : undefined
  const keys = [...sections.values()]
    .filter(({ key, guideId }) => guideId === sections.get(sectionKey)?.guideId && !/^A\d/.test(key))
    .map(({ key }) => key)
  return keys[keys.indexOf(sectionKey) + 1]
}

/** The section that tells how long a review takes. */
export const timelineSection = ({ sections }: KnowledgeSnapshot): string | undefined =>
  [...sections.values()].find(({ tellsTimeline }) => tellsTimeline)?.key
