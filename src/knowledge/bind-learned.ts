import type { Guide, Intent, Problem, SilentExample } from '../model/knowledge.js'
import { normalizeText } from '../understand/normalize-text.js'
import { coreOf } from '../understand/taught-sentences.js'
import type { AuthoredText, IntentFile } from './parse-intents.js'
import { ownKey } from './qualify-keys.js'

/** Taught in the chat, and kept beside the authors' folders. */
export const isLearned = ({ kept }: { readonly kept?: string }): boolean => kept?.startsWith('learned/') ?? false

const HUMAN_ID = 'human'
/** The kind under which taught silence is counted. */
const TAUGHT = 'taught'

interface Bound {
  readonly intents: readonly Intent[]
  readonly silence: readonly SilentExample[]
  /** Warnings only: what people taught must never stop the bot. */
  readonly problems: readonly Problem[]
}

/**
 * Adds what was taught in the chat to the intents that it is about. A sentence that authors have under another intent
 * goes where people taught it to; of two taught places the first counts.
 *
 * @param authored sentences of the authors' own intents, with the section key that each belongs to
 */
export function bindLearned(
  contents: readonly IntentFile[],
  {
    intents,
    guides,
    authored,
  }: {
    readonly intents: readonly Intent[]
    readonly guides: readonly Guide[]
    readonly authored: readonly (AuthoredText & { readonly intentId: string })[]
  },
): Bound {
  const taken = new Map<string, AuthoredText>()
  const ofAuthors = new Map(authored.map((sentence) => [coreFrom(sentence.text), sentence]))
  const problems: Problem[] = []
  const learned = new Map<string, string[]>()
  const silence: SilentExample[] = []

  const take = (sentence: AuthoredText, intentId: string | undefined): boolean => {
    const core = coreFrom(sentence.text)
    const other = taken.get(core)
    if (other) problems.push(warning(sentence, `${said(sentence)}在 ${other.file}:${other.line} 已经学过`, '删掉一处'))
    else taken.set(core, sentence)
    const written = ofAuthors.get(core)
    if (!other && written && written.intentId !== intentId) {
      const place = `${written.file}:${written.line}`
      problems.push(
        warning(sentence, `${said(sentence)}在 ${place} 是意图 ${written.intentId}`, '按学到的回答，删掉一处'),
      )
    }
    return !other
  }

  for (const content of contents) {
    if (content.kind === 'silence') {
      for (const example of content.examples) {
        if (take(example, undefined)) silence.push({ text: example.text, kind: TAUGHT, hard: true, learned: true })
      }
    }
    if (content.kind !== 'intent') continue
    const { intent: taught } = content
    const target = targetOf(taught, intents, guides)
    if (!target) {
      const place = taught.section ?? { file: taught.file, line: 1, column: 1, text: taught.id }
      problems.push(
        warning(place, `没有 ${place.text} 这一节，学到的 ${taught.utterances.length} 句先不用`, '改成有的编号'),
      )
      continue
    }
    const sentences = taught.utterances.filter((sentence) => take(sentence, target.id)).map(({ text }) => text)
    learned.set(target.id, [...(learned.get(target.id) ?? []), ...sentences])
  }
  return { intents: withLearned(intents, learned), silence, problems }
}

function targetOf(
  { id, guideId, section }: Extract<IntentFile, { kind: 'intent' }>['intent'],
  intents: readonly Intent[],
  guides: readonly Guide[],
): Pick<Intent, 'id'> | undefined {
  if (section === undefined) return { id: HUMAN_ID }
  const guide = guides.find((candidate) => candidate.id === guideId)
  const key = guide?.sections.find((candidate) => ownKey(candidate) === section.text)?.key
  const ofSection = intents.filter(({ sectionKey }) => key !== undefined && sectionKey === key)
  return ofSection.find((intent) => intent.id === id) ?? ofSection[0]
}

function withLearned(intents: readonly Intent[], learned: ReadonlyMap<string, readonly string[]>): readonly Intent[] {
  const callsPerson = learned.has(HUMAN_ID) && !intents.some(({ id }) => id === HUMAN_ID)
  const human: Intent = { id: HUMAN_ID, title: HUMAN_ID, utterances: [], noticeMarks: [], automatic: false }
  return [...intents, ...(callsPerson ? [human] : [])].map((intent) => {
    const sentences = learned.get(intent.id) ?? []
    return sentences.length === 0 ? intent : { ...intent, learned: sentences }
  })
}

const coreFrom = (text: string): string => coreOf(normalizeText(text))

const said = ({ text }: AuthoredText): string => `“${text.length > 30 ? `${text.slice(0, 30)}…` : text}”`

const warning = ({ file, line, column }: AuthoredText, message: string, remedy: string): Problem => ({
  severity: 'warning',
  ...{ file, line, column, message, remedy },
})
