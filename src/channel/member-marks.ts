import { createHash } from 'node:crypto'

/** Enough to know a name again, and not to read it. */
export const markOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12)

/** The same few of a large group each time, as long as they stay members. */
const KEPT_MARKS = 40

/** What is worth keeping of a group's marks: all, or of many an even sample. */
export const keptMarks = (marks: readonly string[]): readonly string[] =>
  [...new Set(marks)].sort().slice(0, KEPT_MARKS)

/** Of the members then and now together; a customer's group with a colleague or two in it has fewer in common. */
const MIN_ALIKE = 0.5

/** Whether these are mostly the same people. What is not known, could be anybody. */
export function areAlike(before: readonly string[], now: readonly string[]): boolean {
  const [kept, present] = [new Set(before), new Set(now)]
  const shared = [...kept].filter((mark) => present.has(mark)).length
  return shared / new Set([...kept, ...present]).size > MIN_ALIKE
}

/**
 * Whether a group is the one that had these members. Who sits in many groups, as colleagues do, tells none from another:
 * at least half of those who sit in the fewest must be there, and where none of them sits in that group alone, most of
 * the others as well.
 *
 * @param otherGroups in how many other groups somebody sits
 */
export function isSameGroup(
  before: readonly string[],
  now: readonly string[],
  otherGroups: (mark: string) => number,
): boolean {
  const counts = before.map(otherGroups)
  const fewest = Math.min(...counts)
  const telling = before.filter((_, index) => counts[index] === fewest)
  const present = new Set(now)
  const areThere = telling.filter((mark) => present.has(mark)).length * 2 >= telling.length
  return areThere && (fewest === 0 || areAlike(before, keptMarks(now)))
}
