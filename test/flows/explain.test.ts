import { expect, test } from 'vitest'
import { explainSentence } from '../../src/evaluate/explain.js'
import { smallSnapshot } from '../support/bot-under-test.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { hostileTexts } from '../support/hostile-text.js'

test('tells what would be said by name and overheard, why, and in which words', () => {
  const lines = explainSentence('UGC说明怎么填', smallSnapshot(), MONDAY_MS).split('\n')
  expect(lines[0]).toMatch(/^点名问：回答 4\.1 UGC说明（把握 \d+%，把握足够）$/)
  expect(lines[1]).toMatch(/^没点名：/)
  expect(lines[2]).toMatch(/^最像：4\.1 UGC说明 \d+%/)
  expect(lines.slice(3).join('\n')).toMatch(/会这样说：\n[\s\S]*选“包含”[\s\S]*（另有 1 张图）$/)
})

test('tells of a question back, and of what nobody understands', () => {
  expect(explainSentence('这个怎么填', smallSnapshot(), MONDAY_MS)).toMatch(/^点名问：反问 3 服务类目、1\.1 主体信息/)
  const unknown = explainSentence('楼下那家面馆', smallSnapshot(), MONDAY_MS)
  expect(unknown).toMatch(/^点名问：说不知道，提出转人工（把握 0%，没听懂）\n没点名：不插话（把握 0%，不像在问提审）/)
})

test('fits a phone, whatever it is given', () => {
  const texts = [...hostileTexts(300, 6), '审'.repeat(5_000)]
  expect(texts.filter((text) => explainSentence(text, smallSnapshot(), MONDAY_MS).length > 500)).toEqual([])
})
