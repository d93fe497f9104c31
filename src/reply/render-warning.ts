import type { Section } from '../model/knowledge.js'
import { phrases } from './phrases.js'

const SPEAKS_OF_WITHDRAWING = /撤回|重提/

/**
 * Warns somebody who is about to withdraw. The fact stands in a supplement of the section that tells the timeline, and
 * is told as one, with its source.
 *
 * @returns a line, ready for a chat bubble
 */
export function renderWithdrawalWarning(section: Section | undefined): string {
  const supplement = section?.supplements.find(({ text }) => SPEAKS_OF_WITHDRAWING.test(text))
  return phrases.withdrawalWarning(supplement?.checkedOn ?? '', supplement?.source ?? '')
}
