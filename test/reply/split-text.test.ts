import { describe, expect, test } from 'vitest'
import { MAX_BUBBLE_CHARS, MAX_BUBBLES, MAX_MENTION_CHARS, packGroups, packLines } from '../../src/reply/render.js'
import { hostileTexts } from '../support/hostile-text.js'

const FAMILY = '👨‍👩‍👧‍👦'
const lengthsOf = (bubbles: readonly (readonly string[])[]): readonly number[] =>
  bubbles.map((lines) => lines.join('\n').length)

describe('lines', () => {
  test('share a bubble as long as they fit', () => {
    expect(packLines(['甲'.repeat(249), '乙'.repeat(250)])).toHaveLength(1)
    expect(packLines(['甲'.repeat(250), '乙'.repeat(250)])).toEqual([['甲'.repeat(250)], ['乙'.repeat(250)]])
  })

  test('leave room for a mention in the first bubble alone', () => {
    const lines = ['甲'.repeat(200), '乙'.repeat(250), '丙'.repeat(249)]
    expect(packLines(lines, 48)).toEqual([lines.slice(0, 2), lines.slice(2)])
    expect(packLines(lines, 50)).toEqual([lines.slice(0, 1), lines.slice(1)])
  })

  test('none need no bubble', () => {
    expect(packLines([])).toEqual([])
  })

  test('too long for a bubble are cut at the end of a sentence', () => {
    const sentence = `${'甲'.repeat(299)}。`
    expect(packLines([sentence + sentence])).toEqual([[sentence], [sentence]])
  })

  test('without a sentence are cut anywhere', () => {
    expect(
      packLines(['甲'.repeat(1000)])
        .flat()
        .join(''),
    ).toBe('甲'.repeat(1000))
  })

  test.each([
    ['an emoji', '😀'],
    ['an emoji of several signs', FAMILY],
    ['a flag', '🇨🇳'],
    ['a skin colour', '👍🏽'],
    ['a rare character', '𠮷'],
    ['an accent', 'e\u0301'],
  ])('are never cut inside %s', (_, sign) => {
    for (let shift = 0; shift < sign.length; shift++) {
      const line = '甲'.repeat(shift) + sign.repeat(600 / sign.length)
      const pieces = packLines([line]).flat()
      expect(pieces.length).toBeGreaterThan(1)
      expect(pieces.map((piece) => piece.replaceAll('甲', '').replaceAll(sign, ''))).toEqual(pieces.map(() => ''))
    }
  })

  test('survive a character that has no end', () => {
    const piled = `e${'\u0301'.repeat(2000)}`
    expect(packLines([piled]).flat().join('')).toBe(piled)
  })

  test('lose nothing but the blanks at a cut, and stay within the limit, whatever they hold', () => {
    const visible = (text: string): string => text.replace(/\s+/g, '')
    const offenders = hostileTexts(300, 11).filter((text) => {
      const lines = text.split('\n')
      const bubbles = packLines(lines, MAX_MENTION_CHARS)
      const [first = 0, ...rest] = lengthsOf(bubbles)
      const fits = first + MAX_MENTION_CHARS <= MAX_BUBBLE_CHARS && rest.every((length) => length <= MAX_BUBBLE_CHARS)
      return !fits || visible(bubbles.flat().join('')) !== visible(lines.join(''))
    })
    expect(offenders).toEqual([])
  })
})

describe('groups', () => {
  const group = (name: string, chars: number): readonly string[] => [name.repeat(chars)]

  test('share a bubble where they fit together', () => {
    expect(packGroups([group('甲', 200), group('乙', 200)])).toEqual([[...group('甲', 200), ...group('乙', 200)]])
  })

  test('stay whole where that costs no bubble too many', () => {
    const second = ['乙'.repeat(200), '丙'.repeat(200)]
    expect(packGroups([group('甲', 200), second])).toEqual([group('甲', 200), second])
  })

  test('are broken where whole ones would take more bubbles than a reply has', () => {
    const groups = Array.from({ length: 4 }, () => ['甲'.repeat(90), '乙'.repeat(90), '丙'.repeat(90)])
    expect(packGroups(groups)).toHaveLength(MAX_BUBBLES)
  })

  test('may be empty', () => {
    expect(packGroups([])).toEqual([])
    expect(packGroups([[], group('甲', 3), []])).toEqual([group('甲', 3)])
  })

  test('keep every line, in order, within the limit', () => {
    const texts = hostileTexts(300, 12)
    const groups = Array.from({ length: 100 }, (_, index) =>
      texts.slice(index * 3, index * 3 + 3).map((text) => text.split('\n').map((line) => line.slice(0, 400))),
    )
    const offenders = groups.filter((one) => {
      const bubbles = packGroups(one, MAX_MENTION_CHARS)
      const [first = 0, ...rest] = lengthsOf(bubbles)
      const tooLong = first > MAX_BUBBLE_CHARS - MAX_MENTION_CHARS || rest.some((length) => length > MAX_BUBBLE_CHARS)
      return tooLong || bubbles.flat().join('\n') !== one.flat().join('\n')
    })
    expect(offenders).toEqual([])
  })
})
