import { createHash } from 'node:crypto'
import type { KnowledgeContent } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/snapshot.js'
import { buildIntentMatcher, type CompiledMatcher } from '../understand/intent-matcher.js'
import type { BuiltKnowledge } from './pack-knowledge.js'
import { versionOf } from './texts-key.js'

interface Prepared {
  /** The matcher trained on the same content; trained anew, at 2–4 s of CPU, when left out. */
  readonly compiled?: CompiledMatcher
  /** Taken from the content when left out. */
  readonly version?: string
}

/** Builds what a message is handled with. */
export function buildSnapshot(content: KnowledgeContent, { compiled, version }: Prepared = {}): KnowledgeSnapshot {
  const sections = content.guides.flatMap((guide) => guide.sections)
  return {
    version: version ?? createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8),
    content,
    sections: new Map(sections.map((section) => [section.key, section])),
    intentOfSection: new Map(
      content.intents.flatMap((intent) => (intent.sectionKey === undefined ? [] : [[intent.sectionKey, intent]])),
    ),
    matcher: buildIntentMatcher(content, compiled),
  }
}

/** The snapshot of knowledge that was built aside; takes a few milliseconds. */
export const toSnapshot = ({ content, compiled, textsKey }: BuiltKnowledge): KnowledgeSnapshot =>
  buildSnapshot(content, { compiled, version: versionOf(textsKey) })
