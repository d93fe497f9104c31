import { expect, test } from 'vitest'
import { BoundedMap, LastFew } from '../../src/base/bounded-map.js'
import { characterPairs, sharedPairs } from '../../src/base/text.js'
import { withTimeout } from '../../src/base/time.js'
import { personInPlace } from '../../src/model/chat.js'

test('a bounded map keeps the newest, and what is set again is new', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  expect([...map.entries()]).toEqual([
    ['a', 3],
    ['c', 4],
  ])
})

test('a bounded map makes what is missing once', () => {
  const map = new BoundedMap<string, number[]>(2)
  map.getOrSet('a', () => []).push(1)
  map.getOrSet('a', () => []).push(2)
  expect(map.get('a')).toEqual([1, 2])
})

test('of the last few the oldest makes room for the newest', () => {
  const few = new LastFew<string, number>(2)
  expect(few.get('a')).toBeUndefined()
  few.add('a', 1)
  few.add('b', 2)
  few.add('c', 3)
  expect([few.get('a'), few.get('b'), few.get('c')]).toEqual([undefined, 2, 3])
})

test('a person in two places is two keys', () => {
  expect(personInPlace('room:1', 'p')).not.toBe(personInPlace('room:', '1p'))
})

test('pairs count whole characters, also those of two code units', () => {
  expect([...characterPairs('a😀b')]).toEqual(['a😀', '😀b'])
  expect(sharedPairs(characterPairs('abc'), characterPairs('abd'))).toBeCloseTo(1 / 3)
  expect(sharedPairs(characterPairs(''), characterPairs('a'))).toBe(0)
})

test('waits no longer than told, and lets failures through', async () => {
  expect(await withTimeout(Promise.resolve(1), 1000)).toBe(1)
  expect(await withTimeout(new Promise(() => undefined), 5)).toBeUndefined()
  await expect(withTimeout(Promise.reject(new Error('broken')), 1000)).rejects.toThrow('broken')
})
