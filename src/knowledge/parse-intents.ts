import type { Concept, Problem, SilentExample } from '../model/knowledge.js'
import { checkShape } from './check-shape.js'
import { conceptsSchema, intentSchema, silenceSchema } from './intent-schemas.js'
import { MEASURES } from './texts-key.js'
import { readYaml, type YamlFile, type YamlPlace } from './yaml-document.js'

/** A sentence and where its author wrote it. */
export interface AuthoredText extends YamlPlace {
  readonly text: string
  readonly file: string
}

/** An intent file, not yet bound to a section. */
export interface AuthoredIntent {
  readonly file: string
  readonly id: string
  readonly guideId: string
  /** As written; absent for the intent that wants a person. */
  readonly section?: AuthoredText
  readonly title?: string
  readonly utterances: readonly AuthoredText[]
  readonly noticeMarks: readonly string[]
}

export type AuthoredSilence = SilentExample & AuthoredText

export type IntentFile =
  | { readonly kind: 'intent'; readonly intent: AuthoredIntent }
  | { readonly kind: 'silence'; readonly examples: readonly AuthoredSilence[] }
  | { readonly kind: 'concepts'; readonly concepts: readonly Concept[] }
  /** Belongs to the measuring of the bot, not to its knowledge. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'broken' }

export interface ParsedIntents {
  readonly content: IntentFile
  /** In file order; at least one error when the content is `broken`. */
  readonly problems: readonly Problem[]
}

interface Source {
  readonly file: string
  readonly text: string
}

/** The one intent that leads to a person instead of a section. */
const HUMAN_ID = 'human'

/** Reads one YAML file of the intents folder; its name decides what it holds. Never throws. */
export function parseIntents(source: Source): ParsedIntents {
  const name = baseName(source.file)
  if (MEASURES.has(name)) return { content: { kind: 'skipped' }, problems: [] }
  const yaml = readYaml(source)
  if (yaml.problems.length > 0) return { content: { kind: 'broken' }, problems: yaml.problems }
  if (name === 'silence') return readSilence(source, yaml)
  if (name === 'concepts') return readConcepts(source, yaml)
  return readIntent(source, yaml)
}

const baseName = (file: string): string => file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/i, '')

function readIntent(source: Source, yaml: YamlFile): ParsedIntents {
  const { value, problems } = checkShape(source, yaml, intentSchema)
  if (!value) return { content: { kind: 'broken' }, problems }
  const { file } = source
  const id = value.id ?? baseName(file)
  if (value.section === undefined && id !== HUMAN_ID) {
    const remedy = `补上 section: "4.1" 这样的编号；只有 ${HUMAN_ID} 可以没有`
    const missing: Problem = { severity: 'error', file, line: 1, column: 1, message: '没有写对应哪一节', remedy }
    return { content: { kind: 'broken' }, problems: [missing] }
  }
  const authored = (text: string, path: readonly PropertyKey[]): AuthoredText => ({ text, file, ...yaml.locate(path) })
  const intent: AuthoredIntent = {
    file,
    id,
    guideId: value.guide,
    ...(value.section !== undefined && { section: authored(value.section, ['section']) }),
    ...(value.title !== undefined && { title: value.title }),
    utterances: value.utterances.map((text, index) => authored(text, ['utterances', index])),
    noticeMarks: value.notice,
  }
  return { content: { kind: 'intent', intent }, problems }
}

function readSilence(source: Source, yaml: YamlFile): ParsedIntents {
  const { value, problems } = checkShape(source, yaml, silenceSchema)
  if (!value) return { content: { kind: 'broken' }, problems }
  const examples = (['plain', 'hard'] as const).flatMap((group) =>
    Object.entries(value[group] ?? {}).flatMap(([kind, texts]) =>
      texts.map((text, index): AuthoredSilence => {
        const place = yaml.locate([group, kind, index])
        return { text, kind, hard: group === 'hard', file: source.file, ...place }
      }),
    ),
  )
  return { content: { kind: 'silence', examples }, problems }
}

function readConcepts(source: Source, yaml: YamlFile): ParsedIntents {
  const { value, problems } = checkShape(source, yaml, conceptsSchema)
  if (!value) return { content: { kind: 'broken' }, problems }
  const concepts = Object.entries(value.concepts).map(([id, words]) => ({ id, words }))
  return { content: { kind: 'concepts', concepts }, problems }
}
