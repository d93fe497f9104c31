import { type CivilDate, chinaDay, type Day, dayOf, HOUR_MS, lastDayOfMonth } from '../../base/time.js'
import {
  aroundToday,
  type DayReading,
  type DayRule,
  exactly,
  NOT_AFTER_NUMBER,
  NUMBER,
  readNumber,
  type Today,
} from './day-rule.js'

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

/** "17提的": a number alone, where the verb follows at once; in "1提审谁点 2要多久" it counts questions. */
const dateWithoutSign: DayRule = {
  source: 'date',
  hint: /\d[提交送]/,
  pattern:
    /(?<=^|[ ,，。!我是在们])(3[01]|[12]\d|[2-9]|1(?![^\n]{2,40}[ ,，。;]2))(?=提(?:的|审|交的|交审)|交的|送审)/g,
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
    return isShortDate(match, today)
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

/** Versions, prices, scores and section keys look the same; a small number needs words that speak of a day. */
function isShortDate(
  { 0: whole, 1: month, 2: separator, 3: date, 4: sign, index, input }: RegExpExecArray,
  { dateLikeKeys }: Today,
): boolean {
  if (sign) return true
  const before = input.slice(Math.max(0, index - 6), index)
  const behind = input.slice(index + whole.length, index + whole.length + 16)
  if (UNIT_BEHIND.test(behind) || VERSION_BEFORE.test(before)) return false
  const twoDigits = Number(date) >= 10 && (separator !== '.' || Number(month) >= 10)
  if (twoDigits) return true
  return !dateLikeKeys.has(whole) && (DATE_BEFORE.test(before) || DATE_BEHIND.test(behind))
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

/** "几个小时前": what people mean by a few. */
const A_FEW = 3
const HALF_MONTH_DAYS = 15

const LENGTH = new RegExp(
  `(?:(半|(?<![\\d十])几)|${NOT_AFTER_NUMBER}(${NUMBER})) ?多? ?(个?)半?多?(天|周(?!年|边|[一二三四五六日末]|期)|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天])|月(?![底初中末份])|小时|钟头|分钟)(?:半|多|整)?`,
  'g',
)

/** Reads a length of time as the day when it began: "三天前", "半个月以前", "两小时前". */
export const agoRule: DayRule = {
  source: 'ago',
  hint: /前/,
  pattern: new RegExp(`${LENGTH.source} ?(?:以|之)?前(?![台端]|提[供前])`, 'g'),
  read: (match, today) => {
    const before = match.input.slice(Math.max(0, match.index - 4), match.index)
    // "提前3天前来", "上线3天前": counted from something else than now.
    return /(?:提前|上线|发布|活动|开业|每|要|节)$/.test(before) ? undefined : beginningOf(match, today)
  },
}

/** Reads the time somebody has waited as the day when it began: "等了5天了", "第8天了", "快两个星期". */
export const elapsedRule: DayRule = {
  source: 'elapsed',
  hint: /[天周星礼月时钟]/,
  pattern: new RegExp(`(?:第 ?)?${LENGTH.source}`, 'g'),
  read: (match, today) => {
    const { 0: whole, index, input } = match
    const before = input.slice(Math.max(0, index - 14), index)
    const behind = input.slice(index + whole.length, index + whole.length + 8)
    const gone = whole.startsWith('第') ? isNthDay(before, behind) : hasGoneBy(before, behind)
    return gone ? beginningOf(match, today) : undefined
  },
}

const CONDITION =
  /(?:如果|要是|假如|假设|万一|等到|超过|超|每次|一般|通常|是不是要?|说好|说是|不是说|原来说)[^,。;]{0,8}$/
/** "还要7天", "最多7天", "这7天", "前后加起来7天", "1+7": how long it lasts, not how long it has lasted. */
const DURATION_BEFORE =
  /(?:要|需|须|得|再等?|还有|只有|最[多少快慢长短]|至[多少]|满|不足|不到|提前|每隔?|限期?|差|剩|以?内|那|这|隔了?|过|加起来|前后|一共|总共|共|按照?|约|周期|预计|给|请假|放假?|休息|近|头|未来|接下来|零) ?$/
const DURATION_BEHIND =
  /^(?:了|啦)? ?(?:才[能可有会]?|就[能可会]|以?后|之后|以?内|之内|再|二?审(?!核?[中着])|自然日|工作日|左右|时间|倒计时|期限|的(?:审|时间|二审)|到点|[吗么嘛?])/
const ADVERBS_BEFORE = /(?:整整|足足|将近|差不多|大概|快|都|已经?|也) ?$/
const WAITED_BEFORE = /(?:(?:等|审|提|交|送|拖|卡|熬|耗|审核|提交|提审|送审|过去?)了|等待|到现在|到今天|至今|才|有) ?$/
const IN_REVIEW_BEFORE = /(?:审核中|待审核|在审|审查中|等待?审核) ?$/
const REVIEW_VERB_BEFORE = /(?:等|审|提|交|送|审核|提交|提审|送审|上传|[:,.。!?、\s“”"])$|^$/
const GONE_BEHIND = /^ ?(?:了|啦|咯|喽|勒|过去)/
const STILL_BEHIND =
  /^[ ,]?(?:(?:还|仍|依然|一直|都|也|毫|愣是|硬是|后台)?(?:没|未(?!来)|无(?!关))|(?:还|仍|依然|一直)然?(?:在|是|显示|卡|处于|不)|正常[吗么])/
const AT_END = /^ ?(?:$|[,.。!?~、;\n])/

function hasGoneBy(before: string, behind: string): boolean {
  const bare = withoutAdverbs(before)
  const stressed = bare.length < before.length && !/最 ?快 ?$/.test(before)
  if (CONDITION.test(before) || DURATION_BEFORE.test(bare) || /最 ?$/.test(bare)) return false
  if (DURATION_BEHIND.test(behind)) return false
  if (GONE_BEHIND.test(behind) || stressed) return true
  if (WAITED_BEFORE.test(bare)) return !/有 ?$/.test(bare) || STILL_BEHIND.test(behind)
  if (IN_REVIEW_BEFORE.test(bare)) return AT_END.test(behind) || STILL_BEHIND.test(behind)
  return REVIEW_VERB_BEFORE.test(bare) && STILL_BEHIND.test(behind)
}

const NTH_BEFORE = /(?:今天|今儿|都|已经?|才|现在|这是|就是|到了?|今天是|也是|[是这今]) ?$/
const NTH_BEHIND_OTHERWISE = /^(?:的时候|正好|刚好|被|就[能可会]|可以|零点|凌晨|才|以?后|之后|再)/

function isNthDay(before: string, behind: string): boolean {
  if (CONDITION.test(before) || NTH_BEHIND_OTHERWISE.test(behind)) return false
  return GONE_BEHIND.test(behind) || STILL_BEHIND.test(behind) || (NTH_BEFORE.test(before) && !/[吗么]/.test(behind))
}

function withoutAdverbs(before: string): string {
  let bare = before
  // At most four in a row ("都已经足足快"), so this ends.
  for (let round = 0; round < 4; round++) bare = bare.replace(ADVERBS_BEFORE, '')
  return bare
}

function beginningOf([, vague, number, counter, unit]: RegExpExecArray, today: Today): DayReading | undefined {
  const count = vague === '半' ? 0.5 : vague === '几' ? A_FEW : readNumber(number!)
  if (count === undefined) return undefined
  const day = dayBefore(today, { count, few: vague === '几', unit: unit!, counted: counter === '个' })
  return day === undefined ? undefined : exactly(day)
}

function dayBefore(
  today: Today,
  {
    count,
    few,
    unit,
    counted,
  }: { readonly count: number; readonly few: boolean; readonly unit: string; readonly counted: boolean },
): Day | undefined {
  const vague = count === 0.5 || few
  switch (unit) {
    case '天':
      return vague || counted ? undefined : today.day - count
    case '小时':
    case '钟头':
      return chinaDay(today.nowMs - count * HOUR_MS)
    case '分钟':
      return counted ? undefined : chinaDay(today.nowMs - count * (HOUR_MS / 60))
    case '月':
      return count === 0.5 ? today.day - HALF_MONTH_DAYS : counted && !few ? monthsBefore(today, count) : undefined
    default:
      return vague ? undefined : today.day - 7 * count
  }
}

/** The same date some months ago; the last one of that month where it has no such date. */
function monthsBefore({ civil }: Today, count: number): Day | undefined {
  const months = civil.year * 12 + civil.month - 1 - count
  for (let date = civil.date; date > civil.date - 4; date--) {
    const day = dayOf({ year: Math.floor(months / 12), month: (months % 12) + 1, date })
    if (day !== undefined) return day
  }
  return undefined
}

type MonthDate = readonly [month: number, date: number]

/** First year of `MOVABLE`. */
const FIRST_YEAR = 2025

/**
 * Holidays of the lunar and solar-term calendar. Source: the Hong Kong Observatory's Gregorian-Lunar conversion
 * tables 2025..2028 (hko.gov.hk/en/gts/time/conversion.htm). Not computed: ICU puts the new year of 2027 a day late.
 */
const MOVABLE: Readonly<Record<string, ReadonlyMap<number, MonthDate>>> = {
  春节: years([1, 29], [2, 17], [2, 6], [1, 26]),
  除夕: years([1, 28], [2, 16], [2, 5], [1, 25]),
  元宵: years([2, 12], [3, 3], [2, 20], [2, 9]),
  清明: years([4, 4], [4, 5], [4, 5], [4, 4]),
  端午: years([5, 31], [6, 19], [6, 9], [5, 28]),
  中秋: years([10, 6], [9, 25], [9, 15], [10, 3]),
}
const FIXED: Readonly<Record<string, MonthDate>> = {
  元旦: [1, 1],
  情人节: [2, 14],
  妇女节: [3, 8],
  五一: [5, 1],
  '520': [5, 20],
  儿童节: [6, 1],
  '618': [6, 18],
  教师节: [9, 10],
  国庆: [10, 1],
  双11: [11, 11],
  双12: [12, 12],
  平安夜: [12, 24],
  圣诞: [12, 25],
  跨年: [12, 31],
}

/** Other ways to say the names of the tables. */
const SAME: Readonly<Record<string, string>> = {
  过年: '春节',
  年前: '春节',
  大年初一: '春节',
  农历新年: '春节',
  大年三十: '除夕',
  劳动节: '五一',
  三八: '妇女节',
  六一: '儿童节',
  十一: '国庆',
  双十一: '双11',
  双十二: '双12',
}

/** Source of a pattern that finds one holiday by name; short names only where nothing else can be meant. */
const HOLIDAY_NAME = [
  '元旦|春节|除夕|元宵|清明|端午|中秋|国庆|农历新年|大年初一|大年三十|情人节|妇女节|儿童节|教师节|劳动节|平安夜|圣诞|跨年',
  '双 ?(?:11|12|十一|十二)(?!\\d)',
  '过年(?!轻|份|龄)',
  '(?<![去今明前后多几半每\\d一二两三四五六七八九十])年前',
  '(?<![一二三四五六七八九十])(?:五一|六一)(?![一二三四五六七八九十月号日点个次条])',
  '(?<![一二三四五六七八九十])十一(?=节|前|之前|以前|期间|假|长假|放假|黄金周)',
  '(?<![\\d.])(?:618|520)(?=大?促?(?:前|之前|以前|期间|活动|那天|当天|来得及|就?[要想能可]|上))',
  '三八(?=节|妇女节)',
].join('|')

/** The day of a holiday in one year. @param name as `HOLIDAY_NAME` finds it @returns undefined outside the table */
function holidayIn(name: string, year: CivilDate['year']): Day | undefined {
  const plain = name.replaceAll(' ', '')
  const known = SAME[plain] ?? plain
  const monthDate = FIXED[known] ?? MOVABLE[known]?.get(year)
  return monthDate && dayOf({ year, month: monthDate[0], date: monthDate[1] })
}

function years(...dates: readonly MonthDate[]): ReadonlyMap<number, MonthDate> {
  return new Map(dates.map((date, index) => [FIRST_YEAR + index, date]))
}

const AWAY: Readonly<Record<string, number>> = {
  大前: -3,
  前: -2,
  昨: -1,
  yesterday: -1,
  zuotian: -1,
  刚: 0,
  现在: 0,
  马上: 0,
  立刻: 0,
  今: 0,
  today: 0,
  jintian: 0,
  明: 1,
  tomorrow: 1,
  mingtian: 1,
  后: 2,
  大后: 3,
}

const relative: DayRule = {
  source: 'relative',
  hint: /[今昨明前后刚现马立]|tian|day|tomorrow/,
  // "之前天天", "以后天气", "目前日活": the same characters across a word border.
  pattern:
    /(大前|大后|(?<![之以目提日眼空从])前|(?<![之以然今最过前])后)天(?![天气台])|(今|昨|(?<![表声证透文])明)(?:天|日(?![头期历志])|儿|个儿?)|(今|昨|明|(?<![之以目提])前)([早晨晚夜])|(刚)(?:刚|才|(?=[把提交送传点申]))|(现在|马上|立刻)(?=就?(?:提(?![示前供]|的(?!话))|交(?!的(?!话))|送审))|\b(today|yesterday|tomorrow|jintian|zuotian|mingtian)\b/g,
  read: ([, farDay, nearDay, partDay, part, just, now, latin], today) => {
    const away = AWAY[farDay ?? nearDay ?? partDay ?? just ?? now ?? latin ?? '']
    if (away === undefined) return undefined
    return { ...exactly(today.day + away), evening: part === '晚' || part === '夜' }
  },
}

/** "赶得上周五" is no last week. */
const NAMED_DAY_RULES_LAST = '(?<!赶|赶得|赶不)上'
const WEEK = '(?:周|星期|礼拜)'
const WEEKDAYS = '一二三四五六日'
const WEEKS_AWAY: Readonly<Record<string, number>> = { 上上: -2, 上: -1, 这: 0, 本: 0, 下: 1, 下下: 2 }

const weekday: DayRule = {
  source: 'weekday',
  hint: /周|星期|礼拜/,
  pattern: new RegExp(
    `(?<![每个至两一二三四五六七八九十\\d]|这一)(?:(上上|下下|${NAMED_DAY_RULES_LAST}|这|(?<!版|样)本|下)个?)?${WEEK} ?([一二三四五六日天1-7])(?![\\d十次年个点期志天]|[到至~-] ?(?:${WEEK}|下))`,
    'g',
  ),
  read: ([, which, written], today) => {
    const number = WEEKDAYS.indexOf(written === '天' ? '日' : written!) + 1 || Number(written)
    const thisWeek = today.day - today.weekday + number
    if (which) return exactly(thisWeek + 7 * (WEEKS_AWAY[which] ?? 0))
    return aroundToday(today, 1, (step) => thisWeek + 7 * step)
  },
}

const wholeWeek: DayRule = {
  source: 'weekday',
  hint: /周|星期|礼拜/,
  pattern: new RegExp(
    `(?<![每个])(?:(上上|下下|${NAMED_DAY_RULES_LAST}|这|(?<!版|样)本|下)个?${WEEK}(末)?|(周末))(?![一二三四五六日天期年1-7]| [一二三四五六日])`,
    'g',
  ),
  read: ([, which, weekend, bareWeekend], today) => {
    const monday = today.day - today.weekday + 1
    const end = weekend || bareWeekend ? 5 : 6
    const day = monday + 7 * (WEEKS_AWAY[which ?? '这'] ?? 0) + end
    // Of a past week no day is the likely one; a week ago lies in its middle.
    const past = which?.startsWith('上') ? (weekend ? day : today.day - 7) : Math.min(day, today.day)
    return { past, future: Math.max(day, past), approximate: true }
  },
}

const HOLIDAY_YEARS: Readonly<Record<string, number>> = { 去年: -1, 今年: 0, 明年: 1 }
const holiday: DayRule = {
  source: 'holiday',
  hint: /[旦节夕宵明午秋庆年一二三跨安诞十]|\d{2}/,
  pattern: new RegExp(
    `(今年|去年|明年)?的?(${HOLIDAY_NAME})节?(?:(?:放?假)?的?前(一|两|二|三|1|2|3)[天日]|(前[日夕夜])|(期间|假期|小?长假|放假|黄金周|那几天|这几天|前后|假))?`,
    'g',
  ),
  read: ([, year, name, daysBefore, eve, span], today) => {
    const days = holidayAround(name!, year, today)
    if (!days) return undefined
    const before = daysBefore
      ? Number(daysBefore) || ' 一二三'.indexOf(daysBefore === '两' ? '二' : daysBefore)
      : eve
        ? 1
        : 0
    if (before === 0) return { ...days, approximate: span !== undefined || name === '年前' }
    // The holiday of today was preceded by days that are gone, so both readings are looked for anew.
    return holidayAround(name!, year, { ...today, day: today.day + before }, before)
  },
}

function holidayAround(name: string, year: string | undefined, today: Today, before = 0): DayReading | undefined {
  const dayAt = (step: number) => holidayIn(name, today.civil.year + step)
  const days = year ? onlyDay(dayAt(HOLIDAY_YEARS[year] ?? 0)) : aroundToday(today, 1, dayAt)
  return days && { past: days.past - before, future: days.future - before }
}

function onlyDay(day: number | undefined): DayReading | undefined {
  return day === undefined ? undefined : exactly(day)
}

/** Days with a name: "昨晚", "上周五", "礼拜天", "国庆", "元旦前一天". */
export const NAMED_DAY_RULES: readonly DayRule[] = [relative, weekday, wholeWeek, holiday]

/** Pinyin and English that speak of submitting; without one of these a text is left as it is. */
export const SPEAKS_LATIN =
  /\b(?:ti ?(?:de|le|shen|jiao)|jiao ?(?:de|le)|shen ?he|er ?shen|guo ?shen|shang ?xian|submit(?:ted)?|resubmitted)/

const WEEKDAY_SOUNDS = '(yi|er|san|si|wu|liu|ri|tian)'
const SPELL_OUT_DAYS_WEEKDAYS: Readonly<Record<string, string>> = {
  yi: '一',
  er: '二',
  san: '三',
  si: '四',
  wu: '五',
  liu: '六',
  ri: '日',
  tian: '日',
  mon: '一',
  tue: '二',
  wed: '三',
  thu: '四',
  fri: '五',
  sat: '六',
  sun: '日',
}
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH = `(${MONTHS.join('|')})[a-z]*\\.?`

type Spelling = readonly [sound: RegExp, spelled: string | ((...groups: string[]) => string)]

/** Longer ones first, so that "da qian tian" is not read as "qian tian". */
const SPELLINGS: readonly Spelling[] = [
  [
    new RegExp(`\\b(shang ?|xia ?)?(?:ge ?)?(?:zhou|xing ?qi|li ?bai) ?${WEEKDAY_SOUNDS}(?![a-z])`, 'g'),
    (_, which, day) => `${which ? (which.startsWith('s') ? '上' : '下') : ''}周${SPELL_OUT_DAYS_WEEKDAYS[day!]}`,
  ],
  [
    /\b(last |next )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\b/g,
    (_, which, day) => `${which ? (which.startsWith('l') ? '上' : '下') : ''}周${SPELL_OUT_DAYS_WEEKDAYS[day!]}`,
  ],
  [new RegExp(`\\b${MONTH} ?(\\d{1,2})(?:st|nd|rd|th)?\\b`, 'g'), (_, month, date) => spelledDate(month!, date!)],
  [new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)? ?${MONTH}`, 'g'), (_, date, month) => spelledDate(month!, date!)],
  [/(\d) ?yue(?![a-z])(?: ?fen)?/g, '$1月'],
  [/(\d) ?(?:hao|ri)(?![a-z])/g, '$1号'],
  [/(\d) ?tian(?![a-z])/g, '$1天'],
  [/\bda ?qian ?tian(?![a-z])/g, '大前天'],
  [/\b(?:qian ?tian|the day before yesterday)\b/g, '前天'],
  [/\b(?:zuo ?tian|yesterday)\b/g, '昨天'],
  [/\b(?:jin ?tian|today)\b/g, '今天'],
  [/\b(?:ming ?tian|tomorrow)\b/g, '明天'],
  [/\bhou ?tian\b/g, '后天'],
  [/\b(\d+) days ago\b/g, '$1天前'],
  [/\bti ?jiao ?(?:de|le)?(?![a-z])/g, '提交的'],
  [/\bti ?shen ?(?:de|le)?(?![a-z])/g, '提审的'],
  [/\bti ?(?:de|le)(?![a-z])/g, '提的'],
  [/\bjiao ?(?:de|le)(?![a-z])/g, '交的'],
  [/\b(?:re)?submit(?:ted)?(?: it)?(?: on)?\b/g, '提交的'],
  [/\bshen ?he(?![a-z])/g, '审核'],
  [/\ber ?shen(?![a-z])/g, '二审'],
  [/\bshang ?xian(?![a-z])/g, '上线'],
  [/\b(?:guo ?shen|neng ?guo)(?![a-z])/g, '能过'],
  [/\b(?:ji ?hao|na ?tian|when)\b/g, '几号'],
  [/\b(?:shen ?me ?shi ?hou|duo ?jiu|how long)\b/g, '多久'],
]

const BLANK = /(?<=[\p{Script=Han}\d]) (?=[\p{Script=Han}\d])/gu
/** Share of blanks from which on somebody has set every character apart. */
const SPACED_SHARE = 0.35

/** Writes days and verbs that were spelled by sound, in English, or with a blank behind every character in the usual way. */
export function spellOutDays(text: string): string {
  const dense = isSpaced(text) ? text.replace(BLANK, '') : text
  if (!SPEAKS_LATIN.test(dense)) return dense
  return SPELLINGS.reduce<string>(
    (spelled, [sound, written]) =>
      typeof written === 'string' ? spelled.replace(sound, written) : spelled.replace(sound, written),
    dense,
  )
}

function isSpaced(text: string): boolean {
  let blanks = 0
  for (const character of text) if (character === ' ') blanks++
  return blanks > 3 && blanks / text.length > SPACED_SHARE
}

const spelledDate = (month: string, date: string): string => `${MONTHS.indexOf(month) + 1}月${date}号`
