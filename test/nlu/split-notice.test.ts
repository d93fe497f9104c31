import { describe, expect, test } from 'vitest'
import { normalizeText } from '../../src/nlu/normalize.js'
import { readBareRejection, splitNotice } from '../../src/nlu/rejection-notice.js'
import { hostileTexts } from '../support/hostile-text.js'
import { LANGUAGE } from '../support/shipped-language.js'

const reasonsOf = (text: string): readonly string[] | undefined => splitNotice(normalizeText(text), LANGUAGE.notice)

const FRAME = '你的小程序"石榴邻里"，提审时间2023-03-14 09:41:20，代码发布审核未通过，原因如下：'
const REASONS = ['页面点击无内容', '存在测试数据', '类目与内容不符']

describe('takes a notice apart', () => {
  test.each([
    ['numbers on lines', `${FRAME}\n1:页面点击无内容\n2:存在测试数据\n3:类目与内容不符`],
    ['line break tags', `${FRAME}<br>1:页面点击无内容；<br>2:存在测试数据；<br>3:类目与内容不符。`],
    ['one line', '审核未通过：1.页面点击无内容 2.存在测试数据 3.类目与内容不符'],
    ['one line run together', '审核未通过，1、页面点击无内容2、存在测试数据3、类目与内容不符'],
    ['half brackets', '代码审核未通过：<br>1）页面点击无内容；<br>2）存在测试数据；<br>3）类目与内容不符。'],
    ['circled numbers', '审核失败①页面点击无内容②存在测试数据③类目与内容不符'],
    ['Chinese numbers', '审核不通过：一、页面点击无内容；二、存在测试数据；三、类目与内容不符。'],
    ['第一, 第二', '审核被拒，第一，页面点击无内容；第二，存在测试数据；第三，类目与内容不符'],
    ['bare numbers', '"石榴邻里"代码发布审核未通过，原因：\n1 页面点击无内容\n2 存在测试数据\n3 类目与内容不符'],
    ['labelled reasons', '版本2.3.1未通过。原因一：页面点击无内容。原因二：存在测试数据。原因三：类目与内容不符。'],
    ['bullets', '驳回\n· 页面点击无内容\n· 存在测试数据\n· 类目与内容不符'],
    ['full width', '审核未通过：１．页面点击无内容　２．存在测试数据　３．类目与内容不符'],
    ['traditional characters', '審核未通過：1.頁面點擊無內容 2.存在測試數據 3.類目與內容不符'],
    [
      'details below idle headings',
      `${FRAME}\n1: 小程序功能不符合规则：\n(1):页面点击无内容\n(2):存在测试数据\n2: 小程序信息不符合规则：\n(1):类目与内容不符`,
    ],
    ['details alone', `${FRAME}\n1:(1):页面点击无内容\n2:(1):存在测试数据\n3:(1):类目与内容不符`],
    [
      'a word of the customer below',
      `${FRAME}\n1:页面点击无内容\n2:存在测试数据\n3:类目与内容不符\n\n第一条懂了，第二条怎么弄？`,
    ],
    [
      'a word of the customer above and the frame’s end below',
      '老师帮看下：\n1.页面点击无内容\n2.存在测试数据\n3.类目与内容不符\n请根据上述原因修改后再重新提交审核',
    ],
    ['no frame, but the platform’s wording', '1.页面点击无内容\n2.存在测试数据\n3.类目与内容不符\n请补充选择类目'],
    [
      'semicolons without numbers',
      '"石榴邻里"代码发布审核未通过：页面点击无内容；存在测试数据；类目与内容不符；请修改后重新提交。',
    ],
    ['lines without numbers', '代码发布审核未通过\n页面点击无内容\n存在测试数据\n类目与内容不符\n审核时间：2024-01-17'],
  ])('with %s', (_, text) => {
    expect(reasonsOf(text)).toEqual(REASONS)
  })

  test('joins a detail to the heading that says what it is about', () => {
    expect(
      reasonsOf(`${FRAME}\n1、服务类目与页面内容不一致\n(1) 请重新选择\n(2) 请补充选择：社交-社区/论坛 类目`),
    ).toEqual(['服务类目与页面内容不一致 请重新选择', '服务类目与页面内容不一致 请补充选择:社交-社区/论坛 类目'])
  })

  test.each([
    [
      'numbered',
      '「同城圈」代码发布审核未通过 1.隐私 (1)：请完善【用户隐私保护指引】后再重新提审',
      '隐私 请完善【用户隐私保护指引】后再重新提审',
    ],
    [
      'without a number',
      '"同城圈"代码发布审核未通过：你的小程序涉及食品销售，请补充选择商家自营-食品类目',
      '你的小程序涉及食品销售,请补充选择商家自营-食品类目',
    ],
    ['under a name that is no reason', '"测试圈"代码发布审核未通过：页面无具体运营内容', '页面无具体运营内容'],
    [
      'with references in it',
      `${FRAME}\n1:所选类目与内容不一致，见《常见拒绝情形2.1》`,
      '所选类目与内容不一致,见《常见拒绝情形2.1》',
    ],
  ])('takes out a single reason, %s', (_, text, reason) => {
    expect(reasonsOf(text)).toEqual([reason])
  })

  test.each([
    ['驳回：涉及虚拟支付，请整改', ['涉及虚拟支付,请整改']],
    ['审核被拒：小程序内容与类目不符；隐私协议内容缺失', ['小程序内容与类目不符', '隐私协议内容缺失']],
  ])('knows a reason behind the verdict alone: %s', (text, reasons) => {
    expect(reasonsOf(text)).toEqual(reasons)
  })

  test('is not misled by a question inside quotes', () => {
    expect(reasonsOf('审核未通过：1.帖子"怎么注册？"为测试内容 2.【在吗】页面空白')).toHaveLength(2)
  })
})

describe('leaves alone what merely mentions a rejection', () => {
  test.each([
    '我的小程序审核未通过，怎么办',
    '审核没通过\n怎么办啊\n急',
    '昨天重新提交审核了，要等7天吗',
    '1月3号提审，3天了还没过，审核不通过怎么办',
    '我提了2次审核都不通过，1次说类目，1次说测试',
    '我们3个人试了：1个没通过审核，2个过了',
    '审核不通过，2.1是什么意思',
    '审核不通过让我看4.1和4.2，怎么填',
    '版本1.0.2审核没通过，2.0.1能过吗',
    '"测试"两个字会让审核不通过吗',
    '《用户隐私保护指引》要更新吗，不更新会审核不通过吗',
    '重新提审需要：1、改类目 2、删测试数据吗',
    '审核不通过的话，1）能退款吗 2）能再提吗',
    '请问：1.审核不通过要等多久 2.怎么发布',
    '驳回的都处理了：1、类目改好了 2、测试数据已删除',
    '审核结果什么时候出',
    '审核未通过原因是什么',
    '审核不通过：为什么啊',
    '驳回原因：首页有空白，要怎么改？',
    '类目不符，被驳回',
    '你的小程序审核通过了，恭喜',
    '你的小程序已通过审核：1.可以发布 2.请查看',
    '提审前注意：1.填好内容 2.删掉测试',
    '抖音小程序审核未通过：1.服务类目与内容不符；2.存在测试内容',
    '【应用宝】您的应用审核未通过：1、存在测试数据；2、描述与功能不符',
    '',
  ])('%s', (text) => {
    expect(reasonsOf(text)).toBeUndefined()
  })
})

test('gives reasons that stand in the notice, never an empty one', () => {
  const found = hostileTexts(600, 7).flatMap((text) => reasonsOf(`代码发布审核未通过：${text}`) ?? [])
  expect(found.length).toBeGreaterThan(150)
  expect(found.filter((reason) => reason.trim() === '' || reason.length > 600)).toEqual([])
})

test('takes a notice apart that has lost its line breaks', () => {
  expect(reasonsOf('审核不通过 审核结果:不通过 不通过原因:1.页面点击无内容 2.存在测试数据 修改指引:查看')).toEqual([
    '页面点击无内容',
    '存在测试数据',
  ])
})

test.each(['审核失败 原因：（1）页面点击无内容', '驳回原因 页面点击无内容', '审核意见：你好，页面点击无内容'])(
  'knows the notice in %s',
  (text) => {
    expect(reasonsOf(text)).toEqual([expect.stringContaining('页面点击无内容')])
  },
)

test.each([
  ['被驳回了', 'tells'],
  ['审核失败了怎么办', 'asks'],
  ['我又被拒了！！！第三次了 你们到底行不行', 'tells'],
  ['怎么又打回来了 烦死', 'tells'],
  ['被拒了 说页面是空的', undefined],
  ['审核没过 类目不对', undefined],
])('hears of %s that it was rejected and no more: %s', (text, expected) => {
  expect(readBareRejection(normalizeText(text), LANGUAGE)).toBe(expected)
})
