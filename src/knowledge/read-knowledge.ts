import type { Guide, KnowledgeContent, Problem } from '../model/knowledge.js'
import { bindIntents } from './bind-intents.js'
import { checkSections } from './check-sections.js'
import { checkUtterances } from './check-utterances.js'
import { parseGuide } from './parse-guide.js'
import { parseIntents } from './parse-intents.js'
import { qualifyKeys } from './qualify-keys.js'

interface AuthorsFile {
  readonly file: string
  readonly text: string
}

/** What stands in the authors' two folders, as read from disk. */
export interface KnowledgeFiles {
  readonly guides: readonly AuthorsFile[]
  readonly intents: readonly AuthorsFile[]
}

/**
 * Reads, joins and checks everything that authors wrote. Never throws.
 *
 * @returns `content` is fit for use only when no problem is an `error`; errors come first
 */
export function readKnowledge(files: KnowledgeFiles): {
  readonly content: KnowledgeContent
  readonly problems: readonly Problem[]
} {
  const parsedGuides = files.guides.map(parseGuide)
  const parsedIntents = files.intents.map(parseIntents)
  const guides = qualifyKeys(parsedGuides.map(({ guide }) => guide))
  const contents = parsedIntents.map(({ content }) => content)
  const authored = contents.flatMap((content) => (content.kind === 'intent' ? [content.intent] : []))
  const examples = contents.flatMap((content) => (content.kind === 'silence' ? content.examples : []))
  const { intents, problems: bindingProblems } = bindIntents(authored, guides)
  const problems = [
    ...findEmptyFolders(files),
    ...parsedGuides.flatMap((parsed) => parsed.problems),
    ...findSameGuideIds(guides),
    ...checkSections(guides),
    ...parsedIntents.flatMap((parsed) => parsed.problems),
    ...bindingProblems,
    ...checkUtterances(authored, examples),
  ]
  return {
    content: {
      guides,
      intents,
      silence: examples.map(({ text, kind, hard }) => ({ text, kind, hard })),
      concepts: contents.flatMap((content) => (content.kind === 'concepts' ? content.concepts : [])),
    },
    problems: [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))],
  }
}

const isError = ({ severity }: Problem): boolean => severity === 'error'

function findEmptyFolders({ guides, intents }: KnowledgeFiles): readonly Problem[] {
  const empty = (folder: string, message: string, remedy: string): Problem => ({
    severity: 'error',
    file: folder,
    line: 0,
    column: 0,
    message,
    remedy,
  })
  return [
    ...(guides.length === 0 ? [empty('knowledge', '指南文件夹里没有指南', '放进至少一份 .md 指南')] : []),
    ...(intents.length === 0 ? [empty('intents', '意图文件夹里没有意图', '放进 .yaml 意图文件')] : []),
  ]
}

function findSameGuideIds(guides: readonly Guide[]): readonly Problem[] {
  const first = new Map<string, Guide>()
  return guides.flatMap((guide): readonly Problem[] => {
    const other = first.get(guide.id)
    if (!other) {
      first.set(guide.id, guide)
      return []
    }
    const message = `指南 id “${guide.id}”和 ${other.file} 一样`
    return [{ severity: 'error', file: guide.file, line: 1, column: 1, message, remedy: '在文件开头写上不同的 id' }]
  })
}
