import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { World } from '../channel/simulator/world.js'
import type { DecisionTrace } from '../model/decision.js'
import { decisionView, messageView, type WebDeps } from './deps.js'
import { isColleague } from './desk-routes.js'

const HEARTBEAT_MS = 20_000 // below the half minute after which some browsers and proxies drop a silent stream
const RECONNECT_MS = 1_000

/**
 * Server-sent events until the reader leaves: `hello` once, `message` with a `MessageView` for every message that the
 * person can see, `decision` with a `DecisionView` for every decision about one, and for the vendor's people `desk`
 * when tickets have changed. Without a world: every decision.
 */
export function streamEvents(c: Context, deps: WebDeps, personId: string | undefined): Response {
  const { world, journal } = deps
  return streamSSE(c, async (stream) => {
    const write = (event: string, content: object): void => {
      // A write to a reader that has left is lost on purpose: `onAbort` ends the subscriptions.
      void stream.writeSSE({ event, data: JSON.stringify(content) }).catch(() => undefined)
    }
    const undo = [
      world?.subscribe((message) => {
        if (isVisible(world, message.conversationId, personId)) write('message', messageView(world, message))
      }),
      journal.subscribe((trace) => {
        if (!world || concerns(world, trace, personId)) write('decision', decisionView(trace, deps.sectionTitle))
      }),
      isColleague(world?.person(personId ?? '')?.part ?? '') ? deps.desk?.onChange(() => write('desk', {})) : undefined,
      // Whoever is logged out, or whose session is over, hears nothing more.
      every(HEARTBEAT_MS, () => (deps.access.isIn(c) ? write('heartbeat', {}) : stream.abort())),
    ]
    await stream.writeSSE({ event: 'hello', data: '{}', retry: RECONNECT_MS })
    await new Promise<void>((resolve) => stream.onAbort(resolve))
    for (const end of undo) end?.()
  })
}

function isVisible(world: World, conversationId: string, personId: string | undefined): boolean {
  return personId !== undefined && (world.conversation(conversationId)?.memberIds.includes(personId) ?? false)
}

function concerns(world: World, { messageId }: DecisionTrace, personId: string | undefined): boolean {
  const message = world.message(messageId)
  return message !== undefined && isVisible(world, message.conversationId, personId)
}

function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms)
  timer.unref()
  return () => clearInterval(timer)
}
