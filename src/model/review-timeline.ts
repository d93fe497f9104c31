/** A day in China, `YYYY-MM-DD`. */
export type IsoDay = string

interface Asked {
  /** Asks or cries for help; false for a mere report, which in a group wants no answer. */
  readonly questionLike: boolean
  /** Asks besides whether weekends or holidays count. */
  readonly asksHolidays: boolean
}

/** What a message tells or asks about the days of a review. */
export type ReviewDates =
  | (Asked & {
      /** Was submitted that day; or will be, where `day` lies ahead. */
      readonly kind: 'submitted'
      readonly day: IsoDay
      /** 0..23, where it was told. */
      readonly hour?: number
      /** An update of a published mini program: no second review. A resubmission after a rejection is not one. */
      readonly laterVersion: boolean
      /** Not submitted yet: asks what would follow. */
      readonly planned?: true
      /** Was submitted again after a rejection that the message tells of. */
      readonly again?: true
      /** Wants to be online by that day. */
      readonly wishDay?: IsoDay
    })
  | (Asked & {
      /** WeChat's own review was passed that day, so the second one has begun. */
      readonly kind: 'second-started'
      readonly day: IsoDay
      readonly hour?: number
      readonly wishDay?: IsoDay
    })
  | (Asked & {
      /** Wants to be online by that day and has not said when it was or will be submitted. */
      readonly kind: 'deadline'
      readonly day: IsoDay
      readonly laterVersion: boolean
    })
  | (Asked & {
      /** Only asks whether weekends or holidays count. */
      readonly kind: 'counts-holidays'
    })

/** Natural days in China; null where the message gives no ground for a day. */
export interface ReviewTimeline {
  readonly submitted: IsoDay | null
  /** Last day of WeChat's own review. */
  readonly internalBy: IsoDay | null
  /** Last day of the local authority's review; null for later versions, which have none. */
  readonly secondBy: IsoDay | null
  /** Last day on which to submit for the wish to come true. */
  readonly latestSubmit: IsoDay | null
  /** The last of these reviews should have ended before today. */
  readonly overdue: boolean
  readonly laterVersion: boolean
}
