import { chinaHour, type Day } from '../model/calendar-day.js'
import { CALENDAR_DATE_RULES } from './calendar-date-rules.js'
import { type DayRule, type DaySource, type Today, todayAt } from './day-rule.js'
import { agoRule, elapsedRule } from './elapsed-days.js'
import { NAMED_DAY_RULES } from './named-day-rules.js'
import { MAX_CHARS } from './normalize-text.js'
import { findLoneTimes, readTimeOfDay } from './time-of-day.js'

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
 * @param nowMs milliseconds since the epoch
 */
export function readDays(text: string, nowMs: number): readonly DayMention[] {
  if (!MAY_NAME_DAY.test(text)) return []
  const read = text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text
  const today = todayAt(nowMs)
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
