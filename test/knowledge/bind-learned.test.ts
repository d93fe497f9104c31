import { expect, test } from 'vitest'
import { readKnowledge } from '../../src/knowledge/read.js'

const GUIDES = [{ file: 'knowledge/fasttest.md', text: '## 1. 类目\n\n选类目。\n\n## 2. 声明\n\n填声明。\n' }]
const INTENTS = [
  { file: 'intents/category.yaml', text: 'id: category\nsection: "1"\nutterances: [类目怎么选]\n' },
  { file: 'intents/human.yaml', text: 'id: human\nutterances: [转人工]\n' },
]
const learned = (name: string, text: string) => ({ file: `data/learned/${name}`, text, kept: `learned/${name}` })
const read = (...files: ReturnType<typeof learned>[]) => {
  const { content, problems } = readKnowledge({ guides: GUIDES, intents: [...INTENTS, ...files] })
  const ofLearned = Object.fromEntries(content.intents.map(({ id, learned: sentences = [] }) => [id, sentences]))
  return { content, ofLearned, problems: problems.filter(({ file }) => file.startsWith('data/learned')) }
}

test('adds taught sentences to the intent of their section, and leaves the authors’ as they are', () => {
  const { content, ofLearned, problems } = read(
    learned('category.yaml', 'id: category\nsection: "1"\nutterances: [黑框框在哪]\n'),
    learned('fasttest-2.yaml', 'section: "2"\nutterances: [勾几个才算]\n'),
  )
  expect(ofLearned).toMatchObject({ category: ['黑框框在哪'], 'auto:2': ['勾几个才算'] })
  expect(content.intents[0]!.utterances).toEqual(['类目怎么选'])
  expect(content.intents.at(-1)).toMatchObject({ id: 'auto:2', automatic: true })
  expect(problems).toEqual([])
})

test.each([
  ['broken YAML', 'utterances:\n  - "没有结束\n', 3],
  ['an unknown section', 'utterances: [黑框框在哪]\nsection: "9"\n', 2],
  ['an unknown guide', 'section: "1"\nguide: payment\nutterances: [黑框框在哪]\n', 1],
  ['an unknown key', 'section: "1"\nutterances: [黑框框在哪]\nsay: 1\n', 3],
])('tells of %s with its line, and does without', (_what, text, line) => {
  const { ofLearned, problems } = read(learned('category.yaml', text))
  expect(problems[0]).toMatchObject({ severity: 'warning', file: 'data/learned/category.yaml', line })
  expect(problems.map(({ severity }) => severity)).not.toContain('error')
  expect(ofLearned.category).toEqual([])
})

test('of a sentence that was taught twice the first counts, and people go before authors', () => {
  const { ofLearned, problems } = read(
    learned('a.yaml', 'section: "2"\nutterances: [类目怎么选, 黑框框在哪]\n'),
    learned('b.yaml', 'section: "1"\nutterances: [黑框框在哪？]\n'),
    learned('silence.yaml', 'hard:\n  taught: [黑框框 在哪]\n'),
  )
  expect(ofLearned).toMatchObject({ 'auto:2': ['类目怎么选', '黑框框在哪'], category: [] })
  expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
    'data/learned/a.yaml:2',
    'data/learned/b.yaml:2',
    'data/learned/silence.yaml:2',
  ])
  expect(problems[0]!.message).toContain('intents/category.yaml:3')
})

test('a learned guide is never the main one, and none whose id is taken', () => {
  const guide = (name: string, id: string) => ({
    ...learned(`knowledge/${name}.md`, `---\nid: ${id}\ntitle: 问答\n---\n\n## 7. 码要多大\n\n3 厘米。\n`),
  })
  const { content, problems } = readKnowledge({
    guides: [{ file: 'z/other.md', text: '## 1. 类目\n\n选类目。\n' }, guide('a', 'qa'), guide('b', 'other')],
    intents: [{ file: 'intents/human.yaml', text: INTENTS[1]!.text }],
  })
  expect(content.guides.flatMap(({ sections }) => sections.map(({ key }) => key))).toEqual(['1', 'qa/7'])
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(problems).toContainEqual(expect.objectContaining({ file: 'data/learned/knowledge/b.md', severity: 'warning' }))
})
