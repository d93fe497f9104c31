import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Ambiguity, IdentityBook } from './channel/identity.js'
import { OneBotChannel } from './channel/onebot/channel.js'
import { numberIn } from './channel/onebot/incoming.js'
import { OneBotSession } from './channel/onebot/session.js'
import { PuppetSimulator } from './channel/simulator/puppet.js'
import { createVendorWorld, SIMULATED_STAFF_ROOM, type World } from './channel/simulator/world.js'
import { WechatyChannel } from './channel/wechaty/channel.js'
import { openSession } from './channel/wechaty/session.js'
import { buildWechaty, CardKeeper, cardPath, isWechat4u } from './channel/wechaty/wechat4u.js'
import { RoleBook } from './commands/rights.js'
import { type Config, isSimulated } from './config.js'
import type { ConfigError } from './errors.js'
import type {
  Alerts,
  Channel,
  Clock,
  DurableList,
  HeardIds,
  Identities,
  Log,
  Session,
  StaffRoomNews,
} from './model/ports.js'
import type { StaffBinding } from './model/stores.js'
import { SteadyClock } from './ops/steady-clock.js'
import { openGrants } from './store/open.js'
import type { SharedDesk } from './store/postgres/open.js'
import { LowdbHeardIds, openIdentities, openStaffBinding } from './store/records.js'

export interface OpenChannelParts {
  readonly shared: ChannelMemoryParts['shared']
  /** How long nobody has listened before this run; undefined where that was meant. */
  readonly awayMs: number | undefined
  readonly alerts: Pick<Alerts, 'tell'>
  readonly log: Log
  readonly onStaffRoom: (news: StaffRoomNews) => void
  /** A fresh process is needed; `reason` is fit for a log. */
  readonly onEnd: (reason: string) => void
  /** Only now it turns out that the configuration can't work. */
  readonly onMisconfigured: (error: ConfigError) => void
  /** Shows something to whoever sits at the machine. */
  readonly tellOperator: (text: string) => void
}

export interface OpenChannel {
  readonly channel: Channel
  readonly session: Session
  readonly memory: ChannelMemory
  /** Runs with the network's time, where there is one. */
  readonly clock: Clock
  readonly time: SteadyClock | undefined
  /** The stand-in behind the page; undefined on a real network. */
  readonly world: World | undefined
  /** What the bearer of a key is called; undefined for keys that are not known. */
  readonly nameOf: (key: string) => string | undefined
}

/** The puppet's polls are dated by it. */
const machineClock = { now: () => Date.now() }
/** Long enough for messages that wechat4u hands on in another order; people don't notice it. */
const HOLD_MS = 300

/**
 * Makes ready the one network that the configuration names: the page's, WeChat by a puppet, or QQ. Nothing is heard yet.
 *
 * @throws ConfigError when a part of it is missing
 * @throws StoreError when a file is damaged or of another shape
 */
export async function openChannel(config: Config, parts: OpenChannelParts): Promise<OpenChannel> {
  const time = isSimulated(config) ? undefined : new SteadyClock()
  const clock: Clock = time ?? machineClock
  const { alerts, log, shared } = parts
  const staffRoom = staffRoomOf(config)
  const memory = await openChannelMemory(config.dataDir, { clock, log, alerts, staffRoom, shared })
  const opening = { ...parts, memory, clock, time }
  return config.channel === 'onebot' ? openOneBot(config, opening) : openWechaty(config, opening)
}

/** On the page nobody but its owner can name a group. */
export const staffRoomOf = (config: Config): string | null =>
  config.rooms.staffRoom ?? (isSimulated(config) ? SIMULATED_STAFF_ROOM : null)

interface Opening extends OpenChannelParts, Pick<OpenChannel, 'memory' | 'clock' | 'time'> {}

async function openWechaty(config: Config, { memory, clock, time, log, ...parts }: Opening): Promise<OpenChannel> {
  const { puppet, dataDir, alive, rooms, desk, staff, admin } = config
  const world = isSimulated(config) ? createVendorWorld({ clock }) : undefined
  // The simulated WeChat starts anew each time; remarks are the one thing of it that has to last.
  for (const { contactId, remark } of memory.roles.grants) world?.setRemark(contactId, remark)
  const keeper = isWechat4u(puppet) ? new CardKeeper(cardPath(puppet, dataDir), log) : undefined
  const wechaty = buildWechaty(world ? new PuppetSimulator({ world }) : puppet, dataDir, keeper?.memory)
  const pollLimitMs = alive.pollLimitSeconds * 1000
  const { onEnd } = parts
  const session = await openSession(wechaty, { keeper, pollLimitMs, clock: machineClock, log, onEnd })
  const options = {
    ...memory,
    onStaffRoom: parts.onStaffRoom,
    ...(time && { time }),
    awayMs: parts.awayMs,
    holdMs: world ? 0 : HOLD_MS,
    serve: rooms.serve,
    staffRoom: staffRoomOf(config),
    ...(memory.isFirstStart ? { firstStart: { names: desk.people.map(({ name }) => name) } } : {}),
    trustsStaffRoom: world !== undefined,
    // Who has a remark is known by that, and nobody else is meant by the name.
    staffNames: [...staff.names, ...desk.people.flatMap(({ name, remark }) => (remark ? [] : [name]))],
    staffRemarks: desk.people.flatMap(({ remark }) => remark ?? []),
    adminRemarks: admin.remarks,
    logoutOnStop: world !== undefined,
    onSessionOver: session.sendRefused,
  }
  const nameOf = (key: string) => memory.identities.nameOf(key)
  return { channel: new WechatyChannel(wechaty, options, log), session, memory, clock, time, world, nameOf }
}

/** A QQ number stands where WeChat has a remark: it is nobody else's, and lasts. */
const isNumber = (text: string): boolean => numberIn(text, 'qq') !== undefined

async function openOneBot(config: Config, { memory, clock, time, log, ...parts }: Opening): Promise<OpenChannel> {
  const { onebot, rooms, desk, staff, admin } = config
  const url = onebot.url! // as the configuration has been checked
  const { onMisconfigured, tellOperator, onStaffRoom } = parts
  const address = { url, token: onebot.token }
  const account = new OneBotSession({ address, clock, log, onMisconfigured, tellOperator })
  const options = {
    ...memory,
    ...{ url, onStaffRoom, serve: rooms.serve, staffRoom: staffRoomOf(config) },
    ...(time && { time }),
    staff: [...staff.names, ...desk.people.flatMap(({ remark }) => remark ?? [])].filter(isNumber),
    admins: admin.remarks.filter(isNumber),
    staffNames: [
      ...staff.names.filter((name) => !isNumber(name)),
      ...desk.people.flatMap(({ name, remark }) => (remark && isNumber(remark) ? [] : [name])),
    ],
  }
  // Its parts are handed on one by one.
  const session: Session = {
    login: () => account.login(),
    pollAgeMs: () => account.pollAgeMs(),
    onState: (listener) => account.onState(listener),
    networkReady: async () => {},
    started: () => {},
    sendRefused: () => {},
    stop: () => account.stop(),
  }
  const channel = new OneBotChannel(account, options, log)
  const nameOf = (key: string) => channel.nameOf(key)
  return { channel, session, memory, clock, time, world: undefined, nameOf }
}

/** What a channel must not forget between two runs. */
export interface ChannelMemory {
  readonly identities: Identities
  readonly heardIds: HeardIds
  /** Roles given by a code. */
  readonly roles: RoleBook
  readonly staffBinding: DurableList<StaffBinding>
  /** Nothing was known before. */
  readonly isFirstStart: boolean
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

export interface ChannelMemoryParts {
  readonly clock: Clock
  readonly log: Log
  readonly alerts: Pick<Alerts, 'tell'>
  /** What the configuration calls the staff group. */
  readonly staffRoom?: string | null
  /** The desk that several accounts share, which keeps roles as well. */
  readonly shared?: Pick<SharedDesk, 'grants'> | undefined
}

/** @throws StoreError when a file is damaged or of another shape */
export async function openChannelMemory(
  dataDir: string,
  { clock, log, alerts, staffRoom = null, shared }: ChannelMemoryParts,
): Promise<ChannelMemory> {
  const store = await openIdentities(join(dataDir, 'identities.json'), log)
  const roles = new RoleBook(shared?.grants ?? (await openGrants({ dataDir, log })))
  const isFirstStart = store.records().accountId === '' && !existsSync(join(dataDir, 'staff-room.json'))
  const heardIds = await LowdbHeardIds.open(join(dataDir, 'heard.json'), log)
  const staffBinding = await openStaffBinding(dataDir, {
    rooms: store.records().rooms,
    staffRoom,
    nowMs: clock.now(),
    log,
  })
  const identities = new IdentityBook({
    clock,
    records: store.records(),
    keep: (records) => store.keep(records),
    onAmbiguous: (ambiguity) => {
      log.warn({ kind: ambiguity.kind }, LOGGED[ambiguity.kind])
      alerts.tell(ambiguityText(ambiguity))
    },
  })
  return {
    identities,
    heardIds,
    roles,
    staffBinding,
    isFirstStart,
    flush: async () => {
      await store.flush()
      await heardIds.flush()
    },
  }
}

const LOGGED: Readonly<Record<Ambiguity['kind'], string>> = {
  room: 'several bear one name, nothing stored is given to any of them',
  person: 'several bear one name, nothing stored is given to any of them',
  strangers: 'a group of a known name has other members, nothing stored is given to it',
}

function ambiguityText({ kind, name }: Ambiguity): string {
  switch (kind) {
    case 'room':
      return `有多个群都叫“${name}”，重新登录后分不清哪个是哪个，之前的记录不会用在它们身上。请把群名改成不同的。`
    case 'person':
      return `有多个人都叫“${name}”，重新登录后分不清谁是谁，之前的记录不会用在他们身上。请在微信里给他们加上不同的备注。`
    case 'strangers':
      return `叫“${name}”的群，里面已经不是原来那些人了，机器人把它当作另一个群：原来的工单、提醒和静音不会用在它身上。如果就是原来的群，请同事到群里看看有没有没办完的工单。`
  }
}
