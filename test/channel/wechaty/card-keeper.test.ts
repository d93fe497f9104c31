import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CardKeeper } from '../../../src/channel/wechaty/wechat4u.js'
import { StoreError } from '../../../src/errors.js'
import { capturedLog } from '../../support/captured-log.js'
import { canMount, SmallDisk } from '../../support/small-disk.js'
import { tempFolder } from '../../support/temp-folder.js'

const cardOf = (sid: string): string =>
  JSON.stringify({
    '\rpuppet\nPUPPET-WECHAT4U': { PROP: { uin: '12', sid, skey: '@crypt_1' }, COOKIE: { wxsid: sid }, user: {} },
  })
const WIPED = '{}'

function kept() {
  const folder = tempFolder()
  const card = join(folder, 'wechaty-puppet-wechat4u.memory-card.json')
  const copy = card.replace('.json', '.copy.json')
  const refused = card.replace('.json', '.refused.json')
  const { log, lines } = capturedLog()
  const keeper = () => new CardKeeper(card, log)
  return { folder, card, copy, refused, keeper, lines }
}

const read = (path: string): string => readFileSync(path, 'utf8')
const modeOf = (path: string): number => statSync(path).mode & 0o777

test('copies a card that holds a session, for its owner only', async () => {
  const { card, copy, keeper } = kept()
  writeFileSync(card, cardOf('s1'), { mode: 0o644 })
  expect(await keeper().prepare()).toEqual({ hasSession: true, refusedSinceMs: undefined })
  expect(read(copy)).toBe(cardOf('s1'))
  expect([modeOf(card), modeOf(copy)]).toEqual([0o600, 0o600])
})

test.each([
  ['wiped', WIPED],
  ['cut short', cardOf('s1').slice(0, 60)],
  ['empty', ''],
  ['without its keys', cardOf('')],
  ['no card at all', 'null'],
])('restores a card that is %s', async (_, damaged) => {
  const { card, keeper } = kept()
  writeFileSync(card, cardOf('s1'))
  await keeper().keep()
  writeFileSync(card, damaged)
  expect(await keeper().prepare()).toMatchObject({ hasSession: true })
  expect(read(card)).toBe(cardOf('s1'))
})

test('restores a card that is gone', async () => {
  const { card, copy, keeper } = kept()
  writeFileSync(copy, cardOf('s1'))
  expect(await keeper().prepare()).toMatchObject({ hasSession: true })
  expect(read(card)).toBe(cardOf('s1'))
})

test('follows the card, and never puts a wiped one over the copy', async () => {
  const { card, copy, keeper } = kept()
  writeFileSync(card, cardOf('s1'))
  await keeper().keep()
  writeFileSync(card, cardOf('s2'))
  expect(await keeper().keep()).toBe(true)
  writeFileSync(card, WIPED)
  expect(await keeper().keep()).toBe(false)
  expect(read(copy)).toBe(cardOf('s2'))
})

test('does not try a refused session again, and knows since when it is refused', async () => {
  const { card, copy, refused, keeper, lines } = kept()
  writeFileSync(card, cardOf('s1'))
  await keeper().keep()
  const beforeMs = Date.now() - 1_000 // file systems round
  await keeper().setAside()
  expect([existsSync(card), existsSync(copy)]).toEqual([false, false])
  expect(read(refused)).toBe(cardOf('s1'))
  expect(modeOf(refused)).toBe(0o600)
  const { hasSession, refusedSinceMs } = await keeper().prepare()
  expect(hasSession).toBe(false)
  expect(refusedSinceMs).toBeGreaterThanOrEqual(beforeMs)
  expect(JSON.stringify(lines)).not.toContain('s1')
})

test('remembers the refusal also when the puppet has wiped the card already, until the next login', async () => {
  const { card, copy, refused, keeper } = kept()
  writeFileSync(card, cardOf('s1'))
  await keeper().keep()
  writeFileSync(card, WIPED)
  await keeper().setAside()
  expect(existsSync(copy)).toBe(false)
  expect(read(refused)).toBe(cardOf('s1'))
  writeFileSync(card, cardOf('s2'))
  await keeper().keep()
  await keeper().forgetRefused()
  expect(existsSync(refused)).toBe(false)
})

test('finds nothing at the very first start, and leaves nothing half written', async () => {
  const { folder, card, keeper } = kept()
  expect(await keeper().prepare()).toEqual({ hasSession: false, refusedSinceMs: undefined })
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(card, cardOf('s1'))
  await keeper().keep()
  expect(readdirSync(folder).sort()).toEqual([basename(card).replace('.json', '.copy.json'), basename(card)])
})

/** The card as the puppet has it, once it is prepared. */
async function loaded(keeper: CardKeeper) {
  await keeper.prepare()
  await keeper.memory.load()
  return keeper.memory.multiplex('puppet')
}
const SESSION = { PROP: { uin: '12', sid: 's1', skey: '@crypt_1' } }

test('keeps what the puppet saves: for its owner only, never half written', async () => {
  const { folder, card, keeper } = kept()
  const memory = await loaded(keeper())
  await memory.set('PUPPET-WECHAT4U', SESSION)
  await memory.save()
  expect(modeOf(card)).toBe(0o600)
  expect(readdirSync(folder)).toEqual([basename(card)])
  const next = keeper()
  expect(await next.prepare()).toMatchObject({ hasSession: true })
  await next.memory.load()
  expect(await next.memory.multiplex('puppet').get('PUPPET-WECHAT4U')).toEqual(SESSION)
})

test('a card that the disk refuses ends nothing, is told of once, and is written when the disk takes it', async () => {
  const { card, keeper, lines } = kept()
  const memory = await loaded(keeper())
  mkdirSync(card)
  await memory.set('PUPPET-WECHAT4U', SESSION)
  await memory.save()
  await memory.save()
  expect(lines.filter(({ msg }) => msg === 'login card could not be kept')).toHaveLength(1)
  rmdirSync(card)
  await expect.poll(() => existsSync(card) && read(card)).toContain('"sid":"s1"')
})

test('resumes from the copy where the card can not be read, and says so where there is none', async () => {
  const { card, copy, keeper } = kept()
  mkdirSync(card)
  await expect(keeper().prepare()).rejects.toThrow(StoreError)
  writeFileSync(copy, cardOf('s1'))
  const keeping = keeper()
  expect(await keeping.prepare()).toMatchObject({ hasSession: true })
  rmdirSync(card)
  await expect.poll(() => existsSync(card) && read(card)).toBe(cardOf('s1'))
})

describe.runIf(canMount())('on a read-only disk', () => {
  test('a session that WeChat refuses ends the run like any other', async () => {
    const { folder, card, keeper, lines } = kept()
    const disk = SmallDisk.mount(folder, { mib: 1 })
    onTestFinished(() => disk.unmount())
    writeFileSync(card, cardOf('s1'))
    disk.setReadOnly(true)
    await keeper().setAside()
    expect(lines.at(-1)).toMatchObject({ msg: 'WeChat refuses the session, login card set aside' })
  })

  test('a card that can be read is enough to resume', async () => {
    const { folder, card, keeper } = kept()
    const disk = SmallDisk.mount(folder, { mib: 1 })
    onTestFinished(() => disk.unmount())
    writeFileSync(card, cardOf('s1'), { mode: 0o644 })
    disk.setReadOnly(true)
    expect(await keeper().prepare()).toMatchObject({ hasSession: true })
  })
})
