import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire to a port of this machine that can be cut, and led elsewhere. */
export class Wire {
  readonly #sockets = new Set<Socket>()
  #target = 0
  #isCut = false
  #port = 0
  readonly #server = createServer((near) => {
    if (this.#isCut) return void near.destroy()
    const far = connect(this.#target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one))
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async leadTo(url: string): Promise<void> {
    this.#target = Number(new URL(url).port)
    if (this.#port !== 0) return
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  cut = (): void => {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend = (): void => {
    this.#isCut = false
  }

  end(): void {
    this.cut()
    this.#server.close()
  }
}
