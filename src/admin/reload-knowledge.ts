import { KnowledgeError } from '../errors.js'
import { formatProblem } from '../knowledge/format-problems.js'
import type { KnowledgeHolder } from '../knowledge/knowledge-holder.js'
import type { Problem } from '../model/knowledge.js'
import type { Report } from '../model/operations.js'
import type { Log } from '../model/ports.js'
import type { KnowledgeSnapshot } from '../model/snapshot.js'
import { commandPhrases as say } from './command-phrases.js'

/** Reads, checks and builds a fresh snapshot. @throws KnowledgeError when the authors' files can't be used */
export type LoadSnapshot = () => Promise<{
  readonly snapshot: KnowledgeSnapshot
  readonly warnings: readonly Problem[]
}>

const MAX_REPORT_CHARS = 500

/** Builds new knowledge aside and swaps it in one step; on any trouble the old one stays. */
export function createReload({
  knowledge,
  load,
  log,
}: {
  knowledge: KnowledgeHolder
  load: LoadSnapshot
  log: Log
}): () => Promise<Report> {
  let running: Promise<Report> | undefined
  const reload = async (): Promise<Report> => {
    try {
      const { snapshot, warnings } = await load()
      const before = knowledge.current().version
      knowledge.replace(snapshot)
      log.info({ knowledge: snapshot.version, before, warnings: warnings.length }, 'knowledge reloaded')
      return { ok: true, text: successText(snapshot, before, warnings.length) }
    } catch (error) {
      if (error instanceof KnowledgeError) {
        log.warn({ problems: error.problems.length }, 'reload refused')
        return { ok: false, text: refusalText(error.problems) }
      }
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'reload failed')
      return { ok: false, text: say.reloadFailed }
    }
  }
  // Two admins at once share one run.
  return () => {
    running ??= reload().finally(() => {
      running = undefined
    })
    return running
  }
}

function successText(snapshot: KnowledgeSnapshot, before: string, warnings: number): string {
  const utterances = snapshot.content.intents
    .filter(({ automatic }) => !automatic)
    .flatMap((intent) => intent.utterances)
  const news =
    snapshot.version === before
      ? say.unchanged(before)
      : say.reloaded(snapshot.sections.size, utterances.length, snapshot.version)
  return warnings > 0 ? `${news}\n${say.warnings(warnings)}` : news
}

function refusalText(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem)
  for (let shown = errors.length; shown > 1; shown--) {
    const text = say.refused(errors.slice(0, shown), errors.length - shown)
    if (text.length <= MAX_REPORT_CHARS) return text
  }
  return say.refused(
    errors.slice(0, 1).map((line) => line.slice(0, MAX_REPORT_CHARS - 100)),
    errors.length - 1,
  )
}
