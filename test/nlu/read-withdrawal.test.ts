import { expect, test } from 'vitest'
import { isAboutToWithdraw } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { LANGUAGE } from '../support/shipped-language.js'

test.each([
  '想撤回重新提',
  '撤回了重提行不行',
  '可以撤回吗',
  '等太久了，我撤回重新提一次会不会快点',
  '想撤销重新交',
  '能不能取消审核',
  '二审期间能改个图标再提吗',
  '二审的时候想换个类目',
  '网信审核期间能改名字吗',
  '审核中能不能再传个新版本提交',
  '还在审核中，可以先加一个类目吗',
  '二审还没过，想先撤下来改内容',
])('hears somebody about to withdraw: %s', (text) => {
  expect(isAboutToWithdraw(normalizeText(text), LANGUAGE)).toBe(true)
})

test.each([
  '二审期间能发帖子吗',
  '后天才能把资质弄好再提，那二审几号结束',
  '执照下周才下来再提交，二审要多久呢',
  '二审可以加急吗',
  '后面更新版本还需要二审吗',
  '等上线以后我再加个“教育”类目，要重新等一遍二审吗',
  '被驳回了，改好重新提就行吗',
  '二审被拒了能重新提吗',
  '我撤回来改了个错别字又交的，心里有数，等着就行',
  '早知道不撤回了，七天又从头数',
  '二审期间千万别撤回，撤了就从头再来',
  '@所有人 审核高峰期请勿反复撤回',
  '"徐工"撤回了一条消息',
  '小程序备案那一栏选错了，能撤回来改吗',
  '抖音那边审核中，能撤回重提吗',
  '商品全撤了还来得及吧，还在审核中',
  '',
])('hears nothing of the kind: %s', (text) => {
  expect(isAboutToWithdraw(normalizeText(text), LANGUAGE)).toBe(false)
})
