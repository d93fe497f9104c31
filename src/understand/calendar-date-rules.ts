import { dayOf, lastDayOfMonth } from '../model/calendar-day.js'
import { NOT_AFTER_NUMBER, NUMBER, readNumber } from './chinese-number.js'
import { aroundToday, type DayReading, type DayRule, exactly, type Today } from './day-rule.js'

/** "赶得上月底" is no last month. */
const LAST = '(?<!赶|赶得|赶不)上'
/** A leap day may be eight years away (1896 … 1904); four within our tables, but a step costs nothing. */
const MAX_YEARS = 8
/** No two neighbouring months lack the 31st. */
const MAX_MONTHS = 2
const MID_MONTH = 15

// "1号线", "2号楼", "7日内": a number of a thing, or a length of time.
const NOT_A_DATE =
  '(?![线楼院店门机位桌厅馆段房字码键球柜仓库令]|服务|客服|公告|文件|选手|会议|内|之内|以内|游|均|活|常|志|历|程|夜)'
const YEAR = '(今年|去年|明年|前年|20\\d\\d ?年|\\d\\d ?年) ?的?'

const fullDate: DayRule = {
  source: 'date',
  hint: /20\d\d/,
  pattern: /(?<![\d.])(20\d\d) ?[-/.年] ?(1[0-2]|0?[1-9]) ?[-/.月] ?(3[01]|[12]\d|0?[1-9])(?: ?[日号])?(?!\d|\.\d)/g,
  read: ([, year, month, date]) => {
    const day = dayOf({ year: Number(year), month: Number(month), date: Number(date) })
    return day === undefined ? undefined : exactly(day)
  },
}

/** A date in characters without 日 or 号; of a single one, only what follows tells that it is a date. */
const WRITTEN_DATE =
  '(?:三十一?|[二廿]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九](?=提|交|送|上|想|要|当|那))(?![一二三四五六七八九十\\d个次条天块元万名家份分页人款套版周点年多几岁])'

const monthAndDate: DayRule = {
  source: 'date',
  hint: /月/,
  pattern: new RegExp(
    `(?:${YEAR})?${NOT_AFTER_NUMBER}(${NUMBER}) ?月(?:份的?)? ?(?:(${NUMBER}) ?[号日]${NOT_A_DATE}|(3[01]|[12]\\d|0?[1-9])(?![\\d.%个次条天块元万名家份分页人款套版周点:])|(${WRITTEN_DATE}))`,
    'g',
  ),
  read: ([, year, month, date, bareDate, writtenDate], today) =>
    monthDay(
      {
        month: readNumber(month!) ?? 0,
        date: readNumber(date ?? bareDate ?? writtenDate!) ?? 0,
        year: readYear(year, today),
      },
      today,
    ),
}

const dateOfNamedMonth: DayRule = {
  source: 'date',
  hint: /月/,
  pattern: new RegExp(
    `(上上|${LAST}|这|本|当|下)个?月的? ?(${NUMBER})(?: ?[号日]${NOT_A_DATE}|(?= ?(?:提|交|送审)))`,
    'g',
  ),
  read: ([, which, date], today) => {
    const { year, month } = today.civil
    const day = dateIn(year, month + monthsAway(which!), readNumber(date!) ?? 0)
    return day === undefined ? undefined : exactly(day)
  },
}

const bareDate: DayRule = {
  source: 'date',
  hint: /[号日]/,
  pattern: new RegExp(`(?<![a-z第每月年备证编/:.-] ?)${NOT_AFTER_NUMBER}(${NUMBER}) ?[号日]${NOT_A_DATE}(?!后)`, 'g'),
  read: ([, date], today) => {
    const { year, month } = today.civil
    return aroundToday(today, MAX_MONTHS, (step) => dateIn(year, month + step, readNumber(date!) ?? 0))
  },
}

/** "17提的": a number alone, where the verb follows at once. */
const dateWithoutSign: DayRule = {
  source: 'date',
  hint: /\d[提交送]/,
  pattern: /(?<=^|[ ,，。!我是在们])(3[01]|[12]\d|[1-9])(?=提(?:的|审|交的|交审)|交的|送审)/g,
  read: ([, date], today) => {
    const { year, month } = today.civil
    return aroundToday(today, MAX_MONTHS, (step) => dateIn(year, month + step, Number(date)))
  },
}

const monthEdge: DayRule = {
  source: 'date',
  hint: /[月年]的?[月份底末初中最]/,
  pattern: new RegExp(
    `(?<![个几数])(?:(上上|${LAST}|这|本|当|下)个?|${NOT_AFTER_NUMBER}(${NUMBER}) ?)?月(?:份|月)?的?((?:底|末)(?:的?最后(?:一|1)[天日])?|初|中旬?|最后(?:一|1)[天日])(?![心间])|([今去明])?年(?:底|末|的?最后(?:一|1)[天日])`,
    'g',
  ),
  read: ([, which, number, edge, whichYear], today) => {
    const { year, month } = today.civil
    if (!edge) return monthDay({ month: 12, date: 31, year: readYear(whichYear && `${whichYear}年`, today) }, today)
    const dayIn = (inYear: number, inMonth: number) =>
      /^[底末最]/.test(edge!) ? lastDayOfMonth(inYear, inMonth) : dateIn(inYear, inMonth, edge === '初' ? 1 : MID_MONTH)
    if (which) return exactly(dayIn(year, month + monthsAway(which)) ?? today.day)
    if (!number) return aroundToday(today, MAX_MONTHS, (step) => dayIn(year, month + step))
    const named = readNumber(number) ?? 0
    return named < 1 || named > 12 ? undefined : aroundToday(today, 1, (step) => dayIn(year + step, named))
  },
}

const shortDate: DayRule = {
  source: 'date',
  hint: /\d[-/.]\d/,
  pattern:
    /(?<![\d.\-/:+a-z#¥$(【「])(1[0-2]|0?[1-9])([-/.])(3[01]|[12]\d|0?[1-9])( ?[号日])?(?! ?[-/+:%a-z\d)】」]|\.\d)/g,
  read: (match, today) => {
    const [, month, , date] = match
    return isShortDate(match)
      ? monthDay({ month: Number(month), date: Number(date), year: undefined }, today)
      : undefined
  },
}

/** Days named by the calendar: "2026-11-20", "11月20号", "上个月20号", "20号", "月底", "11.18". */
export const CALENDAR_DATE_RULES: readonly DayRule[] = [
  fullDate,
  monthAndDate,
  dateOfNamedMonth,
  bareDate,
  dateWithoutSign,
  monthEdge,
  shortDate,
]

const UNIT_BEHIND =
  /^ ?(?:[天个周月年元块折万版次条步点倍线分秒张人页家岁米楼]|小时|开头|版本|版|接口|api|类目|协议|章|节)/
const VERSION_BEFORE =
  /(?:版本号?|版|第|步骤?|图|章|节|看|见|参考|按照?|指南|情形|规范|规则|条款|符合|违反|编号|价格?|售价|评分|比例?|完成|进度) ?:? ?$/
const DATE_BEFORE = /(?:在|于|从|到|是|赶|想|日期|时间|定在?|截止) ?:? ?$/
const DATE_BEHIND =
  /^ ?(?:当天|那天|的?(?:凌晨|早上|上午|中午|下午|晚上|傍晚|半夜))?.{0,3}?(?:提(?![示供])|(?<!以)上(?![次个面周月星礼海])|交|送审|上传|之?前|上线|搞|做|办|开业|开张|要(?!求)|必须|过的|过了|收到|发布)/
/** Sections of the guide that would pass for a day. */
const SECTION_KEY = /^(?:1\.1|1\.2|4\.1|4\.2|4\.3|2\.1|2\.2)$/

/** Versions, prices, scores and section keys look the same; a small number needs words that speak of a day. */
function isShortDate({ 0: whole, 1: month, 2: separator, 3: date, 4: sign, index, input }: RegExpExecArray): boolean {
  if (sign) return true
  const before = input.slice(Math.max(0, index - 6), index)
  const behind = input.slice(index + whole.length, index + whole.length + 16)
  if (UNIT_BEHIND.test(behind) || VERSION_BEFORE.test(before)) return false
  const twoDigits = Number(date) >= 10 && (separator !== '.' || Number(month) >= 10)
  if (twoDigits) return true
  return !SECTION_KEY.test(whole) && (DATE_BEFORE.test(before) || DATE_BEHIND.test(behind))
}

function monthDay(
  { month, date, year }: { readonly month: number; readonly date: number; readonly year: number | undefined },
  today: Today,
): DayReading | undefined {
  if (year === undefined)
    return aroundToday(today, MAX_YEARS, (step) => dayOf({ year: today.civil.year + step, month, date }))
  const day = dayOf({ year, month, date })
  return day === undefined ? undefined : exactly(day)
}

/** `month` may run over into the years beside. */
function dateIn(year: number, month: number, date: number) {
  const months = year * 12 + month - 1
  return dayOf({ year: Math.floor(months / 12), month: (months % 12) + 1, date })
}

function monthsAway(which: string): number {
  return { 上上: -2, 上: -1, 下: 1 }[which] ?? 0
}

function readYear(written: string | undefined, { civil }: Today): number | undefined {
  if (written === undefined) return undefined
  const away = { 前年: -2, 去年: -1, 今年: 0, 明年: 1 }[written]
  if (away !== undefined) return civil.year + away
  const digits = Number.parseInt(written, 10)
  return digits < 100 ? digits + 2000 : digits
}
