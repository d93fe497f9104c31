import type { KnowledgeContent } from '../model/knowledge.js'
import type { Understanding } from '../model/understanding.js'
import { buildIntentMatcher } from '../understand/intent-matcher.js'
import { understand } from '../understand/understand.js'
import type { LabelledMessage } from './labelled-message.js'

export interface Understood {
  readonly message: LabelledMessage
  readonly understanding: Understanding
}

/** Every authored utterance and silent example as a labelled message. */
export function trainingMessages({ intents, silence }: KnowledgeContent): readonly LabelledMessage[] {
  return [
    ...intents
      .filter(({ automatic }) => !automatic)
      .flatMap(({ sectionKey, utterances }) =>
        utterances.map((text) => ({
          text,
          sections: sectionKey === undefined ? [] : [sectionKey],
          wantsHuman: sectionKey === undefined,
          kind: 'training',
          hard: false,
        })),
      ),
    ...silence.map(({ text, kind, hard }) => ({ text, sections: [], wantsHuman: false, kind, hard })),
  ]
}

/**
 * Reads every message by a matcher that was not taught it.
 *
 * @param folds how many parts; each is read by what the others teach, at 1–3 s of CPU
 */
export function crossValidate(content: KnowledgeContent, folds: number): readonly Understood[] {
  const messages = trainingMessages(content)
  // Authors write in series: neighbours must not teach each other's answers away in one block, so every nth is left out.
  return Array.from({ length: folds }, (_, fold) => {
    const leftOut = new Set(messages.filter((_message, index) => index % folds === fold).map(({ text }) => text))
    const matcher = buildIntentMatcher(leaveOut(content, leftOut))
    const knowing = { matcher, intents: content.intents, nowMs: 0 }
    return messages
      .filter(({ text }) => leftOut.has(text))
      .map((message) => ({ message, understanding: understand(message.text, knowing) }))
  }).flat()
}

/** The content without some of its authored texts. */
export function leaveOut(content: KnowledgeContent, texts: ReadonlySet<string>): KnowledgeContent {
  return {
    ...content,
    intents: content.intents.map((intent) => ({
      ...intent,
      utterances: intent.automatic ? intent.utterances : intent.utterances.filter((text) => !texts.has(text)),
    })),
    silence: content.silence.filter(({ text }) => !texts.has(text)),
  }
}
