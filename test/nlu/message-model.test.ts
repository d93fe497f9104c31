import { describe, expect, test } from 'vitest'
import {
  compactOf,
  type Example,
  type MessageModel,
  NOTHING,
  type Reading,
  readFeatures,
  trainDense,
  trainMessageModel,
} from '../../src/nlu/classifier.js'
import { keysOf } from '../../src/nlu/feature-table.js'

const FRUIT: readonly Example[] = [
  { features: ['c:red', 'c:round'], label: 'apple' },
  { features: ['c:red', 'c:round', 'c:sweet'], label: 'apple' },
  { features: ['c:yellow', 'c:long'], label: 'banana' },
  { features: ['c:yellow', 'c:long', 'c:sweet'], label: 'banana' },
  { features: ['c:blue', 'c:round', 'c:small'], label: 'berry' },
  { features: ['c:blue', 'c:round', 'c:small', 'c:sweet'], label: 'berry' },
]
const STONES: readonly Example[] = [
  { features: ['c:grey', 'c:hard'], label: NOTHING },
  { features: ['c:grey', 'c:hard', 'c:round'], label: NOTHING },
  { features: ['c:grey', 'c:cold'], label: NOTHING },
  { features: ['c:cold', 'c:hard'], label: NOTHING },
]
const EXAMPLES = [...FRUIT, ...STONES]
const model = trainMessageModel(EXAMPLES)

const sum = ({ shares }: Reading): number => shares.reduce((total, share) => total + share, 0)
function bestOf(by: MessageModel, features: readonly string[]): string | undefined {
  const { shares } = readFeatures(by, keysOf(features))
  return by.classes[shares.indexOf(Math.max(...shares))]
}

test('learns what it is shown', () => {
  expect(FRUIT.map(({ features }) => bestOf(model, features))).toEqual(FRUIT.map(({ label }) => label))
})

test('tells what is for us from what is not', () => {
  const logits = (examples: readonly Example[]): readonly number[] =>
    examples.map(({ features }) => readFeatures(model, keysOf(features)).scopeLogit)
  expect(Math.min(...logits(FRUIT))).toBeGreaterThan(0)
  expect(Math.max(...logits(STONES))).toBeLessThan(0)
})

test('names its classes in alphabetical order, each once, and nothing last', () => {
  expect(trainMessageModel([...EXAMPLES].reverse()).classes).toEqual(['apple', 'banana', 'berry', NOTHING])
})

describe('shares sum to 1 and the scope is finite', () => {
  test.each([
    ['known features', ['c:red', 'c:round']],
    ['unknown features', ['c:purple']],
    ['no features', []],
    ['contradicting features', ['c:red', 'c:yellow', 'c:blue', 'c:grey']],
  ])('for %s', (_, features) => {
    const reading = readFeatures(model, keysOf(features))
    expect(sum(reading)).toBeCloseTo(1, 6)
    expect(Math.min(...reading.shares)).toBeGreaterThanOrEqual(0)
    expect(Number.isFinite(reading.scopeLogit)).toBe(true)
  })
})

test('is less sure of what it has not seen', () => {
  const surest = (features: readonly string[]): number => Math.max(...readFeatures(model, keysOf(features)).shares)
  expect(surest(['c:purple'])).toBeLessThan(surest(['c:red', 'c:round']))
})

test('pays no heed to features that it does not know', () => {
  expect(readFeatures(model, keysOf(['c:red', 'c:purple']))).toEqual(readFeatures(model, keysOf(['c:red'])))
})

test('trains the same model from the same examples', () => {
  const again = trainMessageModel(EXAMPLES)
  expect(again.weights).toEqual(model.weights)
  expect(again.bias).toEqual(model.bias)
})

test('leaves out features that it has seen once', () => {
  const rare = [...EXAMPLES, { features: ['c:red', 'c:once'], label: 'apple' }]
  expect(trainMessageModel(rare).rows.get('c:once')).toBeUndefined()
  expect(trainMessageModel(rare).rows.get('c:red')).toBeDefined()
})

test.each<[string, readonly Example[]]>([
  ['without messages that want silence', FRUIT],
  ['with a single intent', FRUIT.slice(0, 2)],
])('reads %s', (_, examples) => {
  const reading = readFeatures(trainMessageModel(examples), keysOf(['c:red', 'c:round']))
  expect(sum(reading)).toBeCloseTo(1, 6)
  expect(reading.scopeLogit).toBeGreaterThan(0)
})

test('keeps of each weight all but half a step of its row', () => {
  const dense = trainDense(EXAMPLES)
  const { vectors, steps, worth } = compactOf(dense).weights
  expect(steps).toBeInstanceOf(Int8Array)
  const width = dense.classes.length + 1
  for (const [row, vector] of vectors.entries()) {
    const trained = dense.weights.subarray(row * (width + 1), (row + 1) * (width + 1) - 1)
    const lost = trained.map((weight, c) => Math.abs(weight - steps[vector * width + c]! * worth[vector]!))
    expect(Math.max(...lost)).toBeLessThanOrEqual((Math.max(...trained.map(Math.abs)) / 127) * 0.501)
  }
  expect(Math.max(...worth)).toBeGreaterThan(0)
})
