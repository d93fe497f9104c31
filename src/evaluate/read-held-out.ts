import { parse } from 'yaml'
import { z } from 'zod'
import type { LabelledMessage } from './labelled-message.js'

const schema = z.object({
  sections: z.record(
    z.string(),
    z.array(
      z.object({ text: z.coerce.string(), kind: z.string().default('plain'), also: z.array(z.string()).default([]) }),
    ),
  ),
  silence: z.array(
    z.object({ text: z.coerce.string(), kind: z.string().default('general'), hard: z.boolean().default(false) }),
  ),
})

const HUMAN = 'human'

/** Reads `held-out.yaml`: messages that are only ever scored on. @throws ZodError when the file has another shape */
export function readHeldOut(text: string): readonly LabelledMessage[] {
  const { sections, silence } = schema.parse(parse(text))
  return [
    ...Object.entries(sections).flatMap(([key, messages]) =>
      messages.map(({ text: said, kind, also }) => ({
        text: said,
        sections: key === HUMAN ? [] : [key, ...also],
        wantsHuman: key === HUMAN,
        kind,
        hard: false,
      })),
    ),
    ...silence.map(({ text: said, kind, hard }) => ({ text: said, sections: [], wantsHuman: false, kind, hard })),
  ]
}
