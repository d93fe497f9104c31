import { expect, test } from 'vitest'
import { SearchIndex } from '../../src/nlu/retrieval.js'
import { hostileTexts } from '../support/hostile-text.js'

const index = new SearchIndex([
  { id: 'pay', title: '微信支付配置', texts: ['填写商户号', '上传API证书', '退款也走商户号'] },
  { id: 'push', title: '消息推送', texts: ['申请模板', '填写模板编号'] },
  { id: 'refund', title: '退款', texts: ['在订单里点退款'] },
])
const idsOf = (question: string): readonly string[] => index.search(question).map(({ id }) => id)

test.each([
  ['微信支付怎么配置', 'pay'],
  ['商户号在哪填', 'pay'],
  ['api证书怎么上传', 'pay'],
  ['API 证书', 'pay'],
  ['訊息推送', 'push'],
  ['消息推送的模板编号是什么', 'push'],
])('finds the section for %s', (question, id) => {
  expect(idsOf(question)[0]).toBe(id)
})

test('ranks a heading above a sentence that touches on the word', () => {
  expect(idsOf('退款')).toEqual(['refund', 'pay'])
})

test.each(['', '怎么办', '?', '今天天气', '的', '😀'])('finds nothing for %j', (question) => {
  expect(index.search(question)).toEqual([])
})

test('an empty index finds nothing', () => {
  expect(new SearchIndex([]).search('退款')).toEqual([])
})

test('covers a question wholly when its words are the heading, and less the more it says beside', () => {
  const coverageOf = (question: string): number => index.search(question)[0]!.coverage
  expect(coverageOf('消息推送')).toBeCloseTo(1)
  expect(coverageOf('消息推送和天气预报')).toBeLessThan(0.8)
})

test('gives no more than asked for, best first', () => {
  expect(index.search('退款商户号模板', 2)).toHaveLength(2)
})

test('covers between nothing and all, whatever is asked', () => {
  const coverages = hostileTexts(200, 3).flatMap((text) => index.search(`退款${text}`).map(({ coverage }) => coverage))
  expect(coverages.length).toBeGreaterThan(150)
  expect(coverages.filter((coverage) => !(coverage > 0 && coverage <= 1 + 1e-9))).toEqual([])
})
