import { BoundedMap } from '../base/bounded-map.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.js'
import {
  type HeardPicture,
  type IncomingMessage,
  type Person,
  type PersonInPlace,
  type Place,
  personInPlace,
  shownWords,
} from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type { SendOutcome } from '../model/ports.js'
import type { ForgottenPerson, SaidWords } from '../model/ticket.js'
import type { DatesReading, StoredWalk, Walk } from '../model/understanding.js'
import type { HeardLine, Talk as WhomSpokenTo } from './addressee.js'
import {
  type FloodCounts,
  type FloodLimits,
  type FloodView,
  floodSpoken,
  floodUncounted,
  judgeFlood,
  NO_FLOOD,
} from './permission.js'
import {
  type Composed,
  NOTHING_TOLD,
  type Pending,
  pending,
  type Said,
  type Saying,
  saidOf,
  sectionsOf,
  type Told,
  tellingsOf,
  toldAfter,
} from './replies.js'

export interface DialogueOptions {
  /** The same section is not told to the same place again within this time, unless asked by name. */
  readonly cooldownMs: number
  /** Offers and numbers are understood for this long. */
  readonly offerMs: number
  /** The timeline line is not repeated to the same person within this time. */
  readonly timelineMs: number
  /** The bot holds back for an asker without a ticket for so long after a colleague spoke to them. */
  readonly holdBackMs: number
  readonly flood: FloodLimits
  /** People and message ids remembered at most, and a tenth as many places; the oldest are forgotten first. */
  readonly maxEntries: number
  readonly walks?: WalkRecords
}

/** Where walk-throughs outlive a restart. */
export interface WalkRecords {
  /** What an earlier run has kept. */
  readonly records?: readonly StoredWalk[]
  /** Told of all walks whenever one has changed. */
  readonly keep?: (records: readonly StoredWalk[]) => void
  /** Walks remembered at most; the longest untouched are forgotten first. */
  readonly maxWalks?: number
}

/** One person in one place. */
interface PersonState {
  /** As last heard. */
  person: Person
  told: Told
  /** Decided, and neither said nor dropped yet; in the order of decision. */
  saying: Pending[]
  /** When a colleague spoke to them last. */
  servedBy?: { readonly colleagueKey: string; readonly atMs: number; readonly sequence: number }
  flood: FloodCounts
}

/** One place. */
interface PlaceState {
  /** As last heard. */
  place: Place | undefined
  /** Who has spoken here, in this run only: whom a message may be about. Nothing of it is ever stored. */
  readonly names: Set<string>
  /** The last lines, oldest first. */
  lines: readonly HeardLine[]
  /** When each section was told here last, and from which version of the knowledge. */
  readonly told: Map<string, { readonly atMs: number; readonly knowledge: string | undefined }>
  saying: readonly Pending[]
  /** The last replies to anybody here, oldest first. */
  replies: readonly Said[]
  flood: FloodCounts
}

/** What the bot still knows of its talk with one asker in one place. */
export interface Recollection
  extends Pick<Told, 'offered' | 'invited' | 'humanOffered' | 'failedTries' | 'clarifying'> {
  readonly answeredSections: readonly string[]
  readonly reopenAsked: boolean
  readonly heldTold: number | undefined
  readonly talkedLately: boolean
  readonly lastSection: string | undefined
  readonly toldLately: (sectionKey: string) => boolean
  readonly timelineToldLately: boolean
  readonly toldDays: DatesReading | undefined
  readonly dayWished: boolean
  readonly walking: WalkRecollection
  /** A colleague is talking with the asker at this moment. */
  readonly colleagueTalks: boolean
  readonly flood: FloodView
  /** The last replies to this person while offers last, oldest first. */
  readonly replies: readonly Said[]
  /** The last replies to anybody in this place, oldest first. */
  readonly repliesHere: readonly Said[]
  /** The last that was said here, but for the asker's own words, is a reply to the asker, a moment ago. */
  readonly spokenToLast: boolean
  readonly colleagueSpokeSince: boolean
}

export interface WalkRecollection {
  /** undefined where this person walks nothing here. */
  readonly walk: Walk | undefined
  /** The last turn was a little while ago. */
  readonly isFresh: boolean
  /** The last turn is the last thing that this person was told here. */
  readonly justTold: boolean
}

const NO_WALK: WalkRecollection = { walk: undefined, isFresh: false, justTold: false }
/** Nobody takes up a first review after a month where he left off. */
const WALK_EXPIRES_MS = 30 * DAY_MS
/** Within this time a bare "好了" in the group is taken for an answer to the step; filing and screenshots take a while. */
const WALK_FRESH_MS = 2 * HOUR_MS
const MAX_WALKS = 5_000
/** People come back to their days on the same day. */
const DAYS_TOLD_MS = DAY_MS
/** The day asked for is told soon or not at all. */
const DAY_WISHED_MS = 10 * MINUTE_MS
/** Whoever is answered speaks to the answer for so long, as long as nobody else speaks. */
const SPOKEN_TO_MS = 3 * MINUTE_MS
/** Lines of one place that are kept; what is older than half an hour plays no part anyway. */
const KEPT_LINES = 40
const KEPT_LINE_CHARS = 300
const KEPT_NAMES = 600
const KEPT_PLACE_REPLIES = 20
const KEPT_RECALLS = 2_000
const KEPT_WORDS = 5
const KEPT_WORD_CHARS = 200

interface KeptWords extends SaidWords {
  readonly messageId: string
  /** Its bytes are not held here, see `HeardPicture.bytes`. */
  readonly picture?: HeardPicture | undefined
}

type Who = Pick<IncomingMessage, 'place' | 'sender'>

const tells = ({ decision }: Saying, key: string): boolean => tellingsOf(decision).some((one) => one.key === key)

function isSpokenToLast(lines: readonly HeardLine[], personKey: string, nowMs: number): boolean {
  const last = lines.findLast(({ part, speaker }) => part !== 'asker' || speaker.key !== personKey)
  return last?.part === 'bot' && last.to.includes(personKey) && nowMs - last.atMs <= SPOKEN_TO_MS
}

function hasColleagueSpoken(lines: readonly HeardLine[], personKey: string): boolean {
  const last = lines.findLastIndex(({ part, to }) => part === 'bot' && to.includes(personKey))
  return last >= 0 && lines.slice(last + 1).some(({ part }) => part === 'colleague')
}

/**
 * All that the bot knows of its talks: what a person in a place has said, and what was said to them. The only owner of
 * that state, fed with what happens: heard, decided, said, dropped, colleague spoke. Only `said` makes a thing told,
 * offered or promised; what is decided counts for as long as it is on its way out, and not at all once it is dropped.
 */
export class DialogueState {
  readonly #options: DialogueOptions
  readonly #people: BoundedMap<PersonInPlace, PersonState>
  readonly #places: BoundedMap<string, PlaceState>
  /** The words themselves take room, and few askers ever want a person. */
  readonly #words: BoundedMap<PersonInPlace, readonly KeptWords[]>
  readonly #walks: BoundedMap<PersonInPlace, StoredWalk>
  readonly #seen: BoundedMap<string, true>
  readonly #recalled = new BoundedMap<string, true>(KEPT_RECALLS)
  #sequence = 0

  constructor(options: DialogueOptions) {
    this.#options = options
    const { maxEntries, walks: { records = [], maxWalks = MAX_WALKS } = {} } = options
    this.#people = new BoundedMap(maxEntries)
    this.#places = new BoundedMap(Math.ceil(maxEntries / 10))
    this.#words = new BoundedMap(Math.ceil(maxEntries / 4))
    this.#seen = new BoundedMap(maxEntries)
    this.#walks = new BoundedMap(maxWalks)
    for (const record of [...records].sort((a, b) => a.turnedAtMs - b.turnedAtMs)) {
      this.#walks.set(personInPlace(record.placeKey, record.askerKey), record)
    }
  }

  /** A message has come. @returns whether its id was known already, and its number among all that was heard */
  heard(message: IncomingMessage): { readonly seenBefore: boolean; readonly sequence: number } {
    const { id, place, sender, quote, recalls } = message
    const seenBefore = this.#seen.has(id)
    if (!seenBefore) this.#seen.set(id, true)
    if (recalls !== undefined) this.#recalled.set(recalls, true)
    this.#personOf(message).person = sender
    const here = this.#placeOf(place.key)
    here.place = place
    for (const name of [sender.name, quote?.speaker ?? '']) if (name !== '') here.names.add(name)
    for (const oldest of here.names) {
      if (here.names.size <= KEPT_NAMES) break
      here.names.delete(oldest)
    }
    return { seenBefore, sequence: ++this.#sequence }
  }

  /** It takes a moment until it is decided: what is said next may be about it all the same. */
  waits(message: IncomingMessage): void {
    this.#keepWords(message)
  }

  /** What an asker has said is part of the talk among people. */
  askerSpoke(message: IncomingMessage, wants: HeardLine['wants']): void {
    this.#addLine(message.place.key, { ...lineOf(message), part: 'asker', wants, to: [] })
  }

  /** A colleague has spoken in a customers' place. @param talk whom it was meant for */
  colleagueSpoke(message: IncomingMessage, { askerKeys, amongUs = false }: WhomSpokenTo): void {
    const { place, sender, sentAtMs: atMs } = message
    this.#addLine(place.key, { ...lineOf(message), part: 'colleague', wants: 'nothing', to: askerKeys, amongUs })
    for (const key of askerKeys) {
      const served = { colleagueKey: sender.key, atMs, sequence: this.#sequence }
      this.#personAt(place.key, { id: '', key, name: '', role: 'customer' }).servedBy = served
    }
  }

  /**
   * It is decided what becomes of a message.
   *
   * @param wanted what it would have been, had nobody asked too much
   * @returns what is to be told to `said` or `dropped`
   */
  decided(message: IncomingMessage, decision: Decision, { wanted = decision, knowledge, nowMs }: Deciding): Saying {
    const person = this.#personOf(message)
    const here = this.#placeOf(message.place.key)
    const { person: counts, room } = judgeFlood(message, wanted, this.#floodView(message, nowMs))
    person.flood = counts
    if (room) here.flood = room
    if (decision.kind !== 'command' && !isRefusedOrder(decision)) this.#keepWords(message)
    const saying = pending(message, decision, { knowledge, nowMs })
    if (saying.decision.kind === 'silent' || saying.decision.kind === 'command') return saying
    person.saying.push(saying)
    here.saying = [...here.saying, saying]
    return saying
  }

  /** The reply to a decision has got its words. */
  composed(saying: Saying, { shown, toldTimeline, text, invites }: Composed): void {
    Object.assign(saying, { shown, toldTimeline, text, invites })
  }

  /** All of it is out. */
  said(saying: Saying, nowMs: number): void {
    const { message, knowledge } = saying
    const here = this.#placeOf(message.place.key)
    const one = this.#end(saying, here)
    if (!one) return
    for (const { key } of tellingsOf(saying.decision)) here.told.set(key, { atMs: nowMs, knowledge })
    for (const [key, { atMs }] of here.told) if (nowMs - atMs >= this.#options.cooldownMs) here.told.delete(key)
    here.replies = [...here.replies, saidOf(one, nowMs)].slice(-KEPT_PLACE_REPLIES)
    this.#reached(one, nowMs)
    const to = [message.sender.key]
    const line = { atMs: nowMs, speaker: BOT, part: 'bot', text: one.text.slice(0, KEPT_LINE_CHARS) } as const
    this.#addLine(message.place.key, { ...line, wants: 'nothing', to })
  }

  /**
   * It was not said, or not all of it. What the asker may have read of it is remembered for the talk with them; told to
   * the place it is not.
   */
  dropped(saying: Saying, outcome: Extract<SendOutcome, { said: false }>, nowMs: number): void {
    const one = this.#end(saying, this.#placeOf(saying.message.place.key))
    if (!one) return
    if (outcome.reason === 'perhaps-said' || outcome.bubblesOut > 0) {
      this.#reached(one, nowMs)
      return
    }
    const person = this.#personOf(one.message)
    person.saying = person.saying.filter((other) => other !== one)
    person.flood = floodUncounted(person.flood, one.atMs)
    const here = this.#placeOf(one.message.place.key)
    here.flood = floodUncounted(here.flood, one.atMs)
    this.#settle(person)
  }

  /** Resolves when what others are told of this in the same place is said or dropped. @returns whether anything was */
  async beingSaid({ place }: Pick<IncomingMessage, 'place'>, decision: Decision): Promise<boolean> {
    const saying = this.#placeOf(place.key).saying.filter(({ sections }) => {
      return sectionsOf(decision).some((key) => sections.includes(key))
    })
    await Promise.all(saying.map(({ ended }) => ended))
    return saying.length > 0
  }

  /** @param knowledge version in use: what was told from another may have been told otherwise */
  recall(message: Who, nowMs: number, knowledge?: string): Recollection {
    const { cooldownMs, offerMs, timelineMs, holdBackMs } = this.#options
    const person = this.#personOf(message)
    const here = this.#placeOf(message.place.key)
    const told = person.saying.reduce(
      (before, one) => toldAfter(before, one, { nowMs: one.atMs, offerMs }),
      person.told,
    )
    const fresh = nowMs - told.atMs <= offerMs
    return {
      offered: fresh ? told.offered : [],
      invited: fresh ? told.invited : [],
      humanOffered: fresh && told.humanOffered,
      answeredSections: told.answeredSections,
      talkedLately: fresh,
      reopenAsked: nowMs - told.reopenAskedAtMs <= offerMs,
      heldTold: told.heldTold,
      lastSection: fresh ? told.answeredSections.at(-1) : undefined,
      failedTries: fresh ? told.failedTries : 0,
      clarifying: fresh && told.clarifying,
      toldLately: (key) => {
        if (here.saying.some((one) => one.knowledge === knowledge && tells(one, key))) return true
        const last = here.told.get(key)
        return last !== undefined && last.knowledge === knowledge && nowMs - last.atMs < cooldownMs
      },
      timelineToldLately: nowMs - told.timelineToldAtMs < timelineMs,
      toldDays: nowMs - told.daysAtMs <= DAYS_TOLD_MS ? told.days : undefined,
      dayWished: nowMs - told.dayWishedAtMs <= DAY_WISHED_MS,
      walking: this.#recallWalk(message, { person, justTold: told.walkedLast, nowMs }),
      colleagueTalks: (person.servedBy?.atMs ?? Number.NEGATIVE_INFINITY) >= nowMs - holdBackMs,
      flood: this.#floodView(message, nowMs),
      replies: told.replies.filter(({ atMs }) => nowMs - atMs <= offerMs),
      repliesHere: here.replies,
      spokenToLast: isSpokenToLast(here.lines, message.sender.key, nowMs),
      colleagueSpokeSince: hasColleagueSpoken(here.lines, message.sender.key),
    }
  }

  /** What has happened to a question since something was heard. @param sequence see `heard` */
  since(
    { id, place, sender, sentAtMs }: IncomingMessage,
    sequence: number,
  ): { readonly isRecalled: boolean; readonly isAnsweredByColleague: boolean } {
    const served = this.#people.get(personInPlace(place.key, sender.key))?.servedBy
    return {
      isRecalled: this.#recalled.has(id),
      isAnsweredByColleague:
        served !== undefined &&
        served.sequence > sequence &&
        served.atMs >= sentAtMs &&
        served.colleagueKey !== sender.key,
    }
  }

  /** What was said in a place lately, oldest first. */
  linesIn(placeKey: string): readonly HeardLine[] {
    return this.#places.get(placeKey)?.lines ?? []
  }

  /** Whoever has spoken in a place in this run. */
  namesIn(placeKey: string): Iterable<string> {
    return this.#places.get(placeKey)?.names ?? []
  }

  /** A place as it was heard of in this login. */
  place(key: string): Place | undefined {
    return this.#places.get(key)?.place
  }

  /** Somebody of that place; who was not heard in this login is known by name alone. */
  person(placeKey: string, { key, name }: { key: string; name: string }): Person {
    const known = this.#people.get(personInPlace(placeKey, key))?.person
    return known && known.id !== '' ? known : { id: '', key, name, role: 'customer' }
  }

  /** Stands for a person in a place for as long as the bot remembers them: for what other rooms keep beside this. */
  identityOf(who: Who): object {
    return this.#personOf(who)
  }

  /** What the asker said before this message, oldest first, at most five; with the pictures among it. */
  wordsBefore(message: IncomingMessage): readonly (SaidWords & { readonly picture?: HeardPicture | undefined })[] {
    return this.#wordsBefore(message).map(({ atMs, text, picture }) => ({ atMs, text, picture }))
  }

  /** What is known of a person, anywhere. */
  forget({ names, keys }: ForgottenPerson): void {
    const ends = keys.map((key) => personInPlace('', key))
    for (const map of [this.#people, this.#words, this.#walks]) {
      for (const [key] of map.entries()) if (ends.some((end) => key.endsWith(end))) map.delete(key)
    }
    for (const here of this.#places.values()) {
      for (const name of names) here.names.delete(name)
      here.lines = here.lines.filter(({ speaker }) => !keys.includes(speaker.key))
      // What they asked stands beside what they were told.
      here.replies = here.replies.filter(({ personKey }) => !keys.includes(personKey))
    }
    this.#keepWalks()
  }

  #personOf({ place, sender }: Who): PersonState {
    return this.#personAt(place.key, sender)
  }

  #personAt(placeKey: string, person: Person): PersonState {
    return this.#people.getOrSet(personInPlace(placeKey, person.key), () => ({
      person,
      told: NOTHING_TOLD,
      saying: [],
      flood: NO_FLOOD,
    }))
  }

  #placeOf(key: string): PlaceState {
    return this.#places.getOrSet(key, () => ({
      place: undefined,
      names: new Set(),
      lines: [],
      told: new Map(),
      saying: [],
      replies: [],
      flood: NO_FLOOD,
    }))
  }

  #floodView(message: Who, nowMs: number): FloodView {
    const room = message.place.kind === 'room' ? this.#placeOf(message.place.key).flood : undefined
    return { limits: this.#options.flood, person: this.#personOf(message).flood, room, nowMs }
  }

  #addLine(placeKey: string, line: HeardLine): void {
    const here = this.#placeOf(placeKey)
    here.lines = [...here.lines, line].slice(-KEPT_LINES)
  }

  /** @returns undefined for what was never on its way out, or has ended already */
  #end(saying: Saying, here: PlaceState): Pending | undefined {
    const one = here.saying.find((other) => other === saying)
    here.saying = here.saying.filter((other) => other !== saying)
    one?.end()
    return one
  }

  /** The asker has read it, or may have. */
  #reached(one: Pending, nowMs: number): void {
    const { message, decision } = one
    const person = this.#personOf(message)
    person.flood = floodSpoken(person.flood, one.text, nowMs)
    one.isSaid = true
    one.atMs = nowMs
    this.#settle(person)
    if (!('walk' in decision) || !decision.walk) return
    const { place, sender } = message
    const turned = { placeKey: place.key, askerKey: sender.key, walk: decision.walk.walk, turnedAtMs: nowMs }
    this.#walks.set(personInPlace(place.key, sender.key), turned)
    this.#forgetOldWalks(nowMs)
    this.#keepWalks()
  }

  /** What was said counts in the order of decision. */
  #settle(person: PersonState): void {
    for (let first = person.saying[0]; first?.isSaid; first = person.saying[0]) {
      person.told = toldAfter(person.told, first, { nowMs: first.atMs, offerMs: this.#options.offerMs })
      person.saying.shift()
    }
  }

  #recallWalk(
    { place, sender }: Who,
    { person, justTold, nowMs }: { person: PersonState; justTold: boolean; nowMs: number },
  ): WalkRecollection {
    const onItsWay = person.saying.findLast(({ decision }) => 'walk' in decision && decision.walk)
    const known = this.#walks.get(personInPlace(place.key, sender.key))
    const walk = onItsWay && 'walk' in onItsWay.decision ? onItsWay.decision.walk?.walk : known?.walk
    const turnedAtMs = onItsWay?.atMs ?? known?.turnedAtMs ?? Number.NEGATIVE_INFINITY
    if (!walk || nowMs - turnedAtMs > WALK_EXPIRES_MS) return NO_WALK
    return { walk, isFresh: nowMs - turnedAtMs <= WALK_FRESH_MS, justTold }
  }

  #forgetOldWalks(nowMs: number): void {
    for (const [key, { turnedAtMs }] of this.#walks.entries()) {
      if (nowMs - turnedAtMs <= WALK_EXPIRES_MS) break
      this.#walks.delete(key)
    }
  }

  #keepWalks(): void {
    this.#options.walks?.keep?.([...this.#walks.values()])
  }

  #keepWords(message: IncomingMessage): void {
    const { id, place, sender, kind, sentAtMs, picture } = message
    const said = shownWords(message).slice(0, KEPT_WORD_CHARS)
    if (kind === 'sticker' || kind === 'notice' || said === '') return
    const key = personInPlace(place.key, sender.key)
    const kept = this.#words.get(key) ?? []
    const words = { messageId: id, atMs: sentAtMs, text: said, picture }
    const isKnown = kept.some(({ messageId }) => messageId === id)
    const now = isKnown ? kept.map((one) => (one.messageId === id ? words : one)) : [...kept, words]
    this.#words.set(key, now.slice(-KEPT_WORDS - 1))
  }

  #wordsBefore({ id, place, sender }: IncomingMessage): readonly KeptWords[] {
    const kept = this.#words.get(personInPlace(place.key, sender.key)) ?? []
    return kept.filter(({ messageId }) => messageId !== id).slice(-KEPT_WORDS)
  }
}

export interface Deciding {
  readonly wanted?: Decision
  /** Version of what it was decided on. */
  readonly knowledge?: string
  readonly nowMs: number
}

/** What is kept of walks once a person is to be forgotten. */
export const withoutWalksOf = (walks: readonly StoredWalk[], { keys }: ForgottenPerson): readonly StoredWalk[] =>
  walks.filter(({ askerKey }) => !keys.includes(askerKey))

const BOT = { key: 'bot', name: '' }

const lineOf = ({ sentAtMs, sender, kind, text }: IncomingMessage) => ({
  atMs: sentAtMs,
  speaker: { key: sender.key, name: sender.name },
  text: kind === 'text' ? text.slice(0, KEPT_LINE_CHARS) : '',
  ...(kind === 'picture' && { isPicture: true }),
})

const isRefusedOrder = (decision: Decision): boolean =>
  'word' in decision ? decision.word === 'not-allowed' : 'reason' in decision && decision.reason === 'not-allowed'
