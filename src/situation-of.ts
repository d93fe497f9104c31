import { nextSection, timelineSection } from './decide/section-order.js'
import type { Situation } from './decide/situation.js'
import { walkSteps } from './decide/walk-steps.js'
import type { MessageHandlerParts } from './handle-message.js'
import type { IncomingMessage } from './model/message.js'
import type { KnowledgeSnapshot } from './model/snapshot.js'

type SituationParts = Pick<
  MessageHandlerParts,
  'memory' | 'walks' | 'toldDays' | 'reminders' | 'desk' | 'mutes' | 'clock' | 'startedAtMs'
>

/** All that has to be known beside a message to decide about it, at this moment. */
export function situationOf(
  message: IncomingMessage,
  snapshot: KnowledgeSnapshot,
  { memory, walks, toldDays, reminders, desk, mutes, clock, startedAtMs }: SituationParts,
): Situation {
  const nowMs = clock.now()
  return {
    startedAtMs,
    seenBefore: memory.seen(message.id),
    isMuted: mutes.of(message.place.key) !== undefined,
    heldByHuman: desk.quietFor(message.place.key, message.sender.key) === 'held',
    ...memory.recall(message, nowMs),
    toldLately: (sectionKey) => memory.toldLately(message, sectionKey, nowMs),
    hasSection: (sectionKey) => snapshot.sections.has(sectionKey),
    nextSection: (sectionKey) => nextSection(snapshot, sectionKey),
    timelineSection: timelineSection(snapshot),
    walking: { ...walks.recall(message, nowMs), steps: () => walkSteps(snapshot) },
    reminding: { nowMs, ...toldDays.recall(message, nowMs), isSet: reminders.isSetFor(message) },
  }
}
