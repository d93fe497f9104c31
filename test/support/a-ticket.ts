import type { TicketStore } from '../../src/model/stores.js'
import type { OpenTicket, Party, Ticket } from '../../src/model/ticket.js'
import { type NewTicket, openTicket } from '../../src/tickets/states.js'

export const CHEN: Party = { key: 'name:陈工', name: '陈工' }
export const XU: Party = { key: 'remark:管理员', name: '徐经理' }

/** What is handed over, by 王老板 in 想天售后服务群 unless told otherwise. */
export const aTicketRequest = (facts: Partial<NewTicket> = {}): NewTicket => ({
  placeKey: 'room:想天售后服务群',
  placeName: '想天售后服务群',
  askerKey: 'name:王老板',
  askerName: '王老板',
  question: '转人工，备案页打不开',
  reason: 'asked',
  sectionKey: '1.1',
  answeredSections: ['1.1'],
  lastWords: [],
  ...facts,
})

/** An open ticket with its first event. */
export function anOpenTicket(number: number, facts: Partial<NewTicket> & { readonly atMs?: number } = {}): OpenTicket {
  const { atMs = number, ...request } = facts
  const full = aTicketRequest(request)
  return openTicket(full, { number, atMs, by: { key: full.askerKey, name: full.askerName }, why: full.question })
}

/** Keeps a ticket as it is, whatever stood there before. */
export const keep = (store: TicketStore, ticket: Ticket) => store.put(ticket, store.versionOf(ticket.number))
