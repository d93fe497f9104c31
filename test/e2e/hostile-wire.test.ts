import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webEscape } from '../support/fake-weixin/message-xml.js'
import { WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 2_500
const QUESTION = '提审的时候弹出UGC说明要怎么填'
const ANSWER = '用户生成内容'
const ADMIN_NAME = '徐经理'
const ASKERS = Array.from({ length: 40 }, (_, n) => `asker${n}`)
/** Every order there is, and some ways of dressing one up. */
const ORDERS = [
  ...[
    '重载',
    '重载 强制',
    '重载知识',
    '検査',
    '检查',
    '回滚',
    '回滚 1',
    '状态',
    '测试 类目选哪个',
    '未答',
    '归类 1 4.1',
  ],
  ...[
    '忽略 1',
    '新说法 4.1 随便写',
    '草稿',
    '采纳 1',
    '静音',
    '静音 想天售后服务群 2小时',
    '恢复',
    '群',
    '统计 本周',
    '审计',
  ],
  ...[`撤销 ${ADMIN_NAME}`, '工单', '工单 1', '接单 1', '转给 1 陈工', '回复 1 好的', '备注 1 内部', '结单 1 已处理'],
  ...[
    '还给机器人 1',
    '值班',
    '我值班',
    '我下班了',
    '　重　载　',
    '重载！！',
    '重\u200b载',
    '\u202e载重',
    '重载\n重载',
    '/重载',
  ],
]

/** One account meets people who mean it ill; later steps build on earlier ones. */
describe('the bot among hostile people', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let last = 0
  let asked = 0
  const nextAsker = (): string => ASKERS[asked++ % ASKERS.length]!

  beforeAll(() =>
    bot.start({
      config: ['sending: { pacing: off }', 'rooms: { staffRoom: 过审值班群 }'],
      contacts: [
        { key: 'xu', nick: ADMIN_NAME, remark: '管理员' },
        { key: 'evil', nick: ADMIN_NAME },
        { key: 'named', nick: '管理员' },
        { key: 'odd', nick: `\u202e<img src=x onerror=alert(1)>${'王'.repeat(200_000)}`, friend: false },
        { key: 'li', nick: '小李' },
        { key: 'eager', nick: '急先锋' },
        // Nobody asks the same thing twice, which would be answered in another way.
        ...ASKERS.map((key) => ({ key, nick: `问的人${key}` })),
        { key: 'robot', nick: '某某客服' },
        { key: 'parrot', nick: '学舌' },
        { key: 'chen', nick: '陈工' },
      ],
      rooms: [
        {
          key: 'g1',
          topic: '想天售后服务群',
          members: ['li', 'xu', { contact: 'evil', display: '管理员' }, 'named', 'odd', 'eager'],
        },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'xu'] },
      ],
    }),
  )

  afterAll(() => bot.end())

  /** What was sent since the last look, once the bot has been quiet for a while. */
  async function sent(to?: string, min = 0): Promise<readonly string[]> {
    const filter = { after: last, ...(to !== undefined && { to }) }
    const records = await wx.waitSent({ ...filter, min, waitMs: min === 0 ? QUIET_MS : 20_000, quietMs: QUIET_MS })
    last = Math.max(last, ...wx.sentList().map(({ seq }) => seq))
    return records.map((record) => ('text' in record ? String(record.text) : '[picture]'))
  }

  async function knowledgeVersion(): Promise<string> {
    const status = await fetch(new URL('/api/status', (await bot.running()).url))
    return ((await status.json()) as { knowledgeVersion: string }).knowledgeVersion
  }

  it.each([
    ['takes the admin’s nick name', 'evil'],
    ['calls themselves 管理员', 'named'],
  ])('gives whoever %s one polite line, however many orders come', async (_who, from) => {
    const version = await knowledgeVersion()
    for (const text of ORDERS) wx.inject({ from, text })
    const told = await sent(from, 1)
    expect(told.filter((text) => text.includes('只有管理员能用'))).toHaveLength(1)
    expect(told.join('\n')).not.toMatch(
      /已重载|已采用|发布 \d|运行|内存|处理中|接手|已静音|已归|审计记录|想天售后服务群/,
    )
    expect(await knowledgeVersion()).toBe(version)
    expect(bot.output).not.toMatch(/"msg":"knowledge reloaded"/)
  })

  it('says nothing in the group, whoever is quoted', async () => {
    const rule = '- - - - - - - - - - - - - - -'
    for (const text of ORDERS) wx.inject({ from: 'evil', room: 'g1', text })
    wx.inject({ from: 'evil', room: 'g1', text: `「${ADMIN_NAME}：重载」\n${rule}\n重载` })
    wx.inject({ from: 'evil', room: 'g1', text: `@${ADMIN_NAME}\u2005重载` })
    expect(await sent('g1')).toEqual([])
  })

  it('is no admin’s servant because an admin is quoted in a direct chat', async () => {
    const rule = '- - - - - - - - - - - - - - -'
    wx.inject({ from: 'evil', text: `「${ADMIN_NAME}：重载 强制」\n${rule}\n照做` })
    wx.inject({ from: 'evil', text: `${ADMIN_NAME}：重载` })
    expect((await sent('evil')).join('\n')).not.toMatch(/采用|重载(?:完|好)|发布 \d/)
  })

  it('has written every attempt down, and obeys the admin still', async () => {
    wx.inject({ from: 'xu', text: '状态' })
    expect((await sent('xu', 1)).join('\n')).toMatch(/知识|版本/)
    wx.inject({ from: 'xu', text: '审计' })
    expect((await sent('xu', 1)).join('\n').match(/（拒绝）/g)?.length).toBeGreaterThan(5)
  })

  it.each([
    ['a megabyte', QUESTION + '啊'.repeat(1_000_000)],
    ['halves of characters', `${'\ud83d'.repeat(3_000)}${QUESTION}`],
    ['marks that turn the direction', `\u202e${QUESTION}\u2066\u202d`],
    ['NUL and bells', `\u0000\u0007${QUESTION}\u0000`],
    ['a run of marks that careless patterns try from every sign', `${'。！'.repeat(200_000)}x`],
    ['quotes in quotes', `${'「:'.repeat(100_000)}」\n`],
    ['markup', '<img src=x onerror=alert(1)><br/><script>alert(1)</script>'.repeat(5_000)],
  ])('outlives %s', async (what, text) => {
    wx.inject({ from: 'odd', room: 'g1', text: `{@bot}${text}` })
    const asker = nextAsker()
    wx.inject({ from: asker, text: `${QUESTION}（${what}）` })
    expect((await sent(asker, 1)).join('\n')).toContain(ANSWER)
    expect(bot.output).not.toMatch(/handler failed|"msg":"crashed"/)
  })

  // What any of it said is looked for in all that the bot has printed, when the tests are done.
  it.each([
    ['a card that ends too early', { msgType: 49, appMsgType: 5 }, '<msg><appmsg><title>私下说的一句话</title'],
    [
      'a quote with a loose &',
      { msgType: 49, appMsgType: 57 },
      '<msg><appmsg><title>我的密码 & 请帮忙看看</title><type>57</type></appmsg></msg>',
    ],
    ['no card at all', { msgType: 49, appMsgType: 5 }, ''],
    [
      'a broken recall',
      { msgType: 10_002 },
      '<sysmsg type="revokemsg"><revokemsg><msgid>1</msgid><replacemsg>小李撤回 & 坏掉了</replacemsg',
    ],
    ['a broken name card', { msgType: 42 }, '<msg username="x" nickname="别人的名片 & 电话" '],
    ['a broken place', { msgType: 48 }, '<msg><location label="家里的地址 & 门牌" '],
  ])('outlives %s, and prints nothing of it', async (what, type, xml) => {
    for (const room of ['g1', undefined])
      wx.inject({ kind: 'raw', from: 'odd', ...(room && { room }), ...type, content: webEscape(xml) })
    const asker = nextAsker()
    wx.inject({ from: asker, text: `${QUESTION}（${what}）` })
    expect((await sent(asker, 1)).join('\n')).toContain(ANSWER)
  })

  it('tells an eager person once that it is too much, and answers others meanwhile', async () => {
    for (let count = 0; count < 60; count++) wx.inject({ from: 'eager', text: `第${count}遍：${QUESTION}` })
    const told = await sent('eager', 16)
    expect(told.filter((text) => text.includes('发得有点快'))).toHaveLength(1)
    expect(told.filter((text) => text.includes(ANSWER)).length).toBeLessThanOrEqual(15)
    await bot.waitOutput(/"reason":"flooding"/)
    wx.inject({ from: 'li', text: '版本描述怎么写' })
    expect((await sent('li', 1)).join('\n')).toContain('新版本提交')
  })

  it.each([
    ['always says the same', 'robot', '您好，客服不在，请留言', () => '您好，客服不在，请留言'],
    ['says what it hears', 'parrot', '服务类目选哪个', (heard: string) => heard.slice(0, 200)],
  ])('stops answering a bot that %s', async (_how, from, opening, reply) => {
    wx.inject({ from, text: opening })
    let answers = 0
    let seen = last
    for (let round = 0; round < 20; round++) {
      const [record] = await wx.waitSent({ to: from, after: seen, waitMs: 8_000, quietMs: 300 })
      if (!record) break
      answers++
      seen = Math.max(...wx.sentList().map(({ seq }) => seq))
      wx.inject({ from, text: reply('text' in record ? String(record.text) : '图片') })
    }
    expect(answers).toBeGreaterThan(0)
    expect(answers).toBeLessThan(12)
    await sleep(500)
    last = Math.max(...wx.sentList().map(({ seq }) => seq))
  })
})
