import { describe, expect, test } from 'vitest'
import { readReviewDates } from '../../../src/nlu/dates/review-dates.js'
import { normalizeText } from '../../../src/nlu/normalize.js'
import { LANGUAGE } from '../../support/shipped-language.js'

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00+08:00'

/** Kind and day, `@hour`, `later`, `wish` with its day. */
function readingOf(text: string, now = MONDAY): string | undefined {
  const dates = readReviewDates(normalizeText(text), { phrases: LANGUAGE.review, nowMs: Date.parse(now) })
  if (!dates) return undefined
  const parts: string[] = [dates.kind]
  if ('day' in dates) parts.push(dates.day)
  if ('hour' in dates) parts.push(`@${dates.hour}`)
  if ('laterVersion' in dates && dates.laterVersion) parts.push('later')
  if ('wishDay' in dates) parts.push(`wish ${dates.wishDay}`)
  return parts.join(' ')
}

/** The Friday of this week has been. */
const SATURDAY = '2026-11-28T10:00:00+08:00'

describe('a day that is only supposed', () => {
  const plannedOf = (text: string): boolean | undefined => {
    const dates = readReviewDates(normalizeText(text), { phrases: LANGUAGE.review, nowMs: Date.parse(MONDAY) })
    return dates?.kind === 'submitted' ? dates.planned === true : undefined
  }

  test.each(['那如果今天撤回重新提呢', '要是今天重新提交，什么时候好'])('%s is no submission yet', (text) => {
    expect(plannedOf(text)).toBe(true)
  })

  test.each(['那如果周五重新提交呢', '要是下周一再交呢'])('%s lies ahead', (text) => {
    const dates = readReviewDates(normalizeText(text), { phrases: LANGUAGE.review, nowMs: Date.parse(SATURDAY) })
    expect(dates).toMatchObject({ kind: 'submitted', planned: true })
  })

  test('今天重新提的 is one', () => {
    expect(plannedOf('今天重新提的，什么时候好')).toBe(false)
  })
})

test('a version after one that was passed is a later one', () => {
  expect(readingOf('我们之前过审过了，这次更新是今天提的，什么时候能过')).toBe('submitted 2026-11-23 later')
  expect(readingOf('已经审核通过了一个版本，昨天又提了新版，多久')).toBe('submitted 2026-11-22 later')
})

describe('a day of submission', () => {
  test.each([
    ['我11月20号下午提的', '2026-11-20'],
    ['我11月20号下午3点提的，什么时候能上线', '2026-11-20 @15'],
    ['昨天', undefined],
    ['昨天提的', '2026-11-22'],
    ['昨天提的，今天能出不', '2026-11-22'],
    ['昨天交的审核', '2026-11-22'],
    ['昨晚提的审', '2026-11-22'],
    ['昨日提交', '2026-11-22'],
    ['上周五提的', '2026-11-20'],
    ['上周五提交的审核，什么时候能好', '2026-11-20'],
    ['上個禮拜五交的', '2026-11-20'],
    ['三天前提的', '2026-11-20'],
    ['三天前提交的', '2026-11-20'],
    ['一周前提的', '2026-11-16'],
    ['周一提的', '2026-11-23'],
    ['周五提的', '2026-11-20'],
    ['我周三上午交的，到现在屁都没有', '2026-11-18'],
    ['11.20提的现在还没消息', '2026-11-20'],
    ['11-20提审', '2026-11-20'],
    ['提交时间：2026年11月20日', '2026-11-20'],
    ['您好，我司小程序于2026年11月18日提交审核，至今未有结果，请问何时能审核完毕？', '2026-11-18'],
    ['20号送审的', '2026-11-20'],
    ['廿号提的', '2026-11-20'],
    ['31号提的审，跨月怎么算', '2026-10-31'],
    ['上个月28号提的', '2026-10-28'],
    ['月初提的', '2026-11-01'],
    ['11月20号下午，我提交的审核', '2026-11-20'],
    ['提交审核了，11月20号', '2026-11-20'],
    ['前天下午五点多送上去的，现在第一关过了没', '2026-11-21 @17'],
    ['大前天就提了', '2026-11-20'],
    ['刚提的，要多久', '2026-11-23'],
    ['下午3点提交的什么时候出结果', '2026-11-22 @15'],
    ['我昨晚12点半提交的', '2026-11-23 @0'],
    ['zuotian tijiao de', '2026-11-22'],
    ['11月10号到现在还没审完', '2026-11-10'],
    ['从11月10号开始等', '2026-11-10'],
    ['我11月10号提交，今天23号', '2026-11-10'],
    ['提审记录里时间是8号，今天都23号了，中间没任何消息', '2026-11-08'],
    ['我是这个月六号下午提的六号晚上就说微信那边过了然后就一直没有了', '2026-11-06'],
    ['我们这边上周二提交的，当天晚上微信就显示第一轮通过，到今天刚好七天整，正常吗', '2026-11-17'],
    ['11月9号晚上交的，10号凌晨收到平台审核通过的站内信，通知中心里再没有新的东西', '2026-11-09'],
    ['昨天提的想撤回', '2026-11-22'],
    ['昨天提的，会不会被驳回', '2026-11-22'],
    ['能不能帮我看看，我的小程序十五号就提了', '2026-11-15'],
    ['小程序备案截图早就传了，昨天提审的', '2026-11-22'],
  ])('%s', (text, expected) => {
    expect(readingOf(text)).toBe(expected && `submitted ${expected}`)
  })
})

describe('how long somebody has waited', () => {
  test.each([
    ['10天了还没消息', '2026-11-13'],
    ['等了5天了', '2026-11-18'],
    ['提审7天了', '2026-11-16'],
    ['提审已经9天了，还在审核中', '2026-11-14'],
    ['提交三天了还没有结果正常吗', '2026-11-20'],
    ['都8天了，还显示审核中', '2026-11-15'],
    ['第8天了怎么还没好', '2026-11-15'],
    ['😭😭😭第六天了 还没消息', '2026-11-17'],
    ['说好的一天呢，这都第三天了', '2026-11-20'],
    ['審核中 三天', '2026-11-20'],
    ['已經第九天了還是審查中', '2026-11-14'],
    ['都一周了还没动静', '2026-11-16'],
    ['等了半个月了', '2026-11-08'],
    ['快两个星期了还没过审', '2026-11-09'],
    ['都七天了', '2026-11-16'],
    ['交了6天', '2026-11-17'],
    ['卡了十天了', '2026-11-13'],
    ['提了有一个礼拜了', '2026-11-16'],
    ['已经审了10天', '2026-11-13'],
    ['从提交到现在已经12天了', '2026-11-11'],
    ['提了两个小时了还没过', '2026-11-23'],
    ['我们是10号提的，都快两周了', '2026-11-10'],
  ])('%s', (text, day) => {
    expect(readingOf(text)).toBe(`submitted ${day}`)
  })
})

describe('a plan to submit', () => {
  test.each([
    ['今天提交的话几号能上线', '2026-11-23'],
    ['明天提审元旦能上线吗', '2026-11-24 wish 2027-01-01'],
    ['周五提审的话最快什么时候能好', '2026-11-27'],
    ['25号提交的话月底来得及上线吗', '2026-11-25 wish 2026-11-30'],
    ['下周一提审，最快几号能上线', '2026-11-30'],
    ['1月1号要用，现在提行吗', '2026-11-23 wish 2027-01-01'],
    ['升级版本今天提，明天能上吗', '2026-11-23 later wish 2026-11-24'],
  ])('%s', (text, expected) => {
    expect(readingOf(text)).toBe(`submitted ${expected}`)
  })
})

describe('rejected, withdrawn, submitted again: the last submission counts, as a first one', () => {
  test.each([
    ['20号提的被驳回，昨天重新提的，什么时候能好', 'submitted 2026-11-22'],
    ['被拒后昨天又提了一次，要等多久', 'submitted 2026-11-22'],
    ['昨天被驳回改完重新提的，多久能过', 'submitted 2026-11-22'],
    ['昨天撤回了，今天重新提的', 'submitted 2026-11-23'],
    ['第一次提审11月5号被拒，第二次提审11月12号，到现在还没结果', 'submitted 2026-11-12'],
    ['1号提的审核，3号被打回，4号重新提交，现在还没消息', 'submitted 2026-11-04'],
    ['没有被驳回，就是一直审核中，11月10号提的', 'submitted 2026-11-10'],
    ['昨天提的今天被驳回了怎么办', undefined],
    ['昨天提的今天被驳回，重新提交要等多久', undefined],
    ['昨天提上去今天被退，想再交', undefined],
    ['前天提的，昨天撤回了', undefined],
    ['审核不通过<br>提交时间：2026-11-14 09:12:55<br>说明：页面暂无数据', undefined],
  ])('%s', (text, expected) => {
    expect(readingOf(text)).toBe(expected)
  })
})

describe('later versions', () => {
  test.each([
    ['后续版本昨天提的，多久能过', 'submitted 2026-11-22 later'],
    ['第二次提审，前天提交的，怎么还没过', 'submitted 2026-11-21 later'],
    ['更新版本上周五提的还没审完', 'submitted 2026-11-20 later'],
    ['更新版本昨天提的，还要二审吗', 'submitted 2026-11-22 later'],
    ['我们小程序之前已经上线了，昨天又提交了新版本，还要7天吗', 'submitted 2026-11-22 later'],
    ['新版昨天提的，怎么还没过', 'submitted 2026-11-22 later'],
    ['首次提审的新版本昨天交的', 'submitted 2026-11-22'],
    ['后续版本想12月31号前上线最晚哪天提', 'deadline 2026-12-31 later'],
    ['已经上线了，更新一版，想下周一上线，哪天提审', 'deadline 2026-11-30 later'],
  ])('%s', (text, expected) => {
    expect(readingOf(text)).toBe(expected)
  })
})

describe('the start of the second review', () => {
  test.each([
    ['20号通过了内审，二审到几号', '2026-11-20'],
    ['过了初审，前天的事，二审什么时候结束', '2026-11-21'],
    ['昨天收到二审通知，什么时候能上线', '2026-11-22'],
    ['大前天就说进入二审，之后就没下文了', '2026-11-20'],
    ['微信审核昨天通过了，还要等几天', '2026-11-22'],
    ['微信那边20号就审完了，属地的还要几天', '2026-11-20'],
    ['一审前天通过的，二审几号结束', '2026-11-21'],
    ['15号收到一审通过，那22号就能上了吧', '2026-11-15 wish 2026-11-22'],
    ['进入二审三天了', '2026-11-20'],
    ['二审第5天了', '2026-11-18'],
    ['weixin 这边当天过的，wangxin 那边五天了', '2026-11-18'],
  ])('%s', (text, expected) => {
    expect(readingOf(text)).toBe(`second-started ${expected}`)
  })
})

describe('a wish to be online by a day', () => {
  test.each([
    ['赶得上元旦吗', '2027-01-01'],
    ['想 12 月 31 号前上线最晚哪天提', '2026-12-31'],
    ['12月31号上线来得及吗', '2026-12-31'],
    ['月底要上线来得及吗', '2026-11-30'],
    ['月底前能上吗', '2026-11-30'],
    ['国庆前能上吗', '2027-10-01'],
    ['元旦前最晚哪天提交', '2027-01-01'],
    ['最晚什么时候提交才能赶上元旦', '2027-01-01'],
    ['想赶在双12前上线，什么时候提交来得及', '2026-12-12'],
    ['春节前上线最晚哪天提', '2027-02-06'],
    ['年前能上线不', '2027-02-06'],
    ['下周五有活动，来得及上线不', '2026-12-04'],
    ['deadline 是下周一，能 speed up 吗', '2026-11-30'],
    ['12.10上线，最晚哪天提', '2026-12-10'],
    ['20号要上线来得及不', '2026-12-20'],
    ['12月10号开业，小程序来得及上线吗', '2026-12-10'],
    ['您好，我们计划在元旦当天上线，现在还没有提交，又赶上节假日，想请教最晚哪一天提交才稳妥', '2027-01-01'],
  ])('%s', (text, day) => {
    expect(readingOf(text)).toBe(`deadline ${day}`)
  })

  test('beside a submission it is kept with it, and follows that day', () => {
    expect(readingOf('12号交的审，20号能不能办开业')).toBe('submitted 2026-11-12 wish 2026-11-20')
    expect(readingOf('你看啊我是一号提交的按照一加七那我是不是九号就能用了')).toBe(
      'submitted 2026-11-01 wish 2026-11-09',
    )
  })
})

describe('whether weekends and holidays count', () => {
  test.each([
    '国庆期间算吗',
    '周末算不算',
    '春节审核吗',
    '节假日顺延吗',
    '碰上周六周日还审不审',
    '国庆放假那几天算在里头吗',
    '假日算在七天裡面嗎',
    '春节期间会顺延吗，审核',
    '七天是工作日还是自然日',
    '国庆 二审停吗',
    '七天 周末',
    '元旦放假微信审核吗',
    '审核那帮人周末上班吗',
    '放假前一天交上去的，整个长假算白等？',
    '要是第七天正好赶上礼拜天，是礼拜天当天能发布还是得拖到礼拜一？',
    '遇到节假日会延期吗',
  ])('%s', (text) => {
    expect(readingOf(text)).toBe('counts-holidays')
  })

  test('is kept beside a submission', () => {
    expect(
      readReviewDates('我周五提的,周末算吗', { phrases: LANGUAGE.review, nowMs: Date.parse(MONDAY) }),
    ).toMatchObject({
      kind: 'submitted',
      day: '2026-11-20',
      asksHolidays: true,
    })
  })
})

describe('days that have nothing to do with our review', () => {
  test.each([
    '昨天打羽毛球把腰闪了',
    '周末有空一起打球吗',
    '国庆值班安排出来了没',
    '春节你们放到初几',
    '这周末加班吗你们',
    '为什么要7天才能审核完',
    '下次更新还要七天吗',
    '第二次提审还要等7天吗',
    '超过7天没有结果怎么办',
    '商户号资料提交三天了还在审核',
    'App Store Connect 里“等待审核”四天了',
    '抖音昨天提交的审核，过了吗',
    '论文送审七天了，导师说外审专家挑得厉害',
    '那个类目我前天提交的现在也不知道有没有加上去',
    '昨天提的需求什么时候做',
    '类目页显示“数据加载失败”，三天了',
    '预上线的消息收到三天了，用户照样打不开',
    '昨天收到“可预上线”的站内信，我在版本管理里点了发布',
    '4.1 提交的时候弹窗怎么填',
    '版本3.1.4昨天更新的',
    '我们社交圈昨天交流了一下',
    '昨天还没提交呢',
    '今天先不提交了',
    '我们开业定在28号',
    '朋友开的火锅店今天开业',
    '我们计划12月1号正式提审，先预告一下',
    '一个小时了还没人理我',
    '【放假通知】国庆10月1日至10月7日放假，期间微信官方审核正常',
    '月底要办线下活动，小程序这会儿还在二审',
    '我是昨天下午四点提交的，留个记录',
    '提交审核',
    '怎么提交审核',
    '审核要多久',
    '',
  ])('%s', (text) => {
    expect(readingOf(text)).toBeUndefined()
  })
})

describe('the clock', () => {
  test.each([
    ['2026-11-23T00:30:00+08:00', '昨天提的', 'submitted 2026-11-22'],
    ['2026-11-23T00:30:00+08:00', '昨晚11点提的', 'submitted 2026-11-22 @23'],
    ['2026-11-23T00:30:00+08:00', '晚上11点提的', 'submitted 2026-11-22 @23'],
    ['2026-11-23T23:50:00+08:00', '今早提的', 'submitted 2026-11-23'],
    ['2026-11-23T23:50:00+08:00', '等了3天了', 'submitted 2026-11-20'],
    ['2026-12-05T10:00:00+08:00', '30号提的', 'submitted 2026-11-30'],
    ['2027-01-03T10:00:00+08:00', '12月30号提的', 'submitted 2026-12-30'],
    ['2027-01-03T10:00:00+08:00', '上周五提的', 'submitted 2026-12-25'],
    ['2026-12-31T23:50:00+08:00', '赶得上元旦吗', 'deadline 2027-01-01'],
    ['2027-01-01T00:30:00+08:00', '赶得上春节吗', 'deadline 2027-02-06'],
    ['2028-03-01T09:00:00+08:00', '2月29号提的', 'submitted 2028-02-29'],
    ['2028-03-01T09:00:00+08:00', '昨天提的', 'submitted 2028-02-29'],
    ['2026-11-29T10:00:00+08:00', '上礼拜天交的，今天又礼拜天了', 'submitted 2026-11-22'],
    ['2026-11-17T10:00:00+08:00', '11月9号交的，今天17号，还没动静', 'submitted 2026-11-09'],
    ['2026-12-01T10:00:00+08:00', '1号提的', 'submitted 2026-12-01'],
  ])('%s %s', (now, text, expected) => {
    expect(readingOf(text, now)).toBe(expected)
  })
})

describe('asking and merely telling', () => {
  test.each([
    ['昨天提的，什么时候能过', true],
    ['10天了还没消息', true],
    ['赶得上元旦吗', true],
    ['周末算不算', true],
    ['都七天了', true],
    ['我是昨天下午四点提交的', false],
    ['月底前要上线，时间有点紧', false],
  ])('%s: %s', (text, questionLike) => {
    expect(
      readReviewDates(normalizeText(text), { phrases: LANGUAGE.review, nowMs: Date.parse(MONDAY) })?.questionLike,
    ).toBe(questionLike)
  })
})
