import { EventEmitter } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ScanStatus } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { openSession } from '../../../src/channel/wechaty/session.js'
import { CardKeeper, cardPath, isWechat4u } from '../../../src/channel/wechaty/wechat4u.js'
import { capturedLog } from '../../support/captured-log.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'
import { tempFolder } from '../../support/temp-folder.js'

const CARD = JSON.stringify({ '\rpuppet\nPUPPET-WECHAT4U': { PROP: { uin: '12', sid: 's1', skey: '@crypt_1' } } })

/** A run that finds the card of an earlier one. */
async function resuming(puppet = 'wechat4u') {
  const folder = tempFolder()
  const card = cardPath(puppet, folder)
  writeFileSync(card, CARD)
  const bot = Object.assign(new EventEmitter(), { puppet: { wechat4u: new FakeWechat4u() } })
  let end: (reason: string) => void
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  const session = await openSession(bot as unknown as WechatyInterface, {
    ...(isWechat4u(puppet) && { keeper: new CardKeeper(card, capturedLog().log) }),
    ...{ pollLimitMs: 40_000, clock: { now: () => Date.now() }, log: capturedLog().log },
    onEnd: (reason) => end(reason),
  })
  session.started()
  return { bot, card, session, ended, beside: (kind: string) => card.replace('.json', `.${kind}.json`) }
}

test('a session that WeChat refuses is set aside before the run ends, so that the next one asks for a scan', async () => {
  const { bot, card, session, ended, beside } = await resuming()
  expect(session.login().status).toBe('reconnecting')
  bot.emit('scan', 'https://login.weixin.qq.com/l/x', ScanStatus.Waiting)
  expect(await ended).toBe('a scan is asked for')
  expect([card, beside('copy')].map(existsSync)).toEqual([false, false])
  expect(readFileSync(beside('refused'), 'utf8')).toBe(CARD)
})

test('a session that may still be good is kept for the next run', async () => {
  const { bot, card, ended, beside } = await resuming()
  bot.emit('logout')
  expect(await ended).toBe('logged out')
  expect([card, beside('copy')].map((path) => readFileSync(path, 'utf8'))).toEqual([CARD, CARD])
})

test("leaves another puppet's card alone, and waits for no network", async () => {
  const { session, beside } = await resuming('wechaty-puppet-other')
  expect(session.login().status).toBe('starting')
  await session.networkReady()
  expect(existsSync(beside('copy'))).toBe(false)
  session.stop()
})
