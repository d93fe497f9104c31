import { describe, expect, test } from 'vitest'
import { normalizeText } from '../../src/nlu/normalize.js'
import { numberedItems } from '../../src/nlu/rejection-notice.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { hostileTexts } from '../support/hostile-text.js'

/** As an outline: `heading` or `heading > detail | detail`. */
const outlineOf = (text: string): readonly string[] =>
  numberedItems(normalizeText(text)).map(({ heading, details }) =>
    details.length === 0 ? heading : `${heading} > ${details.join(' | ')}`,
  )

describe('finds the points of an enumeration', () => {
  test.each([
    ['numbers with a dot', '1.甲乙\n2.丙丁'],
    ['numbers with a comma of enumeration', '1、甲乙\n2、丙丁'],
    ['numbers with a colon', '1：甲乙\n2：丙丁'],
    ['numbers with half a bracket', '1）甲乙\n2）丙丁'],
    ['numbers in brackets', '（1）甲乙\n（2）丙丁'],
    ['numbers in brackets with a colon', '(1):甲乙\n(2):丙丁'],
    ['circled numbers', '①甲乙\n②丙丁'],
    ['keycaps', '1️⃣甲乙\n2️⃣丙丁'],
    ['bare numbers at line starts', '1 甲乙\n2 丙丁'],
    ['bare numbers without a blank', '1甲乙\n2丙丁'],
    ['Chinese numbers', '一、甲乙\n二、丙丁'],
    ['Chinese numbers with a dot', '一.甲乙\n二.丙丁'],
    ['Chinese numbers in brackets', '（一）甲乙\n（二）丙丁'],
    ['第一, 第二', '第一，甲乙\n第二，丙丁'],
    ['labelled reasons', '原因一：甲乙\n原因二：丙丁'],
    ['labelled reasons with digits', '原因1：甲乙\n原因2：丙丁'],
    ['letters', 'A.甲乙\nB.丙丁'],
    ['bullets', '· 甲乙\n· 丙丁'],
    ['one line', '1.甲乙；2.丙丁'],
    ['one line with blanks', '1.甲乙 2.丙丁'],
    ['one line and nothing between', '1、甲乙2、丙丁'],
    ['one line of circled numbers', '①甲乙②丙丁'],
    ['one line of Chinese numbers', '一、甲乙；二、丙丁'],
    ['text in front', '审核未通过，原因如下：1.甲乙 2.丙丁'],
    ['text in front without a blank', '原因①甲乙②丙丁'],
  ])('by %s', (_, text) => {
    expect(outlineOf(text)).toEqual(['甲乙', '丙丁'])
  })

  test('and what is numbered below them', () => {
    expect(outlineOf('1:甲：\n(1):乙乙\n(2):丙丙\n2:丁丁：\n(1):戊戊')).toEqual(['甲 > 乙乙 | 丙丙', '丁丁 > 戊戊'])
  })

  test('and details without a heading', () => {
    expect(outlineOf('1:(1):甲乙\n2:(1):丙丁')).toEqual([' > 甲乙', ' > 丙丁'])
  })

  test('all in one line', () => {
    expect(outlineOf('1:甲：(1):乙乙(2):丙丙2:丁丁：(1):戊戊')).toEqual(['甲 > 乙乙 | 丙丙', '丁丁 > 戊戊'])
  })

  test('beyond nine', () => {
    const text = Array.from({ length: 12 }, (_, index) => `${index + 1}.第${'甲'.repeat(index + 1)}`).join('\n')
    expect(outlineOf(text)).toHaveLength(12)
  })
})

describe('takes no point out of', () => {
  test.each([
    ['dates', '2023-05-06 提的，5月6号'],
    ['times', '10:30 提的，11:08:45 退的'],
    ['versions', '版本 1.0.2 和 2.0.1'],
    ['decimals and references', '看 2.1 和 5.18、4.1'],
    ['amounts', '等了3天，退了2次，5个页面'],
    ['amounts at line starts', '3天了\n2次都没过'],
    ['numbers out of turn', '2、甲乙\n5、丙丁'],
    ['Chinese numbers inside words', '统一、唯一、万一、第二次'],
    ['a lone number at the end of a word', '照附录a1、其他都好'],
    ['prices', '满1,000减1,500'],
    ['a plain text', '审核没通过'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(outlineOf(text)).toEqual([])
  })
})

test('keeps the numbers that stand inside a point', () => {
  expect(outlineOf('1.版本1.0.2有3处空白，见2.1\n2.等了7天')).toEqual(['版本1.0.2有3处空白,见2.1', '等了7天'])
})

test('finds only what is there, and quickly, in whatever it is given', () => {
  const shreds = ['1.'.repeat(300), '(1)'.repeat(200), '1、2、3、'.repeat(80)]
  const texts = [...hostileTexts(400, 6), ...shreds].map(normalizeText)
  let invented: readonly string[] = []
  const took = cpuMsOf(() => {
    invented = texts.filter((text) =>
      numberedItems(text).some(({ heading, details }) => ![heading, ...details].every((part) => text.includes(part))),
    )
  })
  expect(invented).toEqual([])
  expect(took).toBeLessThan(2000)
})
