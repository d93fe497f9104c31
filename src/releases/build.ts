import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { KnowledgeError } from '../errors.js'
import { type AuthorsFiles, type FolderPaths, KnowledgeFolder, withShippedLanguage } from '../knowledge/files.js'
import { factsOf } from '../knowledge/guide/roles.js'
import { textsKey, versionOf } from '../knowledge/keys.js'
import { readKnowledge } from '../knowledge/read.js'
import {
  type Guide,
  type Intent,
  type KnowledgeContent,
  NO_KNOWLEDGE,
  type Problem,
  type Section,
  type SilentExample,
} from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { FeatureTable } from '../nlu/classifier.js'
import { assembleIntentMatcher, type CompiledMatcher, compileMatcher, trainingTexts } from '../nlu/intent-matcher.js'
import { compileLanguage } from '../nlu/language.js'

export type BuildOutcome =
  | { readonly status: 'broken'; readonly problems: readonly Problem[] }
  /** `packed`: see `unpackKnowledge`. */
  | { readonly status: 'built'; readonly packed: Uint8Array; readonly textsKey: string; readonly codeKey: string }

/** The one way from authors' files to knowledge ready for use; unchanged files are not trained on again. */
export class KnowledgeBuilder {
  readonly #cache: BuiltFiles | undefined
  readonly #models: BuiltFiles | undefined
  readonly #codeKey = hashCode(['knowledge', 'nlu'].map((folder) => join(import.meta.dirname, '..', folder)))

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
  async build(authored: AuthorsFiles): Promise<BuildOutcome> {
    const files = await withShippedLanguage(authored)
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
    await this.#models?.write(keys.textsKey, packKnowledge({ ...keys, content: NO_KNOWLEDGE, warnings: [], compiled }))
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
    const built = runAtOnce(unpackKnowledge(outcome.packed))
    return { snapshot: runAtOnce(buildSnapshot(built)), warnings: built.warnings }
  }
}

/** Makes what a message is handled with, a millisecond's work a step. */
export function* buildSnapshot({ content, compiled, textsKey }: BuiltKnowledge): Generator<void, KnowledgeSnapshot> {
  const sections = content.guides.flatMap((guide) => guide.sections)
  const byKey = new Map(sections.map((section) => [section.key, section]))
  yield
  return {
    version: versionOf(textsKey),
    content,
    sections: byKey,
    intentOfSection: new Map(
      content.intents.flatMap((intent) => (intent.sectionKey === undefined ? [] : [[intent.sectionKey, intent]])),
    ),
    facts: factsOf(content.guides),
    language: compileLanguage(content.language),
    matcher: yield* assembleIntentMatcher(content, compiled),
  }
}

/** Everything that a snapshot is made of, ready to be used. */
export interface BuiltKnowledge {
  /** Hash of the texts that it was built from. */
  readonly textsKey: string
  /** Hash of the code that built it; another code must not use it. */
  readonly codeKey: string
  readonly content: KnowledgeContent
  readonly warnings: readonly Problem[]
  readonly compiled: CompiledMatcher
}

export type PackedKeys = Pick<BuiltKnowledge, 'textsKey' | 'codeKey'>

interface Block {
  readonly holds: 'guide' | 'sections' | 'intents' | 'silence' | 'slots' | 'coarse' | 'weights' | 'bias'
  readonly bytes: number
}

interface Header extends PackedKeys {
  readonly warnings: readonly Problem[]
  /** What is not worth blocks of its own. */
  readonly written: Pick<KnowledgeContent, 'concepts' | 'language' | 'answers' | 'categories' | 'rejections'>
  /** Null where no intent is authored, so that nothing was trained. */
  readonly classes: readonly string[] | null
  readonly blocks: readonly Block[]
}

const DIGEST_BYTES = 32
const START = DIGEST_BYTES + 4 // then the header
/** Numbers are read where they lie, so they have to lie on multiples of their size. */
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4
// Pieces that take about a millisecond each to read.
const SECTIONS_A_BLOCK = 100
const TEXTS_A_BLOCK = 500

/** Writes it down as bytes: digest, header, blocks. Good for a file and for another thread. */
export function packKnowledge(built: BuiltKnowledge): Uint8Array<ArrayBuffer> {
  const parts = [...contentParts(built.content), ...modelParts(built.compiled)]
  const header: Header = {
    textsKey: built.textsKey,
    codeKey: built.codeKey,
    warnings: built.warnings,
    written: {
      concepts: built.content.concepts,
      language: built.content.language,
      answers: built.content.answers,
      categories: built.content.categories,
      rejections: built.content.rejections,
    },
    classes: built.compiled?.classes ?? null,
    blocks: parts.map(({ holds, bytes }) => ({ holds, bytes: bytes.byteLength })),
  }
  const head = toBytes(header)
  const length = parts.reduce((sum, { bytes }) => sum + padded(bytes.byteLength), START + padded(head.byteLength))
  const packed = new Uint8Array(length)
  new DataView(packed.buffer).setUint32(DIGEST_BYTES, head.byteLength)
  let at = START
  for (const bytes of [head, ...parts.map((part) => part.bytes)]) {
    packed.set(bytes, at)
    at += padded(bytes.byteLength)
  }
  packed.set(digestOf(packed))
  return packed
}

/** @returns what it was built from; undefined for bytes that are cut off or damaged */
export function readPackedKeys(packed: Uint8Array): PackedKeys | undefined {
  if (packed.byteLength < START || !digestOf(packed).equals(packed.subarray(0, DIGEST_BYTES))) return undefined
  return headerOf(packed)
}

/**
 * Reads sound bytes back, a millisecond's work a step, so that a thread with other duties can pause in between.
 *
 * @param bytes whose digest is right, see `readPackedKeys`; the model goes on reading its numbers from them
 */
export function* unpackKnowledge(bytes: Uint8Array): Generator<void, BuiltKnowledge> {
  const packed = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const { blocks, classes, written, ...rest } = headerOf(packed)
  const guides: (Guide & { readonly sections: Section[] })[] = []
  const intents: Intent[] = []
  const silence: SilentExample[] = []
  const arrays: Partial<Record<Block['holds'], Uint8Array>> = {}
  let at = START + padded(headerBytes(packed))
  for (const { holds, bytes: length } of blocks) {
    const block = packed.subarray(at, at + length)
    at += padded(length)
    if (holds === 'guide') guides.push({ ...fromBytes<Guide>(block), sections: [] })
    else if (holds === 'sections') guides.at(-1)!.sections.push(...fromBytes<Section[]>(block))
    else if (holds === 'intents') intents.push(...fromBytes<Intent[]>(block))
    else if (holds === 'silence') silence.push(...fromBytes<SilentExample[]>(block))
    else arrays[holds] = block
    yield
  }
  return {
    ...rest,
    content: { ...written, guides, intents, silence },
    compiled: classes && toModel(classes, arrays as Record<Block['holds'], Uint8Array>),
  }
}

const toModel = (
  classes: readonly string[],
  { slots, coarse, weights, bias }: Record<Block['holds'], Uint8Array>,
): CompiledMatcher => ({
  classes,
  rows: new FeatureTable(new Int32Array(slots.buffer, slots.byteOffset, slots.byteLength / 4)),
  coarse,
  weights: new Float32Array(weights.buffer, weights.byteOffset, weights.byteLength / 4),
  bias: new Float32Array(bias.buffer, bias.byteOffset, bias.byteLength / 4),
})

interface Part {
  readonly holds: Block['holds']
  readonly bytes: Uint8Array
}

function contentParts({ guides, intents, silence }: KnowledgeContent): readonly Part[] {
  const parts = (holds: Part['holds'], list: readonly unknown[], size: number): readonly Part[] =>
    inBlocks(list, size).map((block) => ({ holds, bytes: toBytes(block) }))
  return [
    ...guides.flatMap((guide) => [
      { holds: 'guide' as const, bytes: toBytes({ ...guide, sections: [] }) },
      ...parts('sections', guide.sections, SECTIONS_A_BLOCK),
    ]),
    ...(intents.some(({ utterances }) => utterances.length > TEXTS_A_BLOCK)
      ? parts('intents', intents, 1)
      : parts('intents', intents, 5)),
    ...parts('silence', silence, TEXTS_A_BLOCK),
  ]
}

function modelParts(compiled: CompiledMatcher): readonly Part[] {
  if (!compiled) return []
  const { rows, coarse, weights, bias } = compiled
  const raw = (holds: Part['holds'], array: Float32Array | Int32Array | Uint8Array): Part => ({
    holds,
    bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  })
  return [raw('slots', rows.slots), raw('coarse', coarse), raw('weights', weights), raw('bias', bias)]
}

function inBlocks<Item>(list: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const fromBytes = <Value>(bytes: Uint8Array): Value => JSON.parse(new TextDecoder().decode(bytes)) as Value

const headerBytes = ({ buffer, byteOffset }: Uint8Array): number =>
  new DataView(buffer, byteOffset).getUint32(DIGEST_BYTES)
const headerOf = (packed: Uint8Array): Header => fromBytes<Header>(packed.subarray(START, START + headerBytes(packed)))

const digestOf = (packed: Uint8Array): Buffer => createHash('sha256').update(packed.subarray(DIGEST_BYTES)).digest()

/** Short enough that nobody waits for it; messages come in by the dozen a second at most. */
const SLICE_MS = 2

/** Runs work to its end, and lets the event loop turn after every 2 ms of it. */
export async function runInSlices<Result>(work: Generator<void, Result>): Promise<Result> {
  let sliceEndMs = performance.now() + SLICE_MS
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() < sliceEndMs) continue
    await nextTurn()
    sliceEndMs = performance.now() + SLICE_MS
  }
}

/** Runs work to its end at once, where nothing else waits. */
export function runAtOnce<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

const KEPT_FILES = 4 // the present one, and what a second checkout or an edit to and fro needs

/**
 * Keeps what was built from the authors' files, so that unchanged knowledge costs no training.
 * Whether a file is sound and made by the same code is for the reader to judge.
 */
export class BuiltFiles {
  readonly #folder: string
  readonly #prefix: string

  /** @param kind what is kept; other kinds may lie in the same folder */
  constructor(folder: string, kind = 'knowledge') {
    this.#folder = folder
    this.#prefix = `${kind}-`
  }

  /** @returns undefined when nothing was kept under this key */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.pathOf(key))
    } catch {
      return undefined // not there yet, or not to be read: it is built anew
    }
  }

  /** Never throws: a full or read-only disk costs the next start some seconds, no more. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key)
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(beside, bytes)
      await rename(beside, path)
      await this.#forgetOldest()
    } catch {
      await rm(beside, { force: true }).catch(() => undefined)
    }
  }

  pathOf(key: string): string {
    return join(this.#folder, `${this.#prefix}${key.slice(0, 16)}.bin`)
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(this.#prefix) && name.endsWith('.bin'))
    const aged = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    )
    aged.sort((a, b) => b.atMs - a.atMs)
    await Promise.all(aged.slice(KEPT_FILES).map(({ name }) => rm(join(this.#folder, name), { force: true })))
  }
}

/** Hash of the programs in some folders and of the Node that runs them. */
export async function hashCode(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const folder of folders) {
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.[jt]s$/.test(name)).sort()
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name))))
    for (const text of texts) hash.update(text)
  }
  return hash.digest('hex')
}
