import { type DenseModel, featureScale, softmaxInPlace } from './classifier.js'
import { type FeatureKeys, FeatureTable, keysOf } from './feature-table.js'

/**
 * Classifiers that share a vocabulary and of which a message is read by few: each tells the classes of one subject apart.
 * For a feature, its uses are listed, a block of weights each. Plain data.
 */
export interface ClassifierGroup {
  /** In alphabetical order. */
  readonly names: readonly string[]
  /** By classifier, `NOTHING` last. */
  readonly classes: readonly (readonly string[])[]
  /** One classifier behind the other, a number a class. */
  readonly bias: Float32Array
  /** By row, and one more: where its uses begin. */
  readonly starts: Uint32Array
  /** By use: whose. */
  readonly users: Uint16Array
  /** By row, and one more: where the weights of its uses begin. */
  readonly blocks: Uint32Array
  /** Use by use as they come, a number a class: what one feature weighs anywhere lies together, for memory is what a message costs. */
  readonly weights: Float32Array
}

/** Reads what a few of a group make of a message; for one message after another. */
export class GroupReader {
  readonly #group: ClassifierGroup
  readonly #indexOf: ReadonlyMap<string, number>
  /** By classifier: where its classes begin among all. */
  readonly #offsets: Int32Array
  readonly #scores: Float64Array
  /** By classifier: −1 where it is not asked, else how many of its features were met. */
  readonly #counts: Int32Array

  constructor(group: ClassifierGroup) {
    this.#group = group
    this.#indexOf = new Map(group.names.map((name, index) => [name, index]))
    this.#offsets = offsetsOf(group)
    this.#scores = new Float64Array(group.bias.length)
    this.#counts = new Int32Array(group.names.length)
  }

  classesOf(name: string): readonly string[] | undefined {
    return this.#group.classes[this.#indexOf.get(name) ?? -1]
  }

  /**
   * @param rows of the group's vocabulary
   * @returns for each name, where the group knows it, the shares of its classes but `NOTHING`, see `Reading`; to be read before
   * the next call
   */
  read(names: readonly string[], rows: Int32Array): readonly (Float64Array | undefined)[] {
    const { classes, bias } = this.#group
    const [offsets, scores, counts] = [this.#offsets, this.#scores, this.#counts]
    const asked = names.map((name) => this.#indexOf.get(name) ?? -1)
    counts.fill(-1)
    for (const user of asked) if (user >= 0) this.#clear(user)
    this.#sum(rows)
    return asked.map((user) => {
      if (user < 0) return undefined
      const [start, count] = [offsets[user]!, classes[user]!.length]
      const scale = featureScale(counts[user]!)
      for (let c = start; c < start + count; c++) scores[c] = scores[c]! * scale + bias[c]!
      softmaxInPlace(scores, start, count)
      const something = Math.max(1 - scores[start + count - 1]!, 1e-9)
      const shares = scores.subarray(start, start + count - 1)
      for (let c = 0; c < shares.length; c++) shares[c]! /= something
      return shares
    })
  }

  #clear(user: number): void {
    const start = this.#offsets[user]!
    this.#counts[user] = 0
    this.#scores.fill(0, start, start + this.#group.classes[user]!.length)
  }

  #sum(rows: Int32Array): void {
    const { starts, users, blocks, weights } = this.#group
    const [offsets, scores, counts] = [this.#offsets, this.#scores, this.#counts]
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      let at = blocks[row]!
      for (let use = starts[row]!; use < starts[row + 1]!; use++) {
        const user = users[use]!
        const [first, end] = [offsets[user]!, offsets[user + 1]!]
        if (counts[user]! < 0) at += end - first
        else {
          counts[user]!++
          for (let c = first; c < end; c++, at++) scores[c]! += weights[at]!
        }
      }
    }
  }
}

function offsetsOf({ classes }: Pick<ClassifierGroup, 'classes'>): Int32Array {
  const offsets = new Int32Array(classes.length + 1)
  for (const [index, { length }] of classes.entries()) offsets[index + 1] = offsets[index]! + length
  return offsets
}

/** One of a group, by itself. */
export interface GroupMember {
  readonly classes: readonly string[]
  readonly bias: Float32Array
  /** Of its features. */
  readonly keys: FeatureKeys
  /** In the same order, a number a class. */
  readonly weights: Float32Array
}

/** @param model its scope is left out: who asks one of a group knows that the message is for us */
export function memberOf({ classes, names, weights, bias }: DenseModel): GroupMember {
  const [width, count] = [classes.length + 2, classes.length]
  const own = new Float32Array(names.length * count)
  for (let row = 0; row < names.length; row++) own.set(weights.subarray(row * width, row * width + count), row * count)
  return { classes, bias: bias.slice(0, count), keys: keysOf(names), weights: own }
}

/** Takes the members of a group apart again. */
export function membersOf(group: ClassifierGroup, vocabulary: FeatureTable): Readonly<Record<string, GroupMember>> {
  const all = vocabulary.keys()
  const offsets = offsetsOf(group)
  const uses = group.names.map((): { readonly keys: number[]; readonly weights: number[] } => ({
    keys: [],
    weights: [],
  }))
  for (let row = 0; row + 1 < group.starts.length; row++) {
    let at = group.blocks[row]!
    for (let use = group.starts[row]!; use < group.starts[row + 1]!; use++) {
      const user = group.users[use]!
      uses[user]!.keys.push(all[row * 2]!, all[row * 2 + 1]!)
      for (let end = at + group.classes[user]!.length; at < end; at++) uses[user]!.weights.push(group.weights[at]!)
    }
  }
  return Object.fromEntries(
    group.names.map((name, user) => [
      name,
      {
        classes: group.classes[user]!,
        bias: group.bias.slice(offsets[user]!, offsets[user + 1]!),
        keys: Int32Array.from(uses[user]!.keys),
        weights: Float32Array.from(uses[user]!.weights),
      },
    ]),
  )
}

/**
 * @param before the vocabulary so far, of which the rows stay
 * @returns the vocabulary with what the members know besides
 */
export function groupOf(
  members: Readonly<Record<string, GroupMember>>,
  before: FeatureTable,
): { readonly group: ClassifierGroup; readonly vocabulary: FeatureTable } {
  const names = Object.keys(members).sort()
  const ordered = names.map((name) => members[name]!)
  const vocabulary = extended(before, ordered)
  const rowsOf = ordered.map(({ keys }) => vocabulary.rowsOf(keys))
  const rowCount = vocabulary.keys().length / 2
  const starts = new Uint32Array(rowCount + 1)
  const blocks = new Uint32Array(rowCount + 1)
  for (const [user, rows] of rowsOf.entries()) {
    for (const row of rows) {
      starts[row + 1]!++
      blocks[row + 1]! += ordered[user]!.classes.length
    }
  }
  for (let row = 0; row < rowCount; row++) {
    starts[row + 1]! += starts[row]!
    blocks[row + 1]! += blocks[row]!
  }
  const [nextUse, nextBlock] = [starts.slice(), blocks.slice()]
  const users = new Uint16Array(starts[rowCount]!)
  const all = new Float32Array(blocks[rowCount]!)
  for (const [user, { classes, weights }] of ordered.entries()) {
    for (const [index, row] of rowsOf[user]!.entries()) {
      users[nextUse[row]!++] = user
      all.set(weights.subarray(index * classes.length, (index + 1) * classes.length), nextBlock[row]!)
      nextBlock[row]! += classes.length
    }
  }
  return {
    group: {
      names,
      classes: ordered.map(({ classes }) => classes),
      bias: Float32Array.from(ordered.flatMap(({ bias }) => [...bias])),
      ...{ starts, users, blocks, weights: all },
    },
    vocabulary,
  }
}

function extended(before: FeatureTable, members: readonly GroupMember[]): FeatureTable {
  const added = new Map<string, readonly [number, number]>()
  for (const { keys } of members) {
    for (let i = 0; i < keys.length; i += 2) {
      const [key, check] = [keys[i]!, keys[i + 1]!]
      if (before.rowOf(key, check) < 0) added.set(`${key} ${check}`, [key, check])
    }
  }
  if (added.size === 0) return before
  return FeatureTable.ofKeys(Int32Array.from([...before.keys(), ...[...added.values()].flat()]))
}
