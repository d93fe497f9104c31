import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROJECT_ROOT, readConfig } from '../../src/config.js'
import { createBot } from '../../src/create-bot.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { TicketStore } from '../../src/model/stores.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { aMessage, CUSTOMERS } from '../support/a-message.js'
import { capturedLog } from '../support/captured-log.js'
import { FakeChannel, STAFF_PLACE } from '../support/fake-channel.js'
import { tempFolder } from '../support/temp-folder.js'

const SUBMIT = `id: submit
section: "1"
title: 提交审核
utterances: [怎么提交审核, 提审怎么操作, 在哪里提交, 如何送审, 提交审核的步骤, 审核怎么提交, 提审入口在哪, 怎样送审]
`

/** Writes nothing before the bot is being stopped. */
async function slowStore(channel: FakeChannel): Promise<TicketStore> {
  const store = await LowdbTicketStore.inMemory()
  const isStopping = new Promise<void>((resolve) => {
    channel.stopHearing = async () => resolve()
  })
  const put = store.put.bind(store)
  store.put = (...change) => isStopping.then(() => put(...change))
  return store
}

/** The whole bot of `npm start`, on files of its own. */
async function wholeBot(openStore = slowStore) {
  const folder = aFolder()
  copyFileSync(join(PROJECT_ROOT, 'intents', 'human.yaml'), join(folder, 'intents', 'human.yaml'))
  return botOn(folder, openStore)
}

function aFolder(): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'knowledge'))
  mkdirSync(join(folder, 'intents'))
  writeFileSync(join(folder, 'knowledge', 'guide.md'), '# 1. 提交审核\n\n先选类目，再提交。\n')
  writeFileSync(join(folder, 'intents', 'submit.yaml'), SUBMIT)
  return folder
}

async function botOn(folder: string, openStore = slowStore) {
  const config = readConfig({
    GUOSHEN_CONFIG: '',
    GUOSHEN_DATA_DIR: join(folder, 'data'),
    GUOSHEN_KNOWLEDGE_DIR: join(folder, 'knowledge'),
    GUOSHEN_INTENTS_DIR: join(folder, 'intents'),
  })
  const channel = new FakeChannel()
  const clock = { now: () => Date.now() }
  const surroundings = { channel, clock, log: capturedLog().log, journal: { record: () => {} } }
  const bot = await createBot(config, { ...surroundings, ticketStore: await openStore(channel) })
  await bot.start()
  await new Promise(setImmediate) // the desk has looked around, and waits for nothing
  const asks = (id: string, text = '转人工', facts: Partial<IncomingMessage> = {}) =>
    channel.listener!(aMessage({ id, text, addressedToBot: true, sentAtMs: Date.now(), ...facts }))
  return { bot, channel, asks }
}

test('says what it is thinking out when it is stopped, while it is still logged in', async () => {
  const { bot, channel, asks } = await wholeBot()
  channel.beforeSend = () => {
    if (channel.stopped) throw new Error('logged out already')
  }
  void asks('m1') // its ticket is being written: nothing stands in the outbox yet
  await bot.stop()
  expect(channel.in(CUSTOMERS.key)).toEqual([expect.stringContaining('工单 1')])
  expect(channel.stopped).toBe(true)
})

const ASKERS = ['wang', 'li', 'zhou'].map((id) => ({ id, key: id, name: `客户${id}`, role: 'customer' as const }))

describe.each(['stopped', 'killed'])('what hung in WeChat when it was %s, and what waited behind it', (how) => {
  test('is what staff hear of after the next start', async () => {
    const folder = aFolder()
    const { bot, channel, asks } = await botOn(folder, () => LowdbTicketStore.inMemory())
    channel.beforeSend = () => new Promise(() => {})
    for (const [index, sender] of ASKERS.entries()) {
      const place = { ...CUSTOMERS, ...(index === 2 && { id: 'other', key: 'room:other' }) }
      void asks(`m${index}`, '怎么提交审核', { sender, place })
    }
    const kept = () => readFileSync(join(folder, 'data', 'outbox.json'), 'utf8')
    if (how === 'stopped') await bot.stop()
    else for (const { name } of ASKERS) await expect.poll(kept).toContain(name)
    const next = await botOn(folder, () => LowdbTicketStore.inMemory())
    await expect.poll(() => next.channel.in(STAFF_PLACE.key)).toHaveLength(1)
    for (const { name } of ASKERS) expect(next.channel.in(STAFF_PLACE.key)[0]).toContain(name)
    await Promise.all([next.bot.stop(), bot.stop()])
  })
})

test('does not wait for ever for what hangs', async () => {
  const { bot, channel, asks } = await wholeBot()
  channel.beforeSend = () => new Promise(() => {})
  void asks('m1')
  await bot.stop()
  expect(channel.stopped).toBe(true)
}, 10_000)
