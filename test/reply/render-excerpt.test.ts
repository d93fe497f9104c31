import { describe, expect, test } from 'vitest'
import { renderExcerpt } from '../../src/reply/excerpt.js'
import { phrases } from '../../src/reply/phrases.js'
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
      phrases.title({ key: '1.1', title: '社区类目' }),
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

describe('which lines an excerpt picks', () => {
  const form = aSection('4.3', {
    title: '隐私协议',
    parts: [
      {
        lines: [
          '按七处填：',
          '1. “收集你选中的文件，用于”：填“上传图片”。',
          '2. 2.2 联系方式：手机号、邮箱任选。',
          '3. 第 5 项信息的存储：选第二个。',
          '4. 复印件要盖公司公章，两张都要，每张不超过 10M。',
        ],
        pictures: [],
      },
    ],
    tellsTimeline: true,
  })
  const linesFor = (question: string): readonly string[] =>
    renderExcerpt(form, question)
      .slice(1, -1)
      .map(({ text }) => text)

  test.each([
    ['第五项选哪个', '3. 第 5 项信息的存储：选第二个。'],
    ['第 1 处填什么', '1. “收集你选中的文件，用于”：填“上传图片”。'],
    ['2.2填谁的', '2. 2.2 联系方式：手机号、邮箱任选。'],
    ['要盖章吗', '4. 复印件要盖公司公章，两张都要，每张不超过 10M。'],
    ['几张啊', '4. 复印件要盖公司公章，两张都要，每张不超过 10M。'],
    ['图多大可以', '4. 复印件要盖公司公章，两张都要，每张不超过 10M。'],
  ])('%s → %s', (question, line) => {
    expect(linesFor(question)).toEqual([line])
  })

  test('a question for the whole section is told all steps', () => {
    const texts = textsFor('社区类目怎么弄啊')
    expect(texts).toContain('2. 复印件要盖公司公章。')
    expect(texts).toContain('1. 类目选“社交 > 社区/论坛”。')
  })

  test('what comes next is no answer', () => {
    const texts = renderExcerpt({ ...form, next: '生成后继续提交，回复“4.2”。' }, '4.2是什么').map(({ text }) => text)
    expect(texts.join('\n')).not.toContain('继续提交')
  })

  test.each(['就是收集你的位置信息', '填什么', '10月32号提的'])(
    '%s: nothing of it is told, so the steps come once more',
    (question) => {
      expect(renderExcerpt(form, question).at(-1)?.text).toBe(phrases.notInSection)
    },
  )
})
