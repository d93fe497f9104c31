import { expect, test, vi } from 'vitest'
import { keepWeChatTime } from '../../../src/channel/wechaty/wechat4u.js'
import { SteadyClock } from '../../../src/ops/steady-clock.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

const NOW_S = 1_800_000_000
const AHEAD_S = 130

/** A puppet on a machine whose clock is ahead of WeChat's. */
function puppet() {
  const wechat4u = new FakeWechat4u()
  const puppet = { wechat4u, startTime: 0 }
  wechat4u.on('login', () => {
    puppet.startTime = NOW_S + AHEAD_S // the puppet's own listener
  })
  const time = new SteadyClock({ wallMs: () => (NOW_S + AHEAD_S) * 1000, runningMs: () => 0 })
  keepWeChatTime(puppet, time)
  return { puppet, wechat4u, time }
}

test('takes the time from the answer to the login, and what is too old for the puppet with it', () => {
  const { puppet: ahead, wechat4u, time } = puppet()
  wechat4u.emit('init', { SystemTime: NOW_S })
  wechat4u.emit('login')
  expect([time.skewMs(), ahead.startTime]).toEqual([AHEAD_S * 1000, NOW_S])
})

test('hears what was said while the connection was broken, and no older things than people wait for', () => {
  const wechat4u = new FakeWechat4u()
  const puppet = { wechat4u, startTime: 0 }
  const machine = { wallMs: NOW_S * 1000, runningMs: 0 }
  const time = new SteadyClock({ wallMs: () => machine.wallMs, runningMs: () => machine.runningMs })
  const pass = (seconds: number) => {
    machine.wallMs += seconds * 1000
    machine.runningMs += seconds * 1000
    wechat4u.emit('login')
    return NOW_S - puppet.startTime
  }
  keepWeChatTime(puppet, time, 20_000)
  expect([pass(5), pass(60), pass(600)]).toEqual([20, 20, -65])
})

test.each([{}, { SystemTime: 0 }, { SystemTime: 'now' }])('takes no time from %j', (answer) => {
  const { wechat4u, time } = puppet()
  wechat4u.emit('init', answer)
  expect([time.isSure(), time.skewMs()]).toEqual([false, 0])
})

test('keeps the age of the last poll when the clock of the machine jumps', () => {
  const { wechat4u } = puppet()
  vi.useFakeTimers({ toFake: ['Date'] })
  wechat4u.lastSyncTime = Date.now()
  vi.setSystemTime(Date.now() + 86_400_000)
  expect(Date.now() - wechat4u.lastSyncTime).toBeLessThan(60_000)
  vi.useRealTimers()
})

test('leaves other puppets alone', () => {
  const other = { lastSyncTime: 5 }
  keepWeChatTime(other, puppet().time)
  expect(other).toEqual({ lastSyncTime: 5 })
})
