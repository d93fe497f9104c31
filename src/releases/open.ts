import { join } from 'node:path'
import { messageOf } from '../base/text.js'
import { MINUTE_MS } from '../base/time.js'
import { type Config, PROJECT_ROOT } from '../config.js'
import { BuildError, KnowledgeError } from '../errors.js'
import { type FolderPaths, KnowledgeFolder, watchFolders, withShippedLanguage } from '../knowledge/files.js'
import { textsKey, versionOf } from '../knowledge/keys.js'
import { type Clock, type Log, OPERATOR, type Release, type Releases, type Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { KnowledgeInUse, KnowledgeSnapshot } from '../model/understanding.js'
import { type BuiltKnowledge, buildSnapshot, createLoadSnapshot, KnowledgeBuilder } from './build.js'
import { type ReleaseExchange, ReleaseFolder, ReleaseNotShared, SharedReleaseStore, tellUnwritable } from './files.js'
import type { Difference } from './pieces.js'
import {
  examToKeep,
  type Findings,
  judgeRelease,
  type NewRelease,
  type Prepared,
  type PreviewOrder,
  type ReleaseBuilder,
  type ReleaseLimits,
  type ReleaseRecord,
  type ReleaseStore,
} from './release.js'
import { describePreview, type ReleasePreview, renderWholeReport, releasePhrases as say, whenWords } from './report.js'
import { WorkerThread } from './worker-thread.js'
import type { BuildJob, ReleasePaths } from './workshop.js'

export interface ReleasesSetup extends Pick<ReleaseDeskParts, 'limits' | 'timeoutSeconds'> {
  readonly paths: ReleasePaths
  /** The bot has been running and goes on: it keeps what it had, whatever authors are in the middle of. */
  readonly isRestart: boolean
  readonly clock: Clock
  readonly log: Log
  /** For tests; default 2 minutes. */
  readonly completeAfterMs?: number
  /** Where several accounts share their releases. */
  readonly shared?: ReleaseExchange | undefined
  /** Told when the start takes long, before it does. */
  readonly tellOperator?: ((text: string) => void) | undefined
}

export interface OpenReleases {
  readonly knowledge: KnowledgeInUse
  readonly releases: ReleaseDesk
  /** For the operator, when the bot does not run on what lies in the folders. In Chinese. */
  readonly notice: string | undefined
  /** Ends the thread; a build under way is given up. */
  stop(): Promise<void>
}

// Beside this file, in TypeScript as well as compiled.
const WORKER_PROGRAM = import.meta.filename.replace(/open(\.\w+)$/, 'workshop$1')
/** Whoever edits, edits again: a thread that knows what it has read and trained answers the next edit in a second. */
const THREAD_IDLE_MS = 5 * MINUTE_MS
/** So long after the last edit the classifier is trained with what it has put off. */
const COMPLETE_AFTER_MS = 2 * MINUTE_MS

/**
 * Starts on the release in use. A start, but no restart, then takes what lies in the folders if it passes what a reload
 * has to pass and nobody has rolled back. Where nothing was ever released, the folders have to be good.
 *
 * @throws KnowledgeError when there is no release and the folders can't be used
 */
export async function openReleases(setup: ReleasesSetup): Promise<OpenReleases> {
  const { paths, timeoutSeconds } = setup
  const folder = new ReleaseFolder(paths.releasesDir)
  await folder.open()
  const shared = setup.shared && new SharedReleaseStore(folder, setup.shared, paths.learnedDir)
  const store = shared ?? folder
  const thread = new WorkerThread({
    program: WORKER_PROGRAM,
    timeoutMs: timeoutSeconds * 1000,
    idleMs: THREAD_IDLE_MS,
  })
  // A thread of its own: the next edit does not wait for it.
  const completing = new WorkerThread({ program: WORKER_PROGRAM, timeoutMs: timeoutSeconds * 1000, idleMs: 1_000 })
  let releases: ReleaseDesk | undefined
  const stop = async (): Promise<void> => {
    releases?.stop()
    await Promise.all([thread.stop(), completing.stop()])
  }
  const run = <Result>(job: BuildJob): Promise<Result> => thread.run(job)
  const builder: ReleaseBuilder = {
    prepare: (order) => run({ kind: 'prepare', paths, order }),
    preview: (order) => run({ kind: 'preview', paths, order }),
    restore: (number) => run({ kind: 'restore', paths, number }),
    complete: (number) => completing.run({ kind: 'complete', paths, number, nowMs: setup.clock.now() }),
  }
  try {
    const starting = { ...setup, store, folder, shared, builder }
    if (shared) await takeShared(shared, setup)
    const resumed = await resume(starting)
    const knowledge: KnowledgeInUse = { current: resumed?.snapshot ?? (await releaseFirstOfAll(starting)) }
    const desk = new ReleaseDesk({
      ...starting,
      knowledge,
      completeAfterMs: setup.completeAfterMs ?? COMPLETE_AFTER_MS,
    })
    releases = desk
    if (resumed?.isBehind) desk.completeLater()
    const notice = resumed && (await catchUp(resumed.record, { ...starting, releases: desk }))
    const notices = [resumed?.notice, notice].filter((text) => text !== undefined)
    setup.shared?.onChange(() => void desk.follow())
    if (shared) await desk.follow().then(() => shared.announce())
    // What a start needs is over, and most days nobody edits: what it has read and trained is on disk.
    await thread.rest()
    return { knowledge, releases: desk, notice: notices.join('\n') || undefined, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What all have in use is what this account starts on; where there is none yet, it is what this one has. */
async function takeShared(
  shared: SharedReleaseStore,
  { shared: exchange, log }: Pick<ReleasesSetup, 'shared' | 'log'>,
) {
  if (!exchange?.isReachable()) return
  try {
    if (!exchange.inUse()) await shared.give()
    const next = await shared.fetch()
    if (next) await shared.settle(next)
  } catch (error) {
    log.error({ error: messageOf(error) }, 'releases of the other accounts not fetched, starting on the own one')
  }
}

interface Starting extends Omit<ReleasesSetup, 'shared'> {
  readonly store: ReleaseStore
  /** Of this machine. */
  readonly folder: ReleaseFolder
  readonly shared: SharedReleaseStore | undefined
  readonly builder: ReleaseBuilder
}

interface Resumed {
  readonly record: ReleaseRecord
  readonly snapshot: KnowledgeSnapshot
  readonly notice?: string
  readonly isBehind: boolean
}

/** @returns undefined when there is no release that can be used */
async function resume(starting: Starting): Promise<Resumed | undefined> {
  const { store, folder, log } = starting
  const wanted = store.inUse()
  if (!wanted) return undefined
  const byAge = store.list().toReversed()
  const candidates = [...byAge.filter(({ number }) => number === wanted.number), ...byAge]
  for (const record of candidates) {
    try {
      const built = await readBuilt(record, starting)
      const [snapshot, isBehind] = [buildSnapshot(built), built.behind > 0]
      if (record.number === wanted.number) return { record, snapshot, isBehind }
      await folder.use({ number: record.number, pinned: wanted.pinned })
      return { record, snapshot, isBehind, notice: say.lostRelease(wanted.number, record.number) }
    } catch (error) {
      log.error({ release: record.number, error: messageOf(error) }, 'release can not be used')
    }
  }
  log.error({ release: wanted.number }, 'no release is left, starting from the folders')
  return undefined
}

async function readBuilt(record: ReleaseRecord, { builder, paths, tellOperator }: Starting): Promise<BuiltKnowledge> {
  const kept = await new KnowledgeBuilder(paths.cacheDir).kept(record.textsKey)
  if (kept) return kept
  tellOperator?.(say.preparing)
  return builder.restore(record.number)
}

/** Of several accounts that start for the first time together one is faster, and the others take what it has. */
async function releaseFirstOfAll(starting: Starting): Promise<KnowledgeSnapshot> {
  try {
    return await releaseFirst(starting)
  } catch (error) {
    const { shared } = starting
    if (!shared || !(error instanceof ReleaseNotShared)) throw error
    const next = await shared.fetch()
    if (next) await shared.settle(next)
    const resumed = await resume(starting)
    if (!resumed) throw error
    return resumed.snapshot
  }
}

async function releaseFirst({ store, builder, paths, clock, tellOperator }: Starting): Promise<KnowledgeSnapshot> {
  tellOperator?.(say.preparing)
  const order = { base: undefined, stage: true, nowMs: clock.now() }
  const prepared = await builder.prepare(order).catch(tellUnwritable(paths.releasesDir))
  if (prepared.status === 'broken') throw new KnowledgeError(prepared.problems)
  if (prepared.status === 'unchanged') throw new Error('a first release has nothing to be unchanged from')
  const { findings, built, staged } = prepared
  const { sectionCount, utteranceCount, exam } = findings
  const record: ReleaseRecord = {
    ...{ number: store.lastNumber() + 1, version: versionOf(findings.textsKey), textsKey: findings.textsKey },
    ...{ atMs: clock.now(), by: OPERATOR, forced: false, sectionCount, utteranceCount },
    exam: exam.after,
  }
  const facts = { objections: [], when: whenWords(record.atMs), by: OPERATOR.name }
  const snapshot = buildSnapshot(built)
  const report = renderWholeReport(`发布 ${record.number}`, findings, facts)
  await store.add({ staged: staged!, record, report, pinned: false })
  return snapshot
}

/** Looks whether the folders hold something else. @returns what the operator should know of it */
async function catchUp(
  record: ReleaseRecord,
  { store, shared, paths, isRestart, log, releases }: Starting & { readonly releases: ReleaseDesk },
): Promise<string | undefined> {
  if ((await folderKey(paths)) === record.textsKey) return undefined
  if (store.inUse()?.pinned) {
    log.error({ release: record.number }, 'rolled back: the folders hold something else, which is not taken')
    return say.staysPinned(record.number)
  }
  // What one machine has in its folders is no reason to change what all accounts say.
  if (isRestart || shared) {
    log.warn({ release: record.number }, 'the folders have changed, and are not taken at a restart')
    return shared && !isRestart ? say.foldersDiffer(record.number) : undefined
  }
  const { ok, text } = await releases.reload({ by: OPERATOR })
  if (ok) return undefined
  log.error({ release: record.number }, 'the folders are not fit to be taken, starting on the release before')
  return say.startedOnOld(record.number, text)
}

/** @returns undefined when the folders can't be read */
async function folderKey(paths: ReleasePaths): Promise<string | undefined> {
  try {
    return textsKey(await withShippedLanguage(await new KnowledgeFolder(paths).read()))
  } catch {
    return undefined
  }
}

interface Needs {
  readonly clock: Clock
  readonly log: Log
  /** Answers from the folders as they stand; nothing is released. */
  readonly forgetful: boolean
  /** The desk that several accounts share, with its releases. */
  readonly shared?: { readonly releases: ReleaseExchange } | undefined
  /** For what nobody has asked for and somebody has to know. */
  readonly tellOperator?: ((text: string) => void) | undefined
}

export interface OpenKnowledge extends Omit<OpenReleases, 'releases'> {
  readonly releases: Releases & Partial<Pick<ReleaseDesk, 'preview' | 'difference' | 'filesOf'>>
  /** Begins to watch the folders, where that is configured. */
  start(): void
}

/** Where the bot's knowledge comes from. @throws KnowledgeError when there is none to start with */
export async function openKnowledge(
  config: Config,
  { clock, log, forgetful, shared, tellOperator }: Needs,
): Promise<OpenKnowledge> {
  const paths = {
    knowledgeDir: config.knowledge.dir,
    intentsDir: config.knowledge.intentsDir,
    learnedDir: join(config.dataDir, 'learned'),
    cacheDir: process.env.GUOSHEN_CACHE_DIR ?? join(config.dataDir, 'cache'),
  }
  if (forgetful) {
    const { snapshot } = await createLoadSnapshot(paths)()
    return { knowledge: { current: snapshot }, releases: noReleases(snapshot.version), ...NOTHING_TO_DO }
  }
  const { timeoutSeconds, watch, ...limits } = config.releases
  const opened = await openReleases({
    paths: {
      ...paths,
      releasesDir: join(config.dataDir, 'releases'),
      illustrationsDir: join(PROJECT_ROOT, 'knowledge', 'illustrations'),
      hasDocsSite: config.knowledge.docsSite !== null,
    },
    isRestart: Number(process.env.GUOSHEN_RESTARTS ?? 0) > 0,
    ...{ limits, timeoutSeconds, clock, log, tellOperator, shared: shared?.releases },
  })
  let endWatch = (): void => {}
  return {
    ...opened,
    start: () => {
      if (watch) endWatch = watchForEdits(opened.releases, { paths, log, tellOperator })
    },
    stop: async () => {
      endWatch()
      await opened.stop()
    },
  }
}

interface WatchNeeds extends Pick<Needs, 'log' | 'tellOperator'> {
  readonly paths: FolderPaths
}

/** Nobody has asked, so only what needs somebody is told. */
function watchForEdits(releases: ReleaseDesk, { paths, log, tellOperator }: WatchNeeds): () => void {
  const onChange = async (): Promise<void> => {
    const { ok, text } = await releases.reload({ by: WATCH, unlessPinned: true })
    if (!ok) tellOperator?.(text)
  }
  return watchFolders({ folders: [paths.knowledgeDir, paths.intentsDir], onChange: () => void onChange(), log })
}

const WATCH: Party = { key: 'watch', name: '自动重载' }

const NOTHING_TO_DO = { notice: undefined, start: () => {}, stop: async () => {} }

function noReleases(version: string): Releases {
  const refuse = async () => ({ ok: false, text: say.notHere })
  return {
    reload: refuse,
    check: refuse,
    rollBack: refuse,
    list: () => [],
    current: () => ({ number: 0, version, atMs: 0 }),
  }
}

export interface ReleaseDeskParts {
  readonly store: ReleaseStore
  /** The same, where several accounts share it. */
  readonly shared?: SharedReleaseStore | undefined
  /** Of this machine, with what each release was made from. */
  readonly folder?: Pick<ReleaseFolder, 'readFiles'>
  readonly builder: ReleaseBuilder
  readonly knowledge: KnowledgeInUse
  readonly limits: ReleaseLimits
  /** Told when a build took too long. */
  readonly timeoutSeconds: number
  /** What a quick build has put off is done when so long nothing was released. */
  readonly completeAfterMs: number
  readonly clock: Clock
  readonly log: Log
}

interface ReloadOrder {
  readonly by: Party
  readonly force?: boolean
  readonly only?: 'learned'
  readonly note?: string
  /** Nobody has asked, so a roll-back stands. */
  readonly unlessPinned?: boolean
}

/** Takes new knowledge into use, or not, and goes back. One order at a time; whatever goes wrong, the old one stays. */
export class ReleaseDesk implements Releases {
  readonly #parts: ReleaseDeskParts
  readonly #turns = new TurnTaking<Report>()
  #completing: NodeJS.Timeout | undefined
  #previews = 0

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

  /** What drafts would change, for who wrote them. @returns a report where that can't be told */
  async preview({ edited, messages, tried }: Pick<PreviewOrder, 'edited' | 'messages' | 'tried'>) {
    let seen: ReleasePreview | undefined
    const report = await this.#turns.take(`preview ${++this.#previews}`, () =>
      this.#guard('preview', async () => {
        const { builder, clock, limits } = this.#parts
        const order = { base: this.#record().number, edited, messages, tried, nowMs: clock.now() }
        seen = describePreview(await builder.preview(order), limits)
        return { ok: true, text: '' }
      }),
    )
    return seen ?? report
  }

  /** What one release has that the other has not, file by file. @throws when the files of one are gone */
  async difference(from: number, to: number): Promise<readonly Difference[]> {
    const [before, after] = await Promise.all([this.filesOf(from), this.filesOf(to)])
    // With it come the parsers, which nothing else here needs.
    const { differencesOf } = await import('./pieces.js')
    return differencesOf(before, after)
  }

  /** What a release was made from. @throws when its files are gone */
  filesOf(number: number): ReturnType<ReleaseFolder['readFiles']> {
    return this.#parts.folder?.readFiles(number) ?? Promise.reject(new Error('no release is kept here'))
  }

  rollBack(order: { readonly by: Party; readonly to?: number }): Promise<Report> {
    return this.#turns.take(`roll back ${order.to}`, () => this.#guard('roll-back', () => this.#rollBack(order)))
  }

  /** Takes what another account has released or gone back to. */
  follow(): Promise<Report> {
    return this.#turns.take('follow', () => this.#guard('follow', () => this.#follow()))
  }

  async #follow(): Promise<Report> {
    const { shared, builder, knowledge, log } = this.#parts
    const before = this.#record()
    const next = await shared?.fetch()
    if (!shared || !next) return { ok: true, text: '' }
    if (next.number !== before.number) {
      const built = await builder.restore(next.number)
      knowledge.current = buildSnapshot(built)
      if (built.behind > 0) this.completeLater()
    }
    await shared.settle(next)
    log.info({ release: next.number, from: before.number }, 'release of another account taken')
    return { ok: true, text: '' }
  }

  /** Trains what was put off, once nobody has edited for a while. */
  completeLater(): void {
    clearTimeout(this.#completing)
    this.#completing = setTimeout(() => void this.#complete(), this.#parts.completeAfterMs)
    this.#completing.unref()
  }

  stop(): void {
    clearTimeout(this.#completing)
  }

  async #complete(): Promise<void> {
    const { builder, knowledge, log, limits } = this.#parts
    const { number } = this.#record()
    try {
      const { built, exam } = await builder.complete(number)
      if (this.#record().number !== number) return
      const objections = judgeRelease({ exam }, limits).map(({ kind }) => kind)
      if (objections.length > 0) log.warn({ release: number, objections }, 'trained anew, the exam gets worse')
      else {
        knowledge.current = buildSnapshot(built)
        log.info({ release: number }, 'trained with all sentences')
      }
    } catch (error) {
      log.warn({ release: number, error: messageOf(error) }, 'not trained anew')
    }
  }

  list(): readonly ReleaseRecord[] {
    return this.#parts.store.list()
  }

  current(): Release {
    return { ...this.#record(), pinned: this.#parts.store.inUse()?.pinned === true }
  }

  #record(): ReleaseRecord {
    const { store } = this.#parts
    return store.list().find(({ number }) => number === store.inUse()?.number)!
  }

  async #reload({ by, force = false, only, note, unlessPinned = false }: ReloadOrder): Promise<Report> {
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
    const record = this.#describe(findings, { by, forced: objections.length > 0, ...(note && { note }) })
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
    if (built.behind > 0) this.completeLater()
    const { record } = release
    const before = knowledge.current.version
    knowledge.current = snapshot
    log.info({ release: record.number, knowledge: record.version, before, forced: record.forced }, 'release taken')
    return report
  }

  #describe(findings: Findings, who: Pick<ReleaseRecord, 'by' | 'forced' | 'note'>): ReleaseRecord {
    const { store, clock } = this.#parts
    const { textsKey, sectionCount, utteranceCount } = findings
    const number = store.lastNumber() + 1
    const facts = { textsKey, sectionCount, utteranceCount, exam: examToKeep(findings, this.#record()), ...who }
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
    knowledge.current = snapshot
    log.info({ release: target.number, from: current.number }, 'rolled back') // who: see the audit log
    return { ok: true, text: say.rolledBack(target, whenWords(target.atMs)) }
  }

  async #guard(what: string, run: () => Promise<Report>): Promise<Report> {
    const { log, timeoutSeconds } = this.#parts
    try {
      return await run()
    } catch (error) {
      log.error({ what, error: error instanceof Error ? error.stack : String(error) }, 'release order failed')
      return { ok: false, text: say.failed(this.#record().number, failureKind(error), timeoutSeconds) }
    }
  }
}

const keptLine = (record: ReleaseRecord): string => say.keptRelease(record, whenWords(record.atMs))

function failureKind(error: unknown): Parameters<typeof say.failed>[1] {
  if (error instanceof ReleaseNotShared) return error.reason
  if (error instanceof BuildError && error.reason === 'timeout') return 'timeout'
  const code = error instanceof BuildError ? error.systemCode : (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full'
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no-permission' : 'other'
}

/** Lets orders run one after another; those alike that still wait are one. */
class TurnTaking<Result> {
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
