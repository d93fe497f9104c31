import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Backend, Routes } from './backend.js'
import { contactRoutes } from './contact-routes.js'
import { Exchange } from './exchange.js'
import { applyFault } from './faults.js'
import { loginRoutes } from './login-routes.js'
import { mediaRoutes } from './media-routes.js'
import { recordFaultySend, sendRoutes } from './send-routes.js'
import { syncRoutes } from './sync-routes.js'

const ROUTES: Routes = { ...loginRoutes, ...contactRoutes, ...syncRoutes, ...sendRoutes, ...mediaRoutes }

/** Answers one request of the client, unless a fault takes it. Never rejects. */
export async function answerRequest(backend: Backend, request: IncomingMessage, response: ServerResponse) {
  const body = await buffer(request).catch(() => undefined)
  if (!body) return // the client broke off amid its request
  const exchange = new Exchange(request, response, body)
  const { journal } = backend
  const record = journal.request({ name: exchange.name, host: request.headers.host ?? '', bytes: body.length })
  try {
    const isOver = await meetFault(backend, exchange)
    if (!isOver) await route(backend, exchange)
  } catch (error) {
    journal.violate('request that the stand-in cannot handle', { name: exchange.name, error: String(error) })
    exchange.status(500)
  }
  if (response.headersSent) record.status = response.statusCode
}

async function meetFault(backend: Backend, exchange: Exchange): Promise<boolean> {
  const { faults, journal, logins } = backend
  const to = logins.newest?.keyOf(exchange.json.Msg?.ToUserName)
  const fault = faults.take(exchange.name, to)
  if (!fault) return false
  journal.note('fault', { name: exchange.name, action: fault.action })
  if (fault.action === 'ret') recordFaultySend(backend, exchange, fault.ret)
  return applyFault(fault, exchange)
}

async function route(backend: Backend, exchange: Exchange): Promise<void> {
  const handle = ROUTES[exchange.name]
  if (handle) return handle(backend, exchange)
  backend.journal.violate('unknown path', { name: exchange.name })
  exchange.status(404)
}
