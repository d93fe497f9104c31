import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROWS } from '../../src/commands/table.js'
import { commandsTable, describeCommand, exampleOf, parseCommand, suggestOrder } from '../../src/commands/take.js'

const DOCS = join(import.meta.dirname, '../../docs/admin.md')
const MARKS = /(<!-- commands:.*-->\n\n)[\s\S]*(<!-- \/commands -->)/

test('the table of docs/admin.md is that of the code', async () => {
  const docs = readFileSync(DOCS, 'utf8')
  expect(docs).toMatch(MARKS)
  await expect(docs.replace(MARKS, (_, begin, end) => `${begin}${commandsTable()}\n\n${end}`)).toMatchFileSnapshot(DOCS)
})

test.each(ROWS)('%s is read as its own row writes it, by people and in the audit log', (kind, row) => {
  for (const text of (row.usage ?? row.verb).split('｜')) {
    const command = parseCommand(text.replace('群名', '售后群'), { strict: true })
    expect(command).toMatchObject({ kind })
    if (!row.needs) expect(parseCommand(describeCommand(command!))).toEqual(command)
  }
  if (row.slips?.length !== 0) expect(parseCommand(exampleOf(kind))).toMatchObject({ kind })
})

test.each(ROWS.filter(([, { needs }]) => needs))('%s names what it needs, and its example has it', (_, { needs }) => {
  const command = parseCommand(needs!.example) as Readonly<Record<string, unknown>> | undefined
  for (const name of needs!.args) expect(command?.[name]).toBeTruthy()
})

test.each(ROWS.flatMap(([kind, { slips, verb }]) => (slips ?? [verb]).map((word) => [word, kind] as const)))(
  'a slip in %s leads to %s',
  (word, kind) => {
    const head = /^[a-z]/.test(word) ? `${word.slice(0, -2)}${word.at(-1)}${word.at(-2)}` : word
    expect(suggestOrder(head)).toMatchObject({ kind })
  },
)
