import type { Decision } from '../model/decision.js'
import type { FollowUp, Understanding } from '../model/understanding.js'
import { answerOrOffer } from './answer-or-offer.js'
import type { Situation } from './situation.js'
import { THRESHOLDS } from './thresholds.js'

/**
 * What takes up the bot's last words to this person: a number, yes or no, "那要多久", "下一步", "还是不行", a correction.
 *
 * @returns undefined when the message stands on its own
 */
export function takeUp(
  { act, choice, followUp }: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (act === 'choice' && choice !== undefined) {
    const key = situation.offered[Number(choice) - 1] ?? sectionByKey(choice, situation, isAsked)
    if (key !== undefined) return { kind: 'answer', sectionKeys: [key], reason: 'chosen' }
  }
  // "对" to a question back means its first choice.
  const [firstOffered] = situation.offered
  if (act === 'yes' && !situation.humanOffered && situation.clarifying && firstOffered !== undefined) {
    return { kind: 'answer', sectionKeys: [firstOffered], reason: 'chosen' }
  }
  // The bot itself has named the word.
  if (act === 'menu' && situation.talkedLately) return { kind: 'courtesy', word: 'menu' }
  if (situation.humanOffered && act === 'yes') return { kind: 'escalate', reason: 'accepted-offer', sectionKeys: [] }
  if (situation.humanOffered && act === 'no') return { kind: 'courtesy', word: 'declined' }
  // "还是不行，转人工" says what is wanted.
  const isFollowed = followUp !== undefined && situation.talkedLately && act !== 'wants-human'
  return isFollowed ? follow(followUp, situation, { isAsked }) : undefined
}

/**
 * The number that a reply or the guide itself calls a section by. Only while we talk about sections is a bare "4" one,
 * and an overheard "4.1" not a price.
 */
function sectionByKey(choice: string, { hasSection, talkedLately }: Situation, isAsked: boolean): string | undefined {
  return hasSection(choice) && (talkedLately || (isAsked && /\D/.test(choice))) ? choice : undefined
}

function follow(followUp: FollowUp, situation: Situation, { isAsked }: { isAsked: boolean }): Decision | undefined {
  const { lastSection, nextSection, timelineSection, failedTries } = situation
  switch (followUp.kind) {
    case 'still-failing':
      return failedTries > 0
        ? { kind: 'escalate', reason: 'still-failing', sectionKeys: [] }
        : { kind: 'fallback', reason: 'still-failing' }
    case 'settled':
      return { kind: 'courtesy', word: 'settled' }
    case 'correction':
      return correct(followUp, situation)
    case 'how-long':
      return told(timelineSection)
    // Said to nobody, it is a report.
    case 'done':
      return isAsked ? follow({ kind: 'next' }, situation, { isAsked }) : undefined
    case 'next':
      return lastSection === undefined ? undefined : told(nextSection(lastSection) ?? lastSection)
    case 'again':
    case 'screenshot':
      return told(lastSection)
  }
}

const told = (sectionKey: string | undefined): Decision | undefined =>
  sectionKey === undefined ? undefined : { kind: 'answer', sectionKeys: [sectionKey], reason: 'follow-up' }

/** "不是接口，是弹出来那个声明": what was told is not what was meant. */
function correct({ candidates }: Extract<FollowUp, { kind: 'correction' }>, { lastSection }: Situation): Decision {
  const [top] = candidates
  // Said again in other words, it may be what was told after all.
  if (top && top.share >= THRESHOLDS.answerShare) return answerOrOffer(candidates)
  const others = candidates.filter(({ sectionKey }) => sectionKey !== lastSection)
  return answerOrOffer(others.length > 0 ? others : candidates)
}
