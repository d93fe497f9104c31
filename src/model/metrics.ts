import type { Decision } from './decision.js'

/** Counts what the bot does, for graphs. */
export interface Metrics {
  /** A message came in, of whatever kind. */
  heard(): void
  decided(kind: Decision['kind']): void
  sent(bubble: 'text' | 'picture'): void
  /** A bubble did not go out; `code` is WeChat's number, or the kind of failure when there is none. */
  refused(code: string): void
}
