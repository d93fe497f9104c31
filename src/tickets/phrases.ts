import { inQuotes, oneLine, quoteLines } from '../base/text.js'
import { chinaDay, civilOf, weekdayOf } from '../base/time.js'
import { PICTURE } from '../model/chat.js'
import {
  BOT,
  type DeskFigures,
  type SaidWords,
  type Ticket,
  type TicketEvent,
  type TicketEventKind,
} from '../model/ticket.js'
import type { Expectation, WorkHours } from './working-time.js'

const WEEKDAYS = '一二三四五六日'
const MAX_WORDS_CHARS = 60
/** What is written in a picture is looked for by its words. */
const MAX_PICTURE_CHARS = 200

const REASONS: Readonly<Record<string, string>> = {
  asked: '客户要找人工',
  'accepted-offer': '客户同意转人工',
  'unknown-rejection-reason': '驳回原因指南里没有',
  'failed-twice': '连续两次没答上来',
  'still-failing': '照做之后还是不行',
  complaint: '客户说机器人没帮上忙',
  'section-says-so': '指南说这种情况要找同事',
  overdue: '审核超过了应有的时间',
  overload: '问的人太多，机器人没顾上',
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

const clockWords = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`

/** 周一到周五; 周一、周三 where the days do not follow each other. */
function weekdayWords(weekdays: readonly number[]): string {
  const days = [...weekdays].sort((a, b) => a - b)
  const [first = 1] = days
  const last = days.at(-1) ?? first
  if (days.length === 7) return '每天'
  const name = (day: number): string => `周${WEEKDAYS[day - 1]}`
  return days.length > 2 && last - first === days.length - 1
    ? `${name(first)}到${name(last)}`
    : days.map(name).join('、')
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
  heldBy: (number: number, holder: string, { asksFor }: { asksFor: boolean }): string =>
    asksFor
      ? `您的工单 ${number} 在 ${holder} 手上，刚才的话记进去了，${holder} 会看到。`
      : `工单 ${number} 由 ${holder} 在处理，我先不插话，您的话都记进去了。不用人看了就回复“不用了”，我接着答。`,
  askReopen: (number: number): string =>
    `是工单 ${number} 的事吗？是就回复“是”，我请同事接着看；不是的话，说说是哪一步不行。`,
  hours: ({ weekdays, spans }: WorkHours, expectation: Expectation, direct: boolean): string =>
    `同事的上班时间：${weekdayWords(weekdays)} ${spans.map(({ fromMinute, toMinute }) => `${clockWords(fromMinute)}–${clockWords(toMinute)}`).join('、')}。${expectation.kind === 'from' ? `现在转人工的话，${askerPhrases.expect(expectation, direct)}` : '现在有事可以回复“转人工”。'}`,
  notKept: ({ direct, colleague }: { direct: boolean; colleague: string | undefined }): string =>
    direct ? '抱歉，这次没记下来，请直接联系同事。' : `抱歉，这次没记下来，请直接 @${colleague ?? '值班的同事'}。`,
  botFirst: (number: number): string => `（工单 ${number} 还在等同事来接，这句我先答您）`,
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
  /** Of the ticket on the page; absent where the page has no address for others. */
  readonly link?: string | undefined
}

/** What the desk says to colleagues of its own accord. */
export const staffPhrases = {
  opened: (ticket: Ticket, news: TicketEvent, context: NoticeContext): string => {
    const { number, placeName, askerName, question } = ticket
    const again = news.what === 'reopened'
    const section = (key: string): string => `${key} ${context.titleOf(key) ?? ''}`.trim()
    return [
      `🔔 工单 ${number}${again ? '（客户说没解决，重新打开）' : ''}${callWords(context.duty)}`,
      `群：${oneLine(placeName)}`,
      `提问人：${oneLine(askerName)}`,
      `原因：${again ? `客户说${inQuotes(news.why, MAX_WORDS_CHARS)}` : (REASONS[ticket.reason] ?? ticket.reason)}`,
      '问题：',
      ...quoteLines(question),
      ...(ticket.sectionKey === null ? [] : [`可能是：${section(ticket.sectionKey)}`]),
      ticket.answeredSections.length > 0
        ? `机器人答过：${ticket.answeredSections.map(section).join('、')}`
        : '机器人还没有答过',
      ...solvedBefore(ticket),
      ...lastWordsOf(ticket.lastWords, context.nowMs),
      ...(context.pictureCount > 0 ? [`图片 ${context.pictureCount} 张，发在下面`] : []),
      `时间：${momentWords(news.atMs)}（${agoWords(context.nowMs - news.atMs)}前）`,
      ...(context.link === undefined ? [] : [`在网页上处理：${context.link}`]),
      `在客户群里直接回复就算接单；也可以在这里回复“接单 ${number}”“回复 ${number} 内容”“结单 ${number} 说明”。`,
    ].join('\n')
  },
  ended: ({ number, placeName, askerName }: Ticket, { what, why }: TicketEvent): string =>
    what === 'withdrawn'
      ? `✅ 工单 ${number} 已由客户撤销：${oneLine(placeName)}｜${oneLine(askerName)}${why === '' ? '' : inQuotes(why, MAX_WORDS_CHARS)}`
      : `⌛ 工单 ${number} 很久没有动静，已过期：${oneLine(placeName)}｜${oneLine(askerName)}`,
  remindWaiting: (
    { number, placeName, askerName, question }: Ticket,
    names: readonly string[],
    waitedMs: number,
  ): string =>
    `⏰ 工单 ${number} 还没有人接${callWords(names)}：${oneLine(placeName)}｜${oneLine(askerName)} 等了 ${agoWords(waitedMs)}：${inQuotes(question, MAX_WORDS_CHARS)}`,
  remindHolder: ({ number, placeName, askerName }: Ticket, names: readonly string[], silentMs: number): string =>
    `⏰ 工单 ${number} 接了之后 ${agoWords(silentMs)} 没有动静${callWords(names)}：${oneLine(placeName)}｜${oneLine(askerName)}。处理完请回复“结单 ${number} 说明”。`,
  accountAway: (account: string, tickets: readonly number[]): string =>
    `⚠️ 账号“${oneLine(account)}”的机器人没在运行：它的客户群现在没人应答，回复也要等它恢复才发得出去。没办完的工单：${tickets.join('、')}。请看看那台机器，着急的先到群里人工回复。`,
  continued: (number: number): string => `（工单 ${number}，接上一条）`,
  overdue: '（已超过处理时限）',
  everyone: '各位同事',
  lost: (from: number, to: number): string => {
    const which = from === to ? `${from}` : `${from} 到 ${to}`
    return `⚠️ 机器人上次结束时磁盘写不进去，工单 ${which} 没保存下来，找不回了。请翻一下当时的工单通知，直接到客户群里回复；新工单从 ${to + 1} 开始编号。`
  },
  botBack: ({ number, placeName, askerName }: Ticket): string =>
    `🤖 工单 ${number} 太久没有同事说话，机器人已恢复回答 ${oneLine(placeName)} 的 ${oneLine(askerName)}；工单还开着。`,
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
    ? [`上次：${oneLine(solved.who.name)} 结单${solved.why === '' ? '' : inQuotes(solved.why, MAX_WORDS_CHARS)}`]
    : []
}

const callWords = (names: readonly string[]): string =>
  names.length > 0 ? ` ${names.map((name) => `@${oneLine(name)}`).join(' ')}` : ''

const lastWordsOf = (words: readonly SaidWords[], nowMs: number): readonly string[] =>
  words.length === 0
    ? []
    : [
        '最近说过：',
        ...words.map(({ atMs, text }) => {
          const maxChars = text.startsWith(PICTURE) ? MAX_PICTURE_CHARS : MAX_WORDS_CHARS
          return `> ${agoWords(nowMs - atMs)}前：${oneLine(text, maxChars)}`
        }),
      ]

// Three bubbles hold as many even with the longest names.
const MAX_LISTED = 10
const MAX_EVENTS = 10
const LINE_CHARS = 40

const STATES: Readonly<Record<Ticket['status'], string>> = {
  open: '待接单',
  reopened: '重新打开，待接单',
  claimed: '处理中',
  resolved: '已处理，等客户确认',
  closed: '已结单',
  withdrawn: '客户已撤销',
  expired: '已过期',
}
const EVENTS: Readonly<Record<TicketEventKind, string>> = {
  opened: '提问',
  added: '又说',
  claimed: '接单',
  passed: '转给',
  spoke: '在群里说',
  replied: '回复',
  noted: '备注',
  resolved: '结单',
  closed: '关闭',
  rated: '评价',
  reopened: '重新打开',
  withdrawn: '撤销',
  expired: '过期',
  'told-staff': '已通知',
  reminded: '已提醒',
  'bot-back': '机器人恢复回答',
}
const HIDDEN: ReadonlySet<TicketEventKind> = new Set(['told-staff', 'reminded'])

export const stateWords = (ticket: Ticket): string =>
  ticket.status === 'claimed' ? `${oneLine(ticket.holder.name)} 处理中` : STATES[ticket.status]

interface ShowOptions {
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly maxEvents?: number
}

/** Answers to colleagues' orders. */
export const deskCommandPhrases = {
  noTickets: '现在没有未处理的工单。',
  list: (tickets: readonly Ticket[], nowMs: number): string =>
    [
      ...tickets.slice(0, MAX_LISTED).map((ticket) => deskCommandPhrases.line(ticket, nowMs)),
      ...(tickets.length > MAX_LISTED ? [`……还有 ${tickets.length - MAX_LISTED} 张更新的工单，先处理上面的。`] : []),
    ].join('\n'),
  line: (ticket: Ticket, nowMs: number): string =>
    `工单 ${ticket.number}｜${stateWords(ticket)}｜${oneLine(ticket.placeName)}｜${oneLine(ticket.askerName)}｜${agoWords(nowMs - ticket.openedAtMs)}前：${inQuotes(ticket.question, LINE_CHARS)}`,
  show: (ticket: Ticket, nowMs: number, { titleOf, maxEvents = MAX_EVENTS }: ShowOptions): string => {
    const events = shownEvents(ticket)
    const hidden = events.length - maxEvents
    return [
      `工单 ${ticket.number}｜${stateWords(ticket)}｜${agoWords(nowMs - ticket.openedAtMs)}前`,
      `群：${oneLine(ticket.placeName)}`,
      `提问人：${oneLine(ticket.askerName)}`,
      '问题：',
      ...quoteLines(ticket.question, 3 * LINE_CHARS),
      ...(ticket.sectionKey === null
        ? []
        : [`可能是：${ticket.sectionKey} ${titleOf(ticket.sectionKey) ?? ''}`.trimEnd()]),
      ...(hidden > 0 ? [`……前面还有 ${hidden} 条`] : []),
      ...events.slice(-maxEvents).map(eventLine),
    ].join('\n')
  },
  event: (event: TicketEvent): string => eventWords(event, 500),
  figures: ({ open, waiting, overdue, firstResponseMedianMs, reopened }: DeskFigures): string =>
    [
      `开着 ${open}`,
      `没人接 ${waiting}`,
      ...(overdue > 0 ? [`超时 ${overdue}`] : []),
      ...(reopened > 0 ? [`重新打开 ${reopened}`] : []),
      ...(firstResponseMedianMs === null ? [] : [`首次响应 ${agoWords(firstResponseMedianMs)}`]),
    ].join(' · '),
  unknown: (number: number): string => `没有工单 ${number}，回复“工单”看全部。`,
  over: (ticket: Ticket): string => `工单 ${ticket.number} ${stateWords(ticket)}，不用再操作了。`,
  claimed: ({ number, placeName, askerName }: Ticket, by: string): string =>
    `工单 ${number} 已由 ${by} 接手，请到“${oneLine(placeName)}”回复 ${oneLine(askerName)}，或在这里发“回复 ${number} 内容”。`,
  alreadyClaimed: (number: number, by: string): string => `工单 ${number} 已经由 ${by} 接手了。`,
  passed: (number: number, to: string): string => `工单 ${number} 已转给 ${to}。 @${to} 请处理。`,
  noColleague: (name: string, names: readonly string[]): string =>
    `值班名单里没有“${name}”，可以转给：${names.join('、')}。`,
  replied: ({ askerName }: Ticket): string => `已发到客户群，并提醒了 ${oneLine(askerName)}。`,
  notReplied: ({ number, placeName, askerName }: Ticket): string =>
    `没有发出去，请直接到“${oneLine(placeName)}”回复 ${oneLine(askerName)}；内容已记在工单 ${number} 里。`,
  unsentWords: (text: string): string => `没有发出去：“${oneLine(text)}”`,
  handedOn: ({ account, placeName, askerName }: Ticket): string =>
    `已交给账号“${account ?? ''}”，由它发到“${oneLine(placeName)}”并提醒 ${oneLine(askerName)}；没发出去会在值班群里说。`,
  unreachable: (number: number): string =>
    `工单库暂时连不上，工单 ${number} 没有改动，请过几分钟再发一次。着急的话，请直接到客户群里回复。`,
  withPictures: (text: string, count: number): string => `${text}（图 ${count} 张）`,
  noted: (number: number): string => `已备注到工单 ${number}。`,
  resolved: ({ number, askerName }: Ticket): string =>
    `工单 ${number} 已结单，已请 ${oneLine(askerName)} 确认；机器人会继续回答 ${oneLine(askerName)} 的问题。`,
  returned: ({ number, askerName }: Ticket): string =>
    `工单 ${number} 已还给机器人，由机器人继续回答 ${oneLine(askerName)}。`,
  onDuty: (names: readonly string[], next: string | undefined): string =>
    names.length > 0
      ? `现在值班：${names.join('、')}`
      : `现在没有人值班${next === undefined ? '' : `，上班时间从 ${next} 开始`}。回复“我来值班”即可值班。`,
  startedDuty: (name: string): string => `好的，${name} 开始值班，新工单会先叫您。下班时回复“下班”。`,
  endedDuty: (name: string, left: readonly string[]): string =>
    `好的，${name} 已下班。${left.length > 0 ? `现在值班：${left.join('、')}` : '现在没有人值班了。'}`,
} as const

const shownEvents = ({ events }: Ticket): readonly TicketEvent[] => events.filter(({ what }) => !HIDDEN.has(what))

const eventLine = (event: TicketEvent): string => `· ${momentWords(event.atMs)} ${eventWords(event, LINE_CHARS)}`

function eventWords({ who, what, why }: TicketEvent, maxChars: number): string {
  const words = who.key === BOT.key ? '' : oneLine(why, maxChars)
  return `${oneLine(who.name)} ${EVENTS[what]}${words === '' ? '' : `：${words}`}`
}

/** What is missing, what holds meanwhile, and what to do. */
export const unknownYearNotice = (year: number, lastYear: number): string =>
  `还没有 ${year} 年的放假安排（现有的到 ${lastYear} 年，先按周末和法定节日算值班）。11 月公布后运行 npm install chinese-days@latest 再重启，或写进 guoshen.yaml 的 desk.holidays、desk.workdays。`
