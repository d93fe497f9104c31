import type { Decision, Fact } from '../model/decision.js'
import type { CategoryRow } from '../model/knowledge.js'
import type { CategoryHit } from '../model/understanding.js'
import { factPhrases as say } from './phrases.js'

/** A fact in one to three lines, the deciding word first. @param question see `normalizeText` */
export function renderFact(fact: Fact, question: string): readonly string[] {
  switch (fact.kind) {
    case 'short-answer':
      return fact.answer.lines
    case 'category':
      return fact.hits.flatMap((hit) => renderCategory(hit, question))
    case 'rule':
      return [
        say.meaning(fact.rule.meaning),
        say.customerDoes(fact.rule.customer.join('；')),
        ...(fact.rule.vendor === undefined ? [] : [say.vendorDoes(fact.rule.vendor)]),
      ]
  }
}

/** More than this many categories for one word is a list, no answer. */
const MAX_ROWS = 2

function renderCategory({ word, rows, advice }: CategoryHit, question: string): readonly string[] {
  if (rows.length === 0 || (advice && rows.length === 0)) return advice ? [`${word}：${advice.advice}`] : []
  return rows.slice(0, MAX_ROWS).map((row) => categoryLine(word, row, question))
}

/** What was asked comes first: whether a person may have it, whether it is reviewed twice, or the documents. */
function categoryLine(word: string, row: CategoryRow, question: string): string {
  const documents = say.documents(row.documents.map(shortly), row.choose)
  const individual = row.individual ? say.individualYes : say.individualNo
  const second = row.secondReview ? say.secondReview : say.noSecondReview
  if (/个人|個人/.test(question)) return `${say.category(word, row.path)}，${individual}；${documents}。`
  if (/二审|网信|7天|七天|多久/.test(question)) return `${say.category(word, row.path)}，${second}；${documents}。`
  return `${say.category(word, row.path)}，${documents}${row.secondReview ? `；${say.secondReview}` : ''}。`
}

const MAX_DOCUMENT_CHARS = 40

/** Without what stands in brackets where the name is long. */
const shortly = (name: string): string => (name.length <= MAX_DOCUMENT_CHARS ? name : name.replace(/（[^（）]*）/g, ''))

/** The same fact once more, see `Decision`. @param lines of the fact */
export function renderFactAgain(lines: readonly string[], again: number): readonly string[] {
  const [first = '', ...rest] = lines
  if (again === 1) return [say.again(first), ...rest]
  return again === 2 ? [say.otherwise, ...lines, say.stillUnclear] : [say.saidOften]
}

interface Naming {
  readonly titleOf: (sectionKey: string) => string
}

/** Where more is to be had: the section's own steps, and what else may be meant. */
export function renderMore(
  sectionKey: string | undefined,
  alternatives: readonly string[],
  { titleOf }: Naming,
): readonly string[] {
  const others = alternatives.map((key) => say.other(titleOf(key), key)).join('，')
  return [...(sectionKey === undefined ? [] : [say.steps(sectionKey)]), ...(others === '' ? [] : [say.others(others)])]
}

/** What lies around the guides: its fact, or that nobody here knows. */
export const renderOutside = ({ fact }: Extract<Decision, { kind: 'outside' }>, question: string): readonly string[] =>
  fact ? renderFact(fact, question) : [say.unknown]
