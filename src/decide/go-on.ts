import type { Decision } from '../model/decision.js'
import type { Candidate, Understanding } from '../model/understanding.js'
import { answerDays } from './answer-days.js'
import { scopeOf } from './answer-or-offer.js'
import type { Situation } from './situation.js'

// Who asks on leaves out what the talk is about ("要盖章吗"), so that the classifier, which reads one message alone,
// finds it hardly for us. Thanks, reports and small talk stay far below even so.
const ASKS_ON_SCOPE = 0.1
/** Words that are no question need to be about the guide by themselves. */
const TELLS_ON_SCOPE = 0.6
/** How many times likelier the section of the last answer is than the words alone say. */
const SAME_TOPIC = 6
/** Another section has to stand out this far to be what is asked next. */
const OTHER_TOPIC_SHARE = 0.5

/** Takes note, agrees or leaves: nothing is asked. */
const ACKNOWLEDGES = /^(?:好|行|嗯|哦|噢|ok|收到|知道|明白|懂|了解|谢|那我|那算|算了|可以了|没事|不用)/

/**
 * A message that goes on where the last answer to this person ended: read with that section in mind.
 *
 * @returns undefined when there was none lately, or the message doesn't go on from it
 */
export function goOn(
  understanding: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { act, normalized, candidates, days } = understanding
  const { talkedLately, lastSection: told, clarifying, offered, timelineSection } = situation
  const [top] = candidates
  // Who was asked back speaks of the likeliest choice rather than of something new.
  const lastSection = clarifying ? offered[0] : told
  if (!talkedLately || lastSection === undefined || !top) return undefined
  // "昨天交的", after the bot has told how long a review takes.
  if (days?.dates.kind === 'submitted' && lastSection === timelineSection) return answerDays(understanding, situation)
  const scope = scopeOf(isAsked ? top.confidence : top.overheard, top)
  const likely = favour(candidates, lastSection)
  if (act === 'question') {
    if (scope < ASKS_ON_SCOPE) return undefined
    return tell(likely && likely.share >= OTHER_TOPIC_SHARE ? likely.sectionKey : lastSection, told)
  }
  const tells = act === 'statement' && scope >= TELLS_ON_SCOPE && !ACKNOWLEDGES.test(normalized)
  return tells && likely && likely.share >= OTHER_TOPIC_SHARE ? tell(likely.sectionKey, told) : undefined
}

/** The likeliest section, given that the talk most likely stays where it is. */
function favour(
  candidates: readonly Candidate[],
  lastSection: string,
): Pick<Candidate, 'sectionKey' | 'share'> | undefined {
  const weighted = candidates.map(({ sectionKey, share }) => ({
    sectionKey,
    share: sectionKey === lastSection ? share * SAME_TOPIC : share,
  }))
  const unnamed = 1 - candidates.reduce((total, { share }) => total + share, 0)
  const sum = weighted.reduce((total, { share }) => total + share, Math.max(0, unnamed))
  const [best] = weighted.sort((a, b) => b.share - a.share)
  return best && { ...best, share: best.share / sum }
}

const tell = (sectionKey: string, told: string | undefined): Extract<Decision, { kind: 'answer' }> => ({
  kind: 'answer',
  sectionKeys: [sectionKey],
  reason: 'follow-up',
  ...(sectionKey === told ? { narrows: true } : {}),
})
