import type { Alerts } from '../../src/model/ports.js'

/** Alerts that reach nobody but the test. */
export function recordedAlerts(): { readonly alerts: Alerts; readonly heard: unknown[][] } {
  const heard: unknown[][] = []
  return {
    heard,
    alerts: {
      raise: (...words) => void heard.push(['raise', ...words]),
      clear: (...words) => void heard.push(['clear', ...words]),
      tell: (...words) => void heard.push(['tell', ...words]),
    },
  }
}
