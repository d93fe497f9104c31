import { BuildError } from '../errors.js'
import { type KnowledgeHolder, versionOf } from '../knowledge/keys.js'
import type { Clock, Log, Release, Releases, Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import { buildSnapshot } from './build.js'
import {
  type Findings,
  judgeRelease,
  type NewRelease,
  type Prepared,
  type ReleaseBuilder,
  type ReleaseLimits,
  type ReleaseRecord,
  type ReleaseStore,
} from './release.js'
import { renderWholeReport, releasePhrases as say, whenWords } from './report.js'

export interface ReleaseDeskParts {
  readonly store: ReleaseStore
  readonly builder: ReleaseBuilder
  readonly knowledge: KnowledgeHolder
  readonly limits: ReleaseLimits
  /** Told when a build took too long. */
  readonly timeoutSeconds: number
  readonly clock: Clock
  readonly log: Log
}

interface ReloadOrder {
  readonly by: Party
  readonly force?: boolean
  readonly only?: 'learned'
  /** Nobody has asked, so a roll-back stands. */
  readonly unlessPinned?: boolean
}

/** Takes new knowledge into use, or not, and goes back. One order at a time; whatever goes wrong, the old one stays. */
export class ReleaseDesk implements Releases {
  readonly #parts: ReleaseDeskParts
  readonly #turns = new TurnTaking<Report>()

  constructor(parts: ReleaseDeskParts) {
    this.#parts = parts
  }

  /** Orders alike that still wait for their turn share one run. */
  reload(order: ReloadOrder): Promise<Report> {
    const { force = false, only = '', unlessPinned = false } = order
    return this.#turns.take(`reload ${force} ${only} ${unlessPinned}`, () =>
      this.#guard('reload', () => this.#reload(order)),
    )
  }

  check(): Promise<Report> {
    return this.#turns.take('check', () => this.#guard('check', () => this.#check()))
  }

  rollBack(order: { readonly by: Party; readonly to?: number }): Promise<Report> {
    return this.#turns.take(`roll back ${order.to}`, () => this.#guard('roll-back', () => this.#rollBack(order)))
  }

  current(): Release {
    return { ...this.#record(), pinned: this.#parts.store.inUse()?.pinned === true }
  }

  #record(): ReleaseRecord {
    const { store } = this.#parts
    return store.list().find(({ number }) => number === store.inUse()?.number)!
  }

  async #reload({ by, force = false, only, unlessPinned = false }: ReloadOrder): Promise<Report> {
    const { store, builder, clock, limits, log } = this.#parts
    const base = this.#record()
    if (unlessPinned && store.inUse()?.pinned) return { ok: false, text: say.staysPinned(base.number) }
    const order = { base: base.number, stage: true, nowMs: clock.now(), ...(only ? { only } : {}) }
    const prepared = await builder.prepare(order)
    if (prepared.status === 'broken') return this.#refuseBroken(prepared, base)
    if (prepared.status === 'unchanged') return this.#keep(base, prepared.findings)
    const { findings, staged } = prepared
    const objections = judgeRelease(findings, limits)
    const facts = { objections, when: whenWords(clock.now()), by: by.name }
    if (objections.length > 0 && !force) {
      if (staged !== undefined) await store.discard(staged)
      const report = await store.writeReport('refused', renderWholeReport('没有采用', findings, facts))
      log.warn({ objections: objections.map(({ kind }) => kind), current: base.number }, 'release not taken')
      return { ok: false, text: say.rejected(objections, findings, { current: base.number, report }) }
    }
    const record = this.#describe(findings, { by, forced: objections.length > 0 })
    const text = renderWholeReport(`发布 ${record.number}`, findings, facts)
    // What was taught in the chat is no word on the folder that somebody went back from.
    const pinned = only === 'learned' && store.inUse()?.pinned === true
    const report = await this.#take(prepared, { record, report: text, pinned })
    return { ok: true, text: say.taken(record, findings, { before: base.number, report }) }
  }

  async #take(
    { staged, built }: Extract<Prepared, { status: 'ready' }>,
    release: Omit<NewRelease, 'staged'>,
  ): Promise<string> {
    const { store, knowledge, log } = this.#parts
    const snapshot = buildSnapshot(built)
    const report = await store.add({ staged: staged!, ...release })
    const { record } = release
    const before = knowledge.current().version
    knowledge.replace(snapshot)
    log.info({ release: record.number, knowledge: record.version, before, forced: record.forced }, 'release taken')
    return report
  }

  #describe({ textsKey, sectionCount, utteranceCount }: Findings, who: { by: Party; forced: boolean }): ReleaseRecord {
    const { store, clock } = this.#parts
    const number = store.lastNumber() + 1
    const facts = { textsKey, sectionCount, utteranceCount, ...who }
    return { number, version: versionOf(textsKey), atMs: clock.now(), ...facts }
  }

  async #keep(current: ReleaseRecord, findings: Findings): Promise<Report> {
    const { store } = this.#parts
    if (!store.inUse()?.pinned) return { ok: true, text: say.unchanged(current, findings) }
    await store.use({ number: current.number, pinned: false })
    return { ok: true, text: say.unpinned(current) }
  }

  #refuseBroken({ problems }: Extract<Prepared, { status: 'broken' }>, { number }: ReleaseRecord): Report {
    this.#parts.log.warn({ problems: problems.length, current: number }, 'release refused, knowledge is broken')
    return { ok: false, text: say.broken(problems, number) }
  }

  async #check(): Promise<Report> {
    const { store, builder, clock, limits } = this.#parts
    const base = this.#record()
    const prepared = await builder.prepare({ base: base.number, stage: false, nowMs: clock.now() })
    if (prepared.status === 'broken') return this.#refuseBroken(prepared, base)
    const { findings } = prepared
    const objections = judgeRelease(findings, limits)
    const facts = { objections, when: whenWords(clock.now()), by: '检查' }
    const report = await store.writeReport('check', renderWholeReport('检查', findings, facts))
    const isUnchanged = prepared.status === 'unchanged'
    return { ok: objections.length === 0, text: say.checked(objections, findings, { report, isUnchanged }) }
  }

  async #rollBack({ to }: { readonly to?: number }): Promise<Report> {
    const { store, builder, knowledge, log } = this.#parts
    const current = this.#record()
    const kept = store.list()
    const target =
      to === undefined
        ? kept.findLast(({ number }) => number < current.number)
        : kept.find(({ number }) => number === to)
    if (!target) {
      const others = kept.filter(({ number }) => number !== current.number).reverse()
      return { ok: false, text: say.noSuchRelease(to, others.map(keptLine)) }
    }
    if (target.number === current.number) return { ok: false, text: say.already(target.number) }
    const snapshot = buildSnapshot(await builder.restore(target.number))
    await store.use({ number: target.number, pinned: true })
    knowledge.replace(snapshot)
    log.info({ release: target.number, from: current.number }, 'rolled back') // who: see the audit log
    return { ok: true, text: say.rolledBack(target, whenWords(target.atMs)) }
  }

  async #guard(what: string, run: () => Promise<Report>): Promise<Report> {
    const { log, timeoutSeconds } = this.#parts
    try {
      return await run()
    } catch (error) {
      log.error({ what, error: error instanceof Error ? error.stack : String(error) }, 'release order failed')
      return { ok: false, text: say.failed(this.#record().number, reasonOf(error), timeoutSeconds) }
    }
  }
}

const keptLine = (record: ReleaseRecord): string => say.keptRelease(record, whenWords(record.atMs))

function reasonOf(error: unknown): 'timeout' | 'disk-full' | 'no-permission' | 'other' {
  if (error instanceof BuildError && error.reason === 'timeout') return 'timeout'
  const code = error instanceof BuildError ? error.systemCode : (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full'
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no-permission' : 'other'
}

/** Lets orders run one after another; those alike that still wait are one. */
export class TurnTaking<Result> {
  readonly #waiting = new Map<string, Promise<Result>>()
  #last: Promise<unknown> = Promise.resolve()

  /** @param run must not reject when the next order is to run */
  take(key: string, run: () => Promise<Result>): Promise<Result> {
    const shared = this.#waiting.get(key)
    if (shared !== undefined) return shared
    const turn = this.#last.then(() => {
      this.#waiting.delete(key)
      return run()
    })
    this.#waiting.set(key, turn)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
