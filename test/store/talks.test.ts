import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aMessage } from '../support/a-message.js'
import { aTalkLog, aTrace } from '../support/a-page.js'
import { fixedClock } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WANG = { id: 'w', key: 'name:王老板', name: '王老板', role: 'customer' } as const
const CHEN = { id: 'c', key: 'name:陈工', name: '陈工', role: 'staff' } as const

const everythingIn = (dir: string): string =>
  readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')

async function aLog(options: Parameters<typeof aTalkLog>[0] = {}) {
  const clock = fixedClock()
  const dir = join(tempFolder(), 'talks')
  const open = () => aTalkLog({ clock, dir, nameOf: (key) => key.replace('name:', ''), ...options })
  const log = await open()
  let count = 0
  const hears = (
    text: string,
    facts: Partial<Parameters<typeof aMessage>[0]> = {},
    trace: Parameters<typeof aTrace>[0] = {},
  ) => {
    const id = `m${++count}`
    log.record(
      aTrace({ messageId: id, ...trace }),
      aMessage({ id, text, sender: WANG, sentAtMs: clock.now(), ...facts }),
    )
    return id
  }
  return { log, open, clock, dir, hears }
}

describe('the log of talks', () => {
  test('keeps a question over a restart, with what was said, without the name', async () => {
    const { log, open, dir, hears } = await aLog()
    const id = hears('我的电话 13812345678，类目选哪个')
    log.said(id, ['选社交'])
    await log.stop()
    expect(everythingIn(dir)).not.toMatch(/13812345678|"name":"王老板"/)
    expect(statSync(join(dir, readdirSync(dir)[0]!)).mode & 0o777).toBe(0o600)
    const [talk] = (await open()).recent()
    expect(talk).toMatchObject({ text: '我的电话 [电话]，类目选哪个', said: ['选社交'], who: { name: '王老板' } })
  })

  test('keeps idle talk in memory only, and its words for two hours', async () => {
    const { log, open, clock, dir, hears } = await aLog()
    const id = hears('中午吃什么', { addressedToBot: false }, { kind: 'silent', reason: 'not-for-us' })
    hears('我去处理一下', { sender: CHEN }, { kind: 'silent', reason: 'staff' })
    await log.flush()
    expect(everythingIn(dir)).not.toMatch(/吃什么|处理一下/)
    clock.pass(2 * HOUR_MS - 1)
    expect(log.find(id)?.text).toBe('中午吃什么')
    clock.pass(1)
    expect(log.find(id)?.text).toBeNull()
    expect(log.recent().map(({ text }) => text)).toEqual([null, null])
    await log.prune()
    expect(log.find(id)).toMatchObject({ text: null, kind: 'silent' })
    expect((await open()).recent().map(({ text }) => text)).toEqual([null, null])
  })

  test('keeps what spoke for the section for as long as the text that it is taken from', async () => {
    const because = (text: string) => [text.slice(-4)]
    const { log, clock, dir, hears } = await aLog({ because })
    const id = hears('我的电话 13812345678')
    expect(log.find(id)?.because).toEqual(['[电话]'])
    const idle = hears('中午吃什么', { addressedToBot: false }, { kind: 'silent', reason: 'not-for-us' })
    expect(log.find(idle)).not.toHaveProperty('because')
    clock.pass(1)
    await log.forget({ keys: [], names: ['我的'], said: [] } as unknown as Parameters<typeof log.forget>[0])
    expect(log.find(id)).toMatchObject({ text: null })
    expect(log.find(id)).not.toHaveProperty('because')
    expect(everythingIn(dir)).not.toContain('"because"')
  })

  test('never keeps the words of an order, codes among them', async () => {
    const { log, dir, hears } = await aLog()
    const id = hears('4829 1307', {}, { kind: 'command', reason: 'claim-role' })
    await log.flush()
    expect(log.find(id)?.text).toBeNull()
    expect(everythingIn(dir)).not.toContain('4829')
  })

  test('writes down what the asker said next', async () => {
    const { log, clock, hears } = await aLog()
    const first = hears('类目选哪个')
    clock.pass(10_000)
    hears('不对', { addressedToBot: false }, { kind: 'silent', reason: 'not-for-us', sections: [] })
    expect(log.find(first)?.after).toMatchObject({ what: 'wrong', text: '不对' })
    const second = hears('类目选哪个')
    clock.pass(11 * 60_000)
    hears('不对')
    expect(log.find(second)?.after).toBeUndefined()
  })

  test('forgets after seven days, and a person at once', async () => {
    const { log, clock, dir, hears } = await aLog()
    hears('旧的问题')
    clock.pass(7 * DAY_MS + DAY_MS)
    hears('新的问题')
    hears('王老板那张单好了', { sender: CHEN })
    hears('别人的问题', { sender: { ...WANG, key: 'name:小李', name: '小李' } })
    await log.flush()
    await log.prune()
    expect(everythingIn(dir)).not.toContain('旧的问题')
    await log.forget({ keys: [WANG.key], names: ['王老板'], tickets: [], said: ['新的问题'] })
    expect(everythingIn(dir)).not.toMatch(/王老板|新的问题/)
    expect(everythingIn(dir)).toContain('别人的问题')
    expect(log.recent().map(({ text }) => text)).toEqual([null, '别人的问题'])
  })

  test('keeps nothing on disk where that is configured', async () => {
    const { log, dir, hears } = await aLog({ keepDays: 0 })
    hears('类目选哪个')
    await log.stop()
    expect(() => readdirSync(dir)).toThrow()
  })

  test('passes over what a kill has cut', async () => {
    const { log, open, dir, hears } = await aLog()
    hears('类目选哪个')
    await log.stop()
    const [name] = readdirSync(dir)
    appendFileSync(join(dir, name!), '{"messageId":"m2","placeK')
    expect((await open()).recent()).toHaveLength(1)
  })

  test('notes a verdict, and takes it back', async () => {
    const { log, open, hears } = await aLog()
    const id = hears('类目选哪个')
    log.judge(id, { kind: 'human', by: '陈工', atMs: 1 })
    await log.flush()
    expect((await open()).find(id)?.verdict).toMatchObject({ kind: 'human', by: '陈工' })
    log.judge(id, undefined)
    await log.flush()
    expect((await open()).find(id)?.verdict).toBeUndefined()
    expect(log.judge('nothing', undefined)).toBeUndefined()
  })
})
