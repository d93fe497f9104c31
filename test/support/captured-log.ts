import pino, { type Logger } from 'pino'

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** Levels as pino writes them. */
export const LEVEL = { debug: 20, info: 30, warn: 40, error: 50 } as const

/** A real pino that writes into memory. */
export function capturedLog(): { readonly log: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) })
  return { log, lines }
}
