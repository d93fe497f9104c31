import { chinaDay, civilOf, dayFromIso, isoOf, weekdayOf } from '../base/time.js'
import type { ReviewDays } from '../model/knowledge.js'
import type { DatesReading, IsoDay, ReviewDates, ReviewTimeline } from '../model/understanding.js'

const WEEKDAYS = '一二三四五六日'
const ALL_DAYS_COUNT = '按自然日算：周末、节假日都算在内，不顺延。'
const ASK_A_PERSON = '我请同事帮您查。'

type Submitted = Extract<ReviewDates, { kind: 'submitted' }>
type SecondStarted = Extract<ReviewDates, { kind: 'second-started' }>
type Deadline = Extract<ReviewDates, { kind: 'deadline' }>

/**
 * Tells a customer the days of the review, a line each, ready for a chat bubble.
 *
 * @param reading what was read at the same moment
 * @returns 1 to 6 short lines of Chinese
 */
export function renderReviewDates({ dates, timeline, review }: DatesReading, nowMs: number): string[] {
  const say = { today: chinaDay(nowMs), label: labeller(nowMs), review }
  switch (dates.kind) {
    case 'submitted':
      return renderSubmitted(dates, timeline, say)
    case 'second-started':
      return renderSecondStarted(dates, timeline, say)
    case 'deadline':
      return renderDeadline(dates, timeline, say)
    case 'counts-holidays':
      return [`审核时间${ALL_DAYS_COUNT}`, `首次提审是 ${spanOf(review)}；后续版本只有微信内审。`]
    default:
      return assertNever(dates)
  }
}

interface Telling {
  readonly today: number
  /** "11月20日（周五）"; with the year where it is not the present one. */
  readonly label: (day: IsoDay) => string
  readonly review: ReviewDays
}

const spanOf = ({ internal, second }: ReviewDays): string => `${internal} 天微信内审 + ${second} 天网信二审`

function renderSubmitted(dates: Submitted, timeline: ReviewTimeline, say: Telling): string[] {
  const { internalBy, secondBy } = timeline
  if (internalBy === null) return []
  const { today, label } = say
  const day = dayFromIso(dates.day)
  const when = `${label(dates.day)}${dates.hour === undefined ? '' : ` ${dates.hour} 点`}`
  const end = secondBy ?? internalBy
  const isAhead = day > today || dates.planned === true
  return [
    isAhead ? `${when}提交的话：` : `您 ${when}提交的：`,
    `· 微信内审：最晚 ${label(internalBy)}${secondBy === null ? '，后续版本不再二审' : ''}`,
    ...(secondBy === null ? [] : [`· 网信二审：最晚 ${label(secondBy)}`]),
    ...(isAhead ? [] : [renderProgress(dates, { end, day }, say)]),
    ...renderWish(dates.wishDay, end, say),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderProgress(
  { laterVersion }: Pick<Submitted, 'laterVersion'>,
  { end, day }: { readonly end: IsoDay; readonly day: number },
  { today, review: { internal, second } }: Telling,
): string {
  const now = `今天是 ${shortLabel(today)}`
  const late = today - dayFromIso(end)
  if (late > 0) {
    const span = laterVersion ? `${internal} 天内审` : `${internal}+${second} 天`
    return `${now}，已经超过 ${span}，晚了 ${late} 天。${ASK_A_PERSON}`
  }
  if (today === day) return `${now}，提交当天，请耐心等通知。`
  return `${now}，提交后第 ${today - day} 天，还在正常时间内。`
}

function renderSecondStarted(dates: SecondStarted, { secondBy }: ReviewTimeline, say: Telling): string[] {
  if (secondBy === null) return []
  const { today, label } = say
  const late = today - dayFromIso(secondBy)
  const days = today - dayFromIso(dates.day)
  const now = `今天是 ${shortLabel(today)}`
  return [
    `您 ${label(dates.day)}进入网信二审：`,
    `· 网信二审：最晚 ${label(secondBy)}`,
    late > 0
      ? `${now}，已经超过 ${say.review.second} 天，晚了 ${late} 天。${ASK_A_PERSON}`
      : `${now}，二审${days === 0 ? '刚开始' : `第 ${days} 天`}，还在正常时间内。`,
    ...renderWish(dates.wishDay, secondBy, say),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderWish(wishDay: IsoDay | undefined, end: IsoDay, { label }: Telling): readonly string[] {
  if (wishDay === undefined) return []
  return dayFromIso(end) <= dayFromIso(wishDay)
    ? [`想在 ${label(wishDay)}上线：顺利的话来得及。`]
    : [`想在 ${label(wishDay)}上线：最晚要审到 ${label(end)}，可能赶不上。`]
}

function renderDeadline(
  dates: Deadline,
  { latestSubmit }: ReviewTimeline,
  { today, label, review }: Telling,
): string[] {
  if (latestSubmit === null) return []
  const span = dates.laterVersion ? `后续版本只有 ${review.internal} 天微信内审` : spanOf(review)
  const reviewDays = dayFromIso(dates.day) - dayFromIso(latestSubmit)
  return [
    `想在 ${label(dates.day)}前上线，最晚 ${label(latestSubmit)}提交（${span}，按自然日算）。`,
    renderTimeLeft(dayFromIso(latestSubmit) - today, { today, end: label(isoOf(today + reviewDays)) }),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderTimeLeft(left: number, { today, end }: { readonly today: number; readonly end: string }): string {
  if (left > 0) return `还有 ${left} 天。被驳回要重新提审，建议早几天提交。`
  if (left === 0) return '就是今天，请尽快提交。被驳回要重新提审，就赶不上了。'
  return `今天是 ${shortLabel(today)}，已经晚了 ${-left} 天。今天提交的话，最晚 ${end}审完。`
}

/** Writes days as "11月20日（周五）", with the year where it is not the present one. */
export function labeller(nowMs: number): (day: IsoDay) => string {
  const thisYear = civilOf(chinaDay(nowMs)).year
  return (iso) => {
    const day = dayFromIso(iso)
    const { year } = civilOf(day)
    return `${year === thisYear ? '' : `${year}年`}${shortLabel(day)}（周${WEEKDAYS[weekdayOf(day) - 1]}）`
  }
}

function shortLabel(day: number): string {
  const { month, date } = civilOf(day)
  return `${month}月${date}日`
}

function assertNever(value: never): never {
  throw new Error(`not a kind of review dates: ${JSON.stringify(value)}`)
}
