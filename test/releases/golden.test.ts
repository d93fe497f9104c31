import { expect, test } from 'vitest'
import { changeGolden } from '../../src/releases/rows.js'

const FILE = `# 必答题
questions:
  # 0 注册
  - question: 在哪里注册
    expect: "0"
  # 1 类目
  - question: 资质二选一选哪个
    heard: overheard
    expect: "1.1"
`
const changed = (change: Parameters<typeof changeGolden>[1]): string => {
  const result = changeGolden(FILE, change)
  if ('problem' in result) throw new Error(result.problem)
  return result.text
}

test('a question is added behind the others, which stay as they were written', () => {
  const text = changed({ becomes: { question: '要等多久', heard: 'asked', expect: '5' } })
  expect(text.startsWith(FILE)).toBe(true)
  expect(text).toContain('- question: 要等多久\n    expect: 5')
})

test('a question is changed in its place, and what it wants may be a short answer', () => {
  const was = { question: '资质二选一选哪个', heard: 'overheard' } as const
  const text = changed({ was, becomes: { question: '资质选哪个', heard: 'asked', expect: 'card:s11-which' } })
  expect(text).toMatch(/# 1 类目\n {2}- question: 资质选哪个\n {4}expect:\n {6}card: s11-which/)
  expect(text).not.toContain('overheard')
})

test('a question is removed, and the remark above it stays', () => {
  const text = changed({ was: { question: '在哪里注册', heard: 'asked' } })
  expect(text).not.toContain('在哪里注册')
  expect(text).toMatch(/# 0 注册\n[\s\S]*# 1 类目/)
})

test.each([
  [{ was: { question: '没有这道', heard: 'asked' } }, /刚被别人改了/],
  [{ becomes: { question: '在哪里注册', heard: 'asked', expect: '1' } }, /已经有/],
] as const)('says in words why it can not be', (change, problem) => {
  expect(changeGolden(FILE, change)).toEqual({ problem: expect.stringMatching(problem) })
  expect(changeGolden('- 1', change)).toEqual({ problem: expect.stringContaining('格式不对') })
})
