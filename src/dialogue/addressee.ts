import type { IncomingMessage } from '../model/chat.js'
import type { Phrases } from '../model/language.js'

type ColleaguePhrases = Phrases<'colleagues'>

interface Speaker {
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
  readonly isPicture?: boolean
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
const ANSWER_WITHIN_MS = 5 * 60_000
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

/**
 * Decides whom a colleague's message in a customers' group is meant for. Pure.
 *
 * @param message of a colleague
 */
export function whoIsTalkedTo(message: IncomingMessage, situation: TalkSituation, phrases: ColleaguePhrases): Talk {
  const { text, quote } = message
  const askers = askersOf(situation)
  if (quote) {
    const quoted = quotedAskers(quote, askers, situation.recent)
    if (quoted.length > 0) return { rule: 'quoted', askerKeys: quoted }
  }
  if (phrases.toAll.test(text)) return NOBODY
  const mentioned = mentionedIn(text, askers)
  if (mentioned.length > 0) return { rule: 'mentioned', askerKeys: keysOf(mentioned) }
  // Words to a colleague by name, or quoted from one, are between colleagues.
  const colleagues = colleaguesOf(situation)
  if (namedIn(text, colleagues, phrases).length > 0) return AMONG_US
  if (quote) return colleagues.some(({ name }) => name === quote.speaker) ? AMONG_US : NOBODY
  if (message.mentionsOthers) return mentionedIn(text, colleagues).length > 0 ? AMONG_US : NOBODY
  const named = namedIn(text, askers, phrases)
  if (named.length === 1) return { rule: 'named', askerKeys: keysOf(named) }
  if (phrases.aboutCustomer.test(text) || isChatter(message, phrases)) return AMONG_US
  if (isAside(message, phrases)) return NOBODY
  return fromTheFlow(message, situation, phrases)
}

/** Words to nobody in particular, or put to the bot; with 您 in them they are for somebody all the same. */
function isAside({ kind, text, addressedToBot }: IncomingMessage, phrases: ColleaguePhrases): boolean {
  if (kind === 'sticker' || kind === 'other' || kind === 'notice') return true
  return !phrases.saysYou.test(text) && (addressedToBot || (kind === 'text' && phrases.aside.test(text)))
}

const isChatter = ({ kind, text }: IncomingMessage, phrases: ColleaguePhrases): boolean =>
  kind === 'text' && phrases.chatter.test(text) && !phrases.saysYou.test(text)

/** Nobody is named: the last ones who want something are meant. */
function fromTheFlow(message: IncomingMessage, situation: TalkSituation, phrases: ColleaguePhrases): Talk {
  const { recent, waiting } = situation
  const { text, sentAtMs: nowMs } = message
  const saysYou = phrases.saysYou.test(text)
  const sinceMs = nowMs - (saysYou ? SAYS_YOU_WITHIN_MS : ANSWER_WITHIN_MS)
  const open = unserved(situation, { sinceMs, colleagueKey: message.sender.key })
  if (phrases.toSeveral.test(text) && open.length > 1) {
    return { rule: 'several', askerKeys: open.map(({ speaker }) => speaker.key) }
  }
  const taken = takenUp(wishesOf(situation, sinceMs), text, phrases)
  if (!taken && !saysYou && isAmongColleagues(message, recent, phrases)) return AMONG_US
  const before = lastTalkOf(message.sender.key, recent, nowMs)
  if (before && !(taken && !before.to.includes(taken.speaker.key)) && !open.some(isNewer(before, recent))) {
    return { rule: 'went-on', askerKeys: before.to }
  }
  const meant = taken ?? likeliest(open, text, situation, phrases)
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
function isAmongColleagues(
  { sender, text, sentAtMs }: IncomingMessage,
  recent: readonly HeardLine[],
  phrases: ColleaguePhrases,
): boolean {
  const last = recent.at(-1)
  if (last?.part !== 'colleague' || last.atMs < sentAtMs - AMONG_US_WITHIN_MS) return false
  return (last.amongUs === true || last.text.includes(`@${sender.name}`)) && !phrases.takesIt.test(text)
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
  phrases: ColleaguePhrases,
): HeardLine | undefined {
  const justAsked = phrases.attends.test(text) ? undefined : open.find((line) => line === recent.at(-1))
  const withTicket = open.filter(({ speaker }) => waiting.some(({ key }) => key === speaker.key))
  return touchedOn(open, text, phrases) ?? justAsked ?? (withTicket.length === 1 ? withTicket[0] : open.at(-1))
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
const GAP = '[\\s\\u2005,，:：、!！~～。.]'

/**
 * Who is mentioned with `@name`.
 *
 * @returns all that carry the longest name that fits: same-named people can't be told apart
 */
function mentionedIn<T extends Named>(text: string, people: readonly T[]): readonly T[] {
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
function namedIn<T extends Named>(text: string, people: readonly T[], phrases: ColleaguePhrases): readonly T[] {
  const plain = text.trim().replace(phrases.thanksFirst, '')
  const direct = people.filter(({ name }) => callNames(name).some((called) => isCalled(plain, called, phrases)))
  if (direct.length > 0) return direct
  // 王总 for 王老板, as long as only one of them is a 王.
  const surname = new RegExp(`^(?:老)?(\\p{Script=Han})(?:${phrases.honorific.source})?(?=${GAP}|您|你)`, 'u').exec(
    plain,
  )
  if (!surname || surname[0].length < 2) return []
  return people.filter(({ name }) => callNames(name).some((called) => isTitle(called, surname[1]!)))
}

/** The whole display name, and its last part when it is one of several. */
function callNames(name: string): readonly string[] {
  const parts = name.split(NAME_SEPARATOR).filter((part) => part !== '')
  return [...new Set([name, parts.at(-1) ?? name])].filter((called) => called.length >= 2)
}

function isCalled(text: string, name: string, phrases: ColleaguePhrases): boolean {
  if (text.startsWith(name)) return !phrases.thirdPerson.test(text.slice(name.length))
  const end = text.replace(/(?<![\s。.!！~～?？])[\s。.!！~～?？]+$/u, '')
  return end.endsWith(name) && new RegExp(`${GAP}$`).test(end.slice(0, -name.length))
}

/** 王老板, 王工, 老王 and 王建国 are all a 王; 小王 as well. */
const isTitle = (name: string, surname: string): boolean =>
  name.replace(/^[老小]/, '').startsWith(surname) && name.length <= 4

/** The one wish whose words an answer takes up more than those of all others: Chinese pairs and Latin words. */
const takenUp = (wishes: readonly HeardLine[], text: string, phrases: ColleaguePhrases): HeardLine | undefined =>
  mostShared(wishes, text, (part) => pairsOf(part, phrases))

/** The same by single letters: a hint, where nothing else tells. */
const touchedOn = (wishes: readonly HeardLine[], text: string, phrases: ColleaguePhrases): HeardLine | undefined =>
  mostShared(wishes, text, (part) => lettersOf(part, phrases))

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

function pairsOf(text: string, phrases: ColleaguePhrases): ReadonlySet<string> {
  const found = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
  const letters = [...text]
  for (let at = 0; at + 1 < letters.length; at++) {
    const pair = letters[at]! + letters[at + 1]!
    const isIdle = phrases.emptyLetters.test(pair) || phrases.everywhere.test(pair)
    if (/^\p{Script=Han}{2}$/u.test(pair) && !isIdle) found.add(pair)
  }
  return found
}

function lettersOf(text: string, { emptyLetters, frequentLetters }: ColleaguePhrases): ReadonlySet<string> {
  const isIdle = (letter: string): boolean => emptyLetters.test(letter) || frequentLetters.test(letter)
  return new Set(
    [...text.replace(/转?人工/g, '')].filter((letter) => /\p{Script=Han}/u.test(letter) && !isIdle(letter)),
  )
}
