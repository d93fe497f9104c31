import { describe, expect, test } from 'vitest'
import { readFollowUp } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { LANGUAGE } from '../support/shipped-language.js'

const kindOf = (text: string): string | undefined => readFollowUp(normalizeText(text), LANGUAGE)?.kind

describe('a remark that takes up the last answer', () => {
  test.each([
    ['那要多久', 'how-long'],
    ['那大概几天啊', 'how-long'],
    ['多久能好', 'how-long'],
    ['然后呢', 'next'],
    ['下一步', 'next'],
    ['填好了', 'done'],
    ['好了', 'done'],
    ['弄好了 接下来呢？', 'next'],
    ['截图发哪个', 'screenshot'],
    ['要截哪张图', 'screenshot'],
    ['传什么图', 'screenshot'],
    ['在哪里点', 'again'],
    ['哪里填', 'again'],
    ['那个按钮在哪', 'again'],
    ['怎么弄', 'again'],
    ['没找到', 'again'],
    ['还是不行', 'still-failing'],
    ['试了还是不行啊', 'still-failing'],
    ['还是被拒了', 'still-failing'],
    ['我都删了还是不过', 'still-failing'],
    ['又提了一次还是被打回', 'still-failing'],
    ['啥意思', 'again'],
    ['都不是', 'not-that'],
    ['不是这个', 'not-that'],
    ['解决了', 'settled'],
    ['不是接口，是弹出来那个声明', 'correction'],
    ['我问的是隐私协议', 'correction'],
  ])('%s → %s', (text, kind) => {
    expect(kindOf(text)).toBe(kind)
  })

  test.each([
    '不过我还没提',
    '这个不是免费的吗',
    '类目怎么选',
    '隐私协议怎么填',
    '中午吃什么',
    '谢谢',
    '',
    '转人工',
    '审核被拒了说没有内容安全接口',
  ])('%s stands on its own', (text) => {
    expect(kindOf(text)).toBeUndefined()
  })

  test('a correction keeps what was meant', () => {
    expect(readFollowUp('不是接口，是弹出来那个声明', LANGUAGE)).toEqual({
      kind: 'correction',
      meant: '弹出来那个声明',
    })
  })
})
