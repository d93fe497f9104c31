import { describe, expect, test } from 'vitest'
import { goOn } from '../../src/dialogue/follow-up.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { REVIEW } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

const talking = aSituation({ talkedLately: true, lastSection: '1.1', language: LANGUAGE })
const overheard = { isAsked: false }

describe('a question after an answer', () => {
  test('that says little by itself is about the same section, of which only that matters', () => {
    const understanding = anUnderstanding({ candidates: [aCandidate('4', { share: 0.3, overheard: 0.8 })] })
    expect(goOn(understanding, talking, overheard)).toEqual({
      kind: 'answer',
      sectionKeys: ['1.1'],
      reason: 'follow-up',
      narrows: true,
      unknown: '审核要多久',
    })
  })

  test('that hardly is one is met with silence among people', () => {
    const candidates = [aCandidate('4', { share: 0.3, overheard: 0.8 })]
    const remark = anUnderstanding({ candidates, normalized: '唉 随缘吧', trimmed: '唉 随缘吧' })
    expect(goOn(remark, talking, overheard)).toBeUndefined()
    expect(goOn(remark, talking, { isAsked: true })).toMatchObject({ unknown: '唉 随缘吧' })
    const talk = anUnderstanding({ candidates: [aCandidate('4', { share: 0.3, overheard: 0.2 })] })
    expect(goOn(talk, talking, overheard)).toBeUndefined()
  })

  test('that surely means another section gets that one, whole', () => {
    const understanding = anUnderstanding({
      candidates: [
        aCandidate('4.3', { share: 0.95, overheard: 0.4 }),
        aCandidate('1.1', { share: 0.02, overheard: 0.4 }),
      ],
    })
    expect(goOn(understanding, talking, overheard)).toEqual({
      kind: 'answer',
      sectionKeys: ['4.3'],
      reason: 'follow-up',
    })
  })

  test('that only sounds like another section gets none of it', () => {
    // 月嫂也算吗, behind 类目选哪个
    const candidates = [aCandidate('5', { share: 0.7, overheard: 0.6 }), aCandidate('1.1', { share: 0.02 })]
    const joint = (share: number) => ({ candidates: [aCandidate('1.1'), aCandidate('5', { share })] }) as never
    const behind = (share: number) => ({ ...talking, factsOnward: () => ({ joint: joint(share), last: joint(0) }) })
    expect(goOn(anUnderstanding({ candidates }), behind(0.01), overheard)).toBeUndefined()
    expect(goOn(anUnderstanding({ candidates }), behind(0.4), overheard)).toMatchObject({ sectionKeys: ['5'] })
  })

  test('that has nothing to do with us is none of ours', () => {
    const understanding = anUnderstanding({ candidates: [aCandidate('5', { overheard: 0.02 })] })
    expect(goOn(understanding, talking, overheard)).toBeUndefined()
  })

  test('goes on from the likeliest choice where the bot had asked back', () => {
    const clarifying = aSituation({ talkedLately: true, clarifying: true, offered: ['5', '4'] })
    const understanding = anUnderstanding({ candidates: [aCandidate('0', { share: 0.3, overheard: 0.2 })] })
    expect(goOn(understanding, clarifying, overheard)).toMatchObject({ sectionKeys: ['5'] })
  })
})

test('a day of submission, after the timeline was told, gets its dates', () => {
  const timeline = aSituation({ talkedLately: true, lastSection: '5', timelineSection: '5' })
  const days = {
    dates: { kind: 'submitted', day: '2026-11-22', laterVersion: false, questionLike: false, asksHolidays: false },
    timeline: {
      submitted: '2026-11-22',
      internalBy: '2026-11-23',
      secondBy: '2026-11-30',
      latestSubmit: null,
      overdue: false,
      laterVersion: false,
    },
    review: REVIEW,
  } as const
  const understanding = anUnderstanding({
    act: 'statement',
    candidates: [aCandidate('5', { overheard: 0.1 })],
    days,
  })
  expect(goOn(understanding, timeline, overheard)).toMatchObject({ reason: 'days' })
})

describe('words that are no question', () => {
  const told = (text: string) =>
    anUnderstanding({ act: 'statement', normalized: text, candidates: [aCandidate('1.1', { overheard: 0.7 })] })

  test('are answered where they are about the guide', () => {
    expect(goOn(told('盖的章他说看不清'), talking, overheard)).toMatchObject({ sectionKeys: ['1.1'] })
  })

  test.each(['好的我去盖章', '行 那我重新截图', '知道了,备案截图'])('that take note want no answer: %s', (text) => {
    expect(goOn(told(text), { ...talking, language: LANGUAGE }, overheard)).toBeUndefined()
  })
})

test.each([
  ['the bot has not spoken lately', aSituation({ lastSection: '1.1' })],
  ['nothing was answered', aSituation({ talkedLately: true })],
])('nothing goes on where %s', (_, situation) => {
  const understanding = anUnderstanding({ candidates: [aCandidate('1.1', { overheard: 0.9 })] })
  expect(goOn(understanding, situation, overheard)).toBeUndefined()
})
