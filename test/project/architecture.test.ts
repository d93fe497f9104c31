import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

/** Which rooms each room may import; a file directly in `src/` is a room of its own name. A new room needs a row here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  errors: ['model'],
  model: ['base'],
  nlu: ['base', 'model', 'errors'],
  dialogue: ['base', 'model', 'nlu'],
  reply: ['base', 'model'],
  outbox: ['base', 'model', 'errors'],
  knowledge: ['base', 'model', 'errors', 'nlu'],
  evaluate: ['base', 'model', 'nlu', 'dialogue', 'reply', 'knowledge'],
  releases: ['base', 'model', 'errors', 'nlu', 'knowledge', 'evaluate', 'store', 'config'],
  tickets: ['base', 'model', 'errors', 'nlu', 'dialogue', 'reply', 'outbox'],
  commands: ['base', 'model', 'errors', 'nlu', 'knowledge', 'tickets'],
  learning: ['base', 'model', 'errors', 'nlu', 'dialogue', 'knowledge', 'commands', 'store'],
  channel: ['base', 'model', 'errors', 'knowledge', 'store'],
  store: ['base', 'model', 'errors'],
  vision: ['base', 'model'],
  opinion: ['base', 'model'],
  web: ['base', 'model', 'errors', 'channel', 'knowledge', 'evaluate', 'releases'],
  ops: ['base', 'model', 'errors'],
  config: ['base', 'errors', 'knowledge', 'opinion', 'tickets'],
}
/** What starts the bot, joins its rooms or puts questions to it from outside: it may import all. */
const JOINS = new Set(['main', 'bot', 'create-bot', 'handle-message', 'open-channel', 'cli'])
/** Rooms that reach the outside world: files, sockets, WeChat, the clock, the environment. */
const REACHES_OUT = new Set(['channel', 'store', 'web', 'ops', 'config', 'releases', 'vision', 'opinion'])
/** The same for single files, each behind a port of `model/`. */
const FILES_BEHIND_PORTS = new Set([
  'knowledge/files.ts',
  'knowledge/pictures.ts',
  'learning/files.ts',
  'tickets/working-time.ts',
])
const OUTSIDE_PACKAGE = /^(node:(fs|http|net|readline|child_process|os)|wechaty|lowdb|pg$|pino$|hono|@hono)/
const HIDDEN_INPUT = /Date\.now\(|new Date\(\)|Math\.random\(|process\./
const DRAWER = /\b(utils?|helpers?|common|misc)\b/i
const MAX_LINES = 600
/** A newcomer finds a thing with one guess where files are few and each is one idea. */
const HOUSE = { maxFiles: 165, minMedianLines: 250, maxInRoot: 7, maxCrumbs: 3 }
const CRUMB_LINES = 60

interface SourceFile {
  readonly path: string
  readonly room: string
  readonly text: string
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path,
    room: path.split(sep)[0]!.replace(/\.ts$/, ''),
    text: readFileSync(join(SRC, path), 'utf8'),
  }))

const rooms = files.filter(({ room }) => !JOINS.has(room))

const importsOf = ({ text }: SourceFile): readonly string[] =>
  [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1]!)

/** The first path segment below src/ that a relative import points at, without its extension. */
function neighbourOf({ path }: SourceFile, specifier: string): string {
  const target = relative(SRC, join(dirname(join(SRC, path)), specifier))
  return target.split(sep)[0]!.replace(/\.js$/, '')
}

test('every room imports only its allowed neighbours', () => {
  const violations = rooms.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => neighbourOf(file, specifier))
      .filter((neighbour) => neighbour !== file.room && !MAY_IMPORT[file.room]?.includes(neighbour))
      .map((neighbour) => `${file.path} must not import ${neighbour}`),
  )
  expect(violations).toEqual([])
})

test('only rooms at the edge see files, sockets, libraries with side effects, the clock or the environment', () => {
  const inside = rooms.filter(({ path, room }) => !REACHES_OUT.has(room) && !FILES_BEHIND_PORTS.has(path))
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
  const tooLong = files.filter(({ text }) => text.trimEnd().split('\n').length > MAX_LINES)
  expect([...drawers, ...tooLong].map(({ path }) => path)).toEqual([])
})

test('files are few, none is a crumb of its only neighbour, and the root is small', () => {
  const sizes = files.map(({ text }) => text.trimEnd().split('\n').length).toSorted((a, b) => a - b)
  const importers = new Map<string, number>()
  for (const file of files) {
    const targets = importsOf(file).filter((name) => name.startsWith('.'))
    for (const name of new Set(targets.map((target) => join(dirname(file.path), target).replace(/\.js$/, '.ts'))))
      importers.set(name, (importers.get(name) ?? 0) + 1)
  }
  const crumbs = files.filter(
    ({ path, text }) => importers.get(path) === 1 && text.trimEnd().split('\n').length < CRUMB_LINES,
  )
  const house = {
    files: files.length,
    medianLines: sizes[sizes.length >> 1]!,
    inRoot: files.filter(({ path }) => !path.includes(sep)).length,
    crumbs: crumbs.map(({ path }) => path),
  }
  const fits =
    house.files <= HOUSE.maxFiles &&
    house.medianLines >= HOUSE.minMedianLines &&
    house.inRoot <= HOUSE.maxInRoot &&
    house.crumbs.length <= HOUSE.maxCrumbs
  expect(fits, JSON.stringify(house)).toBe(true)
})

test('no file waits for itself: what is imported at run time goes one way', () => {
  const needs = new Map(files.map((file) => [file.path, neededBy(file)]))
  const circles: string[] = []
  const walked = new Set<string>()
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (walked.has(path)) return
    walked.add(path)
    for (const next of needs.get(path) ?? []) walk(next, [...way, path])
  }
  for (const { path } of files) walk(path, [])
  expect(circles).toEqual([])
})

/** Files that are loaded with it: types leave no trace, and `await import` comes later. */
const neededBy = ({ path, text }: SourceFile): readonly string[] =>
  [...text.matchAll(/^import (?!type )(?:(?<names>[^']*?) from )?'(?<from>\.[^']+)'/gm)]
    .map(({ groups }) => groups as { readonly names?: string; readonly from: string })
    .filter(({ names = 'all' }) => /(?<!type )\b(?!type\b)\w+/.test(names))
    .map(({ from }) => join(dirname(path), from).replace(/\.js$/, '.ts'))

test('Chinese that people read stands in phrases, not between the lines of code', () => {
  const spoken = /['`][^'`\n]*[\p{Script=Han}]{4,}[^'`\n]*[。！？…][^'`\n]*['`]/u
  const offenders = rooms
    .filter(
      ({ room, path }) =>
        ['dialogue', 'learning', 'outbox', 'tickets', 'model'].includes(room) &&
        !path.includes('phrases') &&
        path !== 'learning/files.ts',
    )
    .filter(({ text }) => spoken.test(text))
  expect(offenders.map(({ path }) => path)).toEqual([])
})
