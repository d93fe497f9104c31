import { expect, test } from 'vitest'
import { NO_KNOWLEDGE } from '../../src/model/knowledge.js'
import { buildIntentMatcher, compileMatcher } from '../../src/nlu/intent-matcher.js'
import {
  type BuiltKnowledge,
  packKnowledge,
  readPackedKeys,
  runAtOnce,
  unpackKnowledge,
} from '../../src/releases/build.js'
import { aSection } from '../support/a-section.js'
import { anIntent } from '../support/a-snapshot.js'

const sections = Array.from({ length: 250 }, (_, index) => aSection(String(index), { title: `第${index}节\ud800` }))
const content = {
  ...NO_KNOWLEDGE,
  guides: [
    { id: 'a', title: '甲', file: 'knowledge/a.md', sections },
    { id: 'b', title: '乙', file: 'knowledge/b.md', sections: [aSection('x')] },
  ],
  intents: [
    anIntent('ugc', { sectionKey: '1', utterances: ['UGC说明怎么填', '弹出UGC怎么选', '那个UGC'], learned: ['教的'] }),
    anIntent('days', { sectionKey: '2', utterances: ['审核要多久', '要等几天', '多久能过'] }),
  ],
  silence: Array.from({ length: 1_200 }, (_, index) => ({
    text: `早上好${index}`,
    kind: 'general',
    hard: index % 2 === 0,
  })),
  concepts: [{ id: 'review', words: ['审核', '提审'] }],
}
const problem = { file: 'a.yaml', line: 1, column: 1, message: '重复', remedy: '删掉' }
const built: BuiltKnowledge = {
  textsKey: 'texts',
  codeKey: 'code',
  content,
  warnings: [{ severity: 'warning', ...problem }],
  compiled: compileMatcher(content),
}

test('gives back what went in', () => {
  const { compiled, ...rest } = runAtOnce(unpackKnowledge(packKnowledge(built)))
  const { compiled: _, ...expected } = built
  expect(rest).toEqual(expected)
  const [now, before] = [compiled, built.compiled].map((model) => buildIntentMatcher(content, model))
  expect(now!.match('ugc说明要怎么填')).toEqual(before!.match('ugc说明要怎么填'))
})

test('reads a file as well as bytes of its own', () => {
  const file = Buffer.concat([Buffer.from('before'), packKnowledge(built)]).subarray(6) // at an odd place
  const { compiled } = runAtOnce(unpackKnowledge(file))
  expect(compiled?.weights).toEqual(built.compiled?.weights)
})

test('has no model where nothing was trained', () => {
  expect(runAtOnce(unpackKnowledge(packKnowledge({ ...built, compiled: null }))).compiled).toBeNull()
})

test('tells what it was made from without reading it all', () => {
  expect(readPackedKeys(packKnowledge(built))).toMatchObject({ textsKey: 'texts', codeKey: 'code' })
})

test.each([
  ['nothing', (_: Uint8Array) => new Uint8Array()],
  ['half of it', (packed: Uint8Array) => packed.subarray(0, packed.length / 2)],
  ['one bit that fell over', (packed: Uint8Array) => packed.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte))],
  ['another file', (_: Uint8Array) => Buffer.from('x'.repeat(10_000))],
])('does not trust %s', (_what, damage) => {
  expect(readPackedKeys(damage(packKnowledge(built)))).toBeUndefined()
})

test('comes back in steps, so that a thread can pause', () => {
  expect([...unpackKnowledge(packKnowledge(built))].length).toBeGreaterThan(8)
})
