import { join } from 'node:path'
import { type Config, PROJECT_ROOT } from '../config.js'
import { KnowledgeError } from '../errors.js'
import { type FolderPaths, KnowledgeFolder, watchFolders, withShippedLanguage } from '../knowledge/files.js'
import { KnowledgeHolder, textsKey, versionOf } from '../knowledge/keys.js'
import { type Clock, type Log, OPERATOR, type Releases } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { type BuiltKnowledge, buildSnapshot, createLoadSnapshot, KnowledgeBuilder } from './build.js'
import { ReleaseFolder } from './files.js'
import type { ReleaseBuilder, ReleaseRecord } from './release.js'
import { ReleaseDesk, type ReleaseDeskParts } from './releases.js'
import { renderWholeReport, releasePhrases as say, whenWords } from './report.js'
import type { BuildJob } from './worker.js'
import { WorkerThread } from './worker-thread.js'
import type { ReleasePaths } from './workshop.js'

export interface ReleasesSetup extends Pick<ReleaseDeskParts, 'limits' | 'timeoutSeconds'> {
  readonly paths: ReleasePaths
  /** The bot has been running and goes on: it keeps what it had, whatever authors are in the middle of. */
  readonly isRestart: boolean
  readonly clock: Clock
  readonly log: Log
  /** Told when the start takes long, before it does. */
  readonly tellOperator?: ((text: string) => void) | undefined
}

export interface OpenReleases {
  readonly knowledge: KnowledgeHolder
  readonly releases: ReleaseDesk
  /** For the operator, when the bot does not run on what lies in the folders. In Chinese. */
  readonly notice: string | undefined
  /** Ends the thread; a build under way is given up. */
  stop(): Promise<void>
}

// Beside this file, in TypeScript as well as compiled.
const WORKER_PROGRAM = import.meta.filename.replace(/open(\.\w+)$/, 'worker$1')
const THREAD_IDLE_MS = 10_000

/**
 * Starts on the release in use. A start, but no restart, then takes what lies in the folders if it passes what a reload
 * has to pass and nobody has rolled back. Where nothing was ever released, the folders have to be good.
 *
 * @throws KnowledgeError when there is no release and the folders can't be used
 */
export async function openReleases(setup: ReleasesSetup): Promise<OpenReleases> {
  const { paths, timeoutSeconds } = setup
  const store = new ReleaseFolder(paths.releasesDir)
  await store.open()
  const thread = new WorkerThread({
    program: WORKER_PROGRAM,
    timeoutMs: timeoutSeconds * 1000,
    idleMs: THREAD_IDLE_MS,
  })
  const run = <Result>(job: BuildJob): Promise<Result> => thread.run(job)
  const builder: ReleaseBuilder = {
    prepare: (order) => run({ kind: 'prepare', paths, order }),
    restore: (number) => run({ kind: 'restore', paths, number }),
  }
  try {
    const starting = { ...setup, store, builder }
    const resumed = await resume(starting)
    const knowledge = new KnowledgeHolder(resumed?.snapshot ?? (await releaseFirst(starting)))
    const releases = new ReleaseDesk({ ...starting, knowledge })
    const notice = resumed && (await catchUp(resumed.record, { ...starting, releases }))
    const notices = [resumed?.notice, notice].filter((text) => text !== undefined)
    return { knowledge, releases, notice: notices.join('\n') || undefined, stop: () => thread.stop() }
  } catch (error) {
    await thread.stop()
    throw error
  }
}

interface Starting extends ReleasesSetup {
  readonly store: ReleaseFolder
  readonly builder: ReleaseBuilder
}

interface Resumed {
  readonly record: ReleaseRecord
  readonly snapshot: KnowledgeSnapshot
  readonly notice?: string
}

/** @returns undefined when there is no release that can be used */
async function resume(starting: Starting): Promise<Resumed | undefined> {
  const { store, log } = starting
  const wanted = store.inUse()
  if (!wanted) return undefined
  const byAge = store.list().toReversed()
  const candidates = [...byAge.filter(({ number }) => number === wanted.number), ...byAge]
  for (const record of candidates) {
    try {
      const snapshot = buildSnapshot(await readBuilt(record, starting))
      if (record.number === wanted.number) return { record, snapshot }
      await store.use({ number: record.number, pinned: wanted.pinned })
      return { record, snapshot, notice: say.lostRelease(wanted.number, record.number) }
    } catch (error) {
      log.error({ release: record.number, error: reasonOf(error) }, 'release can not be used')
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

async function releaseFirst({ store, builder, clock, tellOperator }: Starting): Promise<KnowledgeSnapshot> {
  tellOperator?.(say.preparing)
  const prepared = await builder.prepare({ base: undefined, stage: true, nowMs: clock.now() })
  if (prepared.status === 'broken') throw new KnowledgeError(prepared.problems)
  if (prepared.status === 'unchanged') throw new Error('a first release has nothing to be unchanged from')
  const { findings, built, staged } = prepared
  const { sectionCount, utteranceCount } = findings
  const record: ReleaseRecord = {
    ...{ number: store.lastNumber() + 1, version: versionOf(findings.textsKey), textsKey: findings.textsKey },
    ...{ atMs: clock.now(), by: OPERATOR, forced: false, sectionCount, utteranceCount },
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
  { store, paths, isRestart, log, releases }: Starting & { readonly releases: ReleaseDesk },
): Promise<string | undefined> {
  if ((await folderKey(paths)) === record.textsKey) return undefined
  if (store.inUse()?.pinned) {
    log.error({ release: record.number }, 'rolled back: the folders hold something else, which is not taken')
    return say.staysPinned(record.number)
  }
  if (isRestart) {
    log.warn({ release: record.number }, 'the folders have changed, and are not taken at a restart')
    return undefined
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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Needs {
  readonly clock: Clock
  readonly log: Log
  /** Answers from the folders as they stand; nothing is released. */
  readonly forgetful: boolean
  /** For what nobody has asked for and somebody has to know. */
  readonly tellOperator?: ((text: string) => void) | undefined
}

export interface OpenKnowledge extends Omit<OpenReleases, 'releases'> {
  readonly releases: Releases
  /** Begins to watch the folders, where that is configured. */
  start(): void
}

/** Where the bot's knowledge comes from. @throws KnowledgeError when there is none to start with */
export async function openKnowledge(
  config: Config,
  { clock, log, forgetful, tellOperator }: Needs,
): Promise<OpenKnowledge> {
  const paths = {
    knowledgeDir: config.knowledge.dir,
    intentsDir: config.knowledge.intentsDir,
    learnedDir: join(config.dataDir, 'learned'),
    cacheDir: process.env.GUOSHEN_CACHE_DIR ?? join(config.dataDir, 'cache'),
  }
  if (forgetful) {
    const { snapshot } = await createLoadSnapshot(paths)()
    return { knowledge: new KnowledgeHolder(snapshot), releases: noReleases(snapshot.version), ...NOTHING_TO_DO }
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
    ...{ limits, timeoutSeconds, clock, log, tellOperator },
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
  return { reload: refuse, check: refuse, rollBack: refuse, current: () => ({ number: 0, version, atMs: 0 }) }
}
