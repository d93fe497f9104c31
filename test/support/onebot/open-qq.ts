import { onTestFinished } from 'vitest'
import { OneBotChannel, type OneBotChannelOptions } from '../../../src/channel/onebot/channel.js'
import { OneBotSession, type OneBotSessionOptions } from '../../../src/channel/onebot/session.js'
import type { IncomingMessage } from '../../../src/model/chat.js'
import type { LoginState } from '../../../src/model/ports.js'
import { capturedLog } from '../captured-log.js'
import { keptList } from '../kept-list.js'
import { aQqWorld } from './a-world.js'
import { OneBotStandIn, type QqWorld, type StandInOptions } from './stand-in.js'

export const TOKEN = 'token-of-the-stand-in'
const WAIT_MS = 5_000

interface Setting {
  readonly world?: QqWorld
  readonly standIn?: StandInOptions
  readonly options?: Partial<OneBotChannelOptions>
  readonly address?: Partial<OneBotSessionOptions['address']>
  /** Not started, and the stand-in neither. */
  readonly isDown?: boolean
}

/** The real channel on a real socket to the stand-in; both end with the test. */
export async function openQq({ world = aQqWorld(), standIn = {}, options = {}, address = {}, isDown }: Setting = {}) {
  const qq = new OneBotStandIn(world, { token: TOKEN, heartbeatMs: 200, ...standIn })
  await qq.start()
  const url = address.url ?? qq.url
  if (isDown) await qq.stop()
  const { log, lines } = capturedLog()
  const heard: IncomingMessage[] = []
  const states: LoginState[] = []
  const told: string[] = []
  const misconfigured: Error[] = []
  const session = new OneBotSession({
    address: { url, token: TOKEN, ...address },
    ...{ clock: { now: () => Date.now() }, log },
    tellOperator: (text) => void told.push(text),
    onMisconfigured: (error) => void misconfigured.push(error),
  })
  session.onState((state) => void states.push(state))
  const ids = new Set<string>()
  const channel = new OneBotChannel(
    session,
    {
      ...{ url, serve: ['*售后*'], staffRoom: '过审值班群', staffBinding: keptList(), isFirstStart: true },
      ...{ staff: [], admins: [], staffNames: [], identities: { beginLogin: () => {} } },
      heardIds: { add: (id) => !ids.has(id) && Boolean(ids.add(id)) },
      ...options,
    },
    log,
  )
  onTestFinished(async () => {
    await channel.stop()
    await qq.stop()
  })
  const start = () => channel.start(async (message) => void heard.push(message))
  const until = (probe: () => boolean, waitMs = WAIT_MS) => qq.until(probe, waitMs)
  /** What is heard of something that happens, and of nothing else before it. */
  const hears = async (happens: () => unknown, count = 1): Promise<readonly IncomingMessage[]> => {
    const before = heard.length
    happens()
    await until(() => heard.length >= before + count)
    return heard.slice(before)
  }
  if (!isDown) {
    await start()
    await until(() => qq.asked.includes('get_group_list') && session.isUp)
  }
  return { qq, channel, session, heard, hears, states, told, misconfigured, lines, start, until }
}
