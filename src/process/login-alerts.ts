import type { Alerts } from '../model/alerts.js'
import type { LoginState, LoginStatus } from '../model/login.js'

export interface LoginAlertOptions {
  readonly alerts: Alerts
  /** How long a QR code may wait for its scan. */
  readonly scanAfterMs: number
  /** How long nothing may be heard. */
  readonly unreachableAfterMs: number
  readonly pageUrl?: string
}

/**
 * Tells people outside WeChat when a login is not as it should be.
 *
 * @returns to be called with every new state
 */
export function alertOnLogin({ alerts, scanAfterMs, unreachableAfterMs, pageUrl }: LoginAlertOptions) {
  const facts = pageUrl === undefined ? {} : { pageUrl }
  let timer: NodeJS.Timeout | undefined
  let timedFor: LoginStatus | undefined

  const raiseAfter = (status: 'waiting-scan' | 'reconnecting', ms: number): void => {
    if (timedFor === status) return // e.g. the code was renewed: people wait as long as before
    stopTimer()
    timedFor = status
    timer = setTimeout(() => alerts.raise(status === 'waiting-scan' ? 'scan-needed' : 'unreachable', facts), ms)
    timer.unref()
  }
  const stopTimer = (): void => {
    clearTimeout(timer)
    timedFor = undefined
  }

  return ({ status }: LoginState): void => {
    switch (status) {
      case 'starting':
        break
      case 'waiting-scan':
        alerts.clear('unreachable')
        raiseAfter(status, scanAfterMs)
        break
      case 'reconnecting':
        raiseAfter(status, unreachableAfterMs)
        break
      case 'kicked':
        stopTimer()
        alerts.clear('unreachable')
        alerts.raise('kicked', facts)
        break
      case 'logged-in':
        stopTimer()
        for (const kind of ['kicked', 'scan-needed', 'unreachable'] as const) alerts.clear(kind)
    }
  }
}
