import type { Command } from '../model/command.js'
import type { IncomingMessage } from '../model/message.js'
import { runStaffCommand, type StaffTools } from './run-staff-command.js'

export interface ReloadReport {
  readonly ok: boolean
  /** For the admin's phone: at most 500 characters. */
  readonly text: string
}

/** What can be ordered; chat, page and command line call the same functions. */
export interface Operations {
  reload(): Promise<ReloadReport>
}

/** Carries out one order and says what came of it. */
export async function runCommand(
  command: Command,
  message: IncomingMessage,
  { operations, staffTools }: { operations: Operations; staffTools: StaffTools },
): Promise<string> {
  return command.kind === 'reload' ? (await operations.reload()).text : runStaffCommand(command, message, staffTools)
}

/**
 * Reloading is for admins; tickets are worked in the staff group, or in direct chat by whoever sits in that group. Where
 * customers read along no order is taken, because the answer would tell them of each other.
 */
export function mayOrder({ sender, place }: IncomingMessage, command: Command): boolean {
  const amongUs = place.kind === 'room' && place.purpose === 'staff'
  if (sender.role === 'admin') return amongUs || place.kind === 'direct'
  return command.kind !== 'reload' && (amongUs || (place.kind === 'direct' && sender.inStaffRoom === true))
}
