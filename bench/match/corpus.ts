import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { PROJECT_ROOT } from '../../src/config.js'
import { intentSchema, silenceSchema } from '../../src/knowledge/intents.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { type Asked, type Corpus, HUMAN, NOTHING, type Words } from './messages.js'

export interface CorpusSize {
  readonly perSection: number
  readonly chatter: number
}

const INTENTS_DIR = join(PROJECT_ROOT, 'intents')
const HELD_OUT = 'held-out.yaml'
const NO_INTENT = new Set([
  HELD_OUT,
  'silence.yaml',
  'concepts.yaml',
  'conversations.yaml',
  'golden.yaml',
  'several.yaml',
  'topics.yaml',
])
/** Every fifth message of the training corpus is for tuning. */
const TUNING_STEP = 5

const heldOutSchema = z.object({
  sections: z.record(z.string(), z.array(z.object({ text: z.string(), also: z.array(z.string()).default([]) }))),
  silence: z.array(z.object({ text: z.string(), hard: z.boolean().default(false) })),
})

/** Reads intents/, at most so much of it for teaching and tuning, evenly taken, and all of the held-out messages. */
export function readCorpus({ perSection, chatter }: CorpusSize): Corpus {
  const messages = [...spokenTo(perSection), ...readChatter(chatter)]
  const isTuning = (_message: unknown, index: number): boolean => index % TUNING_STEP === TUNING_STEP - 1
  return {
    taught: messages
      .filter((message, index) => !isTuning(message, index))
      .map(({ text, label }) => ({ ...words(text), label })),
    tuning: scattered(
      messages
        .filter(isTuning)
        .filter(({ label }) => label !== HUMAN)
        .map(({ text, label, hard }) => ({ ...words(text), sections: label === NOTHING ? [] : [label], hard })),
    ),
    heldOut: scattered(readHeldOut()),
  }
}

interface Labelled {
  readonly text: string
  readonly label: string
  readonly hard: boolean
}

function spokenTo(perSection: number): readonly Labelled[] {
  const files = readdirSync(INTENTS_DIR).filter((name) => name.endsWith('.yaml') && !NO_INTENT.has(name))
  return files.sort().flatMap((name) => {
    const { section, utterances } = intentSchema.parse(readYaml(name))
    return spread(utterances, perSection).map((text) => ({ text, label: section ?? HUMAN, hard: false }))
  })
}

function readChatter(count: number): readonly Labelled[] {
  const { plain = {}, hard = {} } = silenceSchema.parse(readYaml('silence.yaml'))
  const of = (kinds: Readonly<Record<string, readonly string[]>>, isHard: boolean): readonly Labelled[] =>
    Object.values(kinds)
      .flat()
      .map((text) => ({ text, label: NOTHING, hard: isHard }))
  return spread([...of(plain, false), ...of(hard, true)], count)
}

/** Calls for a person are no part of the comparison: they have rules of their own. */
function readHeldOut(): readonly Asked[] {
  const { sections, silence } = heldOutSchema.parse(readYaml(HELD_OUT))
  return [
    ...Object.entries(sections)
      .filter(([key]) => key !== HUMAN)
      .flatMap(([key, asked]) =>
        asked.map(({ text, also }) => ({ ...words(text), sections: [key, ...also], hard: false })),
      ),
    ...silence.map(({ text, hard }) => ({ ...words(text), sections: [], hard })),
  ]
}

const readYaml = (name: string): unknown => parse(readFileSync(join(INTENTS_DIR, name), 'utf8'))

const words = (text: string): Words => ({ text, normalized: normalizeText(text) })

/** So many of them, evenly taken: authors write in series. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]!)
}

/** In an order where any first part stands for the whole: a slow engine gets no further in its time. */
function scattered<T>(all: readonly T[]): readonly T[] {
  const golden = 0.6180339887
  return all
    .map((one, index) => ({ one, at: (index * golden) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
