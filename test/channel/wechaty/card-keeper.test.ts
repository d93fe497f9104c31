import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { CardKeeper } from '../../../src/channel/wechaty/wechat4u.js'
import { capturedLog } from '../../support/captured-log.js'
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
