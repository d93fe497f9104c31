import type { WorkHours, WorkSpan } from './working-time.js'

/** Somebody who answers questions, in the order in which they are called. */
export interface Colleague {
  /** Nick or group display name, as in the staff group. */
  readonly name: string
  /** Remark that the bot's account has given; recognises the person whatever the nick. */
  readonly remark?: string | undefined
  /** 1 Monday … 7 Sunday; without it the desk's own. Make-up days are worked by everybody. */
  readonly weekdays?: readonly number[] | undefined
  readonly spans?: readonly WorkSpan[] | undefined
}

/** How the desk works. Durations of work count in working time, all others as they pass. */
export interface DeskRules {
  readonly hours: WorkHours
  readonly roster: readonly Colleague[]
  /** Working time until a person should have answered. */
  readonly firstResponseMs: number
  /** Working time until it should be solved. */
  readonly resolutionMs: number
  /** Working time between reminders once everybody has been called. */
  readonly remindEveryMs: number
  /** Working time after which a holder who says nothing is reminded. */
  readonly silentMs: number
  /** The bot keeps quiet for an asker no longer than this after a person's last act: working time. */
  readonly quietWorkingMs: number
  /** The same as it passes, so that a holiday does not make a mute of a week. */
  readonly quietMs: number
  /** A solved ticket closes when the asker says nothing for so long. */
  readonly confirmMs: number
  /** A ticket with which nothing happens for so long has expired. */
  readonly expireMs: number
  /** For so long "没解决" opens a settled ticket again; then it moves to the archive. */
  readonly reopenMs: number
  /** Minutes after midnight in China at which the digest goes out on working days. */
  readonly digestMinute: number
  /** Days for which archived tickets are kept. */
  readonly retentionDays: number
}
