import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedAlert {
  readonly about: string
  readonly status: string
  readonly text: string
}

/** A webhook of the kind `json` that keeps what it gets. */
export class AlertInbox {
  readonly received: ReceivedAlert[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<AlertInbox> {
    const server = createServer()
    const inbox = new AlertInbox(server)
    server.on('request', (request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      request.on('end', () => {
        inbox.received.push(JSON.parse(text) as ReceivedAlert)
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return inbox
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** `status about` of all that came, in order. */
  get summary(): readonly string[] {
    return this.received.map(({ status, about }) => `${status} ${about}`)
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
