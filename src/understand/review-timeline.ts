import { chinaDay, dayFromIso, isoOf } from '../model/calendar-day.js'
import type { IsoDay, ReviewDates, ReviewTimeline } from '../model/review-timeline.js'

// Section 5 of the guide: one day at WeChat, then seven at the local authority, in natural days.
const INTERNAL_DAYS = 1
const SECOND_DAYS = 7
const FIRST_REVIEW_DAYS = INTERNAL_DAYS + SECOND_DAYS

const NOTHING: ReviewTimeline = {
  submitted: null,
  internalBy: null,
  secondBy: null,
  latestSubmit: null,
  overdue: false,
  laterVersion: false,
}

/** Counts the days of a review: natural days, so weekends and holidays count like any other. */
export function timelineFor(dates: ReviewDates, nowMs: number): ReviewTimeline {
  switch (dates.kind) {
    case 'submitted':
      return fromSubmission(dates, nowMs)
    case 'second-started': {
      const secondBy = plusDays(dates.day, SECOND_DAYS)
      return { ...NOTHING, secondBy, overdue: isPast(secondBy, nowMs) }
    }
    case 'deadline':
      return {
        ...NOTHING,
        latestSubmit: latestSubmit(dates.day, dates.laterVersion),
        laterVersion: dates.laterVersion,
      }
    case 'counts-holidays':
      return NOTHING
    default:
      return assertNever(dates)
  }
}

function fromSubmission(
  { day, laterVersion, wishDay }: Extract<ReviewDates, { kind: 'submitted' }>,
  nowMs: number,
): ReviewTimeline {
  const internalBy = plusDays(day, INTERNAL_DAYS)
  const secondBy = laterVersion ? null : plusDays(day, FIRST_REVIEW_DAYS)
  return {
    submitted: day,
    internalBy,
    secondBy,
    latestSubmit: wishDay === undefined ? null : latestSubmit(wishDay, laterVersion),
    overdue: isPast(secondBy ?? internalBy, nowMs),
    laterVersion,
  }
}

function latestSubmit(wishDay: IsoDay, laterVersion: boolean): IsoDay {
  return plusDays(wishDay, laterVersion ? -INTERNAL_DAYS : -FIRST_REVIEW_DAYS)
}

function plusDays(day: IsoDay, days: number): IsoDay {
  return isoOf(dayFromIso(day) + days)
}

function isPast(day: IsoDay, nowMs: number): boolean {
  return chinaDay(nowMs) > dayFromIso(day)
}

function assertNever(value: never): never {
  throw new Error(`not a kind of review dates: ${JSON.stringify(value)}`)
}
