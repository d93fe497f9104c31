import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Asker, parseAskLine } from '../../src/cli/asker.js'
import { readConfig } from '../../src/config.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { readDeskTalks, type TalkLine } from '../support/read-desk-talks.js'
import { tempFolder } from '../support/temp-folder.js'

/** Share of the lines that call for an answer on which the bot may stay quiet by mistake. */
const MAX_MISSED_SHARE = 0.02
const DAY_MS = 86_400_000

interface Judged {
  /** Lines of askers whose ticket a person holds, to which the bot spoke. */
  readonly talkedOver: readonly string[]
  /** Lines of other askers on which the bot was silent. */
  readonly missed: readonly string[]
  readonly notHandedOver: readonly string[]
  readonly served: number
  readonly quiet: number
}

/** Puts every conversation through what serves a group, line by line as `npm run ask -- --jsonl` does. */
async function judge(talks: readonly TalkLine[], write: (line: TalkLine, index: number) => object): Promise<Judged> {
  const asker = new Asker()
  await asker.start(readConfig({ GUOSHEN_DATA_DIR: join(tempFolder(), 'data') }))
  const found: Record<'talkedOver' | 'missed' | 'notHandedOver', string[]> = {
    ...{ talkedOver: [], missed: [], notHandedOver: [] },
  }
  for (const [index, line] of talks.entries()) {
    const parsed = parseAskLine(JSON.stringify(write(line, index)))
    if (!parsed.ok) throw new Error(parsed.error)
    const { trace, sent } = await asker.ask(parsed.line)
    const words = `${line.ask.id} ${line.ask.speaker}: ${line.ask.text} → ${trace.kind} ${trace.reason}`
    if (line.ask.role === 'staff') expect(sent, words).toEqual([])
    if (line.expected === 'quiet' && sent.length > 0) found.talkedOver.push(words)
    if (line.expected === 'serve' && sent.length === 0) found.missed.push(words)
    if (line.expected === 'ticket' && trace.kind !== 'escalate') found.notHandedOver.push(words)
  }
  const count = (expected: TalkLine['expected']): number => talks.filter((line) => line.expected === expected).length
  return { ...found, served: count('serve'), quiet: count('quiet') }
}

function expectGood({ talkedOver, missed, notHandedOver, served, quiet }: Judged): void {
  expect(talkedOver).toEqual([])
  expect(notHandedOver).toEqual([])
  expect(missed.length / served, missed.join('\n')).toBeLessThanOrEqual(MAX_MISSED_SHARE)
  expect(Math.min(served, quiet)).toBeGreaterThan(80)
}

test('talks over nobody whom a person serves, and serves everybody else', async () => {
  const talks = readDeskTalks()
  const sessions = [...new Set(talks.map(({ ask }) => ask.session))]
  // Each conversation on a day of its own.
  const write = ({ ask, atMs }: TalkLine) => ({
    ...ask,
    now: new Date(MONDAY_MS + sessions.indexOf(ask.session) * DAY_MS + atMs).toISOString(),
  })
  expectGood(await judge(talks, write))
})

test('knows as well who talks to whom when everything is said in one second, and only what must be said is said', async () => {
  const all = readDeskTalks()
  const slow = new Set(all.filter(({ atMs }) => atMs > 5 * 60_000).map(({ ask }) => ask.session))
  const talks = all.filter(({ ask }) => !slow.has(ask.session))
  const write = ({ ask: { mentioned, ...ask } }: TalkLine) => ({
    ...ask,
    ...(ask.role !== 'staff' ? { mentioned } : {}),
    now: new Date(MONDAY_MS).toISOString(),
  })
  expectGood(await judge(talks, write))
})
