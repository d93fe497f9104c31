import type { Command } from '../model/command.js'
import { normalizeText } from './normalize-text.js'
import { parseStaffCommand } from './parse-staff-command.js'

const RELOAD = /^(?:重载|重新加载|reload)(?:知识库?)?$/

/**
 * Reads an order of staff or admin. Full-width characters, missing blanks and closing punctuation are forgiven.
 *
 * @returns undefined when the text is no order; `number: null` when the order lacks its ticket number
 */
export function parseCommand(text: string): Command | undefined {
  const plain = normalizeText(text).replace(/[。.!,\s]+$/, '')
  return RELOAD.test(plain) ? { kind: 'reload' } : parseStaffCommand(text)
}
