import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from './exchange.js'

interface FaultTarget {
  /** Last part of the request's path, e.g. `webwxsendmsg`, `synccheck`; `*` is any. */
  path: string
  /** How many requests it spoils; 1 unless said, -1 for all. */
  times?: number
  /** Only sends to this person or group, by key. */
  to?: string
}

type FaultAction =
  /** Answer with `BaseResponse.Ret`. */
  | { action: 'ret'; ret: number }
  /** Answer `synccheck` with this retcode. */
  | { action: 'retcode'; retcode: number }
  | { action: 'status'; status: number }
  /** HTTP 200 with a proxy's error page. */
  | { action: 'garbage' }
  /** The request is lost: the connection breaks before the service has done anything. */
  | { action: 'reset' }
  /** The answer is lost: the service does it, then the connection breaks. */
  | { action: 'lost-answer' }
  /** Never answered. */
  | { action: 'hang' }
  /** Handled as usual, later. */
  | { action: 'delay'; delayMs: number }

export type FaultRule = FaultTarget & FaultAction
export type Fault = FaultRule & { times: number; hits: number }

/** The faults asked for, in order; the first that fits takes a request. */
export class Faults {
  readonly all: Fault[] = []

  /** Spoil coming requests. A poll under way is not touched; inject something to end it. */
  add(rule: FaultRule): Fault {
    const fault = { times: 1, ...rule, hits: 0 }
    this.all.push(fault)
    return fault
  }

  clear(): void {
    this.all.length = 0
  }

  take(name: string, to: string | undefined): Fault | undefined {
    const fault = this.all.find((candidate) => fits(candidate, name, to))
    if (!fault) return undefined
    fault.hits++
    if (fault.times > 0) fault.times--
    return fault
  }
}

function fits(fault: Fault, name: string, to: string | undefined): boolean {
  if (fault.times === 0) return false
  return (fault.path === '*' || fault.path === name) && (fault.to === undefined || fault.to === to)
}

/** Spoil one request. @returns true when it is over, false when it is to be handled as usual */
export async function applyFault(fault: Fault, exchange: Exchange): Promise<boolean> {
  switch (fault.action) {
    case 'ret':
      exchange.refuse(fault.ret)
      return true
    case 'retcode':
      exchange.script(`window.synccheck={retcode:"${fault.retcode}",selector:"0"}`)
      return true
    case 'status':
      exchange.status(fault.status)
      return true
    case 'garbage':
      exchange.bytes(Buffer.from('<html><title>Bad Gateway</title></html>'), 'text/html')
      return true
    case 'reset':
      exchange.breakOff()
      return true
    case 'lost-answer':
      exchange.loseAnswer()
      return false
    case 'hang':
      return true
    case 'delay':
      await sleep(fault.delayMs)
      return false
  }
}
