import { setTimeout as sleep } from 'node:timers/promises'
import { type Backend, type Routes, withSession } from './backend.js'
import type { Exchange } from './exchange.js'
import { sniffMime } from './pictures.js'
import { randomMessageId } from './random.js'
import type { SentKind, SentRecord } from './sent-log.js'
import type { Session } from './session.js'
import { BOT } from './world.js'

// What the true service answers here, nobody has written down; a refusal it is in any case.
const DEAD_ID = 1
const NOT_A_MEMBER = -1
const NO_SUCH_UPLOAD = 1

type What = Pick<SentRecord, 'kind'> & Partial<Pick<SentRecord, 'text' | 'fileName' | 'mime' | 'bytes'>>

/** What the bot says. Nothing of it is echoed back; that the true service does not do so either is a guess. */
export const sendRoutes: Routes = {
  webwxsendmsg: withSession(sendText),
  webwxsendmsgimg: sendUpload('image'),
  webwxsendemoticon: sendUpload('sticker'),
  webwxsendvideomsg: sendUpload('video'),
  webwxsendappmsg: sendUpload('file'),
}

async function sendText(backend: Backend, exchange: Exchange, session: Session): Promise<void> {
  const { FromUserName, Content = '' } = exchange.json.Msg ?? {}
  if (FromUserName !== session.contactId(BOT)) backend.journal.violate('a text in the name of somebody else')
  await sleep(backend.options.sendLatencyMs)
  take(backend, exchange, { session, what: { kind: 'text', text: Content } })
}

function sendUpload(kind: SentKind) {
  return withSession(async (backend, exchange, session) => {
    await sleep(backend.options.sendLatencyMs)
    const { MediaId, Content = '' } = exchange.json.Msg ?? {}
    const id = MediaId ?? /<attachid>([^<]*)<\/attachid>/.exec(Content)?.[1] ?? ''
    const upload = session.uploads.get(id)
    if (!upload) {
      backend.journal.violate('sent something that was never uploaded', { kind })
      exchange.refuse(NO_SUCH_UPLOAD)
      return
    }
    take(backend, exchange, { session, what: { kind, ...upload, mime: sniffMime(upload.bytes) } })
  })
}

/** Take or refuse a send by the rules, and say so. */
function take(backend: Backend, exchange: Exchange, { session, what }: { session: Session; what: What }): void {
  const record = recordSend(backend, exchange, { session, what, ret: limitOf(backend, what.text) })
  if (record.ret !== 0) {
    exchange.refuse(record.ret)
    return
  }
  exchange.answer({ MsgID: record.msgId, LocalID: String(exchange.json.Msg?.LocalID ?? '') })
}

/** Note a send that a fault refuses before any rule was asked. */
export function recordFaultySend(backend: Backend, exchange: Exchange, ret: number): void {
  const session = backend.logins.find(exchange.credentials)
  const { Msg } = exchange.json
  if (!session || !Msg || !(exchange.name in sendRoutes)) return
  const what: What = exchange.name === 'webwxsendmsg' ? { kind: 'text', text: Msg.Content ?? '' } : { kind: 'image' }
  recordSend(backend, exchange, { session, what, ret })
}

interface Send {
  readonly session: Session
  readonly what: What
  readonly ret: number
}

function recordSend(backend: Backend, exchange: Exchange, { session, what, ret: askedRet }: Send): SentRecord {
  const { journal, sent } = backend
  const { to, toKind, objection } = addresseeOf(backend, session, exchange.json.Msg?.ToUserName)
  if (objection) journal.violate(objection.what, { to })
  const ret = askedRet !== 0 ? askedRet : (objection?.ret ?? 0)
  const msgId = ret === 0 ? { msgId: randomMessageId() } : {}
  const record = sent.add({ ...what, ...msgId, to, toKind, ret, login: session.number })
  journal.note('sent', { seq: record.seq, to, kind: record.kind, ret })
  return record
}

interface Addressee extends Pick<SentRecord, 'to' | 'toKind'> {
  /** Why a correct client would not send there, and what it is told. */
  readonly objection?: { readonly what: string; readonly ret: number }
}

function addresseeOf({ logins, world }: Backend, session: Session, id: string | undefined): Addressee {
  const key = session.keyOf(id)
  if (key === undefined && logins.wasKnown(id)) {
    return { to: null, toKind: 'stale-id', objection: { what: 'sent to an id of an earlier login', ret: DEAD_ID } }
  }
  if (key === undefined) {
    return { to: null, toKind: 'unknown-id', objection: { what: 'sent to an unknown id', ret: DEAD_ID } }
  }
  const room = world.rooms.get(key)
  if (!room) return { to: key, toKind: 'contact' }
  if (world.botIsIn(room)) return { to: key, toKind: 'room' }
  const objection = { what: 'sent to a group that the account is not in', ret: NOT_A_MEMBER }
  return { to: key, toKind: 'room', objection }
}

/** The number that the options refuse this send with, or 0. */
function limitOf({ options, sent }: Backend, text: string | undefined): number {
  const { maxText, rateLimit } = options
  if (rateLimit && sent.takenWithin(rateLimit.windowMs) >= rateLimit.max) return rateLimit.ret
  if (maxText && text !== undefined && [...text].length > maxText.chars) return maxText.ret
  return 0
}
