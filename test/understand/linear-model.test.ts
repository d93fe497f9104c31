import { expect, test } from 'vitest'
import { type Example, predict, trainLinearModel } from '../../src/understand/linear-model.js'

const OPTIONS = { epochs: 20, rate: 0.2, decay: 1e-5, minCount: 1 }
const EXAMPLES: readonly Example[] = [
  { features: ['red', 'round'], label: 'apple' },
  { features: ['red', 'round', 'sweet'], label: 'apple' },
  { features: ['yellow', 'long'], label: 'banana' },
  { features: ['yellow', 'long', 'sweet'], label: 'banana' },
  { features: ['blue', 'round', 'small'], label: 'berry' },
  { features: ['blue', 'round', 'small', 'sweet'], label: 'berry' },
]

const bestOf = (model: ReturnType<typeof trainLinearModel>, features: readonly string[]): string => {
  const shares = predict(model, features)
  return model.classes[shares.indexOf(Math.max(...shares))]!
}
const sum = (shares: Float64Array): number => shares.reduce((total, share) => total + share, 0)

test('learns what it is shown', () => {
  const model = trainLinearModel(EXAMPLES, OPTIONS)
  expect(EXAMPLES.map(({ features }) => bestOf(model, features))).toEqual(EXAMPLES.map(({ label }) => label))
})

test('names its classes in alphabetical order, each once', () => {
  expect(trainLinearModel([...EXAMPLES].reverse(), OPTIONS).classes).toEqual(['apple', 'banana', 'berry'])
})

test.each([
  ['known features', ['red', 'round']],
  ['unknown features', ['purple']],
  ['no features', []],
  ['contradicting features', ['red', 'yellow', 'blue', 'long', 'round']],
])('gives probabilities that sum to 1 for %s', (_, features) => {
  const shares = predict(trainLinearModel(EXAMPLES, OPTIONS), features)
  expect(sum(shares)).toBeCloseTo(1, 9)
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
})

test('is less sure of what it has not seen', () => {
  const model = trainLinearModel(EXAMPLES, OPTIONS)
  expect(Math.max(...predict(model, ['purple']))).toBeLessThan(Math.max(...predict(model, ['red', 'round'])))
})

test('trains the same model from the same examples', () => {
  const [one, other] = [trainLinearModel(EXAMPLES, OPTIONS), trainLinearModel(EXAMPLES, OPTIONS)]
  expect(other.weights).toEqual(one.weights)
  expect(other.bias).toEqual(one.bias)
})

test('leaves out features that are too rare', () => {
  const { rows } = trainLinearModel(EXAMPLES, { ...OPTIONS, minCount: 3 })
  expect([...rows.keys()].sort()).toEqual(['round', 'sweet'])
})

test('lets an example of more weight count for more', () => {
  const torn = (weight: number): readonly Example[] => [
    { features: ['x'], label: 'a', weight },
    { features: ['x'], label: 'b' },
  ]
  expect(bestOf(trainLinearModel(torn(5), OPTIONS), ['x'])).toBe('a')
  expect(bestOf(trainLinearModel(torn(0.2), OPTIONS), ['x'])).toBe('b')
})

test('tells the more frequent class where nothing else is known', () => {
  const model = trainLinearModel([...EXAMPLES, ...EXAMPLES.slice(0, 2), ...EXAMPLES.slice(0, 2)], OPTIONS)
  expect(bestOf(model, [])).toBe('apple')
})

test('knows a single class surely, and none without examples', () => {
  expect([...predict(trainLinearModel(EXAMPLES.slice(0, 1), OPTIONS), ['red'])]).toEqual([1])
  expect([...predict(trainLinearModel([], OPTIONS), ['red'])]).toEqual([])
})
