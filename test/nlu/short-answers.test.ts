import { expect, test } from 'vitest'
import { type KnowledgeContent, NO_KNOWLEDGE, type ShortAnswer } from '../../src/model/knowledge.js'
import { AnswerRanking, askedFor, compileAnswers, subjectOf } from '../../src/nlu/facts.js'
import { FeatureTable } from '../../src/nlu/feature-table.js'
import { ConceptLexicon, featureRows } from '../../src/nlu/featurizer.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { coreOf } from '../../src/nlu/retrieval.js'
import { anIntent } from '../support/a-snapshot.js'

const answer = (id: string, asks: readonly string[], facts: Partial<ShortAnswer> = {}): ShortAnswer => ({
  ...{ id, title: asks[0]!, asks, more: [], followUps: [], lines: [id], sectionKey: '1.1', topic: 't' },
  ...{ beyond: false, whole: false, source: { text: '', date: '', strength: 'S' }, file: 'a.md', line: 1, ...facts },
})
const SEAL = answer('seal', ['备案截图要盖章吗', '复印件盖哪个章', '原件要盖公章吗', '章盖在哪里'], {
  followUps: ['盖章呢'],
})
const SITE = answer('site', ['备案在哪个网站查', '查备案的网址', '工信部查询网站', '备案去哪里查'])
const { sectionKey: _none, ...FEE } = answer('fee', ['认证多少钱', '认证费是多少', '认证要交钱吗', '三百块给谁'], {
  topic: 'cert',
})
const CONTENT: KnowledgeContent = {
  ...NO_KNOWLEDGE,
  intents: [anIntent('material', { sectionKey: '1.1', utterances: ['资质怎么交'] })],
  answers: [SEAL, SITE, FEE],
}
const lexicon = new ConceptLexicon([])
const { group, vocabulary } = compileAnswers(CONTENT, lexicon, { vocabulary: FeatureTable.of([]) })
const ranking = new AnswerRanking(CONTENT, group)
const rank = (text: string, subjects: readonly (readonly [string, number])[]) => {
  const normalized = normalizeText(text)
  return ranking.rank(coreOf(normalized), featureRows(normalized, lexicon, vocabulary), subjects)
}
const BOTH = [
  ['material', 0.6],
  ['topic:cert', 0.4],
] as const

test('an answer belongs to its section’s intent, or to a topic around the guides', () => {
  const labels = new Set(askedFor(CONTENT).map(({ label }) => label))
  expect([...labels]).toEqual(['material', 'topic:cert'])
  expect(subjectOf(FEE, new Map())).toBe('topic:cert')
})

test.each(['复印件盖哪个章', '你好，复印件盖哪个章？谢谢', '【复印件盖哪个章】'])(
  'is sure of what was written: %s',
  (text) => {
    expect(rank(text, BOTH)[0]).toEqual({ answer: SEAL, share: 1, within: 1, wordForWord: true })
  },
)

test('takes the subject into account, and what fits best within it', () => {
  const [first, ...others] = rank('复印件上盖什么章', BOTH)
  expect(first).toMatchObject({ answer: { id: 'seal' }, wordForWord: false })
  expect(first!.within).toBeGreaterThan(0.5)
  expect(others.every(({ share }) => share <= first!.share)).toBe(true)
  expect(rank('要交多少钱', [['topic:cert', 0.9]])[0]).toMatchObject({ answer: { id: 'fee' }, within: 1, share: 1 })
})

test('shares sum to one, and are none where no subject has answers', () => {
  expect(rank('备案去哪里弄', BOTH).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(rank('备案去哪里弄', [['human', 1]])).toEqual([])
  expect(rank('', [])).toEqual([])
})
