/** Somebody who asked that what was kept of them be removed. */
export interface ForgottenPerson {
  /** As the tickets show it. */
  readonly name: string
  /** Under which the person may be kept elsewhere. */
  readonly keys: readonly string[]
  /** Numbers of their tickets, archived ones included. */
  readonly tickets: readonly number[]
}
