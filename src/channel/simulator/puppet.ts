import { FileBox, type FileBoxInterface } from 'file-box'
import { Puppet, type payloads, types } from 'wechaty-puppet'
import { readPictureHeader } from '../../knowledge/pictures.js'
import {
  type Conversation,
  directIdOf,
  type SimulatedMedia,
  type SimulatedPerson,
  type World,
  type WorldMessage,
} from './world.js'

interface RoomMember {
  readonly person: SimulatedPerson
  readonly displayName: string | undefined
}

/** Lets Wechaty live in a `World` as its bot, as any other puppet lets it live in WeChat. Logs in at start, without a scan. */
export class PuppetSimulator extends Puppet {
  static override readonly VERSION = '1.0.0'
  readonly #world: World
  #leaveWorld: (() => void) | undefined
  #speaking = false

  constructor({ world }: { world: World }) {
    super()
    this.#world = world
    refuseUnsupportedCalls(this)
  }

  override name(): string {
    return 'puppet-simulator'
  }

  override version(): string {
    return PuppetSimulator.VERSION
  }

  override async onStart(): Promise<void> {
    this.#leaveWorld = this.#world.subscribe((message) => this.#hear(message))
    this.login(this.#world.botId)
    this.emit('ready', { data: 'simulator' })
  }

  override async onStop(): Promise<void> {
    this.#leaveWorld?.()
    this.#leaveWorld = undefined
    await this.logout('stopped')
  }

  override ding(data = ''): void {
    this.emit('dong', { data })
  }

  override async conversationReadMark(): Promise<void> {}

  override async contactList(): Promise<string[]> {
    return this.#world.people.map(({ id }) => id)
  }

  override async contactRawPayload(contactId: string): Promise<SimulatedPerson> {
    const person = this.#world.person(contactId)
    if (!person) throw new Error(`no contact ${contactId}`)
    return person
  }

  override async contactRawPayloadParser({ id, name }: SimulatedPerson): Promise<payloads.Contact> {
    return {
      id,
      name,
      alias: this.#world.remark(id) ?? '',
      avatar: '',
      friend: id !== this.#world.botId,
      gender: types.ContactGender.Unknown,
      phone: [],
      type: types.Contact.Individual,
    }
  }

  override contactAlias(contactId: string): Promise<string>
  override contactAlias(contactId: string, alias: string | null): Promise<void>
  override async contactAlias(contactId: string, alias?: string | null): Promise<unknown> {
    if (alias === undefined) return this.#world.remark(contactId) ?? ''
    this.#world.setRemark(contactId, alias)
    return undefined
  }

  override async roomList(): Promise<string[]> {
    return this.#world.conversations.filter(({ kind }) => kind === 'room').map(({ id }) => id)
  }

  override async roomRawPayload(roomId: string): Promise<Conversation & { kind: 'room' }> {
    const room = this.#world.conversation(roomId)
    if (room?.kind !== 'room') throw new Error(`no room ${roomId}`)
    return room
  }

  override async roomRawPayloadParser(room: Conversation & { kind: 'room' }): Promise<payloads.Room> {
    return { id: room.id, topic: room.topic, memberIdList: [...room.memberIds], adminIdList: [] }
  }

  override roomTopic(roomId: string): Promise<string>
  override roomTopic(roomId: string, topic: string): Promise<void>
  override async roomTopic(roomId: string, topic?: string): Promise<unknown> {
    if (topic !== undefined) throw new Error('the simulator does not rename rooms')
    return (await this.roomRawPayload(roomId)).topic
  }

  override async roomMemberList(roomId: string): Promise<string[]> {
    return [...(await this.roomRawPayload(roomId)).memberIds]
  }

  override async roomMemberRawPayload(roomId: string, contactId: string): Promise<RoomMember | undefined> {
    const room = await this.roomRawPayload(roomId)
    if (!room.memberIds.includes(contactId)) return undefined
    return { person: await this.contactRawPayload(contactId), displayName: room.displayNames[contactId] }
  }

  override async roomMemberRawPayloadParser({ person, displayName }: RoomMember): Promise<payloads.RoomMember> {
    return { id: person.id, name: person.name, avatar: '', roomAlias: displayName ?? '' }
  }

  /** `FileName` is where Web WeChat has the name of a file and the heading of a link. */
  override async messageRawPayload(messageId: string): Promise<WorldMessage & { readonly FileName?: string }> {
    const message = this.#world.message(messageId)
    if (!message) throw new Error(`no message ${messageId}`)
    return message.media ? { ...message, FileName: message.text } : message
  }

  override async messageRawPayloadParser(message: WorldMessage): Promise<payloads.Message> {
    return messagePayload(this.#world, message)
  }

  override async messageFile(messageId: string): Promise<FileBoxInterface> {
    const picture = this.#world.picture(messageId)
    if (!picture) throw new Error(`message ${messageId} has no picture, or no longer`)
    return FileBox.fromBuffer(Buffer.from(picture.bytes), `${messageId}${picture.extension}`)
  }

  override async messageImage(messageId: string): Promise<FileBoxInterface> {
    return this.messageFile(messageId)
  }

  override async messageSendText(conversationId: string, text: string, mentionIdList: string[] = []): Promise<string> {
    return this.#say(conversationId, { text, mentionIds: mentionIdList })
  }

  /** Pictures become picture bubbles; of any other file people see its name. */
  override async messageSendFile(conversationId: string, file: FileBoxInterface): Promise<string> {
    const bytes = await file.toBuffer()
    return this.#say(conversationId, readPictureHeader(bytes) ? { picture: bytes } : { text: `[文件] ${file.name}` })
  }

  #say(
    conversationId: string,
    words: { readonly text?: string; readonly mentionIds?: string[]; readonly picture?: Uint8Array },
  ): string {
    const place = this.#world.conversation(conversationId) ?? this.#world.conversation(directIdOf(conversationId))
    if (!place) throw new Error(`no conversation ${conversationId}`)
    this.#speaking = true
    try {
      return this.#world.post({ conversationId: place.id, fromId: this.#world.botId, ...words }).id
    } finally {
      this.#speaking = false
    }
  }

  #hear(message: WorldMessage): void {
    // As in WeChat, what goes out through `say` does not come back; what the account's owner writes by hand does.
    if (this.#speaking) return
    if (!this.#world.conversation(message.conversationId)?.memberIds.includes(this.#world.botId)) return
    this.emit('message', { messageId: message.id })
  }
}

const MEDIA_TYPES: Readonly<Record<SimulatedMedia, types.Message>> = {
  voice: types.Message.Audio,
  video: types.Message.Video,
  sticker: types.Message.Emoticon,
  file: types.Message.Attachment,
  link: types.Message.Url,
  card: types.Message.MiniProgram,
  record: types.Message.ChatHistory,
  location: types.Message.Location,
}

const QUOTE_RULE = '- - - - - - - - - - - - - - -'

/** A message as Wechaty wants it; a quoted one arrives inside the text, in the form that WeChat's own clients give it. */
function messagePayload(world: World, message: WorldMessage): payloads.Message {
  const conversation = world.conversation(message.conversationId)
  const common = {
    id: message.id,
    talkerId: message.fromId,
    timestamp: message.atMs,
    type:
      message.kind === 'picture'
        ? types.Message.Image
        : message.media
          ? MEDIA_TYPES[message.media]
          : types.Message.Text,
    text: textOnTheWire(world, message),
  }
  if (conversation?.kind === 'room') {
    return { ...common, roomId: conversation.id, mentionIdList: [...message.mentionIds] }
  }
  const listenerId = conversation?.memberIds.find((id) => id !== message.fromId) ?? world.botId
  return { ...common, listenerId }
}

function textOnTheWire(world: World, message: WorldMessage): string {
  const quoted = message.quoteOfId === undefined ? undefined : world.message(message.quoteOfId)
  const conversation = world.conversation(message.conversationId)
  if (!quoted || !conversation) return message.text
  const speaker = world.nameIn(conversation, quoted.fromId)
  const original = quoted.kind === 'picture' ? '图片' : quoted.text
  return `「${speaker}：${original}」\n${QUOTE_RULE}\n${message.text}`
}

/**
 * What Wechaty may ask of a puppet and this one has not. TypeScript does not demand these methods of a subclass, and a
 * missing one would be an obscure "is not a function" far away.
 */
const UNSUPPORTED_CALLS = [
  ...['contactPhone', 'contactCorporationRemark', 'contactDescription', 'contactAvatar'],
  ...['contactSelfName', 'contactSelfQRCode', 'contactSelfSignature'],
  ...['friendshipAccept', 'friendshipAdd', 'friendshipSearchPhone', 'friendshipSearchHandle'],
  ...['friendshipRawPayload', 'friendshipRawPayloadParser'],
  ...['messageContact', 'messageMiniProgram', 'messageUrl', 'messageLocation', 'messageForward', 'messageRecall'],
  ...['messageSendContact', 'messageSendLocation', 'messageSendMiniProgram', 'messageSendPost', 'messageSendUrl'],
  ...['postRawPayload', 'postRawPayloadParser', 'postPublish', 'postSearch', 'tap', 'tapSearch'],
  ...['roomAdd', 'roomAnnounce', 'roomAvatar', 'roomCreate', 'roomDel', 'roomQRCode', 'roomQuit'],
  ...['roomInvitationAccept', 'roomInvitationRawPayload', 'roomInvitationRawPayloadParser'],
  ...['tagContactAdd', 'tagContactDelete', 'tagContactList', 'tagContactRemove'],
] as const

/** Makes every call that a puppet lacks reject with a sentence that names it. */
function refuseUnsupportedCalls(puppet: Puppet): void {
  for (const call of UNSUPPORTED_CALLS) {
    if (call in puppet) continue
    const refuse = async (): Promise<never> => {
      throw new Error(`the simulator does not support ${call}`)
    }
    Object.defineProperty(puppet, call, { value: refuse, configurable: true })
  }
}
