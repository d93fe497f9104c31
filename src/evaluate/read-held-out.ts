import { z } from 'zod'
import { checkShape } from '../knowledge/check-shape.js'
import { readYaml } from '../knowledge/yaml-document.js'
import type { Problem } from '../model/knowledge.js'
import type { LabelledMessage } from './labelled-message.js'

const words = z.string().trim().min(1)
const yes = z.enum(['true', 'false']).transform((word) => word === 'true')

const schema = z.object({
  sections: z.record(
    z.string(),
    z.array(z.object({ text: words, kind: words.default('plain'), also: z.array(words).default([]) })),
  ),
  silence: z.array(z.object({ text: words, kind: words.default('general'), hard: yes.default(false) })),
})

const HUMAN = 'human'

/** Reads `held-out.yaml`: messages that are only ever scored on. Never throws; nothing is read of a broken file. */
export function readHeldOut(source: { readonly file: string; readonly text: string }): {
  readonly messages: readonly LabelledMessage[]
  readonly problems: readonly Problem[]
} {
  const yaml = readYaml(source)
  if (yaml.problems.length > 0) return { messages: [], problems: yaml.problems }
  const { value, problems } = checkShape(source, yaml, schema)
  if (!value) return { messages: [], problems }
  const { sections, silence } = value
  const messages = [
    ...Object.entries(sections).flatMap(([key, list]) =>
      list.map(({ text: said, kind, also }) => ({
        text: said,
        sections: key === HUMAN ? [] : [key, ...also],
        wantsHuman: key === HUMAN,
        kind,
        hard: false,
      })),
    ),
    ...silence.map(({ text: said, kind, hard }) => ({ text: said, sections: [], wantsHuman: false, kind, hard })),
  ]
  return { messages, problems: [] }
}
