import { ChannelError } from '../errors.js'
import type { Alerts, Channel, Metrics } from '../model/ports.js'

export interface Observers {
  readonly metrics: Metrics
  readonly alerts: Alerts
}

/** WeChat's number for "too many requests"; once it comes, it comes for hours. */
const TOO_MANY = '1205'

/** The same channel, with everything counted that goes through it, and an incident while WeChat refuses to send. */
export function measuredChannel(channel: Channel, { metrics, alerts }: Observers): Channel {
  // True at first: an earlier run may have raised it.
  let mayBeOpen = true
  return {
    start: (listener) =>
      channel.start((message) => {
        metrics.heard()
        return listener(message)
      }),
    stopHearing: () => channel.stopHearing(),
    stop: () => channel.stop(),
    staffPlace: () => channel.staffPlace(),
    findPlace: async (key) => channel.findPlace?.(key),
    findColleague: async (remark) => channel.findColleague?.(remark),
    bindStaffRoom: async (key, by) => (await channel.bindStaffRoom?.(key, by)) ?? false,
    rooms: async () => (await channel.rooms?.()) ?? [],
    ...(channel.remarks && { remarks: channel.remarks }),
    async send(to, bubble) {
      try {
        await channel.send(to, bubble)
      } catch (error) {
        const code = refusalCode(error)
        metrics.refused(code)
        if (code === TOO_MANY) {
          alerts.raise('send-refused')
          mayBeOpen = true
        }
        throw error
      }
      metrics.sent(bubble.kind)
      if (mayBeOpen) alerts.clear('send-refused')
      mayBeOpen = false
    },
  }
}

/** WeChat's number stands first in wechat4u's refusals, `1205 == 0`. */
function refusalCode(error: unknown): string {
  if (!(error instanceof ChannelError)) return 'unknown'
  return /^'?(-?\d+)'? == 0/.exec(error.message)?.[1] ?? error.code
}
