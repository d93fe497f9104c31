import { describe, expect, test } from 'vitest'
import type { Candidate, IntentMatcher } from '../../src/model/understanding.js'
import { findTopics } from '../../src/nlu/topics.js'
import { aCandidate } from '../support/an-understanding.js'

const NOBODY = { confidence: 0, overheard: 0 }

/** Knows sections by one word each, and shares a text that holds several among them. */
function keywordMatcher(words: Readonly<Record<string, string>>): IntentMatcher & { reads: string[] } {
  const reads: string[] = []
  const match = (text: string) => {
    reads.push(text)
    const keys = Object.keys(words).filter((key) => text.includes(words[key]!))
    const candidates: readonly Candidate[] = keys.map((key) => aCandidate(key, { share: 0.95 / keys.length }))
    return {
      candidates: candidates.length > 0 ? candidates : [aCandidate('0', { share: 0.2, asked: 0.05 })],
      wantsHuman: NOBODY,
    }
  }
  return { reads, match }
}

const words = { '4.2': '版本描述', '5': '多久', A2: '内容安全' }
const find = (text: string, matcher = keywordMatcher(words)) =>
  findTopics(text, matcher.match(text).candidates, matcher)
const keysIn = (text: string): readonly string[] => find(text)?.candidates.map(({ sectionKey }) => sectionKey) ?? []

describe('several topics', () => {
  test.each([
    ['版本描述写什么 提完要多久', ['4.2', '5']],
    ['审核要多久,版本描述写什么', ['5', '4.2']],
    ['版本描述写什么,要不要很长,还有说没接内容安全怎么弄', ['4.2', 'A2']],
  ])('are found in the order of the message: %s', (text, keys) => {
    expect(keysIn(text)).toEqual(keys)
  })

  test('are surer the plainer they are parted', () => {
    const plain = find('版本描述写什么?还有提完要多久?')?.confidence
    const vague = find('版本描述我们写了很多遍 每一遍都说多久多久的没有用')?.confidence ?? 0
    expect(plain).toBeGreaterThan(vague)
    expect(plain).toBeLessThanOrEqual(1)
  })
})

describe('one topic', () => {
  test.each([
    '版本描述写什么',
    '版本描述写什么,要写很长吗',
    '大家好,版本描述写什么,谢谢各位',
    '之前版本描述已经填过一次了,现在要等多久',
    '中午吃什么,一起去吗',
    '',
  ])('is none of several: %j', (text) => {
    expect(find(text)).toBeUndefined()
  })
})

test('talk that is hardly for us is not read in parts at all', () => {
  const matcher = keywordMatcher(words)
  const text = '中午吃什么,一起去吗,几点出发'
  findTopics(text, [aCandidate('5', { asked: 0.1 })], matcher)
  expect(matcher.reads).toEqual([])
})
