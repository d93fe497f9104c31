import type { IncomingMessage, Person, Place } from '../../src/model/chat.js'
import { MONDAY_MS } from './fixed-clock.js'

export const CUSTOMERS = {
  kind: 'room',
  id: '@@r1',
  key: 'room:想天售后服务群',
  topic: '想天售后服务群',
  purpose: 'customers',
} as const satisfies Place
export const STAFF_ROOM = {
  kind: 'room',
  id: '@@r2',
  key: 'room:想天内部',
  topic: '想天内部',
  purpose: 'staff',
} as const satisfies Place
export const DIRECT = { kind: 'direct', id: '@d1', key: 'direct:王老板' } as const satisfies Place

export const WANG: Person = { id: '@wang', key: 'name:王老板', name: '王老板', role: 'customer' }
export const LI: Person = { id: '@li', key: 'name:小李', name: '小李', role: 'customer' }

/** What 王老板 says in the customers' group, to nobody in particular, unless told otherwise. */
export const aMessage = (facts: Partial<IncomingMessage> = {}): IncomingMessage => ({
  id: 'm1',
  place: CUSTOMERS,
  sender: WANG,
  kind: 'text',
  text: '审核要多久',
  addressedToBot: false,
  mentionsOthers: false,
  sentAtMs: MONDAY_MS,
  fromSelf: false,
  ...facts,
})
