import type { GuidePicture } from './knowledge.js'

/** One chat bubble. A `text` bubble has at most 500 characters (`MAX_BUBBLE_CHARS`), the mention included. */
export type Bubble =
  | {
      readonly kind: 'text'
      readonly text: string /** Put `@name` of the asker in front. */
      readonly mention: boolean
    }
  | { readonly kind: 'picture'; readonly picture: GuidePicture }

export interface Reply {
  readonly bubbles: readonly Bubble[]
}

/**
 * Why a reply that was decided on is not said after all.
 *
 * `held-back`: its turn to be sent would come too late; `stopping`: the process ends before that; `session-over`: the
 * account was logged out; the others are about what happened since it was decided.
 */
export type DropReason =
  | 'too-old'
  | 'recalled'
  | 'colleague-answered'
  | 'room-muted'
  | 'held-by-human'
  | 'held-back'
  | 'stopping'
  | 'session-over'
