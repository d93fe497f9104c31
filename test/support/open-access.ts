import { AccessControl, type AccessOptions } from '../../src/web/access.js'
import { fixedClock } from './fixed-clock.js'
import { recordedAlerts } from './recorded-alerts.js'

export const RUN_KEY = 'key-of-this-run'

/** Nobody has to log in, unless a token is given. */
export const openAccess = (options: Partial<AccessOptions> = {}): AccessControl =>
  new AccessControl({
    runKey: RUN_KEY,
    trustProxy: false,
    clock: fixedClock(),
    alerts: recordedAlerts().alerts,
    ...options,
  })
