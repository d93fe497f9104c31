const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
const clockTime = (/** @type {Date} */ date) => `${two(date.getHours())}:${two(date.getMinutes())}`
const DAY_MS = 24 * 60 * 60 * 1000

/** @param {Date} date */
const midnightMs = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** As WeChat writes it between messages: `10:32`, `昨天 10:32`, `11月23日 10:32`. @param {number} atMs */
export function longTime(atMs) {
  const date = new Date(atMs)
  const day = dayName(date)
  return day ? `${day} ${clockTime(date)}` : clockTime(date)
}

/** As WeChat writes it in the list: the day alone, once it is not today. @param {number} atMs */
export function shortTime(atMs) {
  const date = new Date(atMs)
  return dayName(date) || clockTime(date)
}

/** @param {Date} date @returns {string} empty for today */
function dayName(date) {
  const days = Math.round((midnightMs(new Date()) - midnightMs(date)) / DAY_MS)
  if (days === 0) return ''
  return days === 1 ? '昨天' : `${date.getMonth() + 1}月${date.getDate()}日`
}
