import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificates } from './certificates.js'

const LOOPBACK = '127.0.0.1'

/** The listening side. It can vanish from the network and come back on the same port. */
export class TlsFront {
  private readonly server: Server
  private readonly sockets = new Set<Duplex>()
  private lastPort = 0

  constructor({ key, cert }: Certificates, listener: (request: IncomingMessage, response: ServerResponse) => void) {
    // Long polls must not be cut by Node's own limit on slow requests.
    this.server = createServer({ key, cert, requestTimeout: 0, keepAliveTimeout: 10_000 }, listener)
    this.server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
    this.server.on('tlsClientError', () => {}) // a client that was killed amid the handshake
  }

  get port(): number {
    return this.lastPort
  }

  get isOpen(): boolean {
    return this.server.listening
  }

  async open(): Promise<void> {
    if (this.isOpen) return
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.lastPort, LOOPBACK, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
    this.lastPort = (this.server.address() as AddressInfo).port
  }

  /** Breaks every connection; new ones are refused. */
  async close(): Promise<void> {
    if (!this.isOpen) return
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      for (const socket of this.sockets) socket.destroy()
    })
  }
}
