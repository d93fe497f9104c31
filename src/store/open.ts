import { join } from 'node:path'
import type { z } from 'zod'
import type { Log, RoleClaim, TicketStore } from '../model/ports.js'
import type { Reminder, StoredWalk } from '../model/understanding.js'
import { AuditFile } from './audit.js'
import { LowdbOutboxStore } from './outbox.js'
import {
  LowdbLearningStore,
  LowdbRecords,
  storedClaims,
  storedFigures,
  storedGrants,
  storedMutes,
  storedReminders,
  storedWalks,
} from './records.js'
import { LowdbTicketStore } from './tickets.js'

export interface StoreNeeds {
  readonly dataDir: string
  readonly log: Log
  /** Nothing is kept, for trying the bot out. */
  readonly forgetful?: boolean
  /** Default: the ticket file in `dataDir`. */
  readonly ticketStore?: TicketStore
  /** Default: the outbox file in `dataDir`. */
  readonly outboxStore?: LowdbOutboxStore
}

export type Stores = Awaited<ReturnType<typeof openStores>>

/** All that the bot keeps of its talks and orders. @throws StoreError when a file is damaged or of another shape */
export async function openStores(needs: StoreNeeds) {
  const { dataDir, log, forgetful = false } = needs
  const file = (name: string): string => join(dataDir, name)
  return {
    tickets: needs.ticketStore ?? (await LowdbTicketStore.open(file('tickets.json'))),
    outbox: needs.outboxStore ?? (await LowdbOutboxStore.open(file('outbox.json'))),
    walks: await openList<StoredWalk>('walks.json', storedWalks, needs),
    reminders: await openList<Reminder>('reminders.json', storedReminders, needs),
    mutes: await openList('mutes.json', storedMutes, needs),
    figures: await openList('figures.json', storedFigures, needs),
    claims: await openList<RoleClaim>('claims.json', storedClaims, needs),
    learning: forgetful
      ? await LowdbLearningStore.inMemory(log)
      : await LowdbLearningStore.open(file('unanswered.json'), log),
    audit: forgetful ? undefined : new AuditFile(file('audit.jsonl'), { log }),
  }
}

/** Who was given a role. @throws StoreError when the file is damaged or of another shape */
export const openGrants = (needs: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>) =>
  openList('roles.json', storedGrants, needs)

function openList<Item>(
  fileName: string,
  schema: z.ZodType<Item[]>,
  { dataDir, log, forgetful = false }: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>,
): Promise<LowdbRecords<Item>> {
  return forgetful
    ? LowdbRecords.inMemory<Item>({ schema, log })
    : LowdbRecords.open<Item>(join(dataDir, fileName), { schema, log })
}
