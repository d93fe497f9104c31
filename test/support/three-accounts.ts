import { BOT } from './fake-weixin/world.js'
import type { QqBot } from './onebot/qq-bot.js'
import { at, type QqWorld, text } from './onebot/stand-in.js'
import type { WechatBot } from './wechat-bot.js'

/** What is said in a place of an account's network. */
interface Heard {
  /** Who is mentioned first, by name; undefined for nobody. */
  readonly to: string | undefined
  readonly words: string
}

/** One account of a shared desk, with customers, a colleague, and a process that can be killed. */
export interface AccountUnderLoad {
  readonly name: string
  readonly colleague: string
  /** The n-th customer of this account asks for a person. */
  ask(index: number): void
  asker(index: number): string
  /** The colleague gives an order in the account's staff group. */
  order(words: string): void
  inStaffGroup(): readonly string[]
  amongCustomers(): readonly Heard[]
  running(): Promise<{ readonly pid: number }>
}

const CUSTOMERS = 'customers'
const STAFF = 'staff'
const askerOf = (account: string, index: number): string => `客户${account}${String(index).padStart(3, '0')}号`
const askerKey = (index: number): string => `asker${index}`

/** Contacts of a fake WeChat who ask one question each. */
export const askersOnWeChat = (account: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: askerKey(index), nick: askerOf(account, index), friend: false }))

export function onWeChat(name: string, bot: WechatBot): AccountUnderLoad {
  const { wx } = bot
  const lines = (to: string) => wx.sentList({ to }).flatMap(({ text: words }) => words ?? [])
  return {
    ...{ name, colleague: `陈工${name}`, asker: (index) => askerOf(name, index), running: () => bot.running() },
    ask: (index) => void wx.inject({ from: askerKey(index), room: CUSTOMERS, text: `{@${BOT}}转人工` }),
    order: (words) => void wx.inject({ from: 'chen', room: STAFF, text: words }),
    inStaffGroup: () => lines(STAFF),
    amongCustomers: () =>
      lines(CUSTOMERS).map((words) => {
        const [, to, rest] = /^@(\S+)\s([\s\S]*)$/.exec(words) ?? [undefined, undefined, words]
        return { to, words: rest ?? '' }
      }),
  }
}

const FIRST_ASKER = 41_000
const QQ = { self: 10_001, chen: 30_003, customers: 700_001, staff: 700_009 } as const

/** Two groups; 老王 is a customer beside those who ask one question each. */
export const qqWorldOf = (account: string, count: number): QqWorld => {
  const askers = Array.from({ length: count }, (_, index) => FIRST_ASKER + index)
  return {
    self: { number: QQ.self, nick: '过审小助手' },
    people: [
      { number: QQ.chen, nick: `陈工${account}` },
      ...askers.map((number, index) => ({ number, nick: askerOf(account, index), isFriend: false })),
    ],
    groups: [
      { number: QQ.customers, name: `售后${account}`, members: [QQ.self, ...askers] },
      { number: QQ.staff, name: `值班${account}`, members: [QQ.self, QQ.chen] },
    ],
  }
}

export function onQq(name: string, bot: QqBot): AccountUnderLoad {
  const { qq } = bot
  const sentTo = (group: number) => qq.sent.filter(({ to }) => !('user' in to) && to.group === group)
  return {
    ...{ name, colleague: `陈工${name}`, asker: (index) => askerOf(name, index), running: () => bot.running() },
    ask: (index) => void qq.inGroup(QQ.customers, FIRST_ASKER + index, [at(QQ.self), text(' 转人工')]),
    order: (words) => void qq.inGroup(QQ.staff, QQ.chen, words),
    inStaffGroup: () => sentTo(QQ.staff).map(({ text: words }) => words),
    amongCustomers: () =>
      sentTo(QQ.customers).map(({ mentions: [number], text: words }) => ({
        to: number === undefined ? undefined : askerOf(name, Number(number) - FIRST_ASKER),
        words,
      })),
  }
}
