import { z } from 'zod'

const words = z.string().trim().min(1)

/** One intent a file, see `docs/authoring.md`. */
export const intentSchema = z.strictObject({
  id: words.optional(),
  guide: words.default('fasttest'),
  section: words.optional(),
  title: words.optional(),
  utterances: z.array(words).min(1),
  notice: z.array(words).default([]),
})

const byKind = z.record(words, z.array(words).min(1))

/** `silence.yaml` */
export const silenceSchema = z.strictObject({ plain: byKind.optional(), hard: byKind.optional() })

/** `concepts.yaml` */
export const conceptsSchema = z.strictObject({ concepts: z.record(words, z.array(words).min(1)) })
