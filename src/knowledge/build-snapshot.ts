import type { KnowledgeSnapshot } from '../model/snapshot.js'
import { assembleIntentMatcher } from '../understand/intent-matcher.js'
import type { BuiltKnowledge } from './pack-knowledge.js'
import { versionOf } from './texts-key.js'

/** Makes what a message is handled with, a millisecond's work a step. */
export function* buildSnapshot({ content, compiled, textsKey }: BuiltKnowledge): Generator<void, KnowledgeSnapshot> {
  const sections = content.guides.flatMap((guide) => guide.sections)
  const byKey = new Map(sections.map((section) => [section.key, section]))
  yield
  return {
    version: versionOf(textsKey),
    content,
    sections: byKey,
    intentOfSection: new Map(
      content.intents.flatMap((intent) => (intent.sectionKey === undefined ? [] : [[intent.sectionKey, intent]])),
    ),
    matcher: yield* assembleIntentMatcher(content, compiled),
  }
}
