import { expect, test } from 'vitest'
import { dayFromIso } from '../../src/base/time.js'
import { formatProblem } from '../../src/errors.js'
import { describeFacts, findOldFacts, readKnowledge } from '../../src/knowledge/read.js'

const GUIDE = `# 指南

## 1、交资料

交一张截图。

问：要盖章吗 / 盖哪个章 / 原件要盖吗 / 复印件盖不盖
答：复印件盖公章。
`
const answers = (date: string) => `---
source: 公开课
date: ${date}
---

问：备案多久 / 备案几天好 / 备案要等多久 / 什么时候备好
答：20 天内。

问：备案收费吗 / 备案多少钱 / 备案要钱吗 / 备案免费不
答：不收。
`
const CATEGORIES = `meta: { source: 官方, date: 2026-07-29, strength: S }
cues: [类目]
categories:
  - path: 商家自营-食品
    documents: { choose: all, of: [许可证] }
    individual: true
    secondReview: false
    words: [奶粉]
    for: 卖食品
`

const { content, problems } = readKnowledge({
  guides: [
    { file: 'knowledge/g.md', text: GUIDE },
    { file: 'knowledge/answers/filing.md', text: answers('2026-03-01') },
  ],
  tables: [{ file: 'knowledge/categories.yaml', text: CATEGORIES }],
  intents: [{ file: 'intents/human.yaml', text: 'utterances: [转人工]' }],
})

test('lists short answers by subject and the tables, with counts and the age of the oldest', () => {
  expect(problems).toEqual([])
  expect(describeFacts(content, dayFromIso('2026-08-28'))).toEqual([
    '短答 3 条，问法 12 句',
    '  1 交资料  1 条 · 4 句 · 没写日期',
    '  指南外 filing  2 条 · 8 句 · 2026-03-01 核对（180 天前）',
    '类目 1 条，2026-07-29 核对（30 天前）（knowledge/categories.yaml）',
  ])
})

test('warns of what is older than 180 days, a line for each file and source', () => {
  expect(findOldFacts(content, dayFromIso('2026-08-28'))).toEqual([])
  expect(findOldFacts(content, dayFromIso('2026-08-29')).map(formatProblem)).toEqual([
    'knowledge/answers/filing.md:6:1 2 条是 2026-03-01 核对的，已经 181 天（公开课） → 对照来源看看还对不对，再改日期',
  ])
})
