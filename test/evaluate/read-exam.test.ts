import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readExam, readGolden, readHeldOut } from '../../src/evaluate/exam.js'

const knows = { section: (key: string) => ['1', '4.1', 'A3'].includes(key), card: (id: string) => id === 's11-stamp' }
const golden = (text: string) => readGolden({ file: 'intents/golden.yaml', text }, knows)

test('reads what is asked, how it is heard and what is to come of it', () => {
  const { questions, problems } = golden(`questions:
  - question: UGC怎么填
    expect: "4.1"
  - question: |-
      1. 页面空白
      2. 类目
    heard: overheard
    expect: ["A3", "1"]
  - question: 早上好
    heard: overheard
    expect: silence
  - question: 盖章不
    expect: { card: s11-stamp }
`)
  expect(problems).toEqual([])
  expect(questions).toMatchObject([
    { text: 'UGC怎么填', heard: 'asked', wanted: { kind: 'sections', keys: ['4.1'] }, place: 'intents/golden.yaml:2' },
    { text: '1. 页面空白\n2. 类目', heard: 'overheard', wanted: { kind: 'sections', keys: ['A3', '1'] } },
    { heard: 'overheard', wanted: { kind: 'silence' }, place: 'intents/golden.yaml:9' },
    { wanted: { kind: 'card', id: 's11-stamp' } },
  ])
})

test.each([
  ['a hearing that there is not', 'heard: 点名\n    expect: human', 'error', 3, 'heard 不能写“点名”'],
  ['a section that there is not', 'expect: "4.9"', 'warning', 3, '期望 4.9，指南里没有这一节'],
  [
    'a fact that there is not',
    'expect: { card: nothing }',
    'warning',
    3,
    '期望“nothing”，没有这个编号的短答、类目或规则',
  ],
  ['a misspelt key', 'expects: human', 'error', 2, '缺少“expect”'],
  ['an empty list', 'expect: []', 'error', 3, '“expect”写得不对'],
])('tells of %s', (_what, line, severity, at, message) => {
  const { problems } = golden(`questions:\n  - question: 在吗\n    ${line}\n`)
  expect(problems[0]).toMatchObject({ severity, line: at, message })
})

describe('a file that is broken asks nothing and has its place told', () => {
  test.each([
    ['golden', (text: string) => golden(text).problems],
    ['held-out', (text: string) => readHeldOut({ file: 'intents/held-out.yaml', text }).problems],
  ])('%s.yaml', (_name, problemsOf) => {
    expect(problemsOf('questions: [')[0]).toMatchObject({ severity: 'error', line: expect.any(Number) })
    expect(problemsOf('anything: else')[0]).toMatchObject({ severity: 'error' })
  })
})

test('asks nothing where the files are missing', () => {
  expect(readExam([], knows)).toMatchObject({ questions: [], problems: [] })
})

test('the shipped golden questions know every section, every hearing and every outcome', () => {
  const text = readFileSync(join(import.meta.dirname, '../../intents/golden.yaml'), 'utf8')
  const { questions } = readGolden({ file: 'intents/golden.yaml', text }, { section: () => true, card: () => true })
  const wanted = new Set(questions.flatMap(({ wanted: want }) => (want.kind === 'sections' ? want.keys : [want.kind])))
  const sections = ['0', '1', '1.1', '2', '3', '4', '4.1', '4.2', '4.3', '5', 'A1', 'A1.2', 'A2', 'A3', 'A4']
  expect([...wanted].sort()).toEqual([...sections, 'card', 'courtesy', 'human', 'silence', 'unknown'].sort())
  expect(new Set(questions.map(({ heard }) => heard)).size).toBe(2)
})
