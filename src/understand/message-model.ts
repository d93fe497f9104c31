import type { FeatureTable } from './feature-table.js'

/**
 * Three linear views of one message over one vocabulary of binary features, trained together:
 * a softmax over the intents and "nothing for us"; a logistic on whether it is for us at all; and the same from the
 * coarse features only, which errs differently and so steadies the other two.
 *
 * A few arrays: it goes to another thread or to disk as it is, see `pack-knowledge.ts`.
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

/** Reads features given as distinct names; unknown ones are ignored. */
export function readFeatures(model: MessageModel, names: Iterable<string>): Reading {
  const known: number[] = []
  for (const name of names) {
    const row = model.rows.get(name)
    if (row !== undefined) known.push(row)
  }
  return toReading(scoreRows(model, known), model.classes.length)
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
