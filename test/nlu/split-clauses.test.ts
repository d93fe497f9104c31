import { describe, expect, test } from 'vitest'
import { normalizeText } from '../../src/nlu/normalize.js'
import { splitClauses } from '../../src/nlu/topics.js'
import { hostileTexts } from '../support/hostile-text.js'

const clausesOf = (text: string): readonly string[] => splitClauses(normalizeText(text))

describe('cuts a message where another thing may begin', () => {
  test.each([
    ['审核要多久？类目在哪加？', ['审核要多久', '类目在哪加']],
    ['审核要多久，类目在哪加', ['审核要多久', '类目在哪加']],
    ['审核要多久 类目在哪加', ['审核要多久', '类目在哪加']],
    ['审核要多久还有类目在哪加', ['审核要多久', '类目在哪加']],
    ['没有安全检测第二条是有测试数据', ['没有安全检测', '第二条是有测试数据']],
    ['勾图片、视频就行，帮看看啊', ['勾图片、视频就行', '帮看看啊']],
    ['内容安全没做、页面都是空的', ['内容安全没做', '页面都是空的']],
  ])('%s', (text, clauses) => {
    expect(clausesOf(text)).toEqual(clauses)
  })
})

describe('leaves together what says too little alone', () => {
  test.each([
    ['你好，审核要多久', ['你好 审核要多久']],
    ['审核要多久，急', ['审核要多久 急']],
    ['', []],
    ['？？？', []],
  ])('%j', (text, clauses) => {
    expect(clausesOf(text)).toEqual(clauses)
  })
})

test('gives six at most, and never empty ones, whatever is said', () => {
  const wrong = [...hostileTexts(500, 17), '审核要多久？'.repeat(30)]
    .map(clausesOf)
    .filter((clauses) => clauses.length > 6 || clauses.some((clause) => clause.trim() === ''))
  expect(wrong).toEqual([])
})
