import type { Command } from '../model/command.js'
import { type OrderReading, parseAdminCommand } from './parse-admin-command.js'
import { parseStaffCommand } from './parse-staff-command.js'

/**
 * Reads an order. Full-width characters, missing blanks and closing punctuation are forgiven.
 *
 * @returns undefined when the text is no order; `null` or an empty text where the order lacks something
 */
export function parseCommand(text: string, reading: OrderReading = {}): Command | undefined {
  // Longer than any order; what a colleague relays is cut only by the desk.
  const admin = text.length <= MAX_ORDER_CHARS ? parseAdminCommand(text, reading) : undefined
  return admin ?? parseStaffCommand(text)
}

const MAX_ORDER_CHARS = 600
