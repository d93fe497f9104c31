import { chmod, readFile, rm, stat } from 'node:fs/promises'
import type { Log } from '../../model/ports.js'
import { writeDurably } from '../../store/json-file.js'

export interface CardFound {
  /** There is a session to resume: no scan is needed as long as WeChat still accepts it. */
  readonly hasSession: boolean
  /** Since when WeChat refuses the last session, in milliseconds since the epoch; undefined after a login. */
  readonly refusedSinceMs: number | undefined
}

const OWNER_ONLY = 0o600

/**
 * Looks after the memory card, in which the puppet keeps the session in clear: only its owner may read it, and a copy
 * lies beside it, because wechat4u wipes the card when the network is away for a minute, and writes it in place.
 * Whether anybody logged out is told by the copy alone: it goes when WeChat itself has refused the session.
 */
export class CardKeeper {
  readonly #card: string
  readonly #copy: string
  readonly #refused: string
  readonly #log: Log

  /** @param card path of the memory card, `….memory-card.json` */
  constructor(card: string, log: Log) {
    this.#card = card
    this.#copy = card.replace(/\.json$/, '.copy.json')
    this.#refused = card.replace(/\.json$/, '.refused.json')
    this.#log = log
  }

  /** To be called before the puppet reads the card: restores it when it was wiped or damaged. */
  async prepare(): Promise<CardFound> {
    if (!holdsSession(await textOf(this.#card))) {
      const kept = await textOf(this.#copy)
      if (holdsSession(kept)) {
        await writeDurably(this.#card, kept)
        this.#log.info({}, 'login card restored from its copy')
      }
    }
    const hasSession = await this.keep()
    const refusedSinceMs = hasSession ? undefined : (await stat(this.#refused).catch(() => undefined))?.mtimeMs
    return { hasSession, refusedSinceMs }
  }

  /**
   * Copies the card if it holds a session.
   *
   * @returns whether it does
   */
  async keep(): Promise<boolean> {
    const text = await textOf(this.#card)
    if (text === '') return false
    await chmod(this.#card, OWNER_ONLY)
    if (!holdsSession(text)) return false
    if (text !== (await textOf(this.#copy))) await writeDurably(this.#copy, text)
    return true
  }

  /** WeChat refuses the session: neither card nor copy is tried again. What they held is kept, for the operator. */
  async setAside(): Promise<void> {
    const card = await textOf(this.#card)
    await writeDurably(this.#refused, holdsSession(card) ? card : await textOf(this.#copy))
    await rm(this.#copy, { force: true })
    await rm(this.#card, { force: true })
    this.#log.warn({}, 'WeChat refuses the session, login card set aside')
  }

  /** There is a new login; what was refused before is of no more use. */
  async forgetRefused(): Promise<void> {
    await rm(this.#refused, { force: true })
  }
}

/** Empty when there is no such file. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** Where wechaty-puppet-wechat4u keeps its session within the memory card, below the puppet's own name space. */
const SESSION_SLOT = /PUPPET-WECHAT4U$/

/**
 * Whether the text of a memory card holds a session that can be resumed. The card is written in place, so it may be cut
 * short, and after a logout it is `{}`.
 */
function holdsSession(cardText: string): boolean {
  const card = parse(cardText)
  const session = Object.entries(card).find(([slot]) => SESSION_SLOT.test(slot))?.[1]
  const { PROP: keys } = asRecord(session)
  const { uin, sid, skey } = asRecord(keys)
  return [uin, sid, skey].every((key) => (typeof key === 'string' && key !== '') || typeof key === 'number')
}

function parse(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {} // cut short
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Has the puppet write its card anew: keys and cookies change while a session lasts. Other puppets are left alone. */
export async function rewriteCard(puppet: object): Promise<void> {
  const { memory } = puppet as { readonly memory?: { readonly save?: () => Promise<void> } }
  await memory?.save?.()
}
