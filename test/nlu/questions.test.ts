import { describe, expect, test } from 'vitest'
import type { IntentMatcher, Match, RankedAnswer, TalkSubject } from '../../src/model/understanding.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { findQuestions, gainsMost } from '../../src/nlu/questions.js'
import { wantedBy } from '../../src/nlu/segmenter.js'
import { aCandidate } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const PHRASES = LANGUAGE.questions
const ANSWERS = { seal: '盖章', size: '多大', 'how-long': '多久', team: '团队' } as const
const SECTIONS: Readonly<Record<string, string>> = { seal: '1.1', size: '1.1', 'how-long': '5', team: '4.1' }

const ranked = (id: string, share: number): RankedAnswer => ({
  ...{ answer: { id, sectionKey: SECTIONS[id] } as never, share, within: share, wordForWord: false },
})

/** Knows four facts by one word each; 盖哪个 means the seal only after it was spoken of. */
const matcher: IntentMatcher = {
  match(text): Match {
    const ids = Object.entries(ANSWERS).flatMap(([id, word]) => (text.includes(word) ? [id] : []))
    const asked = ids.length > 0 ? 1 : 0.05
    return {
      candidates: [
        ...[...new Set(ids.map((id) => SECTIONS[id]!))].map((key) =>
          aCandidate(key, { share: 0.9 / ids.length, asked }),
        ),
        // May be for us, and about anything.
        ...(text.includes('分期') ? [aCandidate('0', { share: 0.1, asked: 0.8 })] : []),
      ],
      wantsHuman: { confidence: 0, overheard: 0 },
      answers: ids.map((id) => ranked(id, 0.95 / ids.length)),
    }
  },
  within: (subject: TalkSubject, text) =>
    'sectionKey' in subject && subject.sectionKey === '1.1' && text.includes('几兆') ? [ranked('size', 0.9)] : [],
}

const read = (text: string) => {
  const normalized = normalizeText(text)
  return findQuestions(normalized, matcher.match(normalized), { matcher, phrases: PHRASES })
}
const asked = (text: string) => read(text)?.parts.map(({ answers }) => answers?.[0]?.answer.id)

describe('several questions', () => {
  test.each([
    ['要盖章吗？要审多久？', ['seal', 'how-long']],
    ['要盖章吗 还有审多久', ['seal', 'how-long']],
    ['图片多大，要不要盖章，团队选哪个', ['size', 'seal', 'team']],
    ['1. 要盖章吗 2. 审核多久 3. 团队选哪个', ['seal', 'how-long', 'team']],
    ['一是要盖章吗，二是审核多久', ['seal', 'how-long']],
    ['要盖章吗？最多几兆？', ['seal', 'size']],
    ['就是我想问那个要盖章吗审核要多久啊', ['seal', 'how-long']],
    ['说要问清楚第一要盖章吗第二审核多久', ['seal', 'how-long']],
    ['盖章 团队 各咋办', ['seal', 'team']],
    ['别废话 1要盖章吗 2审核多久', ['seal', 'how-long']],
    ['1要盖章吗,2审核多久,3团队选哪个', ['seal', 'how-long', 'team']],
  ])('are each read by themselves, in their order: %s', (text, ids) => {
    expect(asked(text)).toEqual(ids)
  })

  test('are sure where their writer has numbered them', () => {
    expect(read('1. 要盖章吗 2. 审核多久')?.confidence).toBe(1)
  })

  test.each(['1要盖章吗 2审核多久', '两件事 1要盖章吗 2审核多久'])('are sure in figures alone: %s', (text) => {
    expect(read(text)?.confidence).toBe(1)
  })

  test('are not numbered by amounts', () => {
    expect(read('1天要审多久 2个章要盖章吗')?.confidence).toBeLessThan(1)
  })

  test('hold what is not understood, in its place', () => {
    expect(read('要盖章吗？能不能分期付？审核多久？')?.parts.map(({ text, unread }) => unread && text)).toEqual([
      undefined,
      '能不能分期付',
      undefined,
    ])
    expect(read('要盖章吗？今天吃什么呀？审核多久？')?.parts).toHaveLength(2)
  })
})

test('what depends on the question before it is no question by itself', () => {
  expect(asked('审核多久？不行的话怎么办？要盖章吗？')).toEqual(['how-long', 'seal'])
})

describe('what was added to a question', () => {
  const match = (...answers: readonly RankedAnswer[]): Match => ({ ...matcher.match(''), answers })

  test('asks for the fact that gains most by it', () => {
    const last = match(ranked('size', 0.9), ranked('seal', 0.05))
    expect(gainsMost(match(ranked('size', 0.5), ranked('seal', 0.45)), last)?.answer.id).toBe('seal')
  })

  test('is nothing where the fact was as likely before', () => {
    expect(gainsMost(match(ranked('size', 0.9)), match(ranked('size', 0.8)))).toBeUndefined()
  })
})

describe('one question', () => {
  test.each(['要盖章吗', '要盖章吗？不盖章行吗？', '资质弄好了，要盖章吗', '要盖章吗，今天吃什么', ''])(
    'is not several: %j',
    (text) => {
      expect(asked(text)).toBeUndefined()
    },
  )
})

test.each([
  ['怎么提交审核', 'steps'],
  ['资质怎么弄', 'steps'],
  ['不会填', 'steps'],
  ['流程发一下', 'steps'],
  ['怎么还没过', undefined],
  ['怎么回事啊', undefined],
  ['提审按钮在哪', 'place'],
  ['类目入口找不到', 'place'],
  ['直播个人能选吗', 'individual'],
  ['这个要二审吗', 'second-review'],
  ['没证怎么办', 'without'],
  ['要盖章吗', undefined],
  ['审核多久', undefined],
])('%s asks for %s', (text, wanted) => {
  expect(wantedBy(normalizeText(text), PHRASES)).toBe(wanted)
})
