import { describe, expect, test } from 'vitest'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM, WANG } from '../support/a-message.js'
import { CHEN, XU } from '../support/bot-under-test.js'
import { wholeBot } from '../support/whole-bot.js'

const BY = { key: XU.key, name: XU.name }
const STRANGE = '那个黑框框到底点几下才算数'

describe('an unanswered question', () => {
  test('is listed without names, taught with one order, and answered from then on, also after a restart', async () => {
    const bot = await wholeBot()
    expect((await bot.hears(`@小助手 ${STRANGE}`)).decision.kind).toBe('fallback')
    await bot.hears(`@小助手 王老板，${STRANGE}啊`, { sender: LI })
    const list = await bot.learning().list()
    expect(list.text).toContain(`1. “${STRANGE}” ×2`)
    expect(list.text).not.toContain('王老板')

    const report = await bot.learning().assign({ number: 1, sectionKey: '2', by: BY })
    expect(report).toMatchObject({ ok: true, text: expect.stringContaining('2 填写声明') })
    expect(report.text.length).toBeLessThanOrEqual(500)
    expect(bot.read('learned', 'statement.yaml')).toContain(STRANGE)
    expect((await bot.learning().list()).text).toBe('没有没答上来的问题。')
    const answered = { kind: 'answer', sections: ['2'], reason: 'sure' }
    expect((await bot.hears(`@小助手 ${STRANGE}？`)).decision).toMatchObject(answered)

    await bot.restart()
    // Merely overheard, and by somebody else.
    expect((await bot.hears(`${STRANGE}呢`, { sender: LI })).decision).toMatchObject(answered)
  }, 60_000)

  test('is taught by an admin in the direct chat, and by nobody else', async () => {
    const bot = await wholeBot()
    await bot.hears(`@小助手 ${STRANGE}`)
    const order = (text: string, sender = XU) => bot.hears(text, { sender, place: { ...DIRECT, key: sender.key } })
    expect((await order('未答')).sent.join()).toContain(`1. “${STRANGE}”`)
    await order('归类 1 2', LI)
    await bot.hears('归类 1 2', { sender: XU })
    expect((await order('未答')).sent.join()).toContain(`1. “${STRANGE}”`)
    expect((await order('归类 1 2')).sent.join('\n')).toContain(`学会了：“${STRANGE}”`)
    expect((await bot.hears(STRANGE, { sender: LI })).decision).toMatchObject({ kind: 'answer', sections: ['2'] })
  }, 60_000)

  test('is kept across a restart, and stays ignored when it is ignored', async () => {
    const bot = await wholeBot()
    await bot.hears('@小助手 怎么才能开直播带货')
    await bot.restart()
    expect((await bot.learning().list()).text).toContain('1. “怎么才能开直播带货”')
    expect(await bot.learning().ignore({ number: 1, by: BY })).toMatchObject({ ok: true })
    await bot.restart()
    await bot.hears('@小助手 请问怎么才能开直播带货啊', { sender: LI })
    expect((await bot.learning().list()).text).toBe('没有没答上来的问题。')
  }, 60_000)

  test('is not learned where the golden questions get worse, unless somebody insists', async () => {
    const bot = await wholeBot()
    const golden = '弹窗里的声明写什么'
    const refused = await bot.learning().teach({ sectionKey: '1', text: golden, by: BY })
    expect(refused.ok).toBe(false)
    expect(refused.text).toContain('没有学')
    expect(refused.text).toContain(`新说法 1 ${golden} 强制`)
    expect(bot.read('learned', 'category.yaml')).toBeUndefined()
    expect((await bot.hears(`@小助手 ${golden}`)).decision).toMatchObject({ sections: ['2'] })

    expect(await bot.learning().teach({ sectionKey: '1', text: golden, by: BY, force: true })).toMatchObject({
      ok: true,
    })
    expect((await bot.hears(`@小助手 ${golden}`, { sender: LI })).decision).toMatchObject({ sections: ['1'] })
  }, 60_000)

  test('can be a matter for a person, or none of ours', async () => {
    const bot = await wholeBot()
    const teach = (sectionKey: string, text: string) => bot.learning().teach({ sectionKey, text, by: BY })
    expect(await teach('人工', '合同的尾款什么时候打')).toMatchObject({ ok: true })
    expect(await teach('无关', '类目这块我们自己先开会定')).toMatchObject({ ok: true })
    expect((await bot.hears('类目这块我们自己先开会定')).decision).toMatchObject({
      kind: 'silent',
      reason: 'not-for-us',
    })
    expect((await bot.hears('合同的尾款什么时候打')).decision).toMatchObject({ kind: 'escalate', reason: 'asked' })
    // The last word counts: taught anew, it is nobody's silence any more.
    expect(await teach('1', '类目这块我们自己先开会定')).toMatchObject({ ok: true })
    const anew = await bot.hears('类目这块我们自己先开会定', { sender: LI })
    expect(anew.decision).toMatchObject({ kind: 'answer', sections: ['1'] })
    expect(bot.read('learned', 'silence.yaml') ?? '').not.toContain('开会')
  }, 60_000)

  test('is told what can not be taught', async () => {
    const bot = await wholeBot()
    const text = async (sectionKey: string, sentence: string) =>
      (await bot.learning().teach({ sectionKey, text: sentence, by: BY })).text
    expect(await text('9.9', STRANGE)).toContain('没有 9.9 这一节')
    expect(await text('2', '谢谢老师')).toContain('不能教')
    expect(await text('2', '咋弄')).toContain('太短')
    expect(await text('2', '声明')).toContain('太短')
    expect((await bot.learning().assign({ number: 7, sectionKey: '2', by: BY })).text).toContain('没有第 7 条')
  }, 60_000)
})

test('a broken learned file is told with its line, stops nothing, and is not written over', async () => {
  const bot = await wholeBot()
  const broken = 'id: statement\nsection: "2"\nutterances:\n  - "没有结束的引号\n'
  bot.write(broken, 'learned', 'statement.yaml')
  await bot.restart()
  expect((await bot.hears('@小助手 声明怎么填')).decision).toMatchObject({ kind: 'answer', sections: ['2'] })
  const report = await bot.learning().teach({ sectionKey: '2', text: STRANGE, by: BY })
  expect(report.ok).toBe(false)
  expect(report.text).toMatch(/learned\/statement\.yaml:\d/)
  expect(bot.read('learned', 'statement.yaml')).toBe(broken)
  // Elsewhere teaching goes on.
  expect(await bot.learning().teach({ sectionKey: '1', text: STRANGE, by: BY })).toMatchObject({ ok: true })
}, 60_000)

test('an answer that several people call useless is listed', async () => {
  const bot = await wholeBot()
  for (const name of ['甲', '乙', '丙']) {
    const sender = { ...WANG, key: `name:${name}`, name }
    await bot.hears('@小助手 声明怎么填', { sender })
    await bot.hears('@小助手 答非所问', { sender })
    bot.clock.pass(600_000)
  }
  const { text } = await bot.learning().list()
  expect(text).toContain('2 的回答被 3 个人说没用')
  expect(text).toContain('“声明怎么填” ×3')
}, 60_000)

test('a closing explanation becomes a section when somebody says so', async () => {
  const bot = await wholeBot()
  await bot.hears('@小助手 转人工，小程序码打印出来要多大才能扫')
  const by = { key: CHEN.key, name: CHEN.name }
  await bot.desk().resolve(1, by, '印刷的小程序码至少 3 厘米见方，用高清的那一版。')
  const { text } = await bot.learning().list()
  const [, number] = /(\d+)\. 草稿/.exec(text) ?? []
  expect(text).toContain('至少 3 厘米')
  // Not learned without a yes.
  expect((await bot.hears('@小助手 打印的小程序码要多大才能扫', { sender: LI })).decision.kind).not.toBe('answer')
  const report = await bot.learning().accept({ number: Number(number), by: BY })
  expect(report).toMatchObject({ ok: true, text: expect.stringContaining(`qa/${number}`) })
  expect(bot.read('learned', 'knowledge', 'qa.md')).toContain('至少 3 厘米')
  const asked = await bot.hears('@小助手 小程序码打印出来要多大才能扫', { sender: { ...LI, key: 'name:新人' } })
  expect(asked.decision).toMatchObject({ kind: 'answer', sections: [`qa/${number}`] })
  expect(asked.sent.join('\n')).toContain('至少 3 厘米见方')
  expect((await bot.learning().list()).text).toBe('没有没答上来的问题。')
  await bot.restart()
  expect((await bot.hears('@小助手 声明怎么填', { sender: LI })).decision).toMatchObject({ sections: ['2'] })
}, 60_000)

describe('the same rejection in several groups', () => {
  const room = (name: string) => ({ ...CUSTOMERS, id: `@@${name}`, key: `room:${name}`, topic: name })

  test('is told to staff once, also across a restart', async () => {
    const bot = await wholeBot()
    const rejected = (name: string, who = name) =>
      bot.hears('@小助手 审核说没有内容', { place: room(name), sender: { ...LI, id: `@${who}`, key: `name:${who}` } })
    await rejected('一群')
    await rejected('一群')
    await rejected('二群')
    await rejected('六群', '二群') // the same person in another group is no news
    await bot.restart()
    expect(bot.toldStaff()).toEqual([])
    await rejected('三群')
    await expect.poll(() => bot.toldStaff().length).toBe(1)
    expect(bot.toldStaff()[0]).toContain('3 个群')
    expect(bot.toldStaff()[0]).toContain('A1 页面没有内容')
    expect(bot.toldStaff()[0]).toContain('三群')
    await bot.restart()
    await rejected('四群')
    await rejected('五群')
    expect(bot.toldStaff()).toEqual([])
  }, 60_000)
})

test('what is kept holds no names, and nothing of it comes from staff', async () => {
  const bot = await wholeBot()
  await bot.hears('@小助手 小李知道直播间怎么开通吗，打13800138000', { sender: LI })
  await bot.hears('@小助手 直播带货怎么开通呀', { sender: CHEN })
  await bot.hears('@小助手 直播带货怎么开通呀', { sender: XU, place: STAFF_ROOM })
  await bot.restart()
  const kept = bot.read('unanswered.json')!
  expect(kept).toContain('直播间')
  for (const secret of ['小李', '王老板', '13800138000', LI.key, CUSTOMERS.topic]) expect(kept).not.toContain(secret)
  expect(JSON.parse(kept).entries).toHaveLength(1)
}, 60_000)
