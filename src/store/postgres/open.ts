import { join } from 'node:path'
import { SharedDeskError } from '../../errors.js'
import type { Alerts, DurableList, Log, RoleClaim, RoleGrant } from '../../model/ports.js'
import type { AccountMark, LearningRecords, LearningStore, Relays } from '../../model/stores.js'
import { openRecords } from '../json-file.js'
import { nothingLearned, storedClaims, storedFigures, storedGrants, storedLearning } from '../records.js'
import { Database } from './database.js'
import { mergeLearning, PostgresReleases, SharedAudit, SharedDocument, SharedFigures } from './documents.js'
import { openKeptHere } from './kept-here.js'
import { PostgresNotices, PostgresRelays } from './messages.js'
import { PostgresTicketStore } from './tickets.js'

/** The channel that is the page itself. */
const ON_PAGE = 'simulator'

export interface SharedDeskNeeds extends AccountMark {
  readonly url: string
  readonly dataDir: string
  readonly log: Log
  readonly alerts?: Alerts | undefined
  /** For tests. */
  readonly lockWaitMs?: number
}

/** Everything that several accounts share, behind the ports of the stores that one account has for itself. */
export interface SharedDesk {
  readonly home: AccountMark
  readonly tickets: PostgresTicketStore
  readonly notices: PostgresNotices
  readonly relays: Relays
  readonly releases: PostgresReleases
  readonly learning: LearningStore & { flush(): Promise<void> }
  readonly figures: SharedFigures
  readonly audit: SharedAudit
  /** Of this account, but in the database as well. */
  readonly claims: DurableList<RoleClaim>
  readonly grants: DurableList<RoleGrant>
  isReachable(): boolean
  stop(): Promise<void>
}

/** What staff are told when the database goes and comes back. */
const reachPhrases = {
  gone: '⚠️ 工单库连不上了：机器人照常回答客户，新工单先记在本机，接单、回复等操作请等恢复后再发。',
  back: '✅ 工单库恢复了：断线期间的工单和通知都已补交，可以照常操作。',
  firstStart: '工单库连不上，这个账号又是第一次启动，没有可以先用的内容。请检查 store.url 和数据库，再启动。',
} as const

/**
 * Joins the database that several accounts share. Once it has been reached, the account also starts without it.
 *
 * @throws StoreError when it can't be used: never reached, of a later program, no rights, or the account is taken
 */
export async function openSharedDesk(needs: SharedDeskNeeds): Promise<SharedDesk> {
  const { url, account, channel, dataDir, log, alerts, lockWaitMs } = needs
  const here = await openKeptHere(dataDir, log)
  const tell = (isReached: boolean): void => {
    if (isReached) alerts?.clear('database')
    else alerts?.raise('database')
    if (isReached && !wasGone) return
    wasGone = !isReached
    notices
      .add(isReached ? reachPhrases.back : reachPhrases.gone)
      .catch((error: Error) => log.error({ error: error.message }, 'notice not kept'))
  }
  let wasGone = false
  const db = new Database({
    url,
    account,
    channel,
    log,
    onReach: tell,
    ...(lockWaitMs !== undefined && { lockWaitMs }),
  })
  const home = { account, channel }
  const tickets = new PostgresTicketStore(db, { home, here, log })
  const notices = new PostgresNotices(db, { here, log, isOnPage: channel === ON_PAGE })
  const relays = new PostgresRelays(db, {
    here,
    ticketOf: (number) => tickets.list().find((ticket) => ticket.number === number),
    log,
  })
  const isKnown = here.seen.records().accountId > 0
  const isReached = await db.connect({ isKnown })
  if (!isReached && !isKnown) throw new SharedDeskError(reachPhrases.firstStart)
  for (const table of [tickets, notices, relays]) db.join(table)
  const audit = new SharedAudit(db, { here, log })
  const own = await openRecords(join(dataDir, 'figures.json'), { schema: storedFigures, log })
  const ofAccount = { dataDir, log, empty: () => [], merge: <Data>(_base: Data | null, mine: Data): Data => mine }
  const shared: SharedDesk = {
    ...{ home, tickets, notices, relays, audit },
    releases: new PostgresReleases(db),
    figures: new SharedFigures(db, own),
    learning: await SharedDocument.open<LearningRecords>(db, {
      ...{ name: 'learning', schema: storedLearning, empty: nothingLearned, merge: mergeLearning, dataDir, log },
    }),
    claims: await SharedDocument.open<readonly RoleClaim[]>(db, {
      ...{ ...ofAccount, name: `claims:${account}`, schema: storedClaims },
    }),
    grants: await SharedDocument.open<readonly RoleGrant[]>(db, {
      ...{ ...ofAccount, name: `roles:${account}`, schema: storedGrants },
    }),
    isReachable: () => db.isUp,
    stop: async () => {
      relays.stop()
      await here.pending.flush()
      await here.seen.flush()
      await db.stop()
    },
  }
  if (!isReached) tell(false)
  await db.start()
  return shared
}
