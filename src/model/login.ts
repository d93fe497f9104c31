/**
 * Where the bot stands with WeChat.
 *
 * `starting`: not known yet; `waiting-scan`: somebody must scan the QR code; `reconnecting`: there is a session, but
 * nothing is heard at the moment; `kicked`: WeChat ended the session, a new scan is needed.
 */
export type LoginStatus = 'starting' | 'waiting-scan' | 'logged-in' | 'reconnecting' | 'kicked'

export interface LoginState {
  readonly status: LoginStatus
  /** Milliseconds since the epoch at which this status began. */
  readonly sinceMs: number
  /** What the QR code says, while there is one to scan. Whoever has it can log in with it. */
  readonly qrText?: string
}
