import { normalizeText } from '../understand/normalize-text.js'
import { parseCommand } from '../understand/parse-command.js'
import { readDeskTurn } from '../understand/read-desk-turn.js'
import { readSpeechAct } from '../understand/speech-act.js'
import { coreOf, MIN_CORE_CHARS } from '../understand/taught-sentences.js'

/** What such words mean is settled by what was said before them. */
const COURTESIES: ReadonlySet<string> = new Set(['greeting', 'thanks', 'menu', 'yes', 'no', 'choice'])

/** Whether a sentence can be taught: it must mean the same whoever says it, and whenever. */
export function isTeachable(text: string): 'yes' | 'empty' | 'short' | 'courtesy' {
  const normalized = normalizeText(text)
  if (normalized === '') return 'empty'
  if (COURTESIES.has(readSpeechAct(normalized).act) || readDeskTurn(normalized) || parseCommand(text, { strict: true }))
    return 'courtesy'
  return coreOf(normalized).length < MIN_CORE_CHARS ? 'short' : 'yes'
}
