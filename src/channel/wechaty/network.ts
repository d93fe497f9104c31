import { request } from 'node:http'
import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import type { Log } from '../../model/ports.js'
import { findWechat4u } from './wechat4u.js'

/** Where a login begins; if it answers, the rest of WeChat's hosts are as good as there. */
const LOGIN_HOST = 'login.wx.qq.com'
const TIMEOUT_MS = 5_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5_000 // the network shall not be back for long unnoticed
// Should the probe be wrong about the network, the bot tries its luck all the same.
const GIVE_UP_MS = 15 * 60_000

export interface NetworkWait {
  readonly log: Log
  /** Whether WeChat can be reached just now; never throws. */
  readonly probe?: () => Promise<boolean>
  readonly firstWaitMs?: number
  readonly giveUpMs?: number
}

/**
 * Resolves once WeChat can be reached. Two lines in the log at most, however long it takes.
 *
 * @returns false when it could not be reached for a quarter of an hour
 */
export async function waitForNetwork({
  log,
  probe = canReachWechat,
  firstWaitMs = FIRST_WAIT_MS,
  giveUpMs = GIVE_UP_MS,
}: NetworkWait): Promise<boolean> {
  if (await probe()) return true
  log.warn({ host: LOGIN_HOST }, 'WeChat cannot be reached, waiting for the network')
  const startedMs = performance.now()
  const waitedMs = (): number => Math.round(performance.now() - startedMs)
  for (let waitMs = firstWaitMs; waitedMs() < giveUpMs; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await delay(waitMs)
    if (!(await probe())) continue
    log.info({ waitedMs: waitedMs() }, 'network is back')
    return true
  }
  log.warn({ waitedMs: waitedMs() }, 'network is still away, trying all the same')
  return false
}

/**
 * A TLS handshake with the login host: a hotel's log-in page takes connections too, but has no such certificate. Behind
 * a proxy, the proxy has to say that it gets through.
 */
export function canReachWechat(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const proxy = proxyFor(LOGIN_HOST, env)
  return proxy ? proxyConnects(proxy) : handshakes()
}

function handshakes(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOGIN_HOST, port: 443, servername: LOGIN_HOST })
    const end = (reached: boolean) => (): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(TIMEOUT_MS, end(false))
    socket.once('secureConnect', end(true)).once('error', end(false))
  })
}

function proxyConnects(proxy: URL): Promise<boolean> {
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return new Promise((resolve) => {
    const asked = request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: `${LOGIN_HOST}:443`,
      headers: {
        host: `${LOGIN_HOST}:443`,
        ...(credentials === ':'
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
    })
    const end = (reached: boolean): void => {
      asked.destroy()
      resolve(reached)
    }
    asked.setTimeout(TIMEOUT_MS, () => end(false))
    asked.once('connect', ({ statusCode }) => end(statusCode === 200))
    asked.once('response', () => end(false)).once('error', () => end(false))
    asked.end()
  })
}

/** The proxy that the puppet's own requests take, by the usual variables. */
export function proxyFor(host: string, env: NodeJS.ProcessEnv): URL | undefined {
  const proxy = env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY
  if (!proxy || !/^https?:/.test(proxy) || !URL.canParse(proxy)) return undefined
  const spared = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter(Boolean)
  const isSpared = spared.some((name) => name === '*' || host === name || host.endsWith(name.replace(/^\*?\.?/, '.')))
  return isSpared ? undefined : new URL(proxy)
}

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
