import { FeatureTable } from './feature-table.js'
import { featureScale, type MessageModel, NOTHING, scoreRows, softmaxInPlace } from './message-model.js'

export interface Example {
  /** Distinct feature names. */
  readonly features: readonly string[]
  /** Intent id, or `NOTHING`. */
  readonly label: string
}

// Best right-minus-wrong in cross-validation over intents/ on 2026-11-23 (docs/adr/0002).
const EPOCHS = 6
/** AdaGrad's first step. */
const RATE = 0.2
/** L2 penalty per touched weight and step. */
const DECAY = 3e-4
/** A feature seen once says nothing about the next message. */
const MIN_COUNT = 2
/** Gradients this small change nothing that could be seen; skipping them halves the time. */
const NEGLIGIBLE = 1e-4

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
