import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Ambiguity, IdentityBook } from './channel/identity.js'
import { RoleBook } from './commands/rights.js'
import type { Alerts, Clock, DurableList, HeardIds, Identities, Log, StaffBinding } from './model/ports.js'
import { openGrants } from './store/open.js'
import type { SharedDesk } from './store/postgres/open.js'
import { LowdbHeardIds, openIdentities, openStaffBinding } from './store/records.js'

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
