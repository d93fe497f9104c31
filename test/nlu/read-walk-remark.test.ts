import { expect, test } from 'vitest'
import { readWalkRemark } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { LANGUAGE } from '../support/shipped-language.js'

const read = (text: string) => readWalkRemark(normalizeText(text), LANGUAGE)

test.each([
  '从头带我走一遍',
  '一步一步教我',
  '带我走流程',
  '请从头到尾带我走一遍',
  '带我过一遍流程',
  '我是新手，一步步带我做',
  '從頭帶我走一遍吧',
  '可以带我们走一遍流程吗',
])('starts a walk-through, without naming the review: %s', (text) => {
  expect(read(text)).toEqual({ word: 'start', namesReview: false })
})

test.each([
  '提审前要检查什么',
  '提审之前需要检查哪些东西？',
  '上线前要核对什么',
  '能不能一步一步带我走一遍提审流程？',
  '手把手教我提审',
  '给我一份提审检查清单',
])('starts a walk-through and names the review: %s', (text) => {
  expect(read(text)).toEqual({ word: 'start', namesReview: true })
})

test.each([
  ['好了', 'done'],
  ['好了，下一步', 'done'],
  ['下一步', 'done'],
  ['完成', 'done'],
  ['都弄好了！', 'done'],
  ['已经有了', 'done'],
  ['跳过', 'skip'],
  ['这一步先跳过吧', 'skip'],
  ['没有弹，跳过', 'skip'],
  ['上一步', 'back'],
  ['回到上一步', 'back'],
  ['退出', 'stop'],
  ['先不弄了', 'stop'],
  ['结束', 'stop'],
  ['今天先到这', 'stop'],
  ['继续', 'resume'],
  ['接着上次的', 'resume'],
  ['重新开始', 'restart'],
  ['从头来', 'restart'],
])('takes %s for %s', (text, word) => {
  expect(read(text)).toEqual({ word, namesReview: false })
})

test.each([
  '一步一步教我填UGC声明',
  '提审之前要检查哪些内容',
  '提审前要检查类目吗',
  '提审之前我都检查过一遍了',
  '审核要多久',
  '好',
  '好的',
  '谢谢',
  '还是不行',
  '工单处理好了吗',
  '下一步的按钮点不动',
  '跳过广告怎么设置',
  '',
])('leaves other messages alone: %s', (text) => {
  expect(read(text)).toBeUndefined()
})

test('reads hostile repetitions at once', () => {
  const ms = cpuMsOf(() => {
    for (const piece of ['嗯', '我', '我想要', '好的', '那就', '先停', '一步一步']) read(`${piece.repeat(200)}x`)
    for (const piece of ['嗯', '我', '我想要', '好的', '那就', '先停', '一步一步'])
      read(`${piece.repeat(Math.floor(29 / piece.length))}x`)
  })
  expect(ms).toBeLessThan(100)
})
