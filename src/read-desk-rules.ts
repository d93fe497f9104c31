import { chineseOfficialDays } from './adapters/chinese-days/chinese-official-days.js'
import type { Config } from './config.js'
import { deskRulesOf } from './desk/desk-config.js'
import { unknownYear, unknownYearNotice } from './desk/unknown-year.js'
import type { Clock } from './model/ports.js'
import type { DeskRules } from './tickets/desk-rules.js'

export interface ReadDeskRules {
  readonly rules: DeskRules
  /** For the operator, in Chinese: the days off of a year that is near are not known. */
  readonly notice: string | undefined
}

/** How the desk works; an operator learns in time when next year's days off are not known yet. */
export function readDeskRules({ desk }: Pick<Config, 'desk'>, { clock }: { readonly clock: Clock }): ReadDeskRules {
  const officialDays = chineseOfficialDays(desk)
  const { lastYear } = officialDays
  const year = unknownYear({ lastYear, configured: [...desk.holidays, ...desk.workdays], nowMs: clock.now() })
  const rules = deskRulesOf(desk, officialDays)
  return { rules, notice: year === undefined ? undefined : unknownYearNotice(year, lastYear) }
}
