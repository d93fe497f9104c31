import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `quiet`: the bot must not speak to this asker; `serve`: it must; `ticket`: it hands over. */
type Expected = 'quiet' | 'serve' | 'ticket'

/** One line as `ask --jsonl` takes it, and what the bot should make of it. */
export interface TalkLine {
  readonly ask: {
    readonly id: string
    readonly session: string
    readonly speaker: string
    readonly text: string
    readonly role: 'customer' | 'staff' | 'admin'
    readonly mentioned?: boolean
    readonly image?: string
    readonly quote?: { readonly speaker: string; readonly text: string }
  }
  /** Since the conversation began. */
  readonly atMs: number
  readonly expected?: Expected
}

const LINE =
  /^(?<speaker>[^*!:[]+)(?<role>[*!]?)(?:\[(?<quoted>[^|]+)\|(?<words>[^\]]+)\])?: (?<text>.*?)(?: => (?<expected>quiet|serve|ticket))?$/
const ROLES = { '': 'customer', '*': 'staff', '!': 'admin' } as const
const STEP_MS = 10_000

/** Reads `desk-talks.txt`. @throws Error naming the line that is not understood */
export function readDeskTalks(): readonly TalkLine[] {
  const lines = readFileSync(join(import.meta.dirname, 'desk-talks.txt'), 'utf8').split('\n')
  const talks: TalkLine[] = []
  let session = ''
  let atMs = 0
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('== ')) {
      session = line.slice(3)
      atMs = 0
    } else if (/^\+\d+$/.test(line)) atMs += Number(line.slice(1)) * 60_000
    else {
      atMs += STEP_MS
      talks.push(lineOf(line, index + 1, { session, atMs }))
    }
  }
  return talks
}

function lineOf(line: string, number: number, { session, atMs }: { session: string; atMs: number }): TalkLine {
  const groups = LINE.exec(line)?.groups
  if (!groups) throw new Error(`desk-talks.txt:${number}: not understood: ${line}`)
  const { speaker = '', role = '', quoted, words = '', text = '', expected } = groups
  const toBot = text.startsWith('@ ')
  const isPicture = text === '(图)'
  return {
    ask: {
      id: `${session} ${number}`,
      ...{ session, speaker, role: ROLES[role as keyof typeof ROLES], mentioned: toBot },
      text: isPicture ? '' : text.replace(/^@ /, ''),
      ...(isPicture ? { image: 'picture.png' } : {}),
      ...(quoted === undefined ? {} : { quote: { speaker: quoted, text: words } }),
    },
    atMs,
    ...(expected === undefined ? {} : { expected: expected as Expected }),
  }
}
