import { expect, test } from 'vitest'
import type { KnowledgeContent, ShortAnswer } from '../../src/model/knowledge.js'
import { NO_KNOWLEDGE } from '../../src/model/knowledge.js'
import { compareContent, isSame } from '../../src/releases/release.js'
import { aSection } from '../support/a-section.js'
import { anIntent } from '../support/a-snapshot.js'

const content = (facts: Partial<KnowledgeContent> = {}): KnowledgeContent => ({
  ...NO_KNOWLEDGE,
  guides: [{ id: 'guide', title: '指南', file: 'a.md', sections: [aSection('1'), aSection('2'), aSection('3')] }],
  intents: [
    anIntent('fill', { sectionKey: '1', utterances: ['说明怎么填', '点哪里填'] }),
    anIntent('auto:2', { sectionKey: '2', utterances: ['标题2'], automatic: true }),
  ],
  silence: [{ text: '早上好', kind: 'general', hard: false }],
  concepts: [{ id: 'review', words: ['审核'] }],
  ...facts,
})
const NOTHING = { added: [], changed: [], removed: [] }

test('finds nothing where nothing is different, and where a section only stands elsewhere in the file', () => {
  const sections = [aSection('1', { line: 99 }), aSection('2'), aSection('3')]
  const moved = content({ guides: [{ id: 'guide', title: '指南', file: 'b.md', sections }] })
  expect(isSame(compareContent(content(), content()))).toBe(true)
  expect(isSame(compareContent(content(), moved))).toBe(true)
})

test('names sections that are new, other and gone', () => {
  const sections = [aSection('1', { required: ['截图'] }), aSection('3'), aSection('4')]
  const after = content({ guides: [{ id: 'guide', title: '指南', file: 'a.md', sections }] })
  expect(compareContent(content(), after).sections).toEqual({
    added: [{ key: '4', title: '标题4' }],
    changed: [{ key: '1', title: '标题1' }],
    removed: [{ key: '2', title: '标题2' }],
  })
})

test('takes a sentence for the old one reworded when they share half of their words', () => {
  const utterances = ['说明要怎么填', '完全是另一句']
  const learned = ['教的一句']
  const after = content({ intents: [anIntent('fill', { sectionKey: '1', utterances, learned })] })
  expect(compareContent(content(), after).utterances).toEqual({
    added: [
      { owner: '1', text: '完全是另一句' },
      { owner: '1', text: '教的一句' },
    ],
    changed: [{ owner: '1', text: '说明要怎么填' }],
    removed: [{ owner: '1', text: '点哪里填' }],
  })
})

test('counts a sentence that moved to another section as gone and new', () => {
  const after = content({ intents: [anIntent('fill', { sectionKey: '2', utterances: ['说明怎么填', '点哪里填'] })] })
  const { utterances } = compareContent(content(), after)
  expect([utterances.added.length, utterances.changed.length, utterances.removed.length]).toEqual([2, 0, 2])
})

test('tells of silence, synonyms and the settings of intents', () => {
  const after = content({
    intents: [anIntent('fill', { sectionKey: '1', utterances: ['说明怎么填', '点哪里填'], noticeMarks: ['UGC'] })],
    silence: [],
    concepts: [],
  })
  const { silence, others, utterances } = compareContent(content(), after)
  expect(silence).toEqual({ ...NOTHING, removed: [{ owner: 'general', text: '早上好' }] })
  expect(others).toEqual(['concepts: review', 'fill'])
  expect(utterances).toEqual(NOTHING)
})

test('takes everything for new where there is nothing before', () => {
  const { sections, others } = compareContent(undefined, content())
  expect([sections.added.length, others]).toEqual([3, []])
})

test('names short answers, rows and rules that are new, other and gone', () => {
  const answer = (id: string, line: string): ShortAnswer => ({
    ...{ id, title: id, asks: ['问'], more: [], followUps: [], lines: [line], topic: 't', beyond: false, whole: false },
    ...{ source: { text: '', date: '', strength: 'S' }, file: 'a.md', line: 1 },
  })
  const before = content({ answers: [answer('a', '一'), answer('b', '二'), answer('c', '三')] })
  const after = content({ answers: [{ ...answer('a', '一'), line: 9 }, answer('b', '两'), answer('d', '四')] })
  expect(compareContent(before, after).facts).toEqual({ added: ['d'], changed: ['b'], removed: ['c'] })
  expect(isSame(compareContent(before, after))).toBe(false)
})
