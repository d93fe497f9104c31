import { chinaDay, civilOf, weekdayOf } from '../model/calendar-day.js'
import type { SaidWords, Ticket, TicketEvent } from '../model/ticket.js'
import type { DeskFigures } from './desk-figures.js'
import type { Expectation } from './expectation.js'

const WEEKDAYS = '一二三四五六日'
const MAX_WORDS_CHARS = 60

const REASONS: Readonly<Record<string, string>> = {
  asked: '客户要找人工',
  'accepted-offer': '客户同意转人工',
  'unknown-rejection-reason': '驳回原因指南里没有',
  'failed-twice': '连续两次没答上来',
  'still-failing': '照做之后还是不行',
  complaint: '客户说机器人没帮上忙',
  'section-says-so': '指南说这种情况要找同事',
  overdue: '审核超过了应有的时间',
}

/** 11月24日（周二）9:00, in China. */
export function momentWords(atMs: number): string {
  const day = chinaDay(atMs)
  const { month, date } = civilOf(day)
  return `${month}月${date}日（周${WEEKDAYS[weekdayOf(day) - 1]}）${timeWords(atMs)}`
}

/** 9:05, in China. */
export function timeWords(atMs: number): string {
  const minutes = Math.floor((atMs + 8 * 3_600_000) / 60_000) % 1_440
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

/** 3 分钟, 2 小时, 5 天; at least a minute. */
export function agoWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return `${minutes} 分钟`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} 小时` : `${Math.round(minutes / 1_440)} 天`
}

export const shorten = (text: string, maxChars: number): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line
}

/** What the desk says to askers. */
export const askerPhrases = {
  handedOver: (number: number, { direct, expectation }: { direct: boolean; expectation: Expectation }): string =>
    `已转人工，工单 ${number}。${askerPhrases.expect(expectation, direct)}不用了就回复“不用了”。`,
  expect: (expectation: Expectation, direct: boolean): string => {
    const where = direct ? '联系' : '在群里回复'
    switch (expectation.kind) {
      case 'within':
        return `值班的同事会在 ${expectation.minutes} 分钟内${where}您。`
      case 'by':
        return `快到下班时间了，值班的同事最晚 ${momentWords(expectation.atMs)} 前${where}您。`
      case 'from':
        return `现在不在上班时间，值班的同事会在 ${momentWords(expectation.atMs)} 后${where}您。`
      case 'unknown':
        return `值班的同事会尽快${where}您。`
    }
  },
  stillWaiting: (number: number, text: string): string => `您的工单 ${number} 还在排队，刚才的话也记进去了。${text}`,
  botFirst: (number: number): string => `（机器人先答一句，工单 ${number} 仍在同事手上）`,
  withdrawn: (number: number): string => `好的，工单 ${number} 已撤销，有问题随时叫我。`,
  taken: (number: number, holder: string): string => `${holder} 已接手您的工单 ${number}，会在这里回复您。`,
  passed: (number: number, holder: string): string => `您的工单 ${number} 已转给 ${holder}，由 ${holder} 回复您。`,
  resolved: (number: number, gist: string): string =>
    [
      gist === '' ? `工单 ${number} 已处理完。` : `工单 ${number} 已处理：${gist}`,
      '解决了吗？没有就回复“没解决”，我再请同事看；解决了可以回复“满意”或“不满意”。',
    ].join('\n'),
  confirmed: (number: number): string => `好的，工单 ${number} 已关闭，祝早日过审！`,
  rated: (number: number, rating: number): string =>
    rating >= 4
      ? `谢谢您的评价！工单 ${number} 已关闭。`
      : `谢谢您的评价，已经记下。工单 ${number} 已关闭；问题还在的话回复“没解决”。`,
  reopened: (number: number, text: string): string => `工单 ${number} 已重新打开，之前的记录都在。${text}`,
  returned: (number: number): string => `工单 ${number} 已结束，后面的问题直接问我就行。`,
  botBack: (number: number): string =>
    `我是机器人，先回来了：有问题可以直接问我，工单 ${number} 还留着，同事看到会继续处理。`,
  expired: (number: number): string => `工单 ${number} 很久没有新消息，先关闭了。还需要的话回复“没解决”，会重新打开。`,
  relayed: (number: number, colleague: string, text: string): string => `${text}\n—— ${colleague}（工单 ${number}）`,
} as const

interface NoticeContext {
  readonly nowMs: number
  readonly duty: readonly string[]
  readonly titleOf: (sectionKey: string) => string | undefined
  /** Pictures that follow the notice. */
  readonly pictureCount: number
}

/** What the desk says to colleagues of its own accord. */
export const staffPhrases = {
  opened: (ticket: Ticket, news: TicketEvent, context: NoticeContext): string => {
    const { number, placeName, askerName, question } = ticket
    const again = news.what === 'reopened'
    const section = (key: string): string => `${key} ${context.titleOf(key) ?? ''}`.trim()
    return [
      `🔔 工单 ${number}${again ? '（客户说没解决，重新打开）' : ''}${callWords(context.duty)}`,
      `群：${placeName}`,
      `提问人：${askerName}`,
      `原因：${again ? `客户说“${shorten(news.why, MAX_WORDS_CHARS)}”` : (REASONS[ticket.reason] ?? ticket.reason)}`,
      `问题：${question}`,
      ...(ticket.sectionKey === null ? [] : [`可能是：${section(ticket.sectionKey)}`]),
      ticket.answeredSections.length > 0
        ? `机器人答过：${ticket.answeredSections.map(section).join('、')}`
        : '机器人还没有答过',
      ...solvedBefore(ticket),
      ...lastWordsOf(ticket.lastWords, context.nowMs),
      ...(context.pictureCount > 0 ? [`图片 ${context.pictureCount} 张，发在下面`] : []),
      `时间：${momentWords(news.atMs)}（${agoWords(context.nowMs - news.atMs)}前）`,
      `在客户群里直接回复就算接单；也可以在这里回复“接单 ${number}”“回复 ${number} 内容”“结单 ${number} 说明”。`,
    ].join('\n')
  },
  ended: ({ number, placeName, askerName }: Ticket, { what, why }: TicketEvent): string =>
    what === 'withdrawn'
      ? `✅ 工单 ${number} 已由客户撤销：${placeName}｜${askerName}${why === '' ? '' : `“${shorten(why, MAX_WORDS_CHARS)}”`}`
      : `⌛ 工单 ${number} 很久没有动静，已过期：${placeName}｜${askerName}`,
  remindWaiting: (
    { number, placeName, askerName, question }: Ticket,
    names: readonly string[],
    waitedMs: number,
  ): string =>
    `⏰ 工单 ${number} 还没有人接${callWords(names)}：${placeName}｜${askerName} 等了 ${agoWords(waitedMs)}：${shorten(question, MAX_WORDS_CHARS)}`,
  remindHolder: ({ number, placeName, askerName }: Ticket, names: readonly string[], silentMs: number): string =>
    `⏰ 工单 ${number} 接了之后 ${agoWords(silentMs)} 没有动静${callWords(names)}：${placeName}｜${askerName}。处理完请回复“结单 ${number} 说明”。`,
  overdue: '（已超过处理时限）',
  everyone: '各位同事',
  botBack: ({ number, placeName, askerName }: Ticket): string =>
    `🤖 工单 ${number} 太久没有同事说话，机器人已恢复回答 ${placeName} 的 ${askerName}；工单还开着。`,
  digest: (figures: DeskFigures, day: number): string => {
    const { month, date } = civilOf(day)
    const median = figures.firstResponseMedianMs
    return [
      `📋 ${month}月${date}日 工单小结`,
      `新开 ${figures.openedToday}，了结 ${figures.settledToday}，重新打开 ${figures.reopened}`,
      `还开着 ${figures.open}，其中没人接 ${figures.waiting}${figures.overdue > 0 ? `，超时 ${figures.overdue}` : ''}`,
      median === null ? '首次响应：还没有数据' : `首次响应中位数：${agoWords(median)}（按上班时间）`,
      ...(figures.ratings.count === 0
        ? []
        : [`评价 ${figures.ratings.count} 个，平均 ${figures.ratings.mean?.toFixed(1)} 分`]),
      ...(figures.open > 0 ? ['回复“工单”看全部。'] : []),
    ].join('\n')
  },
} as const

/** Who called it solved last, and how, for whoever takes it up again. */
function solvedBefore({ events }: Ticket): readonly string[] {
  const solved = events.findLast(({ what }) => what === 'resolved')
  return solved
    ? [`上次：${solved.who.name} 结单${solved.why === '' ? '' : `“${shorten(solved.why, MAX_WORDS_CHARS)}”`}`]
    : []
}

const callWords = (names: readonly string[]): string =>
  names.length > 0 ? ` ${names.map((name) => `@${name}`).join(' ')}` : ''

const lastWordsOf = (words: readonly SaidWords[], nowMs: number): readonly string[] =>
  words.length === 0
    ? []
    : [
        '最近说过：',
        ...words.map(({ atMs, text }) => `· ${agoWords(nowMs - atMs)}前：${shorten(text, MAX_WORDS_CHARS)}`),
      ]
