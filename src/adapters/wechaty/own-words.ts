import type { Outgoing } from '../../model/ports.js'

interface Said {
  readonly placeId: string
  /** undefined for a picture. */
  readonly text: string | undefined
  readonly atMs: number
}

/** Some puppets hand back what they have sent, WeChat's own clients within seconds. */
const ECHO_MS = 30_000
const KEPT = 200

/** Tells what the bot has said from what the account's owner writes by hand: both come from the same account. */
export class OwnWords {
  #said: readonly Said[] = []

  /** To be called before a bubble goes out: its echo may be faster than the answer. */
  note(placeId: string, bubble: Outgoing): void {
    const text = bubble.kind === 'text' ? bubble.text : undefined
    this.#said = [...this.#said.slice(1 - KEPT), { placeId, text, atMs: performance.now() }]
  }

  /** Whether these words from our account are an echo; each bubble has at most one. */
  takeEcho({ placeId, text }: { readonly placeId: string; readonly text: string | undefined }): boolean {
    const oldestMs = performance.now() - ECHO_MS
    const echoed = this.#said.find(
      (said) => said.placeId === placeId && said.atMs > oldestMs && isEchoOf(said.text, text),
    )
    this.#said = this.#said.filter((said) => said !== echoed)
    return echoed !== undefined
  }
}

/** A mention may stand before the text. */
const isEchoOf = (said: string | undefined, heard: string | undefined): boolean =>
  said === undefined || heard === undefined ? said === heard : squeeze(heard).endsWith(squeeze(said))

const squeeze = (text: string): string => text.replace(/\s+/g, '')
