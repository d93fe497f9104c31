import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { MINUTE_MS } from '../base/time.js'
import type { Edit } from '../model/knowledge.js'
import type { Log, RoleClaim, WebSession } from '../model/ports.js'
import type { TicketStore } from '../model/stores.js'
import type { Reminder, StoredWalk } from '../model/understanding.js'
import { AuditFile } from './audit.js'
import { type LowdbDocument, openRecords } from './json-file.js'
import { LowdbOutboxStore, storedOutbox } from './outbox.js'
import type { SharedDesk } from './postgres/open.js'
import {
  FIGURES_DELAY_MS,
  openLearningStore,
  storedClaims,
  storedEdits,
  storedFigures,
  storedGrants,
  storedIds,
  storedLearning,
  storedMutes,
  storedReminders,
  storedSessions,
  storedWalks,
} from './records.js'
import { LowdbTicketStore, TicketPictureFolder } from './tickets.js'

export interface StoreNeeds {
  readonly dataDir: string
  readonly log: Log
  /** Nothing is kept, for trying the bot out. */
  readonly forgetful?: boolean
  /** Default: the ticket file in `dataDir`. */
  readonly ticketStore?: TicketStore
  /** Default: the outbox file in `dataDir`. */
  readonly outboxStore?: LowdbOutboxStore
  /** The desk that several accounts share; default: files in `dataDir`. */
  readonly shared?: SharedDesk | undefined
}

/** All that the bot keeps of its talks and orders. @throws StoreError when a file is damaged or of another shape */
export async function openStores(needs: StoreNeeds) {
  const { dataDir, shared, log } = needs
  const outbox = needs.outboxStore ?? (await LowdbOutboxStore.open(join(dataDir, 'outbox.json'), log))
  return {
    // Of this account alone: what it has said, and what is going on in its talks.
    outbox,
    walks: await openList<StoredWalk>('walks.json', storedWalks, needs),
    reminders: await openList<Reminder>('reminders.json', storedReminders, needs),
    mutes: await openList('mutes.json', storedMutes, needs),
    // As they came to this account; a shared desk keeps the words.
    ticketPictures: new TicketPictureFolder(needs.forgetful ? undefined : join(dataDir, 'ticket-pictures')),
    ...(shared ? { ...shared, shared } : await openOwnDesk(needs, outbox)),
  }
}

/** The same as a shared desk, in files of this machine. */
async function openOwnDesk(needs: StoreNeeds, outbox: LowdbOutboxStore) {
  const { dataDir, log, forgetful = false } = needs
  const file = (name: string): string => join(dataDir, name)
  return {
    shared: undefined,
    relays: undefined,
    notices: outbox,
    tickets: needs.ticketStore ?? (await LowdbTicketStore.open(file('tickets.json'))),
    figures: await openList('figures.json', storedFigures, needs, FIGURES_DELAY_MS),
    claims: await openList<RoleClaim>('claims.json', storedClaims, needs),
    learning: await openLearningStore(forgetful ? undefined : file('unanswered.json'), log),
    audit: forgetful ? undefined : new AuditFile(file('audit.jsonl'), { log }),
  }
}

/** Who was given a role. @throws StoreError when the file is damaged or of another shape */
export const openGrants = (needs: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>) =>
  openList('roles.json', storedGrants, needs)

/** Who is in at the page. */
export const openSessions = (needs: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>) =>
  openList<WebSession>('sessions.json', storedSessions, needs)

/** Drafts of the knowledge. @throws StoreError when the file is damaged: nothing that was begun is thrown away */
export const openEdits = (needs: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>) =>
  openList<Edit>('edits.json', storedEdits, needs)

const openList = <Item>(
  fileName: string,
  schema: z.ZodType<readonly Item[]>,
  { dataDir, log, forgetful = false }: Pick<StoreNeeds, 'dataDir' | 'log' | 'forgetful'>,
  delayMs?: number,
): Promise<LowdbDocument<readonly Item[]>> =>
  openRecords(forgetful ? undefined : join(dataDir, fileName), { schema, log, ...(delayMs && { delayMs }) })

interface Expendable {
  readonly schema: z.ZodType
  /** In Chinese, what is lost with it. */
  readonly lost: string
}

/** The bot is worth more than any of these. Tickets, roles and who is who are not among them. */
const EXPENDABLE: Readonly<Record<string, Expendable>> = {
  'heard.json': { schema: storedIds, lost: '听过哪些消息：刚说过的话可能会再答一次' },
  'figures.json': { schema: storedFigures, lost: '每天的统计数字' },
  'claims.json': { schema: storedClaims, lost: '没用完的认领码，请重新认领' },
  'mutes.json': { schema: storedMutes, lost: '哪些群静音，请重新发“静音”' },
  'sessions.json': { schema: storedSessions, lost: '网页的登录，请重新登录' },
  'walks.json': { schema: storedWalks, lost: '客户的清单走到了哪一步' },
  'reminders.json': { schema: storedReminders, lost: '答应客户的提醒' },
  'outbox.json': { schema: storedOutbox, lost: '还没发给同事的通知，请发“工单”看一遍' },
  'unanswered.json': { schema: storedLearning, lost: '没答上来的问题' },
  'edits.json': { schema: storedEdits, lost: '没发布的草稿：要用的话从移走的文件里抄' },
}

/**
 * Moves what is damaged and can be done without out of the way, so that a crash in the middle of the night does not end
 * in a bot that refuses to start. Nothing is deleted. To be called by whoever holds the data folder.
 *
 * @returns for the operator, in Chinese, a line a file
 */
export async function setAsideDamaged(
  dataDir: string,
  { nowMs, log }: { readonly nowMs: number; readonly log: Pick<Log, 'error'> },
): Promise<readonly string[]> {
  const lines: string[] = []
  for (const [name, { schema, lost }] of Object.entries(EXPENDABLE)) {
    const path = join(dataDir, name)
    if (!(await isDamaged(path, schema))) continue
    const aside = `${path}.damaged-${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}`
    try {
      await rename(path, aside)
    } catch {
      continue // whoever opens it says what is wrong
    }
    log.error({ file: name }, 'damaged file set aside')
    lines.push(`${path} 坏了，已移到 ${aside}，从空的开始。丢了：${lost}。`)
  }
  return lines
}

/** What can't be read for want of rights may be sound. */
async function isDamaged(path: string, schema: z.ZodType): Promise<boolean> {
  try {
    return !schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).success
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === undefined || code === 'EISDIR'
  }
}

/** Where files are written under a name of their own, and then renamed. What has a fixed name is written over. */
const FOLDERS = ['', 'archive', 'backups', 'cache', 'learned']
const OF_PROCESS = /\.(\d+)\.tmp$/
const OF_CACHE = /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/
/** A command beside the bot may be filling the cache just now. */
const CACHE_AGE_MS = MINUTE_MS

/** Removes what killed processes had begun to write. To be called by whoever holds the data folder. Never throws. */
export async function sweepLeftovers(dataDir: string, { nowMs, log }: { nowMs: number; log: Log }): Promise<void> {
  let count = 0
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(dataDir, folder)).catch(() => [])) {
      const path = join(dataDir, folder, name)
      // Gone meanwhile, or not ours to remove: nobody is hurt by it.
      if (await isLeftover(path, nowMs).catch(() => false))
        await rm(path).then(
          () => count++,
          () => undefined,
        )
    }
  }
  if (count > 0) log.info({ count }, 'half-written files of earlier runs removed')
}

async function isLeftover(path: string, nowMs: number): Promise<boolean> {
  const pid = OF_PROCESS.exec(path)?.[1]
  if (pid !== undefined) return !isOther(Number(pid))
  return OF_CACHE.test(path) && nowMs - (await stat(path)).mtimeMs > CACHE_AGE_MS
}

/** Whether a living process other than this one has that number; in a container each run has the same. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
