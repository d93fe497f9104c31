/** Key of the bot's own account in every list of people. */
export const BOT = 'bot'

/** The bot's account. */
export interface Account {
  nick: string
  readonly uin: number
}

/** Somebody whom the account may meet. `key` is the test's own name for them and never reaches the bot. */
export interface Contact {
  readonly key: string
  nick: string
  /** What the bot's account calls them; wechaty's `alias()`. */
  remark: string
  /** False: known from groups only. */
  friend: boolean
  /** In the chat list at login. */
  recent: boolean
  /** The service leaves it empty for web clients. */
  wxid: string
  verifyFlag: number
}

export interface Member {
  readonly contact: string
  /** Group display name; empty when none was chosen. */
  display: string
}

export interface Room {
  readonly key: string
  topic: string
  members: Member[]
  /** In the contact list. */
  saved: boolean
  /** In the chat list at login. */
  recent: boolean
  owner: string
}

export type ContactSpec = Partial<Contact> & { key: string }
export type MemberSpec = string | { contact: string; display?: string }
export type RoomSpec = Partial<Omit<Room, 'members'>> & {
  key: string
  members?: readonly MemberSpec[]
  /** The account is no member yet. */
  withoutMe?: boolean
}

export interface WorldSpec {
  me?: { nick: string }
  contacts?: readonly ContactSpec[]
  rooms?: readonly RoomSpec[]
}

/** People and groups as the service knows them. They outlive logins; ids do not, see `Session`. */
export class World {
  readonly me: Account = { nick: '小助手', uin: 1_552_172_000 }
  readonly contacts = new Map<string, Contact>()
  readonly rooms = new Map<string, Room>()
  private readonly changed: (keys: readonly string[]) => void

  /** @param changed told the keys of people and groups that a logged-in client should hear of */
  constructor(changed: (keys: readonly string[]) => void) {
    this.changed = changed
  }

  /** The same key replaces. */
  addContact(spec: ContactSpec): Contact {
    const blank = { nick: spec.key, remark: '', friend: true, recent: false, wxid: '', verifyFlag: 0 }
    const contact: Contact = { ...blank, ...spec }
    this.contacts.set(contact.key, contact)
    return contact
  }

  /** Another nick or remark, set on a phone. */
  setContact(key: string, patch: Partial<Omit<Contact, 'key'>>): void {
    Object.assign(this.contact(key), patch)
    this.changed([key, ...this.roomsOf(key)])
  }

  addRoom({ withoutMe = false, members: memberSpecs = [], ...spec }: RoomSpec): Room {
    const members = memberSpecs.map(toMember)
    for (const member of members) this.ensureKnown(member.contact)
    if (!withoutMe && !members.some(isBot)) members.unshift({ contact: BOT, display: '' })
    const owner = members.find((member) => !isBot(member))?.contact ?? BOT
    const room: Room = { topic: spec.key, saved: false, recent: true, owner, ...spec, members }
    this.rooms.set(room.key, room)
    return room
  }

  /** Another topic, without the grey notice; with it: `FakeWeixin.notice`. */
  setRoom(key: string, patch: Partial<Pick<Room, 'topic' | 'saved' | 'owner'>>): void {
    Object.assign(this.room(key), patch)
    this.changed([key])
  }

  /** Let somebody in, or give a member (`BOT` too) another display name. */
  addMember(roomKey: string, spec: MemberSpec): void {
    const member = toMember(spec)
    this.ensureKnown(member.contact)
    const known = this.member(roomKey, member.contact)
    if (known) known.display = member.display
    else this.room(roomKey).members.push(member)
    this.changed([roomKey])
  }

  removeMember(roomKey: string, key: string): void {
    const room = this.room(roomKey)
    room.members = room.members.filter((member) => member.contact !== key)
    this.changed([roomKey])
  }

  /** @throws Error when no test has added them */
  contact(key: string): Contact {
    const contact = this.contacts.get(key)
    if (!contact) throw new Error(`no such contact: ${key}`)
    return contact
  }

  /** @throws Error when no test has added it */
  room(key: string): Room {
    const room = this.rooms.get(key)
    if (!room) throw new Error(`no such room: ${key}`)
    return room
  }

  member(roomKey: string, key: string): Member | undefined {
    return this.room(roomKey).members.find((member) => member.contact === key)
  }

  botIsIn(room: Room): boolean {
    return room.members.some(isBot)
  }

  /** Nick name. */
  nickOf(key: string): string {
    return key === BOT ? this.me.nick : (this.contacts.get(key)?.nick ?? key)
  }

  /** What phones write after the `@`: the group display name, else the nick name. */
  mentionName(key: string, roomKey?: string): string {
    return (roomKey && this.member(roomKey, key)?.display) || this.nickOf(key)
  }

  /** What grey notices call somebody: the account's remark comes before all other names. */
  noticeName(key: string, roomKey?: string): string {
    return this.contacts.get(key)?.remark || this.mentionName(key, roomKey)
  }

  private roomsOf(key: string): string[] {
    const rooms = [...this.rooms.values()]
    return rooms.filter((room) => room.members.some((member) => member.contact === key)).map((room) => room.key)
  }

  private ensureKnown(key: string): void {
    if (key !== BOT && !this.contacts.has(key)) this.addContact({ key, friend: false })
  }
}

function toMember(spec: MemberSpec): Member {
  return typeof spec === 'string' ? { contact: spec, display: '' } : { display: '', ...spec }
}

function isBot(member: Member): boolean {
  return member.contact === BOT
}
