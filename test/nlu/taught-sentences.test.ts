import { describe, expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import { NO_KNOWLEDGE } from '../../src/model/knowledge.js'
import { buildIntentMatcher } from '../../src/nlu/intent-matcher.js'
import { understand } from '../../src/nlu/pipeline.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { anIntent } from '../support/a-snapshot.js'
import { FACTS } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

const CONTENT = {
  ...NO_KNOWLEDGE,
  guides: [],
  intents: [
    anIntent('category', {
      sectionKey: '3',
      utterances: ['类目怎么加', '服务类目怎么设置', '类目选哪个', '想换一个类目', '类目在后台哪里'],
    }),
    anIntent('ugc', {
      sectionKey: '4.1',
      utterances: ['UGC说明怎么填', '弹出来的安全声明怎么写', '信息安全说明写什么'],
      learned: ['那个黑色的框框要打几个勾', '我主体是[公司]，11月提的框框'],
    }),
    anIntent('human', { utterances: ['转人工', '找个真人', '我要人工客服'], learned: ['这事儿得你们老大出面'] }),
  ],
  silence: [
    { text: '今天天气不错', kind: 'chitchat', hard: false },
    { text: '中午吃什么', kind: 'chitchat', hard: false },
    { text: '类目这块我们内部先开会讨论', kind: 'taught', hard: true, learned: true as const },
  ],
  concepts: [],
}
const matcher = buildIntentMatcher(CONTENT)
const read = (text: string) =>
  understand(text, { matcher, intents: CONTENT.intents, facts: FACTS, language: LANGUAGE, nowMs: 0 })
const decided = (text: string, addressedToBot: boolean, facts = {}) =>
  decide(aMessage({ text, addressedToBot }), read(text), aSituation(facts))

describe.each([
  ['put to the bot', true],
  ['overheard', false],
])('%s', (_how, asked) => {
  test.each([
    '那个黑色的框框要打几个勾',
    '请问那个黑色的框框要打几个勾啊？谢谢',
    '那個黑色的框框要打幾個勾',
    '那个黑色的 框框，要打几个勾！！',
    '王总，那个黑色的框框要打几个勾',
    '我主体是杭州悦邻网络科技有限公司，11月提的框框',
  ])('%s is answered with what was taught', (text) => {
    expect(decided(text, asked)).toEqual({ kind: 'answer', sectionKeys: ['4.1'], reason: 'sure' })
  })

  test('a person is called where that was taught', () => {
    expect(decided('这事儿得你们老大出面', asked)).toMatchObject({ kind: 'escalate', reason: 'asked' })
  })

  test('what was taught to be none of ours is not answered from a section', () => {
    expect(decided('类目这块我们内部先开会讨论', asked).kind).toBe(asked ? 'fallback' : 'silent')
  })
})

test.each([
  ['a negation decides', '那个黑色的框框不要打几个勾'],
  ['a number decides', '我主体是[公司]，12月提的框框'],
  ['half of it is another sentence', '那个黑色的框框'],
  ['it is only alike', '那个白色的按钮要打几个勾'],
])('is not taken for a taught sentence when %s', (_why, text) => {
  expect(read(text).taught).toBeUndefined()
})

test('leaves everything as it was where nothing is taught', () => {
  const untaught = buildIntentMatcher({
    ...CONTENT,
    intents: CONTENT.intents.map(({ learned: _learned, ...intent }) => intent),
    silence: CONTENT.silence.slice(0, 2),
  })
  expect(untaught.match('那个黑色的框框要打几个勾')).not.toHaveProperty('taught')
  expect(untaught.match('类目怎么加').candidates[0]).toMatchObject({ sectionKey: '3' })
})
