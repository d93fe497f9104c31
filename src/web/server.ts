import type { AddressInfo } from 'node:net'
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

export const DEFAULT_PORT = 3100
export const LOOPBACK = '127.0.0.1'
const PORTS_TRIED = 20
/** Some hundred windows; each has an event stream open. */
const MAX_CONNECTIONS = 500

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
    const server = createAdaptorServer({ fetch: app.fetch })
    if ('maxConnections' in server) server.maxConnections = MAX_CONNECTIONS
    if (!(await listens(server, { port: candidate, host }))) continue
    const actualPort = (server.address() as AddressInfo).port
    if (candidate !== port) log.warn({ wanted: port, port: actualPort }, 'page port is taken, using the next free one')
    return { url: `http://${reachable(host)}:${actualPort}`, port: actualPort, stop: stopper(server) }
  }
  throw new Error(`ports ${port} to ${lastPort} are all taken`)
}

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
