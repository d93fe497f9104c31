import type { Command } from '../model/command.js'
import { normalizeText } from './normalize-text.js'

const RELOAD = /^(?:重载|重新加载|reload)(?:知识库?)?$/
const LIST = /^工单(?:列表)?$/
const CLAIM = /^接单\s*(\d+)?$/
const CLOSE = /^(?:结单|关单)\s*(\d+)?(?:\s*\S.*)?$/s
/** The order itself, in simplified or traditional characters. */
const CLOSE_ORDER = /^[^\p{Script=Han}]*\p{Script=Han}{2}\s*\d*\s*/u

/**
 * Reads an order of staff or admin. Full-width characters, missing blanks and closing punctuation are forgiven.
 *
 * @returns undefined when the text is no order; `number: null` when the order lacks its ticket number
 */
export function parseCommand(text: string): Command | undefined {
  const plain = normalizeText(text).replace(/[。.!,\s]+$/, '')
  if (RELOAD.test(plain)) return { kind: 'reload' }
  if (LIST.test(plain)) return { kind: 'list-tickets' }
  const claim = CLAIM.exec(plain)
  if (claim) return { kind: 'claim-ticket', number: toNumber(claim[1]) }
  const close = CLOSE.exec(plain)
  if (close) return { kind: 'close-ticket', number: toNumber(close[1]), note: readNote(text) }
  return undefined
}

/** People will read the note, so it keeps its capitals, addresses and full stops. */
const readNote = (text: string): string => text.normalize('NFKC').replace(CLOSE_ORDER, '').trim()

const toNumber = (digits: string | undefined): number | null => (digits === undefined ? null : Number(digits))
