import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Log } from '../model/ports.js'

export interface WebServer {
  /** Where a browser on this machine finds the page, e.g. `http://127.0.0.1:3100`, also when it listens everywhere. */
  readonly url: string
  readonly port: number
  /** Ends open requests and event streams; safe to call twice. */
  stop(): Promise<void>
}

const DEFAULT_PORT = 3100
const LOOPBACK = '127.0.0.1'
const PORTS_TRIED = 20
/** Some hundred windows, each with an event stream; well below the 1,024 files that many service managers allow. */
const MAX_CONNECTIONS = 400
/** Whoever has not said within this time what they want, is cut off; `CHECK_MS` later at most. */
const REQUEST_MS = 10_000
const CHECK_MS = 2_000
const IDLE_MS = 10_000

/**
 * Listens on `port` or the next free one.
 *
 * @param host an address of this machine; `0.0.0.0` and `::` are all of them
 * @param port 0 takes any free port
 * @throws Error when 20 ports in a row are taken, or listening fails otherwise
 */
export async function startWebServer(
  app: Hono,
  { port = DEFAULT_PORT, host = LOOPBACK, log }: { port?: number; host?: string; log: Log },
): Promise<WebServer> {
  const lastPort = port === 0 ? 0 : Math.min(port + PORTS_TRIED - 1, 65_535)
  for (let candidate = port; candidate <= lastPort; candidate++) {
    const server = createAdaptorServer({ fetch: app.fetch, serverOptions: TIMES })
    boundConnections(server, MAX_CONNECTIONS)
    if (!(await listens(server, { port: candidate, host }))) continue
    const actualPort = (server.address() as AddressInfo).port
    if (candidate !== port) log.warn({ wanted: port, port: actualPort }, 'page port is taken, using the next free one')
    return { url: `http://${reachable(host)}:${actualPort}`, port: actualPort, stop: stopper(server) }
  }
  throw new Error(`ports ${port} to ${lastPort} are all taken`)
}

const TIMES = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: IDLE_MS,
  connectionsCheckingInterval: CHECK_MS,
}

/**
 * Keeps a server from taking all the files that the process may open: the bot needs some of them to hear. When there are
 * too many connections, the one goes that has held its place longest without a whole request, so that whoever only
 * holds connections open shuts nobody out; where all are at work, the newest goes.
 */
function boundConnections(server: ServerType, most: number): void {
  /** With the requests under way, in the order of the last beginning or end of one. */
  const connections = new Map<Socket, Set<IncomingMessage>>()
  const moved = (socket: Socket, requests: Set<IncomingMessage>): void => {
    connections.delete(socket)
    if (!socket.destroyed) connections.set(socket, requests)
  }
  server.on('connection', (socket: Socket) => {
    connections.set(socket, new Set())
    socket.once('close', () => connections.delete(socket))
    if (connections.size <= most) return
    const [leaving] = [...connections].find(([, requests]) => !isAtWork(requests))!
    connections.delete(leaving)
    leaving.destroy()
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    const requests = connections.get(socket) ?? new Set()
    moved(socket, requests.add(request))
    response.once('close', () => {
      requests.delete(request)
      moved(socket, requests)
    })
  }
  ;(server as Server).on('request', onRequest)
}

/** Half a request is none. */
const isAtWork = (requests: ReadonlySet<IncomingMessage>): boolean =>
  requests.size > 0 && [...requests].every(({ complete }) => complete)

/** The address under which this machine reaches itself. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK
  return host.includes(':') ? `[${host}]` : host
}

/** @returns false when the port is taken */
function listens(server: ServerType, { port, host }: { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, host, () => resolve(true))
  })
}

function stopper(server: ServerType): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => {
    stopped ??= new Promise((resolve) => {
      server.close(() => resolve())
      // Event streams never end by themselves.
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    return stopped
  }
}
