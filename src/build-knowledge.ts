import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { BuiltFiles, hashCode } from './adapters/files/built-files.js'
import type { AuthorsFiles } from './adapters/files/knowledge-folder.js'
import { type PackedKeys, packKnowledge, readPackedKeys, unpackKnowledge } from './knowledge/pack-knowledge.js'
import { readKnowledge } from './knowledge/read-knowledge.js'
import { textsKey } from './knowledge/texts-key.js'
import type { KnowledgeContent, Problem } from './model/knowledge.js'
import { runAtOnce } from './releases/run-in-slices.js'
import { type CompiledMatcher, compileMatcher, trainingTexts } from './understand/intent-matcher.js'

export type BuildOutcome =
  | { readonly status: 'broken'; readonly problems: readonly Problem[] }
  /** `packed`: see `unpackKnowledge`. */
  | { readonly status: 'built'; readonly packed: Uint8Array; readonly textsKey: string; readonly codeKey: string }

const NO_CONTENT: KnowledgeContent = { guides: [], intents: [], silence: [], concepts: [] }

/** The one way from authors' files to knowledge ready for use; unchanged files are not trained on again. */
export class KnowledgeBuilder {
  readonly #cache: BuiltFiles | undefined
  readonly #models: BuiltFiles | undefined
  readonly #codeKey = hashCode(['knowledge', 'understand'].map((folder) => join(import.meta.dirname, folder)))

  /** @param cacheDir where the last few results are kept */
  constructor(cacheDir?: string) {
    this.#cache = cacheDir === undefined ? undefined : new BuiltFiles(cacheDir)
    this.#models = cacheDir === undefined ? undefined : new BuiltFiles(cacheDir, 'model')
  }

  /** Of the code that builds; what another code has built is of no use. */
  codeKey(): Promise<string> {
    return this.#codeKey
  }

  /** 3–5 s of CPU unless these texts were built lately. */
  async build(files: AuthorsFiles): Promise<BuildOutcome> {
    const keys = { textsKey: textsKey(files), codeKey: await this.#codeKey }
    const kept = await this.#cache?.read(keys.textsKey)
    if (kept && isMadeOf(kept, keys)) return { status: 'built', packed: kept, ...keys }
    const { content, problems } = readKnowledge(files)
    if (problems.some(({ severity }) => severity === 'error')) return { status: 'broken', problems }
    const compiled = await this.#compile(content, keys.codeKey)
    const packed = packKnowledge({ ...keys, content, warnings: problems, compiled })
    await this.#cache?.write(keys.textsKey, packed)
    return { status: 'built', packed, ...keys }
  }

  /** A new guide, or a sentence taught in the chat, is nothing that the classifier is trained on. */
  async #compile(content: KnowledgeContent, codeKey: string): Promise<CompiledMatcher> {
    const texts = JSON.stringify(trainingTexts(content))
    const keys = { textsKey: createHash('sha256').update(texts).digest('hex'), codeKey }
    const kept = await this.#models?.read(keys.textsKey)
    if (kept && isMadeOf(kept, keys)) return runAtOnce(unpackKnowledge(kept)).compiled
    const compiled = compileMatcher(content)
    await this.#models?.write(keys.textsKey, packKnowledge({ ...keys, content: NO_CONTENT, warnings: [], compiled }))
    return compiled
  }

  /** @returns undefined for damaged bytes */
  keysOf(packed: Uint8Array): PackedKeys | undefined {
    return readPackedKeys(packed)
  }

  /** Where the result for these texts lies, if it could be kept. */
  pathOf(key: string): string | undefined {
    return this.#cache?.pathOf(key)
  }
}

function isMadeOf(packed: Uint8Array, wanted: PackedKeys): boolean {
  const keys = readPackedKeys(packed)
  return keys?.textsKey === wanted.textsKey && keys.codeKey === wanted.codeKey
}
