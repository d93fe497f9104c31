import type { CategoryRow, Section } from '../model/knowledge.js'
import type { NoticeReason } from '../model/understanding.js'
import { factPhrases, phrases } from './phrases.js'

const SIGNS = '①②③④⑤⑥⑦⑧⑨⑩'
const MAX_QUOTE_CHARS = 28
/** A single reason that is no longer need not be quoted to be known again. */
const MAX_OBVIOUS_CHARS = 60
/** What every notice begins a reason with. */
const NOTICE_OPENING =
  /^(?:.*?不符合(?:规则|规范)|.*?内容不一致)?[\s:;,。]*(?:\(\d+\)[\s:]*)?(?:你好|您好)?[\s,，:。]*/s
const MAX_TOLD_CHARS = 90

interface Reading {
  readonly section: (sectionKey: string) => Section | undefined
  /** All of it in a line or two, where an author wrote that. */
  readonly brief: (sectionKey: string) => readonly string[] | undefined
}

/**
 * A notice reason by reason: quoted short, what it means, what to do, who does it.
 *
 * @param about only the one at this place from 0
 */
export function renderReasons(reasons: readonly NoticeReason[], reading: Reading, about?: number): readonly string[] {
  const only = about === undefined ? undefined : reasons[about]
  if (only) return [phrases.reasonAt(about! + 1, shortQuote(only.text)), ...renderReason(only, reading)]
  const [single] = reasons.length === 1 ? reasons : []
  if (single) {
    const quoted = single.text.length > MAX_OBVIOUS_CHARS ? [phrases.reason('', shortQuote(single.text))] : []
    return [...quoted, ...renderReason(single, reading)]
  }
  return [
    phrases.severalReasons(reasons.length),
    ...reasons.flatMap((reason, index) => {
      const told = renderReason(reason, reading)
      const earlier = reasons.slice(0, index).findIndex((one) => renderReason(one, reading).join() === told.join())
      return [
        phrases.reason(signOf(index), shortQuote(reason.text)),
        ...(earlier < 0 || told[0] === phrases.unknownReasonQuoted ? told : [phrases.sameAsReason(signOf(earlier))]),
      ]
    }),
  ]
}

const signOf = (index: number): string => SIGNS[index] ?? `${index + 1} `

function renderReason(
  { rule, category, candidates, answer }: NoticeReason,
  { section, brief }: Reading,
): readonly string[] {
  if (category) return [phrases.addCategory(category.path, documentsOf(category))]
  const own = section(candidates[0]?.sectionKey ?? '')
  // A rule that several sections are about says less than the one that is meant.
  const isBroad = rule !== undefined && own !== undefined && rule.sections.length > 1
  if (rule && !isBroad) {
    const told = [factPhrases.meaning(rule.meaning), factPhrases.customerDoes(rule.customer.join('；'))].join('')
    return [told, ...(rule.vendor === undefined ? [] : [factPhrases.vendorDoes(rule.vendor)])]
  }
  if (answer) return answer.lines
  if (!own) return [phrases.unknownReasonQuoted]
  const told = brief(own.key)
  if (told) return told
  const lines = own.parts.flatMap((part) => part.lines)
  return lines.filter((_, index) => lines.slice(0, index).join('').length < MAX_TOLD_CHARS)
}

/** The reason's own words, without the heading that it shares with many. */
function shortQuote(text: string): string {
  const own = text.replace(NOTICE_OPENING, '').trim() || text
  return own.length <= MAX_QUOTE_CHARS ? own : `${own.slice(0, MAX_QUOTE_CHARS)}…`
}

const MAX_DOCUMENT_CHARS = 40

/** Without what stands in brackets where the name is long. */
const shortly = (name: string): string => (name.length <= MAX_DOCUMENT_CHARS ? name : name.replace(/（[^（）]*）/g, ''))

/** The documents that a category asks for. */
export const documentsOf = ({ documents, choose }: CategoryRow): string =>
  factPhrases.documents(documents.length === 1 ? documents : documents.map(shortly), choose)
