import { join } from 'node:path'
import type { FolderPaths } from './adapters/files/knowledge-folder.js'
import { watchFolders } from './adapters/files/watch-folders.js'
import { type Config, PROJECT_ROOT } from './config.js'
import { KnowledgeHolder } from './knowledge/knowledge-holder.js'
import { createLoadSnapshot } from './load-snapshot.js'
import type { Releases } from './model/operations.js'
import type { Clock, Log } from './model/ports.js'
import type { Party } from './model/ticket.js'
import { type OpenReleases, openReleases } from './open-releases.js'
import type { ReleaseDesk } from './releases/release-desk.js'
import { releasePhrases as say } from './releases/release-phrases.js'

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
