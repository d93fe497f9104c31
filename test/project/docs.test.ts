import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

function livingDocuments(): readonly string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  // Old ADRs and the changelog name files that were right then; only living documents must stay true.
  const living = docs.filter((path) => path.endsWith('.md') && !path.startsWith('adr'))
  return [
    'README.md',
    'README.zh-CN.md',
    'SECURITY.md',
    'SECURITY.zh-CN.md',
    ...living.map((path) => join('docs', path)),
  ]
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('every repository path named in a living document exists', () => {
  const missing = livingDocuments().flatMap((doc) =>
    [...read(doc).matchAll(/`((?:src|test|docs|intents|knowledge|scripts|bench|public)\/[\w./-]+)`/g)]
      .map((match) => match[1]!)
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `${doc} names ${path}`),
  )
  expect(missing).toEqual([])
})

test('every npm script named in a living document exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const missing = livingDocuments().flatMap((doc) =>
    [...read(doc).matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(start|test))\b/g)]
      .map((match) => match[1] ?? match[2]!)
      .filter((name) => !(name in scripts))
      .map((name) => `${doc} names npm run ${name}`),
  )
  expect(missing).toEqual([])
})

test('both READMEs show the same commands', () => {
  const commandsOf = (doc: string): readonly string[] =>
    [...read(doc).matchAll(/```(?:sh|bash)\n([\s\S]*?)```/g)].flatMap((match) =>
      match[1]!
        .split('\n')
        .map((line) => line.replace(/\s+#.*$/, '').trim())
        .filter(Boolean),
    )
  expect(commandsOf('README.zh-CN.md')).toEqual(commandsOf('README.md'))
})

test('every dependency earns its place in a line of the docs', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const reasons = read('docs/dependencies.md')
  expect(Object.keys(dependencies).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([])
})
