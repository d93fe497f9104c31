/**
 * What an operator has to hear of outside WeChat.
 *
 * `scan-needed`: a QR code waits for its scan; `kicked`: WeChat ended the session; `unreachable`: WeChat can't be
 * reached for minutes; `restarting`: the bot ends again and again; `send-refused`: WeChat refuses what the bot says.
 */
export type AlertKind = 'scan-needed' | 'kicked' | 'unreachable' | 'restarting' | 'send-refused'

export interface AlertFacts {
  /** Where the operator finds the bot's page. */
  readonly pageUrl?: string
  /** How often it has happened. */
  readonly count?: number
}

/** Reaches people outside WeChat. Never throws, never waits. */
export interface Alerts {
  /** Opens an incident. As long as it is open, raising it again does nothing. */
  raise(kind: AlertKind, facts?: AlertFacts): void
  /** Closes it, with an all-clear when people had been told. */
  clear(kind: AlertKind): void
  /** Something that happened once, in Chinese, e.g. a question handed over: neither incident nor all-clear. */
  tell(text: string): void
}
