import { IdentityBook } from '../../src/channel/identity.js'
import { OneBotChannel } from '../../src/channel/onebot/channel.js'
import { OneBotSession } from '../../src/channel/onebot/session.js'
import { PuppetSimulator } from '../../src/channel/simulator/puppet.js'
import { directIdOf, MENTION_END, World } from '../../src/channel/simulator/world.js'
import { WechatyChannel } from '../../src/channel/wechaty/channel.js'
import { buildWechaty } from '../../src/channel/wechaty/wechat4u.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import { capturedLog } from '../support/captured-log.js'
import { describeChannel, type NetworkUnderContract, type Said, type Who } from '../support/channel-contract.js'
import { keptList } from '../support/kept-list.js'
import { BOT, CHEN, CUSTOMERS, DUTY, LI, WANG, XU } from '../support/onebot/a-world.js'
import { at, OneBotStandIn, reply, text } from '../support/onebot/stand-in.js'

/** The same suite for WeChat stands among the end-to-end tests, since its puppet needs a process of its own. */

const clock = { now: () => Date.now() }
const NAMES: Readonly<Record<Who, string>> = { wang: '王老板', li: '小李', chen: '陈工', xu: '徐经理' }

function heardOnce() {
  const ids = new Set<string>()
  return { add: (id: string) => !ids.has(id) && Boolean(ids.add(id)) }
}

async function onThePage(): Promise<NetworkUnderContract> {
  const people = Object.entries(NAMES).map(([id, name]) => ({ id, name, part: 'customer' as const }))
  const topics = { customers: '想天售后服务群', staff: '过审值班群' } as const
  const world = new World(
    {
      botId: 'bot',
      people: [{ id: 'bot', name: '过审小助手', part: 'bot' }, ...people],
      rooms: [
        { id: 'customers', topic: topics.customers, memberIds: ['bot', 'wang', 'li', 'chen'], displayNames: {} },
        { id: 'staff', topic: topics.staff, memberIds: ['bot', 'chen', 'xu'], displayNames: {} },
      ],
      remarks: { xu: '管理员' },
    },
    { clock },
  )
  const wechaty = buildWechaty(new PuppetSimulator({ world }), '')
  const channel = new WechatyChannel(
    wechaty,
    {
      ...{ holdMs: 0, serve: ['*售后*'], staffRoom: topics.staff, staffNames: [], adminRemarks: ['管理员'] },
      ...{ logoutOnStop: true, trustsStaffRoom: true, heardIds: heardOnce(), staffBinding: keptList() },
      identities: new IdentityBook({ clock }),
    },
    capturedLog().log,
  )
  const heard: IncomingMessage[] = []
  const said: { id: string; what: Said }[] = []
  const byOwner = new Set<string>()
  world.subscribe(({ id, fromId, conversationId, text }) => {
    if (fromId !== 'bot') return
    const bytes = world.picture(id)?.bytes
    const place = conversationId === 'customers' || conversationId === 'staff' ? conversationId : 'direct'
    said.push({ id, what: { in: place, ...(bytes ? { picture: Buffer.from(bytes) } : { text }) } })
  })
  const ready = new Promise<void>((resolve) => wechaty.once('ready', resolve))
  await channel.start(async (message) => void heard.push(message))
  await ready
  return {
    channel,
    heard,
    say({ from, in: place = 'customers', text = '', mentions = [], picture, quotes }) {
      const fromId = from === 'owner' ? 'bot' : from
      const conversationId = place === 'direct' ? directIdOf(fromId) : place
      const names = mentions.map((who) => `@${who === 'bot' ? '过审小助手' : NAMES[who]}${MENTION_END}`)
      const quoteOfId = quotes === 'bot' ? said.at(-1)!.id : quotes
      const { id } = world.post({
        ...{ conversationId, fromId, text: names.join('') + text },
        ...(picture && { picture }),
        ...(quoteOfId !== undefined && { quoteOfId }),
      })
      if (from === 'owner') byOwner.add(id)
      return id
    },
    said: () => said.filter(({ id }) => !byOwner.has(id)).map(({ what }) => what),
    end: () => channel.stop(),
  }
}

async function onQq(): Promise<NetworkUnderContract> {
  const numbers: Readonly<Record<Who | 'owner' | 'bot', number>> = {
    ...{ wang: WANG, li: LI, chen: CHEN, xu: XU, owner: BOT, bot: BOT },
  }
  const groups = { customers: CUSTOMERS, staff: DUTY } as const
  const qq = await new OneBotStandIn(
    {
      self: { number: BOT, nick: '过审小助手' },
      people: Object.entries(NAMES).map(([who, nick]) => ({ number: numbers[who as Who], nick })),
      groups: [
        { number: CUSTOMERS, name: '想天售后服务群', members: [BOT, WANG, LI, CHEN] },
        { number: DUTY, name: '过审值班群', members: [BOT, CHEN, XU] },
      ],
    },
    { reportsSelf: true },
  ).start()
  const { log } = capturedLog()
  const session = new OneBotSession({
    ...{ address: { url: qq.url, token: null }, clock, log, tellOperator: () => {}, onMisconfigured: () => {} },
  })
  const channel = new OneBotChannel(
    session,
    {
      ...{ url: qq.url, serve: ['*售后*'], staffRoom: '过审值班群', staffBinding: keptList(), isFirstStart: true },
      ...{ staff: [], admins: [`qq:${XU}`], staffNames: [], identities: { beginLogin: () => {} } },
      heardIds: heardOnce(),
    },
    log,
  )
  const heard: IncomingMessage[] = []
  // What it hears of itself is no news here; the suite looks at what its owner writes.
  await channel.start(async (message) => {
    if (!message.fromSelf || message.fromOwner) heard.push(message)
  })
  await qq.until(() => qq.asked.includes('get_group_member_list'), 5_000)
  return {
    channel,
    heard,
    say({ from, in: place = 'customers', text: words = '', mentions = [], picture, quotes }) {
      const quoted = quotes === 'bot' ? qq.sent.at(-1)!.id : Number(quotes)
      const pieces = [
        ...(quotes === undefined ? [] : [reply(quoted)]),
        ...mentions.map((who) => at(numbers[who])),
        ...(picture ? [qq.picture(picture)] : [text(mentions.length > 0 ? ` ${words}` : words)]),
      ]
      const number = numbers[from]
      return String(place === 'direct' ? qq.inPrivate(number, pieces) : qq.inGroup(groups[place], number, pieces))
    },
    repeat: (handle) => qq.repeat(Number(handle)),
    said: () =>
      qq.sent.map(({ to, text: words, mentions, pictures }) => {
        const place = 'user' in to ? 'direct' : to.group === DUTY ? 'staff' : 'customers'
        const nameOf = (number: string) =>
          NAMES[(Object.keys(NAMES) as Who[]).find((who) => `${numbers[who]}` === number)!]
        const mentioned = mentions.map((number) => `@${nameOf(number)} `).join('')
        return { in: place, ...(pictures[0] ? { picture: pictures[0] } : { text: mentioned + words }) }
      }),
    async end() {
      await channel.stop()
      await qq.stop()
    },
  }
}

describeChannel('the page', onThePage)
describeChannel('QQ', onQq)
