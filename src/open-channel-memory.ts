import { join } from 'node:path'
import { LowdbHeardIds } from './adapters/lowdb/lowdb-heard-ids.js'
import { LowdbIdentityStore } from './adapters/lowdb/lowdb-identity-store.js'
import type { RoleBook } from './admin/role-book.js'
import { type Ambiguity, IdentityBook } from './identity/identity-book.js'
import type { Alerts } from './model/alerts.js'
import type { Identities } from './model/identity.js'
import type { Clock, HeardIds, Log } from './model/ports.js'
import { openRoles } from './open-admin.js'

/** What a channel must not forget between two runs. */
export interface ChannelMemory {
  readonly identities: Identities
  readonly heardIds: HeardIds
  /** Roles given by a code. */
  readonly roles: RoleBook
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

export interface ChannelMemoryParts {
  readonly clock: Clock
  readonly log: Log
  readonly alerts: Pick<Alerts, 'tell'>
}

/** @throws StoreError when a file is damaged or of another shape */
export async function openChannelMemory(
  dataDir: string,
  { clock, log, alerts }: ChannelMemoryParts,
): Promise<ChannelMemory> {
  const store = await LowdbIdentityStore.open(join(dataDir, 'identities.json'), log)
  const roles = await openRoles({ dataDir, log })
  const heardIds = await LowdbHeardIds.open(join(dataDir, 'heard.json'), log)
  const identities = new IdentityBook({
    clock,
    records: store.records(),
    keep: (records) => store.keep(records),
    onAmbiguous: (ambiguity) => {
      log.warn({ kind: ambiguity.kind }, 'several bear one name, nothing stored is given to any of them')
      alerts.tell(ambiguityText(ambiguity))
    },
  })
  return {
    identities,
    heardIds,
    roles,
    flush: async () => {
      await store.flush()
      await heardIds.flush()
    },
  }
}

const ambiguityText = ({ kind, name }: Ambiguity): string =>
  kind === 'room'
    ? `有多个群都叫“${name}”，重新登录后分不清哪个是哪个，之前的记录不会用在它们身上。请把群名改成不同的。`
    : `有多个人都叫“${name}”，重新登录后分不清谁是谁，之前的记录不会用在他们身上。请在微信里给他们加上不同的备注。`
