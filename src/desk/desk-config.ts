import { z } from 'zod'
import type { OfficialDays } from '../model/official-days.js'
import type { DeskRules } from '../tickets/desk-rules.js'
import type { WorkSpan } from '../tickets/working-time.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const clockTime = z
  .string()
  .regex(/^(?:[01]?\d|2[0-3]):[0-5]\d$/, 'must be a time such as 18:00')
  .transform(minutesOf)
/** `09:00-12:00`; `24:00` ends a day. */
const span = z
  .string()
  .regex(/^(?:[01]?\d|2[0-3]):[0-5]\d-(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a span such as 09:00-18:00')
  .transform((text): WorkSpan => {
    const [from = '', to = ''] = text.split('-')
    return { fromMinute: minutesOf(from), toMinute: minutesOf(to) }
  })
  .refine(({ fromMinute, toMinute }) => fromMinute < toMinute, 'must end after it begins')
const spans = z
  .array(span)
  .min(1)
  .transform((list) => list.toSorted((a, b) => a.fromMinute - b.fromMinute))
  .refine((list) => list.every((one, at) => at === 0 || list[at - 1]!.toMinute <= one.fromMinute), 'must not overlap')
const weekdays = z.array(z.number().int().min(1).max(7)).min(1)
const day = z.iso.date()

/** Who answers tickets, when, and how fast. */
export const deskSchema = z.strictObject({
  /** In the order in which they are called; empty: whoever reads the staff group. */
  people: z
    .array(
      z.strictObject({
        /** Nick or group display name in the staff group. */
        name: z.string().min(1),
        remark: z.string().min(1).optional(),
        /** 1 Monday … 7 Sunday; default: the desk's. */
        weekdays: weekdays.optional(),
        hours: spans.optional(),
      }),
    )
    .default([]),
  /** Working hours, times of China. */
  hours: spans.prefault(['09:00-18:00']),
  weekdays: weekdays.default([1, 2, 3, 4, 5]),
  /** Days off, and days worked, beside the official ones. */
  holidays: z.array(day).default([]),
  workdays: z.array(day).default([]),
  /** Working minutes until a person should have answered. */
  firstResponseMinutes: z.number().min(1).max(1_440).default(15),
  /** Working hours until it should be solved. */
  resolutionHours: z.number().min(1).max(400).default(8),
  /** Working minutes between reminders once everybody has been called. */
  remindMinutes: z.number().min(5).max(1_440).default(60),
  /** Working minutes without a word after which whoever has taken a ticket is reminded. */
  silentMinutes: z.number().min(5).max(1_440).default(60),
  /** Working hours after a person's last word for which the bot keeps quiet for an asker. */
  quietHours: z.number().min(0.25).max(40).default(4),
  /** The same, nights and holidays included. */
  quietAtMostHours: z.number().min(0.25).max(240).default(24),
  /** Minutes for which the bot holds back for an asker without a ticket after a colleague spoke to them. */
  holdBackMinutes: z.number().min(0).max(60).default(5),
  /** Hours after which a solved ticket closes when the asker says nothing. */
  confirmHours: z.number().min(1).max(240).default(24),
  /** Days without anything new after which a ticket has expired. */
  expireDays: z.number().min(1).max(60).default(7),
  /** Days for which a settled ticket can be opened again; then it moves to the archive. */
  reopenDays: z.number().min(0).max(30).default(3),
  /** When the digest of the day goes to the staff group, on working days. */
  digestAt: clockTime.prefault('18:00'),
  /** Days for which archived tickets are kept. */
  retentionDays: z.number().int().min(1).max(3_650).default(180),
})

export type DeskConfig = z.infer<typeof deskSchema>

export const deskRulesOf = (desk: DeskConfig, officialDays: OfficialDays): DeskRules => ({
  hours: { weekdays: desk.weekdays, spans: desk.hours, officialDays },
  roster: desk.people.map(({ hours, ...person }) => ({ ...person, ...(hours ? { spans: hours } : {}) })),
  firstResponseMs: desk.firstResponseMinutes * 60_000,
  resolutionMs: desk.resolutionHours * HOUR_MS,
  remindEveryMs: desk.remindMinutes * 60_000,
  silentMs: desk.silentMinutes * 60_000,
  quietWorkingMs: desk.quietHours * HOUR_MS,
  quietMs: desk.quietAtMostHours * HOUR_MS,
  confirmMs: desk.confirmHours * HOUR_MS,
  expireMs: desk.expireDays * DAY_MS,
  reopenMs: desk.reopenDays * DAY_MS,
  digestMinute: desk.digestAt,
  retentionDays: desk.retentionDays,
})

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}
