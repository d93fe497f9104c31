import type { Intent, Section } from '../../src/model/knowledge.js'
import { NO_KNOWLEDGE } from '../../src/model/knowledge.js'
import type { IntentMatcher, KnowledgeSnapshot } from '../../src/model/understanding.js'
import { FACTS } from './review-days.js'
import { LANGUAGE } from './shipped-language.js'

/** Knows nothing of any message. */
export const DEAF_MATCHER: IntentMatcher = {
  match: () => ({ candidates: [], wantsHuman: { confidence: 0, overheard: 0 } }),
}

export const anIntent = (id: string, facts: Partial<Intent> = {}): Intent => ({
  id,
  title: `意图${id}`,
  utterances: [],
  noticeMarks: [],
  automatic: false,
  ...facts,
})

/** One state of the knowledge, with a matcher that knows nothing unless one is given. */
export function aSnapshot({
  sections = [],
  intents = [],
  matcher = DEAF_MATCHER,
}: {
  readonly sections?: readonly Section[]
  readonly intents?: readonly Intent[]
  readonly matcher?: IntentMatcher
} = {}): KnowledgeSnapshot {
  return {
    version: 'cafe0001',
    content: {
      ...NO_KNOWLEDGE,
      guides: [{ id: 'guide', title: '指南', file: 'knowledge/guide.md', sections }],
      intents,
      silence: [],
      concepts: [],
    },
    sections: new Map(sections.map((section) => [section.key, section])),
    intentOfSection: new Map(
      intents.flatMap((intent) => (intent.sectionKey === undefined ? [] : [[intent.sectionKey, intent]])),
    ),
    facts: FACTS,
    language: LANGUAGE,
    matcher,
  }
}
