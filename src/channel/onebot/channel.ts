import { z } from 'zod'
import { BoundedMap } from '../../base/bounded-map.js'
import { globPattern, messageOf, shownName } from '../../base/text.js'
import { MINUTE_MS, SECOND_MS, withTimeout } from '../../base/time.js'
import { ChannelError } from '../../errors.js'
import type { HeardPicture, IncomingMessage, Person, Place, Role, RoomPlace } from '../../model/chat.js'
import type {
  Channel,
  DurableList,
  GrantedRoles,
  HeardIds,
  Identities,
  Log,
  MessageListener,
  Outgoing,
  StaffRoomNews,
  WeChatTime,
} from '../../model/ports.js'
import type { StaffBinding } from '../../model/stores.js'
import { HeardPictures, Hearing, OwnWords, QuietNames } from '../hearing.js'
import {
  CallError,
  type MessageEvent,
  type NoticeEvent,
  type OneBotEvent,
  type Segment,
  storedMessage,
} from './connection.js'
import {
  directKey,
  groupKey,
  isOwn,
  loadPicture,
  messageIdOf,
  numberIn,
  personKey,
  placeKeyOf,
  readMessage,
  readRecall,
  type StoredWords,
  type WhoOnQq,
} from './incoming.js'
import { Names, StaffGroup } from './people.js'
import type { OneBotSession } from './session.js'

export interface OneBotChannelOptions {
  /** Names of served groups, `*` stands for anything; or `qq-group:700009`. */
  readonly serve: readonly string[]
  /** Name of the vendor's own group, or `qq-group:700009`; null: only an order makes one the vendor's. */
  readonly staffRoom: string | null
  readonly staffBinding: DurableList<StaffBinding>
  readonly isFirstStart: boolean
  readonly onStaffRoom?: (news: StaffRoomNews) => void
  /** `qq:30003` of colleagues and of admins. */
  readonly staff: readonly string[]
  readonly admins: readonly string[]
  /** Names of colleagues whose numbers are not known: who bears one is not interrupted for a while. */
  readonly staffNames: readonly string[]
  readonly identities: Pick<Identities, 'beginLogin'>
  readonly heardIds: HeardIds
  /** Learns the network's time from what is heard. */
  readonly time?: WeChatTime
  /** Roles given by a code. */
  readonly roles?: GrantedRoles
  /** Where the implementation runs. */
  readonly url: string
}

const REFRESH_MS = 5 * MINUTE_MS
/** While the staff group is not found. */
const LOOK_AGAIN_MS = 3 * SECOND_MS
/** Messages of one place wait for others that were said before them. */
const HOLD_MS = 100
/** An implementation itself waits for some 10 s until QQ has confirmed. */
const SEND_TIMEOUT_MS = 20 * SECOND_MS
const SEND_PICTURE_TIMEOUT_MS = 60 * SECOND_MS
const KEPT_IDS = 5_000
/** What is heard right after a login waits so long for who sits in the staff group and what the groups are called. */
const FIRST_LIST_MS = 3 * SECOND_MS
/** A message is not held up longer for what it quotes. */
const QUOTE_TIMEOUT_MS = 5 * SECOND_MS
const sentMessage = z.unknown()

/** QQ, by way of any OneBot v11 implementation, as our channel. */
export class OneBotChannel implements Channel {
  readonly #session: OneBotSession
  readonly #options: OneBotChannelOptions
  readonly #log: Log
  readonly #serves: readonly RegExp[]
  readonly #names: Names
  readonly #staff: StaffGroup
  readonly #quietNames: QuietNames
  readonly #pictures: HeardPictures
  readonly #ownWords = new OwnWords()
  readonly #hearing: Hearing<readonly IncomingMessage[]>
  /** Our ids of what was heard last under an implementation's id in a place. */
  readonly #idsHeard = new BoundedMap<string, string>(KEPT_IDS)
  /** What people and groups were last called, by their keys. */
  readonly #shownAs = new BoundedMap<string, string>(KEPT_IDS)
  #wirePlace = 0
  #wasListed = false
  #unlisted = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #refreshing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(session: OneBotSession, options: OneBotChannelOptions, log: Log) {
    this.#session = session
    this.#options = options
    this.#log = log
    this.#serves = options.serve.map(globPattern)
    this.#names = new Names(session)
    this.#quietNames = new QuietNames(options.staffNames)
    this.#pictures = new HeardPictures(log)
    this.#staff = new StaffGroup(session, {
      ...{ named: options.staffRoom, isFirstStart: options.isFirstStart, binding: options.staffBinding, log },
      ...{ names: this.#names, onNews: options.onStaffRoom, nowMs: () => (options.time ?? Date).now() },
      isColleague: (number) => this.#knownRole(number) !== undefined,
    })
    this.#hearing = new Hearing({ heardIds: options.heardIds, holdMs: HOLD_MS, log })
  }

  async start(listener: MessageListener): Promise<void> {
    this.#hearing.open((messages) => Promise.all(messages.map(listener)))
    clearInterval(this.#timer)
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS).unref()
    await this.#session.start({ onEvent: (event) => this.#on(event), onUp: () => this.#greet() })
  }

  stopHearing(): Promise<void> {
    return this.#hearing.close()
  }

  async stop(): Promise<void> {
    this.#hearing.end()
    clearInterval(this.#timer)
    this.#session.stop()
  }

  async send(to: Place, bubble: Outgoing): Promise<void> {
    // QQ would refuse an empty message.
    if (bubble.kind === 'text' && bubble.text.trim() === '') return
    // The implementation would say no only after a while, or say nothing.
    if (!this.#session.isUp) throw new ChannelError('channel-unreachable', 'QQ is not connected', { retryable: true })
    const { action, params } = addressOf(to, this.#names)
    const timeoutMs = bubble.kind === 'picture' ? SEND_PICTURE_TIMEOUT_MS : SEND_TIMEOUT_MS
    this.#ownWords.note(to.id, bubble)
    try {
      const message = segmentsOf(bubble, { inRoom: to.kind === 'room' })
      await this.#session.call(action, { ...params, message }, { answer: sentMessage, timeoutMs })
    } catch (error) {
      throw toChannelError(error)
    }
  }

  async staffPlace(): Promise<Place | undefined> {
    const { number } = this.#staff
    if (number === undefined || !this.#session.isUp || !this.#names.groups.includes(number)) return undefined
    return this.#room(number)
  }

  async bindStaffRoom(key: string, by: string): Promise<boolean> {
    const number = numberIn(key, 'qq-group')
    return number !== undefined && this.#session.isUp && this.#staff.bind(number, by)
  }

  async findPlace(key: string): Promise<Place | undefined> {
    const group = numberIn(key, 'qq-group')
    if (group !== undefined) return this.#names.groups.includes(group) ? this.#room(group) : undefined
    const number = numberIn(key, 'direct:qq')
    return number === undefined ? undefined : { kind: 'direct', id: number, key }
  }

  /** @param remark a QQ number, e.g. `qq:30003`: what a remark is on WeChat, a number is here */
  async findColleague(remark: string): Promise<Place | undefined> {
    const number = numberIn(remark, 'qq')
    const canBeTold = number !== undefined && this.#session.isUp && this.#names.isFriend(number) !== false
    return canBeTold ? { kind: 'direct', id: number, key: directKey(number) } : undefined
  }

  async roleOf(personKey: string): Promise<Role | undefined> {
    const number = numberIn(personKey, 'qq')
    if (number === undefined) return 'customer'
    const known = this.#knownRole(number) ?? (this.#staff.has(number) ? 'staff' : undefined)
    return known ?? (this.#session.isUp && this.#staff.knowsSeats ? 'customer' : undefined)
  }

  async rooms(): Promise<readonly RoomPlace[]> {
    if (!this.#session.isUp) return []
    return Promise.all(this.#names.groups.map((group) => this.#room(group)))
  }

  /** What the bearer of a key was last called in this run; undefined while it was not met. */
  nameOf(key: string): string | undefined {
    return this.#shownAs.get(key)
  }

  #greet(): void {
    const { selfNumber } = this.#session
    if (selfNumber !== undefined) this.#options.identities.beginLogin(selfNumber)
    void this.#refresh()
  }

  /** Lists groups anew, past all caches: what comes back has been at QQ's servers. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#listAnew()
      .catch((error: unknown) => this.#log.warn({ error: messageOf(error) }, 'groups not listed'))
      .finally(() => {
        this.#refreshing = undefined
      })
    return this.#refreshing
  }

  async #listAnew(): Promise<void> {
    this.#lookedAtMs = performance.now()
    const isListed = await this.#names.refresh()
    this.#unlisted = isListed ? 0 : this.#unlisted + 1
    if (isListed) this.#session.noteReach(true)
    else if (this.#wasListed && this.#unlisted > 1) this.#session.noteReach(false)
    this.#wasListed ||= isListed
    await this.#staff.look()
  }

  #on(event: OneBotEvent): void {
    if (event.post_type === 'message' || event.post_type === 'message_sent') this.#onMessage(event)
    else if (event.post_type === 'notice') this.#onNotice(event)
  }

  #onMessage(event: MessageEvent): void {
    if (!this.#hearing.isOpen) return
    if (!isOwn(event)) this.#options.time?.heardOf(event.time * 1000)
    const placeKey = placeKeyOf(event)
    const id = messageIdOf(event, placeKey)
    this.#idsHeard.set(`${placeKey} ${event.message_id}`, id)
    // Without waiting: what is heard next is held up by nothing.
    this.#hearing.hear({
      ...{ id, placeId: placeKey, sentAtMs: event.time * 1000, wirePlace: ++this.#wirePlace },
      read: () => this.#read(event),
    })
  }

  async #read(event: MessageEvent): Promise<readonly IncomingMessage[]> {
    const { group_id: group, user_id: number, sender } = event
    const listing = this.#wasListed ? undefined : this.#refreshing
    if (listing !== undefined) await withTimeout(listing, FIRST_LIST_MS)
    if (event.message_type === 'private' && event.sub_type === 'group') {
      const by = sender.group_id ?? group
      if (by !== undefined) this.#names.noteTemporary(number, by)
    }
    if (group !== undefined && event.message_type === 'group') {
      if (!isOwn(event)) this.#names.noteMember(number, group, shownName(sender.card || sender.nickname))
      await this.#lookForStaffGroup(await this.#names.topicOf(group, event.group_name))
      this.#staff.heard(number, group)
    }
    return readMessage(event, this.#who)
  }

  /** A group of that name speaks, and it is not known yet whether it is the one. */
  async #lookForStaffGroup(topic: string): Promise<void> {
    if (this.#staff.number !== undefined || topic !== this.#options.staffRoom) return
    if (this.#refreshing || performance.now() - this.#lookedAtMs >= LOOK_AGAIN_MS) await this.#refresh()
  }

  #onNotice(event: NoticeEvent): void {
    const { notice_type: type, group_id: group, user_id: number } = event
    if (type === 'group_recall' || type === 'friend_recall') this.#onRecall(event)
    if (group === undefined || number === undefined) return
    if (type === 'group_card') this.#names.noteMember(number, group, shownName(event.card_new ?? ''))
    const isOurs = number === this.#session.selfNumber
    if (type === 'group_decrease') {
      this.#staff.left(number, group)
      if (isOurs) this.#names.forgetGroup(group)
    }
    if (type === 'group_increase' && (isOurs || group === this.#staff.number)) void this.#refresh()
  }

  /** Who takes a message back, or has it taken back, no longer wants it answered. */
  #onRecall(event: NoticeEvent): void {
    const { group_id: group, user_id: number, message_id } = event
    if (!this.#hearing.isOpen || number === undefined || message_id === undefined) return
    const placeKey = group === undefined ? directKey(number) : groupKey(group)
    const recalls = this.#idsHeard.get(`${placeKey} ${message_id}`)
    if (recalls === undefined) return
    const read = async (): Promise<readonly IncomingMessage[]> => {
      const place: Place = group === undefined ? { kind: 'direct', id: number, key: placeKey } : await this.#room(group)
      const nick = group === undefined ? '' : await this.#names.memberName(number, group)
      return [readRecall(event, { place, sender: this.#person({ number, card: '', nick }, group), recalls })]
    }
    this.#hearing.hear({
      ...{ id: `recall-${recalls}`, placeId: placeKey, sentAtMs: event.time * 1000, wirePlace: ++this.#wirePlace },
      read,
    })
  }

  readonly #who: WhoOnQq = {
    room: (group, shownAs) => this.#room(group, shownAs),
    person: (speaker, group) => this.#person(speaker, group),
    nameOf: (number, group) => this.#nameOf(number, group),
    ownNames: async (group) => {
      const { selfNick, selfNumber } = this.#session
      const card =
        group === undefined || selfNumber === undefined ? '' : await this.#names.memberName(selfNumber, group)
      return [...new Set([selfNick, card])].filter((name) => name !== '')
    },
    stored: (messageId, place) => this.#stored(messageId, place),
    isEcho: (message) => this.#ownWords.takeEcho(message),
    fetchPicture: (messageId, picture) => this.#fetchPicture(messageId, picture),
  }

  async #room(group: string, shownAs = ''): Promise<RoomPlace> {
    const topic = await this.#names.topicOf(group, shownAs)
    const key = groupKey(group)
    this.#shownAs.set(key, topic)
    const isServed = this.#serves.some((pattern) => pattern.test(topic) || pattern.test(key))
    const purpose = this.#staff.purposeOf(group, topic) ?? (isServed ? 'customers' : 'ignored')
    return { kind: 'room', id: group, key, topic, purpose }
  }

  #nameOf(number: string, group: string): Promise<string> {
    return this.#names.memberName(number, group)
  }

  /** A nick or group card is anybody's choice and grants nothing. */
  #person({ number, card, nick }: Parameters<WhoOnQq['person']>[0], group?: string): Person {
    const key = personKey(number)
    const names = [nick, card].map(shownName).filter((name) => name !== '')
    const isInStaffRoom = this.#staff.has(number)
    const granted = this.#granted(number)
    const configured = this.#configured(number)
    const role: Role =
      configured === 'admin' ? 'admin' : (granted ?? configured ?? (isInStaffRoom ? 'staff' : 'customer'))
    const placeKey = group === undefined ? directKey(number) : groupKey(group)
    const mayBeStaff = role === 'customer' && this.#quietNames.isQuiet({ placeKey, personKey: key, names })
    const name = shownName(card || nick) || number
    this.#shownAs.set(key, name)
    return {
      ...{ id: number, key, name, role },
      ...(granted !== undefined && { isGranted: true }),
      ...(isInStaffRoom && { inStaffRoom: true }),
      ...(mayBeStaff && { mayBeStaff: true }),
    }
  }

  #knownRole(number: string): Role | undefined {
    return this.#configured(number) ?? this.#granted(number)
  }

  #granted(number: string) {
    return this.#options.roles?.roleOf({ contactId: number, remark: personKey(number) })
  }

  #configured(number: string): 'admin' | 'staff' | undefined {
    const key = personKey(number)
    if (this.#options.admins.includes(key)) return 'admin'
    return this.#options.staff.includes(key) ? 'staff' : undefined
  }

  async #stored(messageId: string, place: Place): Promise<StoredWords | undefined> {
    const message_id = Number.isSafeInteger(Number(messageId)) ? Number(messageId) : messageId
    try {
      const options = { answer: storedMessage, timeoutMs: QUOTE_TIMEOUT_MS }
      const stored = await this.#session.call('get_msg', { message_id }, options)
      const { sender, message: segments, group_id } = stored
      // An id that counts anew may mean what was said elsewhere.
      if (group_id !== undefined && place.kind === 'room' && group_id !== place.id) return undefined
      const number = sender.user_id ?? ''
      const name = number === this.#session.selfNumber ? this.#session.selfNick : sender.card || sender.nickname
      return { number, name: shownName(name) || number, segments }
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'quoted message not found')
      return undefined
    }
  }

  #fetchPicture(messageId: string, picture: Segment): Promise<HeardPicture | undefined> {
    const ownHost = new URL(this.#options.url).hostname
    return this.#pictures.fetch(messageId, () => loadPicture(picture, { ask: this.#session, ownHost }))
  }
}

/** @throws ChannelError when the place is none of QQ's */
function addressOf({ kind, key }: Place, names: Names): { readonly action: string; readonly params: object } {
  const number = numberIn(key, kind === 'room' ? 'qq-group' : 'direct:qq')
  if (number === undefined) throw new ChannelError('channel-rejected', 'the place is not of QQ', { retryable: false })
  if (kind === 'room') return { action: 'send_group_msg', params: { group_id: Number(number) } }
  const group = names.groupFor(number)
  const params = { user_id: Number(number), ...(group !== undefined && { group_id: Number(group) }) }
  return { action: 'send_private_msg', params }
}

function segmentsOf(bubble: Outgoing, { inRoom }: { readonly inRoom: boolean }): readonly Segment[] {
  if (bubble.kind === 'picture') {
    return [{ type: 'image', data: { file: `base64://${Buffer.from(bubble.bytes).toString('base64')}` } }]
  }
  const words: Segment = { type: 'text', data: { text: bubble.text } }
  const qq = inRoom && bubble.mention ? numberIn(bubble.mention.key, 'qq') : undefined
  if (qq === undefined) return [words]
  return [
    { type: 'at', data: { qq } },
    { ...words, data: { text: ` ${bubble.text}` } },
  ]
}

/** What implementations say, in their words or QQ's, when an account says too much. */
const TOO_MANY = /频繁|过快|频率|风控|too (?:many|fast|frequent)|rate.?limit/i
/** NapCat has handed it on and waited in vain for QQ: often enough the message is there. */
const NOT_CONFIRMED = /\btime.?out\b|超时/i
const RESULT = /"?result"?\s*[:=]\s*(-?\d+)/

/** The implementation's words may hold what people wrote: only numbers go on. */
function toChannelError(error: unknown): ChannelError {
  if (!(error instanceof CallError)) return new ChannelError('channel-rejected', messageOf(error), { retryable: false })
  const { kind, message, wording } = error
  if (kind === 'not-sent') return new ChannelError('channel-unreachable', message, { retryable: true })
  if (kind === 'no-answer') return new ChannelError('channel-unreachable', message, { retryable: false })
  const result = RESULT.exec(wording)?.[1]
  const told = result === undefined ? message : `${message}, result ${result}`
  if (result === undefined && NOT_CONFIRMED.test(wording)) {
    return new ChannelError('channel-unreachable', `${told}, not confirmed`, { retryable: false })
  }
  const tooMany = TOO_MANY.test(wording)
  return new ChannelError('channel-rejected', told, { retryable: !tooMany, tooMany, number: error.retcode })
}
