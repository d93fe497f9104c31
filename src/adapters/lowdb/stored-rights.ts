import { z } from 'zod'
import type { DayFigures } from '../../model/day-figures.js'
import type { Mute } from '../../model/mute.js'
import type { RoleClaim, RoleGrant } from '../../model/rights.js'

const role = z.enum(['staff', 'admin'])

/** Roles as they stand on disk. */
export const storedGrants: z.ZodType<RoleGrant[]> = z.array(
  z.strictObject({
    role,
    name: z.string(),
    personKey: z.string().min(1),
    contactId: z.string(),
    remark: z.string().min(1),
    formerRemark: z.string(),
    isRemarkSeen: z.boolean(),
    grantedAtMs: z.number(),
  }),
)

/** Codes that wait, and who has guessed, as they stand on disk. */
export const storedClaims: z.ZodType<RoleClaim[]> = z.array(
  z.strictObject({
    person: z.strictObject({ key: z.string().min(1), name: z.string() }),
    contactId: z.string(),
    codes: z.array(z.strictObject({ role, code: z.string().regex(/^\d{8}$/) })),
    expiresAtMs: z.number(),
    wrongCount: z.number().int().min(0),
    lastWrongAtMs: z.number(),
    lockedUntilMs: z.number(),
  }),
)

/** Mutes as they stand on disk. */
export const storedMutes: z.ZodType<Mute[]> = z.array(
  z.strictObject({
    placeKey: z.string().min(1),
    topic: z.string(),
    untilMs: z.number().nullable(),
    by: z.string(),
  }),
)

const count = z.number().int().min(0)

/** Figures as they stand on disk. */
export const storedFigures: z.ZodType<DayFigures[]> = z.array(
  z.strictObject({
    day: z.number().int(),
    ...{ answered: count, offered: count, handedOver: count, silent: count, orders: count },
  }),
)
