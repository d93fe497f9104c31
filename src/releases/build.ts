import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { KnowledgeError } from '../errors.js'
import { type AuthorsFiles, type FolderPaths, KnowledgeFolder, withShippedLanguage } from '../knowledge/files.js'
import { factsOf } from '../knowledge/guide/front-matter.js'
import { textsKey, versionOf } from '../knowledge/keys.js'
import type { ReadingMemory } from '../knowledge/read.js'
import type { KnowledgeContent, Problem } from '../model/knowledge.js'
import { compileLanguage } from '../model/language.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { type FeatureKeys, FeatureTable } from '../nlu/feature-table.js'
import {
  buildIntentMatcher,
  type CompiledMatcher,
  compileMatcher,
  patchMatcher,
  trainingTexts,
} from '../nlu/intent-matcher.js'

/** All that a snapshot is made of, as plain data: structured clone takes it to another thread and to a file. */
export interface BuiltKnowledge {
  /** Hash of the texts that it was built from. */
  readonly textsKey: string
  /** Hash of what the classifier was trained on. */
  readonly trainingKey: string
  /** Hash of what its classifier of subjects was trained on: of these texts, or of those before an edit. */
  readonly subjectsKey: string
  /** Hash of the code that built it; another code must not use it. */
  readonly codeKey: string
  readonly content: KnowledgeContent
  readonly warnings: readonly Problem[]
  readonly model: PlainMatcher | null
  /** Sentences that have changed since the classifier of subjects was trained; 0: it is what these texts make. */
  readonly behind: number
}

/** A class does not survive a structured clone. */
type PlainMatcher = Omit<NonNullable<CompiledMatcher>, 'vocabulary'> & { readonly keys: FeatureKeys }

export type BuildOutcome =
  | { readonly status: 'broken'; readonly problems: readonly Problem[] }
  | { readonly status: 'built'; readonly built: BuiltKnowledge }

/** The one way from authors' files to knowledge ready for use; unchanged files are not trained on again. */
export class KnowledgeBuilder {
  readonly #cache: BuiltCache | undefined
  #reading: ReadingMemory | undefined
  #last: BuiltKnowledge | undefined
  readonly #codeKey = hashCode(['knowledge', 'nlu'].map((folder) => join(import.meta.dirname, '..', folder)))

  /** @param cacheDir where the last few results are kept @param keptBytes beyond these, only the newest few */
  constructor(cacheDir?: string, keptBytes = KEPT_BYTES) {
    this.#cache = cacheDir === undefined ? undefined : new BuiltCache(cacheDir, keptBytes)
  }

  /**
   * Some 10 s of CPU unless these texts were built lately.
   *
   * @param order `quick`: after an edit of a few sentences the classifier of subjects may stay `behind`
   */
  async build(authored: AuthorsFiles, { quick = false }: { readonly quick?: boolean } = {}): Promise<BuildOutcome> {
    const files = await withShippedLanguage(authored)
    const key = textsKey(files)
    const kept = this.#last?.textsKey === key ? this.#last : await this.kept(key)
    if (kept && (quick || kept.behind === 0)) return { status: 'built', built: this.#remember(kept) }
    // The parsers are loaded where something is read: most starts find all of it read.
    const reader = await import('../knowledge/read.js')
    this.#reading ??= new reader.ReadingMemory()
    const { content, problems } = reader.readKnowledge(files, this.#reading)
    if (problems.some(({ severity }) => severity === 'error')) return { status: 'broken', problems }
    const trainingKey = createHash('sha256')
      .update(JSON.stringify(trainingTexts(content)))
      .digest('hex')
    const built: BuiltKnowledge = {
      ...{ textsKey: key, trainingKey, codeKey: await this.#codeKey, content, warnings: problems },
      ...(await this.#train(content, { trainingKey, quick })),
    }
    await this.#cache?.write(built)
    return { status: 'built', built: this.#remember(built) }
  }

  /** @returns undefined when these texts were not built lately, or by other code */
  async kept(key: string): Promise<BuiltKnowledge | undefined> {
    const kept = await this.#kept({ textsKey: key })
    return kept?.textsKey === key ? kept : undefined
  }

  async #kept(wanted: Omit<Wanted, 'codeKey'>): Promise<BuiltKnowledge | undefined> {
    const codeKey = await this.#codeKey
    const kept = await this.#cache?.read({ ...wanted, codeKey })
    return kept?.codeKey === codeKey ? kept : undefined
  }

  #remember(built: BuiltKnowledge): BuiltKnowledge {
    this.#last = built
    return built
  }

  /** A new guide, a line of an answer, or a sentence taught in the chat is nothing that a model is trained on. */
  async #train(
    content: KnowledgeContent,
    { trainingKey, quick }: { readonly trainingKey: string; readonly quick: boolean },
  ): Promise<Trained> {
    const isSame = (built: BuiltKnowledge | undefined): built is BuiltKnowledge =>
      built?.trainingKey === trainingKey && (quick || built.behind === 0)
    if (isSame(this.#last)) return pick(this.#last)
    const kept = await this.#kept({ trainingKey })
    if (isSame(kept)) return pick(kept)
    const patched = quick ? await this.#patch(content) : undefined
    if (patched) return patched
    const compiled = compileMatcher(content)
    return { model: compiled && plainOf(compiled), behind: 0, subjectsKey: trainingKey }
  }

  /** @returns undefined when there is nothing to begin with, or too much has changed since */
  async #patch(content: KnowledgeContent): Promise<Trained | undefined> {
    const base = this.#last ?? (await this.#kept({}))
    if (!base?.model || base.behind >= MAX_BEHIND) return undefined
    const patched = patchMatcher(content, { content: base.content, matcher: compiledOf(base.model)! })
    if (!patched) return undefined
    const { matcher, changed } = patched
    return { model: plainOf(matcher), behind: base.behind + changed, subjectsKey: base.subjectsKey }
  }
}

/** Beyond so many changed sentences one edit after another adds up to something to learn. */
const MAX_BEHIND = 100

type Trained = Pick<BuiltKnowledge, 'model' | 'behind' | 'subjectsKey'>
const pick = ({ model, behind, subjectsKey }: BuiltKnowledge): Trained => ({ model, behind, subjectsKey })
const plainOf = ({ vocabulary, ...arrays }: NonNullable<CompiledMatcher>): PlainMatcher => ({
  ...arrays,
  keys: vocabulary.keys,
})

/** Makes what a message is handled with; some 20 ms. */
export function buildSnapshot({ content, model, textsKey }: BuiltKnowledge): KnowledgeSnapshot {
  const sections = content.guides.flatMap((guide) => guide.sections)
  return {
    version: versionOf(textsKey),
    content,
    sections: new Map(sections.map((section) => [section.key, section])),
    intentOfSection: new Map(
      content.intents.flatMap((intent) => (intent.sectionKey === undefined ? [] : [[intent.sectionKey, intent]])),
    ),
    facts: factsOf(content.guides),
    language: compileLanguage(content.language),
    matcher: buildIntentMatcher(content, compiledOf(model)),
  }
}

function compiledOf(model: PlainMatcher | null): CompiledMatcher {
  if (!model) return null
  const { keys, ...arrays } = model
  return { ...arrays, vocabulary: new FeatureTable(keys) }
}

export type LoadSnapshot = () => Promise<{
  readonly snapshot: KnowledgeSnapshot
  readonly warnings: readonly Problem[]
}>

/**
 * Reads the authors' folders as they stand, on this thread: for the command line, where nobody waits beside it.
 * What is returned throws a KnowledgeError when the files can't be used.
 *
 * @param cacheDir where the trained matcher is kept, so that unchanged files are not trained on again
 */
export function createLoadSnapshot({ cacheDir, ...paths }: FolderPaths & { readonly cacheDir?: string }): LoadSnapshot {
  const folder = new KnowledgeFolder(paths)
  const builder = new KnowledgeBuilder(cacheDir)
  return async () => {
    const outcome = await builder.build(await folder.read())
    if (outcome.status === 'broken') throw new KnowledgeError(outcome.problems)
    return { snapshot: buildSnapshot(outcome.built), warnings: outcome.built.warnings }
  }
}

/** The present one, and what edits to and fro, a roll-back or a second checkout need; small ones are all kept. */
const KEPT_FILES = 6
const KEPT_BYTES = 256 * 1024 * 1024
const DIGEST_BYTES = 32

type Wanted = Partial<Pick<BuiltKnowledge, 'textsKey' | 'trainingKey' | 'codeKey'>>

/**
 * What was built lately, a file each, named by what it was built from. Damage is noticed; whether it was made by the same
 * code is for the reader to judge.
 */
class BuiltCache {
  readonly #folder: string
  readonly #keptBytes: number

  constructor(folder: string, keptBytes: number) {
    this.#folder = folder
    this.#keptBytes = keptBytes
  }

  /** @returns undefined when there is none, or none that can be read: it is built anew */
  async read(wanted: Wanted): Promise<BuiltKnowledge | undefined> {
    try {
      const keys = Object.values(wanted).map(short)
      const names = (await this.#names()).filter((name) => keys.every((key) => name.includes(key)))
      const path = join(this.#folder, (await this.#newestFirst(names))[0] ?? '')
      const bytes = await readFile(path)
      const body = bytes.subarray(DIGEST_BYTES)
      if (!digestOf(body).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined
      await utimes(path, new Date(), new Date()).catch(() => undefined) // what is in use is not forgotten
      const built = deserialize(body) as BuiltKnowledge
      return { ...built, model: withOwnArrays(built.model) }
    } catch {
      return undefined
    }
  }

  /** Never throws: a full or read-only disk costs the next start some seconds, no more. */
  async write(built: BuiltKnowledge): Promise<void> {
    const { textsKey, trainingKey, codeKey } = built
    // Sources and the program compiled of them are two codes, and either would throw out what the other has trained.
    const path = join(this.#folder, `knowledge-${[textsKey, trainingKey, codeKey].map(short).join('-')}.bin`)
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      const body = serialize(built)
      await mkdir(this.#folder, { recursive: true })
      await writeFile(beside, Buffer.concat([digestOf(body), body]))
      await rename(beside, path)
      await this.#forgetOldest()
    } catch {
      await rm(beside, { force: true }).catch(() => undefined)
    }
  }

  async #names(): Promise<readonly string[]> {
    return (await readdir(this.#folder)).filter((name) => /^knowledge-.*\.bin$/.test(name))
  }

  async #newestFirst(names: readonly string[]): Promise<readonly string[]> {
    if (names.length < 2) return names
    const aged = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    )
    return aged.sort((a, b) => b.atMs - a.atMs).map(({ name }) => name)
  }

  async #forgetOldest(): Promise<void> {
    let bytes = 0
    for (const [index, name] of (await this.#newestFirst(await this.#names())).entries()) {
      const path = join(this.#folder, name)
      bytes += (await stat(path).catch(() => undefined))?.size ?? 0
      if (index >= KEPT_FILES && bytes > this.#keptBytes) await rm(path, { force: true })
    }
  }
}

/** What is read from a file shares its bytes, and would keep them all in memory beside the numbers that had to be copied. */
function withOwnArrays<T>(model: T): T {
  if (ArrayBuffer.isView(model)) return (model as unknown as Float32Array).slice() as T
  if (typeof model !== 'object' || model === null || Array.isArray(model)) return model
  return Object.fromEntries(Object.entries(model).map(([key, part]) => [key, withOwnArrays(part)])) as T
}

const short = (key: string): string => key.slice(0, 16)
const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** Hash of the programs in some folders and of the Node that runs them. */
async function hashCode(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const folder of folders) {
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.[jt]s$/.test(name)).sort()
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name))))
    for (const text of texts) hash.update(text)
  }
  return hash.digest('hex')
}
