import type { ClaimedTicket, OpenTicket } from '../model/ticket.js'
import type { ClaimResult, CloseResult } from '../tickets/ticket-desk.js'

const MAX_QUESTION_CHARS = 40

/** Answers to orders of staff and admins. */
export const commandPhrases = {
  noTickets: '现在没有未处理的工单。',
  howToClaim: '请带上工单号，例如：接单 12',
  howToClose: '请带上工单号和说明，例如：结单 12 已重新打包',
  ticketLine: (ticket: OpenTicket | ClaimedTicket): string => {
    const state = ticket.status === 'claimed' ? `${ticket.claimedBy} 处理中` : '待接单'
    return `工单 ${ticket.number}｜${state}｜${ticket.placeName}｜${ticket.askerName}：${shorten(ticket.question)}`
  },
  moreTickets: (count: number): string => `……还有 ${count} 张更新的工单，先处理上面的。`,
  claimed: (result: ClaimResult, number: number): string => {
    switch (result.status) {
      case 'claimed':
        return `工单 ${number} 已由 ${result.ticket.claimedBy} 接手，请到“${result.ticket.placeName}”回复 ${result.ticket.askerName}。`
      case 'already-claimed':
        return `工单 ${number} 已经由 ${result.ticket.claimedBy} 接手了。`
      case 'already-closed':
        return `工单 ${number} 已经结单了。`
      case 'unknown':
        return `没有工单 ${number}，回复“工单”看全部。`
    }
  },
  closed: (result: CloseResult, number: number): string => {
    switch (result.status) {
      case 'closed':
        return `工单 ${number} 已结单，机器人会继续回答 ${result.ticket.askerName} 的问题。`
      case 'already-closed':
        return `工单 ${number} 之前已经结单了。`
      case 'unknown':
        return `没有工单 ${number}，回复“工单”看全部。`
    }
  },
  reloaded: (sections: number, utterances: number, version: string): string =>
    `知识已重载：${sections} 个小节，${utterances} 条说法，版本 ${version}。`,
  unchanged: (version: string): string => `知识没有变化，还是版本 ${version}。`,
  warnings: (count: number): string => `另有 ${count} 条提醒，运行 npm run knowledge 查看。`,
  refused: (problems: readonly string[], more: number): string =>
    [
      '没有重载，继续用原来的知识。请改好再试：',
      ...problems,
      ...(more > 0 ? [`……还有 ${more} 处，运行 npm run knowledge 查看。`] : []),
    ].join('\n'),
  reloadFailed: '重载没有成功，继续用原来的知识。原因写在运行日志里。',
} as const

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > MAX_QUESTION_CHARS ? `${line.slice(0, MAX_QUESTION_CHARS)}…` : line
}
