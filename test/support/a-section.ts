import type { GuidePicture, Section, SectionRole } from '../../src/model/knowledge.js'

export const TIMELINE = '⏱ 首次提审：1 天内审 + 7 天二审。'

export const aPicture = (name: string): GuidePicture => ({ path: `/img/${name}.png`, alt: name })

/** As our guide gives them. */
const roleOf = (key: string): SectionRole | undefined =>
  key === '0' ? 'intro' : key === '4' ? 'submit' : /^A\d/.test(key) ? 'rejection' : undefined

/** A section of two steps and no more, unless told otherwise. */
export const aSection = (key: string, facts: Partial<Section> = {}): Section => ({
  key,
  ...(roleOf(key) ? { role: roleOf(key)! } : {}),
  guideId: 'guide',
  title: `标题${key}`,
  parts: [{ lines: [`1. ${key} 第一步`, `2. ${key} 第二步`], pictures: [] }],
  required: [],
  timeline: TIMELINE,
  tellsTimeline: false,
  supplements: [],
  file: 'knowledge/guide.md',
  line: 1,
  ...facts,
})
