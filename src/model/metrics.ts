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

/** How the desk is doing with one section in one group; over the tickets that are not archived. */
export interface DeskRow {
  /** `-` where the bot has no idea, `other` for what is too much to tell apart. */
  readonly sectionKey: string
  /** Durable key of the group or direct chat; `other` as above. */
  readonly placeKey: string
  /** With people, taken or not. */
  readonly open: number
  /** Not taken by anybody. */
  readonly waiting: number
  /** Working time that the longest waiting one has waited; 0 when none waits. */
  readonly longestWaitMs: number
  /** Working time from opening to a person's first act; null without any. */
  readonly firstResponseMedianMs: number | null
  readonly reopened: number
}
