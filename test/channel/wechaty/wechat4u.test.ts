import { expect, test } from 'vitest'
import { PuppetWechat4u } from 'wechaty-puppet-wechat4u'
import {
  dropLogoutCommands,
  findWechat4u,
  isFailedRequest,
  keepFewRawMessages,
  lastPollMs,
  requireGateway,
  saysSessionEnded,
} from '../../../src/channel/wechaty/wechat4u.js'
import type { ConfigError } from '../../../src/errors.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

test('finds the library behind the puppet only if it looks as it should', () => {
  const wechat4u = new FakeWechat4u()
  expect(findWechat4u({ wechat4u })).toBe(wechat4u)
  for (const puppet of [{}, { wechat4u: undefined }, { wechat4u: { state: 'login' } }, { wechat4u: 'x' }])
    expect(findWechat4u(puppet)).toBeUndefined()
})

test('knows no poll before the login and after the logout', () => {
  const wechat4u = new FakeWechat4u()
  expect(lastPollMs(wechat4u)).toBeUndefined()
  wechat4u.state = 'login'
  expect(lastPollMs(wechat4u)).toBeUndefined()
  wechat4u.lastSyncTime = 5
  expect(lastPollMs(wechat4u)).toBe(5)
  wechat4u.state = 'logout'
  expect(lastPollMs(wechat4u)).toBeUndefined()
})

const assertion = (actual: unknown) => ({
  message: `${actual} == 0`,
  code: 'ERR_ASSERTION',
  actual,
  response: { status: 200 },
})

test.each([
  ['1101 as a string', assertion('1101'), true, false],
  ['1102', assertion(1102), true, false],
  ['a login that is not allowed', assertion(1203), true, false],
  ['too many sends', assertion(1205), false, false],
  ['an expired code', { ...assertion(400), message: '400 != 400' }, false, false],
  ['a login refused', { message: 'already logout', name: 'Error' }, false, false],
  ['a refused connection', { message: 'connect', code: 'ECONNREFUSED' }, false, true],
  ['a bad gateway', { message: '502', code: 'ERR_BAD_RESPONSE', response: { status: 502 } }, false, true],
  ['a web page in its place', { message: 'of undefined', name: 'TypeError' }, false, true],
])('%s: session ended %s, not reached %s', (_, error, ended, failed) => {
  expect([saysSessionEnded(error), isFailedRequest(error)]).toEqual([ended, failed])
})

const MOON = '\u{1f31a}'
const SPAN = '<span class="emoji emoji1f31a"></span>'

test.each([
  ['as characters', `${MOON} ${MOON}`.repeat(3)],
  ['as spans', `${SPAN} ${SPAN}`.repeat(3)],
  ['of another moon', `${MOON} \u{1f31d}`.repeat(3)],
])('hides the command that lets anybody log the bot out, %s', (_, Content) => {
  const wechat4u = new FakeWechat4u()
  dropLogoutCommands(wechat4u)
  const others = [{ Content: `${MOON} ${MOON}`.repeat(2) }, { Content: '怎么提审' }, { Content: undefined }]
  wechat4u.handleMsg([{ Content }, ...others])
  expect(wechat4u.handled).toEqual(others)
})

test('keeps the latest two thousand raw messages at most, and drops the others', () => {
  const puppet = new PuppetWechat4u()
  keepFewRawMessages(puppet)
  const kept = (puppet as unknown as { cacheMessageRawPayload: Map<string, unknown> }).cacheMessageRawPayload
  const ids = Array.from({ length: 10_000 }, (_, id) => String(id))
  for (const id of ids) kept.set(id, { MsgId: id })
  const left = ids.filter((id) => kept.has(id))
  expect(left.length).toBeLessThan(2_000)
  expect(left.slice(-1_000)).toEqual(ids.slice(-1_000))
})

test('lets puppets be that keep no raw messages', () => {
  for (const puppet of [{}, { cacheMessageRawPayload: {} }]) expect(() => keepFewRawMessages(puppet)).not.toThrow()
})

test('asks for what a gateway needs before anything is started', () => {
  const problems = (env: NodeJS.ProcessEnv) => {
    try {
      requireGateway(env)
      return []
    } catch (error) {
      return (error as ConfigError).problems.map((problem) => problem.split(':')[0])
    }
  }
  const token = { WECHATY_PUPPET_SERVICE_TOKEN: 'puppet_x' }
  expect(problems({})).toEqual(['WECHATY_PUPPET_SERVICE_TOKEN', 'WECHATY_PUPPET_SERVICE_ENDPOINT'])
  expect(problems(token)).toEqual(['WECHATY_PUPPET_SERVICE_ENDPOINT'])
  expect(problems({ ...token, WECHATY_PUPPET_SERVICE_ENDPOINT: 'http://192.0.2.8' })).toEqual([
    'WECHATY_PUPPET_SERVICE_ENDPOINT',
  ])
  expect(problems({ ...token, WECHATY_PUPPET_SERVICE_ENDPOINT: '192.0.2.8:8788' })).toEqual([])
  expect(problems({ ...token, WECHATY_PUPPET_SERVICE_AUTHORITY: 'api.chatie.io' })).toEqual([])
})
