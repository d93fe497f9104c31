import type { IncomingMessage } from '../model/chat.js'

export interface Speaker {
  readonly key: string
  /** Group display name, else nick. */
  readonly name: string
}

export interface WaitingAsker extends Speaker {
  /** When the ticket last heard of them: what was said before a restart is known from there alone. */
  readonly spokeAtMs?: number
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
  /** A colleague's words to another. */
  readonly amongUs?: boolean
}

export interface TalkSituation {
  /** What was said before, oldest first. */
  readonly recent: readonly HeardLine[]
  /** Askers of this group whose question lies with people. */
  readonly waiting: readonly WaitingAsker[]
  /** Names of the vendor's people: what is said to them is not said to an asker. */
  readonly colleagueNames: readonly string[]
}

/** Why a colleague's words are taken to be meant for somebody; the rules of docs/handoff.md, in their order. */
export type TalkRule = 'quoted' | 'mentioned' | 'named' | 'several' | 'went-on' | 'answered' | 'only-ticket' | 'nobody'

export interface Talk {
  readonly rule: TalkRule
  /** Empty for `nobody`. */
  readonly askerKeys: readonly string[]
  /** Between colleagues: what is said next may answer it. */
  readonly amongUs?: boolean
}

/** "Next message after the asker spoke" reaches this far back; further when it says 您 to somebody. */
export const ANSWER_WITHIN_MS = 5 * 60_000
const SAYS_YOU_WITHIN_MS = 10 * 60_000
/** A ticket is remembered for longer than a question in passing. */
const TICKET_WITHIN_MS = 30 * 60_000
/** With 您, at the end of a working day as well. */
const TICKET_SAYS_YOU_WITHIN_MS = 10 * 3_600_000
const REPORT_WITHIN_MS = 2 * 60_000
/** Colleagues who talk with each other answer each other as fast. */
const AMONG_US_WITHIN_MS = 2 * 60_000

const NOBODY: Talk = { rule: 'nobody', askerKeys: [] }
const AMONG_US: Talk = { ...NOBODY, amongUs: true }
const SAYS_YOU = /您|你|老板|亲(?!自|测|眼|密)|贵公司|咱们?这?边/
/** No words for anybody in particular: 收到, 哈哈, 1, 👌. */
const ASIDE =
  /^(?:[\p{P}\p{S}\p{Extended_Pictographic}\s]*|\d{1,3}|(?:\[[\p{Script=Han}a-z]{1,6}\])+|(?:收到|好的?|好[嘞滴呀啊吧]|嗯+|哦+|噢|哈+|嘿嘿|呵呵|ok|okay|行|可以|明白|了解|知道了|早|早上好|大家早|下班了?|吃饭去?了?|辛苦了?|谢谢|感谢|不客气|不谢|没事|应该的|赞|牛|666+)[\p{P}\p{S}\s]*)$/iu
/** What colleagues say to each other in passing; it answers nobody's question. */
const CHATTER =
  /吃(?:啥|什么|饭|了没|完)|外卖|奶茶|咖啡|请假|调休|团建|打卡|加班|周末愉快|新年快乐|节日快乐|恭喜|太棒|烦死|累死|无语|谁(?:今天)?值班|培训|腾讯会议|会议号|公开课|直播课/
/** No answer yet: said to whoever waits for a person. */
const ATTENDS =
  /^(?:稍等|等一?下|等会|来[了啦]|在的?$|在[，, ]|我(?:先|去|来)?(?:看|问|查|来(?!答|回|说|讲|解释|教|告诉))|马上)/
/** 两位稍等: all who wait. */
const TO_SEVERAL = /^(?:@?你们|您)?(?:两位|二位|三位|几位|两个|俩)|你们(?:俩|两|几|都)/
/** What follows 这个客户谁跟一下. */
const TAKES_IT = /^(?:行|好|嗯|ok|可以)*[的吧,，那\s]*我(?:来|跟|看|接|处理|负责|这边)/i
/** For all, or about a customer instead of to one. */
const TO_ALL = /^(?:@所有人|@all\b|【|\[通知\]|各位|大家|亲们|家人们|通知|公告|温馨提示)/i
const ABOUT_CUSTOMER =
  /(?:这|那)(?:个|位|家)?(?:客户|老板的?单)|(?:谁|你们?)(?:来|去)?(?:跟|接|看|处理)(?:一?下)?(?:这|那|他|她)|工单 ?\d|他(?:们|说|那)|她(?:说|那)|^[他她]/

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
  const colleagues = colleaguesOf(situation)
  if (namedIn(text, colleagues).length > 0) return AMONG_US
  if (quote) return colleagues.some(({ name }) => name === quote.speaker) ? AMONG_US : NOBODY
  if (message.mentionsOthers) return mentionedIn(text, colleagues).length > 0 ? AMONG_US : NOBODY
  const named = namedIn(text, askers)
  if (named.length === 1) return { rule: 'named', askerKeys: keysOf(named) }
  if (ABOUT_CUSTOMER.test(text) || isChatter(message)) return AMONG_US
  if (isAside(message)) return NOBODY
  return fromTheFlow(message, situation)
}

/** Words to nobody in particular, or put to the bot; with 您 in them they are for somebody all the same. */
function isAside({ kind, text, addressedToBot }: IncomingMessage): boolean {
  if (kind !== 'text' && kind !== 'picture') return true
  return !SAYS_YOU.test(text) && (addressedToBot || (kind === 'text' && ASIDE.test(text)))
}

const isChatter = ({ kind, text }: IncomingMessage): boolean =>
  kind === 'text' && CHATTER.test(text) && !SAYS_YOU.test(text)

/** Nobody is named: the last ones who want something are meant. */
function fromTheFlow(message: IncomingMessage, situation: TalkSituation): Talk {
  const { recent, waiting } = situation
  const { text, sentAtMs: nowMs } = message
  const saysYou = SAYS_YOU.test(text)
  const sinceMs = nowMs - (saysYou ? SAYS_YOU_WITHIN_MS : ANSWER_WITHIN_MS)
  const open = unserved(situation, { sinceMs, colleagueKey: message.sender.key })
  if (TO_SEVERAL.test(text) && open.length > 1) {
    return { rule: 'several', askerKeys: open.map(({ speaker }) => speaker.key) }
  }
  const taken = takenUp(wishesOf(situation, sinceMs), text)
  if (!taken && !saysYou && isAmongColleagues(message, recent)) return AMONG_US
  const before = lastTalkOf(message.sender.key, recent, nowMs)
  if (before && !(taken && !before.to.includes(taken.speaker.key)) && !open.some(isNewer(before, recent))) {
    return { rule: 'went-on', askerKeys: before.to }
  }
  const meant = taken ?? likeliest(open, text, situation)
  if (meant) return { rule: 'answered', askerKeys: [meant.speaker.key] }
  const ticketSinceMs = nowMs - (saysYou ? TICKET_SAYS_YOU_WITHIN_MS : TICKET_WITHIN_MS)
  const [only, ...more] = waiting.filter(
    ({ key, spokeAtMs = 0 }) => spokeAtMs >= ticketSinceMs || spokeSince(recent, key, ticketSinceMs),
  )
  if (only && more.length === 0) return { rule: 'only-ticket', askerKeys: [only.key] }
  const report = recent.findLast(({ part, wants }) => part === 'asker' && wants !== 'nothing')
  const isFresh = report?.wants === 'maybe' && report.atMs >= nowMs - REPORT_WITHIN_MS
  return report && isFresh ? { rule: 'answered', askerKeys: [report.speaker.key] } : NOBODY
}

/** Goes on with what colleagues say to each other; whoever says that they take it speaks to the asker. */
function isAmongColleagues({ sender, text, sentAtMs }: IncomingMessage, recent: readonly HeardLine[]): boolean {
  const last = recent.at(-1)
  if (last?.part !== 'colleague' || last.atMs < sentAtMs - AMONG_US_WITHIN_MS) return false
  return (last.amongUs === true || last.text.includes(`@${sender.name}`)) && !TAKES_IT.test(text)
}

/** The last wish of each asker, served or not, oldest first. Whoever has a ticket wants something with every report. */
function wishesOf({ recent, waiting }: TalkSituation, sinceMs: number): readonly HeardLine[] {
  const waits = new Set(keysOf(waiting))
  const wishes = recent.filter(
    ({ part, wants, speaker, atMs }) =>
      part === 'asker' && atMs >= sinceMs && (wants === 'answer' || (wants === 'maybe' && waits.has(speaker.key))),
  )
  return wishes.filter(({ speaker }, at) => !wishes.slice(at + 1).some((later) => later.speaker.key === speaker.key))
}

/**
 * The wishes of those to whom nobody has spoken since; this colleague's own words don't count as served, nor what the
 * bot says to whoever waits for a person.
 */
function unserved(
  situation: TalkSituation,
  { sinceMs, colleagueKey }: { sinceMs: number; colleagueKey: string },
): readonly HeardLine[] {
  const { recent, waiting } = situation
  const waits = new Set(keysOf(waiting))
  const serves = ({ part, speaker, to }: HeardLine, key: string): boolean =>
    part !== 'asker' && speaker.key !== colleagueKey && to.includes(key) && (part === 'colleague' || !waits.has(key))
  return wishesOf(situation, sinceMs).filter(
    (wish) => !recent.slice(recent.indexOf(wish) + 1).some((line) => serves(line, wish.speaker.key)),
  )
}

/** What this colleague said last to an asker, while that is fresh. */
const lastTalkOf = (colleagueKey: string, recent: readonly HeardLine[], nowMs: number): HeardLine | undefined =>
  recent.findLast(
    ({ part, speaker, to, atMs }) =>
      part === 'colleague' && speaker.key === colleagueKey && to.length > 0 && atMs >= nowMs - ANSWER_WITHIN_MS,
  )

/** By place in the talk: messages carry whole seconds. */
const isNewer =
  (before: HeardLine, recent: readonly HeardLine[]) =>
  (line: HeardLine): boolean =>
    recent.indexOf(line) > recent.indexOf(before) && !before.to.includes(line.speaker.key)

/** Of several who wait: whose matter is touched on; else who asked just now, unless 稍等 is all the answer; else who has a ticket; else who spoke last. */
function likeliest(
  open: readonly HeardLine[],
  text: string,
  { recent, waiting }: TalkSituation,
): HeardLine | undefined {
  const justAsked = ATTENDS.test(text) ? undefined : open.find((line) => line === recent.at(-1))
  const withTicket = open.filter(({ speaker }) => waiting.some(({ key }) => key === speaker.key))
  return touchedOn(open, text) ?? justAsked ?? (withTicket.length === 1 ? withTicket[0] : open.at(-1))
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

/** By name: those of the roster, and whoever spoke here as a colleague. */
const colleaguesOf = ({ recent, colleagueNames }: TalkSituation): readonly Speaker[] => [
  ...colleagueNames.map((name) => ({ key: name, name })),
  ...recent.filter(({ part }) => part === 'colleague').map(({ speaker }) => speaker),
]

interface Named {
  readonly name: string
}

/** Between the parts of a group display name such as 悦邻社区-小李. */
const NAME_SEPARATOR = /[-－—_|｜·/\s]+/
const HONORIFIC = '(?:总|老板|老师|经理|哥|姐|先生|女士|工)'
/** Behind a name these tell that the person is talked about, not to. */
const THIRD_PERSON =
  /^(?:的|说|问|提(?!交)|反馈|那(?!您|你)|他|她|家|又|还没|也|在(?!吗|不在|么)|催|要求|刚|昨天|今天|前天|上周|这个?(?:单|客户|群|问题)|群)/
/** 谢谢小李支持: thanks are said to somebody. */
const THANKS_FIRST = /^(?:谢谢|感谢|多谢|辛苦了?|恭喜|欢迎|不客气)[,，\s]?/
const GAP = '[\\s\\u2005,，:：、!！~～。.]'

/**
 * Who is mentioned with `@name`.
 *
 * @returns all that carry the longest name that fits: same-named people can't be told apart
 */
export function mentionedIn<T extends Named>(text: string, people: readonly T[]): readonly T[] {
  const found = new Set<T>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const behind = text.slice(at + 1)
    const fits = people.filter(({ name }) => name !== '' && behind.startsWith(name))
    const longest = Math.max(0, ...fits.map(({ name }) => name.length))
    // `@小李子` followed by U+2005 is a whole longer name, not 小李 and a word.
    if (/^[^\s@\u2005]+\u2005/.test(behind.slice(longest))) continue
    for (const person of fits) if (person.name.length === longest) found.add(person)
  }
  return [...found]
}

/**
 * Who is spoken to by name: 王老板，… / 王总您… / …，小李. Names in the middle of a sentence are talk about somebody.
 */
export function namedIn<T extends Named>(text: string, people: readonly T[]): readonly T[] {
  const plain = text.trim().replace(THANKS_FIRST, '')
  const direct = people.filter(({ name }) => callNames(name).some((called) => isCalled(plain, called)))
  if (direct.length > 0) return direct
  // 王总 for 王老板, as long as only one of them is a 王.
  const surname = new RegExp(`^(?:老)?(\\p{Script=Han})${HONORIFIC}?(?=${GAP}|您|你)`, 'u').exec(plain)
  if (!surname || surname[0].length < 2) return []
  return people.filter(({ name }) => callNames(name).some((called) => isTitle(called, surname[1]!)))
}

/** The whole display name, and its last part when it is one of several. */
function callNames(name: string): readonly string[] {
  const parts = name.split(NAME_SEPARATOR).filter((part) => part !== '')
  return [...new Set([name, parts.at(-1) ?? name])].filter((called) => called.length >= 2)
}

function isCalled(text: string, name: string): boolean {
  if (text.startsWith(name)) return !THIRD_PERSON.test(text.slice(name.length))
  const end = text.replace(/(?<![\s。.!！~～?？])[\s。.!！~～?？]+$/u, '')
  return end.endsWith(name) && new RegExp(`${GAP}$`).test(end.slice(0, -name.length))
}

/** 王老板, 王工, 老王 and 王建国 are all a 王; 小王 as well. */
const isTitle = (name: string, surname: string): boolean =>
  name.replace(/^[老小]/, '').startsWith(surname) && name.length <= 4

/** Letters that say nothing about the matter. */
const EMPTY = '的了吗呢吧啊呀我您你们这那是在有就也都还不要可以怎么什一下个'
/** Too frequent to tell one matter from another when they stand alone. */
const FREQUENT = '上来人时候大小中用发看说给好没多少能会到出吃问题请谢问今明天年月日几点先再后前对错行开通过被把和跟'
const EMPTY_PAIR = new RegExp(`[${EMPTY}]`)
const EMPTY_LETTER = new RegExp(`[${EMPTY}${FREQUENT}]`)
/** Pairs that every talk here is full of. */
const EVERYWHERE: ReadonlySet<string> = new Set(['小程', '程序', '人工', '转人', '审核', '提审'])

/** The one wish whose words an answer takes up more than those of all others: Chinese pairs and Latin words. */
export const takenUp = <T extends { readonly text: string }>(wishes: readonly T[], text: string): T | undefined =>
  mostShared(wishes, text, pairsOf)

/** The same by single letters: a hint, where nothing else tells. */
export const touchedOn = <T extends { readonly text: string }>(wishes: readonly T[], text: string): T | undefined =>
  mostShared(wishes, text, lettersOf)

function mostShared<T extends { readonly text: string }>(
  open: readonly T[],
  text: string,
  partsOf: (text: string) => ReadonlySet<string>,
): T | undefined {
  const said = partsOf(text)
  const shared = open.map((wish) => [...partsOf(wish.text)].filter((part) => said.has(part)).length)
  const most = Math.max(0, ...shared)
  const taken = open.filter((_, index) => shared[index] === most)
  return most > 0 && taken.length === 1 ? taken[0] : undefined
}

function pairsOf(text: string): ReadonlySet<string> {
  const found = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
  const letters = [...text]
  for (let at = 0; at + 1 < letters.length; at++) {
    const pair = letters[at]! + letters[at + 1]!
    if (/^\p{Script=Han}{2}$/u.test(pair) && !EMPTY_PAIR.test(pair) && !EVERYWHERE.has(pair)) found.add(pair)
  }
  return found
}

const lettersOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replace(/转?人工/g, '')].filter((letter) => /\p{Script=Han}/u.test(letter) && !EMPTY_LETTER.test(letter)),
  )

export interface TalkWatchOptions {
  /** The bot holds back for an asker without a ticket for so long after a colleague spoke to them. */
  readonly holdBackMs: number
  /** Groups and askers remembered at most; the oldest are forgotten first. */
  readonly maxEntries: number
}

/** Lines of one group that are kept; what is older than half an hour plays no part anyway. */
const KEPT_LINES = 40
const KEPT_CHARS = 300

/** Follows who speaks to whom in the customers' groups. The only owner of that state. */
export class TalkWatch {
  readonly #options: TalkWatchOptions
  readonly #lines = new Map<string, readonly HeardLine[]>()
  readonly #talkedToAtMs = new Map<string, number>()

  constructor(options: TalkWatchOptions) {
    this.#options = options
  }

  /** Takes note of what an asker says. */
  heardAsker(message: IncomingMessage, wants: HeardLine['wants']): void {
    this.#add(message.place.key, { ...lineOf(message), part: 'asker', wants, to: [] })
  }

  /** Takes note of what a colleague says, and tells whom it is meant for. */
  heardColleague(
    message: IncomingMessage,
    known: { readonly waiting: readonly WaitingAsker[]; readonly colleagueNames: readonly string[] },
  ): Talk {
    const placeKey = message.place.key
    const talk = whoIsTalkedTo(message, { ...known, recent: this.#lines.get(placeKey) ?? [] })
    const { askerKeys: to, amongUs = false } = talk
    this.#add(placeKey, { ...lineOf(message), part: 'colleague', wants: 'nothing', to, amongUs })
    for (const key of talk.askerKeys) this.#note(placeKey, key, message.sentAtMs)
    return talk
  }

  /** The bot has said something to an asker. */
  botSpoke(placeKey: string, askerKey: string, { text, atMs }: { text: string; atMs: number }): void {
    const speaker = { key: 'bot', name: '' }
    this.#add(placeKey, {
      atMs,
      speaker,
      part: 'bot',
      text: text.slice(0, KEPT_CHARS),
      wants: 'nothing',
      to: [askerKey],
    })
  }

  /** A colleague has answered through the bot, or taken the ticket: as if they had spoken in the group. */
  colleagueServes(placeKey: string, askerKey: string, atMs: number): void {
    this.#note(placeKey, askerKey, atMs)
  }

  /** Has a colleague spoken to the asker since `sinceMs`? For a last look before an answer goes out. */
  answeredByColleague(placeKey: string, askerKey: string, sinceMs: number): boolean {
    return (this.#talkedToAtMs.get(keyOf(placeKey, askerKey)) ?? Number.NEGATIVE_INFINITY) >= sinceMs
  }

  /** Is a colleague talking with the asker at this moment? */
  isTalking(placeKey: string, askerKey: string, nowMs: number): boolean {
    return this.answeredByColleague(placeKey, askerKey, nowMs - this.#options.holdBackMs)
  }

  #add(placeKey: string, line: HeardLine): void {
    const lines = [...(this.#lines.get(placeKey) ?? []), line].slice(-KEPT_LINES)
    setNewest(this.#lines, placeKey, lines, this.#options.maxEntries / 10)
  }

  #note(placeKey: string, askerKey: string, atMs: number): void {
    setNewest(this.#talkedToAtMs, keyOf(placeKey, askerKey), atMs, this.#options.maxEntries)
  }
}

const lineOf = ({ sentAtMs, sender, kind, text }: IncomingMessage) => ({
  atMs: sentAtMs,
  speaker: { key: sender.key, name: sender.name },
  text: kind === 'text' ? text.slice(0, KEPT_CHARS) : '',
})

const keyOf = (placeKey: string, askerKey: string): string => `${placeKey}\u0000${askerKey}`

function setNewest<Value>(entries: Map<string, Value>, key: string, value: Value, max: number): void {
  entries.delete(key)
  entries.set(key, value)
  for (const oldest of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(oldest)
  }
}
