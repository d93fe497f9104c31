import type { z } from 'zod'
import type { Problem } from '../model/knowledge.js'
import { explainIssue } from './explain-issue.js'
import { findWideColons, type YamlFile } from './yaml-document.js'

/** Of one file; whoever has more mistakes than that mends these first. */
const MAX_ISSUES = 50

/** Checks what was read against a schema and tells every issue with its place. */
export function checkShape<Shape>(
  { file, text }: { readonly file: string; readonly text: string },
  yaml: YamlFile,
  schema: z.ZodType<Shape> & { readonly shape: object },
): { readonly value: Shape | undefined; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(yaml.value)
  if (result.success) return { value: result.data, problems: [] }
  const colons = findWideColons(text).map((slip): Problem => ({ severity: 'error', file, ...slip }))
  if (colons.length > 0) return { value: undefined, problems: colons }
  const knownKeys = Object.keys(schema.shape)
  const problems = result.error.issues
    .slice(0, MAX_ISSUES)
    .flatMap((issue) => explainIssue(issue, { value: yaml.value, knownKeys }).slice(0, MAX_ISSUES))
    .map(({ path, part, message, remedy }): Problem => {
      return { severity: 'error', file, ...yaml.locate(path, part), message, remedy }
    })
  // One slip may break several rules of the schema; the first says it best.
  const isFirst = ({ line, column }: Problem, index: number): boolean =>
    problems.findIndex((other) => other.line === line && other.column === column) === index
  return { value: undefined, problems: problems.filter(isFirst) }
}
