import { z } from 'zod'
import {
  type CategoryTable,
  errorAt,
  NO_KNOWLEDGE,
  type Problem,
  type RejectionRule,
  type ShortAnswer,
  type Source,
  type SourceFile,
} from '../model/knowledge.js'
import { repeated } from './keys.js'
import { readShaped } from './yaml.js'

const words = z.string().trim().min(1)
const list = z.array(words).default([])
const truth = z.enum(['true', 'false']).transform((value) => value === 'true')
const strength = z.enum(['S', 'M', 'W'])
const origin = { source: words.optional(), date: z.iso.date().optional(), strength: strength.optional() }
const meta = z.strictObject({ source: words, date: z.iso.date(), strength })

const categorySchema = z.strictObject({
  meta,
  /** A message that has one of these asks about categories or documents. */
  cues: list,
  sold: list,
  papers: list,
  categories: z.array(
    z.strictObject({
      /** As the back office shows it: `商家自营-食品饮料`. */
      path: words,
      documents: z.strictObject({
        choose: z.union([z.literal('all'), z.coerce.number().int().min(1).max(9)]),
        of: list,
      }),
      individual: truth,
      secondReview: truth,
      words: list,
      trades: list,
      for: words,
      note: words.optional(),
      notice: list,
      ...origin,
    }),
  ),
  notOpen: z.array(z.strictObject({ name: words, words: list, advice: words, ...origin })).default([]),
  noRow: z.array(z.strictObject({ name: words, words: list, rows: list, advice: words, ...origin })).default([]),
})

const rejectionSchema = z.strictObject({
  meta,
  rejections: z.array(
    z.strictObject({
      number: words,
      list: words,
      title: words,
      marks: list,
      meaning: words,
      customer: z.array(words).min(1),
      // The reader takes `null` for a word.
      vendor: z.preprocess((given) => (given === 'null' ? null : given), words.nullable().default(null)),
      actor: z.enum(['customer', 'vendor', 'both']),
      sections: list,
      ask: list,
      ...origin,
    }),
  ),
})

type Origin = { readonly [K in keyof Source as K extends 'text' ? 'source' : K]?: Source[K] | undefined }

const sourceOf = (row: Origin, all: z.infer<typeof meta>): Source => ({
  text: row.source ?? all.source,
  date: row.date ?? all.date,
  strength: row.strength ?? all.strength,
})

/** Reads `knowledge/categories.yaml`: what is sold or done, its category and the documents for it. Never throws. */
export function parseCategories(source: SourceFile): {
  readonly table: CategoryTable
  readonly problems: readonly Problem[]
} {
  const { value, problems, locate } = readShaped(source, categorySchema)
  if (!value) return { table: NO_KNOWLEDGE.categories, problems }
  const at = (path: readonly PropertyKey[]) => ({ file: source.file, line: locate(path).line })
  const table: CategoryTable = {
    cues: value.cues,
    sold: value.sold,
    papers: value.papers,
    rows: value.categories.map(({ documents, for: use, note, ...row }, index) => ({
      id: `类目:${row.path}`,
      path: row.path,
      documents: documents.of,
      choose: documents.choose === 'all' ? documents.of.length : Math.min(documents.choose, documents.of.length),
      individual: row.individual,
      secondReview: row.secondReview,
      words: row.words,
      trades: row.trades,
      use,
      ...(note === undefined ? {} : { note }),
      notice: row.notice,
      source: sourceOf(row, value.meta),
      ...at(['categories', index]),
    })),
    notOpen: value.notOpen.map((row, index) => ({
      id: `不开放:${row.name}`,
      ...{ name: row.name, words: row.words, advice: row.advice, rows: [], source: sourceOf(row, value.meta) },
      ...at(['notOpen', index]),
    })),
    withoutRow: value.noRow.map((row, index) => ({
      id: `没有单独类目:${row.name}`,
      ...{ name: row.name, words: row.words, advice: row.advice, rows: row.rows, source: sourceOf(row, value.meta) },
      ...at(['noRow', index]),
    })),
  }
  return { table, problems: [...problems, ...findDouble(table.rows, ({ path }) => path, '类目')] }
}

/** Reads `knowledge/rejections.yaml`: WeChat's numbered reasons in plain words. Never throws. */
export function parseRejections(source: SourceFile): {
  readonly rules: readonly RejectionRule[]
  readonly problems: readonly Problem[]
} {
  const { value, problems, locate } = readShaped(source, rejectionSchema)
  if (!value) return { rules: [], problems }
  const rules = value.rejections.map(
    ({ number, list: from, vendor, ask, source: text, date, strength: strong, ...rule }, index): RejectionRule => ({
      id: `驳回:${from} ${number}`,
      ...rule,
      number,
      list: from,
      ...(vendor === null ? {} : { vendor }),
      asks: ask,
      source: sourceOf({ source: text, date, strength: strong }, value.meta),
      file: source.file,
      line: locate(['rejections', index]).line,
    }),
  )
  return {
    rules,
    problems: [...problems, ...findDouble(rules, ({ list: from, number }) => `${from} ${number}`, '规则')],
  }
}

/** The subject of all reasons that no section of the guide is about. */
const REJECTIONS = 'rejections'
/** Shorter ones stand in talk about anything. */
const MIN_MARK_CHARS = 4

/**
 * What customers say of a rejection, as short answers: 说我头像侵权. Where a reason is a matter of several sections, these
 * answer it; where nobody has written how customers speak of it, only its words in a notice tell.
 *
 * @param exists whether there is a section of this key
 */
export function answersOfRules(
  rules: readonly RejectionRule[],
  exists: (sectionKey: string) => boolean,
): readonly ShortAnswer[] {
  return rules.flatMap((rule): readonly ShortAnswer[] => {
    const sections = rule.sections.filter(exists)
    const [sectionKey] = sections
    if (rule.asks.length === 0 || sections.length > 1) return []
    return [
      {
        ...{ id: rule.id, title: rule.title, asks: rule.asks, followUps: [], rule },
        lines: [rule.meaning, ...rule.customer],
        more: rule.marks.filter((mark) => mark.length >= MIN_MARK_CHARS),
        ...(sectionKey === undefined ? {} : { sectionKey }),
        ...{ topic: REJECTIONS, beyond: false, whole: false },
        ...{ source: rule.source, file: rule.file, line: rule.line },
      },
    ]
  })
}

const findDouble = <Row extends { readonly file: string; readonly line: number }>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  what: string,
): readonly Problem[] =>
  repeated(rows, nameOf).map(([row, first]) =>
    errorAt(row, `${what}“${nameOf(row)}”在第 ${first.line} 行已经有了`, '删掉一处，或改成别的名字'),
  )
