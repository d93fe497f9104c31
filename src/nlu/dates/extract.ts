import { chinaHour, type Day } from '../../base/time.js'
import { MAX_CHARS } from '../normalize.js'
import { type DayRule, type DaySource, NOT_AFTER_NUMBER, NUMBER, readNumber, type Today } from './day-rule.js'
import { agoRule, CALENDAR_DATE_RULES, elapsedRule, NAMED_DAY_RULES } from './rules.js'

/** A day that a message speaks of, in China. */
export interface DayMention {
  readonly source: DaySource
  /** The last such day up to today; equals `future` where only one day can be meant. */
  readonly past: Day
  /** The next such day from today on. */
  readonly future: Day
  /** 0..23, where it was told. */
  readonly hour?: number
  /** A week or a season rather than one day. */
  readonly approximate: boolean
  /** Offsets in the text, the time of day included. */
  readonly start: number
  readonly end: number
}

/** What every wording of a day has at least one of; most messages have none, and are done here. */
export const MAY_NAME_DAY =
  /\d|[今昨明后][天日晚早晨夜儿]|前[天日晚夜儿]|刚[刚才把提交送传点申]|[现马立][在上刻]就?[提交送]|周|星期|礼拜|[一二两三四五六七八九十廿卅半几][天月日号个多小点]|月[底末初中]|年[底末前]|[月年]的?最后|三八|旦|春节|过年|除夕|大年|农历|元宵|清明|端午|中秋|国庆|[五六十]一|双 ?十|节|圣诞|平安夜|跨年|凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜|today|yesterday|tomorrow|tian/

/** Who names more days than these asks nothing that one could answer. */
const MAX_DAYS = 24
const NONE: readonly DayMention[] = []

const RULES: readonly DayRule[] = [...CALENDAR_DATE_RULES, ...NAMED_DAY_RULES, agoRule, elapsedRule]

/**
 * Finds the days that a message speaks of, in text order and without overlaps, at most 24.
 *
 * @param text see `normalizeText`; longer texts are read up to its limit
 */
export function readDays(text: string, today: Today): readonly DayMention[] {
  if (!MAY_NAME_DAY.test(text)) return []
  const read = text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text
  const days = withoutOverlaps(RULES.flatMap((rule) => applyRule(rule, read, today)))
  return withoutOverlaps([...days, ...readLoneTimes(read, today)]).slice(0, MAX_DAYS)
}

function applyRule(rule: DayRule, text: string, today: Today): readonly DayMention[] {
  if (!rule.hint.test(text)) return NONE
  const mentions: DayMention[] = []
  for (const match of text.matchAll(rule.pattern)) {
    const reading = rule.read(match, today)
    if (!reading) continue
    const end = match.index + match[0].length
    const time = readTimeOfDay(text.slice(end, end + 16), reading.evening === true)
    // Midnight after an evening that is gone belongs to the next day; "今晚12点前" still means today.
    const shift = time?.pastMidnight && reading.past < today.day ? 1 : 0
    mentions.push({
      source: rule.source,
      past: reading.past + shift,
      future: reading.future + (reading.future < today.day ? shift : 0),
      ...(time?.hour === undefined || (time.pastMidnight && !shift) ? {} : { hour: time.hour }),
      approximate: reading.approximate === true,
      start: match.index,
      end: end + (time?.length ?? 0),
    })
  }
  return mentions
}

function readLoneTimes(text: string, { day, nowMs }: Today): readonly DayMention[] {
  return findLoneTimes(text).map(({ start, time }) => {
    const ahead = time.fromHour > chinaHour(nowMs)
    return {
      source: 'lone-time' as const,
      past: ahead ? day - 1 : day,
      future: day,
      ...(time.hour === undefined ? {} : { hour: time.hour }),
      approximate: false,
      start,
      end: start + time.length,
    }
  })
}

/** Of two that overlap the earlier wins, then the longer: "11月20号" over "20号". */
function withoutOverlaps(mentions: readonly DayMention[]): readonly DayMention[] {
  const sorted = [...mentions].sort((a, b) => a.start - b.start || b.end - a.end)
  let end = 0
  return sorted.filter((mention) => {
    if (mention.start < end) return false
    end = mention.end
    return true
  })
}

interface TimeOfDay {
  /** 0..23; absent when only a part of the day was told. */
  readonly hour?: number
  /** Hour at which the part of the day begins, for telling whether it lies ahead. */
  readonly fromHour: number
  /** Belongs to the day after the evening that was named: "昨晚12点", "昨晚凌晨一点". */
  readonly pastMidnight: boolean
  /** Characters read. */
  readonly length: number
}

/** Longer ones before what they begin with: the pattern is built of them. */
const FROM_HOUR: Readonly<Record<string, number>> = {
  凌晨: 0,
  半夜: 0,
  清晨: 5,
  早晨: 5,
  清早: 5,
  大清早: 5,
  一大早: 5,
  早上: 5,
  早: 5,
  上午: 8,
  中午: 11,
  下午: 12,
  午后: 12,
  傍晚: 17,
  晚上: 18,
  晚: 18,
  夜里: 20,
  夜间: 20,
  深夜: 20,
}
const PART = Object.keys(FROM_HOUR).join('|')
// "三点水", "一点儿", "2点几" are no times of day.
const CLOCK = `(?:${NUMBER} ?点(?![水儿几意小击赞\\d])钟?(?:半|一刻|三刻|整|${NUMBER}分?|多|左右)?|\\d{1,2}:\\d{2}(?::\\d{2})?)`
const AFTER_DAY = new RegExp(
  `^的? ?(?:(${PART})(?!好))?(?:的? ?(?:大概|大约|差不多|(快|将近|接近))?(凌晨|半夜)? ?(${CLOCK}))?`,
)
const MAY_TELL_TIME = /点|\d:\d|[早晨午晚夜]/
const ALONE = new RegExp(
  `(?<!一个?|每|[天日号早晚昨今明])(凌晨|清晨|大清早|一大早|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜)(?!好)(?: ?(${CLOCK}))?|${NOT_AFTER_NUMBER}(${CLOCK})`,
  'g',
)

const EVENING = 17
const NOON_PART = 11

/**
 * Reads the time right behind a day: "下午3点", "晚上11点半", "20:15", "凌晨".
 *
 * @param rest the text from the end of the day's own words on
 * @param evening the day's words already said evening ("昨晚")
 */
function readTimeOfDay(rest: string, evening: boolean): TimeOfDay | undefined {
  const match = AFTER_DAY.exec(rest)
  if (!match?.[0].trim() || match[0].trim() === '的') return undefined
  const [whole, part, nearly, inner, clock] = match
  if (!part && !clock) return undefined
  const night = evening || part === '晚上' || part === '晚' || part === '夜里'
  const time = toTime({ part: inner ?? part ?? (evening ? '晚上' : undefined), clock })
  if (!time) return undefined
  // "昨晚快12点" is still that evening.
  if (nearly && time.hour === 24) return { fromHour: time.fromHour, pastMidnight: false, length: whole.length }
  const small = time.hour !== undefined && (time.hour < 5 || time.hour === 24)
  const pastMidnight = night && (small || inner !== undefined || (evening && part === '凌晨'))
  const hour = time.hour === undefined ? {} : { hour: time.hour % 24 }
  return { ...hour, fromHour: time.fromHour, pastMidnight, length: whole.length }
}

/** Finds times that stand without a day: "下午三点提的". @returns the start and the time, in text order */
function findLoneTimes(text: string): readonly { readonly start: number; readonly time: TimeOfDay }[] {
  if (!MAY_TELL_TIME.test(text)) return []
  const found: { start: number; time: TimeOfDay }[] = []
  for (const match of text.matchAll(ALONE)) {
    const [whole, part, clock, bareClock] = match
    const time = toTime({ part, clock: clock ?? bareClock })
    if (!time) continue
    const hour = time.hour === undefined ? {} : { hour: time.hour % 24 }
    found.push({
      start: match.index,
      time: { ...hour, fromHour: (time.hour ?? time.fromHour) % 24, pastMidnight: false, length: whole.length },
    })
  }
  return found
}

function toTime({
  part,
  clock,
}: {
  part: string | undefined
  clock: string | undefined
}): { readonly hour?: number; readonly fromHour: number } | undefined {
  const fromHour = part === undefined ? 0 : (FROM_HOUR[part] ?? 0)
  if (clock === undefined) return { fromHour }
  const told = readNumber(/^[^ 点:]+/.exec(clock)?.[0] ?? '')
  if (told === undefined || told > 24) return undefined
  return { hour: onClock(told, part, fromHour), fromHour }
}

/** Twelve hours more where the part of the day says so; 24 stands for midnight at the day's end. */
function onClock(told: number, part: string | undefined, fromHour: number): number {
  if (told > 12 || part === undefined) return told
  // "晚上1点" is said of the small hours, "晚上6点" of the evening.
  if (fromHour >= EVENING) return told === 12 ? 24 : told < 5 ? told : told + 12
  if (part === '半夜') return told === 12 ? 24 : told >= 9 ? told + 12 : told
  if (fromHour === 12) return told === 12 ? 12 : told + 12
  if (fromHour === NOON_PART) return told < 5 ? told + 12 : told
  return part === '凌晨' && told === 12 ? 0 : told
}
