import { z } from 'zod'

/** Why these values: docs/operations.md, "Flooding". */
export const floodingSchema = z.strictObject({
  /** Answers in any minute to one person; 0: any number. */
  perPersonMinute: z.number().int().min(0).max(1_000).default(15),
  /** Answers in any hour to one person; 0: any number, and other bots are not looked for. */
  perPersonHour: z.number().int().min(0).max(10_000).default(60),
  /** Answers in any minute in one group; 0: any number. */
  perRoomMinute: z.number().int().min(0).max(1_000).default(40),
  /** Minutes without a word to whoever reached one of these. */
  quietMinutes: z.number().min(1).max(1_440).default(10),
})

export const NO_FLOODING_LIMITS = { perPersonMinute: 0, perPersonHour: 0, perRoomMinute: 0, quietMinutes: 1 } as const
