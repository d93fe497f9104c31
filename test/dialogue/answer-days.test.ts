import { describe, expect, test } from 'vitest'
import { answerDays } from '../../src/dialogue/answer.js'
import type { Decision } from '../../src/model/decision.js'
import type { DatesReading, Understanding } from '../../src/model/understanding.js'
import { readReviewDates, timelineFor } from '../../src/nlu/dates/review-dates.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { REVIEW } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

function daysIn(text: string): DatesReading {
  const dates = readReviewDates(text, { phrases: LANGUAGE.review, nowMs: MONDAY_MS })!
  return { dates, timeline: timelineFor(dates, REVIEW, MONDAY_MS), review: REVIEW }
}
const answer = (days: DatesReading | undefined, facts: Partial<Understanding> = {}): Decision | undefined =>
  answerDays(anUnderstanding({ ...facts, ...(days ? { days } : {}) }), aSituation({ timelineSection: '5' }))

describe("the asker's own days", () => {
  test('are answered with the section that tells the timeline', () => {
    const days = daysIn('我昨天提审的，什么时候能过')
    expect(answer(days)).toEqual({ kind: 'answer', sectionKeys: ['5'], reason: 'days', days })
  })

  test('go to a person when they are overdue', () => {
    const days = daysIn('我11月1号提审的，怎么还没过')
    expect(answer(days)).toEqual({ kind: 'escalate', reason: 'overdue', sectionKeys: ['5'], days })
  })

  test('are passed over where the message is surely about something else', () => {
    const report = { ...daysIn('我昨天提审的'), dates: { ...daysIn('我昨天提审的').dates, questionLike: false } }
    expect(answer(report, { candidates: [aCandidate('A1')] })).toBeUndefined()
    expect(answer(report, { candidates: [aCandidate('5')] })).toBeDefined()
    expect(answer(report, { candidates: [aCandidate('A1', { share: 0.3 })] })).toBeDefined()
  })

  test('are passed over for nothing that is most likely not for us', () => {
    const report = daysIn('我昨天提审的')
    expect(answer(report, { candidates: [aCandidate('A1', { asked: 0.2 })] })).toBeDefined()
  })

  test('are told to whoever has submitted again, rather than what the rejection was about', () => {
    const days = daysIn('说类目不符驳回了，昨天改好重新提的')
    expect(answer(days, { candidates: [aCandidate('A1')] })).toMatchObject({ kind: 'answer', reason: 'days' })
  })

  test('are nothing where the message tells none, or no section the timeline', () => {
    expect(answer(undefined)).toBeUndefined()
    const days = daysIn('我昨天提审的，什么时候能过')
    expect(answerDays(anUnderstanding({ days }), aSituation())).toBeUndefined()
  })
})
