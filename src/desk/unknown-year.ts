import { chinaDay, civilOf } from '../model/calendar-day.js'

/** From this month on next year's days matter: the State Council announces them in November. */
const ANNOUNCED_IN_MONTH = 11

/**
 * The year whose days off ought to be known by now, and are not.
 *
 * @param lastYear last year that is published in the data
 * @param configured days that the operator has set, `YYYY-MM-DD`; one of a year is taken for all of it
 */
export function unknownYear({
  lastYear,
  configured,
  nowMs,
}: {
  readonly lastYear: number
  readonly configured: readonly string[]
  readonly nowMs: number
}): number | undefined {
  const { year, month } = civilOf(chinaDay(nowMs))
  const needed = month >= ANNOUNCED_IN_MONTH ? [year, year + 1] : [year]
  return needed.find((one) => one > lastYear && !configured.some((day) => day.startsWith(`${one}-`)))
}

/** What is missing, what holds meanwhile, and what to do. */
export const unknownYearNotice = (year: number, lastYear: number): string =>
  [
    `节假日数据只到 ${lastYear} 年，还不知道 ${year} 年的放假和调休安排（国务院办公厅一般在前一年 11 月公布）。`,
    `在补上之前，${year} 年的值班时间按周末和法定节日（元旦、春节、清明、劳动节、端午、中秋、国庆共 13 天）计算，调休上班日会当成周末。`,
    `公布后请运行 npm update chinese-days 再重启；或者在 guoshen.yaml 的 desk.holidays（放假）和 desk.workdays（调休上班）里写上日期，例如 desk: { holidays: ["${year}-01-02"], workdays: ["${year}-02-14"] }`,
  ].join('\n')
