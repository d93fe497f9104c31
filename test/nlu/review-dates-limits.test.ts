import { describe, expect, test } from 'vitest'
import { todayAt } from '../../src/nlu/dates/day-rule.js'
import { readDays } from '../../src/nlu/dates/extract.js'
import { readReviewDates, timelineFor } from '../../src/nlu/dates/review-dates.js'
import { renderReviewDates } from '../../src/reply/render.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { REVIEW } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const PIECES =
  '11月20号 31号 2月30 2026-02-29 11.18 3/4 1+7 昨天 昨晚 前天 今天 刚 上周五 周日 星期 礼拜 三天前 半个月 几个小时前 等了 第 天 天了 都已经 快 提 提审 提交的 被驳回 重新 撤回 过了 初审 二审 通知 上线 赶得上 元旦 春节 国庆期间 双11 周末 算吗 能 不 没 前 后 晚上12点半 15:30 凌晨 零 ， 。 ？ \n 的 了 号 月 日 点 两 十 二十 廿 99 000 1 - / . : ( ) 𠀀 \ud800 小程序 版本 更新'.split(
    ' ',
  )

/** Small linear congruential generator: the same texts in every run. */
function* randomTexts(count: number): Generator<string> {
  let state = 20261123
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let index = 0; index < count; index++) {
    let text = ''
    for (let length = next(14) + 1; length > 0; length--) text += PIECES[next(PIECES.length)]
    yield text
  }
}

const ISO = /^\d{4}-\d{2}-\d{2}$/

test('whatever stands in a message, it is read without an error and every day told exists', () => {
  let understood = 0
  for (const text of randomTexts(20_000)) {
    const dates = readReviewDates(text, { phrases: LANGUAGE.review, nowMs: NOW })
    if (!dates) continue
    understood++
    if ('day' in dates) expect(new Date(dates.day).toISOString().slice(0, 10)).toBe(dates.day)
    const timeline = timelineFor(dates, REVIEW, NOW)
    for (const day of [timeline.submitted, timeline.internalBy, timeline.secondBy, timeline.latestSubmit])
      if (day !== null) expect(day).toMatch(ISO)
    expect(renderReviewDates({ dates, timeline, review: REVIEW }, NOW).join('\n')).not.toMatch(/undefined|null|NaN/)
  }
  expect(understood).toBeGreaterThan(1000)
})

test('days stand in text order, never overlap, and the past one is never behind the future one', () => {
  for (const text of randomTexts(20_000)) {
    let end = 0
    for (const day of readDays(text, todayAt(NOW))) {
      expect(day.start).toBeGreaterThanOrEqual(end)
      expect(day.end).toBeGreaterThan(day.start)
      expect(day.end).toBeLessThanOrEqual(text.length)
      expect(day.future).toBeGreaterThanOrEqual(day.past)
      end = day.end
    }
  }
})

/** Best of some runs: a collection of garbage may fall into one. */
function quickestMs(runs: number, work: () => void): number {
  let quickest = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    quickest = Math.min(quickest, cpuMsOf(work))
  }
  return quickest
}

describe('time', () => {
  test.each(PIECES.filter((_, index) => index % 3 === 0))('10 ms are enough for a flood of %j', (piece) => {
    for (const partner of ['', '天', '提交的', '5天了']) {
      for (const chars of [600, 100_000]) {
        const text = (piece + partner).repeat(Math.ceil(chars / (piece.length + partner.length))).slice(0, chars)
        expect(quickestMs(3, () => readReviewDates(text, { phrases: LANGUAGE.review, nowMs: NOW }))).toBeLessThan(10)
      }
    }
  })

  test('5 µs are enough for a message without days', () => {
    const texts = ['你好请问这个类目怎么填写呢我找不到', '隐私协议在哪里更新啊麻烦看下', 'ugc说明弹窗要怎么填写才可以']
    const rounds = 2000
    const perBatchMs = quickestMs(10, () => {
      for (let round = 0; round < rounds; round++)
        for (const text of texts) readReviewDates(text, { phrases: LANGUAGE.review, nowMs: NOW })
    })
    expect((perBatchMs * 1000) / rounds / texts.length).toBeLessThan(5)
  })
})
