import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BotProcess } from '../support/fake-weixin/bot-process.js'

const ROOT = path.join(import.meta.dirname, '../..')
const TOKEN = 'insecure_5f3a1c9e-7f21-4d0e-9a55-0c1d2e3f4a5b'
const PORT = 20_000 + (process.pid % 20_000)
const START_MS = 90_000

interface Contact {
  readonly id: string
  say(words: string): { to(other: Contact): void }
}
interface Mocker {
  createContact(payload: { readonly name: string }): Contact
  login(self: Contact): void
}
interface Puppet {
  on(event: 'message', listener: (message: { readonly messageId: string }) => void): unknown
  messagePayload(id: string): Promise<{ readonly talkerId?: string; readonly text?: string }>
}
interface Gateway {
  start(): Promise<void>
  stop(): Promise<void>
}

/** By names that the compiler does not follow: their types bring an old Node's along, which unsettle others. */
const SERVICE: string = 'wechaty-puppet-service'
const MOCK: string = 'wechaty-puppet-mock'
const { PuppetServer } = (await import(SERVICE)) as { readonly PuppetServer: new (options: object) => Gateway }
const { mock, PuppetMock } = (await import(MOCK)) as {
  readonly mock: { readonly Mocker: new () => Mocker }
  readonly PuppetMock: new (options: object) => Puppet
}

/** A real gateway in front of a WeChat in memory; another one takes its place when it is restarted. */
async function openGateway() {
  const mocker = new mock.Mocker()
  const puppet = new PuppetMock({ mocker })
  const server = new PuppetServer({ endpoint: `127.0.0.1:${PORT}`, puppet, token: TOKEN, tls: { disable: true } })
  const said: string[] = []
  await server.start()
  const self = mocker.createContact({ name: '过审小助手' })
  const li = mocker.createContact({ name: '小李' })
  puppet.on('message', ({ messageId }) => {
    void puppet.messagePayload(messageId).then((message) => {
      if (message.talkerId === self.id) said.push(message.text ?? '')
    })
  })
  mocker.login(self)
  return { said, ask: (words: string) => li.say(words).to(self), close: () => server.stop() }
}

describe('the bot behind a gateway', () => {
  let folder: string
  let bot: BotProcess
  let gateway: Awaited<ReturnType<typeof openGateway>>

  const start = (env: NodeJS.ProcessEnv): BotProcess =>
    new BotProcess({
      command: process.execPath,
      args: ['dist/main.js', '--puppet', 'wechaty-puppet-service'],
      cwd: ROOT,
      env: {
        ...Object.fromEntries(
          Object.entries(process.env).filter(([name]) => !/^(VITEST.*|NODE_ENV|TEST|MODE)$/.test(name)),
        ),
        GUOSHEN_CONFIG: '',
        GUOSHEN_DATA_DIR: path.join(folder, 'data'),
        GUOSHEN_WEB_PORT: '0',
        ...env,
      },
    }).start()

  /** Asks every second until an answer comes. */
  async function hears(withinMs: number): Promise<void> {
    const startedMs = performance.now()
    while (performance.now() - startedMs < withinMs) {
      gateway.ask('首次审核一共要多久')
      for (let step = 0; step < 20 && gateway.said.length === 0; step++) await sleep(50)
      if (gateway.said.length > 0) return
    }
    throw new Error(`deaf for ${withinMs} ms; the output ends:\n${bot.output.slice(-2_000)}`)
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-gateway-'))
    gateway = await openGateway()
    bot = start({
      WECHATY_PUPPET_SERVICE_TOKEN: TOKEN,
      WECHATY_PUPPET_SERVICE_ENDPOINT: `127.0.0.1:${PORT}`,
      WECHATY_PUPPET_SERVICE_NO_TLS_INSECURE_CLIENT: 'true',
    })
    await bot.waitOutput(/"msg":"logged in"/, START_MS)
  })
  afterAll(async () => {
    await bot?.stop({ signal: 'SIGKILL' })
    await gateway?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('answers in a direct chat', async () => {
    await hears(30_000)
    expect(gateway.said[0]).toMatch(/7 天/)
  })

  it('begins anew as soon as the gateway goes, and hears again when it is back', async () => {
    await gateway.close()
    gateway = await openGateway()
    await hears(60_000)
    expect(bot.output).toContain('the gateway is gone')
    expect(bot.output).not.toContain(TOKEN)
  })

  it('ends at once where the token is missing', async () => {
    const run = start({ GUOSHEN_DATA_DIR: path.join(folder, 'other'), WECHATY_PUPPET_SERVICE_TOKEN: '' })
    expect(await run.waitExit(60_000)).toEqual({ code: 1, signal: null })
    expect(run.output).toMatch(/WECHATY_PUPPET_SERVICE_TOKEN: 请填网关的令牌/)
  })
})
