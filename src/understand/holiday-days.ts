import { type CivilDate, type Day, dayOf } from '../model/calendar-day.js'

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
export const HOLIDAY_NAME = [
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
export function holidayIn(name: string, year: CivilDate['year']): Day | undefined {
  const plain = name.replaceAll(' ', '')
  const known = SAME[plain] ?? plain
  const monthDate = FIXED[known] ?? MOVABLE[known]?.get(year)
  return monthDate && dayOf({ year, month: monthDate[0], date: monthDate[1] })
}

function years(...dates: readonly MonthDate[]): ReadonlyMap<number, MonthDate> {
  return new Map(dates.map((date, index) => [FIRST_YEAR + index, date]))
}
