import { chinaDay, type Day, dayFromIso, isoOf } from '../../base/time.js'
import type { ReviewDays } from '../../model/knowledge.js'
import type { Phrases } from '../../model/language.js'
import type { IsoDay, ReviewDates, ReviewTimeline } from '../../model/understanding.js'
import { MAX_CHARS } from '../normalize.js'
import { todayAt } from './day-rule.js'
import { MAY_NAME_DAY, readDays } from './extract.js'
import {
  asksHolidays,
  giveRoles,
  isAnnouncement,
  isFinished,
  type RoledDay,
  speaksOfLaterVersion,
  tellsRejection,
} from './roles.js'
import { SPEAKS_LATIN, spellOutDays } from './rules.js'

interface Message {
  readonly text: string
  readonly today: Day
  readonly days: readonly RoledDay[]
  readonly questionLike: boolean
  readonly asksHolidays: boolean
}

/** A date that somebody says to have submitted on lies this far back at most; else the next one is meant. */
const MAX_PAST_DAYS = 183
/** … unless that lies further ahead than anybody plans. */
const MAX_PLAN_DAYS = 60
/** Around a day, within which words of planning are about it. */
const PLAN_CHARS = 12
const NO_KEYS: ReadonlySet<string> = new Set()

export interface ReadingDates {
  readonly phrases: Phrases<'review'>
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** What looks like a date and is the number of a section, see `GuideFacts`. */
  readonly dateLikeKeys?: ReadonlySet<string>
}

/**
 * Reads what a message tells or asks about the days of a review.
 *
 * @param text see `normalizeText`
 * @returns undefined when its days have nothing to do with submitting, reviewing or going online
 */
export function readReviewDates(
  text: string,
  { phrases, nowMs, dateLikeKeys = NO_KEYS }: ReadingDates,
): ReviewDates | undefined {
  const read = spelledOut(text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text)
  if (!MAY_NAME_DAY.test(read) && !phrases.holidayWord.test(read)) return undefined
  if (!phrases.speaksOfReview.test(read) || isAnnouncement(read, phrases)) return undefined
  if (phrases.otherPlatform.test(read) && !phrases.miniProgram.test(read)) return undefined
  const today = todayAt(nowMs, dateLikeKeys)
  const message: Message = {
    text: read,
    today: today.day,
    days: giveRoles(read, readDays(read, today), today.day, phrases),
    questionLike: phrases.questionLike.test(read) && (!phrases.asksHow.test(read) || asksTime(read, phrases)),
    asksHolidays: asksHolidays(read, phrases),
  }
  return (
    readSubmitted(message, phrases) ??
    readSecondStarted(message, phrases) ??
    readDeadline(message, phrases) ??
    readCounting(message)
  )
}

/** Blanks enough to set every character apart. */
const SPACED = /(?: [^ ]*){4}/

const spelledOut = (text: string): string => (SPEAKS_LATIN.test(text) || SPACED.test(text) ? spellOutDays(text) : text)

function readSubmitted(message: Message, phrases: Phrases<'review'>): ReviewDates | undefined {
  const { text, today } = message
  const told = inOtherWords(lastOf(message, 'submit'), message)
  if (!told || reviewEnded(told, text, phrases)) return undefined
  const day = submissionDay(told, message, phrases)
  if (day === undefined) return undefined
  const wish = wishAfter(message, day)
  const isPlanned = day >= today && (!told.done || phrases.supposedBefore.test(text.slice(0, told.start)))
  const wantsTime = wish !== undefined || asksTime(text, phrases)
  // "昨天提审时弹的那个窗口怎么填" is about what came up.
  const onOccasion = /^(?:的?时候?|那会儿?)/.test(text.slice(told.toldUntil)) && phrases.asksHow.test(text)
  if (((isPlanned && !told.done) || onOccasion) && !wantsTime) return undefined
  return {
    kind: 'submitted',
    day: isoOf(day),
    ...(told.hour === undefined ? {} : { hour: told.hour }),
    laterVersion: isLaterVersion(text, phrases),
    ...(isPlanned ? { planned: true } : {}),
    ...(phrases.again.test(text) && tellsRejection(text, phrases) ? { again: true } : {}),
    ...(wish === undefined ? {} : { wishDay: isoOf(wish) }),
    ...asked(message),
  }
}

/** "刚提的,昨晚十一点五十多": the exact time says more than how long ago it was. */
function inOtherWords(told: RoledDay | undefined, { text, days, today }: Message): RoledDay | undefined {
  if (!told || told.hour !== undefined || !(told.source === 'ago' || text[told.start] === '刚')) return told
  const exact = days.find(
    ({ role, source, hour, past }) =>
      role === undefined && source === 'relative' && hour !== undefined && (past === told.past || past === today - 1),
  )
  return exact?.hour === undefined ? told : { ...told, past: exact.past, future: exact.past, hour: exact.hour }
}

/** The day of a submission: the last one that fits what is told as done, the next one of a plan, else the nearer. */
function submissionDay(
  told: RoledDay,
  { text, today, asksHolidays: counting }: Message,
  phrases: Phrases<'review'>,
): Day | undefined {
  const { past, future } = told
  const done = told.done || phrases.stillWaiting.test(text) || phrases.firstPassed.test(text)
  // "五一前最后一个工作日交的" leaves the day open.
  if (done && phrases.beforeOrAfter.test(text.slice(told.end))) return undefined
  if (past === future) return past
  // 那如果周五重新提交呢
  if (phrases.supposedBefore.test(text.slice(0, told.start))) return future
  // "国庆能提交吗" asks about the holiday and plans nothing.
  if (!done && counting && told.source === 'holiday') return undefined
  if (!done && phrases.plan.test(text.slice(Math.max(0, told.start - PLAN_CHARS), told.end + PLAN_CHARS)))
    return future - today > MAX_PAST_DAYS ? past : future
  if (done) return today - past > MAX_PAST_DAYS && future - today <= MAX_PLAN_DAYS ? future : past
  return today - past <= future - today ? past : future
}

function readSecondStarted(message: Message, phrases: Phrases<'review'>): ReviewDates | undefined {
  const told = lastOf(message, 'passed')
  if (!told || told.past > message.today || reviewEnded(told, message.text, phrases)) return undefined
  const wish = wishAfter(message, told.past)
  return {
    kind: 'second-started',
    day: isoOf(told.past),
    ...(told.hour === undefined ? {} : { hour: told.hour }),
    ...(wish === undefined ? {} : { wishDay: isoOf(wish) }),
    ...asked(message),
  }
}

function readDeadline(message: Message, phrases: Phrases<'review'>): ReviewDates | undefined {
  const { text, today, days } = message
  const asksLatest = phrases.asksLatest.test(text)
  const ahead = days.filter(({ future }) => future >= today)
  const told = ahead.find(({ role }) => role === 'wish') ?? (asksLatest ? ahead.find(isUnroled) : undefined)
  if (
    !told ||
    !(asksLatest || phrases.aimsOnline.test(text)) ||
    phrases.underReview.test(text) ||
    isFinished(text, phrases)
  )
    return undefined
  if (phrases.otherWish.test(text) && !phrases.concernsReview.test(text)) return undefined
  if (message.asksHolidays && (told.approximate || phrases.comesInBetween.test(text))) return undefined
  return { kind: 'deadline', day: isoOf(told.future), laterVersion: isLaterVersion(text, phrases), ...asked(message) }
}

/** Nothing is said of it but that it comes. */
const isUnroled = ({ role, source, approximate }: RoledDay): boolean =>
  role === undefined && !approximate && source !== 'lone-time' && source !== 'elapsed'

function readCounting(message: Message): ReviewDates | undefined {
  return message.asksHolidays ? { kind: 'counts-holidays', ...asked(message) } : undefined
}

const asksTime = (text: string, phrases: Phrases<'review'>): boolean =>
  phrases.asksTime.test(text) || phrases.stillWaiting.test(text)

function asked({ questionLike, asksHolidays: counting, days }: Message) {
  // Who counts the days aloud complains, whether or not it is put as a question.
  const complains = days.some(({ source, role }) => source === 'elapsed' && role !== undefined)
  return { questionLike: questionLike || counting || complains, asksHolidays: counting }
}

/** Of several the last counts, since people tell their story in order; a day counts more than a length of waiting or a time alone. */
function lastOf({ days }: Message, wanted: RoledDay['role']): RoledDay | undefined {
  const exact = days.filter(({ role, approximate }) => role === wanted && !approximate)
  return exact.findLast(({ source }) => source !== 'elapsed' && source !== 'lone-time') ?? exact.at(-1)
}

function wishAfter({ text, days, today }: Message, submitted: Day): Day | undefined {
  // "元旦后能上吗" names no day to keep.
  const wish = days.find(
    ({ role, future, end }) =>
      role === 'wish' && future >= Math.min(today, submitted) && !/^(?:之|以)?后/.test(text.slice(end)),
  )
  if (!wish) return undefined
  // "1号提的, 9号能用吗" said on the 12th still means the 9th behind that 1st.
  return wish.past > submitted ? wish.past : wish.future
}

/** Rejected, withdrawn or published since that day, so that nothing is left to wait for. */
function reviewEnded({ start, toldUntil }: RoledDay, text: string, phrases: Phrases<'review'>): boolean {
  if (isFinished(text, phrases)) return true
  // The head of a rejection notice.
  if (/(?:提交|提审)时间 ?:? ?$/.test(text.slice(Math.max(0, start - 7), start)) && tellsRejection(text, phrases))
    return true
  return tellsRejection(text.slice(toldUntil).replace(phrases.earlier, ''), phrases)
}

function isLaterVersion(text: string, phrases: Phrases<'review'>): boolean {
  if (tellsRejection(text, phrases)) return false
  return speaksOfLaterVersion(text, phrases) || (phrases.newVersion.test(text) && !phrases.firstVersion.test(text))
}

const NOTHING: ReviewTimeline = {
  submitted: null,
  internalBy: null,
  secondBy: null,
  latestSubmit: null,
  overdue: false,
  laterVersion: false,
}

/** Counts the days of a review: natural days, so weekends and holidays count like any other. */
export function timelineFor(dates: ReviewDates, review: ReviewDays, nowMs: number): ReviewTimeline {
  switch (dates.kind) {
    case 'submitted':
      return fromSubmission(dates, review, nowMs)
    case 'second-started': {
      const secondBy = plusDays(dates.day, review.second)
      return { ...NOTHING, secondBy, overdue: isPast(secondBy, nowMs) }
    }
    case 'deadline':
      return {
        ...NOTHING,
        latestSubmit: latestSubmit(dates.day, dates.laterVersion, review),
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
  review: ReviewDays,
  nowMs: number,
): ReviewTimeline {
  const internalBy = plusDays(day, review.internal)
  const secondBy = laterVersion ? null : plusDays(day, review.internal + review.second)
  return {
    submitted: day,
    internalBy,
    secondBy,
    latestSubmit: wishDay === undefined ? null : latestSubmit(wishDay, laterVersion, review),
    overdue: isPast(secondBy ?? internalBy, nowMs),
    laterVersion,
  }
}

function latestSubmit(wishDay: IsoDay, laterVersion: boolean, { internal, second }: ReviewDays): IsoDay {
  return plusDays(wishDay, -(laterVersion ? internal : internal + second))
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
