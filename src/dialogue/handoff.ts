import type { IncomingMessage } from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { isAddressed } from './permission.js'

/** What people do for this asker at this moment. */
export interface DeskView {
  /** `held`: a person has the question; `waiting`: nobody has taken it yet. */
  readonly quiet: 'none' | 'waiting' | 'held'
  /** A colleague is talking with the asker, ticket or not. */
  readonly colleagueTalks: boolean
  /** Fallbacks that this asker got in a row within the last minutes. */
  readonly failedTries: number
  /** The bot has just spoken with this asker here. */
  readonly talkedLately: boolean
  /** When to hand over, of the section that was told last; undefined without. */
  readonly handoff: string | undefined
}

export interface Considered {
  readonly decision: Decision
  /** The answer says that a person will still come. */
  readonly botFirst: boolean
}

/** 没用, 答非所问: about the bot's answer, not about a product that is of no use. */
const COMPLAINT =
  /^(?:你|这|这个|说了|根本|完全|一点|都|也|真|太|回答|机器人|跟没说一样|[,，\s])*(?:没(?:什么|啥)?用|没帮助|答非所问|不是我(?:想|要)?问的|文不对题|驴唇不对马嘴|牛头不对马嘴|听不懂(?:人话)?|看不懂(?:人话)?|不知所云|人工智障|智障|废话)(?:[啊吧呢的了呀嘛]|机器人)*[。.!！,，~～?？\s]*$/
/** 就是这种情况: what was told as a reason to ask for a person holds. */
const CASE_HOLDS =
  /^(?:嗯+|对|是的?|我们?)?[,，\s]*(?:就是|正是|属于|遇到了?|碰到了?)?(?:这|那)(?:种|个)(?:情况|问题|样子)?(?:的|了|呢)?[。.!！\s]*$/
/** Pairs of characters shared with the hand-over line at which the asker tells of that very case. */
const SHARED_PAIRS = 4

/**
 * Brings the desk into a decision: nobody is talked over, and whoever the bot can't help gets a person. Pure.
 *
 * @param decision as it would be without any colleagues
 */
export function considerDesk(
  message: IncomingMessage,
  understanding: Understanding,
  { decision, view }: { decision: Decision; view: DeskView },
): Considered {
  const asked = isAddressed(message)
  if (decision.kind === 'silent' && !mayStillHandOver(decision.reason)) return { decision, botFirst: false }
  if (view.quiet === 'held') return held
  if (view.quiet === 'waiting') {
    if (decision.kind === 'escalate' && decision.reason === 'asked') return { decision, botFirst: false }
    return asked && decision.kind === 'answer' ? { decision, botFirst: true } : held
  }
  if (view.colleagueTalks && !asked) return held
  return { decision: handOverInstead(understanding, decision, { view, asked }), botFirst: false }
}

const held: Considered = { decision: { kind: 'silent', reason: 'held-by-human' }, botFirst: false }

/** These are judgements about the words; all other silence is about who may be spoken to. */
const mayStillHandOver = (reason: string): boolean => ['not-for-us', 'not-sure', 'answered-lately'].includes(reason)

function handOverInstead(
  { normalized, act }: Understanding,
  decision: Decision,
  { view, asked }: { view: DeskView; asked: boolean },
): Decision {
  if (decision.kind === 'escalate' || (!asked && !view.talkedLately)) return decision
  const complains = act === 'complaint-about-bot' || COMPLAINT.test(normalized)
  if (complains && (view.talkedLately || view.failedTries > 0)) {
    return { kind: 'escalate', reason: 'complaint', sectionKeys: [] }
  }
  if (decision.kind === 'fallback' && view.failedTries > 0) {
    return { kind: 'escalate', reason: 'failed-twice', sectionKeys: [] }
  }
  if (view.handoff !== undefined && act !== 'question' && tellsOfCase(normalized, view.handoff)) {
    return { kind: 'escalate', reason: 'section-says-so', sectionKeys: [] }
  }
  return decision
}

function tellsOfCase(text: string, handoff: string): boolean {
  if (CASE_HOLDS.test(text)) return true
  const pairs = new Set(pairsOf(handoff))
  return new Set(pairsOf(text).filter((pair) => pairs.has(pair))).size >= SHARED_PAIRS
}

const pairsOf = (text: string): readonly string[] =>
  [...text]
    .map((letter, at, letters) => letter + (letters[at + 1] ?? ''))
    .filter((pair) => /^\p{Script=Han}{2}$/u.test(pair))
