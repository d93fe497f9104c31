import type { Guide, Intent, Problem, Section } from '../model/knowledge.js'
import { automaticIntent } from './automatic-intent.js'
import { nearest } from './nearest.js'
import type { AuthoredIntent } from './parse-intents.js'
import { ownKey } from './qualify-keys.js'

/** Joins intents to the sections that answer them; a section that no intent names gets an automatic one. */
export function bindIntents(
  authored: readonly AuthoredIntent[],
  guides: readonly Guide[],
): { readonly intents: readonly Intent[]; readonly problems: readonly Problem[] } {
  const byId = new Map(guides.map((guide) => [guide.id, guide]))
  const problems: Problem[] = [...findMissingGuides(authored, byId), ...findSameIds(authored)]
  const bound = authored.flatMap((intent): readonly Intent[] => {
    const { id, utterances, noticeMarks, section: written } = intent
    const plain = { id, utterances: utterances.map(({ text }) => text), noticeMarks, automatic: false }
    if (written === undefined) return [{ ...plain, title: intent.title ?? id }]
    const guide = byId.get(intent.guideId)
    if (!guide) return []
    const section = guide.sections.find((candidate) => ownKey(candidate) === written.text)
    if (!section) {
      problems.push(unknownSection(intent, guide))
      return []
    }
    return [{ ...plain, title: intent.title ?? section.title, sectionKey: section.key }]
  })
  const covered = new Set(bound.map(({ sectionKey }) => sectionKey))
  const automatic = guides.flatMap((guide) =>
    guide.sections.filter(({ key }) => !covered.has(key)).map((section) => automaticIntent(section, guide)),
  )
  return { intents: [...bound, ...automatic], problems }
}

function unknownSection({ section, file }: AuthoredIntent, { id, sections }: Guide): Problem {
  const keys = sections.map((known: Section) => ownKey(known))
  const meant = nearest(section!.text, keys) ?? keys[0]
  return {
    severity: 'error',
    file,
    line: section!.line,
    column: section!.column,
    message: `指南 ${id} 里没有 ${section!.text} 这一节`,
    remedy: meant === undefined ? '这份指南是空的' : `是不是 "${meant}"？（有 ${keys.join('、')}）`,
  }
}

/** One warning a guide: its intents simply wait until it is there. */
function findMissingGuides(authored: readonly AuthoredIntent[], byId: ReadonlyMap<string, Guide>): readonly Problem[] {
  const missing = authored.filter(({ section, guideId }) => section !== undefined && !byId.has(guideId))
  return [...new Set(missing.map(({ guideId }) => guideId))].map((guideId) => ({
    severity: 'warning',
    file: missing.find((intent) => intent.guideId === guideId)!.file,
    line: 1,
    column: 1,
    message: `没有装入指南 ${guideId}，它的 ${missing.filter((intent) => intent.guideId === guideId).length} 个意图先不用`,
    remedy: `把 id 是 ${guideId} 的指南放进指南文件夹；有 ${[...byId.keys()].join('、')}`,
  }))
}

function findSameIds(authored: readonly AuthoredIntent[]): readonly Problem[] {
  const first = new Map<string, AuthoredIntent>()
  return authored.flatMap((intent): readonly Problem[] => {
    const other = first.get(intent.id)
    if (!other) {
      first.set(intent.id, intent)
      return []
    }
    const message = `意图 ${intent.id} 在 ${other.file} 里已经有了`
    return [{ severity: 'error', file: intent.file, line: 1, column: 1, message, remedy: '换一个 id' }]
  })
}
