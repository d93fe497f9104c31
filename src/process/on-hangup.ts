import { closeSync, openSync } from 'node:fs'

interface Hangup {
  /** Somebody sent the signal to say: read the knowledge again. */
  readonly reload: () => void
  /** The terminal that we were started from is gone. */
  readonly stop: () => void
}

/**
 * Tells the two meanings of SIGHUP apart: from a closed terminal it ends the program, from an operator it is the order
 * to reload. Started without a terminal (systemd, Docker, nohup) it is always the order.
 */
export function onHangup({ reload, stop }: Hangup): void {
  const hadTerminal = process.stdout.isTTY === true && isTerminalThere()
  process.on('SIGHUP', () => {
    if (hadTerminal && !isTerminalThere()) stop()
    else reload()
  })
}

function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
