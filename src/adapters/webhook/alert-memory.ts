import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { AlertFacts, AlertKind } from '../../model/alerts.js'
import type { Log } from '../../model/ports.js'

export interface IncidentRecord {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number
  /** The alert has been handed to delivery. */
  readonly told: boolean
  readonly facts: AlertFacts
}

export interface RememberedAlerts {
  readonly open: readonly (readonly [AlertKind, IncidentRecord])[]
  readonly unclosed: readonly AlertKind[]
  /** When messages of the last hour were sent, oldest first. */
  readonly sentAtMs: readonly number[]
}

/** Keeps what was told across restarts. */
export interface AlertMemory {
  read(): RememberedAlerts
  write(alerts: RememberedAlerts): void
}

const kind = z.enum(['scan-needed', 'kicked', 'unreachable', 'restarting', 'send-refused'])
const remembered = z.object({
  open: z.array(
    z.tuple([
      kind,
      z.object({
        sinceMs: z.number(),
        told: z.boolean(),
        facts: z.object({ pageUrl: z.string().exactOptional(), count: z.number().exactOptional() }),
      }),
    ]),
  ),
  unclosed: z.array(kind),
  sentAtMs: z.array(z.number()),
})
const NOTHING: RememberedAlerts = { open: [], unclosed: [], sentAtMs: [] }

/** A small file of the owner's. Losing it costs at most an alert too many, so trouble with it is only logged. */
export function alertMemoryFile(path: string, log: Log): AlertMemory {
  return {
    read() {
      try {
        return remembered.parse(JSON.parse(readFileSync(path, 'utf8')))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({}, 'open alerts could not be read')
        return NOTHING
      }
    },
    write(alerts) {
      try {
        writeFileSync(`${path}.tmp`, JSON.stringify(alerts), { mode: 0o600 })
        renameSync(`${path}.tmp`, path)
      } catch (error) {
        log.warn({ error: (error as NodeJS.ErrnoException).code }, 'open alerts could not be kept')
      }
    },
  }
}
