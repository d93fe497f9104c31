import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

/** Which neighbours each folder may import; `errors` is `src/errors.ts`. A new folder needs a row here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  understand: ['model', 'errors'],
  decide: ['model'],
  reply: ['model'],
  send: ['model', 'errors'],
  knowledge: ['model', 'errors', 'understand'],
  identity: ['model'],
  tickets: ['model', 'errors'],
  reminders: ['model'],
  learning: ['model', 'errors', 'understand', 'decide'],
  evaluate: ['model', 'decide', 'understand', 'knowledge'],
  releases: ['model', 'errors', 'knowledge', 'evaluate'],
  desk: ['model', 'decide', 'understand', 'reply', 'send', 'tickets', 'admin'],
  admin: ['model', 'errors', 'knowledge', 'tickets'],
  adapters: ['model', 'errors'],
}
/** Entry points join parts and own the process; they are no folder of the journey. */
const ENTRY_FOLDERS = new Set(['cli', 'process'])
/** Only adapters, entry points and the files directly in src/ may reach the outside world. */
const OUTSIDE_PACKAGE = /^(node:(fs|http|net|readline|child_process|os)|wechaty|lowdb|pino$|hono|@hono)/
const HIDDEN_INPUT = /Date\.now\(|new Date\(\)|Math\.random\(|process\./
const DRAWER = /\b(utils?|helpers?|common|misc|manager|service|base|handlers?|impls?|data|info)\b/i
const MAX_LINES = 250

interface SourceFile {
  readonly path: string
  readonly folder: string
  readonly text: string
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path.includes(sep))
  .map((path) => ({ path, folder: path.split(sep)[0]!, text: readFileSync(join(SRC, path), 'utf8') }))

const journey = files.filter(({ folder }) => !ENTRY_FOLDERS.has(folder))

const importsOf = ({ text }: SourceFile): readonly string[] =>
  [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1]!)

/** The first path segment below src/ that a relative import points at, without its extension. */
function neighbourOf({ path }: SourceFile, specifier: string): string {
  const target = relative(SRC, join(dirname(join(SRC, path)), specifier))
  return target.split(sep)[0]!.replace(/\.js$/, '')
}

test('every folder imports only its allowed neighbours', () => {
  const violations = journey.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => neighbourOf(file, specifier))
      .filter((neighbour) => neighbour !== file.folder && !MAY_IMPORT[file.folder]?.includes(neighbour))
      .map((neighbour) => `${file.path} must not import ${neighbour}`),
  )
  expect(violations).toEqual([])
})

test('only adapters see files, sockets, libraries with side effects, the clock or the environment', () => {
  const inside = journey.filter(({ folder }) => folder !== 'adapters')
  const byImport = inside.flatMap((file) =>
    importsOf(file)
      .filter((name) => OUTSIDE_PACKAGE.test(name))
      .map((name) => `${file.path} imports ${name}`),
  )
  const byCall = inside.filter(({ text }) => HIDDEN_INPUT.test(text)).map(({ path }) => `${path} reads a hidden input`)
  expect([...byImport, ...byCall]).toEqual([])
})

test('no file is a drawer, and none is too long', () => {
  const drawers = files.filter(({ path }) => DRAWER.test(path))
  const tooLong = files.filter(({ text }) => text.split('\n').length > MAX_LINES)
  expect([...drawers, ...tooLong].map(({ path }) => path)).toEqual([])
})

test('Chinese that people read stands in phrases, not between the lines of code', () => {
  const spoken = /['`][^'`\n]*[\p{Script=Han}]{4,}[^'`\n]*[。！？…][^'`\n]*['`]/u
  const offenders = journey
    .filter(
      ({ folder, path }) =>
        ['decide', 'learning', 'send', 'tickets', 'model'].includes(folder) && !path.includes('phrases'),
    )
    .filter(({ text }) => spoken.test(text))
  expect(offenders.map(({ path }) => path)).toEqual([])
})
