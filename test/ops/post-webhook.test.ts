import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createWebhookAlerts } from '../../src/ops/alerts.js'
import { type AlertMessage, postWebhook } from '../../src/ops/webhook.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const MESSAGE: AlertMessage = { about: 'kicked', status: 'alert', text: '请扫码', atMs: 1 }
const OK = JSON.stringify({ errcode: 0 })

/** Answers in turn: a body, a status, or nothing at all; the last one for ever. */
async function robot(...answers: readonly (string | number | 'silence')[]) {
  const heard: { readonly body: unknown; readonly type: string | undefined }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      heard.push({ body: JSON.parse(text), type: request.headers['content-type'] })
      const answer = answers[Math.min(heard.length, answers.length) - 1]
      if (answer === 'silence') return
      response.writeHead(typeof answer === 'number' ? answer : 200, { location: '/elsewhere' })
      response.end(typeof answer === 'string' ? answer : '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send?key=robot-key`
  return { url, heard, close: () => new Promise((resolve) => server.close(resolve)) }
}

function posting(waitsMs: readonly number[] = [1, 1]) {
  const { log, lines } = capturedLog()
  return { options: { clock: fixedClock(), log, waitsMs, timeoutMs: 10_000 }, lines }
}

test('delivers a message as JSON', async () => {
  const { url, heard } = await robot(OK)
  const { options, lines } = posting()
  expect(await postWebhook({ kind: 'wecom', url }, MESSAGE, options)).toBe(true)
  expect(heard).toEqual([
    { body: { msgtype: 'text', text: { content: '请扫码' } }, type: 'application/json; charset=utf-8' },
  ])
  expect(lines).toEqual([])
})

test('tries again while that may help, each time with a signature of that moment', async () => {
  const { url, heard } = await robot(502, 'silence', OK)
  const { options } = posting()
  const answer = await postWebhook({ kind: 'feishu', url, secret: 's' }, MESSAGE, {
    ...{ ...options, timeoutMs: 1_000 },
    clock: { now: () => heard.length * 1000 },
  })
  expect(answer).toBe(true)
  expect(heard.map(({ body }) => (body as { timestamp: string }).timestamp)).toEqual(['0', '1', '2'])
})

test('does not try again when the robot says no, and never logs its address', async () => {
  const { url, heard } = await robot(JSON.stringify({ errcode: 93000, errmsg: 'invalid webhook url' }))
  const { options, lines } = posting()
  expect(await postWebhook({ kind: 'wecom', url }, MESSAGE, options)).toBe(false)
  expect(heard).toHaveLength(1)
  expect(lines).toMatchObject([{ level: LEVEL.error, msg: 'alert lost', reason: 'refused with 93000', attempts: 1 }])
  expect(JSON.stringify(lines)).not.toContain('robot-key')
})

test('gives up after the last wait', async () => {
  const { url, close } = await robot(OK)
  await close()
  const { options, lines } = posting([1, 1])
  expect(await postWebhook({ kind: 'json', url }, MESSAGE, options)).toBe(false)
  expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
    ['alert not delivered yet', 'ECONNREFUSED'],
    ['alert not delivered yet', 'ECONNREFUSED'],
    ['alert lost', 'ECONNREFUSED'],
  ])
  expect(JSON.stringify(lines)).not.toContain('robot-key')
})

test('keeps no other robot waiting for one that hangs, errs or sends elsewhere', async () => {
  const robots = [await robot('silence'), await robot(500), await robot(302), await robot(OK)]
  const { log } = capturedLog()
  const alerts = createWebhookAlerts({
    webhooks: robots.map(({ url }) => ({ kind: 'wecom', url }) as const),
    ...{ perHour: 100, memoryPath: join(tempFolder(), 'alerts.json'), clock: fixedClock(), log },
  })
  alerts.raise('kicked')
  alerts.clear('kicked')
  await expect.poll(() => robots.map(({ heard }) => heard.length)).toEqual([1, 1, 1, 2])
})

test('does not follow a redirection, which would lose the message', async () => {
  const { url, heard } = await robot(302)
  const { options } = posting([])
  expect(await postWebhook({ kind: 'json', url }, MESSAGE, options)).toBe(false)
  expect(heard).toHaveLength(1)
})
