import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { type BuiltKnowledge, buildSnapshot, KnowledgeBuilder } from '../../src/releases/build.js'
import { SmallKnowledge } from '../support/reloads/small-knowledge.js'
import { tempFolder } from '../support/temp-folder.js'

function setUp() {
  const small = new SmallKnowledge(tempFolder())
  const cacheDir = small.path('data/cache')
  const folder = new KnowledgeFolder({
    ...{ knowledgeDir: small.path('knowledge'), intentsDir: small.path('intents') },
    learnedDir: small.path('data/learned'),
  })
  return {
    small,
    kept: (): readonly string[] => readdirSync(cacheDir).map((name) => join(cacheDir, name)),
    /** As a process that has just started. */
    async build(): Promise<BuiltKnowledge> {
      const outcome = await new KnowledgeBuilder(cacheDir).build(await folder.read())
      if (outcome.status === 'broken') throw new Error(JSON.stringify(outcome.problems))
      return outcome.built
    },
    again: (key: string) => new KnowledgeBuilder(cacheDir).kept(key),
  }
}

/** As the cache writes it. */
function sealed(built: BuiltKnowledge): Buffer {
  const body = serialize(built)
  return Buffer.concat([createHash('sha256').update(body).digest(), body])
}

test('gives back from the cache what was built', async () => {
  const { build, again, kept } = setUp()
  const built = await build()
  const [before, after] = [built, (await again(built.textsKey))!]
  expect(after).toEqual(before)
  const match = (one: BuiltKnowledge) => buildSnapshot(one).matcher.match('那个说明怎么填写')
  expect(match(after)).toEqual(match(before))
  expect(kept()).toHaveLength(1)
})

test('is plain: another thread and a file get all of it', async () => {
  const built = await setUp().build()
  expect(structuredClone(built)).toEqual(built)
  expect(deserialize(serialize(built))).toEqual(built)
  expect(built.model?.subjects.weights).toBeInstanceOf(Float32Array)
})

test.each([
  ['nothing', (_: Buffer) => Buffer.alloc(0)],
  ['half of it', (kept: Buffer) => kept.subarray(0, kept.length / 2)],
  ['one bit that fell over', (kept: Buffer) => kept.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte))],
  ['another file', (_: Buffer) => Buffer.from('x'.repeat(10_000))],
])('does not trust %s, and builds it anew', async (_what, damage) => {
  const { build, again, kept } = setUp()
  const built = await build()
  const [path] = kept()
  writeFileSync(path!, damage(readFileSync(path!)))
  expect(await again(built.textsKey)).toBeUndefined()
  expect(await build()).toEqual(built)
  expect(await again(built.textsKey)).toEqual(built)
})

test('does not train again where only a guide has changed', async () => {
  const { small, build, kept } = setUp()
  const first = await build()
  // What is found in the cache must have come from there.
  const [path] = kept()
  const { subjects } = first.model!
  const bias = subjects.bias.map((value) => value + 1)
  const marked = { ...first, model: { ...first.model!, subjects: { ...subjects, bias } } }
  writeFileSync(path!, sealed(marked))
  small.edit('knowledge/guide.md', '八天', '九天')
  const second = await build()
  expect(second.textsKey).not.toBe(first.textsKey)
  expect(second.model?.subjects.bias).toEqual(marked.model.subjects.bias)
  small.edit('intents/days.yaml', '  - 等几天', '  - 等几天啊')
  expect((await build()).trainingKey).not.toBe(first.trainingKey)
})

test('does not use what other code has built', async () => {
  const { build, again, kept } = setUp()
  const built = await build()
  writeFileSync(kept()[0]!, sealed({ ...built, codeKey: 'other' }))
  expect(await again(built.textsKey)).toBeUndefined()
})

test('forgets the oldest', async () => {
  const { small, build, kept } = setUp()
  for (let round = 0; round < 9; round++) {
    small.edit('knowledge/guide.md', /要等.*。/.exec(small.read('knowledge/guide.md'))![0], `要等 ${round} 天。`)
    await build()
  }
  expect(kept()).toHaveLength(6)
})
