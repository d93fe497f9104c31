import type { IncomingMessage } from '../model/chat.js'
import type { Decision, DecisionTrace, Opinion } from '../model/decision.js'
import type { RejectionRule, ShortAnswer } from '../model/knowledge.js'
import type { Language } from '../model/language.js'
import type { SettledTicket } from '../model/ticket.js'
import type {
  CategoryHit,
  DatesReading,
  KnowledgeSnapshot,
  Match,
  RankedAnswer,
  TalkSubject,
  Understanding,
} from '../model/understanding.js'
import type { FloodView } from './permission.js'
import type { Said } from './replies.js'
import type { WalkRecollection } from './state.js'

/** What people do about the asker's question, as far as it matters to what the bot says. */
export interface PeopleAtWork {
  /** `held`: a person has the question; `waiting`: nobody has taken it yet. */
  readonly quiet: 'none' | 'waiting' | 'held'
  /** A colleague is talking with the asker, ticket or not. */
  readonly colleagueTalks: boolean
  /** Number of the asker's ticket that lies with people. */
  readonly heldTicket?: number | undefined
  /** The asker's newest settled ticket, while it may still be opened again. */
  readonly settledTicket?:
    | {
        readonly number: number
        readonly status: SettledTicket['status']
        readonly isRated: boolean
        readonly endedAtMs?: number
      }
    | undefined
}

/** What has to be known beside the message itself to decide about it. */
export interface Situation extends Partial<PeopleAtWork> {
  /** Older messages arrived while the bot was away. */
  readonly startedAtMs: number
  /** The same message id was decided before. */
  readonly seenBefore: boolean
  /** What is to be done about a message that is an order, or tries to be one. */
  readonly order?: Decision | undefined
  /** An admin has told the bot to keep quiet in this place. */
  readonly isMuted?: boolean
  /** How much was asked and answered lately; absent where it does not matter. */
  readonly flood?: FloodView | undefined
  /** Version of what the bot knows now; what was told from another is told anew. */
  readonly knowledge?: string
  /** In which words about tickets are read; absent where there are none. */
  readonly language?: Language
  /** The words name nothing and only point: at a picture of the asker's, or at nothing that is known. */
  readonly pointsAt?: 'picture' | 'nothing' | undefined
  /** Sections that were last shown to this asker, in the order shown. */
  readonly offered: readonly string[]
  /** What the last reply told this asker to send back, word for word. */
  readonly invited?: readonly string[]
  /** The last replies to this asker while they are fresh, oldest first. */
  readonly replies?: readonly Said[]
  /** The short answers of what the talk is about, ranked for this message; see `IntentMatcher.within`. */
  readonly factsWithin?: (subject: TalkSubject) => readonly RankedAnswer[]
  /** The short answers for the last question with this message behind it, and for that question alone; best first. */
  readonly factsOnward?: () => { readonly joint: Match; readonly last: Match } | undefined
  /** What other words mean, by the same knowledge. @param words see `normalizeText` */
  readonly reads?: (words: string) => Match
  /** What this message names that is sold or done, whatever it says of it. */
  readonly goodsNamed?: () => readonly CategoryHit[]
  /** Tells what to do about a rejection. */
  readonly isRejection?: (sectionKey: string) => boolean
  /** All of a section in a line or two, where an author wrote that. */
  readonly inBrief?: (sectionKey: string) => ShortAnswer | undefined
  /** All sections that do, in the guide's order. */
  readonly rejections?: () => readonly string[]
  /** The bot has just spoken with this asker here. */
  readonly talkedLately: boolean
  /** And nobody else has spoken since. */
  readonly spokenToLast?: boolean
  /** A colleague has spoken here since the bot did with this asker. */
  readonly colleagueSpokeSince?: boolean
  /** The asker was just asked whether a settled ticket is meant. */
  readonly reopenAsked?: boolean
  /** Number of the ticket for which the asker was told that a person has it. */
  readonly heldTold?: number | undefined
  /** The asker was last offered a person. */
  readonly humanOffered: boolean
  /** Was this section or fact told in this room within the cooldown, or is it being said? See `tellingsOf`. */
  readonly toldLately: (key: string) => boolean
  readonly hasSection: (sectionKey: string) => boolean
  /** Section that this asker was last answered with, while that is fresh. */
  readonly lastSection?: string | undefined
  /** Sections that this asker was answered with, the latest five. */
  readonly answeredSections?: readonly string[]
  /** The asker was told how long a review takes a moment ago. */
  readonly timelineToldLately?: boolean
  /** When to hand over, of the section that was told last. */
  readonly handoff?: string | undefined
  /** What comes after a section; undefined at the end of the guide. */
  readonly nextSection: (sectionKey: string) => string | undefined
  /** The section that tells how long a review takes. */
  readonly timelineSection?: string | undefined
  /** What was last shown is a question back, not a menu. */
  readonly clarifying: boolean
  /** How often in a row this asker could not be helped. */
  readonly failedTries: number
  /** The asker's walk-through; absent where none is to be had. */
  readonly walking?: WalkRecollection & { readonly steps: () => readonly string[] }
  /** What somebody else takes the message for, where that was asked; the rules that could be chosen go with it. */
  readonly opinion?: (Opinion & { readonly rules: readonly RejectionRule[] }) | undefined
  /** About reminding the asker of a day; absent where nobody can be. */
  readonly reminding?: {
    readonly nowMs: number
    /** The asker's days, as they were last told. */
    readonly toldDays: DatesReading | undefined
    /** The asker wants to be reminded, and was asked for the day. */
    readonly isWished: boolean
    /** A reminder is set. */
    readonly isSet: boolean
  }
}

/** What the talk has to know of the guide. */
export const guideOf = (
  snapshot: KnowledgeSnapshot,
): Pick<Situation, 'hasSection' | 'nextSection' | 'timelineSection' | 'isRejection' | 'inBrief' | 'rejections'> => ({
  inBrief: (key) => snapshot.content.answers.find(({ sectionKey, whole }) => whole && sectionKey === key),
  rejections: () => [...snapshot.sections.values()].flatMap(({ key, role }) => (role === 'rejection' ? [key] : [])),
  isRejection: (sectionKey) => snapshot.sections.get(sectionKey)?.role === 'rejection',
  hasSection: (sectionKey) => snapshot.sections.has(sectionKey),
  nextSection: (sectionKey) => nextSection(snapshot, sectionKey),
  timelineSection: timelineSection(snapshot),
})

/** What comes after a section in its guide; a dealt-with rejection leads back to submitting. */
export function nextSection({ sections }: KnowledgeSnapshot, sectionKey: string): string | undefined {
  const section = sections.get(sectionKey)
  const ofGuide = [...sections.values()].filter(({ guideId }) => guideId === section?.guideId)
  if (section?.role === 'rejection') return ofGuide.find(({ role }) => role === 'submit')?.key
  const keys = ofGuide.filter(({ role }) => role !== 'rejection').map(({ key }) => key)
  return keys[keys.indexOf(sectionKey) + 1]
}

/** The section that tells how long a review takes. */
export const timelineSection = ({ sections }: KnowledgeSnapshot): string | undefined =>
  [...sections.values()].find(({ tellsTimeline }) => tellsTimeline)?.key

/** One message with everything that is known when it is decided about. */
export interface Turn {
  readonly message: IncomingMessage
  readonly understanding: Understanding
  readonly situation: Situation
  /** Put to the bot: in a chat of two, by mention, or as a reply to its own message. */
  readonly asked: boolean
}

/** One reason to speak, or to keep silent. Pure: the same turn gets the same decision. */
export interface Policy {
  /** As the trace shows it. */
  readonly name: string
  /**
   * @param rest what the policies below would decide, for those that only change or withhold it
   * @returns undefined to leave the turn to the policies below
   */
  decide(turn: Turn, rest: () => Decision): Decision | undefined
}

export interface Decided {
  readonly decision: Decision
  /** Name of the policy that spoke. */
  readonly policy: string
  /** What the policies below it had said, where it changed that. */
  readonly overruled?: Decision
}

/** Goes down the list; the first policy that speaks wins. @throws TypeError when none does */
export function decideBy(policies: readonly Policy[], turn: Turn): Decided {
  const from = (index: number): Decided => {
    const policy = policies[index]
    if (!policy) throw new TypeError('no policy has decided')
    let below: Decided | undefined
    const rest = (): Decision => {
      below ??= from(index + 1)
      return below.decision
    }
    const decision = policy.decide(turn, rest)
    if (decision === undefined) return below ?? from(index + 1)
    if (below?.decision === decision) return below
    if (!below) return { decision, policy: policy.name }
    // What is only added to, e.g. a warning above an answer, was decided by whoever gave the answer.
    return {
      decision,
      policy: isSame(decision, below.decision) ? below.policy : policy.name,
      overruled: below.decision,
    }
  }
  return from(0)
}

const isSame = (a: Decision, b: Decision): boolean =>
  a.kind === b.kind && ('reason' in a ? 'reason' in b && a.reason === b.reason : !('reason' in b))

/** Put to the bot: in a chat of two, by mention, or as a reply to its own message. */
export const isAddressed = ({ place, addressedToBot, quote }: IncomingMessage): boolean =>
  place.kind === 'direct' || addressedToBot || quote?.ofBot === true

/** A policy that only ever keeps silent, for the reason that it is named by. */
export const silence = (
  name: Extract<Decision, { kind: 'silent' }>['reason'],
  holds: (turn: Turn) => boolean | undefined,
): Policy => ({ name, decide: (turn) => (holds(turn) ? { kind: 'silent', reason: name } : undefined) })

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
