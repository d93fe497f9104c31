import { type Day, dayFromIso } from '../base/time.js'
import type { KnowledgeContent, Problem, ShortAnswer, Source } from '../model/knowledge.js'

/** Of what people look up elsewhere nobody knows after so long whether it still holds. */
const OLD_AFTER_DAYS = 180

interface Dated {
  readonly source: Source
  readonly file: string
  readonly line: number
}

/**
 * Short answers by subject, the two tables, and their age: a line each, in Chinese.
 *
 * @param today in China
 */
export function describeFacts(
  { answers, categories, rejections, guides }: KnowledgeContent,
  today: Day,
): readonly string[] {
  const sections = guides.flatMap((guide) => guide.sections)
  const bySubject = groupBy(answers, ({ sectionKey, topic }) => sectionKey ?? `指南外 ${topic}`)
  const order = new Map(sections.map(({ key }, index) => [key, index]))
  const subjects = [...bySubject].sort(([a], [b]) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size))
  const advice = [...categories.notOpen, ...categories.withoutRow]
  const table = (what: string, rows: readonly Dated[], more = ''): readonly string[] =>
    rows.length === 0 ? [] : [`${what} ${rows.length} 条${more}，${ageOf(rows, today)}（${rows[0]!.file}）`]
  return [
    ...(answers.length > 0 ? [`短答 ${answers.length} 条，问法 ${sumOf(answers, waysOf)} 句`] : []),
    ...subjects.map(([subject, own]) => {
      const title = sections.find(({ key }) => key === subject)?.title
      const name = title === undefined ? subject : `${subject} ${title}`
      return `  ${name}  ${own.length} 条 · ${sumOf(own, waysOf)} 句 · ${ageOf(own, today)}`
    }),
    ...table('类目', categories.rows, advice.length > 0 ? `，另有不开放和没有单独类目的 ${advice.length} 条` : ''),
    ...table('驳回规则', rejections),
  ]
}

const waysOf = ({ asks, more, followUps }: ShortAnswer): number => asks.length + more.length + followUps.length
const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

/** The oldest counts. */
function ageOf(facts: readonly Dated[], today: Day): string {
  const dates = facts.map(({ source }) => source.date).filter((date) => date !== '')
  const oldest = dates.sort()[0]
  return oldest === undefined ? '没写日期' : `${oldest} 核对（${daysBetween(oldest, today)} 天前）`
}

/** Warns of facts that nobody has looked up for half a year: a line for each source and date in a file. */
export function findOldFacts({ answers, categories, rejections }: KnowledgeContent, today: Day): readonly Problem[] {
  const facts: readonly Dated[] = [
    ...answers,
    ...[...categories.rows, ...categories.notOpen, ...categories.withoutRow],
    ...rejections,
  ]
  const old = facts.filter(({ source: { date } }) => date !== '' && daysBetween(date, today) > OLD_AFTER_DAYS)
  const groups = groupBy(old, ({ file, source: { text, date } }) => JSON.stringify([file, text, date]))
  return [...groups.values()].map(([first, ...others]): Problem => {
    const { file, line, source } = first!
    const from = source.text === '' ? '' : `（${source.text}）`
    const days = daysBetween(source.date, today)
    return {
      severity: 'warning',
      ...{ file, line, column: 1 },
      message: `${others.length + 1} 条是 ${source.date} 核对的，已经 ${days} 天${from}`,
      remedy: '对照来源看看还对不对，再改日期',
    }
  })
}

const daysBetween = (from: string, to: Day): number => to - dayFromIso(from)

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
