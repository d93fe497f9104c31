import { createHash } from 'node:crypto'
import type { Concept, Guide, Intent, KnowledgeContent, Problem, Section, SilentExample } from '../model/knowledge.js'
import { FeatureTable } from '../understand/feature-table.js'
import type { CompiledMatcher } from '../understand/intent-matcher.js'

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
  readonly concepts: readonly Concept[]
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
    concepts: built.content.concepts,
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
  const { blocks, classes, concepts, ...rest } = headerOf(packed)
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
    content: { guides, intents, silence, concepts },
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
