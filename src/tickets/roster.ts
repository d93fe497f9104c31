import { chinaDay } from '../model/calendar-day.js'
import type { DutyChange, Party } from '../model/ticket.js'
import type { Colleague, DeskRules } from './desk-rules.js'
import { isWorkingTime, nextWorkingMs } from './working-time.js'

/** Whoever says "我来值班" is on duty for at most this long. */
const MAX_SHIFT_MS = 12 * 3_600_000

/**
 * Who is on duty: first those who said so, then the roster's people whose hours it is, in the roster's order.
 *
 * @param duty the latest change of each person
 */
export function onDuty(nowMs: number, duty: readonly DutyChange[], rules: DeskRules): readonly string[] {
  const volunteers = duty.filter(({ on, atMs }) => on && nowMs < atMs + MAX_SHIFT_MS).map(({ person }) => person.name)
  const away = new Set(duty.filter((change) => isStillAway(change, nowMs, rules)).map(({ person }) => person.name))
  const planned = rules.roster
    .filter((colleague) => !away.has(colleague.name) && works(colleague, nowMs, rules))
    .map(({ name }) => name)
  return [...new Set([...volunteers, ...planned])]
}

/** Who is called when those on duty don't answer: the next ones of the roster, whether they are on duty or not. */
export function nextAfter(called: readonly string[], { roster }: DeskRules): string | undefined {
  const names = roster.map(({ name }) => name)
  const last = Math.max(-1, ...called.map((name) => names.indexOf(name)))
  const following = [...names.slice(last + 1), ...names.slice(0, last + 1)]
  return following.find((name) => !called.includes(name))
}

/** The colleague whom a command means by name; anybody when there is no roster. */
export function colleagueNamed(name: string, { roster }: DeskRules): string | undefined {
  const wanted = name.replace(/^@/, '').trim()
  if (roster.length === 0) return wanted === '' ? undefined : wanted
  return roster.find((colleague) => colleague.name === wanted || colleague.remark === wanted)?.name
}

/** Keeps the latest change of each person. */
export const withDuty = (duty: readonly DutyChange[], change: DutyChange): readonly DutyChange[] => [
  ...duty.filter(({ person }) => person.key !== change.person.key),
  change,
]

/** Is the party that colleague? Keys end in what people call each other by: remark or nick. */
export const isSameColleague = (a: Party, b: Party): boolean => a.key === b.key || a.name === b.name

function works({ weekdays, spans }: Colleague, nowMs: number, { hours }: DeskRules): boolean {
  return isWorkingTime(nowMs, { ...hours, weekdays: weekdays ?? hours.weekdays, spans: spans ?? hours.spans })
}

/** "下班" lasts until work begins on a later day. */
function isStillAway({ on, atMs }: DutyChange, nowMs: number, { hours }: DeskRules): boolean {
  if (on) return false
  const nextDayMs = (chinaDay(atMs) + 1) * 86_400_000 - 8 * 3_600_000
  const backMs = nextWorkingMs(nextDayMs, hours)
  return backMs === undefined || nowMs < backMs
}
