import { describe, expect, test } from 'vitest'
import { ConceptLexicon } from '../../src/nlu/featurizer.js'

const lexicon = new ConceptLexicon([
  { id: 'category', words: ['类目', '服务类目', 'category'] },
  { id: 'submit-review', words: ['提审', '提交审核'] },
  { id: 'icp', words: ['备案', '备案号', 'icp'] },
  { id: 'plan', words: ['方案'] },
  { id: 'passed', words: ['通过'] },
  { id: 'seal', words: ['章'] },
])

describe('finds concepts', () => {
  test.each([
    ['by a word', '类目怎么加', ['category']],
    ['by a word inside a longer one', '服务类目在哪', ['category']],
    ['by an English word', 'the category is wrong', ['category']],
    ['by a word of one character', '盖章了吗', ['seal']],
    ['by sound', '类木怎么加', ['category']],
    ['by sound with sh for s and ng for n', '体升', ['submit-review']],
    ['by typed pinyin', 'leimu zenme jia', ['category']],
    ['by pinyin with blanks', 'ti shen yao duo jiu', ['submit-review']],
    ['by pinyin with retroflex initials', 'tishen', ['submit-review']],
    ['by pinyin ending in ng', 'tongguo le ma', ['passed']],
    ['by pinyin where ng meets a vowel', 'fangan', ['plan']],
    ['several at once, in any spelling', '备按的leimu要提审吗', ['icp', 'category', 'submit-review']],
  ])('%s', (_, text, concepts) => {
    expect([...lexicon.scan(text).concepts].sort()).toEqual([...concepts].sort())
  })

  test.each([
    ['where nothing is said of them', '今天吃什么'],
    ['in an empty text', ''],
    ['by the sound of a word of one character', '张三在吗'],
    ['in English that merely looks like pinyin', 'please let me in'],
    ['across punctuation', '类,目'],
  ])('none %s', (_, text) => {
    expect(lexicon.scan(text).concepts).toEqual([])
  })

  test('each once, however often it is named', () => {
    expect(lexicon.scan('类目类木leimu类目').concepts).toEqual(['category'])
  })
})

describe('repairs sound-alike slips', () => {
  test.each([
    ['类木怎么加', '类目怎么加'],
    ['题审要备按吗', '提审要备案吗'],
    ['备按号', '备案号'],
    ['𠮷类木', '𠮷类目'],
  ])('%s → %s', (text, repaired) => {
    expect(lexicon.scan(text).repaired).toBe(repaired)
  })

  test.each(['类目怎么加', '提审备案', 'leimu', '', '没有错字 123'])('and leaves %j alone', (text) => {
    expect(lexicon.scan(text).repaired).toBe(text)
  })

  test('never rewrites characters that spell a known word already', () => {
    const crossing = new ConceptLexicon([
      { id: 'one', words: ['提交'] },
      { id: 'two', words: ['焦点'] },
    ])
    expect(crossing.scan('提交点').repaired).toBe('提交点')
  })
})

test('an empty lexicon finds nothing', () => {
  expect(new ConceptLexicon([]).scan('类目leimu')).toEqual({ concepts: [], repaired: '类目leimu' })
})
