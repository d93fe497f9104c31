import { describe, expect, test } from 'vitest'
import { formatProblem } from '../../src/errors.js'
import { answersOfRules, parseCategories, parseRejections } from '../../src/knowledge/tables.js'

const META = 'meta: { source: 官方, date: 2026-07-29, strength: S }\n'
const row = (facts = ''): string =>
  `  - path: 商家自营-食品\n    documents: { choose: 1, of: [许可证, 备案凭证] }\n    individual: false\n    secondReview: true\n    words: [奶粉]\n    for: 卖食品\n${facts}`
const categories = (text: string) => parseCategories({ file: 'categories.yaml', text })
const rejections = (text: string) => parseRejections({ file: 'rejections.yaml', text })
const rule = (facts = ''): string =>
  `  - number: "2.1"\n    list: 常见拒绝情形\n    title: 测试内容\n    marks: [测试]\n    meaning: 有测试数据\n    customer: [删掉]\n    vendor: null\n    actor: customer\n${facts}`

test('reads categories with what is open to whom, and where it is known from', () => {
  const { table, problems } = categories(
    `${META}cues: [类目]\ncategories:\n${row('    note: 看清楚\n    date: 2026-01-02\n')}notOpen:\n  - { name: 彩票, words: [彩票], advice: 不开放 }\nnoRow:\n  - { name: 二手, words: [二手], rows: [商家自营-食品], advice: 看卖什么 }\n`,
  )
  expect(problems).toEqual([])
  expect(table.rows).toMatchObject([
    {
      ...{ id: '类目:商家自营-食品', choose: 1, individual: false, secondReview: true, note: '看清楚', line: 4 },
      source: { text: '官方', date: '2026-01-02', strength: 'S' },
    },
  ])
  expect(table.notOpen).toMatchObject([{ id: '不开放:彩票', rows: [], advice: '不开放' }])
  expect(table.withoutRow).toMatchObject([{ id: '没有单独类目:二手', rows: ['商家自营-食品'] }])
})

test('all of the documents are as many as there are, and no more than that can be chosen', () => {
  const chosen = (choose: string): number | undefined =>
    categories(`${META}categories:\n${row().replace('choose: 1', `choose: ${choose}`)}`).table.rows[0]?.choose
  expect([chosen('all'), chosen('1'), chosen('5')]).toEqual([2, 1, 2])
})

test('reads rules, with or without something for us to do', () => {
  const { rules, problems } = rejections(
    `${META}rejections:\n${rule()}${rule('    sections: [A4]\n    ask: [测试数据被拒]\n').replace('2.1', '2.2').replace('vendor: null', 'vendor: 重新打包')}`,
  )
  expect(problems).toEqual([])
  expect(rules).toMatchObject([
    { id: '驳回:常见拒绝情形 2.1', customer: ['删掉'], sections: [], asks: [] },
    { id: '驳回:常见拒绝情形 2.2', vendor: '重新打包', sections: ['A4'], asks: ['测试数据被拒'] },
  ])
  expect(rules[0]).not.toHaveProperty('vendor')
})

test('makes short answers of what customers say of a rejection, where one section at most tells of it', () => {
  const { rules } = rejections(
    `${META}rejections:\n${rule('    ask: [说有测试]\n')}${rule('    sections: [A4]\n    ask: [测试数据被拒]\n').replace('2.1', '2.2')}${rule('    sections: [A3, A4]\n    ask: [说页面空]\n').replace('2.1', '2.3')}${rule().replace('2.1', '2.4')}`,
  )
  const answers = answersOfRules(rules, (key) => key !== 'A3')
  expect(answers.map(({ id, sectionKey, asks }) => [id, sectionKey, asks])).toEqual([
    ['驳回:常见拒绝情形 2.1', undefined, ['说有测试']],
    ['驳回:常见拒绝情形 2.2', 'A4', ['测试数据被拒']],
    ['驳回:常见拒绝情形 2.3', 'A4', ['说页面空']],
  ])
  expect(answersOfRules(rules, () => true).map(({ id }) => id)).toEqual([
    '驳回:常见拒绝情形 2.1',
    '驳回:常见拒绝情形 2.2',
  ])
})

describe('tells of a slip with file, line and remedy, and takes nothing of the file', () => {
  test.each([
    ['a key that there is not', `${META}categories:\n${row('    noet: x\n')}`, /^categories\.yaml:9:5 不认识“noet” → /],
    [
      'a missing field',
      `${META}categories:\n${row().replace('    for: 卖食品\n', '')}`,
      /^categories\.yaml:3:\d+ 缺少“for” → /,
    ],
    [
      'yes for true',
      `${META}categories:\n${row().replace('false', 'yes')}`,
      /^categories\.yaml:5:17 “individual”写得不对 → /,
    ],
    ['ten of them', `${META}categories:\n${row().replace('choose: 1', 'choose: 10')}`, /^categories\.yaml:4:\d+ /],
    ['no day', `${META.replace('2026-07-29', '去年')}categories:\n${row()}`, /^categories\.yaml:1:\d+ /],
    ['no meta', `categories:\n${row()}`, /^categories\.yaml:1:\d+ 缺少“meta” → /],
    ['broken YAML', `${META}categories: [`, /^categories\.yaml:\d+:\d+ .+ → /],
  ])('%s in the categories', (_what, text, problem) => {
    const { table, problems } = categories(text)
    expect(problems.map(formatProblem)[0]).toMatch(problem)
    expect(problems[0]?.severity).toBe('error')
    expect(table.rows).toEqual([])
  })

  test.each([
    [
      'another actor',
      `${META}rejections:\n${rule().replace('actor: customer', 'actor: 客户')}`,
      /^rejections\.yaml:10:12 /,
    ],
    [
      'nothing to do',
      `${META}rejections:\n${rule().replace('[删掉]', '[]')}`,
      /^rejections\.yaml:8:15 “customer”是空的 → /,
    ],
    ['no list', `${META}rejections: 没有`, /^rejections\.yaml:2:13 “rejections”应该是列表 → /],
  ])('%s in the rules', (_what, text, problem) => {
    const { rules, problems } = rejections(text)
    expect(problems.map(formatProblem)[0]).toMatch(problem)
    expect(rules).toEqual([])
  })

  test('a row that stands there twice', () => {
    expect(categories(`${META}categories:\n${row()}${row()}`).problems.map(formatProblem)).toEqual([
      'categories.yaml:9:1 类目“商家自营-食品”在第 3 行已经有了 → 删掉一处，或改成别的名字',
    ])
    expect(rejections(`${META}rejections:\n${rule()}${rule()}`).problems.map(formatProblem)).toEqual([
      expect.stringMatching(/规则“常见拒绝情形 2\.1”在第 3 行已经有了/),
    ])
  })
})
