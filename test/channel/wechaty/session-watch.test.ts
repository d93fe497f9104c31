import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ScanStatus } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { type SessionEnd, SessionWatch } from '../../../src/channel/wechaty/session.js'
import type { LoginState, LoginStatus } from '../../../src/model/ports.js'
import { capturedLog } from '../../support/captured-log.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

const FAILING = '连续3次同步失败，5s后尝试重启'
const GIVEN_UP = '重启时网络错误，60s后进行最后一次重启'
const refusal = (number: number | string) =>
  Object.assign(new Error(`${number} == 0`), { code: 'ERR_ASSERTION', actual: number, response: { status: 200 } })
const unreachable = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A watch over a made-up puppet; `null` instead of wechat4u for another puppet. */
function watched(first: LoginStatus, wechat4u: FakeWechat4u | null = new FakeWechat4u()) {
  const bot = Object.assign(new EventEmitter(), { puppet: { ...(wechat4u && { wechat4u }) } })
  const states: LoginState[] = []
  const ends: SessionEnd[] = []
  const { log } = capturedLog()
  const watch = new SessionWatch(bot as unknown as WechatyInterface, {
    firstState: { status: first, sinceMs: Date.now() },
    pollLimitMs: 40_000,
    clock: { now: () => Date.now() },
    log,
    onState: (state) => void states.push(state),
    onEnd: (end) => void ends.push(end),
  })
  watch.listen()
  watch.watch()
  const inner = wechat4u ?? new FakeWechat4u()
  inner.on('error', () => {}) // the puppet listens
  return {
    ...{ bot, watch, ends, wechat4u: inner },
    statuses: () => states.map(({ status }) => status),
    login() {
      inner.state = 'login'
      inner.lastSyncTime = Date.now()
      bot.emit('login')
    },
    poll() {
      inner.lastSyncTime = Date.now()
    },
    /** As the puppet passes it on. */
    fail(error: Error) {
      inner.emit('error', error)
      bot.emit('error', error)
    },
  }
}

describe('with wechat4u', () => {
  test('a first login: code, scan, logged in', () => {
    const { bot, statuses, login, ends } = watched('starting')
    bot.emit('scan', 'https://login.weixin.qq.com/l/a', ScanStatus.Waiting)
    bot.emit('scan', 'https://login.weixin.qq.com/l/a', ScanStatus.Scanned)
    login()
    expect(statuses()).toEqual(['starting', 'waiting-scan', 'logged-in'])
    expect(ends).toEqual([])
  })

  test('a session that polls is left alone, for hours', () => {
    const { login, poll, ends, watch } = watched('reconnecting')
    login()
    for (let i = 0; i < 500; i++) {
      vi.advanceTimersByTime(25_000)
      poll()
    }
    expect(ends).toEqual([])
    vi.advanceTimersByTime(7_000)
    expect(watch.pollAgeMs()).toBe(7_000)
  })

  test('no successful poll for 40 s ends the run, and the session is kept', () => {
    const { login, ends, watch } = watched('reconnecting')
    login()
    vi.advanceTimersByTime(42_000)
    expect(ends).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(ends).toMatchObject([{ kind: 'lost' }])
    expect(watch.state.status).toBe('reconnecting')
  })

  test('a process that stood still for a minute is not taken for a deaf one', () => {
    const { login, poll, ends } = watched('reconnecting')
    login()
    vi.setSystemTime(Date.now() + 60_000)
    vi.advanceTimersByTime(2_000)
    poll()
    vi.advanceTimersByTime(10_000)
    expect(ends).toEqual([])
  })

  test('after a night of sleep the network gets some seconds to be back, and no more', () => {
    const { login, poll, ends } = watched('reconnecting')
    login()
    vi.advanceTimersByTime(4_000)
    for (const wakes of [true, false]) {
      vi.setSystemTime(Date.now() + 8 * 3_600_000)
      vi.advanceTimersByTime(12_000)
      expect(ends).toEqual([])
      if (wakes) poll()
      vi.advanceTimersByTime(4_000)
    }
    expect(ends).toMatchObject([{ kind: 'lost' }])
  })

  test('three failed polls are trouble; a session that comes back by itself may stay', () => {
    const { login, fail, poll, statuses, ends } = watched('reconnecting')
    login()
    vi.advanceTimersByTime(10_000)
    for (let i = 0; i < 3; i++) fail(unreachable())
    fail(new Error(FAILING))
    expect(statuses().at(-1)).toBe('reconnecting')
    vi.advanceTimersByTime(5_000)
    poll()
    vi.advanceTimersByTime(2_000)
    expect(statuses().at(-1)).toBe('logged-in')
    expect(ends).toEqual([])
  })

  test('when its one try has failed too, a fresh process takes over, long before the session would be thrown away', () => {
    const { login, fail, ends } = watched('reconnecting')
    login()
    fail(new Error(FAILING))
    fail(new Error(GIVEN_UP))
    expect(ends).toEqual([{ kind: 'lost', reason: 'WeChat cannot be reached' }])
  })

  test('a session that is not resumed in 20 s is tried again by a fresh process', () => {
    const { ends } = watched('reconnecting')
    vi.advanceTimersByTime(20_000)
    expect(ends).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(ends).toMatchObject([{ kind: 'lost' }])
  })

  test('nobody is hurried to scan', () => {
    const { bot, ends } = watched('starting')
    bot.emit('scan', 'a', ScanStatus.Waiting)
    vi.advanceTimersByTime(3_600_000)
    expect(ends).toEqual([])
  })

  test.each(['reconnecting', 'logged-in'] as const)('WeChat refuses to resume (%s): kicked', (status) => {
    const { wechat4u, login, ends, statuses } = watched('reconnecting')
    if (status === 'logged-in') login()
    wechat4u.emit('logout') // wechat4u, of 1101 to its init
    wechat4u.start() // the puppet, upon that
    expect(wechat4u.codesAskedFor).toBe(0)
    expect(ends).toMatchObject([{ kind: 'refused' }])
    expect(statuses().at(-1)).toBe('kicked')
  })

  test.each([1100, '1101', 1102, 1203])(
    'given up because of %s: the session is over, and nothing is wiped by it',
    (number) => {
      const { wechat4u, login, fail, ends } = watched('reconnecting')
      login()
      fail(refusal(number))
      wechat4u.stop()
      expect(ends).toMatchObject([{ kind: 'refused' }])
      expect(wechat4u.gaveUp).toBe(0)
    },
  )

  test.each([unreachable(), Object.assign(new Error('502'), { code: 'ERR_BAD_RESPONSE', response: { status: 502 } })])(
    'given up because of %s: the session is kept, and nothing is wiped',
    (error) => {
      const { wechat4u, fail, ends } = watched('reconnecting')
      fail(error)
      wechat4u.stop()
      expect(ends).toMatchObject([{ kind: 'lost' }])
      expect(wechat4u.gaveUp).toBe(0)
    },
  )

  test('a send and a poll that are refused: the session is over, at once', () => {
    const { watch, login, fail, ends, statuses } = watched('reconnecting')
    login()
    vi.advanceTimersByTime(5_000)
    fail(refusal('1101'))
    watch.sendRefused()
    watch.sendRefused()
    expect(ends).toEqual([{ kind: 'refused', reason: 'a send was refused, the session is over' }])
    expect(statuses().at(-1)).toBe('kicked')
  })

  test.each(['never refused', 'answered since'])(
    'a send is refused, the poll was %s: a fresh process looks',
    (poll) => {
      const { watch, login, fail, ends, wechat4u, ...more } = watched('reconnecting')
      login()
      if (poll === 'answered since') {
        fail(refusal('1101'))
        vi.advanceTimersByTime(2_000)
        more.poll()
      } else fail(unreachable())
      watch.sendRefused()
      expect(ends).toMatchObject([{ kind: 'lost' }])
      expect(more.statuses().at(-1)).toBe('reconnecting')
      expect(wechat4u.gaveUp).toBe(0)
    },
  )

  test('an expired code is renewed by wechat4u itself', () => {
    const { wechat4u, bot, fail, ends } = watched('starting')
    bot.emit('scan', 'a', ScanStatus.Waiting)
    fail(Object.assign(new Error('400 != 400'), { code: 'ERR_ASSERTION', actual: 400, response: { status: 200 } }))
    wechat4u.stop()
    expect(wechat4u.gaveUp).toBe(1)
    expect(ends).toEqual([])
  })

  test('a network that goes away while a code waits ends the run instead of a hot loop', () => {
    const { wechat4u, bot, fail, ends } = watched('starting')
    bot.emit('scan', 'a', ScanStatus.Waiting)
    fail(unreachable())
    wechat4u.stop()
    expect(wechat4u.gaveUp).toBe(0)
    expect(ends).toMatchObject([{ kind: 'lost' }])
  })

  test('a code where a session was: it was not accepted', () => {
    const { bot, ends } = watched('reconnecting')
    bot.emit('scan', 'a', ScanStatus.Waiting)
    expect(ends).toMatchObject([{ kind: 'refused' }])
  })

  test('ends once, whatever comes after', () => {
    const { bot, login, fail, wechat4u, ends, statuses } = watched('reconnecting')
    login()
    fail(new Error(GIVEN_UP))
    wechat4u.stop()
    bot.emit('logout')
    bot.emit('scan', 'a', ScanStatus.Waiting)
    vi.advanceTimersByTime(600_000)
    expect(ends).toHaveLength(1)
    expect(statuses()).toEqual(['reconnecting', 'logged-in', 'reconnecting'])
    expect(wechat4u.gaveUp).toBe(0)
  })

  test('says nothing any more once it is stopped', () => {
    const { bot, login, watch, ends } = watched('reconnecting')
    login()
    watch.stop()
    bot.emit('logout') // the simulator, at its stop
    vi.advanceTimersByTime(600_000)
    expect(ends).toEqual([])
  })
})

describe('with another puppet', () => {
  test('there is no poll to look at, and nothing is held against it', () => {
    const { login, watch, ends } = watched('starting', null)
    login()
    vi.advanceTimersByTime(3_600_000)
    expect(watch.pollAgeMs()).toBeUndefined()
    expect(ends).toEqual([])
  })

  test('a logout ends the run: groups of the old login would be dead', () => {
    const { bot, login, ends } = watched('starting', null)
    login()
    bot.emit('logout')
    expect(ends).toEqual([{ kind: 'lost', reason: 'logged out' }])
  })

  test('so do twenty errors in ten seconds, not twenty in a minute', () => {
    const { fail, ends } = watched('starting', null)
    for (let i = 0; i < 40; i++) {
      fail(unreachable())
      vi.advanceTimersByTime(1_000)
    }
    expect(ends).toEqual([])
    for (let i = 0; i < 20; i++) fail(unreachable())
    expect(ends).toMatchObject([{ kind: 'lost' }])
  })
})

test.each(['1 CANCELLED: Call cancelled', '14 UNAVAILABLE: read ECONNRESET', '13 INTERNAL: Received RST_STREAM'])(
  'with a gateway, %s ends the run at once',
  (message) => {
    const { bot, ends, login } = watched('starting', null)
    login()
    bot.emit('error', new Error(message))
    expect(ends).toEqual([{ kind: 'lost', reason: 'the gateway is gone' }])
  },
)
