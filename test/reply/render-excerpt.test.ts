import { describe, expect, test } from 'vitest'
import { phrases } from '../../src/reply/phrases.js'
import { renderExcerpt } from '../../src/reply/render-excerpt.js'
import { aSection } from '../support/a-section.js'

const section = aSection('1.1', {
  title: '社区类目',
  parts: [
    {
      lines: ['1. 类目选“社交 > 社区/论坛”。', '2. 复印件要盖公司公章。', '3. 截图里要看得见备案号和主体。'],
      pictures: [],
    },
  ],
  required: ['备案查询页截图'],
})
const textsFor = (question: string): readonly string[] => renderExcerpt(section, question).map(({ text }) => text)

describe('an excerpt', () => {
  test('tells the line that speaks of the question, and how to see the rest', () => {
    expect(textsFor('要盖公章吗')).toEqual([
      phrases.title('1.1', '社区类目'),
      '2. 复印件要盖公司公章。',
      phrases.excerptFooter('1.1'),
    ])
  })

  test('finds what has to be photographed, too', () => {
    expect(textsFor('是哪个查询页面')).toContain('· 备案查询页截图')
  })

  test('tells the steps once more and the way to a person where no line speaks of it', () => {
    const texts = textsFor('几个人合伙行不行')
    expect(texts).toContain('1. 类目选“社交 > 社区/论坛”。')
    expect(texts.at(-1)).toBe(phrases.notInSection)
  })
})
