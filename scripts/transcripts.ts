import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Asker, type AskLine } from '../src/cli/asker.js'
import { PROJECT_ROOT, readConfig } from '../src/config.js'

/**
 * Says every message of `test/corpus` and of the labelled files in `intents/` to the bot and prints what it decided and
 * said, a JSON line each. Run before and after a change of structure: `diff` has to find nothing.
 */

const NOW = '2026-11-26T10:00:00+08:00'
const MINUTE_MS = 60_000

type Line = Partial<AskLine> & { readonly id: string; readonly text: string }

interface Said {
  readonly text: string
  readonly mentioned?: boolean
  readonly now?: string
}

interface Turn {
  readonly who?: string
  /** YAML reads 2 as a number. */
  readonly says?: string | number
  readonly text?: string
  readonly mentioned?: boolean
  readonly heard?: string
  readonly after?: number
}

const jsonLines = <T>(file: string): readonly T[] =>
  readFileSync(join(PROJECT_ROOT, 'test/corpus', file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)

const yaml = <T>(file: string): T => parse(readFileSync(join(PROJECT_ROOT, 'intents', file), 'utf8')) as T

/** Each message twice: put to the bot, and overheard. */
const bothWays = (id: string, { text, now }: Said): readonly Line[] =>
  [true, false].map((mentioned) => ({
    id: `${id}/${mentioned ? 'asked' : 'overheard'}`,
    text,
    mentioned,
    now: now ?? NOW,
  }))

function talk(id: string, turns: readonly Turn[]): readonly Line[] {
  let atMs = Date.parse(NOW)
  return turns.map((turn, index) => {
    atMs += (turn.after ?? 0.5) * MINUTE_MS
    const mentioned = turn.mentioned ?? (turn.heard === undefined ? index === 0 : turn.heard === 'asked')
    const speaker = turn.who ?? '甲'
    return {
      id: `${id}/${index}`,
      session: id,
      speaker,
      mentioned,
      text: String(turn.text ?? turn.says ?? ''),
      now: new Date(atMs).toISOString(),
    }
  })
}

function* lines(): Generator<Line> {
  for (const file of readdirSync(join(PROJECT_ROOT, 'test/corpus'))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    if (file === 'conversations.jsonl') {
      for (const [index, { turns }] of jsonLines<{ turns: readonly Turn[] }>(file).entries())
        yield* talk(`${file}:${index}`, turns)
    } else for (const [index, said] of jsonLines<Said>(file).entries()) yield* bothWays(`${file}:${index}`, said)
  }
  const { conversations } = yaml<{ conversations: readonly { turns: readonly Turn[] }[] }>('conversations.yaml')
  for (const [index, { turns }] of conversations.entries()) yield* talk(`conversations.yaml:${index}`, turns)
  const heldOut = yaml<{ sections: Record<string, readonly Said[]> }>('held-out.yaml')
  for (const [section, said] of Object.entries(heldOut.sections))
    for (const [index, one] of said.entries()) yield* bothWays(`held-out.yaml:${section}:${index}`, one)
  const golden = yaml<{ questions: readonly { question: string }[] }>('golden.yaml')
  for (const [index, { question }] of golden.questions.entries())
    yield* bothWays(`golden.yaml:${index}`, { text: question })
}

const asker = new Asker()
await asker.start(readConfig(process.env))
for (const line of lines()) {
  const { trace, sent } = await asker.ask({ role: 'customer', mentioned: true, ...line })
  const { kind, reason, sections, confidence } = trace
  console.log(
    JSON.stringify({
      ...{ id: line.id, text: line.text, kind, reason, sections },
      confidence: confidence.toFixed(4),
      sent,
    }),
  )
}
