import { EventEmitter } from 'node:events'

/** The outside of wechat4u, as far as we touch it. */
export class FakeWechat4u extends EventEmitter {
  lastSyncTime = 0
  state = 'init'
  readonly CONF = { STATE: { init: 'init', uuid: 'uuid', login: 'login', logout: 'logout' } }
  readonly handled: unknown[] = []
  gaveUp = 0
  codesAskedFor = 0

  start(): void {
    this.codesAskedFor++
  }

  stop(): void {
    this.gaveUp++
    this.state = 'logout'
    this.emit('logout')
  }

  handleMsg(messages: readonly { readonly Content?: unknown }[]): void {
    this.handled.push(...messages)
  }
}
