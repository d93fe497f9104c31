import type { QqWorld } from './stand-in.js'

export const BOT = 10001
export const WANG = 30001
export const LI = 30002
export const CHEN = 30003
export const XU = 30004
export const FORGER = 30005
export const CUSTOMERS = 700001
export const OTHERS = 700002
export const DUTY = 700009

/** Two customers' groups, the vendor's own, and somebody who is called like the admin. */
export const aQqWorld = (): QqWorld => ({
  self: { number: BOT, nick: '过审小助手' },
  people: [
    { number: WANG, nick: '老王', cards: { [CUSTOMERS]: '王老板' }, isFriend: false },
    { number: LI, nick: '小李' },
    { number: CHEN, nick: '陈工' },
    { number: XU, nick: '徐经理' },
    { number: FORGER, nick: '管理员', isFriend: false },
  ],
  groups: [
    { number: CUSTOMERS, name: '想天售后服务群', members: [BOT, WANG, LI, CHEN, FORGER] },
    { number: OTHERS, name: '钓鱼群', members: [BOT, LI] },
    { number: DUTY, name: '过审值班群', members: [BOT, CHEN, XU] },
  ],
})
