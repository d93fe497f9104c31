import { randomInt } from 'node:crypto'
import type { KnowledgeHolder } from '../knowledge/keys.js'
import type { Mute } from '../model/decision.js'
import type {
  Alerts,
  AuditLog,
  Channel,
  Clock,
  DurableList,
  Log,
  LoginState,
  Operations,
  Release,
  RoleClaim,
  SendingLoad,
} from '../model/ports.js'
import type { TicketDesk } from '../tickets/desk.js'
import type { Forgetful } from './forget.js'
import { BotOverview, type BotOverviewParts, FiguresBook, type FiguresList } from './overview.js'
import { BotRights, ClaimBook, type RoleBook } from './rights.js'
import { BotRooms, MuteBook } from './rooms.js'

export interface CommandNeeds {
  readonly stores: {
    readonly mutes: DurableList<Mute>
    readonly figures: FiguresList & { flush(): Promise<void> }
    readonly claims: DurableList<RoleClaim>
    readonly audit?: (AuditLog & Forgetful) | undefined
  }
  readonly log: Log
  readonly version: string
  readonly explain: BotOverviewParts['explain']
  readonly channel: Channel
  readonly clock: Clock
  readonly alerts?: Alerts | undefined
  readonly roles: RoleBook
  /** Remarks by which the configuration knows people; they stay as they are. */
  readonly configuredRemarks: readonly string[]
  /** Shows something to whoever sits at the machine: terminal, not log. */
  readonly tellOperator?: ((text: string) => void) | undefined
  readonly login?: (() => LoginState) | undefined
  readonly knowledge: KnowledgeHolder
  /** Which release is in use, where they are counted. */
  readonly release?: () => Release | undefined
  readonly desk: TicketDesk
  /** Where several accounts share a desk. */
  readonly accounts?: BotOverviewParts['accounts']
  readonly queueLength: () => number
  readonly sendingLoad: () => SendingLoad
  readonly senses?: BotOverviewParts['senses']
}

export interface OpenCommands {
  readonly operations: Required<Pick<Operations, 'rights' | 'rooms' | 'overview'>> & { readonly audit?: AuditLog }
  readonly mutes: MuteBook
  readonly rights: BotRights
  readonly keepers: readonly Forgetful[]
  /** Counts decisions. */
  readonly figures: FiguresBook
  start(): void
  stop(): Promise<void>
}

const ATTEND_MS = 20_000

/** What admins order and see, beside knowledge and tickets. */
export function openCommands(needs: CommandNeeds): OpenCommands {
  const { stores, channel, clock, log, alerts, roles, configuredRemarks, tellOperator = () => {} } = needs
  const { audit } = stores
  const mutes = new MuteBook(stores.mutes, clock)
  const figures = new FiguresBook(stores.figures, clock)
  const claims = new ClaimBook({ claims: stores.claims, clock, randomInt })
  const rights = new BotRights({
    ...{ claims, roles, remarks: channel.remarks, configuredRemarks, clock, log, randomInt, tellOperator },
    alert: (text) => alerts?.tell(text),
  })
  const overview = new BotOverview(overviewParts(needs, figures))
  let timer: NodeJS.Timeout | undefined
  return {
    operations: { rights, rooms: new BotRooms({ channel, mutes, clock }), overview, ...(audit && { audit }) },
    mutes,
    rights,
    keepers: [claims, ...(audit ? [audit] : [])],
    figures,
    start: () => {
      timer = setInterval(() => {
        rights.attend().catch((error: Error) => log.warn({ error: error.message }, 'remarks not looked after'))
      }, ATTEND_MS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await stores.figures.flush()
    },
  }
}

function overviewParts(needs: CommandNeeds, figures: FiguresBook): BotOverviewParts {
  const { version, explain, knowledge, release, login, queueLength, sendingLoad, senses, accounts, desk, clock } = needs
  const openedMs = clock.now()
  return {
    version,
    startedAtMs: () => clock.startedMs?.() ?? openedMs,
    knowledge: () => {
      const { version: ofContent, sections } = knowledge.current()
      const current = release?.()
      return { version: ofContent, sectionCount: sections.size, ...(current && { release: current }) }
    },
    ...{ login, queueLength, sendingLoad, senses, figures, accounts, desk, clock },
    explain,
  }
}
