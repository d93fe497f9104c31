import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isMetAsExpected, readConversations } from '../../src/evaluate/exam.js'

const read = (text: string) => readConversations({ file: 'intents/conversations.yaml', text })

describe('conversations', () => {
  test('begin with the bot being called, and go on without', () => {
    const { conversations, problems } = read(
      'conversations:\n  - title: 细节\n    turns:\n      - { says: 资质要什么, expect: "1.1" }\n      - { says: 要盖章吗, after: 2, expect: ["1.1", human] }\n',
    )
    expect(problems).toEqual([])
    expect(conversations[0]?.turns).toEqual([
      { who: '甲', says: '资质要什么', after: 0.5, asked: true, expect: ['1.1'] },
      { who: '甲', says: '要盖章吗', after: 2, asked: false, expect: ['1.1', 'human'] },
    ])
  })

  test.each([
    ['conversations:\n  - title: 细节\n    turns:\n      - { says: 好, expects: silence }\n', 4],
    ['conversations:\n  - turns: []\n', 2],
    ['conversations: [', 1],
  ])('%j is told with its line', (text, line) => {
    const { problems } = read(text)
    expect(problems.find(({ severity }) => severity === 'error')?.line).toBe(line)
  })

  test('that the repository ships are well-formed', () => {
    const { conversations, problems } = read(
      readFileSync(join(import.meta.dirname, '../../intents/conversations.yaml'), 'utf8'),
    )
    expect(problems).toEqual([])
    expect(conversations.length).toBeGreaterThan(20)
  })
})

test.each([
  ['1.1', 'answer', ['1.1', '5'], true],
  ['1.1', 'answer', ['5'], false],
  ['silence', 'silent', [], true],
  ['silence', 'answer', ['5'], false],
  ['human', 'escalate', [], true],
  ['unknown', 'clarify', ['5', '4'], true],
  ['courtesy', 'courtesy', [], true],
  ['courtesy', 'silent', [], false],
] as const)('%s is met by %s %j: %s', (expected, kind, sections, isMet) => {
  const turn = { who: '甲', says: '好', after: 1, asked: true, expect: [expected] }
  expect(isMetAsExpected(turn, { kind, sections })).toBe(isMet)
})
