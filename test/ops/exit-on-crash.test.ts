import { expect, test } from 'vitest'
import { createJudge, isFromPuppet } from '../../src/ops/exit.js'
import { EXIT } from '../../src/ops/supervise.js'
import { capturedLog } from '../support/captured-log.js'

const PUPPET = '/app/node_modules/wechaty-puppet-wechat4u/dist/esm/src/puppet-wechat4u.js:231:28'
const OURS = '/app/src/handle-message.ts:44:11'
const INTERNAL = 'node:internal/process/task_queues:95:5'

function errorAt(message: string, ...places: string[]): Error {
  const error = new Error(message)
  error.stack = [`Error: ${message}`, ...places.map((place) => `    at work (${place})`)].join('\n')
  return error
}

function judged() {
  const codes: number[] = []
  const { log, lines } = capturedLog()
  return { judge: createJudge({ log, exit: (code) => codes.push(code) }), codes, lines }
}

test.each([
  ['the puppet alone', [PUPPET, INTERNAL], true],
  ['a library that the puppet alone uses', ['/app/node_modules/axios/lib/core/settle.js:19:12'], true],
  ['on Windows', ['C:\\app\\node_modules\\wechat4u\\lib\\wechat.js:99:1'], true],
  ['our code below the puppet', [PUPPET, OURS], false],
  ['our code alone', [OURS], false],
  ['a library of ours', ['/app/node_modules/hono/dist/hono.js:3:1'], false],
  ['Node itself', [INTERNAL], false],
  ['nowhere', [], false],
])('knows an error from %s', (_, places, expected) => {
  expect(isFromPuppet(errorAt('x', ...places))).toBe(expected)
})

test('ends the process for an error of ours, with one line that tells where and no more', () => {
  const { judge, codes, lines } = judged()
  judge(Object.assign(errorAt('boom', OURS), { config: { headers: { cookie: 'wxsid=secret' } } }))
  expect(codes).toEqual([EXIT.crashed])
  expect(lines).toMatchObject([{ msg: 'crashed', error: 'boom', at: 'handle-message.ts:44:11' }])
  expect(JSON.stringify(lines)).not.toContain('secret')
})

test('survives what the puppet throws at itself', () => {
  const { judge, codes, lines } = judged()
  judge(errorAt('must logout first before login again!', PUPPET, INTERNAL))
  expect(codes).toEqual([])
  expect(lines).toMatchObject([{ msg: 'error within the puppet, going on' }])
})

test('does not survive twenty of them within a minute', () => {
  const { judge, codes } = judged()
  for (let i = 0; i < 19; i++) judge(errorAt('again', PUPPET))
  expect(codes).toEqual([])
  judge(errorAt('again', PUPPET))
  expect(codes).toEqual([EXIT.crashed])
})

test('ends the process for what is thrown and is no error, without printing it', () => {
  const { judge, codes, lines } = judged()
  judge({ cookie: 'wxsid=secret' })
  judge('secret')
  expect(codes).toEqual([EXIT.crashed, EXIT.crashed])
  expect(JSON.stringify(lines)).not.toContain('secret')
})
