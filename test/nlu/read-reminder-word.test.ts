import { expect, test } from 'vitest'
import { readReminderWord } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { LANGUAGE } from '../support/shipped-language.js'

const read = (text: string) => readReminderWord(normalizeText(text), LANGUAGE)

test.each([
  '到时候提醒我',
  '到期提醒我',
  '到时间叫我',
  '那天叫我',
  '好的，到时候记得提醒我一下',
  '到时候叫我一声就行',
  '能提醒我吗',
  '可以设个到期提醒吗',
  '二审结束那天提醒我',
  '我11月20号提的，到时候提醒我',
  '昨天下午提审的，审完那天提醒我一下',
])('hears a wish to be reminded: %s', (text) => {
  expect(read(text)).toBe('set')
})

test.each(['取消提醒', '不用提醒我了', '取消到期提醒', '把提醒取消', '别提醒我了'])('hears a refusal: %s', (text) => {
  expect(read(text)).toBe('cancel')
})

test.each([
  '系统提醒我要补类目',
  '微信支付商家助手天天提醒我“经营信息待补充”，点进去让传门店内景',
  '有消息了叫我',
  '我定了闹钟七天后的早上九点，到时候起来点发布',
  '审核结果大概下周二出来，到时候群里同步',
  '取消审核',
  '叫我小王就行',
  '',
])('hears none: %s', (text) => {
  expect(read(text)).toBeUndefined()
})
