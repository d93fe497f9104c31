import { describe, expect, test } from 'vitest'
import { readReviewDates, timelineFor } from '../../src/nlu/dates/review-dates.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { renderReviewDates } from '../../src/reply/render.js'
import { REVIEW } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00+08:00'

function told(text: string, now = MONDAY): readonly string[] {
  const nowMs = Date.parse(now)
  const dates = readReviewDates(normalizeText(text), { phrases: LANGUAGE.review, nowMs })
  if (!dates) throw new Error(`no dates in the test's own text: ${text}`)
  return renderReviewDates({ dates, timeline: timelineFor(dates, REVIEW, nowMs), review: REVIEW }, nowMs)
}

describe('a submission', () => {
  test('within its time is told the last days and that all is well', () => {
    expect(told('我11月20号提的')).toEqual([
      '您 11月20日（周五）提交的：',
      '· 微信内审：最晚 11月21日（周六）',
      '· 网信二审：最晚 11月28日（周六）',
      '今天是 11月23日，提交后第 3 天，还在正常时间内。',
    ])
  })

  test('keeps the hour where it was told', () => {
    expect(told('昨天下午3点提的')[0]).toBe('您 11月22日（周日） 15 点提交的：')
  })

  test('on its very day asks for patience', () => {
    expect(told('刚提的').at(-1)).toBe('今天是 11月23日，提交当天，请耐心等通知。')
  })

  test('that is only thought of is told what would follow', () => {
    expect(told('今天提交的话几号能好')).toEqual([
      '11月23日（周一）提交的话：',
      '· 微信内审：最晚 11月24日（周二）',
      '· 网信二审：最晚 12月1日（周二）',
    ])
  })

  test('on the last day is still in time, a day later it is overdue and a person is offered', () => {
    expect(told('我11月15号提的').at(-1)).toBe('今天是 11月23日，提交后第 8 天，还在正常时间内。')
    expect(told('我11月14号提的').at(-1)).toBe('今天是 11月23日，已经超过 1+7 天，晚了 1 天。我请同事帮您查。')
  })

  test('of a later version has no second review', () => {
    expect(told('后续版本昨天提的')).toEqual([
      '您 11月22日（周日）提交的：',
      '· 微信内审：最晚 11月23日（周一），后续版本不再二审',
      '今天是 11月23日，提交后第 1 天，还在正常时间内。',
    ])
    expect(told('后续版本11月20号提的，怎么还没过').at(-1)).toContain('已经超过 1 天内审，晚了 2 天')
  })

  test('in the future is told as a plan', () => {
    expect(told('明天提审元旦能上线吗')).toEqual([
      '11月24日（周二）提交的话：',
      '· 微信内审：最晚 11月25日（周三）',
      '· 网信二审：最晚 12月2日（周三）',
      '想在 2027年1月1日（周五）上线：顺利的话来得及。',
    ])
  })

  test('too late for the wish says until when it may take', () => {
    expect(told('我20号提的，25号能上线吗').at(-1)).toBe(
      '想在 11月25日（周三）上线：最晚要审到 11月28日（周六），可能赶不上。',
    )
  })

  test('over the end of the year names the year that is not the present one', () => {
    expect(told('我12月30号提的', '2027-01-03T00:30:00+08:00')).toEqual([
      '您 2026年12月30日（周三）提交的：',
      '· 微信内审：最晚 2026年12月31日（周四）',
      '· 网信二审：最晚 1月7日（周四）',
      '今天是 1月3日，提交后第 4 天，还在正常时间内。',
    ])
  })

  test('with a question about the weekend says that all days count', () => {
    expect(told('我周五提的，周末算吗').at(-1)).toBe('按自然日算：周末、节假日都算在内，不顺延。')
  })
})

describe('the second review', () => {
  test('runs seven days from its start', () => {
    expect(told('20号通过了内审，二审到几号')).toEqual([
      '您 11月20日（周五）进入网信二审：',
      '· 网信二审：最晚 11月27日（周五）',
      '今天是 11月23日，二审第 3 天，还在正常时间内。',
    ])
  })

  test('overdue offers a person', () => {
    expect(told('11号过了初审').at(-1)).toBe('今天是 11月23日，已经超过 7 天，晚了 5 天。我请同事帮您查。')
  })
})

describe('a wish', () => {
  test('in good time is told the last day to submit', () => {
    expect(told('想12月31号前上线最晚哪天提')).toEqual([
      '想在 12月31日（周四）前上线，最晚 12月23日（周三）提交（1 天微信内审 + 7 天网信二审，按自然日算）。',
      '还有 30 天。被驳回要重新提审，建议早几天提交。',
    ])
  })

  test('that needs a submission today says so', () => {
    expect(told('12月1号上线来得及吗').at(-1)).toBe('就是今天，请尽快提交。被驳回要重新提审，就赶不上了。')
  })

  test('that comes too late says by how much', () => {
    expect(told('月底要上线来得及吗').at(-1)).toBe(
      '今天是 11月23日，已经晚了 1 天。今天提交的话，最晚 12月1日（周二）审完。',
    )
  })

  test('for a later version needs one day only', () => {
    expect(told('后续版本想12月31号前上线最晚哪天提')[0]).toBe(
      '想在 12月31日（周四）前上线，最晚 12月30日（周三）提交（后续版本只有 1 天微信内审，按自然日算）。',
    )
  })
})

test('asked about holidays, it says that all days count and nothing is put off', () => {
  expect(told('国庆期间算吗')).toEqual([
    '审核时间按自然日算：周末、节假日都算在内，不顺延。',
    '首次提审是 1 天微信内审 + 7 天网信二审；后续版本只有微信内审。',
  ])
})

test('every line fits a phone and holds no Markdown', () => {
  for (const text of ['11月20号提的', '20号提的，25号能上线吗，周末算吗', '想12月31号前上线', '过了内审，昨天的事']) {
    const lines = told(text)
    expect(lines.join('\n').length).toBeLessThan(220)
    expect(lines.join('')).not.toMatch(/[*#`<>]/)
  }
})
