import { ChannelError } from '../../errors.js'
import { saysSessionEnded } from './wechat4u.js'

/** What a failed send of a puppet may carry. All of it is looked at, little of it is passed on. */
interface PuppetError {
  readonly message?: unknown
  readonly name?: unknown
  /** WeChat's number, from a refused request of wechat4u. */
  readonly actual?: unknown
  /** WeChat's own words to the user, in Chinese. */
  readonly tips?: unknown
  readonly code?: unknown
  /** The system call that failed. */
  readonly syscall?: unknown
  readonly cause?: unknown
  readonly config?: { readonly url?: unknown }
}

/** "Too many requests"; once it comes, it comes for hours. */
const TOO_MANY = 1205
/** Calls, and failures, that come before a request has left. A reset connection is none of them. */
const BEFORE_ANYTHING_WENT_OUT = new Set(['connect', 'getaddrinfo', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])
/** Node's own words for a connection that broke while keys were still being exchanged. */
const BEFORE_SECURE = /before secure TLS connection was established/
/** A picture is uploaded first and said afterwards. */
const UPLOAD = /\/webwxuploadmedia(?:\?|$)/
const MAX_MESSAGE_CHARS = 200

/**
 * An error of a puppet as ours. The original carries cookies and keys of the account, so that only its message, WeChat's
 * number and WeChat's words go on, and no cause.
 */
export function toChannelError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const puppetError: PuppetError = typeof error === 'object' && error !== null ? error : { message: error }
  const message = wordsOf(puppetError)
  const refusal = refusalOf(puppetError)
  if (refusal !== undefined) {
    const sessionOver = saysSessionEnded({ message, actual: refusal })
    return new ChannelError('channel-rejected', message, {
      retryable: false,
      tooMany: refusal === TOO_MANY,
      sessionOver,
    })
  }
  if (!isOfNetwork(puppetError)) return new ChannelError('channel-rejected', message, { retryable: false })
  return new ChannelError('channel-unreachable', message, { retryable: saidNothing(puppetError) })
}

function wordsOf({ message, tips }: PuppetError): string {
  const words = typeof message === 'string' && message !== '' ? message : 'unknown error'
  return [words.slice(0, MAX_MESSAGE_CHARS), ...(typeof tips === 'string' && tips !== '' ? [tips] : [])].join(' · ')
}

/** The number that WeChat answered with, e.g. 1205 of `1205 == 0`; other puppets hand on the message only. */
function refusalOf({ actual, message }: PuppetError): number | undefined {
  const written = typeof message === 'string' ? /^'?(-?\d+)'? == 0/.exec(message)?.[1] : undefined
  const number = Number(actual ?? written ?? Number.NaN)
  return Number.isInteger(number) ? number : undefined
}

/** WeChat was not reached, its answer was lost, or something else answered in its place. */
const isOfNetwork = ({ code, name }: PuppetError): boolean =>
  typeof code === 'string' || name === 'AxiosError' || name === 'TypeError' || name === 'SyntaxError'

function saidNothing({ message, code, syscall, cause, config }: PuppetError): boolean {
  if (typeof message === 'string' && BEFORE_SECURE.test(message)) return true
  const inner = (typeof cause === 'object' && cause !== null ? cause : {}) as PuppetError
  const signs = [code, syscall, inner.syscall]
  if (signs.some((sign) => typeof sign === 'string' && BEFORE_ANYTHING_WENT_OUT.has(sign))) return true
  return typeof config?.url === 'string' && UPLOAD.test(config.url)
}
