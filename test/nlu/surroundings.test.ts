import { describe, expect, test } from 'vitest'
import {
  isCourtesy,
  isForMany,
  isTranscript,
  normalizeText,
  onlyPoints,
  trimmedWords,
} from '../../src/nlu/normalize.js'
import { LANGUAGE } from '../support/shipped-language.js'

const { around } = LANGUAGE
const trimmed = (text: string): string => trimmedWords(normalizeText(text), around)

describe('what stands around a question is cut off', () => {
  test.each([
    ['隐私协议怎么填 https://mp.weixin.qq.com/wxamp/index?token=1&lang=zh_CN', '隐私协议怎么填'],
    ['首次审核要几天 13812345678', '首次审核要几天'],
    ['订单号202611200001，隐私协议怎么填', '隐私协议怎么填'],
    ['订单号：TB20261120888888 首次审核要几天', '首次审核要几天'],
    ['我们的appid是wx1234567890abcdef，版本描述写什么', '版本描述写什么'],
    ['版本描述写什么 附件：12345678.docx', '版本描述写什么'],
    ['备案截图.png 要盖章吗', '备案截图 要盖章吗'],
    ['联系邮箱 wang@yuelin.com，UGC怎么填', 'ugc怎么填'],
    ['姓名：王小明\n电话：13812345678\n公司：悦邻科技有限公司\n问题：首次审核要几天', '首次审核要几天'],
    ['隐私协议怎么填，谢谢老师，辛苦了', '隐私协议怎么填'],
    ['首次审核要几天，祝老师生意兴隆', '首次审核要几天'],
    ['大佬们，UGC场景怎么勾，先谢过了[抱拳][抱拳]', 'ugc场景怎么勾'],
    ['我是悦邻社区的小王，首次审核要几天', '首次审核要几天'],
    ['各位老师好，我叫李强，隐私协议怎么填', '隐私协议怎么填'],
    ['我这边是南山邻里的运营小赵，UGC说明怎么填', 'ugc说明怎么填'],
    ['新人报到，首次审核要几天呀，麻烦了', '首次审核要几天呀'],
  ])('%s', (text, left) => {
    expect(trimmed(text)).toBe(left)
  })

  test.each([
    ['我是个人主体，能选社区吗'],
    ['我们是做本地论坛的，类目选什么'],
    ['添加那页压根没有论坛这一项，我号不对？'],
    ['前天提交的社区类目，一直没动静'],
    ['叫徐工出来说话'],
    ['已经联系上技术了 谢谢'],
    ['谢谢'],
    ['你好'],
    ['好的谢谢老师'],
    ['https://mp.weixin.qq.com/'],
  ])('but nothing of %s', (text) => {
    expect(trimmed(text)).toBe(normalizeText(text))
  })
})

describe('courtesies', () => {
  const courteous = (text: string): boolean => isCourtesy(normalizeText(text), around)

  test.each(
    '好的收到|明白，我去试试|好嘞，谢谢亲|知道了，我先弄|了解了|先这样，辛苦|哈哈好的|嗯嗯，我转给老板看下|行，我让技术看看|收到收到，这就去改|谢谢[ThumbsUp]|收到，谢谢/:handclap|谢谢 (≧▽≦)|辛苦了 orz|原来如此，感谢解答'.split(
      '|',
    ),
  )('%s', (text) => {
    expect(courteous(text)).toBe(true)
  })

  test.each('提交|登录|好了吗|收到驳回通知|我改了|我要转人工|看哪里|！！！！|……|'.split('|'))('not %s', (text) => {
    expect(courteous(text)).toBe(false)
  })
})

describe('talks of others', () => {
  const transcript = (text: string): boolean => isTranscript(normalizeText(text), LANGUAGE)

  test.each([
    ['—————  2026-11-20  —————\n\n王老板  10:21\n\nUGC怎么填\n\n客服  10:22\n\n包含'],
    ['王老板:\nUGC怎么填\n\n客服小徐:\n选包含就行'],
    ['王老板 2026/11/20 10:21:33\n版本描述写什么\n\n客服 2026/11/20 10:22:01\n写新版本'],
    ['小李：隐私协议怎么填呀\n客服：七处照图填\n小李：好的搞定了'],
    ['悦邻-王老板 11-20 10:21:33\nUGC怎么填\n客服 11-20 10:22:01\n选包含'],
  ])('%s', (text) => {
    expect(transcript(text)).toBe(true)
  })

  test.each([
    ['审核结果：未通过\n原因：小程序存在测试内容\n审核时间：2026年11月20日 10:21'],
    ['姓名：王小明\n电话：13812345678\n问题：首次审核要几天'],
    ['1:小程序内容不符合规则:\n(1):你好，存在测试帖子\n2:小程序功能不符合规则:\n(1):你好，无内容'],
    ['提审的时候弹出来:\nUGC说明怎么填'],
  ])('not %s', (text) => {
    expect(transcript(text)).toBe(false)
  })
})

describe('what is written for many', () => {
  const forMany = (text: string): boolean => isForMany(normalizeText(text), around)

  test.each([
    ['#接龙\n驳回登记\n1. 一号店 页面空\n2. 二号店 类目不符'],
    ['#Group Note\n本周提审未通过名单\n1. 悦邻 测试数据\n2. 花园里 类目'],
    ['【周会纪要】\n本周被驳回的：\n1、悦邻 有测试数据\n2、花园里 类目不符'],
    ['各位把驳回原因填一下，方便统一处理\n1. 张三 没接内容安全'],
    ['【会议纪要】11月20日\n一、悦邻被驳回\n二、花园里类目不符'],
  ])('%s', (text) => {
    expect(forMany(text)).toBe(true)
  })

  test.each([['接龙的,上线给拒了'], ['1. UGC怎么填\n2. 隐私协议怎么填'], ['两个问题\n1. UGC怎么填\n2. 审核几天']])(
    'not %s',
    (text) => {
      expect(forMany(text)).toBe(false)
    },
  )
})

test.each([
  ['这个要怎么改', true],
  ['帮忙看下这个', true],
  ['？', true],
  ['', true],
  ['回答一下他', true],
  ['这条是什么意思', true],
  ['咋整啊这个', true],
  ['楼上说的怎么处理', true],
  ['哈哈我也是', false],
  ['版本描述写什么', false],
  ['这个类目怎么选', false],
])('%s only points at what is quoted: %s', (text, points) => {
  expect(onlyPoints(normalizeText(text), around)).toBe(points)
})
