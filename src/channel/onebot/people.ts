import { BoundedMap } from '../../base/bounded-map.js'
import { shownName } from '../../base/text.js'
import { MINUTE_MS, SECOND_MS } from '../../base/time.js'
import type { DurableList, Log, StaffRoomNews } from '../../model/ports.js'
import type { StaffBinding } from '../../model/stores.js'
import { friendList, groupInfo, groupList, memberInfo, memberList, type OneBotConnection } from './connection.js'
import { groupKey, numberIn } from './incoming.js'

type Ask = Pick<OneBotConnection, 'call'>

const MAX_NAMES = 20_000
const NAMES_VALID_MS = 10 * MINUTE_MS
const ASK_AGAIN_MS = 30 * SECOND_MS

/** Who is called what in which group; asked once in a while, and learnt from all that is said. */
export class Names {
  readonly #ask: Ask
  readonly #topics = new Map<string, string>()
  readonly #members = new BoundedMap<string, { readonly name: string; readonly atMs: number }>(MAX_NAMES)
  /** Groups whose names came with nothing, and what was asked of them last. */
  readonly #nameless = new BoundedMap<string, { readonly atMs: number; readonly name: Promise<string> }>(MAX_NAMES)
  /** Groups by which strangers wrote to the account last. */
  readonly #groupOf = new BoundedMap<string, string>(MAX_NAMES)
  #friends: ReadonlySet<string> | undefined
  #groups: readonly string[] = []

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Numbers of the groups that the account is in. */
  get groups(): readonly string[] {
    return this.#groups
  }

  /** Asks for groups and friends anew. @returns false when the implementation can't tell at this moment */
  async refresh(): Promise<boolean> {
    const friends = this.#ask.call('get_friend_list', {}, { answer: friendList }).catch(() => undefined)
    const groups = await this.#ask
      .call('get_group_list', { no_cache: true }, { answer: groupList })
      .catch(() => undefined)
    const numbers = (await friends)?.map(({ user_id }) => user_id)
    this.#friends = numbers ? new Set(numbers) : this.#friends
    if (!groups) return false
    this.#groups = groups.map(({ group_id }) => group_id)
    for (const { group_id, group_name } of groups) this.#topics.set(group_id, shownName(group_name))
    return true
  }

  /** @param shownAs as an event tells it at this moment; empty when it does not */
  async topicOf(group: string, shownAs = ''): Promise<string> {
    if (shownAs !== '') this.#topics.set(group, shownName(shownAs))
    if (!this.#groups.includes(group)) this.#groups = [...this.#groups, group]
    const known = this.#topics.get(group)
    if (known) return known
    return (await this.#askedName(group)) || groupKey(group)
  }

  /** Whoever could not tell a moment ago is not asked again for each message. @returns empty when nobody can tell */
  #askedName(group: string): Promise<string> {
    const nowMs = performance.now()
    const asked = this.#nameless.get(group)
    if (asked && nowMs - asked.atMs < ASK_AGAIN_MS) return asked.name
    const name = this.#ask.call('get_group_info', { group_id: Number(group) }, { answer: groupInfo }).then(
      ({ group_name }) => shownName(group_name),
      () => '',
    )
    this.#nameless.set(group, { atMs: nowMs, name })
    void name.then((topic) => {
      if (topic !== '') this.#topics.set(group, topic)
    })
    return name
  }

  forgetGroup(group: string): void {
    this.#groups = this.#groups.filter((other) => other !== group)
    this.#topics.delete(group)
  }

  /** By the group card, else the nick. */
  async memberName(number: string, group: string): Promise<string> {
    const key = `${group} ${number}`
    const known = this.#members.get(key)
    if (known && performance.now() - known.atMs < NAMES_VALID_MS) return known.name
    const params = { group_id: Number(group), user_id: Number(number) }
    const info = await this.#ask.call('get_group_member_info', params, { answer: memberInfo }).catch(() => undefined)
    const name = info ? shownName(info.card || info.nickname) : (known?.name ?? '')
    this.noteMember(number, group, name)
    return name
  }

  noteMember(number: string, group: string, name: string): void {
    this.#members.set(`${group} ${number}`, { name, atMs: performance.now() })
    this.#groupOf.set(number, group)
  }

  /** Whether an account may be written to without a group between; undefined when nobody knows. */
  isFriend(number: string): boolean | undefined {
    return this.#friends?.has(number)
  }

  /** The group by which a stranger can be written to. */
  groupFor(number: string): string | undefined {
    return this.isFriend(number) === true ? undefined : this.#groupOf.get(number)
  }

  noteTemporary(number: string, group: string): void {
    this.#groupOf.set(number, group)
  }
}

export interface StaffGroupParts {
  /** What the configuration calls it: a name, or `qq-group:700009`. */
  readonly named: string | null
  /** Nothing was known before: the name alone will do, once, for the one group that bears it. */
  readonly isFirstStart: boolean
  /** A colleague for certain: by number, or by a code. */
  readonly isColleague: (number: string) => boolean
  readonly names: Pick<Names, 'groups' | 'topicOf'>
  readonly binding: DurableList<StaffBinding>
  readonly onNews?: ((news: StaffRoomNews) => void) | undefined
  readonly nowMs: () => number
  readonly log: Log
}

/** Groups may be listed a moment after the login. */
const GRACE_MS = 60 * SECOND_MS

/**
 * The vendor's own group. Its number lasts, so that it has to be found only once: by the number in the configuration, by
 * an order, or by its name. The name alone counts at the very first start and where a known colleague sits in the group:
 * whoever owns a group can call it as they like.
 */
export class StaffGroup {
  readonly #parts: StaffGroupParts
  readonly #ask: Ask
  #members: ReadonlySet<string> = new Set()
  #isFirstLook: boolean
  #missingSinceMs: number | undefined
  #toldMissing = false

  constructor(ask: Ask, parts: StaffGroupParts) {
    this.#ask = ask
    this.#parts = parts
    this.#isFirstLook = parts.isFirstStart
  }

  /** undefined while it is not known. */
  get number(): string | undefined {
    const { named } = this.#parts
    const bound = numberIn(this.#binding?.key ?? '', 'qq-group')
    return bound ?? (named === null ? undefined : numberIn(named, 'qq-group'))
  }

  /** Sits in it. */
  has(number: string): boolean {
    return this.#members.has(number)
  }

  /** False until the group has been listed, and where it never was. */
  get knowsSeats(): boolean {
    return this.number === undefined ? this.#parts.named === null : this.#members.size > 0
  }

  /** Whoever speaks there is a member, whatever the implementation lists. */
  heard(number: string, group: string): void {
    if (group === this.number && !this.#members.has(number)) this.#members = new Set([...this.#members, number])
  }

  left(number: string, group: string): void {
    if (group === this.number) this.#members = new Set([...this.#members].filter((other) => other !== number))
  }

  /** undefined: a group like any other. `ignored`: it bears the name, but is not the one. */
  purposeOf(group: string, topic: string): 'staff' | 'ignored' | undefined {
    if (group === this.number) return 'staff'
    return topic === this.#parts.named ? 'ignored' : undefined
  }

  /** @returns false when the account is not in that group */
  async bind(group: string, by: string): Promise<boolean> {
    const { names, binding, named, nowMs, onNews, log } = this.#parts
    if (!names.groups.includes(group)) return false
    const bound = { key: groupKey(group), named, by, boundAtMs: nowMs(), members: [], toldOf: [] }
    await binding.save([bound]).catch((error: Error) => log.error({ error: error.message }, 'staff group not kept'))
    log.info({ by: by === 'first-start' ? by : 'order' }, 'staff group bound')
    onNews?.({ kind: 'bound', topic: await names.topicOf(group) })
    await this.#takeMembers(group)
    return true
  }

  /** To be called when groups have been listed, and now and then. */
  async look(): Promise<void> {
    const { named } = this.#parts
    if (this.number === undefined && named !== null) await this.#search(named)
    this.#isFirstLook = false
    const { number } = this
    if (number !== undefined && this.#parts.names.groups.includes(number)) {
      this.#missingSinceMs = undefined
      await this.#takeMembers(number)
    } else if (named !== null) await this.#tellMissing(named)
  }

  async #search(named: string): Promise<void> {
    const called = await this.#called(named)
    const [only] = called
    if (only !== undefined && called.length === 1 && this.#isFirstLook)
      return void (await this.bind(only, 'first-start'))
    const seats = await Promise.all(called.map((group) => this.#membersOf(group)))
    const ours = called.filter((_, index) => seats[index]?.some((number) => this.#parts.isColleague(number)))
    if (ours.length === 1) await this.bind(ours[0]!, 'first-start')
  }

  async #called(named: string): Promise<readonly string[]> {
    const { names } = this.#parts
    const topics = await Promise.all(names.groups.map((group) => names.topicOf(group)))
    return names.groups.filter((_, index) => topics[index] === named)
  }

  async #takeMembers(group: string): Promise<void> {
    const members = await this.#membersOf(group)
    if (members) this.#members = new Set(members)
  }

  async #membersOf(group: string): Promise<readonly string[] | undefined> {
    const members = await this.#ask
      .call('get_group_member_list', { group_id: Number(group), no_cache: true }, { answer: memberList })
      .catch(() => undefined)
    return members?.map(({ user_id }) => user_id)
  }

  /** Once in a run. */
  async #tellMissing(named: string): Promise<void> {
    const nowMs = performance.now()
    this.#missingSinceMs ??= nowMs
    if (this.#toldMissing || nowMs - this.#missingSinceMs < GRACE_MS) return
    this.#toldMissing = true
    const isListed = (await this.#called(named)).length > 0
    this.#parts.onNews?.({ kind: isListed ? 'not-bound' : 'not-listed', topic: named })
  }

  /** What was bound under another configured name, was meant to be replaced. */
  get #binding(): StaffBinding | undefined {
    const [binding] = this.#parts.binding.records()
    return binding?.named === this.#parts.named && numberIn(binding.key, 'qq-group') !== undefined ? binding : undefined
  }
}
