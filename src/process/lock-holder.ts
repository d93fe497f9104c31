import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'

const lockHolder = z.object({
  pid: z.number().int().positive(),
  /** Host, boot and pid name space: only within one home do process ids mean the same. */
  home: z.string(),
  /** When the process began, in the kernel's own count; empty where it can't be asked. */
  began: z.string(),
  /** Milliseconds since the epoch. */
  sinceMs: z.number(),
})

/** Who holds a data folder, as written into its lock file. */
export type LockHolder = z.infer<typeof lockHolder>

/** This process as a holder. */
export const thisHolder = (sinceMs: number): LockHolder => ({
  pid: process.pid,
  home: homeOf(),
  began: stateOf(process.pid)?.began ?? '',
  sinceMs,
})

/** @returns undefined for anything else, e.g. a file that was cut short */
export function readHolder(text: string): LockHolder | undefined {
  try {
    return lockHolder.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Whether the process of that holder is still there, and not another one that was given its number since.
 *
 * @returns undefined where it can't be told from here: another machine, container or boot
 */
export function isAlive({ pid, home, began }: LockHolder): boolean | undefined {
  if (home !== homeOf()) return undefined
  if (pid === process.pid) return false // of an earlier life: in a container every start has the same number
  if (!answersSignals(pid)) return false
  const state = stateOf(pid)
  if (!state) return true
  return !state.isZombie && (began === '' || state.began === began)
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // somebody else's, but there
  }
}

/** By Linux's own count; undefined elsewhere. */
function stateOf(pid: number): { readonly began: string; readonly isZombie: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { began: fields[19] ?? '', isZombie: fields[0] === 'Z' }
  } catch {
    return undefined
  }
}

const homeOf = (): string =>
  [
    hostname(),
    linesOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    linesOr('', () => readlinkSync('/proc/self/ns/pid')),
  ]
    .join(' ')
    .trim()

function linesOr(fallback: string, read: () => string): string {
  try {
    return read().trim()
  } catch {
    return fallback
  }
}
