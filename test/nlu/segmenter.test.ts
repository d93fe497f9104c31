import { describe, expect, test } from 'vitest'
import type { IntentMatcher, Match } from '../../src/model/understanding.js'
import { FITTED } from '../../src/nlu/fitted.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { bestPath, latticeOf, piecesOf, segment } from '../../src/nlu/segmenter.js'
import { aCandidate } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const phrases = LANGUAGE.questions

/** Understands each text as it is told to, and of all others a little of everything. */
const matcherOf = (known: Readonly<Record<string, readonly [id: string, share: number]>>): IntentMatcher => ({
  match(text): Match {
    const [id, share] = known[text] ?? ['anything', 0.05]
    return {
      candidates: [aCandidate('1.1', { share: 0.9, asked: known[text] ? 0.9 : 0.3 })],
      wantsHuman: { confidence: 0, overheard: 0 },
      answers: [{ answer: { id } as never, share, within: share, wordForWord: false }],
    }
  },
})

const cut = (text: string, known: Parameters<typeof matcherOf>[0]) => {
  const normalized = normalizeText(text)
  return segment(piecesOf(normalized, phrases), normalized, { matcher: matcherOf(known), phrases })
}

describe('a message', () => {
  test('is cut where each side is understood by itself', () => {
    const { segments, confidence } = cut('备案截图要盖章吗 图片最大几兆', {
      备案截图要盖章吗: ['seal', 0.9],
      图片最大几兆: ['size', 0.9],
      '备案截图要盖章吗 图片最大几兆': ['seal', 0.5],
    })
    expect(segments.map(({ text }) => text)).toEqual(['备案截图要盖章吗', '图片最大几兆'])
    expect(confidence).toBeGreaterThan(0.5)
  })

  test('stays whole where only all of it is understood', () => {
    const { segments, confidence } = cut('昨天提交的版本 现在还能不能改', {
      '昨天提交的版本 现在还能不能改': ['edit', 0.9],
    })
    expect(segments.map(({ text }) => text)).toEqual(['昨天提交的版本 现在还能不能改'])
    expect(confidence).toBeLessThanOrEqual(0.5)
  })

  test('tells what leads to a question before it', () => {
    expect(
      cut('我们是做养花的 图片最大几兆', { 图片最大几兆: ['size', 0.9], '我们是做养花的 图片最大几兆': ['size', 0.1] })
        .segments,
    ).toEqual([{ text: '图片最大几兆', before: '我们是做养花的' }])
  })

  test('keeps what asks and is not understood, as it may go on from the one before', () => {
    const { segments } = cut('备案截图要盖章吗?那份呢?', { 备案截图要盖章吗: ['seal', 0.9] })
    expect(segments.map(({ text }) => text)).toEqual(['备案截图要盖章吗', '那份呢'])
  })
})

test('two parts that ask for one thing are hardly two questions', () => {
  const text = '备案截图要盖章吗 截图要不要盖公章'
  const lattice = latticeOf(piecesOf(text, phrases), text, {
    matcher: matcherOf({
      备案截图要盖章吗: ['seal', 0.6],
      截图要不要盖公章: ['seal', 0.6],
      [text]: ['seal', 0.7],
    }),
    phrases,
  })
  expect(bestPath(lattice, FITTED.segments).runs).toHaveLength(1)
})

test('what comes after the eighth piece is left with it', () => {
  const text = Array.from({ length: 12 }, (_, at) => `第${at}句话在此`).join(' ')
  const pieces = piecesOf(text, phrases)
  expect(pieces).toHaveLength(8)
  expect(pieces.at(-1)?.text).toContain('第11句话在此')
})
