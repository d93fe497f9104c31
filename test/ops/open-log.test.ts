import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog, terminalLine } from '../../src/ops/exit.js'

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = []
  write(openLog({ level: 'info' }, { write: (line: string) => void lines.push(line) }))
  return lines.join('')
}

const failure = (): Error =>
  Object.assign(new Error('Request failed with status code 500'), {
    config: { headers: { cookie: 'wxsid=secret-sid' }, data: '{"Skey":"secret-skey"}' },
    response: { config: { url: 'https://wx.example/?pass_ticket=secret-ticket' } },
  })

test('leaves out what errors of the network carry along, and keeps what they say', () => {
  const text = logged((log) => {
    log.error({ err: failure() }, 'not sent')
    log.error({ error: failure() }, 'not sent')
    log.error({ err: Object.assign(new Error('outer'), { cause: failure() }) }, 'not sent')
  })
  expect(text).toContain('Request failed with status code 500')
  expect(text).not.toContain('secret-')
})

test('leaves out secrets that are called so', () => {
  expect(
    logged((log) => log.info({ token: 'secret-1', cookie: 'secret-2', reason: 'wrong' }, 'refused')),
  ).not.toContain('secret-')
})

test('at a terminal a line reads as one, with what it is about and no process number', () => {
  const line = logged((log) => log.warn({ host: 'login.wx.qq.com', tries: 3 }, 'WeChat cannot be reached'))
  expect(terminalLine(line)).toMatch(
    /^\d\d:\d\d:\d\d WARN WeChat cannot be reached \(host=login\.wx\.qq\.com tries=3\)\n$/,
  )
  expect(terminalLine(logged((log) => log.error('ended')))).toMatch(/ ERROR ended\n$/)
})

test('writes the lines of a moment together, all of them before the process ends, however it ends by itself', () => {
  const program = join(import.meta.dirname, '../../src/ops/exit.ts')
  const endings = ['', 'process.exit(3)', "setTimeout(() => process.exit(3), 200); log.error('later')"]
  for (const ending of endings) {
    const script = `const { openLog } = await import(${JSON.stringify(program)}); const log = openLog({ level: 'info' })
      for (let n = 0; n < 500; n++) log.info({ n, words: '字'.repeat(50) }, 'line')\n${ending}`
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    const lines = stdout.toString().trimEnd().split('\n')
    const numbers = lines.flatMap((line) => (JSON.parse(line) as { n?: number }).n ?? [])
    expect(numbers).toEqual([...Array(500).keys()])
  }
})
