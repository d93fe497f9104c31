import type { Problem } from '../model/knowledge.js'

/** One line for the author: `file:line:column 问题 → 应该怎样`; without numbers where the whole file is meant. */
export function formatProblem({ file, line, column, message, remedy }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${Math.max(1, column)}` : file
  return remedy === '' ? `${place} ${message}` : `${place} ${message} → ${remedy}`
}
