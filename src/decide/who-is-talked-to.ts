import type { IncomingMessage } from '../model/message.js'
import { mentionedIn, namedIn } from './names-in-text.js'

export interface Speaker {
  readonly key: string
  /** Group display name, else nick. */
  readonly name: string
}

/** One line of a group, as far back as it matters. */
export interface HeardLine {
  readonly atMs: number
  readonly speaker: Speaker
  readonly part: 'asker' | 'colleague' | 'bot'
  readonly text: string
  /** Askers: `answer` for a question or a cry for help, `maybe` for a report, `nothing` for thanks and the like. */
  readonly wants: 'answer' | 'maybe' | 'nothing'
  /** Colleagues and bot: keys of the askers whom they spoke to. */
  readonly to: readonly string[]
}

export interface TalkSituation {
  /** What was said before, oldest first. */
  readonly recent: readonly HeardLine[]
  /** Askers of this group whose question lies with people. */
  readonly waiting: readonly Speaker[]
  /** Names of the vendor's people: what is said to them is not said to an asker. */
  readonly colleagueNames: readonly string[]
}

/** Why a colleague's words are taken to be meant for somebody; the rules of docs/handoff.md, in their order. */
export type TalkRule = 'quoted' | 'mentioned' | 'named' | 'went-on' | 'answered' | 'only-ticket' | 'nobody'

export interface Talk {
  readonly rule: TalkRule
  /** Empty for `nobody`. */
  readonly askerKeys: readonly string[]
}

/** "Next message after the asker spoke" reaches this far back; further when it says 您 to somebody. */
export const ANSWER_WITHIN_MS = 5 * 60_000
const SAYS_YOU_WITHIN_MS = 10 * 60_000
/** A ticket is remembered for longer than a question in passing. */
const TICKET_WITHIN_MS = 30 * 60_000
const REPORT_WITHIN_MS = 2 * 60_000

const NOBODY: Talk = { rule: 'nobody', askerKeys: [] }
const SAYS_YOU = /您|你|老板|亲(?!自|测|眼|密)|贵公司|咱们?这?边/
/** No words for anybody in particular: 收到, 哈哈, 1, 👌. */
const ASIDE =
  /^(?:[\p{P}\p{S}\p{Extended_Pictographic}\s\d]*|(?:\[[\p{Script=Han}]{1,4}\])+|(?:收到|好的?|好[嘞滴呀啊]|嗯+|哦+|噢|哈+|嘿嘿|呵呵|ok|okay|行|可以|明白|了解|知道了|早|早上好|大家早|下班了?|吃饭去?了?|辛苦了?|谢谢|感谢|赞|牛|666+)[\p{P}\p{S}\s]*)$/iu
/** For all, or about a customer instead of to one. */
const TO_ALL = /^(?:@所有人|@all\b|【|\[通知\]|各位|大家|亲们|家人们|通知|公告|温馨提示)/i
const ABOUT_CUSTOMER =
  /(?:这|那)(?:个|位|家)?(?:客户|老板的?单)|(?:谁|你们?)(?:来|去)?(?:跟|接|看|处理)(?:一?下)?(?:这|那|他|她)|工单 ?\d|他(?:们|说|那)|她(?:说|那)/

/**
 * Decides whom a colleague's message in a customers' group is meant for. Pure.
 *
 * @param message of a colleague
 */
export function whoIsTalkedTo(message: IncomingMessage, situation: TalkSituation): Talk {
  const { text, quote } = message
  const askers = askersOf(situation)
  if (quote) {
    const quoted = quotedAskers(quote, askers, situation.recent)
    if (quoted.length > 0) return { rule: 'quoted', askerKeys: quoted }
  }
  if (TO_ALL.test(text)) return NOBODY
  const mentioned = mentionedIn(text, askers)
  if (mentioned.length > 0) return { rule: 'mentioned', askerKeys: keysOf(mentioned) }
  // Words to a colleague by name, or quoted from one, are between colleagues.
  if (quote || message.mentionsOthers || namedIn(text, situation.colleagueNames.map(nameOnly)).length > 0) return NOBODY
  const named = namedIn(text, askers)
  if (named.length === 1) return { rule: 'named', askerKeys: keysOf(named) }
  const saysYou = SAYS_YOU.test(text)
  // What is put to the bot is no answer to anybody, unless it says 您.
  if (message.kind !== 'text' && message.kind !== 'picture') return NOBODY
  if (!saysYou && (message.addressedToBot || (message.kind === 'text' && ASIDE.test(text)))) return NOBODY
  if (ABOUT_CUSTOMER.test(text)) return NOBODY
  return fromTheFlow(message, situation, saysYou)
}

/** Nobody is named: the last ones who want something are meant. */
function fromTheFlow(message: IncomingMessage, situation: TalkSituation, saysYou: boolean): Talk {
  const { recent, waiting } = situation
  const nowMs = message.sentAtMs
  const open = unserved(recent, nowMs - (saysYou ? SAYS_YOU_WITHIN_MS : ANSWER_WITHIN_MS), message.sender.key)
  const before = lastTalkOf(message.sender.key, recent, nowMs)
  const taken = takenUp(open, message.text)
  if (before && !(taken && !before.to.includes(taken.speaker.key)) && !open.some(isNewer(before))) {
    return { rule: 'went-on', askerKeys: before.to }
  }
  const meant = taken ?? likeliest(open, waiting)
  if (meant) return { rule: 'answered', askerKeys: [meant.speaker.key] }
  const [only, ...more] = waiting.filter(({ key }) => spokeSince(recent, key, nowMs - TICKET_WITHIN_MS))
  if (only && more.length === 0) return { rule: 'only-ticket', askerKeys: [only.key] }
  const report = recent.findLast(({ part, wants }) => part === 'asker' && wants !== 'nothing')
  const isFresh = report?.wants === 'maybe' && report.atMs >= nowMs - REPORT_WITHIN_MS
  return report && isFresh ? { rule: 'answered', askerKeys: [report.speaker.key] } : NOBODY
}

/** The last wish of each asker to whom nobody has spoken since; this colleague's own words don't count as served. */
function unserved(recent: readonly HeardLine[], sinceMs: number, colleagueKey: string): readonly HeardLine[] {
  const wishes = new Map<string, HeardLine>()
  for (const line of recent) {
    if (line.part === 'asker' && line.wants === 'answer' && line.atMs >= sinceMs) wishes.set(line.speaker.key, line)
    if (line.part !== 'asker' && line.speaker.key !== colleagueKey) for (const key of line.to) wishes.delete(key)
  }
  return [...wishes.values()]
}

/** What this colleague said last to an asker, while that is fresh. */
const lastTalkOf = (colleagueKey: string, recent: readonly HeardLine[], nowMs: number): HeardLine | undefined =>
  recent.findLast(
    ({ part, speaker, to, atMs }) =>
      part === 'colleague' && speaker.key === colleagueKey && to.length > 0 && atMs >= nowMs - ANSWER_WITHIN_MS,
  )

const isNewer =
  (before: HeardLine) =>
  ({ speaker, atMs }: HeardLine): boolean =>
    atMs >= before.atMs && !before.to.includes(speaker.key)

/** The one wish whose words the answer takes up more than those of all others. */
function takenUp(open: readonly HeardLine[], text: string): HeardLine | undefined {
  const shared = open.map((line) => sharedPairs(line.text, text))
  const most = Math.max(0, ...shared)
  const taken = open.filter((_, index) => shared[index] === most)
  return most > 0 && taken.length === 1 ? taken[0] : undefined
}

/** Of several who wait: who has a ticket, else who spoke last. */
function likeliest(open: readonly HeardLine[], waiting: readonly Speaker[]): HeardLine | undefined {
  const withTicket = open.filter(({ speaker }) => waiting.some(({ key }) => key === speaker.key))
  return withTicket.length === 1 ? withTicket[0] : open.toSorted((a, b) => a.atMs - b.atMs).at(-1)
}

/** Pairs of Chinese characters or whole Latin words that two texts have in common, stop pairs apart. */
function sharedPairs(one: string, other: string): number {
  const pairs = pairsOf(one)
  return [...pairsOf(other)].filter((pair) => pairs.has(pair)).length
}

const STOP_PAIR = /[的了吗呢吧啊呀我您你们这那是在有就也都还不要可以怎么什么一下个]/

function pairsOf(text: string): ReadonlySet<string> {
  const found = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
  const letters = [...text]
  for (let at = 0; at + 1 < letters.length; at++) {
    const pair = letters[at]! + letters[at + 1]!
    if (/^\p{Script=Han}{2}$/u.test(pair) && !STOP_PAIR.test(pair)) found.add(pair)
  }
  return found
}

/** The quoted asker; for the bot's words, the asker to whom it said them. */
function quotedAskers(
  quote: NonNullable<IncomingMessage['quote']>,
  askers: readonly Speaker[],
  recent: readonly HeardLine[],
): readonly string[] {
  const said = recent.filter(({ text }) => text !== '' && (text.includes(quote.text) || quote.text.includes(text)))
  if (quote.ofBot) {
    const byText = said.findLast(({ part, to }) => part === 'bot' && to.length > 0)
    return byText?.to ?? keysOf(mentionedIn(quote.text, askers))
  }
  const named = askers.filter(({ name }) => name === quote.speaker)
  if (named.length < 2) return keysOf(named)
  // Several carry that name: whoever said it.
  const speakers = new Set(said.map(({ speaker }) => speaker.key))
  const exact = named.filter(({ key }) => speakers.has(key))
  return keysOf(exact.length > 0 ? exact : named)
}

/** Everybody who may be meant: who spoke lately, and who has a ticket. */
function askersOf({ recent, waiting }: TalkSituation): readonly Speaker[] {
  const spoke = recent.filter(({ part }) => part === 'asker').map(({ speaker }) => speaker)
  return [...new Map([...waiting, ...spoke].map((speaker) => [speaker.key, speaker])).values()]
}

const spokeSince = (recent: readonly HeardLine[], askerKey: string, sinceMs: number): boolean =>
  recent.some(({ part, speaker, atMs }) => part === 'asker' && speaker.key === askerKey && atMs >= sinceMs)

const keysOf = (speakers: readonly Speaker[]): readonly string[] => speakers.map(({ key }) => key)

const nameOnly = (name: string): Speaker => ({ key: name, name })
