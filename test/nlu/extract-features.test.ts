import { expect, test } from 'vitest'
import { FeatureTable } from '../../src/nlu/feature-table.js'
import { ConceptLexicon, extractFeatures, featureRows } from '../../src/nlu/featurizer.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { hostileTexts } from '../support/hostile-text.js'

const lexicon = new ConceptLexicon([{ id: 'category', words: ['类目'] }])
const featuresOf = (text: string): readonly string[] => extractFeatures(normalizeText(text), lexicon).names
const gramsOf = (text: string): readonly string[] => featuresOf(text).filter((name) => name.startsWith('c:'))

test('names characters, pairs and triples, and where the message begins', () => {
  expect(gramsOf('加类目')).toEqual([
    'c:加',
    'c:加类',
    'c:加类目',
    'c:类',
    'c:类目',
    'c:类目$',
    'c:目',
    'c:目$',
    'c:^加类',
  ])
})

test('finds the row of each name, in the same order', () => {
  const texts = [
    '',
    '加类目',
    '类木怎么加',
    'leimu怎么加 1、类目好了吗',
    '𠮷类目@我',
    '长'.repeat(600),
    ...hostileTexts(300, 2),
  ]
  for (const text of texts.map(normalizeText)) {
    const { names } = extractFeatures(text, lexicon)
    expect([...featureRows(text, lexicon, FeatureTable.of(names))]).toEqual([...names.keys()])
  }
})

test('names each feature once', () => {
  const names = featuresOf('类目类目类目')
  expect(new Set(names).size).toBe(names.length)
})

test.each([
  ['a greeting in front', '您好，请问类目怎么加', '类目怎么加'],
  ['thanks behind', '类目怎么加，谢谢', '类目怎么加'],
  ['hurry behind', '类目怎么加急急急', '类目怎么加'],
  ['punctuation and blanks', '类目 怎么，加', '类目怎么加'],
  ['emoji', '类目怎么加[捂脸]😀', '类目怎么加'],
  ['the width of letters', 'ＵＧＣ怎么填', 'ugc怎么填'],
])('spans the same n-grams with or without %s', (_, dressed, plain) => {
  expect(gramsOf(dressed)).toEqual(gramsOf(plain))
})

test('sees the word that was meant where a slip sounds alike', () => {
  expect(gramsOf('类木怎么加')).toEqual(gramsOf('类目怎么加'))
  expect(featuresOf('leimu怎么加')).toContain('k:category')
})

test('takes long numbers for one and the same', () => {
  expect(gramsOf('错误码85013')).toEqual(gramsOf('错误码61039'))
})

test.each([
  ['类目', 'f:tiny'],
  ['类目怎么加', 'f:short'],
  ['我想问一下类目到底应该怎么加', 'f:mid'],
  ['类目'.repeat(30), 'f:long'],
  ['类目'.repeat(50), 'f:huge'],
  ['类目怎么加', 'f:question'],
  ['加了吗', 'f:question'],
  ['1、类目 2、内容', 'f:numbered'],
  ['@徐工 看一下', 'f:at'],
])('%s has the form %s', (text, form) => {
  expect(featuresOf(text)).toContain(form)
})

test('a report does not look like a question', () => {
  expect(featuresOf('类目加好了')).not.toContain('f:question')
})

test('survives an empty message', () => {
  expect(gramsOf('')).toEqual([])
})

test('takes a message in no more than linear time, hurry of hundreds of characters included', () => {
  const took = cpuMsOf(() => {
    for (const word of ['急', '谢谢', '嗯', '你好', '请问', '想问一下', '麻烦问一下'])
      featuresOf(`${word.repeat(300)}x`)
    for (const text of hostileTexts(200, 2)) featuresOf(text)
  })
  expect(took).toBeLessThan(2000)
})
