import type { ForgottenPerson } from './model/forgotten.js'
import type { TicketDesk } from './tickets/ticket-desk.js'

/** Keeps something about people. */
export interface Forgetful {
  /** Resolves when it is gone from disk. */
  forget(person: ForgottenPerson): Promise<void> | void
}

/**
 * Removes what was kept of a person, on request: tickets, archive, what others' tickets say of them, notices that wait,
 * reminders, walk-throughs, questions to learn from. Logs hold no names and no words.
 *
 * @returns the number of their tickets
 */
export async function forgetEverywhere(
  name: string,
  desk: Pick<TicketDesk, 'forget'>,
  others: readonly Forgetful[],
): Promise<number> {
  const found = await desk.forget(name)
  const person = { ...found, keys: [...new Set([...found.keys, `name:${name}`, `remark:${name}`])] }
  for (const other of others) await other.forget(person)
  return person.tickets.length
}
