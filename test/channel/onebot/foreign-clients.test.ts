import { createRequire } from 'node:module'
import type { Plugin, Session } from 'koishi'
import { NCWebsocket, Structs } from 'node-napcat-ts'
import { expect, onTestFinished, test } from 'vitest'
import { aQqWorld, BOT, CUSTOMERS, DUTY, LI, WANG } from '../../support/onebot/a-world.js'
import { TOKEN } from '../../support/onebot/open-qq.js'
import { at, OneBotStandIn, reply, text } from '../../support/onebot/stand-in.js'
import { png } from '../../support/picture-bytes.js'

// Node can't import Koishi as a module: its parts disagree about the default export.
const load = createRequire(import.meta.url)
const { Context, HTTP } = load('koishi') as typeof import('koishi')
const adapter = (load('koishi-plugin-adapter-onebot') as { readonly default: Plugin.Constructor }).default

/** Two clients that others wrote for real implementations find in the stand-in what they expect of one. */

async function aStandIn() {
  const qq = await new OneBotStandIn(aQqWorld(), { token: TOKEN, heartbeatMs: 200 }).start()
  onTestFinished(() => qq.stop())
  return qq
}

test('node-napcat-ts hears messages, recalls and heartbeats, and is answered', async () => {
  const qq = await aStandIn()
  const { hostname, port } = new URL(qq.url)
  const client = new NCWebsocket({ protocol: 'ws', host: hostname, port: Number(port), accessToken: TOKEN })
  const heard: string[] = []
  client.on('message.group', ({ group_id, user_id, sender, message }) => {
    heard.push(`${group_id} ${user_id} ${sender.card || sender.nickname} ${message.map(({ type }) => type).join()}`)
  })
  client.on('message.private.friend', ({ user_id }) => void heard.push(`private ${user_id}`))
  client.on('notice.group_recall', ({ message_id }) => void heard.push(`recall ${message_id}`))
  client.on('meta_event.heartbeat', ({ status }) => {
    if (!heard.includes(`online ${status.online}`)) heard.push(`online ${status.online}`)
  })
  await client.connect()
  onTestFinished(() => client.disconnect())
  const asked = qq.inGroup(CUSTOMERS, WANG, [at(BOT), text(' 怎么提审'), qq.picture(png())])
  qq.inPrivate(LI, '你好')
  qq.recall(asked)
  await qq.until(() => heard.length >= 4, 5_000)
  expect(heard.filter((line) => !line.startsWith('online'))).toEqual([
    `${CUSTOMERS} ${WANG} 王老板 at,text,image`,
    `private ${LI}`,
    `recall ${asked}`,
  ])
  expect(heard).toContain('online true')

  expect(await client.get_login_info()).toEqual({ user_id: BOT, nickname: '过审小助手' })
  expect((await client.get_group_list()).map(({ group_id }) => group_id)).toContain(DUTY)
  expect((await client.get_group_member_list({ group_id: DUTY })).length).toBe(3)
  const message = [Structs.at(WANG), Structs.text(' 先选类目')]
  const { message_id } = await client.send_group_msg({ group_id: CUSTOMERS, message })
  expect(qq.sent.at(-1)).toMatchObject({ to: { group: CUSTOMERS }, text: '先选类目', mentions: [String(WANG)] })
  expect(await client.get_msg({ message_id })).toMatchObject({ group_id: CUSTOMERS, sender: { user_id: BOT } })
  await expect(client.delete_msg({ message_id })).rejects.toMatchObject({ retcode: 1404 })
})

test('node-napcat-ts is refused with a wrong token, as it is by NapCat', async () => {
  const qq = await new OneBotStandIn(aQqWorld(), { token: TOKEN, refusesBy: 'frame' }).start()
  onTestFinished(() => qq.stop())
  const { hostname, port } = new URL(qq.url)
  const client = new NCWebsocket({ protocol: 'ws', host: hostname, port: Number(port), accessToken: 'wrong' })
  const errors: unknown[] = []
  client.on('socket.error', (error) => void errors.push(error))
  client.connect().catch(() => undefined)
  onTestFinished(() => client.disconnect())
  await qq.until(() => errors.length > 0, 5_000)
  expect(errors[0]).toMatchObject({ error_type: 'response_error', info: { errno: 1403 } })
})

test('koishi hears who says what where, resolves quotes, and is answered', async () => {
  const qq = await aStandIn()
  const app = new Context()
  app.plugin(HTTP)
  app.plugin(adapter, { protocol: 'ws', selfId: String(BOT), endpoint: qq.url, token: TOKEN })
  const heard: Session[] = []
  app.on('message', (session) => void heard.push(session))
  await app.start()
  onTestFinished(() => app.bots[0]?.stop())
  await qq.until(() => app.bots[0]?.status === 1, 10_000)
  const first = qq.inGroup(CUSTOMERS, WANG, '类目选哪个')
  await qq.until(() => heard.length === 1, 5_000)
  qq.inGroup(CUSTOMERS, LI, [reply(first), at(BOT), text(' 同问')])
  await qq.until(() => heard.length === 2, 5_000)
  expect(heard[0]).toMatchObject({ userId: String(WANG), guildId: String(CUSTOMERS), content: '类目选哪个' })
  expect(heard[1]!.quote).toMatchObject({ id: String(first), content: '类目选哪个' })
  expect(heard[1]!.elements?.[0]).toMatchObject({ type: 'at', attrs: { id: String(BOT) } })
  const bot = app.bots[0]!
  await bot.sendMessage(String(CUSTOMERS), '<at id="30001"/> 先选类目')
  await bot.sendPrivateMessage(String(LI), '您好')
  expect(qq.sent.map(({ to, text: said, mentions }) => ({ to, said, mentions }))).toEqual([
    { to: { group: CUSTOMERS }, said: '先选类目', mentions: [String(WANG)] },
    { to: { user: LI }, said: '您好', mentions: [] },
  ])
  expect((await bot.getGuildMemberList(String(DUTY))).data).toHaveLength(3)
})
