import { join } from 'node:path'
import { type Config, PROJECT_ROOT } from './config.js'
import { KnowledgeHolder } from './knowledge/knowledge-holder.js'
import { createLoadSnapshot } from './load-snapshot.js'
import type { Releases } from './model/operations.js'
import type { Clock, Log } from './model/ports.js'
import { type OpenReleases, openReleases } from './open-releases.js'
import { releasePhrases as say } from './releases/release-phrases.js'

interface Needs {
  readonly clock: Clock
  readonly log: Log
  /** Answers from the folders as they stand; nothing is released. */
  readonly forgetful: boolean
}

export type OpenKnowledge = Omit<OpenReleases, 'releases'> & { readonly releases: Releases }

/** Where the bot's knowledge comes from. @throws KnowledgeError when there is none to start with */
export async function openKnowledge(config: Config, { clock, log, forgetful }: Needs): Promise<OpenKnowledge> {
  const paths = {
    knowledgeDir: config.knowledge.dir,
    intentsDir: config.knowledge.intentsDir,
    learnedDir: join(config.dataDir, 'learned'),
    cacheDir: process.env.GUOSHEN_CACHE_DIR ?? join(config.dataDir, 'cache'),
  }
  if (forgetful) {
    const { snapshot } = await createLoadSnapshot(paths)()
    return { knowledge: new KnowledgeHolder(snapshot), releases: noReleases(snapshot.version), ...NOTHING_TO_STOP }
  }
  const { timeoutSeconds, ...limits } = config.releases
  return openReleases({
    paths: {
      ...paths,
      releasesDir: join(config.dataDir, 'releases'),
      illustrationsDir: join(PROJECT_ROOT, 'knowledge', 'illustrations'),
      hasDocsSite: config.knowledge.docsSite !== null,
    },
    isRestart: Number(process.env.GUOSHEN_RESTARTS ?? 0) > 0,
    ...{ limits, timeoutSeconds, clock, log },
  })
}

const NOTHING_TO_STOP = { notice: undefined, stop: async () => {} }

function noReleases(version: string): Releases {
  const refuse = async () => ({ ok: false, text: say.notHere })
  return { reload: refuse, check: refuse, rollBack: refuse, current: () => ({ number: 0, version, atMs: 0 }) }
}
