import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { compileProgram } from '../support/compile-program.js'
import { tempFolder } from '../support/temp-folder.js'

const WRITER = 'test/support/write-tickets'
const LANES = 3
const KILLS_A_LANE = 11

/** Lets a process write tickets and kills it after `promises` of them, in the middle of the next. */
async function writeUntilKilled(writer: string, path: string, promises: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  const gone = once(child, 'exit')
  const promised: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    promised.push(Number(line))
    if (promised.length === promises) child.kill('SIGKILL')
  }
  const [, signal] = await gone
  expect({ signal, complaints }).toEqual({ signal: 'SIGKILL', complaints: '' })
  return promised
}

test('keeps every promised ticket through more than 30 kills in the middle of writing', async () => {
  const folder = tempFolder()
  const writer = compileProgram(WRITER, join(folder, 'writer'))
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const path = join(folder, `${lane}`, 'tickets.json')
    const promised: number[] = []
    for (let kill = 0; kill < KILLS_A_LANE; kill++) {
      promised.push(...(await writeUntilKilled(writer, path, 1 + ((kill + lane) % 4))))
      const kept = (await LowdbTicketStore.open(path)).list().map(({ number }) => number)
      // What was being written may be there or not; what was promised must be, and no number was given out twice.
      expect(kept).toEqual(expect.arrayContaining(promised))
      expect(new Set(promised).size).toBe(promised.length)
      expect(kept).toEqual(kept.map((_number, index) => index + 1))
    }
    return promised.length
  })
  const counts = await Promise.all(lanes)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(KILLS_A_LANE)
}, 60_000)
