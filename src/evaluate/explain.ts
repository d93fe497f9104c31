import { explainPhrases as say } from '../commands/phrases.js'
import { nextSection, timelineSection, walkSteps } from '../dialogue/checklist.js'
import { decide } from '../dialogue/policy.js'
import type { Situation } from '../dialogue/state.js'
import { traceDecision } from '../dialogue/trace.js'
import type { IncomingMessage } from '../model/chat.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { composeReply } from '../reply/compose.js'

/**
 * What a customer would be told who says this in a group, by name and overheard, and why. Nothing is remembered, said or
 * counted.
 *
 * @returns Chinese, at most 500 characters
 */
export function explainSentence(text: string, snapshot: KnowledgeSnapshot, nowMs: number): string {
  const understanding = understand(text, knowingOf(snapshot, nowMs))
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

/** Nothing was said before; the bot has just been started. */
export const ALONE: Situation = {
  startedAtMs: 0,
  seenBefore: false,
  heldByHuman: false,
  offered: [],
  talkedLately: false,
  humanOffered: false,
  toldLately: () => false,
  hasSection: () => true,
  nextSection: () => undefined,
  timelineSection: '5',
  failedTries: 0,
  clarifying: false,
}

/** What a customer says in a group, fit for `ALONE`. */
export function loneMessage(text: string, addressedToBot: boolean): IncomingMessage {
  return {
    id: 'alone',
    place: { kind: 'room', id: 'room', key: 'room', topic: 'room', purpose: 'customers' },
    sender: { id: 'asker', key: 'asker', name: 'asker', role: 'customer' },
    kind: 'text',
    text,
    addressedToBot,
    mentionsOthers: /@(?!所有人)\S/.test(text),
    sentAtMs: 0,
    fromSelf: false,
  }
}
