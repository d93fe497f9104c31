import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import type { Walk, WalkTurn, WalkWord } from '../model/walk.js'
import type { Situation } from './situation.js'
import { turnWalk } from './walk-through.js'

/**
 * Words of a walk-through: its start, and "好了", "跳过", "退出" … of somebody who walks.
 *
 * @returns undefined when the message has nothing to do with a walk
 */
export function takeUpWalk(
  understanding: Understanding,
  { walking, humanOffered }: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (!walking) return undefined
  // "算了" refuses the person who was offered last.
  if (humanOffered && (understanding.act === 'yes' || understanding.act === 'no')) return undefined
  const { walk, isFresh, justTold } = walking
  const word = wordFor(understanding, walk)
  if (word === undefined) return undefined
  if (!isAsked && !mayBeTakenUnasked(word, { namesReview: understanding.walk?.namesReview === true, walk, isFresh })) {
    return undefined
  }
  const turn = turnWalk(walk, word, { steps: walking.steps(), justTold: isFresh && justTold })
  return turn && decisionOf(turn)
}

function wordFor({ walk: remark, act, followUp }: Understanding, walk: Walk | undefined): WalkWord | undefined {
  if (remark) return remark.word
  if (walk?.status === 'asked' && act === 'yes') return 'resume'
  if (walk?.status === 'asked' && act === 'no') return 'stop'
  // "然后呢", "接下来"
  return walk?.status === 'walking' && followUp?.kind === 'next' ? 'done' : undefined
}

interface Overheard {
  readonly namesReview: boolean
  readonly walk: Walk | undefined
  readonly isFresh: boolean
}

/** "带我走一遍" may be meant for a colleague, and hours later "好了" tells of anything. */
function mayBeTakenUnasked(word: WalkWord, { namesReview, walk, isFresh }: Overheard): boolean {
  if (word === 'start') return namesReview || isFresh
  if (!isFresh || !walk) return false
  return walk.status === 'walking' || walk.status === 'asked' || word === 'resume'
}

function decisionOf(turn: WalkTurn): Decision {
  const { told, walk, steps } = turn
  if (told === 'offer') return { kind: 'courtesy', word: 'walk-offered', walk: turn }
  if (told === 'stopped') return { kind: 'courtesy', word: 'walk-ended', walk: turn }
  const left = steps.filter((key) => walk.outcomes[key] !== 'done')
  const [first = walk.at, ...others] = told === 'verdict' ? left : [walk.at]
  return { kind: 'answer', sectionKeys: [first, ...others], reason: 'walk-through', walk: turn }
}
