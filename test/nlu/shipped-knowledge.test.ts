import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import { cardOf } from '../../src/dialogue/turn.js'
import { knownIn, readGolden, sitExam, unmetOf } from '../../src/evaluate/exam.js'
import type { Bubble, Decision } from '../../src/model/decision.js'
import type { KnowledgeSnapshot, Understanding } from '../../src/model/understanding.js'
import { knowingOf, understand } from '../../src/nlu/pipeline.js'
import { createLoadSnapshot } from '../../src/releases/build.js'
import { composeReply } from '../../src/reply/compose.js'
import { MAX_BUBBLE_CHARS, MAX_BUBBLES } from '../../src/reply/render.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { hostileTexts } from '../support/hostile-text.js'

const ROOT = join(import.meta.dirname, '../..')
const MENTION_CHARS = 12

let snapshot: KnowledgeSnapshot
beforeAll(async () => {
  const folders = { knowledgeDir: join(ROOT, 'knowledge'), intentsDir: join(ROOT, 'intents') }
  snapshot = (await createLoadSnapshot(folders)()).snapshot
}, 120_000)

const read = (text: string): Understanding => understand(text, knowingOf(snapshot, 0))

function decideOn(text: string, addressedToBot: boolean): Decision {
  const situation = aSituation({ hasSection: (key) => snapshot.sections.has(key) })
  return decide(aMessage({ text, addressedToBot }), read(text), situation)
}

const sectionsOf = (decision: Decision): readonly string[] => ('sectionKeys' in decision ? decision.sectionKeys : [])

const textLengths = (bubbles: readonly Bubble[]): readonly number[] =>
  bubbles.flatMap((bubble) =>
    bubble.kind === 'text' ? [bubble.text.length + (bubble.mention ? MENTION_CHARS : 0)] : [],
  )

/** Worded for this test; none of them stands in `intents/`. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  '0': ['小程序账号要去哪里注册', '用已认证的服务号快速注册小程序怎么操作', '我第一次做小程序，应该从哪一步开始'],
  '1': ['小程序的名称和图标在哪个地方填写', '发布流程里第一步小程序信息要填哪些东西', '小程序简介要怎么填'],
  '1.1': ['社区论坛类目要提供什么资质文件', 'ICP备案的截图应该截哪几张表', '主办单位和小程序主体必须一样吗'],
  '2': ['提交审核以前页面空着行不行', '提审前要先往里面发多少内容', '送审之前测试的文字要不要清掉'],
  '3': ['在哪里可以看到我现在有哪些服务类目', '怎么在后台添加服务类目', '一个月可以修改几次类目'],
  '4': ['提交审核的按钮在哪个页面', '版本管理里哪个才是想天徐工的开发版本', '怎么把小程序提交审核'],
  '4.1': ['弹出来的UGC声明怎么勾选', '用户生成内容场景应该选包含还是不包含', '内容安全机制那里要写什么'],
  '4.2': ['版本描述应该怎么填写', '提交表单里的测试账号是必填的吗', '图片预览要不要上传'],
  '4.3': ['用户隐私保护指引里面要怎么填', '隐私协议里收集录音的用途写什么', '隐私指引的联系方式填哪个'],
  '5': ['小程序审核一般要几天', '属地网信部门二次审核需要多长时间', '审核通过以后怎么点发布'],
  A1: [
    '被驳回说服务类目和页面内容不一致怎么办',
    '审核失败，原因是所选类目不符',
    '拒绝理由写着类目与内容不匹配，如何修改',
  ],
  'A1.2': ['审核说要补充商家自营食品类目', '商城卖衣服被驳回说缺少类目', '没有食品资质，商品是不是要下架'],
  A2: ['被拒原因是没有接入内容安全API', '审核说没有过滤有害信息怎么处理', 'msgSecCheck没有调用被驳回了'],
  A3: ['驳回说页面无具体运营内容', '审核不通过，点击版块没有内容怎么解决', '没有内容的频道怎样关掉再提审'],
  A4: ['驳回理由是小程序里有测试数据', '审核说我们是demo不是完成品', '被拒说内容是测试的，去哪里删'],
}
const CASES = Object.entries(QUESTIONS).flatMap(([key, texts]) => texts.map((text) => ({ key, text })))

const CHATTER = [
  '中午一起去吃面吗',
  '今天上海下大雨',
  '红包在哪里领',
  '我家的快递到哪了',
  '周末团建定在什么地方',
  '服务器到期了找谁续费',
  '直播间怎么开',
  '你们报价多少钱一年',
  '抖音小程序什么时候能做',
  '安卓包闪退了',
  '好的收到',
  '类目已经改好了',
  '我们昨天过审了，谢谢大家',
  '恭喜恭喜',
  '群里有没有做装修的',
]

describe('the shipped knowledge', () => {
  test('meets every golden question as its author expects', () => {
    const text = readFileSync(join(ROOT, 'intents/golden.yaml'), 'utf8')
    const { questions } = readGolden({ file: 'intents/golden.yaml', text }, knownIn(snapshot.content))
    expect(unmetOf(questions, sitExam(questions, knowingOf(snapshot, 0)))).toEqual([])
  })

  test('has an intent and questions here for each of its sections', () => {
    expect([...snapshot.sections.keys()].sort()).toEqual(Object.keys(QUESTIONS).sort())
    expect([...snapshot.intentOfSection.keys()].sort()).toEqual(Object.keys(QUESTIONS).sort())
  })

  test('answers plain questions with the right section first', () => {
    const misses = CASES.filter(({ key, text }) => read(text).candidates[0]?.sectionKey !== key)
    expect(misses.length, JSON.stringify(misses)).toBeLessThanOrEqual(CASES.length * 0.1)
  })

  test('tells or offers the right section to who mentions the bot', () => {
    const misses = CASES.filter(({ key, text }) => !sectionsOf(decideOn(text, true)).includes(key))
    expect(misses.length, JSON.stringify(misses)).toBeLessThanOrEqual(CASES.length * 0.1)
  })

  test('gives hardly a wrong answer unasked', () => {
    const wrong = CASES.filter(({ key, text }) => {
      const decision = decideOn(text, false)
      return decision.kind !== 'silent' && !sectionsOf(decision).includes(key)
    })
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(1)
  })

  test('keeps out of talk', () => {
    expect(CHATTER.filter((text) => decideOn(text, false).kind !== 'silent')).toEqual([])
  })

  test.each([
    ['审核未通过：1、页面无具体运营内容 2、存在测试数据，请删除', ['A3', 'A4']],
    ['代码发布审核未通过：①未设置过滤违法违规信息的机制②所选类目与页面内容不一致', ['A2', 'A1']],
    [
      '你的小程序"石榴邻里"，提审时间2023-03-14 09:41:20，代码发布审核未通过，原因如下：<br>1: 小程序功能不符合规则：<br>(1):页面点击无内容，功能无法体验<br>(2):请完善【用户隐私保护指引】后再重新提审',
      ['A3', '4.3'],
    ],
    [
      '这次给了三条第一条是没有对用户发的东西做安全检测第二条是有测试的内容第三条是有的页面点进去啥也没有',
      ['A2', 'A4', 'A3'],
    ],
    ['拒了两条 一条“请补充社交-直播类目” 一条“功能无法体验 请提供测试账号” 直播我们不要了', ['A1.2', '4.2']],
  ])('takes the notice %s apart', (text, keys) => {
    const fact = { kind: 'notice', reasons: keys.map(() => ({})) }
    expect(decideOn(text, true)).toMatchObject({ kind: 'answer', sectionKeys: keys, reason: 'notice', fact })
  })

  test.each([
    [
      '审核不通过 审核结果:不通过 不通过原因:1.你的小程序中涉及播放视频，请补充选择：文娱-其他视频类目 修改指引:查看',
      '驳回:常见拒绝情形 2.1',
    ],
    ['审核意见：你好，小程序涉及“社交-陌生人交友”类目未选择，请补充', '驳回:常见拒绝情形 2.1'],
    ['平台说要补商家自营-食品饮料类目', '类目:商家自营-食品饮料'],
    ['审核失败 原因：（1）小程序存在诱导分享行为，违反平台运营规范', '驳回:常见拒绝情形 3.2.1'],
    ['驳回原因 3.4 小程序使用了虚拟支付', '驳回:平台运营规范 5.13'],
    ['驳回：登录页强制用户授权手机号才能使用', '驳回:常见拒绝情形 3.4(登录)'],
    ['被拒了 说我的头像侵权', '驳回:常见拒绝情形 1.1(1)'],
    ['打回来了，说小程序名称和内容不符', '驳回:常见拒绝情形 1.2.1(2)'],
    ['提示该小程序主体不支持这个类目', '驳回:常见拒绝情形 3.1.3'],
  ])('explains %s by %s', (text, card) => {
    expect(cardOf(decideOn(text, true))).toBe(card)
  })

  test.each<readonly [string, readonly string[]]>([
    ['卖茶叶 要什么证 个人能做吗', ['商家自营-食品饮料', '商家自营-食品饮料 individual']],
    ['花店 类目选哪个 要二审吗', ['商家自营-园艺/鲜花', '商家自营-园艺/鲜花 second-review']],
    ['我是卖酒的。请问1、选什么类目 2、要什么资质 3、要多久', ['商家自营-酒类', 's5-total']],
    ['卖蘑菇的 要整啥证 资质图多大', ['商家自营-生鲜/初级食用农产品', 's11-image-size']],
    ['个护家清要证吗？玩具呢？', ['商家自营-个护家清', '商家自营-玩具']],
    ['隐私文件用途空着 联系方式也没写 咋填', ['s43-file-purpose', 's43-contact']],
    ['我去哪个网站截图啊截图是截一张还是两张啊图片最大多大', ['s11-query-site', 's11-two-tables', 's11-image-size']],
    ['宝妈论坛还卖奶粉 类目怎么选', ['s11-which-category', '商家自营-母婴食品']],
    ['卖手机壳的 手机要资质吗 后面想再上点奶粉 奶粉要啥', ['商家自营-3C数码', '商家自营-母婴食品']],
    ['3.3.4和3.2.11分别啥意思', ['驳回:常见拒绝情形 3.3.4', '驳回:常见拒绝情形 3.2.11']],
    ['旅行社要什么证 民宿呢', ['travel', '旅游服务-住宿服务']],
    ['主办单位是我个人名字，能不能过？那个网站到底哪个，百度出来一堆假的', ['s11-personal-filing', 's11-query-site']],
    // The community has a category of its own.
    ['我们卖茶叶的 做了个社区 类目选哪个 要二审吗', ['商家自营-食品饮料', 's11-which-category', 's5-what-second']],
  ])('answers each question of %s, goods that are left out included', (text, told) => {
    const decision = decideOn(text, true)
    const parts = 'parts' in decision ? (decision.parts ?? []) : []
    const names = parts.map(({ fact }) => {
      if (fact?.kind === 'short-answer') return fact.answer.id
      if (fact?.kind !== 'category') return undefined
      return [...fact.hits.flatMap(({ rows }) => rows.map(({ path }) => path)), ...(fact.asks ? [fact.asks] : [])].join(
        ' ',
      )
    })
    expect(names).toEqual(told)
  })

  test.each(['转人工', '帮我找人工客服'])('hears in %s that a person is wanted', (text) => {
    expect(decideOn(text, false)).toMatchObject({ kind: 'escalate', reason: 'asked' })
  })

  test.each(['不用转人工', '不用转人工，告诉我类目在哪加就行'])('hears in %s that none is', (text) => {
    expect(decideOn(text, true).kind).not.toBe('escalate')
  })

  test('fits every answer, the menu and the whole list of reasons into bubbles', () => {
    const keys = [...snapshot.sections.keys()]
    const decisions: readonly Decision[] = [
      ...keys.map((key): Decision => ({ kind: 'answer', sectionKeys: [key], reason: 'sure' })),
      { kind: 'answer', sectionKeys: ['A1', 'A1.2', 'A2', 'A3', 'A4', '4.3'], reason: 'notice' },
      { kind: 'courtesy', word: 'menu' },
    ]
    const context = {
      mentionChars: MENTION_CHARS,
      timelineToldLately: false,
      question: '',
      aboutPicture: false,
      direct: false,
      nowMs: 0,
    }
    for (const decision of decisions) {
      const lengths = textLengths(composeReply(decision, snapshot, context).bubbles)
      expect(lengths.length).toBeLessThanOrEqual(MAX_BUBBLES)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_BUBBLE_CHARS)
    }
  })

  test('cuts off none of its sections', () => {
    const context = {
      mentionChars: 60,
      timelineToldLately: false,
      question: '',
      aboutPicture: false,
      direct: false,
      nowMs: 0,
    }
    const cutOff = [...snapshot.sections.keys()].filter((key) => {
      const { bubbles } = composeReply({ kind: 'answer', sectionKeys: [key], reason: 'sure' }, snapshot, context)
      return bubbles.some((bubble) => bubble.kind === 'text' && bubble.text.includes('后面还有'))
    })
    expect(cutOff).toEqual([])
  })

  test('survives whatever is said, and replies within the limits', () => {
    const context = {
      mentionChars: MENTION_CHARS,
      timelineToldLately: false,
      question: '',
      aboutPicture: false,
      direct: false,
      nowMs: 0,
    }
    const offenders = hostileTexts(150, 16).filter((text) => {
      const lengths = textLengths(composeReply(decideOn(text, true), snapshot, context).bubbles)
      return lengths.length > MAX_BUBBLES || lengths.some((length) => length > MAX_BUBBLE_CHARS)
    })
    expect(offenders).toEqual([])
  })
})
