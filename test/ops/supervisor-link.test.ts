import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Alerts } from '../../src/model/ports.js'
import {
  giveUp,
  leftFiles,
  linkToSupervisor,
  passOnAlerts,
  RefusedFiles,
  startedConfig,
} from '../../src/ops/supervise.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

/** A bot's process whose words arrive at once, as JSON. */
function line(alerts: Alerts) {
  const bot = Object.assign(new EventEmitter(), {
    connected: true,
    said: 0,
    send(message: unknown) {
      bot.said++
      passOnAlerts(JSON.parse(JSON.stringify(message)), alerts)
      return true
    },
  })
  return bot
}

test('carries what people are to hear from the bot to its supervisor', () => {
  const { alerts, heard } = recordedAlerts()
  const bot = linkToSupervisor(line(alerts), () => {})
  bot.alerts.raise('kicked', { pageUrl: 'http://127.0.0.1:3100' })
  bot.alerts.raise('send-refused')
  bot.alerts.clear('kicked')
  bot.alerts.tell('工单 3 等待处理')
  expect(heard).toEqual([
    ['raise', 'kicked', { pageUrl: 'http://127.0.0.1:3100' }],
    ['raise', 'send-refused', {}],
    ['clear', 'kicked'],
    ['tell', '工单 3 等待处理'],
  ])
})

test('lets the bot know when its supervisor is gone, and says nothing more', () => {
  const { alerts } = recordedAlerts()
  const process = line(alerts)
  let gone = 0
  const bot = linkToSupervisor(process, () => gone++)
  process.connected = false
  process.emit('disconnect')
  const { said } = process
  bot.alerts.raise('kicked')
  expect([gone, process.said]).toEqual([1, said])
})

test('ends as well when its supervisor was gone before it could listen', () => {
  const orphan = Object.assign(line(recordedAlerts().alerts), { connected: false })
  let gone = 0
  linkToSupervisor(orphan, () => gone++)
  expect(gone).toBe(1)
})

test('works without a supervisor', () => {
  const alone = Object.assign(new EventEmitter(), { connected: false })
  const bot = linkToSupervisor(alone, () => {})
  expect(() => bot.alerts.raise('kicked')).not.toThrow()
  expect(alone.listenerCount('disconnect')).toBe(0)
})

test('takes nothing else for an alert', () => {
  const { alerts, heard } = recordedAlerts()
  for (const message of [undefined, 'raise', { type: 'raise', kind: 'fire' }, { type: 'tell' }, { type: 'alive' }])
    passOnAlerts(message, alerts)
  expect(heard).toEqual([])
})

test('tells that it is up, on which configuration, and that nothing is given up any more', () => {
  const { alerts, heard } = recordedAlerts()
  const said: unknown[] = []
  const bot = Object.assign(line(alerts), { connected: true })
  const send = bot.send.bind(bot)
  bot.send = (message: unknown) => {
    said.push(message)
    return send(message)
  }
  linkToSupervisor(bot, () => {}).started('dataDir: data\n')
  expect(heard).toEqual([['clear', 'given-up']])
  expect(said.map(startedConfig).filter((config) => config !== undefined)).toEqual(['dataDir: data\n'])
})

test('has people told why the bot can not be started', async () => {
  const { alerts, heard } = recordedAlerts()
  const send = (message: unknown, ...rest: unknown[]): boolean => {
    passOnAlerts(message, alerts)
    ;(rest.at(-1) as () => void)()
    return true
  }
  await giveUp({ connected: true, send } as never, '配置有错：\nguoshen.yaml:1:1 不认识“roms”')
  expect(heard).toEqual([['raise', 'given-up', { reason: '配置有错：\nguoshen.yaml:1:1 不认识“roms”' }]])
  await giveUp({ connected: false } as never, 'nobody listens')
})

test('keeps what the disk refuses, and hands it to the next run', async () => {
  const files = new RefusedFiles()
  const bot = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: unknown) => {
      files.hear(JSON.parse(JSON.stringify(message)))
      return true
    },
  })
  const link = linkToSupervisor(bot, () => {})
  link.refused('data/outbox.json', '{"notices":[1]}')
  link.refused('data/tickets.json', '{}')
  link.refused('data/outbox.json', '{"notices":[1,2]}')
  link.refused('data/tickets.json', undefined)
  for (const message of [
    { type: 'refused', path: 1 },
    { type: 'refused', path: 'x', text: 2 },
  ])
    files.hear(message)
  const next = Object.assign(new EventEmitter(), { send: (message: unknown) => next.emit('message', message) })
  const left = leftFiles(next, files.count)
  files.handTo(next)
  expect([...(await left)]).toEqual([['data/outbox.json', '{"notices":[1,2]}']])
})

test('waits for nothing where the disk has refused nothing, nor for a supervisor that is gone', async () => {
  const bot = new EventEmitter()
  expect(await leftFiles(bot, 0)).toEqual(new Map())
  const left = leftFiles(bot, 1)
  bot.emit('disconnect')
  expect(await left).toEqual(new Map())
})
