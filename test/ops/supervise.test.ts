import { EventEmitter } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { type Child, EXIT, RestartPolicy, Supervisor } from '../../src/ops/supervise.js'
import { capturedLog } from '../support/captured-log.js'

class FakeChild extends EventEmitter implements Child {
  readonly pid: number | undefined = 4711
  readonly signals: NodeJS.Signals[] = []

  kill(signal: NodeJS.Signals): boolean {
    this.signals.push(signal)
    return true
  }

  end(code: number | null, signal: NodeJS.Signals | null = null): void {
    this.emit('exit', code, signal)
  }
}

function supervised({ waitMs = 1 } = {}) {
  const children: FakeChild[] = []
  const restarts: number[] = []
  const downs: number[] = []
  const messages: unknown[] = []
  const { log, lines } = capturedLog()
  const supervisor = new Supervisor({
    startBot: (downMs) => {
      downs.push(downMs)
      const child = new FakeChild()
      children.push(child)
      return child
    },
    log,
    policy: new RestartPolicy({ firstMs: waitMs, longestMs: waitMs }),
    onMessage: (message) => messages.push(message),
    onRestart: () => restarts.push(children.length),
  })
  const code = supervisor.run()
  const nth = (count: number) => vi.waitUntil(() => children[count - 1], { interval: 1 })
  return { supervisor, code, nth, children, restarts, downs, messages, lines }
}

afterEach(() => {
  vi.useRealTimers()
})

test('starts the bot again after a crash, a kill, and when it asks', async () => {
  const { nth, code, restarts, downs } = supervised()
  ;(await nth(1)).end(EXIT.crashed)
  ;(await nth(2)).end(null, 'SIGKILL')
  ;(await nth(3)).end(EXIT.restart)
  ;(await nth(4)).end(1) // what Node itself says of an error before our own code ran
  ;(await nth(5)).end(EXIT.stopped)
  expect(await code).toBe(EXIT.stopped)
  expect(restarts).toEqual([1, 2, 3, 4])
  expect(downs.map((downMs) => downMs > 0)).toEqual([false, true, true, true, true])
})

test('does not start it again when its configuration or knowledge is wrong', async () => {
  const { nth, code, children } = supervised()
  ;(await nth(1)).end(EXIT.badInputOfBot)
  expect(await code).toBe(EXIT.badInput)
  expect(children).toHaveLength(1)
})

test('passes a signal on and ends with the bot', async () => {
  const { supervisor, nth, code } = supervised()
  const child = await nth(1)
  supervisor.stop('SIGTERM')
  supervisor.stop('SIGTERM') // a launcher passes on what the terminal has sent already
  expect(child.signals).toEqual(['SIGTERM'])
  child.end(EXIT.stopped)
  expect(await code).toBe(EXIT.stopped)
})

test('passes on what is no order to end, to the bot that runs now', async () => {
  const { supervisor, nth, code } = supervised()
  ;(await nth(1)).end(EXIT.crashed)
  const second = await nth(2)
  supervisor.tell('SIGHUP')
  expect(second.signals).toEqual(['SIGHUP'])
  second.end(EXIT.stopped)
  await code
  supervisor.tell('SIGHUP')
  expect(second.signals).toEqual(['SIGHUP'])
})

test('counts a bot that was still starting as stopped when the signal ends it', async () => {
  const { supervisor, nth, code } = supervised()
  const child = await nth(1)
  supervisor.stop('SIGINT')
  child.end(null, 'SIGINT')
  expect(await code).toBe(EXIT.stopped)
})

test('kills a bot that does not end within ten seconds, and says so by its exit code', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const { supervisor, children, code } = supervised()
  supervisor.stop('SIGTERM')
  await vi.advanceTimersByTimeAsync(9_999)
  expect(children[0]!.signals).toEqual(['SIGTERM'])
  await vi.advanceTimersByTimeAsync(1)
  expect(children[0]!.signals).toEqual(['SIGTERM', 'SIGKILL'])
  children[0]!.end(null, 'SIGKILL')
  expect(await code).toBe(EXIT.crashed)
})

test('starts nothing any more when it is stopped between two runs', async () => {
  const { supervisor, nth, code, children, restarts } = supervised({ waitMs: 60_000 })
  ;(await nth(1)).end(EXIT.crashed)
  await vi.waitUntil(() => restarts.length === 1, { interval: 1 })
  supervisor.stop('SIGTERM')
  expect(await code).toBe(EXIT.stopped)
  expect(children).toHaveLength(1)
})

test('kills a bot that gives no sign of life for a minute and a half', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { supervisor, children, code, lines } = supervised()
  const child = children[0]!
  await vi.advanceTimersByTimeAsync(85_000)
  child.emit('message', { type: 'alive' })
  await vi.advanceTimersByTimeAsync(90_000)
  expect(child.signals).toEqual([])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(child.signals).toEqual(['SIGKILL'])
  expect(lines.map(({ msg }) => msg)).toContain('bot hangs, killing it')
  supervisor.stop('SIGTERM')
  child.end(null, 'SIGKILL')
  await code
})

test('tries again when the process could not be started at all', async () => {
  const { nth, code } = supervised()
  const child = await nth(1)
  Object.assign(child, { pid: undefined })
  child.emit('error', new Error('spawn EAGAIN'))
  ;(await nth(2)).end(EXIT.stopped)
  expect(await code).toBe(EXIT.stopped)
})
