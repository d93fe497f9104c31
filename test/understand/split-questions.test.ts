import { describe, expect, test } from 'vitest'
import { normalizeText } from '../../src/understand/normalize-text.js'
import { splitQuestions } from '../../src/understand/split-questions.js'
import { hostileTexts } from '../support/hostile-text.js'

const questionsOf = (text: string): readonly string[] => splitQuestions(normalizeText(text))

describe('takes several questions apart', () => {
  test.each([
    ['审核要多久？类目在哪加？', ['审核要多久', '类目在哪加']],
    ['审核要多久？怎么办？类目在哪加？', ['审核要多久', '类目在哪加']],
    ['审核要多久，类目在哪加', ['审核要多久', '类目在哪加']],
    ['1.审核要多久 2.类目在哪加', ['审核要多久', '类目在哪加']],
    ['第一，审核要多久；第二，类目在哪加', ['审核要多久', '类目在哪加']],
    ['审核要多久还有类目在哪加', ['审核要多久', '还有类目在哪加']],
    ['弹出了UGC声明，怎么填？版本描述写什么', ['弹出了ugc声明 怎么填', '版本描述写什么']],
  ])('%s', (text, questions) => {
    expect(questionsOf(text)).toEqual(questions)
  })

  test('four at most', () => {
    expect(questionsOf('审核要多久？'.repeat(9))).toHaveLength(4)
  })
})

describe('finds no several questions in', () => {
  test.each(['审核要多久', '你好，审核要多久', '类目已经加好了，测试数据也删了', '', '？？？', '怎么办'])(
    '%j',
    (text) => {
      expect(questionsOf(text)).toEqual([])
    },
  )
})

test('gives none or at least two, never empty ones, whatever is said', () => {
  const counts = hostileTexts(500, 17).map((text) => {
    const questions = questionsOf(text)
    return questions.some((question) => question.trim() === '') ? -1 : questions.length
  })
  expect(counts.filter((count) => count === 1 || count < 0 || count > 4)).toEqual([])
})
