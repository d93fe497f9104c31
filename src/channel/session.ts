import type { LoginState } from '../model/ports.js'

/** The login of one run of the bot. */
export interface Session {
  login(): LoginState
  /** Milliseconds since the network was last heard of; undefined where the channel does not tell, and while logged out. */
  pollAgeMs(): number | undefined
  /** Told of the present state at once, then of every change. */
  onState(listener: (state: LoginState) => void): void
  /**
   * Resolves when the network can be reached: a start without it would cost the session. Only wechat4u needs it.
   *
   * @param onAway called once, with the network's host, should it have to be waited for
   */
  networkReady(onAway?: (host: string) => void): Promise<void>
  /** To be called as soon as the channel has started. */
  started(): void
  /** A send was refused because the login has ended: so does this run. */
  sendRefused(): void
  stop(): void
}
