import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { findWechat4u } from './wechat4u.js'

/** The part of wechat4u through which all its requests go; it is private there. */
interface Requester {
  request(options: object): Promise<unknown>
}

/** Node then asks once a second and gives up after ten: 15 s in all, where a request waits for 60 s. */
const SILENT_MS = 5_000

/**
 * Has TCP ask whether the other end is still there. A poll says nothing for up to 25 s, and when the way to WeChat has
 * changed meanwhile (another address, a router that was started anew) nobody would tell: now the poll fails within
 * 15 s, and wechat4u polls again. Other puppets are left alone.
 */
export function noticeDeadConnections(puppet: object): void {
  const wechat4u = findWechat4u(puppet) as Partial<Requester> | undefined
  if (typeof wechat4u?.request !== 'function') return
  const ask = wechat4u.request
  const httpsAgent = new CheckingAgent()
  wechat4u.request = (options) => ask({ httpsAgent, ...options })
}

class CheckingAgent extends Agent {
  override createConnection(
    options: RequestOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const stream = super.createConnection(options, done)
    // Asked for earlier, it would come with a delay of 60 s.
    const socket = stream as TLSSocket | undefined
    socket?.once('connect', () => socket.setKeepAlive(true, SILENT_MS))
    return stream
  }
}
