import type { Exchange } from './exchange.js'
import type { Faults } from './faults.js'
import type { Feed } from './feed.js'
import type { Journal } from './journal.js'
import type { FakeWeixinOptions } from './options.js'
import type { QrCodes } from './qr-codes.js'
import type { SentLog } from './sent-log.js'
import type { Logins, Session } from './session.js'
import type { World } from './world.js'

/** All that the routes read and change. */
export interface Backend {
  readonly options: FakeWeixinOptions
  readonly world: World
  readonly feed: Feed
  readonly logins: Logins
  readonly qrCodes: QrCodes
  readonly sent: SentLog
  readonly faults: Faults
  readonly journal: Journal
  /** The stand-in is shutting down: long polls end unanswered. */
  readonly isStopped: () => boolean
}

/** Answers one kind of request. */
export type Route = (backend: Backend, exchange: Exchange) => void | Promise<void>

/** By the last part of the path. */
export type Routes = Readonly<Record<string, Route>>

type SessionRoute = (backend: Backend, exchange: Exchange, session: Session) => void | Promise<void>

/** A route for logged-in clients only: others are refused with 1101, ended logins with their own number. */
export function withSession(route: SessionRoute): Route {
  return (backend, exchange) => {
    const { journal, logins, world } = backend
    const session = logins.find(exchange.credentials)
    if (!session) {
      journal.note('unknown-login', { name: exchange.name })
      exchange.refuse(1101)
      return
    }
    if (session.endedWith !== null) {
      exchange.refuse(session.endedWith)
      return
    }
    const base = exchange.json.BaseRequest
    if (base && (base.Skey !== session.skey || String(base.Uin) !== String(world.me.uin))) {
      journal.violate('BaseRequest of another login', { name: exchange.name })
    }
    if (exchange.cookies.get('wxsid') !== session.sid) {
      journal.violate('cookie wxsid of another login', { name: exchange.name })
    }
    return route(backend, exchange, session)
  }
}
