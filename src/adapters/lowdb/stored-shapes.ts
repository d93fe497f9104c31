import { z } from 'zod'
import type { Reminder } from '../../model/reminder.js'
import type { StoredWalk } from '../../model/walk.js'

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/

/** Walk-throughs as they stand on disk. Strict, because a key that we don't know would be gone after the first write. */
export const storedWalks: z.ZodType<StoredWalk[]> = z.array(
  z.strictObject({
    placeKey: z.string().min(1),
    askerKey: z.string().min(1),
    walk: z.strictObject({
      status: z.enum(['walking', 'paused', 'asked', 'finished']),
      at: z.string().min(1),
      outcomes: z.record(z.string(), z.enum(['done', 'skipped'])),
    }),
    turnedAtMs: z.number(),
  }),
)

const place = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('room'),
    id: z.string(),
    key: z.string().min(1),
    topic: z.string(),
    purpose: z.enum(['customers', 'staff', 'ignored']),
  }),
  z.strictObject({ kind: z.literal('direct'), id: z.string(), key: z.string().min(1) }),
])

/** Reminders as they stand on disk. */
export const storedReminders: z.ZodType<Reminder[]> = z.array(
  z.strictObject({
    about: z.enum(['second', 'internal', 'submit']),
    day: z.string().regex(ISO_DAY),
    dueAtMs: z.number(),
    place,
    person: z.strictObject({
      id: z.string(),
      key: z.string().min(1),
      name: z.string(),
      role: z.enum(['customer', 'staff', 'admin']),
    }),
    status: z.enum(['waiting', 'sending']),
  }),
)
