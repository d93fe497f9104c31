import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AccessControl } from './access.js'
import { mayAs, type Viewer, type ViewerRole } from './sessions.js'

interface ConsoleEvent {
  readonly number: number
  readonly name: string
  readonly content: Content
  readonly for: ViewerRole
}

/** What an event tells. A function is asked when there is somebody to read it; undefined: it is not to be told any more. */
type Content = object | (() => object | undefined)

const asJson = (content: Content): string | undefined =>
  JSON.stringify(typeof content === 'function' ? content() : content)

type Tell = (event: ConsoleEvent, data: string | undefined) => void

const HEARTBEAT_MS = 20_000 // below the half minute after which some browsers and proxies drop a silent stream
const RECONNECT_MS = 1_000
/** What a reader who was away for a moment gets afterwards. */
const KEPT_EVENTS = 500
/** All that somebody who comes back can get, and some more. */
const MAX_UNREAD = 600

/**
 * What happens, for every browser that is open: one stream each, which its windows share. Events are numbered within a
 * run of the bot (`id: <run>-<number>`): whoever comes back with the last number that they heard gets what they missed,
 * or `resync` where that is not kept any more.
 */
export class EventStream {
  readonly #run = randomBytes(4).toString('hex')
  readonly #kept: ConsoleEvent[] = []
  readonly #readers = new Set<Tell>()
  #last = 0

  /** @param needed who may hear of it: the filter is the server's, not the page's */
  publish(name: string, content: Content, needed: ViewerRole): void {
    const event = { number: ++this.#last, name, content, for: needed }
    this.#kept.push(event)
    if (this.#kept.length > KEPT_EVENTS) this.#kept.shift()
    if (this.#readers.size === 0) return
    const data = asJson(content)
    for (const tell of this.#readers) tell(event, data)
  }

  /** Server-sent events until the reader leaves, or may no longer read. `hello` comes first. */
  serve(c: Context, viewer: Viewer, access: Pick<AccessControl, 'viewerOf'>): Response {
    const heard = c.req.header('last-event-id') ?? c.req.query('after')
    return streamSSE(c, async (stream) => {
      let unread = 0
      const write = (event: string, data: string, id?: string): void => {
        // Who does not read would have it all piled up in memory, and gets what was missed on coming back.
        if (++unread > MAX_UNREAD) {
          stream.abort()
          return
        }
        const written = stream.writeSSE({ event, data, ...(id !== undefined && { id }) })
        // A write to a reader that has left is lost on purpose: `onAbort` ends the subscription.
        void written.catch(() => undefined).finally(() => unread--)
      }
      const tell: Tell = (event, data) => {
        if (data !== undefined && mayAs(viewer.role, event.for)) write(event.name, data, this.#idOf(event.number))
      }
      const missed = heard === undefined ? [] : this.#since(heard)
      await stream.writeSSE({
        event: 'hello',
        data: JSON.stringify({ role: viewer.role, name: viewer.isNamed ? viewer.who.name : null }),
        id: this.#idOf(missed?.at(-1)?.number ?? this.#last),
        retry: RECONNECT_MS,
      })
      if (missed === undefined) write('resync', '{}')
      for (const event of missed ?? []) tell(event, asJson(event.content))
      this.#readers.add(tell)
      const timer = setInterval(() => {
        // Whoever is logged out, or whose session is over, hears nothing more.
        if (access.viewerOf(c)?.role === viewer.role) write('heartbeat', '{}')
        else stream.abort()
      }, HEARTBEAT_MS).unref()
      const watch = setInterval(() => {
        if (access.viewerOf(c)?.role !== viewer.role) stream.abort()
      }, RECONNECT_MS).unref()
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      clearInterval(timer)
      clearInterval(watch)
      this.#readers.delete(tell)
    })
  }

  #idOf = (number: number): string => `${this.#run}-${number}`

  /** @returns undefined when something between then and now is not kept */
  #since(id: string): readonly ConsoleEvent[] | undefined {
    const [run, digits = ''] = id.split('-')
    const number = Number(digits)
    const oldest = this.#kept[0]?.number ?? this.#last + 1
    if (run !== this.#run || !/^\d+$/.test(digits) || number < oldest - 1 || number > this.#last) return undefined
    return this.#kept.filter((event) => event.number > number)
  }
}
