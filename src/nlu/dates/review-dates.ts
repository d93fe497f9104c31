import { chinaDay, type Day, dayFromIso, isoOf } from '../../base/calendar.js'
import type { ReviewDays } from '../../model/knowledge.js'
import type { IsoDay, ReviewDates, ReviewTimeline } from '../../model/understanding.js'
import { MAX_CHARS } from '../normalize.js'
import { todayAt } from './day-rule.js'
import { MAY_NAME_DAY, readDays } from './extract.js'
import {
  ASKS_HOW,
  ASKS_TIME,
  asksHolidays,
  FIRST_PASSED,
  FIRST_VERSION,
  giveRoles,
  isAnnouncement,
  isFinished,
  MINI_PROGRAM,
  NEW_VERSION,
  OTHER_PLATFORM,
  PLAN,
  QUESTION_LIKE,
  type RoledDay,
  SPEAKS_OF_REVIEW,
  STILL_WAITING,
  speaksOfLaterVersion,
  tellsRejection,
  UNDER_REVIEW,
} from './roles.js'
import { spellOutDays } from './rules.js'

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
const BEFORE_OR_AFTER = /^(?:之|以)?[前后](?!天)/
/** "第七天正好赶上礼拜天": the day is met, not aimed at. */
const COMES_IN_BETWEEN = /正好|刚好|恰好|碰|遇|夹/
/** An opening or a campaign alone is no wish that concerns a review. */
const AIMS_ONLINE =
  /上线|上架|发布|用上|能用|可以用|[要得]用|使用|能上|会上|要上|可以上|赶|来得及|来不及|deadline|ddl|提审|审核|小程序|首发|开服|运营|launch|最[晚迟]/
/** Asks by when to submit, so that whatever day lies ahead is the one to keep. */
const ASKS_LATEST =
  /(?:最[晚迟]|倒推|几[号时]|哪[天一]|什么时候|啥时候|何时)[^,，。;!?]{0,8}(?:提(?![示醒供])|交|送审)|(?:最[晚迟]|倒推)[^,，。;!?]{0,4}(?:哪|几|什么|啥)/
/** What the vendor is to bring out, or who is to sign up, is no review. */
const OTHER_WISH = /套餐|你们|新功能|积分商城|报名|作品|投稿|招募|课程|直播/
/** In the same clause: "如果今天撤回重新提呢". */
const SUPPOSED_BEFORE = /(?:如果|要是|假如|假设)[^,，。;!?\n]{0,8}$/
const AGAIN = /重|再|又|第[二三四五2345]次|[改补弄换加删]|最后一次/
/** "28号重新提的,之前被打回过" */
const EARLIER = /(?:之前|上次|上回|以前|先前|第一次)[^,，。;!?]{0,12}/g
const CONCERNS_REVIEW = /提审|提交|审核|最[晚迟]|小程序/
const NO_KEYS: ReadonlySet<string> = new Set()
const HOLIDAY_WORD = /假|节|末|双休|工作日|自然日|休息日/

/**
 * Reads what a message tells or asks about the days of a review.
 *
 * @param text see `normalizeText`
 * @param nowMs milliseconds since the epoch
 * @param dateLikeKeys what looks like a date and is the number of a section, see `GuideFacts`
 * @returns undefined when its days have nothing to do with submitting, reviewing or going online
 */
export function readReviewDates(
  text: string,
  nowMs: number,
  dateLikeKeys: ReadonlySet<string> = NO_KEYS,
): ReviewDates | undefined {
  const read = spellOutDays(text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text)
  if (!MAY_NAME_DAY.test(read) && !HOLIDAY_WORD.test(read)) return undefined
  if (!SPEAKS_OF_REVIEW.test(read) || isAnnouncement(read)) return undefined
  if (OTHER_PLATFORM.test(read) && !MINI_PROGRAM.test(read)) return undefined
  const today = todayAt(nowMs, dateLikeKeys)
  const message: Message = {
    text: read,
    today: today.day,
    days: giveRoles(read, readDays(read, today), today.day),
    questionLike: QUESTION_LIKE.test(read) && (!ASKS_HOW.test(read) || asksTime(read)),
    asksHolidays: asksHolidays(read),
  }
  return readSubmitted(message) ?? readSecondStarted(message) ?? readDeadline(message) ?? readCounting(message)
}

function readSubmitted(message: Message): ReviewDates | undefined {
  const { text, today } = message
  const told = inOtherWords(lastOf(message, 'submit'), message)
  if (!told || reviewEnded(told, text)) return undefined
  const day = submissionDay(told, message)
  if (day === undefined) return undefined
  const wish = wishAfter(message, day)
  const isPlanned = day >= today && (!told.done || SUPPOSED_BEFORE.test(text.slice(0, told.start)))
  const wantsTime = wish !== undefined || asksTime(text)
  // "昨天提审时弹的那个窗口怎么填" is about what came up.
  const onOccasion = /^(?:的?时候?|那会儿?)/.test(text.slice(told.toldUntil)) && ASKS_HOW.test(text)
  if (((isPlanned && !told.done) || onOccasion) && !wantsTime) return undefined
  return {
    kind: 'submitted',
    day: isoOf(day),
    ...(told.hour === undefined ? {} : { hour: told.hour }),
    laterVersion: isLaterVersion(text),
    ...(isPlanned ? { planned: true } : {}),
    ...(AGAIN.test(text) && tellsRejection(text) ? { again: true } : {}),
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
function submissionDay(told: RoledDay, { text, today, asksHolidays: counting }: Message): Day | undefined {
  const { past, future } = told
  const done = told.done || STILL_WAITING.test(text) || FIRST_PASSED.test(text)
  // "五一前最后一个工作日交的" leaves the day open.
  if (done && BEFORE_OR_AFTER.test(text.slice(told.end))) return undefined
  if (past === future) return past
  // "国庆能提交吗" asks about the holiday and plans nothing.
  if (!done && counting && told.source === 'holiday') return undefined
  if (!done && PLAN.test(text.slice(Math.max(0, told.start - PLAN_CHARS), told.end + PLAN_CHARS)))
    return future - today > MAX_PAST_DAYS ? past : future
  if (done) return today - past > MAX_PAST_DAYS && future - today <= MAX_PLAN_DAYS ? future : past
  return today - past <= future - today ? past : future
}

function readSecondStarted(message: Message): ReviewDates | undefined {
  const told = lastOf(message, 'passed')
  if (!told || told.past > message.today || reviewEnded(told, message.text)) return undefined
  const wish = wishAfter(message, told.past)
  return {
    kind: 'second-started',
    day: isoOf(told.past),
    ...(told.hour === undefined ? {} : { hour: told.hour }),
    ...(wish === undefined ? {} : { wishDay: isoOf(wish) }),
    ...asked(message),
  }
}

function readDeadline(message: Message): ReviewDates | undefined {
  const { text, today, days } = message
  const asksLatest = ASKS_LATEST.test(text)
  const ahead = days.filter(({ future }) => future >= today)
  const told = ahead.find(({ role }) => role === 'wish') ?? (asksLatest ? ahead.find(isUnroled) : undefined)
  if (!told || !(asksLatest || AIMS_ONLINE.test(text)) || UNDER_REVIEW.test(text) || isFinished(text)) return undefined
  if (OTHER_WISH.test(text) && !CONCERNS_REVIEW.test(text)) return undefined
  if (message.asksHolidays && (told.approximate || COMES_IN_BETWEEN.test(text))) return undefined
  return { kind: 'deadline', day: isoOf(told.future), laterVersion: isLaterVersion(text), ...asked(message) }
}

/** Nothing is said of it but that it comes. */
const isUnroled = ({ role, source, approximate }: RoledDay): boolean =>
  role === undefined && !approximate && source !== 'lone-time' && source !== 'elapsed'

function readCounting(message: Message): ReviewDates | undefined {
  return message.asksHolidays ? { kind: 'counts-holidays', ...asked(message) } : undefined
}

const asksTime = (text: string): boolean => ASKS_TIME.test(text) || STILL_WAITING.test(text)

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
function reviewEnded({ start, toldUntil }: RoledDay, text: string): boolean {
  if (isFinished(text)) return true
  // The head of a rejection notice.
  if (/(?:提交|提审)时间 ?:? ?$/.test(text.slice(Math.max(0, start - 7), start)) && tellsRejection(text)) return true
  return tellsRejection(text.slice(toldUntil).replace(EARLIER, ''))
}

function isLaterVersion(text: string): boolean {
  if (tellsRejection(text)) return false
  return speaksOfLaterVersion(text) || (NEW_VERSION.test(text) && !FIRST_VERSION.test(text))
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
