import type { Channel, MessageListener, Outgoing } from '../model/ports.js'

/** A channel whose other end is the caller: what is sent to the asker is kept until taken. */
export class AskChannel implements Channel {
  #sent: Outgoing[] = []

  async start(_listener: MessageListener): Promise<void> {}

  async stopHearing(): Promise<void> {}

  async stop(): Promise<void> {}

  async send(_to: unknown, bubble: Outgoing): Promise<void> {
    this.#sent.push(bubble)
  }

  async staffPlace(): Promise<undefined> {
    return undefined // nobody is on duty behind the command line
  }

  /** What was sent since the last call, in order. */
  take(): readonly Outgoing[] {
    const sent = this.#sent
    this.#sent = []
    return sent
  }
}
