import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const GUIDE = `---
id: fasttest
title: 首次提审指南
roles:
  rejections: [A1]
---

## 1. 选择服务类目

先选社区类目。

## 2. 填写声明

照弹窗里的示例填写声明。

# 附录 被驳回了

## A1 页面没有内容

每个栏目发三篇帖子。
`
const INTENTS: Readonly<Record<string, readonly [section: string, ...utterances: string[]]>> = {
  category: ['1', '服务类目怎么选', '类目在哪里加', '选哪个类目', '类目选错了怎么改', '加类目的入口在哪'],
  statement: ['2', '声明怎么填', '弹窗里的声明写什么', '声明有示例吗', '声明要不要填', '声明填错了怎么办'],
  rejected: ['A1', '说我页面没有内容', '驳回说栏目是空的', '页面没有内容怎么办', '审核说没有内容', '首页是空的被驳回'],
}
const SILENCE = ['今天天气不错', '中午吃什么', '周末打球吗', '收到，辛苦了', '下班了吗', '哈哈哈哈', '发个红包吧']
const HUMAN = ['转人工', '找个真人', '我要人工客服', '叫客服来', '让人工处理']

const yaml = (lines: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(lines)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')

/** A guide of three sections that is learned in a moment, as `knowledge` and `intents` in a folder. */
export function writeSmallKnowledge(folder: string): void {
  for (const name of ['knowledge', 'intents']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'knowledge', 'fasttest.md'), GUIDE)
  const intent = (name: string, text: string): void => writeFileSync(join(folder, 'intents', `${name}.yaml`), text)
  for (const [id, [section, ...utterances]] of Object.entries(INTENTS)) {
    const notice = id === 'rejected' ? { notice: ['没有内容'] } : {}
    intent(id, yaml({ id, section, utterances, ...notice }))
  }
  intent('human', yaml({ id: 'human', utterances: HUMAN }))
  intent('silence', `plain:\n  chat: ${JSON.stringify(SILENCE)}\n`)
  intent('golden', `questions:\n  - question: 弹窗里的声明写什么\n    expect: "2"\n`)
}
