import { expect, test } from 'vitest'
import { readFollowUp, readSpeechAct } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { LANGUAGE } from '../support/shipped-language.js'

const actOf = (text: string) => readSpeechAct(normalizeText(text), LANGUAGE).act
const followUpOf = (text: string) => readFollowUp(normalizeText(text), LANGUAGE)?.kind

test.each([
  ['收到！', 'acknowledge'],
  ['666', 'thanks'],
  ['比心[爱心]', 'thanks'],
  ['先下了，', 'thanks'],
  ['蟹蟹～', 'thanks'],
  ['你能帮我做什么？', 'menu'],
  ['找个真人', 'wants-human'],
  ['人工智障', 'complaint-about-bot'],
  ['说了跟没说一样。。。', 'complaint-about-bot'],
  ['免了', 'no'],
])('%s is an example sentence of an act: %s', (text, act) => {
  expect(actOf(text)).toBe(act)
})

test.each([
  ['答非所问', 'not-that'],
  ['你理解错了', 'not-that'],
  ['按你说的做了不行', 'still-failing'],
  ['好使了', 'settled'],
  ['弄完了接下来呢？', 'next'],
  ['具体点', 'again'],
])('%s is an example sentence of a follow-up: %s', (text, kind) => {
  expect(followUpOf(text)).toBe(kind)
})

test.each([
  '收到驳回通知怎么改',
  '牛奶类目怎么选',
  '绝了，又被驳回',
  '人工智障的小程序能过审吗',
  '早上提交的什么时候能过',
])('a sentence that goes on is none of them: %s', (text) => {
  expect(['question', 'statement']).toContain(actOf(text))
  expect(followUpOf(text)).toBeUndefined()
})

test.each(['你们什么破系统', '收了钱就不管了', '你们太坑人了', '气死我了', '给我退款'])(
  'anger is heard: %s',
  (text) => {
    expect(actOf(text)).toBe('complaint-about-bot')
  },
)

test.each(['自称网信办的打来要材料 是骗子不', '退款在哪里申请', '用工具类目糊弄过去行吗', '支付后退钱功能要什么类目'])(
  'a question is none: %s',
  (text) => {
    expect(actOf(text)).not.toBe('complaint-about-bot')
  },
)
