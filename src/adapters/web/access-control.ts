import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Clock } from '../../model/ports.js'
import { LoginAttempts } from './login-attempts.js'

export interface AccessOptions {
  /** What people log in with. Undefined: nobody has to, and the page may listen on loopback only. */
  readonly token?: string | undefined
  /** What the programs that can read this run's `running.json` show instead. */
  readonly runKey: string
  /** A reverse proxy stands in front: its word counts for the address and for HTTPS. */
  readonly trustProxy: boolean
  readonly clock: Clock
}

export type LoginResult =
  | { readonly kind: 'in' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many'; readonly retryAfterMs: number }

/** A working day: whoever sits down in the morning logs in once. */
const SESSION_MS = 12 * 3_600_000
const MAX_SESSIONS = 50
const COOKIE = 'guoshen'

/** Decides who may use the page. Sessions live in memory: a restart of the bot ends them. */
export class AccessControl {
  readonly #options: AccessOptions
  readonly #attempts: LoginAttempts
  /** End of each session in ms since the epoch, by the digest of its id, oldest first. */
  readonly #sessions = new Map<string, number>()

  constructor(options: AccessOptions) {
    this.#options = options
    this.#attempts = new LoginAttempts(options.clock)
  }

  /** Nobody has to log in. */
  get isOpen(): boolean {
    return this.#options.token === undefined
  }

  isIn(c: Context): boolean {
    return this.isOpen || this.#isKnownProgram(c) || this.#hasSession(c)
  }

  /** Programs show the token as `Authorization: Bearer …`. @returns undefined where they show nothing */
  bearerLogin(c: Context): LoginResult | undefined {
    const shown = bearerOf(c)
    if (shown === undefined) return undefined
    // Nobody guesses the key of a run, so nobody's guesses may keep the machine's own programs out.
    return isSame(shown, this.#options.runKey) ? { kind: 'in' } : this.#tryWith(c, this.#isToken(shown))
  }

  /** Begins a session where the token is right. */
  logIn(c: Context, token: string): LoginResult {
    const result = this.#tryWith(c, this.#isToken(token))
    if (result.kind === 'in') this.#begin(c)
    return result
  }

  logOut(c: Context): void {
    this.#sessions.delete(digest(this.#sessionId(c) ?? ''))
    deleteCookie(c, COOKIE, this.#cookieOptions(c))
  }

  #tryWith(c: Context, isRight: boolean): LoginResult {
    const address = this.#addressOf(c)
    // Looked at first, so that a right guess can't be told from a wrong one among too many.
    const retryAfterMs = this.#attempts.retryAfterMs(address)
    if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs }
    if (isRight) return { kind: 'in' }
    this.#attempts.failed(address)
    return { kind: 'wrong' }
  }

  #begin(c: Context): void {
    const id = randomBytes(32).toString('base64url')
    this.#sessions.set(digest(id), this.#options.clock.now() + SESSION_MS)
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break
      this.#sessions.delete(oldest)
    }
    setCookie(c, COOKIE, id, { ...this.#cookieOptions(c), maxAge: SESSION_MS / 1000 })
  }

  #hasSession(c: Context): boolean {
    const endMs = this.#sessions.get(digest(this.#sessionId(c) ?? ''))
    return endMs !== undefined && this.#options.clock.now() < endMs
  }

  #sessionId(c: Context): string | undefined {
    return this.#isSecure(c) ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE)
  }

  #cookieOptions(c: Context) {
    const secure = this.#isSecure(c)
    return {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure,
      ...(secure && { prefix: 'host' as const }),
    } as const
  }

  #isKnownProgram(c: Context): boolean {
    const shown = bearerOf(c)
    return shown !== undefined && (isSame(shown, this.#options.runKey) || this.#isToken(shown))
  }

  #isToken(shown: string): boolean {
    return this.#options.token !== undefined && isSame(shown, this.#options.token)
  }

  #isSecure(c: Context): boolean {
    return this.#options.trustProxy && c.req.header('x-forwarded-proto')?.split(',').at(-1)?.trim() === 'https'
  }

  #addressOf(c: Context): string {
    // Only the last entry is the proxy's own; what stands before it, anybody can send.
    const forwarded = this.#options.trustProxy && c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    return forwarded || (isFromSocket(c) ? (getConnInfo(c).remote.address ?? '') : '')
  }
}

/** Requests that are made in process have no socket. */
const isFromSocket = (c: Context): boolean => typeof c.env === 'object' && c.env !== null && 'incoming' in c.env

const bearerOf = (c: Context): string | undefined => /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Takes the same time wherever the two differ, and however long they are. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
