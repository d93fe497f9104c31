import { expect, test, vi } from 'vitest'
import { CUSTOMERS, DIRECT, LI, STAFF_ROOM, WANG } from '../support/a-message.js'
import { CHEN } from '../support/bot-under-test.js'
import { wholeBot } from '../support/whole-bot.js'

const inStaffRoom = { place: STAFF_ROOM, sender: CHEN }

/** 王老板 has left something wherever the bot keeps things about people. */
async function botThatKnowsWang() {
  const bot = await wholeBot()
  await bot.hears('@小助手 蓝鲸支付回调怎么配')
  await bot.hears('转人工，蓝鲸支付不通')
  await bot.hears('@小助手 转人工，我和王老板一样', { sender: LI })
  await bot.hears('备注 2 跟王老板是同一家', inStaffRoom)
  await bot.hears('接单 1', inStaffRoom)
  await bot.hears('结单 1 蓝鲸支付的证书换成新的就通了', inStaffRoom)
  await bot.hears('满意')
  await bot.hears('认领', { place: DIRECT })
  await bot.hears('重载', { place: DIRECT })
  return bot
}

const everything = (bot: Awaited<ReturnType<typeof wholeBot>>): string =>
  bot
    .files()
    .concat('audit.jsonl')
    .map((path) => bot.read(...path.split('/')))
    .join('\n')

test('what was kept of a person is gone from every file, and nothing of others', async () => {
  const bot = await botThatKnowsWang()
  await bot.restart()
  expect(everything(bot)).toMatch(/王老板[\s\S]*蓝鲸|蓝鲸[\s\S]*王老板/)
  expect([bot.read('claims.json'), bot.read('audit.jsonl')].filter((text) => text?.includes(WANG.key))).toHaveLength(2)
  const other = bot.desk().find(2)
  expect(await bot.forget('王老板')).toEqual({
    people: [{ key: WANG.key, names: ['王老板'], tickets: [1] }],
    mentionedIn: [2],
    isDone: true,
  })
  expect(bot.desk().find(1)).toMatchObject({ status: 'closed', askerName: '—', question: '' })
  expect(bot.desk().find(2)).toEqual(other)
  const left = everything(bot).replace(/转人工，我和王老板一样|跟王老板是同一家/g, '')
  expect(left).not.toContain('王老板')
  expect(left).not.toContain(WANG.key)
  expect(left).not.toContain('蓝鲸')
})

test('words of before are in no ticket that comes after', async () => {
  const bot = await botThatKnowsWang()
  await bot.forget('王老板')
  await bot.hears('@小助手 转人工')
  const ticket = bot.desk().heldFor(CUSTOMERS.key, WANG.key)
  expect(ticket?.lastWords).toEqual([])
  expect(JSON.stringify(ticket)).not.toContain('蓝鲸')
})

test('the explanation of their ticket is no longer offered as an answer', async () => {
  const bot = await botThatKnowsWang()
  // On disk soon.
  await vi.waitFor(() => expect(bot.read('unanswered.json')).toContain('证书'))
  await bot.forget('王老板')
  expect(bot.read('unanswered.json')).not.toContain('证书')
})

test('nobody is forgotten by a name that nobody has', async () => {
  const bot = await botThatKnowsWang()
  const before = bot.desk().all()
  expect(await bot.forget('没有这个人')).toEqual({ people: [], mentionedIn: [], isDone: false })
  expect(bot.desk().all()).toEqual(before)
})

test('logs have neither names nor words to forget', async () => {
  const bot = await botThatKnowsWang()
  expect(JSON.stringify(bot.lines)).not.toMatch(/王老板|蓝鲸/)
})
