import type { Intent, KnowledgeContent, Section } from './knowledge.js'
import type { IntentMatcher } from './understanding.js'

/** One immutable state of the knowledge; a message is handled on one from beginning to end. */
export interface KnowledgeSnapshot {
  /** Changes with every difference in the authors' files, e.g. `3f9a0c12`. */
  readonly version: string
  readonly content: KnowledgeContent
  readonly sections: ReadonlyMap<string, Section>
  readonly intentOfSection: ReadonlyMap<string, Intent>
  readonly matcher: IntentMatcher
}
