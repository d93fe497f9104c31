import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError } from '../../../src/errors.js'
import { CUSTOMERS, WANG } from '../../support/onebot/a-world.js'
import { openQq } from '../../support/onebot/open-qq.js'

const statuses = ({ states }: { readonly states: readonly { readonly status: string }[] }) =>
  states.map(({ status }) => status)

test('is logged in as soon as the implementation says whose account it is, and says which network', async () => {
  const qq = await openQq()
  expect(qq.states.map(({ status, network }) => [status, network])).toEqual([
    ['starting', 'QQ'],
    ['logged-in', 'QQ'],
  ])
  expect(qq.session.selfNumber).toBe('10001')
  expect(qq.session.pollAgeMs()).toBeLessThan(1_000)
})

test.each(['http', 'frame'] as const)(
  'ends with a word about the token when it is refused by %s',
  async (refusesBy) => {
    const qq = await openQq({ standIn: { refusesBy }, isDown: true, address: {} })
    await qq.qq.start()
    const wrong = await openQq({ isDown: true, address: { url: qq.qq.url, token: 'wrong' } })
    const error = await wrong.start().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).problems[0]).toMatch(/^onebot\.token: QQ 端不认这个口令.*GUOSHEN_ONEBOT_TOKEN/)
    expect(JSON.stringify([error, wrong.lines, wrong.told])).not.toContain('wrong"')
    const missing = await openQq({ isDown: true, address: { url: qq.qq.url, token: null } })
    await expect(missing.start()).rejects.toThrow(/onebot\.token: QQ 端要口令/)
  },
)

test('ends with a word about the address when something else answers there', async () => {
  const web = createServer((_, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void web.close())
  const url = `ws://127.0.0.1:${(web.address() as AddressInfo).port}`
  const { start } = await openQq({ isDown: true, address: { url } })
  await expect(start()).rejects.toThrow(/^onebot\.url: 这个地址不是 OneBot/)
})

test('waits for an implementation that is started later, and tells people once', async () => {
  const qq = await openQq({ isDown: true })
  await qq.start()
  expect(qq.told).toEqual([expect.stringMatching(/^还没连上 QQ 端（ECONNREFUSED）/)])
  expect(statuses(qq)).toEqual(['starting', 'reconnecting'])
  await qq.qq.start()
  await qq.until(() => qq.session.isUp, 10_000)
  expect(statuses(qq).at(-1)).toBe('logged-in')
  expect(qq.told).toHaveLength(1)
})

test('is told of a wrong token although the implementation came later', async () => {
  const right = await openQq({ isDown: true })
  const wrong = await openQq({ isDown: true, address: { url: right.qq.url, token: 'wrong' } })
  await wrong.start()
  await right.qq.start()
  await wrong.until(() => wrong.misconfigured.length > 0, 10_000)
  expect(wrong.misconfigured[0]!.message).toMatch(/^onebot\.token/)
})

test('connects again after an outage, and hears', async () => {
  const { qq, session, states, lines, hears, until } = await openQq()
  await qq.stop()
  await until(() => !session.isUp)
  expect(states.at(-1)!.status).toBe('reconnecting')
  await until(() => false, 1_500)
  const backMs = performance.now()
  await qq.start()
  await until(() => session.isUp, 10_000)
  expect(performance.now() - backMs).toBeLessThan(6_000)
  expect((await hears(() => qq.inGroup(CUSTOMERS, WANG, '在吗')))[0]!.text).toBe('在吗')
  expect(lines.filter(({ msg }) => msg.startsWith('OneBot cannot be reached'))).toHaveLength(1)
})

test('knows that the account is off by its word, and on again by two heartbeats or a message', async () => {
  const { qq, session, states, until, hears, channel } = await openQq()
  qq.setOnline(false)
  await until(() => states.at(-1)!.status === 'kicked')
  expect(states.at(-1)!.status).toBe('kicked')
  await expect(
    channel.send({ kind: 'direct', id: '30002', key: 'direct:qq:30002' }, { kind: 'text', text: '好' }),
  ).rejects.toMatchObject({
    ...{ code: 'channel-unreachable', retryable: true },
  })
  qq.setOnline(true)
  await until(() => session.isUp)
  expect(states.at(-1)!.status).toBe('logged-in')
  qq.setOnline(false)
  await until(() => states.at(-1)!.status === 'kicked')
  await hears(() => qq.inGroup(CUSTOMERS, WANG, '在吗'))
  expect(states.map(({ status }) => status)).toContain('kicked')
})

test('knows that the account is off by heartbeats alone', async () => {
  const { qq, states, until } = await openQq()
  qq.setOnline(false, { tells: false })
  await until(() => states.at(-1)!.status === 'kicked')
  expect(states.at(-1)!.status).toBe('kicked')
})

test('takes no answer for a sign that the account is off, where there was one before', async () => {
  const { session, states } = await openQq()
  session.noteReach(false)
  expect(states.at(-1)!.status).toBe('reconnecting')
  session.noteReach(true)
  expect(states.at(-1)!.status).toBe('logged-in')
})

test.each(['http', 'frame'] as const)(
  'waits for people where a token that was right is refused by %s, and is heard of once',
  async (refusesBy) => {
    const { qq, session, states, told, lines, misconfigured, until } = await openQq({ standIn: { refusesBy } })
    await qq.askForToken('another-token')
    await until(() => states.at(-1)!.trouble === 'token')
    expect(states.at(-1)).toMatchObject({ status: 'reconnecting', trouble: 'token', network: 'QQ' })
    expect([told, misconfigured]).toEqual([[expect.stringMatching(/^onebot\.token: QQ 端不认这个口令/)], []])
    const tries = qq.tries
    await until(() => qq.tries > tries, 2_000)
    expect(qq.tries).toBe(tries) // the next is half a minute away
    expect(lines.filter(({ msg }) => msg === 'OneBot does not take us any more')).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toMatch(/another-token|token-of/)
    expect(session.isUp).toBe(false)
  },
)

test('asks an implementation whose heartbeats have stopped, and begins anew when it says nothing', async () => {
  const { qq, states, lines, until } = await openQq()
  await until(() => qq.asked.includes('get_status') && qq.beats > 1)
  qq.stopHeart()
  qq.fault({ action: 'get_status', does: 'ignore' })
  await until(() => states.at(-1)!.status === 'reconnecting', 15_000)
  expect(lines.map(({ msg }) => msg)).toContain('heartbeats have stopped')
  await until(() => states.at(-1)!.status === 'logged-in', 5_000)
  expect(states.map(({ status }) => status)).toEqual(['starting', 'logged-in', 'reconnecting', 'logged-in'])
})

test('leaves one alone that has no heartbeats any more, and answers', async () => {
  const { qq, states, lines, until } = await openQq()
  await until(() => qq.beats > 1)
  qq.stopHeart()
  await until(() => lines.some(({ msg }) => msg === 'heartbeats have stopped'), 15_000)
  const asked = qq.asked.length
  await until(() => qq.asked.length > asked, 1_000)
  expect(states.at(-1)!.status).toBe('logged-in')
})
