import type { ForgottenPerson } from '../model/forgotten.js'
import type { LearningEntry, LearningRecords } from '../model/learning.js'

/**
 * The records without what a person has left in them. Names are taken out before anything is kept, so this is for
 * explanations of their tickets and for names that nobody knew then.
 */
export function forgetPerson(records: LearningRecords, { name, tickets }: ForgottenPerson): LearningRecords {
  const isFree = (text: string): boolean => name === '' || !text.includes(name)
  const entries = records.entries.flatMap((entry): readonly LearningEntry[] => {
    if (entry.kind === 'draft') {
      const isTheirs = tickets.includes(entry.ticketNumber) || !isFree(entry.question) || !isFree(entry.answer)
      // Settled and empty, so that the ticket gives no other.
      return [isTheirs ? { ...entry, question: '', answer: '', status: 'settled' } : entry]
    }
    if (entry.kind !== 'question') return [entry]
    const texts = entry.texts.filter(isFree)
    return texts.length > 0 ? [{ ...entry, texts }] : []
  })
  return { ...records, entries, sightings: records.sightings.filter(({ reason }) => isFree(reason)) }
}
