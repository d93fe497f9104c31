import { createInterface } from 'node:readline'
import { readConfig } from '../../src/config.js'
import { ChannelError } from '../../src/errors.js'
import type { Channel, Outgoing } from '../../src/model/ports.js'
import { openChannel } from '../../src/open-channel.js'

/**
 * The channel that the environment configures, for tests in another process: real puppets want one of their own. Prints
 * lines that begin with `@@`: states of the login, what is heard, answers. Reads calls, one a line.
 */
const log = { debug() {}, info() {}, warn: console.error, error: console.error }
const print = (line: object): boolean => process.stdout.write(`@@${JSON.stringify(line)}\n`)

const { channel, session } = await openChannel(readConfig(process.env), {
  ...{ shared: undefined, awayMs: undefined, alerts: { tell() {} }, log, onStaffRoom() {}, tellOperator() {} },
  onEnd: (reason) => console.error(reason),
  onMisconfigured: (error) => console.error(error),
})
session.onState(({ status }) => void print({ state: status }))
await session.networkReady()
await channel.start(async ({ picture, ...message }) => {
  const bytes = picture?.bytes()
  print({ heard: message, ...(bytes && { mime: picture?.mime, base64: Buffer.from(bytes).toString('base64') }) })
})
session.started()

interface Call {
  readonly id: number
  readonly method: keyof Channel
  readonly args: readonly unknown[]
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, args } = JSON.parse(line) as Call
  const work = channel[method] as (...args: unknown[]) => Promise<unknown>
  try {
    print({ id, result: await work.apply(channel, method === 'send' ? [args[0], bubbleOf(args[1])] : [...args]) })
  } catch (error) {
    const { code, message, retryable } = error as ChannelError
    print({ id, error: error instanceof ChannelError ? { code, message, retryable } : { message: String(error) } })
  }
}

/** Bytes travel as text. */
function bubbleOf(sent: unknown): Outgoing {
  const bubble = sent as Outgoing & { base64?: string }
  return bubble.kind === 'picture' ? { ...bubble, bytes: Buffer.from(bubble.base64 ?? '', 'base64') } : bubble
}
