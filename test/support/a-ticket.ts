import type { NewTicket } from '../../src/tickets/ticket-desk.js'

/** What is handed over, by 王老板 in 想天售后服务群 unless told otherwise. */
export const aTicketRequest = (facts: Partial<NewTicket> = {}): NewTicket => ({
  placeKey: 'room:想天售后服务群',
  placeName: '想天售后服务群',
  askerKey: 'name:王老板',
  askerName: '王老板',
  question: '转人工，备案页打不开',
  answeredSections: ['1.1'],
  ...facts,
})
