/**
 * Three linear views of one message over one vocabulary of binary features, trained together:
 * a softmax over the intents and "nothing for us"; a logistic on whether it is for us at all; and the same from the
 * coarse features only, which errs differently and so steadies the other two.
 *
 * A few arrays: it goes to another thread or to disk as it is, see `releases/build.ts`.
 */
export interface MessageModel {
  /** Intent ids, and `NOTHING` last. */
  readonly classes: readonly string[]
  readonly rows: FeatureTable
  /** 1 where the feature counts for the coarse view. */
  readonly coarse: Uint8Array
  /** Row-major, rows × (classes.length + 2): softmax, then scope, then coarse scope. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/** The class of messages that want no answer. */
export const NOTHING = 'nothing'

export interface Reading {
  /** Share of each class but `NOTHING`, given that the message is for us; sums to 1. In the order of `classes`. */
  readonly shares: Float64Array
  /** Log-odds that the message is for us, the mean of the three views. */
  readonly scopeLogit: number
}

/** Feature names as tables look them up: two hashes each, one behind the other. */
export type FeatureKeys = Int32Array

/** Once for a message, whatever number of models reads it. @param names distinct */
export function keysOf(names: readonly string[]): FeatureKeys {
  const keys = new Int32Array(names.length * 2)
  for (let i = 0; i < names.length; i++) {
    hash(names[i]!)
    keys[2 * i] = first
    keys[2 * i + 1] = second
  }
  return keys
}

/** Unknown features are ignored. */
export function readFeatures(model: MessageModel, keys: FeatureKeys): Reading {
  const known = new Int32Array(keys.length / 2)
  let count = 0
  for (let i = 0; i < keys.length; i += 2) {
    const row = model.rows.rowOf(keys[i]!, keys[i + 1]!)
    if (row >= 0) known[count++] = row
  }
  return toReading(scoreRows(model, known.subarray(0, count)), model.classes.length)
}

/** Log-odds beyond this are one model's exaggeration and would drown the other views. */
const MAX_LOGIT = 8

/** @returns softmax scores, then the two scope scores */
export function scoreRows({ classes, coarse, weights, bias }: MessageModel, rows: ArrayLike<number>): Float64Array {
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

/** Long messages have more features; without this they would all look sure. */
export const featureScale = (count: number): number => (count === 0 ? 0 : 1 / Math.sqrt(count))

/** Turns the first `count` scores into probabilities, in place. */
export function softmaxInPlace(scores: Float64Array, count: number): void {
  let highest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < count; c++) if (scores[c]! > highest) highest = scores[c]!
  let sum = 0
  for (let c = 0; c < count; c++) {
    scores[c] = Math.exp(scores[c]! - highest)
    sum += scores[c]!
  }
  for (let c = 0; c < count; c++) scores[c]! /= sum
}

function toReading(scores: Float64Array, classCount: number): Reading {
  softmaxInPlace(scores, classCount)
  const nothing = scores[classCount - 1]!
  const something = Math.max(1 - nothing, 1e-9)
  const views = [Math.log(something / Math.max(nothing, 1e-9)), scores[classCount]!, scores[classCount + 1]!]
  const clipped = views.map((logit) => Math.max(-MAX_LOGIT, Math.min(MAX_LOGIT, logit)))
  return {
    shares: scores.subarray(0, classCount - 1).map((probability) => probability / something),
    scopeLogit: clipped.reduce((sum, logit) => sum + logit, 0) / clipped.length,
  }
}

/**
 * Which row belongs to a feature name. The names themselves are not kept, only 64 bits of each, so that the whole table
 * is one array: it goes to another thread or comes from a file in no time, where a map of 70,000 names takes 0.1 s.
 */
export class FeatureTable {
  /** Hash, second hash, row + 1; three numbers a slot, a power of two of slots, 0 where a slot is free. */
  readonly slots: Int32Array

  constructor(slots: Int32Array) {
    this.slots = slots
  }

  /** @param names distinct; the first has row 0 */
  static of(names: Iterable<string>): FeatureTable {
    const all = [...names]
    let slotCount = 4
    while (slotCount < all.length * 2) slotCount *= 2
    const table = new FeatureTable(new Int32Array(slotCount * SLOT))
    for (const [row, name] of all.entries()) {
      hash(name)
      table.slots.set([first, second, row + 1], table.#find(first, second))
    }
    return table
  }

  get(name: string): number | undefined {
    hash(name)
    const row = this.rowOf(first, second)
    return row < 0 ? undefined : row
  }

  /** The row of a name by its two hashes, see `keysOf`; −1 for an unknown one. */
  rowOf(one: number, two: number): number {
    return this.slots[this.#find(one, two) + 2]! - 1
  }

  /** @returns where the slot of a name begins, or the free one where it would be */
  #find(one: number, two: number): number {
    const { slots } = this
    const last = slots.length / SLOT - 1
    for (let slot = one & last; ; slot = (slot + 1) & last) {
      const at = slot * SLOT
      if (slots[at + 2] === 0 || (slots[at] === one && slots[at + 1] === two)) return at
    }
  }
}

const SLOT = 3

// Handed over here and not in an object: this runs a hundred times a message.
let first = 0
let second = 0

/** cyrb53: two multiplicative hashes of the characters, mixed; two of 100,000 names share both once in 10⁹ vocabularies. */
function hash(name: string): void {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  first = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  second = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
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

/** Trains by AdaGrad over shuffled examples; the same input gives the same model on every machine. */
export function trainMessageModel(examples: readonly Example[]): MessageModel {
  const intents = [...new Set(examples.map(({ label }) => label))].filter((label) => label !== NOTHING).sort()
  const classes = [...intents, NOTHING]
  const rows = collectRows(examples)
  const width = classes.length + 2
  const model: MessageModel = {
    classes,
    rows: FeatureTable.of(rows.keys()),
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
  model: MessageModel,
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

/** Predicted minus wanted, of every head. */
function errorsOf(scores: Float64Array, target: number, classCount: number): Float64Array {
  softmaxInPlace(scores, classCount)
  scores[target]! -= 1
  const forUs = target === classCount - 1 ? 0 : 1
  for (let c = classCount; c < classCount + 2; c++) scores[c] = 1 / (1 + Math.exp(-scores[c]!)) - forUs
  return scores
}

function collectRows(examples: readonly Example[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { features } of examples) {
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  const rows = new Map<string, number>()
  for (const [feature, count] of counts) if (count >= MIN_COUNT) rows.set(feature, rows.size)
  return rows
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
