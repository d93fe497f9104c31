import { aroundToday, type DayReading, type DayRule, exactly, type Today } from './day-rule.js'
import { HOLIDAY_NAME, holidayIn } from './holiday-days.js'

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
const LAST = '(?<!赶|赶得|赶不)上'
const WEEK = '(?:周|星期|礼拜)'
const WEEKDAYS = '一二三四五六日'
const WEEKS_AWAY: Readonly<Record<string, number>> = { 上上: -2, 上: -1, 这: 0, 本: 0, 下: 1, 下下: 2 }

const weekday: DayRule = {
  source: 'weekday',
  hint: /周|星期|礼拜/,
  pattern: new RegExp(
    `(?<![每个至两一二三四五六七八九十\\d]|这一)(?:(上上|下下|${LAST}|这|(?<!版|样)本|下)个?)?${WEEK} ?([一二三四五六日天1-7])(?![\\d十次年个点期志天]|[到至~-] ?(?:${WEEK}|下))`,
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
    `(?<![每个])(?:(上上|下下|${LAST}|这|(?<!版|样)本|下)个?${WEEK}(末)?|(周末))(?![一二三四五六日天期年1-7]| [一二三四五六日])`,
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
