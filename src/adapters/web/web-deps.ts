import type { Hono } from 'hono'
import type { DeskFeed } from '../../model/desk-board.js'
import type { LoginStatus } from '../../model/login.js'
import type { Log } from '../../model/ports.js'
import type { World } from '../simulator/world.js'
import type { AccessControl } from './access-control.js'
import type { DecisionFeed } from './decision-feed.js'
import type { OperatorDesk } from './operator-routes.js'

export interface BotStatus {
  /** As configured: `simulator`, `wechat4u`, a package name. */
  readonly puppet: string
  readonly login: LoginStatus
  /** Milliseconds since the epoch at which that began. */
  readonly sinceMs: number
  /** What the QR code says, while there is one to scan. */
  readonly qrText?: string | undefined
  readonly knowledgeVersion: string
}

export interface ReloadOutcome {
  readonly ok: boolean
  /** For the admin, in Chinese; may have several lines. */
  readonly text: string
}

/** All that the page shows and does. */
export interface WebDeps {
  /** The simulated WeChat; without it (a real puppet is used) the page shows the login instead of chats. */
  readonly world?: World | undefined
  readonly journal: DecisionFeed
  /** The tickets, for those who play the vendor's people. */
  readonly desk?: DeskFeed | undefined
  /** Who may use the page; decides about every request. */
  readonly access: AccessControl
  /** See `createHealthRoutes`. */
  readonly health?: Hono | undefined
  /** Orders of whoever has the machine. */
  readonly operator?: OperatorDesk | undefined
  readonly log: Log
  status(): BotStatus
  /** @param order `force`: take the knowledge although it does worse */
  reload(order: { readonly force: boolean }): Promise<ReloadOutcome>
  /** Title of a guide section, so that a decision reads as more than `4.1`. */
  sectionTitle?(key: string): string | undefined
}
