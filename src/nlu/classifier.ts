import { type FeatureKeys, FeatureTable, keysOf } from './feature-table.js'

/**
 * Three linear views of one message over one vocabulary of binary features, trained together:
 * a softmax over the intents and "nothing for us"; a logistic on whether it is for us at all; and the same from the
 * coarse features only, which errs differently and so steadies the other two.
 *
 * Plain data: it goes to another thread or to disk as it is, see `releases/build.ts`.
 */
export interface Classifier {
  /** Intent ids, and `NOTHING` last. */
  readonly classes: readonly string[]
  /** By row: the weight in the coarse view; NaN where the feature does not count there. */
  readonly coarse: Float32Array
  /** By row, classes.length + 1 columns: softmax, then scope. */
  readonly weights: WeightRows
  readonly bias: Float32Array
}

/**
 * Weights in a quarter of their memory: whole numbers from −127 to 127, and what one of them is worth. A message is read
 * from some hundred places of a table that no processor's cache holds, so that its size is what a message costs. Less than
 * half a step is lost of each weight, by chance upwards or downwards: among a message's hundred nothing that could be seen.
 */
interface Steps {
  readonly steps: Int8Array
  /** What a step is worth, vector by vector. */
  readonly worth: Float32Array
}

/** Many rows are alike: characters that are only seen side by side have learned the same. */
interface WeightRows extends Steps {
  /** By row: which vector it has. */
  readonly vectors: Uint32Array
}

/** A classifier with a vocabulary of its own. */
export interface MessageModel extends Classifier {
  readonly rows: FeatureTable
}

/** The class of messages that want no answer. */
export const NOTHING = 'nothing'

export interface Reading {
  /** Share of each class but `NOTHING`, given that the message is for us; sums to 1. In the order of `classes`. */
  readonly shares: Float64Array
  /** Log-odds that the message is for us, the mean of the three views. */
  readonly scopeLogit: number
}

/** Unknown features are ignored. */
export const readFeatures = (model: MessageModel, keys: FeatureKeys): Reading =>
  readRows(model, model.rows.rowsOf(keys))

/** @param rows of a vocabulary that begins with the classifier's own; those beyond it are ignored @param temperature see `softmaxInPlace` */
export function readRows({ classes, coarse, weights, bias }: Classifier, rows: Int32Array, temperature = 1): Reading {
  const { vectors, steps, worth } = weights
  const fine = classes.length
  const width = fine + 1
  const scores = new Float64Array(fine + 2)
  let count = 0
  let coarseCount = 0
  let coarseScore = 0
  sum.clear()
  // One number of each row first: what is read from so many places of memory is on its way together then, not one by one.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (row >= vectors.length) continue
    count++
    const vector = vectors[row]!
    const start = vector * width
    sum.add(start, worth[vector]!)
    scores[fine]! += worth[vector]! * steps[start + fine]!
    const weight = coarse[row]!
    if (Number.isNaN(weight)) continue
    coarseScore += weight
    coarseCount++
  }
  sum.addTo(scores, { from: 0, to: fine, steps })
  const scale = featureScale(count)
  for (let c = 0; c <= fine; c++) scores[c] = scores[c]! * scale + bias[c]!
  scores[fine + 1] = coarseScore * featureScale(coarseCount) + bias[fine + 1]!
  return toReading(scores, fine, temperature)
}

/** A sum of vectors of steps, in the order in which they are added. */
class VectorSum {
  #starts = new Int32Array(256)
  #worth = new Float64Array(256)
  #count = 0

  clear(): void {
    this.#count = 0
  }

  /** @param start of the vector among all steps @param worth of one of its steps */
  add(start: number, worth: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts, new Int32Array(this.#count * 2))
      this.#worth = grown(this.#worth, new Float64Array(this.#count * 2))
    }
    this.#starts[this.#count] = start
    this.#worth[this.#count++] = worth
  }

  /** Adds it to the scores from one place up to another. */
  addTo(scores: Float64Array, { from, to, steps }: { from: number; to: number; steps: Int8Array }): void {
    const starts = this.#starts
    const worth = this.#worth
    const count = this.#count
    let i = 0
    // Four at a time: each score is read and written once for all of them, which halves the time. One constant a line: a
    // list on the left would be made anew for each four.
    for (; i + 4 <= count; i += 4) {
      const a = starts[i]!
      const b = starts[i + 1]!
      const c = starts[i + 2]!
      const d = starts[i + 3]!
      const ofA = worth[i]!
      const ofB = worth[i + 1]!
      const ofC = worth[i + 2]!
      const ofD = worth[i + 3]!
      for (let at = from, n = 0; at < to; at++, n++)
        scores[at] = scores[at]! + ofA * steps[a + n]! + ofB * steps[b + n]! + ofC * steps[c + n]! + ofD * steps[d + n]!
    }
    for (; i < count; i++) {
      const start = starts[i]!
      const step = worth[i]!
      for (let at = from, n = 0; at < to; at++, n++) scores[at]! += step * steps[start + n]!
    }
  }
}

function grown<T extends Int32Array | Float64Array>(list: T, longer: T): T {
  longer.set(list)
  return longer
}

const sum = new VectorSum()

/** Log-odds beyond this are one model's exaggeration and would drown the other views. */
const MAX_LOGIT = 8

/** Long messages have more features; without this they would all look sure. */
const featureScale = (count: number): number => (count === 0 ? 0 : 1 / Math.sqrt(count))

/** Turns scores into shares that sum to 1, in place; a temperature below 1 sharpens them. */
function softmaxInPlace(scores: Float64Array, temperature = 1): void {
  const highest = highestOf(scores)
  let sum = 0
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp((scores[c]! - highest) / temperature)
    sum += scores[c]!
  }
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum
}

function highestOf(scores: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < scores.length; c++) if (scores[c]! > highest) highest = scores[c]!
  return highest
}

/** The score of any one of several. */
function scoreOfAny(scores: Float64Array): number {
  const highest = highestOf(scores)
  let sum = 0
  for (let c = 0; c < scores.length; c++) sum += Math.exp(scores[c]! - highest)
  return highest + Math.log(sum)
}

const clipped = (logit: number): number => Math.max(-MAX_LOGIT, Math.min(MAX_LOGIT, logit))

function toReading(scores: Float64Array, classCount: number, temperature: number): Reading {
  const shares = scores.subarray(0, classCount - 1)
  const fromShares = clipped(scoreOfAny(shares) - scores[classCount - 1]!)
  const scopeLogit = (fromShares + clipped(scores[classCount]!) + clipped(scores[classCount + 1]!)) / 3
  softmaxInPlace(shares, temperature)
  return { shares, scopeLogit }
}

export interface Example {
  /** Distinct feature names. */
  readonly features: readonly string[]
  /** Intent id, or `NOTHING`. */
  readonly label: string
}

// Best right-minus-wrong in cross-validation over intents/ on 2026-11-23 (docs/adr/0002).
const EPOCHS = 5
/** AdaGrad's first step. */
const RATE = 0.2
/** L2 penalty per touched weight and step. */
const DECAY = 3e-4
/** A feature seen once says nothing about the next message. */
const MIN_COUNT = 2
/** Gradients this small change nothing that could be seen; skipping them halves the time. */
const NEGLIGIBLE = 1e-3

/** Trigrams and sounds are left out of the coarse view. */
const FINE_FEATURE = /^(?:c:...|s:)/u

/** As it comes out of the training. */
export interface DenseModel {
  readonly classes: readonly string[]
  /** Of the features, by row. */
  readonly names: readonly string[]
  /** 1 where the feature counts for the coarse view. */
  readonly coarse: Uint8Array
  /** Row-major, rows × (classes.length + 2): softmax, then scope, then coarse scope. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/** See `trainDense`. */
export function trainMessageModel(examples: readonly Example[]): MessageModel {
  const dense = trainDense(examples)
  return { ...compactOf(dense), rows: FeatureTable.of(dense.names) }
}

/** The same for vectors that are alike to the last bit. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1')

/** What a message is read with, of what was trained. */
export function compactOf({ classes, names, coarse, weights, bias }: DenseModel): Classifier {
  const width = classes.length + 2
  const numberOf = new Map<string, number>()
  const distinct: Float32Array[] = []
  const vectors = new Uint32Array(names.length)
  for (let row = 0; row < names.length; row++) {
    const vector = weights.subarray(row * width, (row + 1) * width - 1)
    const key = bytesOf(vector)
    const number = numberOf.get(key) ?? distinct.push(vector) - 1
    numberOf.set(key, number)
    vectors[row] = number
  }
  return {
    classes,
    coarse: Float32Array.from(names, (_, row) => (coarse[row] ? weights[(row + 1) * width - 1]! : Number.NaN)),
    weights: { vectors, ...inSteps(distinct, width - 1) },
    bias,
  }
}

const MAX_STEPS = 127

/** @param width of each vector */
function inSteps(vectors: readonly Float32Array[], width: number): Steps {
  const steps = new Int8Array(vectors.length * width)
  const worth = new Float32Array(vectors.length)
  for (const [number, vector] of vectors.entries()) {
    worth[number] = vector.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / MAX_STEPS
    const step = worth[number]!
    if (step > 0) for (let c = 0; c < width; c++) steps[number * width + c] = Math.round(vector[c]! / step)
  }
  return { steps, worth }
}

/** Trains by AdaGrad over shuffled examples; the same input gives the same model on every machine. */
export function trainDense(examples: readonly Example[]): DenseModel {
  const intents = [...new Set(examples.map(({ label }) => label))].filter((label) => label !== NOTHING).sort()
  const classes = [...intents, NOTHING]
  const rows = collectRows(examples)
  const width = classes.length + 2
  const model: DenseModel = {
    classes,
    names: [...rows.keys()],
    coarse: Uint8Array.from(rows.keys(), (name) => (FINE_FEATURE.test(name) ? 0 : 1)),
    weights: new Float32Array(rows.size * width),
    bias: new Float32Array(width),
  }
  const squares = new Float32Array(rows.size * width).fill(1e-6)
  const biasSquares = new Float32Array(width).fill(1e-6)
  const compiled = examples.map(({ features, label }) => ({
    rows: Int32Array.from(features.flatMap((feature) => rows.get(feature) ?? [])),
    target: classes.indexOf(label),
  }))
  const random = seededRandom(20261123)
  const order = compiled.map((_, index) => index)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random)
    for (const index of order) step(model, { squares, biasSquares }, compiled[index]!)
  }
  return model
}

function step(
  model: DenseModel,
  { squares, biasSquares }: { squares: Float32Array; biasSquares: Float32Array },
  { rows, target }: { readonly rows: Int32Array; readonly target: number },
): void {
  const { weights, bias, coarse, classes } = model
  const width = classes.length + 2
  const gradient = errorsOf(scoreRows(model, rows), target, classes.length)
  for (let c = 0; c < width; c++) {
    const g = gradient[c]!
    biasSquares[c]! += g * g
    bias[c]! -= (RATE * g) / Math.sqrt(biasSquares[c]!)
  }
  const coarseCount = rows.reduce((count, row) => count + coarse[row]!, 0)
  const scale = featureScale(rows.length)
  const touched: number[] = []
  for (let c = 0; c < width; c++) {
    gradient[c]! *= c === width - 1 ? featureScale(coarseCount) : scale
    if (Math.abs(gradient[c]!) > NEGLIGIBLE) touched.push(c)
  }
  for (const row of rows) {
    const start = row * width
    for (const c of touched) {
      if (c === width - 1 && !coarse[row]) continue
      const at = start + c
      const g = gradient[c]! + DECAY * weights[at]!
      squares[at]! += g * g
      weights[at]! -= (RATE * g) / Math.sqrt(squares[at]!)
    }
  }
}

/** Softmax scores, then the two scope scores. */
function scoreRows({ classes, coarse, weights, bias }: DenseModel, rows: Int32Array): Float64Array {
  const width = classes.length + 2
  const scores = new Float64Array(width)
  const fine = width - 2
  const rough = width - 1
  let coarseCount = 0
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * width
    for (let c = 0; c <= fine; c++) scores[c]! += weights[start + c]!
    if (coarse[rows[i]!]) {
      scores[rough]! += weights[start + rough]!
      coarseCount++
    }
  }
  const scale = featureScale(rows.length)
  for (let c = 0; c <= fine; c++) scores[c] = scores[c]! * scale + bias[c]!
  scores[rough] = scores[rough]! * featureScale(coarseCount) + bias[rough]!
  return scores
}

/** Predicted minus wanted, of every head. */
function errorsOf(scores: Float64Array, target: number, classCount: number): Float64Array {
  softmaxInPlace(scores.subarray(0, classCount))
  scores[target]! -= 1
  const forUs = target === classCount - 1 ? 0 : 1
  for (let c = classCount; c < classCount + 2; c++) scores[c] = 1 / (1 + Math.exp(-scores[c]!)) - forUs
  return scores
}

/** The most frequent first: what most messages are read from lies side by side, and stays in the processor's cache. */
function collectRows(examples: readonly Example[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { features } of examples) {
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  const frequent = [...counts].filter(([, count]) => count >= MIN_COUNT).sort((a, b) => b[1] - a[1])
  return new Map(frequent.map(([feature], row) => [feature, row]))
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
}

/** mulberry32: small, even enough for shuffling, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Classifiers that share a vocabulary and of which a message is read by few: each tells the classes of one subject apart.
 * For a feature, its uses are listed, a block of weights each. Plain data.
 */
export interface ClassifierGroup extends Steps {
  /** In alphabetical order. */
  readonly names: readonly string[]
  /** By classifier, `NOTHING` last. */
  readonly classes: readonly (readonly string[])[]
  /** By classifier. */
  readonly bias: readonly Float32Array[]
  /** By row, and one more: where its uses begin. */
  readonly starts: Uint32Array
  /** By use: whose. */
  readonly users: Uint16Array
  /** By use: where its steps begin, a number a class. What one feature weighs anywhere lies together. */
  readonly blocks: Uint32Array
}

/** What one classifier of a group makes of the message that is being read. */
class MemberReading {
  /** Of all its classes; shares in the end. */
  readonly #scores: Float64Array
  readonly #shares: Float64Array
  readonly #bias: Float32Array
  readonly #sum = new VectorSum()
  #met = 0

  constructor(bias: Float32Array) {
    this.#bias = bias
    this.#scores = new Float64Array(bias.length)
    this.#shares = this.#scores.subarray(0, -1)
  }

  begin(): void {
    this.#met = 0
    this.#sum.clear()
    this.#scores.fill(0)
  }

  /** One of its features. @param start where its steps begin: the first is read at once, as in `readRows` */
  meet(steps: Int8Array, start: number, worth: number): void {
    this.#met++
    this.#sum.add(start + 1, worth)
    this.#scores[0]! += worth * steps[start]!
  }

  shares(steps: Int8Array): Float64Array {
    const scores = this.#scores
    const bias = this.#bias
    this.#sum.addTo(scores, { from: 1, to: scores.length, steps })
    const scale = featureScale(this.#met)
    for (let c = 0; c < scores.length; c++) scores[c] = scores[c]! * scale + bias[c]!
    softmaxInPlace(this.#shares)
    return this.#shares
  }
}

/** Reads what a few of a group make of a message; for one message after another. */
export class GroupReader {
  readonly #group: ClassifierGroup
  readonly #indexOf: ReadonlyMap<string, number>
  readonly #readings: readonly MemberReading[]
  /** A bit a classifier, in as many numbers as that takes: who is asked, and by row who uses it. */
  readonly #asked: Int32Array
  readonly #users: Int32Array

  constructor(group: ClassifierGroup) {
    const { names, bias, starts, users } = group
    this.#group = group
    this.#indexOf = new Map(names.map((name, index) => [name, index]))
    this.#readings = bias.map((own) => new MemberReading(own))
    this.#asked = new Int32Array(Math.ceil(names.length / 32))
    this.#users = new Int32Array((starts.length - 1) * this.#asked.length)
    for (let row = 0, use = 0; row + 1 < starts.length; row++)
      for (; use < starts[row + 1]!; use++)
        this.#users[row * this.#asked.length + (users[use]! >> 5)]! |= 1 << (users[use]! & 31)
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
    const users = names.map((name) => this.#indexOf.get(name) ?? -1)
    this.#asked.fill(0)
    for (const user of users) {
      if (user < 0) continue
      this.#asked[user >> 5]! |= 1 << (user & 31)
      this.#readings[user]!.begin()
    }
    for (let i = 0; i < rows.length; i++) this.#meet(rows[i]!)
    return users.map((user) => (user < 0 ? undefined : this.#readings[user]!.shares(this.#group.steps)))
  }

  /** A row's uses are in the order of its users: so many bits as there are below a user's, so many uses are before it. */
  #meet(row: number): void {
    const { starts, blocks, steps, worth } = this.#group
    const asked = this.#asked
    let use = starts[row]!
    for (let word = 0; word < asked.length; word++) {
      const users = this.#users[row * asked.length + word]!
      for (let left = users & asked[word]!; left !== 0; left &= left - 1) {
        const bit = left & -left
        const own = use + bitsIn(users & (bit - 1))
        this.#readings[word * 32 + 31 - Math.clz32(bit)]!.meet(steps, blocks[own]!, worth[own]!)
      }
      use += bitsIn(users)
    }
  }
}

/** How many bits of 32 are set. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** One of a group, by itself. */
export interface GroupMember extends Steps {
  readonly classes: readonly string[]
  readonly bias: Float32Array
  /** Of its features; in the same order, a number a class, its steps. */
  readonly keys: FeatureKeys
}

/** @param model its scope is left out: who asks one of a group knows that the message is for us */
export function memberOf({ classes, names, weights, bias }: DenseModel): GroupMember {
  const [width, count] = [classes.length + 2, classes.length]
  const own = names.map((_, row) => weights.subarray(row * width, row * width + count))
  return { classes, bias: bias.slice(0, count), keys: keysOf(names), ...inSteps(own, count) }
}

/** Takes the members of a group apart again. */
export function membersOf(group: ClassifierGroup, vocabulary: FeatureTable): Readonly<Record<string, GroupMember>> {
  const all = vocabulary.keys
  const uses = group.names.map((): Record<'keys' | 'steps' | 'worth', number[]> => ({ keys: [], steps: [], worth: [] }))
  for (let row = 0; row + 1 < group.starts.length; row++) {
    for (let use = group.starts[row]!; use < group.starts[row + 1]!; use++) {
      const user = group.users[use]!
      uses[user]!.keys.push(all[row * 2]!, all[row * 2 + 1]!)
      uses[user]!.worth.push(group.worth[use]!)
      const [from, count] = [group.blocks[use]!, group.classes[user]!.length]
      for (let at = from; at < from + count; at++) uses[user]!.steps.push(group.steps[at]!)
    }
  }
  return Object.fromEntries(
    group.names.map((name, user) => [
      name,
      {
        classes: group.classes[user]!,
        bias: group.bias[user]!,
        keys: Int32Array.from(uses[user]!.keys),
        steps: Int8Array.from(uses[user]!.steps),
        worth: Float32Array.from(uses[user]!.worth),
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
  const rowCount = vocabulary.keys.length / 2
  const starts = new Uint32Array(rowCount + 1)
  for (const rows of rowsOf) for (const row of rows) starts[row + 1]!++
  for (let row = 0; row < rowCount; row++) starts[row + 1]! += starts[row]!
  const next = starts.slice()
  const users = new Uint16Array(starts[rowCount]!)
  /** By use: which of its user's features it is. */
  const features = new Uint32Array(users.length)
  for (const [user, rows] of rowsOf.entries()) {
    for (const [feature, row] of rows.entries()) {
      features[next[row]!] = feature
      users[next[row]!++] = user
    }
  }
  const blocks = new Uint32Array(users.length)
  const worth = new Float32Array(users.length)
  const steps = new Int8Array(ordered.reduce((sum, member) => sum + member.steps.length, 0))
  let end = 0
  for (let use = 0; use < users.length; use++) {
    const member = ordered[users[use]!]!
    const [feature, count] = [features[use]!, member.classes.length]
    blocks[use] = end
    worth[use] = member.worth[feature]!
    steps.set(member.steps.subarray(feature * count, (feature + 1) * count), end)
    end += count
  }
  const classes = ordered.map((member) => member.classes)
  const bias = ordered.map((member) => member.bias)
  return { group: { names, classes, bias, starts, users, blocks, steps, worth }, vocabulary }
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
  return new FeatureTable(Int32Array.from([...before.keys, ...[...added.values()].flat()]))
}
