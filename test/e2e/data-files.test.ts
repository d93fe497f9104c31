import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { startOnPage, startProgram } from '../support/on-the-page.js'
import { tempFolder } from '../support/temp-folder.js'

const START_MS = 90_000
const GROUP = 'room-xiangtian'

/** A folder for a bot, whose data are laid out by `lay`. */
function aFolder(lay: (data: string) => void): string {
  const folder = tempFolder()
  const data = path.join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  lay(data)
  return folder
}

/** Later steps build on earlier ones. */
describe('data files that turn into folders while the bot runs', () => {
  let folder: string
  const data = (name = ''): string => path.join(folder, 'data', name)
  let bot: BotProcess
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-files-'))
    ;({ bot, url } = await startOnPage(folder))
    await bot.waitOutput(/已启动/, START_MS)
  }, START_MS)

  afterAll(async () => {
    await bot?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask<Answer>(where: string, body?: object): Promise<Answer> {
    const { key } = JSON.parse(readFileSync(data('running.json'), 'utf8')) as { key: string }
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const facts = body && { method: 'POST', body: JSON.stringify(body) }
    return (await (await fetch(url + where, { headers, ...facts })).json()) as Answer
  }
  const says = (as: string, text: string) =>
    ask('/api/simulator/messages', { as, conversation: GROUP, text: `@过审小助手 ${text}` })
  const orders = async (text: string) => (await ask<{ readonly text: string }>('/api/orders', { text })).text
  const ticketCount = async () => (await ask<{ readonly tickets: readonly object[] }>('/api/tickets')).tickets.length
  const disk = async () => (await ask<{ readonly disk: string }>('/healthz')).disk
  const jsonFiles = () => readdirSync(data()).filter((name) => name.endsWith('.json') && name !== 'running.json')

  it('keep nothing from being answered, and are told', async () => {
    await says('wang', '转人工')
    await expect.poll(ticketCount).toBe(1)
    expect(jsonFiles()).toContain('tickets.json')
    for (const name of jsonFiles()) {
      rmSync(data(name), { recursive: true })
      mkdirSync(data(name))
    }
    await says('li', '转人工')
    await expect.poll(ticketCount).toBe(2)
    expect(await orders('静音 想天售后服务群')).toContain('静音')
    expect((await ask<{ readonly mutes: readonly object[] }>('/api/machine')).mutes).toHaveLength(1)
    await expect.poll(disk).toBe('tickets')
  })

  it('are written as soon as they can be', async () => {
    for (const name of jsonFiles()) rmSync(data(name), { recursive: true })
    await expect.poll(jsonFiles).toContain('tickets.json')
    expect(JSON.parse(readFileSync(data('tickets.json'), 'utf8'))).toMatchObject({ lastNumber: 2 })
    await expect.poll(disk).toBe('ok')
    expect(bot.output).not.toMatch(/"msg":"(?:crashed|bot ended unexpectedly)/)
  })
})

describe('a start that meets', () => {
  it(
    'a file in the place of a folder names it, and ends',
    async () => {
      const run = startProgram(aFolder((data) => writeFileSync(path.join(data, 'releases'), '')))
      expect((await run.waitExit(START_MS))?.code).toBe(1)
      expect(run.output).toMatch(/数据文件打不开：.*releases 应该是文件夹，现在是文件。请把它移开，再启动。/)
    },
    START_MS,
  )

  it(
    'half a file of drafts sets it aside, and says so',
    async () => {
      const folder = aFolder((data) =>
        writeFileSync(path.join(data, 'edits.json'), '[{"key":"1","mark', { mode: 0o600 }),
      )
      const { bot } = await startOnPage(folder)
      try {
        await bot.waitOutput(
          /edits\.json 坏了，已移到 .*edits\.json\.damaged-\S+，从空的开始。丢了：没发布的草稿/,
          START_MS,
        )
        await bot.waitOutput(/已启动/, START_MS)
      } finally {
        await bot.stop()
      }
    },
    START_MS,
  )
})
