import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { vi } from 'vitest'
import { ChannelError } from '../../src/errors.js'
import type { IncomingMessage, Place } from '../../src/model/chat.js'
import type { Outgoing } from '../../src/model/ports.js'
import { describeChannel, type NetworkUnderContract, type Who } from '../support/channel-contract.js'
import { compileProgram } from '../support/compile-program.js'
import { FakeWeixin } from '../support/fake-weixin/fake-weixin.js'
import { BOT } from '../support/fake-weixin/world.js'

const NAMES: Readonly<Record<Who, string>> = { wang: '王老板', li: '小李', chen: '陈工', xu: '徐经理' }
const START = { timeout: 60_000, interval: 50 }
const CONFIG = `puppet: wechat4u
rooms: { serve: ["*售后*"], staffRoom: 过审值班群 }
admin: [管理员]
desk: { people: [{ name: 陈工, remark: 值班陈工 }] }
`

interface Line {
  readonly state?: string
  readonly heard?: IncomingMessage
  readonly mime?: string
  readonly base64?: string
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly code: 'channel-rejected'; readonly message: string; readonly retryable: boolean }
}

/** The real puppet in a process of its own, on a WeChat of its own. */
async function onWeChat(): Promise<NetworkUnderContract> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoshen-contract-'))
  await writeFile(path.join(folder, 'guoshen.yaml'), CONFIG, { mode: 0o600 })
  const wx = await new FakeWeixin().start()
  wx.world({
    me: { nick: '过审小助手' },
    contacts: [
      { key: 'wang', nick: NAMES.wang, friend: false },
      { key: 'li', nick: NAMES.li },
      { key: 'chen', nick: NAMES.chen, remark: '值班陈工' },
      { key: 'xu', nick: NAMES.xu, remark: '管理员' },
    ],
    rooms: [
      { key: 'customers', topic: '想天售后服务群', members: ['wang', 'li', 'chen'] },
      { key: 'staff', topic: '过审值班群', members: ['chen', 'xu'] },
    ],
  })
  const program = compileProgram('test/support/channel-program', path.join(folder, 'program'))
  const env = wx.botEnv({
    GUOSHEN_CONFIG: path.join(folder, 'guoshen.yaml'),
    GUOSHEN_DATA_DIR: path.join(folder, 'data'),
  })
  const child = spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const heard: IncomingMessage[] = []
  const { call, states } = listenTo(child, heard)
  const channel = {
    send: (to: Place, bubble: Outgoing) => call('send', to, withText(bubble)) as Promise<void>,
    staffPlace: () => call('staffPlace') as Promise<Place | undefined>,
    findPlace: (key: string) => call('findPlace', key) as Promise<Place | undefined>,
    rooms: () => call('rooms') as Promise<never>,
    stopHearing: () => call('stopHearing') as Promise<void>,
    stop: () => call('stop') as Promise<void>,
  }
  await wx.waitLogin({ waitMs: START.timeout })
  await vi.waitFor(() => {
    if (states.at(-1) !== 'logged-in') throw new Error(`${states}`)
  }, START)
  await vi.waitFor(async () => {
    if (!(await channel.staffPlace())) throw new Error('no staff group')
  }, START)
  return {
    channel,
    heard,
    say({ from, in: place = 'customers', text = '', mentions = [], picture, quotes }) {
      const where = { from: from === 'owner' ? BOT : from, ...(place !== 'direct' && { room: place }) }
      if (picture) return wx.inject({ ...where, kind: 'image', bytes: picture }).msgId
      const words = { ...where, text, mentions: mentions.map((who) => (who === 'bot' ? BOT : who)) }
      if (quotes === undefined) return wx.inject(words).msgId
      const msgId = quotes === 'bot' ? wx.sentList().at(-1)!.msgId! : quotes
      return wx.inject({ ...words, kind: 'quote', quote: { msgId } }).msgId
    },
    repeat: (handle) => wx.redeliver(handle),
    said: () =>
      wx.sentList().map(({ to, text, bytes }) => ({
        in: to === 'customers' || to === 'staff' ? to : 'direct',
        ...(bytes ? { picture: bytes } : { text: text! }),
      })),
    async end() {
      child.kill('SIGKILL')
      await wx.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function listenTo(child: ChildProcess, heard: IncomingMessage[]) {
  const waiting = new Map<number, (line: Line) => void>()
  const states: string[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.startsWith('@@')) return
    const told = JSON.parse(line.slice(2)) as Line
    if (told.state) states.push(told.state)
    // WeChat's first word after a login is one of the account to itself, for its other devices.
    const isForDevices = told.heard?.kind === 'notice' && told.heard.fromSelf
    if (told.heard && !isForDevices) heard.push(withBytes(told.heard, told))
    if (told.id !== undefined) waiting.get(told.id)?.(told)
  })
  let calls = 0
  const call = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++calls
      waiting.set(id, ({ result, error }) => {
        if (error) reject(new ChannelError(error.code, error.message, { retryable: error.retryable }))
        else resolve(result)
      })
      child.stdin!.write(`${JSON.stringify({ id, method, args })}\n`)
    })
  return { call, states }
}

function withBytes(message: IncomingMessage, { mime, base64 }: Line): IncomingMessage {
  if (base64 === undefined) return message
  const bytes = Buffer.from(base64, 'base64')
  return { ...message, picture: { mime: mime as 'image/jpeg', byteCount: bytes.length, bytes: () => bytes } }
}

const withText = (bubble: Outgoing): object =>
  bubble.kind === 'picture'
    ? { ...bubble, bytes: undefined, base64: Buffer.from(bubble.bytes).toString('base64') }
    : bubble

describeChannel('WeChat', onWeChat)
