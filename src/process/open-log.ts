import pino, { type DestinationStream, type Logger } from 'pino'

/** What errors of the network carry along: cookies, keys, and whole messages. */
const BAGGAGE = [
  'config',
  'request',
  'response',
  'options',
  'headers',
  'actual',
  'cookie',
  'authorization',
  'token',
  'secret',
]

/**
 * The log, as JSON lines. Nobody logs a secret on purpose; what errors bring with them is left out.
 *
 * @param destination default: standard output
 */
export function openLog(options: { level: string; name?: string }, destination?: DestinationStream): Logger {
  const paths = ['err', 'error', 'cause', 'err.cause', 'error.cause'].flatMap((at) =>
    BAGGAGE.map((key) => `${at}.${key}`),
  )
  const redact = { paths: [...paths, ...BAGGAGE.slice(-4)], censor: '[left out]' }
  return destination ? pino({ ...options, redact }, destination) : pino({ ...options, redact })
}
