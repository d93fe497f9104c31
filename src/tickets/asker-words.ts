import type { HeardPicture, IncomingMessage } from '../model/message.js'
import type { SaidWords } from '../model/ticket.js'

const KEPT_WORDS = 5
const KEPT_CHARS = 200
const PICTURE = '[图片]'

interface Kept extends SaidWords {
  /** Its bytes are not held here, see `HeardPicture.bytes`. */
  readonly picture?: HeardPicture | undefined
}

/** What each asker said last in each place, in memory: for the colleague who takes over. */
export class AskerWords {
  readonly #words = new Map<string, readonly Kept[]>()
  readonly #maxAskers: number

  /** @param maxAskers remembered at most; whoever has been silent longest is forgotten first */
  constructor(maxAskers: number) {
    this.#maxAskers = maxAskers
  }

  note({ place, sender, kind, text, sentAtMs, picture }: IncomingMessage): void {
    const said = kind === 'picture' ? PICTURE : text.slice(0, KEPT_CHARS)
    if ((kind !== 'text' && kind !== 'picture') || said === '') return
    const key = `${place.key}\u0000${sender.key}`
    const words = [...(this.#words.get(key) ?? []), { atMs: sentAtMs, text: said, picture }].slice(-KEPT_WORDS)
    this.#words.delete(key)
    this.#words.set(key, words)
    for (const oldest of this.#words.keys()) {
      if (this.#words.size <= this.#maxAskers) return
      this.#words.delete(oldest)
    }
  }

  /** Oldest first, at most five. */
  lastOf({ place, sender }: Pick<IncomingMessage, 'place' | 'sender'>): readonly SaidWords[] {
    const kept = this.#words.get(`${place.key}\u0000${sender.key}`) ?? []
    return kept.map(({ atMs, text }) => ({ atMs, text }))
  }

  /** What was said by these people, anywhere. */
  forget(askerKeys: readonly string[]): void {
    for (const key of this.#words.keys()) {
      if (askerKeys.includes(key.slice(key.indexOf('\u0000') + 1))) this.#words.delete(key)
    }
  }

  /** The pictures among them, oldest first. */
  picturesOf({ place, sender }: Pick<IncomingMessage, 'place' | 'sender'>): readonly HeardPicture[] {
    const kept = this.#words.get(`${place.key}\u0000${sender.key}`) ?? []
    return kept.flatMap(({ picture }) => picture ?? [])
  }
}
