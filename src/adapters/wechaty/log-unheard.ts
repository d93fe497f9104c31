import type { Log } from '../../model/ports.js'
import { findWechat4u } from './wechat4u.js'

/** What wechaty-puppet-wechat4u keeps to itself. */
interface Connection {
  /** Seconds since the epoch; set anew at each login, and whenever it connects again by itself. */
  readonly startTime?: unknown
}

interface RawMessage {
  readonly MsgId?: unknown
  readonly MsgType?: unknown
  /** Seconds since the epoch. */
  readonly CreateTime?: unknown
}

/** The list of open chats, which looks like a message. */
const STATUS_NOTIFY = 51

/**
 * The puppet drops what was said before it was connected, without a word: after an outage, what people wrote meanwhile.
 * The log names these messages. To be called as soon as the puppet has started; does nothing with other puppets.
 */
export function logUnheard(puppet: object, log: Log): void {
  const wechat4u = findWechat4u(puppet)
  if (!wechat4u) return
  const handle = wechat4u.handleMsg
  wechat4u.handleMsg = (messages) => {
    const { startTime } = puppet as Connection
    for (const { MsgId, MsgType, CreateTime } of messages as readonly RawMessage[]) {
      if (MsgType !== STATUS_NOTIFY && Number(CreateTime) < Number(startTime))
        log.info({ messageId: MsgId, reason: 'too-old' }, 'not heard, said before the bot was connected')
    }
    handle.call(wechat4u, messages)
  }
}
