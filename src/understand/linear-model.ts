/** Multinomial logistic regression over sparse binary features. */
export interface LinearModel {
  readonly classes: readonly string[]
  /** Feature name → row of `weights`. */
  readonly rows: ReadonlyMap<string, number>
  /** Row-major, `rows.size × classes.length`. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

export interface Example {
  /** Distinct feature names. */
  readonly features: readonly string[]
  readonly label: string
  /** How much this example counts; 1 is one utterance. */
  readonly weight?: number
}

export interface TrainingOptions {
  readonly epochs: number
  /** AdaGrad's first step. */
  readonly rate: number
  /** L2 penalty per step on the touched weights. */
  readonly decay: number
  /** Features seen in fewer examples are left out. */
  readonly minCount: number
}

/** Probability of each class, in the order of `model.classes`; they sum to 1. */
export function predict(model: LinearModel, features: readonly string[]): Float64Array {
  const width = model.classes.length
  const scores = new Float64Array(width)
  const known: number[] = []
  for (const feature of features) {
    const row = model.rows.get(feature)
    if (row !== undefined) known.push(row)
  }
  const scale = scaleOf(known.length)
  for (const row of known) {
    const start = row * width
    for (let c = 0; c < width; c++) scores[c]! += model.weights[start + c]! * scale
  }
  for (let c = 0; c < width; c++) scores[c]! += model.bias[c]!
  return softmax(scores)
}

/** Long messages have more features; without this they would all look sure. */
const scaleOf = (count: number): number => (count === 0 ? 0 : 1 / Math.sqrt(count))

function softmax(scores: Float64Array): Float64Array {
  let highest = -Infinity
  for (const score of scores) if (score > highest) highest = score
  let sum = 0
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp(scores[c]! - highest)
    sum += scores[c]!
  }
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum
  return scores
}

/** Trains by AdaGrad over shuffled examples; the same input gives the same model. */
export function trainLinearModel(examples: readonly Example[], options: TrainingOptions): LinearModel {
  const classes = [...new Set(examples.map(({ label }) => label))].sort()
  const rows = collectRows(examples, options.minCount)
  const width = classes.length
  const model: LinearModel = {
    classes,
    rows,
    weights: new Float32Array(rows.size * width),
    bias: new Float32Array(width),
  }
  const squares = new Float32Array(rows.size * width).fill(1e-6)
  const biasSquares = new Float32Array(width).fill(1e-6)
  const compiled = examples.map(({ features, label, weight = 1 }) => ({
    rows: Int32Array.from(features.flatMap((feature) => rows.get(feature) ?? [])),
    target: classes.indexOf(label),
    weight,
  }))
  const random = seededRandom(20261123)
  const order = compiled.map((_, index) => index)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random)
    for (const index of order) step(model, { squares, biasSquares }, { ...compiled[index]!, ...options })
  }
  return model
}

interface Step {
  readonly rows: Int32Array
  readonly target: number
  readonly weight: number
  readonly rate: number
  readonly decay: number
}

function step(
  model: LinearModel,
  { squares, biasSquares }: { squares: Float32Array; biasSquares: Float32Array },
  { rows, target, weight, rate, decay }: Step,
): void {
  const width = model.classes.length
  const { weights, bias } = model
  const scale = scaleOf(rows.length)
  const scores = Float64Array.from(bias)
  for (const row of rows) {
    const start = row * width
    for (let c = 0; c < width; c++) scores[c]! += weights[start + c]! * scale
  }
  const gradient = softmax(scores)
  gradient[target]! -= 1
  for (let c = 0; c < width; c++) {
    const g = gradient[c]! * weight
    biasSquares[c]! += g * g
    bias[c]! -= (rate * g) / Math.sqrt(biasSquares[c]!)
    gradient[c] = g * scale
  }
  for (const row of rows) {
    const start = row * width
    for (let c = 0; c < width; c++) {
      const at = start + c
      const g = gradient[c]! + decay * weights[at]!
      squares[at]! += g * g
      weights[at]! -= (rate * g) / Math.sqrt(squares[at]!)
    }
  }
}

function collectRows(examples: readonly Example[], minCount: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { features } of examples) {
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  const rows = new Map<string, number>()
  for (const [feature, count] of counts) if (count >= minCount) rows.set(feature, rows.size)
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
