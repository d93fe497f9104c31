/** A group, or all of them, in which the bot says nothing. */
export interface Mute {
  /** Of the group; `*` for all groups and direct chats of customers. */
  readonly placeKey: string
  /** As it was called when it was muted. */
  readonly topic: string
  /** Milliseconds since the epoch; null until further notice. */
  readonly untilMs: number | null
  readonly by: string
}
