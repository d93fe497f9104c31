import { describe, expect, test } from 'vitest'
import { readSpeechAct, refusesHuman } from '../../src/nlu/dialogue-act.js'
import { MAX_CHARS, normalizeText } from '../../src/nlu/normalize.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { hostileTexts } from '../support/hostile-text.js'
import { LANGUAGE } from '../support/shipped-language.js'

const actOf = (text: string): string => readSpeechAct(normalizeText(text), LANGUAGE).act

describe('reads as a greeting', () => {
  test.each(
    '你好|您好！|你好呀|你好你好|hi|Hello~|ＨＥＬＬＯ|哈喽|在吗？|在么|您好，在吗|hello 在吗|早|早上好|各位下午好|大家好|老师好|各位老师好|小助手你好|你是机器人吗|你是真人还是机器人呀|你好😊|[微笑]你好'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('greeting')
  })
})

describe('reads as a question, however politely it begins', () => {
  test.each(
    '你好，审核要多久|在吗，怎么提审|您好 请问UGC怎么填|早上好，几天能过？|hi 类目在哪加|谢谢，那发布在哪里点|好的，那要多久|你好，被驳回了怎么办|好的谢谢，还有个问题，版本描述怎么写|不用转人工，告诉我怎么填就行|1+7是什么意思|4.1怎么填|第一步怎么弄'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('question')
  })
})

describe('reads as thanks', () => {
  test.each(
    '谢谢|谢谢啦|多谢老师|感谢！|谢谢谢谢|收到，谢谢|好的，谢谢老师|明白了谢谢|ok 谢谢|Thank you|thx|谢谢，辛苦了|谢谢您的帮助|辛苦了🙏|你真棒|回答得很专业|谢谢，再见|拜拜'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('thanks')
  })
})

describe('reads as a call for the menu', () => {
  test.each(
    '菜单|菜单。|目录|帮助|HELP|你会什么|你会什么？|你都会什么|你能做什么|你能帮我做什么|有什么功能|你是谁|可以问什么|看看菜单|使用说明'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('menu')
  })
})

describe('hears that a person is wanted', () => {
  test.each(
    '转人工|转 人工！|轉人工|人工|客服|真人|人工客服|我要转人工|请帮我转人工|能不能转人工|可不可以转人工|怎么还不转人工|为什么不转人工|找个真人|叫客服|有人工吗|要人工|帮我找客服|转接客服|答非所问，转人工|转人工，审核被卡|转人工，检查一下我的包'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('wants-human')
  })
})

test('hears that a person is wanted by how a long message begins', () => {
  const story = '我们照着做了三遍，页面还是打不开，审核也一直没有动静。'.repeat(8)
  expect(actOf(`转人工\n${story}`)).toBe('wants-human')
  expect(actOf(`找人工，${story}`)).toBe('wants-human')
  for (const opening of ['不用转人工', '人工审核要多久', '有人工审核吗']) {
    expect(actOf(`${opening}，${story}`)).not.toBe('wants-human')
  }
})

describe('hears that no person is wanted', () => {
  test.each(
    '不用转人工|不要转人工|不用转人工了，谢谢|别转人工|先不转人工|先别转人工|我不想转人工|不需要人工客服|不用找客服了|无需转人工'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).toBe('no')
    expect(refusesHuman(normalizeText(text), LANGUAGE.talk)).toBe(true)
  })

  test.each(['能不能转人工', '要不要转人工', '不会弄，转人工', '怎么还不转人工', '不要机器人，转人工', '审核不通过'])(
    'but not in %s',
    (text) => {
      expect(refusesHuman(normalizeText(text), LANGUAGE.talk)).toBe(false)
    },
  )
})

describe("does not take the platform's reviewers for ours", () => {
  test.each(
    '后台是有人工审核的啊|要人工审核吗|有没有人工审核那一项选什么|人工审核要多久|怎么转人工审核|有真人审核吗|有人工智能吗|小程序客服按钮怎么加|客服消息怎么配置'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(actOf(text)).not.toBe('wants-human')
  })
})

test.each([
  [
    'yes',
    '是|是的|对|对对对|好|好的|好滴|好吧|可以|可以的|要|需要|嗯|嗯嗯|行|行吧|ok|OK|没错|转吧|那就转吧|好的。|好👌|麻烦了',
  ],
  ['no', '不|不了|不用|不用了|不用，谢谢|不用了谢谢|不需要|暂时不用|先不用了|算了|没事了|不必了|取消'],
])('reads as %s', (act, texts) => {
  expect(texts.split('|').filter((text) => actOf(text) !== act)).toEqual([])
})

test.each(['好的方案', '对不起', '要多少', '不用的类目能删吗', '可以提交了', '不是', '嗯这个'])(
  '%s is neither yes nor no',
  (text) => {
    expect(['yes', 'no']).not.toContain(actOf(text))
  },
)

describe('reads a choice', () => {
  test.each([
    ['1', '1'],
    ['１', '1'],
    [' 2 ', '2'],
    ['2.', '2'],
    ['2、', '2'],
    ['(2)', '2'],
    ['②', '2'],
    ['2️⃣', '2'],
    ['12', '12'],
    ['第1个', '1'],
    ['第2', '2'],
    ['第 2 个', '2'],
    ['选 2', '2'],
    ['第二个', '2'],
    ['选第二个', '2'],
    ['就第三个', '3'],
    ['我选3', '3'],
    ['选择3', '3'],
    ['3号', '3'],
    ['2吧', '2'],
    ['回复1', '1'],
    ['三', '3'],
    ['十五', '15'],
    ['4.1', '4.1'],
    ['a1', 'A1'],
    ['A1.2', 'A1.2'],
    ['a', 'A'],
    ['选B', 'B'],
  ])('%j → %s', (text, choice) => {
    expect(readSpeechAct(normalizeText(text), LANGUAGE)).toEqual({ act: 'choice', choice })
  })

  test.each('100|2026|1天|7天|第3天|五个|3个|1+7|1-2|1.0.2|3点|13800000000|1 2|1和2|x|A和B|第一步|一天'.split('|'))(
    'but not in %j',
    (text) => {
      expect(actOf(text)).not.toBe('choice')
    },
  )
})

test.each(['类目不符', '我们昨天提审的', '好的我知道了今天就去改一下类目然后重新提交看看', ''])(
  '%j is a statement',
  (text) => {
    expect(actOf(text)).toBe('statement')
  },
)

test('takes no longer for runs that courtesies are made of', () => {
  const took = cpuMsOf(() => {
    for (const word of '嗯|好的|辛苦了|谢谢|各位老师|对|那就|先我|在不在|转人工|不用|急'.split('|')) {
      readSpeechAct(`${word.repeat(MAX_CHARS / word.length - 1)}x`, LANGUAGE)
      readSpeechAct(`${word.repeat(Math.floor(28 / word.length))}x`, LANGUAGE)
    }
    for (const text of hostileTexts(300, 5)) readSpeechAct(normalizeText(text), LANGUAGE)
  })
  expect(took).toBeLessThan(2000)
})
