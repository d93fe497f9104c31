import { messageOf } from '../base/text.js'
import type { Place } from '../model/chat.js'
import type { Channel, Log, NoticeFacts, Outgoing, StaffNotices } from '../model/ports.js'
import type { Outbox } from './outbox.js'

/** A notice that staff have not had yet. */
export interface Notice {
  /** Rises with every notice. */
  readonly number: number
  readonly text: string
  /** Names for `NoticeStore.picture`. */
  readonly pictures?: readonly string[] | undefined
}

/** Keeps notices on disk. Every method resolves when the change is durable. */
export interface NoticeStore {
  /** Oldest first. */
  list(): readonly Notice[]
  add(text: string, facts?: NoticeFacts): Promise<void>
  /** undefined when it is gone. */
  picture(name: string): Promise<Uint8Array | undefined>
  remove(number: number): Promise<void>
  /** Told when others have brought something to say. */
  onChange?(listener: () => void): () => void
  /** Where several accounts share the notices: those that can tell staff say those of the others. */
  canTellStaff?(can: boolean): void
}

export interface NoticeQueueParts {
  readonly store: NoticeStore
  readonly channel: Pick<Channel, 'staffPlace'>
  readonly outbox: Pick<Outbox, 'send'>
  readonly log: Log
}

const FIRST_RETRY_MS = 2_000
const LONGEST_RETRY_MS = 5 * 60_000
/** Whether there is a staff group costs nothing to look up, and a login takes a few seconds. */
const NO_PLACE_RETRY_MS = 5_000

/**
 * Tells staff, at least once: a notice stays on disk until the channel has confirmed it, however old it gets. Where the
 * answer was lost it is said again, because for a notice twice is better than never.
 */
export class NoticeQueue implements StaffNotices {
  readonly #parts: NoticeQueueParts
  #timer: NodeJS.Timeout | undefined
  #placeTimer: NodeJS.Timeout | undefined
  #delivering = false
  #running = false
  #failures = 0
  #toldNoPlace = false

  constructor(parts: NoticeQueueParts) {
    this.#parts = parts
  }

  /** Notices that staff have not had yet. */
  get length(): number {
    return this.#parts.store.list().length
  }

  /** Begins with what an earlier run has left. */
  start(): void {
    this.#running = true
    this.#parts.store.onChange?.(() => void this.#deliver())
    void this.#deliver()
    this.#watchPlace()
  }

  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
    clearInterval(this.#placeTimer)
  }

  async add(text: string, facts?: NoticeFacts): Promise<void> {
    await this.#parts.store.add(text, facts)
    void this.#deliver()
  }

  async #deliver(): Promise<void> {
    if (this.#delivering || !this.#running) return
    this.#delivering = true
    clearTimeout(this.#timer)
    try {
      const retryMs = await this.#deliverAll()
      if (retryMs !== undefined && this.#running) this.#tryAgainIn(retryMs)
    } catch (error) {
      this.#parts.log.error({ error: messageOf(error) }, 'notice not delivered')
      this.#tryAgainIn(LONGEST_RETRY_MS)
    } finally {
      this.#delivering = false
    }
  }

  /** @returns when to try again; undefined when all are out */
  async #deliverAll(): Promise<number | undefined> {
    const { store, channel, outbox } = this.#parts
    for (let notice = store.list()[0]; notice && this.#running; notice = store.list()[0]) {
      const place = await channel.staffPlace()
      if (!place) return this.#withoutPlace()
      this.#toldNoPlace = false
      const { said } = await outbox.send(place, [{ kind: 'text', text: notice.text }], { urgent: true })
      if (!said) return Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, LONGEST_RETRY_MS)
      this.#failures = 0
      await this.#showPictures(place, notice)
      await store.remove(notice.number)
    }
    return undefined
  }

  /** Once: a picture that WeChat does not want must not hold up the words of others. */
  async #showPictures(place: Place, { number, pictures = [] }: Notice): Promise<void> {
    const { store, outbox, log } = this.#parts
    const read = await Promise.all(pictures.map(async (name) => ({ name, bytes: await store.picture(name) })))
    const bubbles = read.flatMap(({ name, bytes }): readonly Outgoing[] =>
      bytes ? [{ kind: 'picture', path: name, bytes, fileName: name }] : [],
    )
    const shown = bubbles.length === 0 || (await outbox.send(place, bubbles, { urgent: true })).said
    if (!shown || bubbles.length < pictures.length) log.warn({ notice: number }, 'pictures of a notice not shown')
  }

  #withoutPlace(): number {
    if (!this.#toldNoPlace) this.#parts.log.warn({ waiting: this.length }, 'no staff group to tell, notices wait')
    this.#toldNoPlace = true
    return NO_PLACE_RETRY_MS
  }

  /** Others say what this account can't, for as long as there is nobody here to tell. */
  #watchPlace(): void {
    const { store, channel, log } = this.#parts
    if (!store.canTellStaff) return
    const look = (): void => {
      channel
        .staffPlace()
        .then((place) => store.canTellStaff?.(place !== undefined))
        .catch((error: Error) => log.warn({ error: error.message }, 'staff group not looked for'))
    }
    look()
    this.#placeTimer = setInterval(look, NO_PLACE_RETRY_MS).unref()
  }

  #tryAgainIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#deliver(), ms)
    this.#timer.unref()
  }
}
