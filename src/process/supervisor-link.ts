import { z } from 'zod'
import type { Alerts } from '../model/alerts.js'

const alertKind = z.enum(['scan-needed', 'kicked', 'unreachable', 'restarting', 'send-refused'])

/** What the bot's process says to its supervisor. */
const botMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alive') }),
  z.object({
    type: z.literal('raise'),
    kind: alertKind,
    facts: z.object({ pageUrl: z.string().optional(), count: z.number().optional() }).optional(),
  }),
  z.object({ type: z.literal('clear'), kind: alertKind }),
  z.object({ type: z.literal('tell'), text: z.string() }),
])
type BotMessage = z.infer<typeof botMessage>

/** The process that the bot runs in; `process` fits. */
interface BotSide {
  readonly send?: ((message: unknown, ...rest: undefined[]) => boolean) | undefined
  readonly connected: boolean
  once(event: 'disconnect', listener: () => void): unknown
}

const ALIVE_MS = 5_000

/**
 * The bot's end of the line to its supervisor. Alerts are told by the supervisor, because it outlives the bot: what was
 * said just before a restart still arrives. Without a supervisor nothing is told.
 *
 * @param onGone the supervisor is no more; the bot is to end as well
 */
export function linkToSupervisor(bot: BotSide, onGone: () => void): { readonly alerts: Alerts } {
  const say = (message: BotMessage): void => {
    if (bot.connected) bot.send?.(message)
  }
  if (bot.connected) {
    bot.once('disconnect', onGone)
    say({ type: 'alive' })
    setInterval(() => say({ type: 'alive' }), ALIVE_MS).unref()
  } else if (bot.send) onGone() // it was killed while we were starting
  return {
    alerts: {
      raise: (kind, facts) => say({ type: 'raise', kind, ...(facts && { facts: { ...facts } }) }),
      clear: (kind) => say({ type: 'clear', kind }),
      tell: (text) => say({ type: 'tell', text }),
    },
  }
}

/** The supervisor's end: passes on what the bot wants people to hear. */
export function passOnAlerts(message: unknown, alerts: Alerts): void {
  const { data } = botMessage.safeParse(message)
  if (data?.type === 'raise') {
    const { pageUrl, count } = data.facts ?? {}
    alerts.raise(data.kind, { ...(pageUrl !== undefined && { pageUrl }), ...(count !== undefined && { count }) })
  } else if (data?.type === 'clear') alerts.clear(data.kind)
  else if (data?.type === 'tell') alerts.tell(data.text)
}
