import { parseCommand } from '../commands/parse.js'
import type { Language } from '../model/language.js'
import type { AnswerDraft, LearningRecords } from '../model/learning.js'
import type { Ticket } from '../model/ticket.js'
import { readDeskTurn, readSpeechAct } from '../nlu/dialogue-act.js'
import { normalizeText } from '../nlu/normalize.js'
import { coreOf, MIN_CORE_CHARS } from '../nlu/retrieval.js'
import { addDraft, withoutEntry } from './records.js'
import { withoutCall } from './unanswered.js'

/** 已处理 explains nothing. */
const MIN_ANSWER_CHARS = 10

/** What may be kept of words that were said in a place. */
type Clean = (text: string, placeKey: string) => string

/**
 * A draft for each settled ticket whose colleague explained what solved it. One that is opened again, or whose asker was
 * forgotten, loses its draft.
 *
 * @returns the records as they were when there is nothing new
 */
export function draftsFrom(
  records: LearningRecords,
  tickets: readonly Ticket[],
  { clean, language, nowMs }: { readonly clean: Clean; readonly language: Language; readonly nowMs: number },
): LearningRecords {
  return tickets.reduce((before, ticket) => {
    const known = before.entries.find(
      (entry): entry is AnswerDraft => entry.kind === 'draft' && entry.ticketNumber === ticket.number,
    )
    const explained = 'gist' in ticket && ticket.gist !== ''
    if (known) return explained || known.status === 'settled' ? before : withoutEntry(before, known.number)
    if (!explained) return before
    const answer = clean(ticket.gist, ticket.placeKey)
    const question = questionOf(ticket, clean, language)
    if (question === undefined || answer.length < MIN_ANSWER_CHARS) return before
    return addDraft(before, { ticketNumber: ticket.number, question, answer, atMs: nowMs })
  }, records)
}

/** What was asked; 转人工 is no question, what was said before it may be one. */
function questionOf({ question, lastWords, placeKey }: Ticket, clean: Clean, language: Language): string | undefined {
  return [question, ...lastWords.map(({ text }) => text).toReversed()]
    .map((text) => clean(withoutCall(text), placeKey))
    .find((text) => isTeachable(text, language) === 'yes')
}

/** What such words mean is settled by what was said before them. */
const COURTESIES: ReadonlySet<string> = new Set(['greeting', 'thanks', 'menu', 'yes', 'no', 'choice'])

/** Whether a sentence can be taught: it must mean the same whoever says it, and whenever. */
export function isTeachable(text: string, language: Language): 'yes' | 'empty' | 'short' | 'courtesy' {
  const normalized = normalizeText(text)
  if (normalized === '') return 'empty'
  if (
    COURTESIES.has(readSpeechAct(normalized, language).act) ||
    readDeskTurn(normalized, language) ||
    parseCommand(text, { strict: true })
  )
    return 'courtesy'
  return coreOf(normalized).length < MIN_CORE_CHARS ? 'short' : 'yes'
}
