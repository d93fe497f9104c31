import { chineseOfficialDays, type DeskRules, deskRulesOf, deskSchema } from '../../src/tickets/working-time.js'

const OFFICIAL_DAYS = chineseOfficialDays()

/** The desk as it is configured by default, with the official days, unless told otherwise. */
export const someDeskRules = (desk: Parameters<typeof deskSchema.parse>[0] & object = {}): DeskRules =>
  deskRulesOf(deskSchema.parse(desk), OFFICIAL_DAYS)
