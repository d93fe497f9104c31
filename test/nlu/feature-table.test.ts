import { expect, test } from 'vitest'
import { FeatureTable } from '../../src/nlu/feature-table.js'

const NAMES = Array.from(
  { length: 50_000 },
  (_, index) => `c:${String.fromCodePoint(0x4e00 + (index % 20_000))}${index}`,
)

test('finds the row of every name, in the order given', () => {
  const table = FeatureTable.of(NAMES)
  expect(NAMES.every((name, row) => table.get(name) === row)).toBe(true)
})

test('knows no other name', () => {
  const table = FeatureTable.of(NAMES)
  const others = NAMES.map((name) => `${name}!`)
  expect(others.filter((name) => table.get(name) !== undefined)).toEqual([])
})

test.each([[[]], [['']], [['\ud800', '😀', 'a'.repeat(10_000)]]])('holds %j', (names: readonly string[]) => {
  const table = FeatureTable.of(names)
  expect(names.map((name) => table.get(name))).toEqual(names.map((_, row) => row))
  expect(table.get('other')).toBeUndefined()
})

test('is the same when it is made anew from its array', () => {
  const table = new FeatureTable(FeatureTable.of(['c:a', 'c:b']).keys.slice())
  expect([table.get('c:a'), table.get('c:b'), table.get('c:c')]).toEqual([0, 1, undefined])
})
