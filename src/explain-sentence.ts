import { explainPhrases as say } from './admin/explain-phrases.js'
import { decide } from './decide/decide.js'
import { nextSection, timelineSection } from './decide/section-order.js'
import type { Situation } from './decide/situation.js'
import { traceDecision } from './decide/trace-decision.js'
import { walkSteps } from './decide/walk-steps.js'
import { ALONE, loneMessage } from './evaluate/lone-message.js'
import type { KnowledgeSnapshot } from './model/snapshot.js'
import { composeReply } from './reply/compose-reply.js'
import { understand } from './understand/understand.js'

/**
 * What a customer would be told who says this in a group, by name and overheard, and why. Nothing is remembered, said or
 * counted.
 *
 * @returns Chinese, at most 500 characters
 */
export function explainSentence(text: string, snapshot: KnowledgeSnapshot, nowMs: number): string {
  const understanding = understand(text, { matcher: snapshot.matcher, intents: snapshot.content.intents, nowMs })
  const situation: Situation = {
    ...ALONE,
    hasSection: (key) => snapshot.sections.has(key),
    nextSection: (key) => nextSection(snapshot, key),
    timelineSection: timelineSection(snapshot),
    walking: { walk: undefined, isFresh: false, justTold: false, steps: () => walkSteps(snapshot) },
  }
  const [asked, overheard] = [true, false].map((addressedToBot) => {
    const message = loneMessage(text, addressedToBot)
    const decision = decide(message, understanding, situation)
    return { decision, trace: traceDecision(message, decision, { snapshot, understanding, tookMs: 0 }) }
  }) as [Judged, Judged]
  const { bubbles } = composeReply(asked.decision, snapshot, {
    ...{ mentionChars: 0, timelineToldLately: false, question: understanding.normalized, aboutPicture: false, nowMs },
  })
  const words = bubbles.flatMap((bubble) => (bubble.kind === 'text' ? [bubble.text] : []))
  return say.explain({
    asked: asked.trace,
    overheard: overheard.trace,
    titleOf: (key) => snapshot.sections.get(key)?.title,
    reply: words.join('\n'),
    pictureCount: bubbles.length - words.length,
  })
}

interface Judged {
  readonly decision: ReturnType<typeof decide>
  readonly trace: ReturnType<typeof traceDecision>
}
