import { ChannelError } from '../../src/errors.js'
import type { Place } from '../../src/model/chat.js'
import type { Channel, MessageListener, Outgoing } from '../../src/model/ports.js'

export interface Sent {
  readonly to: Place
  readonly bubble: Outgoing
}

export const STAFF_PLACE: Place = {
  kind: 'room',
  id: 'staff-room',
  key: 'room:过审值班群',
  topic: '过审值班群',
  purpose: 'staff',
}

/** A chat network in memory: keeps what is sent, and refuses or holds up what it is told to. */
export class FakeChannel implements Channel {
  readonly sent: Sent[] = []
  listener: MessageListener | undefined
  staff: Place | undefined = STAFF_PLACE
  /** Direct chats of colleagues, by remark. */
  readonly colleagues = new Map<string, Place>()
  stopped = false
  /** Looked at for every bubble before it goes out; may throw, or take its time. */
  beforeSend: (to: Place, bubble: Outgoing) => void | Promise<void> = () => {}

  async start(listener: MessageListener): Promise<void> {
    this.listener = listener
  }

  async stopHearing(): Promise<void> {
    this.listener = undefined
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.listener = undefined
  }

  async send(to: Place, bubble: Outgoing): Promise<void> {
    await this.beforeSend(to, bubble)
    this.sent.push({ to, bubble })
  }

  async staffPlace(): Promise<Place | undefined> {
    return this.staff
  }

  async findColleague(remark: string): Promise<Place | undefined> {
    return this.colleagues.get(remark)
  }

  /** Texts and `[picture]`s that arrived in a place, oldest first. */
  in(placeKey: string): readonly string[] {
    return this.sent.filter(({ to }) => to.key === placeKey).map(({ bubble }) => asRead(bubble))
  }
}

/** A bubble as people see it: the mention in front, a picture by its name in the guide. */
export const asRead = (bubble: Outgoing): string =>
  bubble.kind === 'picture'
    ? `[${bubble.path}]`
    : bubble.mention
      ? `@${bubble.mention.name} ${bubble.text}`
      : bubble.text

/** WeChat says no to this one bubble. */
export const refusal = (): ChannelError => new ChannelError('channel-rejected', '1204 == 0', { retryable: true })

/** The group is not known in this login. */
export const unknownPlace = (): ChannelError =>
  new ChannelError('channel-rejected', 'the group is not known in this login', { retryable: false })

/** WeChat says that too much is being said. */
export const tooMany = (): ChannelError =>
  new ChannelError('channel-rejected', '1205 == 0', { retryable: false, tooMany: true })

/** WeChat has logged the account out. */
export const sessionOver = (): ChannelError =>
  new ChannelError('channel-rejected', '1101 == 0', { retryable: false, sessionOver: true })

/** WeChat was not reached: nothing was taken. */
export const notReached = (): ChannelError =>
  new ChannelError('channel-unreachable', 'connect ECONNREFUSED', { retryable: true })

/** The connection broke before the answer came: it may have been said. */
export const lostAnswer = (): ChannelError =>
  new ChannelError('channel-unreachable', 'socket hang up', { retryable: false })
