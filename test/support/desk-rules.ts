import { chineseOfficialDays } from '../../src/adapters/chinese-days/chinese-official-days.js'
import { deskRulesOf, deskSchema } from '../../src/desk/desk-config.js'
import type { DeskRules } from '../../src/tickets/desk-rules.js'

const OFFICIAL_DAYS = chineseOfficialDays()

/** The desk as it is configured by default, with the official days, unless told otherwise. */
export const someDeskRules = (desk: Parameters<typeof deskSchema.parse>[0] & object = {}): DeskRules =>
  deskRulesOf(deskSchema.parse(desk), OFFICIAL_DAYS)
