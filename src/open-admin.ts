import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { AuditFile } from './adapters/files/audit-file.js'
import { LowdbRecords } from './adapters/lowdb/lowdb-records.js'
import { storedClaims, storedFigures, storedGrants, storedMutes } from './adapters/lowdb/stored-rights.js'
import { BotOverview, type BotOverviewParts } from './admin/bot-overview.js'
import { ClaimBook } from './admin/claim-book.js'
import { FiguresBook } from './admin/figures-book.js'
import { MuteBook } from './admin/mute-book.js'
import { RightsDesk } from './admin/rights-desk.js'
import { RoleBook } from './admin/role-book.js'
import { RoomDesk } from './admin/room-desk.js'
import { PROJECT_ROOT } from './config.js'
import { explainSentence } from './explain-sentence.js'
import type { KnowledgeHolder } from './knowledge/knowledge-holder.js'
import type { Alerts } from './model/alerts.js'
import type { DecisionTrace } from './model/decision.js'
import type { LoginState } from './model/login.js'
import type { Operations, Release } from './model/operations.js'
import type { AuditLog, Channel, Clock, Log } from './model/ports.js'
import type { TicketDesk } from './tickets/ticket-desk.js'

interface FileParts {
  readonly dataDir: string
  readonly log: Log
  /** Nothing is kept, for trying the bot out. */
  readonly forgetful?: boolean
}

/** Who was given a role, on disk in `dataDir`. @throws StoreError when the file is damaged or of another shape */
export async function openRoles(parts: FileParts): Promise<RoleBook> {
  return new RoleBook(await openList('roles.json', storedGrants, parts))
}

export interface AdminSurroundings extends FileParts {
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
  readonly queueLength: () => number
}

export interface AdminParts {
  readonly operations: Required<Pick<Operations, 'rights' | 'rooms' | 'overview'>> & { readonly audit?: AuditLog }
  readonly mutes: MuteBook
  readonly rights: RightsDesk
  /** Counts a decision. */
  count(trace: DecisionTrace): void
  start(): void
  stop(): Promise<void>
}

const ATTEND_MS = 20_000

/** What admins order and see, beside knowledge and tickets. @throws StoreError when a file is damaged */
export async function openAdmin(surroundings: AdminSurroundings): Promise<AdminParts> {
  const { dataDir, channel, clock, log, alerts, roles, configuredRemarks } = surroundings
  const { forgetful = false, tellOperator = () => {} } = surroundings
  const mutes = new MuteBook(await openList('mutes.json', storedMutes, surroundings), clock)
  const figureList = await openList('figures.json', storedFigures, surroundings)
  const figures = new FiguresBook(figureList, clock)
  const rights = new RightsDesk({
    claims: new ClaimBook({ claims: await openList('claims.json', storedClaims, surroundings), clock, randomInt }),
    ...{ roles, remarks: channel.remarks, configuredRemarks, clock, log, randomInt, tellOperator },
    alert: (text) => alerts?.tell(text),
  })
  const overview = new BotOverview(overviewParts(surroundings, figures))
  const audit = forgetful ? {} : { audit: new AuditFile(join(dataDir, 'audit.jsonl'), { log }) }
  let timer: NodeJS.Timeout | undefined
  return {
    operations: { rights, rooms: new RoomDesk({ channel, mutes, clock }), overview, ...audit },
    mutes,
    rights,
    count: (trace) => figures.record(trace),
    start: () => {
      timer = setInterval(() => {
        rights.attend().catch((error: Error) => log.warn({ error: error.message }, 'remarks not looked after'))
      }, ATTEND_MS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await figureList.flush()
    },
  }
}

function overviewParts(surroundings: AdminSurroundings, figures: FiguresBook): BotOverviewParts {
  const { knowledge, release, login, queueLength, desk, clock } = surroundings
  return {
    version: programVersion(),
    startedAtMs: clock.now(),
    knowledge: () => {
      const { version, sections } = knowledge.current()
      const current = release?.()
      return { version, sectionCount: sections.size, ...(current && { release: current }) }
    },
    ...{ login, queueLength, figures, desk, clock },
    explain: (text) => explainSentence(text, knowledge.current(), clock.now()),
  }
}

function openList<Item>(
  fileName: string,
  schema: z.ZodType<Item[]>,
  { dataDir, log, forgetful = false }: FileParts,
): Promise<LowdbRecords<Item>> {
  return forgetful
    ? LowdbRecords.inMemory<Item>({ schema, log })
    : LowdbRecords.open<Item>(join(dataDir, fileName), { schema, log })
}

const programVersion = (): string =>
  (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version
