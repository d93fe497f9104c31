import { expect, test } from 'vitest'
import { type DeskTurn, readDeskTurn } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { hostileTexts } from '../support/hostile-text.js'
import { LANGUAGE } from '../support/shipped-language.js'

const read = (text: string): DeskTurn | undefined => readDeskTurn(normalizeText(text), LANGUAGE)

test.each([
  ...[
    '不用了',
    '不用了，谢谢',
    '算了',
    '算了不用了',
    '先不用了',
    '不用转人工了',
    '不需要了',
    '取消工单',
    '撤销',
    '那先不用了',
  ],
  ...['不麻烦了', '現在不用了', '不用了我找到了', '不用管了', '没事了', '问题没事了我搞定了', '不用了，我自己弄好了'],
])('%s: no longer needed', (text) => {
  expect(read(text)).toEqual({ kind: 'not-needed' })
})

test.each([
  ...[
    '解决了',
    '已经解决了',
    '解决了，谢谢！',
    '问题解决了',
    '搞定了👍',
    '我自己弄好了',
    '都处理好了',
    '好的解决了',
    '已解决',
    '解決了',
    '谢谢 解决了',
  ],
])('%s: solved', (text) => {
  expect(read(text)).toEqual({ kind: 'solved' })
})

test.each(['好了', '可以了', '可以了谢谢', '行了', '是的', '嗯嗯', '对'])('%s: fine, for whoever was asked', (text) => {
  expect(read(text)).toEqual({ kind: 'fine' })
})

test.each([
  ['没解决', true],
  ['还没解决', true],
  ['没有解决啊', true],
  ['问题还没处理好', true],
  ['还是没解决', true],
  ['還沒解決', true],
  ['还是不行', false],
  ['还不行', false],
  ['问题还在', false],
])('%s: not solved', (text, plain) => {
  expect(read(text)).toEqual({ kind: 'not-solved', plain })
})

test.each([
  ['满意', 5, false],
  ['非常满意！', 5, false],
  ['一般吧', 3, false],
  ['不满意', 1, false],
  ['很不满意', 1, false],
  ['４分', 4, false],
  ['4', 4, true],
])('%s: a rating of %i', (text, rating, bare) => {
  expect(read(text)).toEqual({ kind: 'rating', rating, bare })
})

test.each([
  ...[
    '',
    '好的',
    '谢谢',
    '收到',
    '解决了吗',
    '怎么还没解决？',
    '不用上传截图吗',
    '不用备案',
    '没事',
    '没事的',
    '这个问题解决了但是又有一个新的',
  ],
  ...['6', '0', '12', '转人工', '不满意的话怎么退款', '没用', '解决方案是什么', '对了，还有个问题'],
])('%s: nothing about the ticket', (text) => {
  expect(read(text)).toBeUndefined()
})

test('never throws and never takes long', () => {
  for (const text of hostileTexts(400, 7)) expect(() => read(text)).not.toThrow()
  const start = process.cpuUsage().user
  for (const tail of ['谢谢', '了', '谢谢了', '啊'])
    for (let round = 0; round < 50; round++) readDeskTurn(`解决${tail.repeat(5_000)}x`, LANGUAGE)
  expect(process.cpuUsage().user - start).toBeLessThan(500_000)
})
