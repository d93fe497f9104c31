import type { IncomingMessage } from '../model/chat.js'
import type { Decision, DecisionTrace } from '../model/decision.js'
import type { KnowledgeSnapshot, Understanding } from '../model/understanding.js'
import { type Decided, isAddressed } from './turn.js'

/** Writes down what was decided and why, without text or names. @param tookMs from hearing to deciding */
export function traceDecision(
  message: IncomingMessage,
  { decision, policy }: Pick<Decided, 'decision' | 'policy'>,
  {
    snapshot,
    understanding,
    tookMs,
  }: { snapshot: KnowledgeSnapshot; understanding: Understanding | undefined; tookMs: number },
): DecisionTrace {
  const candidates = understanding?.candidates ?? []
  const asked = isAddressed(message)
  const shown = candidates.map((candidate) => ({
    section: candidate.sectionKey,
    confidence: asked ? candidate.confidence : candidate.overheard,
  }))
  const sections = [
    ...('sectionKeys' in decision ? decision.sectionKeys : []),
    ...('alternatives' in decision && decision.kind === 'answer' ? (decision.alternatives ?? []) : []),
  ]
  const first = shown.find(({ section }) => section === (sections[0] ?? section))
  return {
    messageId: message.id,
    placeKey: message.place.key,
    kind: decision.kind,
    sections,
    intent: intentOf(decision, snapshot, sections[0]),
    card: cardOf(decision),
    confidence: confidenceOf(decision, understanding, { asked, first: first?.confidence ?? 0 }),
    reason: reasonOf(decision),
    policy,
    candidates: shown,
    timeline: 'days' in decision && decision.days ? decision.days.timeline : null,
    ...(message.seen?.kind === 'read' && { seen: message.seen.confidence }),
    knowledgeVersion: snapshot.version,
    tookMs,
  }
}

function intentOf(
  decision: Decision,
  { intentOfSection }: KnowledgeSnapshot,
  firstSection: string | undefined,
): string | null {
  if (decision.kind === 'escalate') return 'human'
  if (decision.kind === 'courtesy') return decision.word
  if (decision.kind === 'command') return decision.command.kind
  return firstSection === undefined ? null : (intentOfSection.get(firstSection)?.id ?? null)
}

function confidenceOf(
  decision: Decision,
  understanding: Understanding | undefined,
  { asked, first }: { asked: boolean; first: number },
): number {
  if (decision.kind === 'courtesy' || decision.kind === 'command') return 1
  if (decision.kind === 'answer' && decision.reason !== 'sure') return takenFrom(decision.reason, understanding, first)
  if (decision.kind === 'escalate') {
    const wants = understanding?.wantsHuman
    return understanding?.act === 'wants-human' || decision.reason !== 'asked'
      ? 1
      : ((asked ? wants?.confidence : wants?.overheard) ?? 0)
  }
  return first
}

/** What did not come from the message as a whole: rules are sure, parts are as sure as their weakest. */
function takenFrom(reason: string, understanding: Understanding | undefined, first: number): number {
  if (reason !== 'notice' && reason !== 'several') return 1
  const parts =
    reason === 'notice'
      ? understanding?.notice?.map(({ candidates }) => candidates[0])
      : (understanding?.questions?.parts.map(({ candidates }) => candidates[0]) ?? understanding?.topics?.candidates)
  const sure = (parts ?? []).flatMap((candidate) => candidate?.confidence ?? [])
  return sure.length === 0 ? first : Math.min(...sure)
}

function reasonOf(decision: Decision): string {
  if ('reason' in decision) return decision.reason
  if (decision.kind === 'courtesy') return decision.word
  if (decision.kind === 'clarify') return 'several-likely'
  if (decision.kind === 'outside') return 'outside'
  return decision.command.kind
}

export function cardOf(decision: Decision): string | null {
  const parts = 'parts' in decision ? decision.parts : undefined
  const fact = ('fact' in decision ? decision.fact : undefined) ?? parts?.find((part) => part.fact)?.fact
  switch (fact?.kind) {
    case undefined:
      return null
    case 'short-answer':
      return fact.answer.id
    case 'category':
      return fact.hits.flatMap(({ rows, advice }) => advice?.id ?? rows[0]?.id ?? [])[0] ?? null
    case 'notice':
      return fact.reasons.flatMap(({ rule, category }) => rule?.id ?? category?.id ?? [])[0] ?? null
  }
}
