import { expect, test, vi } from 'vitest'
import type { IncomingMessage } from '../../src/model/chat.js'
import { askerPhrases } from '../../src/tickets/phrases.js'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM, WANG } from '../support/a-message.js'
import { type BotUnderTest, botUnderTest, CHEN, XU } from '../support/bot-under-test.js'
import { png } from '../support/picture-bytes.js'

const HOUR_MS = 3_600_000
const QUESTION = '@小助手 UGC说明怎么填'
const inStaffRoom = { place: STAFF_ROOM, sender: CHEN }
/** What the customers' group reads from now on. */
const groupReads = (bot: BotUnderTest) => {
  const before = bot.channel.in(CUSTOMERS.key).length
  return () => bot.channel.in(CUSTOMERS.key).slice(before)
}
const staffReads = (bot: BotUnderTest, text: string | RegExp): Promise<void> =>
  vi.waitFor(() => expect(bot.channel.in(STAFF_ROOM.key).join('\n\n')).toMatch(text))

/** 王老板 has a ticket that 陈工 holds. */
async function heldTicket(): Promise<BotUnderTest> {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  await bot.hears('接单 1', inStaffRoom)
  return bot
}

test('the asker takes it back, and staff hear of it', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  const { decision, sent } = await bot.hears('不用了，谢谢')
  expect(decision).toMatchObject({ kind: 'courtesy', reason: 'ticket' })
  expect(sent).toEqual([`@王老板 ${askerPhrases.withdrawn(1)}`])
  expect(bot.desk.list()).toEqual([])
  expect((await bot.hears(QUESTION)).decision.kind).toBe('answer')
  await staffReads(bot, /工单 1 已由客户撤销/)
})

test('nobody else takes it back, nor words to somebody else', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  await bot.hears('不用了', { sender: LI })
  await bot.hears('@陈工 不用了')
  await bot.hears('不用了', { place: DIRECT })
  expect(bot.desk.list()).toHaveLength(1)
})

test('what the asker says meanwhile is added to the ticket', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  await bot.hears('页面是空白的')
  await bot.hears('', { kind: 'picture' })
  await bot.hears('@陈工 在吗')
  await bot.hears('我也想问', { sender: LI })
  const { sent } = await bot.hears('工单 1', inStaffRoom)
  expect(sent.at(-1)?.split('\n').slice(-3)).toEqual([
    expect.stringMatching(/王老板 又说：页面是空白的$/),
    expect.stringMatching(/王老板 又说：\[图片\]$/),
    expect.stringMatching(/王老板 又说：@陈工 在吗$/),
  ])
})

test('who took it is told, why the bot keeps quiet is told once, and then it says nothing more', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  const group = groupReads(bot)
  await bot.hears('接单 1', inStaffRoom)
  await vi.waitFor(() => expect(group()).toEqual([`@王老板 ${askerPhrases.taken(1, '陈工')}`]))
  expect((await bot.hears(QUESTION)).sent).toEqual([`@王老板 ${askerPhrases.heldBy(1, '陈工', { asksFor: false })}`])
  for (const words of [QUESTION, '@小助手 转人工', '@小助手', '人工客服', '在吗']) {
    expect(await bot.hears(words)).toMatchObject({ decision: { kind: 'silent', reason: 'held-by-human' }, sent: [] })
  }
  expect((await bot.hears(QUESTION, { sender: LI })).decision.kind).toBe('answer')
})

test('没解决 opens a closed ticket again, also when the talk was lately and after thanks', async () => {
  const bot = await heldTicket()
  await bot.hears('解决了，谢谢')
  expect((await bot.hears('没解决')).sent.at(-1)).toContain('工单 1 已重新打开')
})

test('又不行了 asks whether the settled ticket is meant, and 是 opens it', async () => {
  const bot = await heldTicket()
  await bot.hears('解决了，谢谢')
  expect((await bot.hears('又不行了')).sent).toEqual([`@王老板 ${askerPhrases.askReopen(1)}`])
  expect((await bot.hears('是的')).sent.at(-1)).toContain('工单 1 已重新打开')
})

test('没解决 is asked back where the bot has answered something else since', async () => {
  const bot = await heldTicket()
  await bot.hears('解决了，谢谢')
  bot.clock.pass(10 * 60_000)
  await bot.hears(QUESTION)
  expect((await bot.hears('没解决')).sent).toEqual([`@王老板 ${askerPhrases.askReopen(1)}`])
})

test('人怎么还没来 is told how the ticket stands', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  expect((await bot.hears('人怎么还没来')).sent.at(-1)).toContain('您的工单 1 还在排队')
  await bot.hears('接单 1', inStaffRoom)
  expect((await bot.hears('人呢')).sent).toEqual([`@王老板 ${askerPhrases.heldBy(1, '陈工', { asksFor: true })}`])
})

test('你们几点上班 is told the hours of the desk', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('@小助手 你们几点上班')).sent.at(-1)).toContain('周一到周五 9:00–18:00')
  expect((await bot.hears('你们几点上班')).sent).toEqual([])
})

test('thanks to the colleague that it is solved end the ticket without a word of the bot', async () => {
  const bot = await heldTicket()
  expect(await bot.hears('解决了，谢谢')).toMatchObject({ decision: { reason: 'held-by-human' }, sent: [] })
  expect(bot.desk.list()).toEqual([])
  await staffReads(bot, /工单 1 已由客户撤销.*“解决了，谢谢”/)
})

test('a step that is done does not end it', async () => {
  const bot = await heldTicket()
  await bot.hears('好了')
  expect(bot.desk.list()).toHaveLength(1)
})

test('the gist is told and asked about; what is not solved opens again with its history', async () => {
  const bot = await heldTicket()
  const group = groupReads(bot)
  await bot.hears('结单 1 包已重新上传', inStaffRoom)
  await vi.waitFor(() => expect(group()).toEqual([`@王老板 ${askerPhrases.resolved(1, '包已重新上传')}`]))
  const { sent } = await bot.hears('还是没解决')
  expect(sent[0]).toMatch(/^@王老板 工单 1 已重新打开/)
  await staffReads(
    bot,
    /🔔 工单 1（客户说没解决，重新打开）[\s\S]*原因：客户说“还是没解决”[\s\S]*上次：陈工 结单“包已重新上传”/,
  )
  expect(bot.desk.find(1)).toMatchObject({ status: 'reopened' })
  expect((await bot.hears('工单 1', inStaffRoom)).sent.at(-1)).toMatch(/结单：包已重新上传[\s\S]*重新打开：还是没解决/)
})

test.each([
  ['解决了', { status: 'closed', rating: null }],
  ['好了，谢谢', { status: 'closed', rating: null }],
  ['满意', { status: 'closed', rating: 5 }],
  ['3', { status: 'closed', rating: 3 }],
  ['不满意', { status: 'closed', rating: 1 }],
])('%s closes what was called solved', async (words, ticket) => {
  const bot = await heldTicket()
  await bot.hears('结单 1 好了', inStaffRoom)
  expect((await bot.hears(words)).decision.reason).toBe('ticket')
  expect(bot.desk.find(1)).toMatchObject(ticket)
})

test('a number that picks an offer is no rating', async () => {
  const bot = await heldTicket()
  await bot.hears('结单 1 好了', inStaffRoom)
  await bot.hears('@小助手 这个怎么填')
  expect((await bot.hears('2')).decision).toMatchObject({ kind: 'answer', sections: ['1.1'] })
  expect(bot.desk.find(1)).toMatchObject({ status: 'resolved' })
})

test('a colleague who just speaks to the asker has taken the ticket', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工，登录不上后台')
  await bot.hears('隐私协议要填吗', { sender: LI })
  await bot.hears('@王老板 您发个截图', { sender: CHEN })
  expect(bot.desk.find(1)).toMatchObject({ status: 'claimed', holder: { name: '陈工' } })
  expect((await bot.hears(QUESTION)).decision.reason).toBe('held-by-human')
  expect((await bot.hears(QUESTION, { sender: LI })).decision.kind).toBe('answer')
})

test('the owner of the account, by hand, is a colleague', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工，登录不上后台')
  const owner = { ...CHEN, key: 'self', name: '过审小助手' }
  await bot.hears('我看一下', { sender: owner, fromSelf: true, fromOwner: true })
  expect(bot.desk.find(1)).toMatchObject({ status: 'claimed', holder: { key: 'self' } })
})

test('while a colleague talks with an asker without a ticket, the bot waits to be asked', async () => {
  const bot = await botUnderTest()
  await bot.hears('登录不上后台怎么办')
  await bot.hears('您发个截图', { sender: CHEN })
  expect((await bot.hears('UGC说明怎么填')).decision.reason).toBe('held-by-human')
  expect((await bot.hears(QUESTION)).decision.kind).toBe('answer')
  expect((await bot.hears('UGC说明怎么填', { sender: LI, place: DIRECT })).decision.kind).toBe('answer')
  bot.clock.pass(6 * 60_000)
  expect((await bot.hears('类目选哪个')).decision.kind).toBe('answer')
})

test('an answer on its way is dropped when a colleague is quicker, and only that one', async () => {
  const bot = await botUnderTest()
  let letGo: () => void = () => {}
  const onItsWay = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let isFirst = true
  bot.channel.beforeSend = () => {
    if (!isFirst) return undefined
    isFirst = false
    return onItsWay
  }
  // The line is held up by words to somebody else; both answers wait behind them.
  const first = bot.hears('@小助手', { sender: { ...LI, key: 'name:别人', name: '别人' } })
  await vi.waitFor(() => expect(isFirst).toBe(false))
  const wang = bot.hears(QUESTION)
  const li = bot.hears('@小助手 类目选哪个', { sender: LI })
  await bot.hears('@王老板 选包含就行', { sender: CHEN })
  letGo()
  await Promise.all([first, wang, li])
  const said = bot.channel.in(CUSTOMERS.key)
  expect(said.filter((text) => text.startsWith(`@${WANG.name} `))).toEqual([])
  expect(said.filter((text) => text.startsWith(`@${LI.name} `))).not.toEqual([])
  expect(bot.lines).toContainEqual(expect.objectContaining({ msg: 'reply dropped', reason: 'colleague-answered' }))
})

test('staff see the pictures of the asker behind the notice', async () => {
  const bot = await botUnderTest()
  const picture = (bytes: Buffer | undefined, mime: 'image/png' | 'image/webp' = 'image/png') =>
    ({ kind: 'picture', picture: { mime, byteCount: 8, bytes: () => bytes } }) as const
  await bot.hears('', picture(png('earliest')))
  await bot.hears('', picture(undefined)) // no longer in memory
  await bot.hears('', picture(png('webp'), 'image/webp'))
  for (const tail of ['first', 'second']) await bot.hears('', picture(png(tail)))
  await bot.hears('', { ...picture(png('of somebody else')), sender: LI })
  await bot.hears('转人工，提交的时候报错')
  await staffReads(bot, /\[图片\][\s\S]*图片 3 张，发在下面/)
  await vi.waitFor(() => expect(bot.notices.length).toBe(0))
  const shown = bot.channel.sent.flatMap(({ to, bubble }) =>
    to.key === STAFF_ROOM.key && bubble.kind === 'picture' ? [Buffer.from(bubble.bytes)] : [],
  )
  expect(shown).toEqual([png('earliest'), png('first'), png('second')])
})

test('a reply from the staff group reaches the asker, signed', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  const { sent } = await bot.hears('回复 1 包已重新上传，请再提审', inStaffRoom)
  expect(sent.at(-1)).toBe('已发到客户群，并提醒了 王老板。')
  expect(bot.channel.in(CUSTOMERS.key).at(-1)).toBe('@王老板 包已重新上传，请再提审\n—— 陈工（工单 1）')
  expect((await bot.hears(QUESTION)).decision).toMatchObject({ kind: 'courtesy', reason: 'ticket' })
  expect((await bot.hears(QUESTION)).decision.reason).toBe('held-by-human')
})

test('a colleague works from direct chat as well, once the channel knows that they sit in the staff group', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  const direct: Partial<IncomingMessage> = { place: { ...DIRECT, key: 'direct:陈工' } }
  expect((await bot.hears('工单', { ...direct, sender: CHEN })).sent).toEqual([])
  const { sent } = await bot.hears('工单', { ...direct, sender: { ...CHEN, inStaffRoom: true } })
  expect(sent).toEqual([expect.stringMatching(/^工单 1｜待接单/)])
  expect((await bot.hears('接单 1', { place: DIRECT, sender: XU })).sent).toEqual([expect.stringContaining('徐经理')])
})

test('a mute ends by itself: the bot says that it is back, and staff hear of it', async () => {
  const bot = await heldTicket()
  bot.clock.pass(4 * HOUR_MS - 1)
  await bot.hears(QUESTION)
  expect((await bot.hears(QUESTION)).decision.reason).toBe('held-by-human')
  bot.clock.pass(1)
  const group = groupReads(bot)
  await bot.attend()
  await vi.waitFor(() => expect(group()).toEqual([`@王老板 ${askerPhrases.botBack(1)}`]))
  await staffReads(bot, /机器人已恢复回答/)
  expect((await bot.hears(QUESTION)).decision.kind).toBe('answer')
  await bot.hears('@王老板 查到了', { sender: CHEN })
  expect((await bot.hears(QUESTION)).decision.reason).toBe('held-by-human')
})

test('staff are reminded of who waits, and who is on duty is called', async () => {
  const bot = await botUnderTest()
  await bot.hears('我来值班', inStaffRoom)
  await bot.hears('转人工')
  await staffReads(bot, /🔔 工单 1 @陈工/)
  bot.clock.pass(16 * 60_000)
  await bot.attend()
  await staffReads(bot, /⏰ 工单 1 还没有人接 @陈工：想天售后服务群｜王老板 等了 16 分钟/)
  await bot.attend()
  expect(bot.channel.in(STAFF_ROOM.key).filter((text) => text.startsWith('⏰'))).toHaveLength(1)
})

test('the evening brings a digest to those who had something to do', async () => {
  const bot = await botUnderTest()
  await bot.attend()
  await bot.hears('转人工')
  await bot.hears('接单 1', inStaffRoom)
  await bot.hears('结单 1 好了', inStaffRoom)
  await bot.hears('满意')
  bot.clock.pass(8 * HOUR_MS)
  await bot.attend()
  await staffReads(bot, /📋 11月23日 工单小结\n新开 1，了结 1，重新打开 0\n还开着 0[\s\S]*评价 1 个，平均 5\.0 分/)
})

test('two failed tries in a row, or a complaint, bring a person', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('@小助手 蓝色的海豚')).decision.kind).toBe('fallback')
  expect((await bot.hears('@小助手 红色的海豚')).decision).toMatchObject({ kind: 'escalate', reason: 'failed-twice' })
  await bot.hears(QUESTION, { sender: LI })
  expect((await bot.hears('答非所问', { sender: LI })).decision).toMatchObject({ kind: 'escalate' })
  expect(bot.desk.list()).toHaveLength(2)
})

test.each(['我要投诉', '气死了 都三天了没人管', '群里问了三天没人理', '什么破机器人 答的都是什么', '你们到底行不行啊'])(
  'whoever is angry gets a kind word with the person: %s',
  async (text) => {
    const { decision, sent } = await (await botUnderTest()).hears(`@小助手 ${text}`)
    expect(decision).toMatchObject({ kind: 'escalate', reason: 'complaint' })
    expect(sent.join('\n')).toMatch(/抱歉，让您着急了[\s\S]*已转人工，工单 1/)
  },
)

test.each(['[强]', '👍👍', '/:rose'])('a face alone gets a friendly word, not the menu: %s', async (face) => {
  const { decision } = await (await botUnderTest()).hears(`@小助手 ${face}`)
  expect(decision).toMatchObject({ kind: 'courtesy', reason: 'acknowledged' })
})
