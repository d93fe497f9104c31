import { z } from 'zod'
import { checkShape } from '../knowledge/check-shape.js'
import { readYaml } from '../knowledge/yaml-document.js'
import type { Problem } from '../model/knowledge.js'

const words = z.string().trim().min(1)

const schema = z.strictObject({
  conversations: z.array(
    z.strictObject({
      title: words,
      turns: z
        .array(
          z.strictObject({
            /** Who speaks. */
            who: words.default('甲'),
            says: words,
            /** `asked`: put to the bot by name; the first turn is, unless told otherwise. */
            heard: z.enum(['asked', 'overheard']).optional(),
            /** Minutes since the turn before. */
            after: z.coerce.number().min(0).max(10_080).default(0.5),
            /** A section; `silence`, `human`, `unknown` or `courtesy`; several where each would be right. */
            expect: z.union([words, z.array(words).min(1)]),
          }),
        )
        .min(1),
    }),
  ),
})

export interface Turn {
  readonly who: string
  readonly says: string
  readonly asked: boolean
  /** Minutes since the turn before. */
  readonly after: number
  /** Each of these would be right: section keys, or one of `silence`, `human`, `unknown`, `courtesy`. */
  readonly expect: readonly string[]
}

export interface Conversation {
  readonly title: string
  readonly turns: readonly Turn[]
}

/** Reads `conversations.yaml`: talks of several turns, to score what is taken up from one to the next. Never throws. */
export function readConversations(source: { readonly file: string; readonly text: string }): {
  readonly conversations: readonly Conversation[]
  readonly problems: readonly Problem[]
} {
  const yaml = readYaml(source)
  if (yaml.problems.length > 0) return { conversations: [], problems: yaml.problems }
  const { value, problems } = checkShape(source, yaml, schema)
  const conversations = (value?.conversations ?? []).map(({ title, turns }) => ({
    title,
    turns: turns.map(({ who, says, heard, after, expect }, index) => ({
      ...{ who, says, after },
      asked: (heard ?? (index === 0 ? 'asked' : 'overheard')) === 'asked',
      expect: typeof expect === 'string' ? [expect] : expect,
    })),
  }))
  return { conversations, problems }
}

/** Whether a turn was met in one of the ways that are right. */
export function isMetAsExpected(
  { expect }: Turn,
  { kind, sections }: { readonly kind: string; readonly sections: readonly string[] },
): boolean {
  return expect.some((wanted) => {
    switch (wanted) {
      case 'silence':
        return kind === 'silent'
      case 'human':
        return kind === 'escalate'
      case 'unknown':
        return kind === 'fallback' || kind === 'clarify'
      case 'courtesy':
        return kind === 'courtesy'
      default:
        return sections.includes(wanted)
    }
  })
}
