import { expect, test } from 'vitest'
import { foldSyllable, syllableOf, syllablesOf } from '../../src/nlu/featurizer.js'

test.each([
  ['审', 'sen'],
  ['申', 'sen'],
  ['生', 'sen'],
  ['知', 'zi'],
  ['吃', 'ci'],
  ['绿', 'lv'],
  ['餐', 'can'],
  ['长', 'can'],
])('says %s as %s', (char, syllable) => {
  expect(syllableOf(char)).toBe(syllable)
})

test.each(['a', '7', '?', ' ', '', '😀', 'あ', '１'])('says nothing for %j, which is no Chinese character', (char) => {
  expect(syllableOf(char)).toBe('')
})

test('hears the same word in characters that people mix up', () => {
  expect(syllablesOf('题审')).toEqual(syllablesOf('提申'))
  expect(syllablesOf('类目')).toEqual(syllablesOf('类木'))
  expect(syllablesOf('备案')).toEqual(syllablesOf('备按'))
  expect(syllablesOf('类目')).not.toEqual(syllablesOf('累计'))
})

test('gives one syllable for each character, rare ones included', () => {
  expect(syllablesOf('审a𠮷')).toHaveLength(3)
})

test.each([
  ['zhang', 'zan'],
  ['sheng', 'sen'],
  ['chuang', 'cuan'],
  ['nü', 'nv'],
  ['gan', 'gan'],
])('folds %s into %s', (syllable, folded) => {
  expect(foldSyllable(syllable)).toBe(folded)
})
