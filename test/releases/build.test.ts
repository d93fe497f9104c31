import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
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
      // A small disk: only the newest few are kept.
      const outcome = await new KnowledgeBuilder(cacheDir, 0).build(await folder.read())
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
  expect(built.model?.subjects.weights.steps).toBeInstanceOf(Int8Array)
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

describe('an edit of a few sentences among many', () => {
  const answers = (asks: string, line = '要盖公章。'): string =>
    `---\nsection: "1"\n---\n\n问：${asks}\n答：${line}\n编号：stamp\n\n问：说明多少字 / 说明写多长 / 字数有要求吗 / 写几句话\n答：一两句。\n编号：length\n`
  const ASKS = '说明盖章吗 / 要不要盖公章 / 盖哪个章 / 章盖在哪'

  async function many() {
    const small = new SmallKnowledge(tempFolder())
    const lines = Array.from({ length: 400 }, (_, index) => `    - 闲聊第${index}句话\n`)
    small.write('intents/silence.yaml', `plain:\n  general:\n${lines.join('')}`)
    small.write('knowledge/answers/fill.md', answers(ASKS))
    const folder = new KnowledgeFolder({
      ...{ knowledgeDir: small.path('knowledge'), intentsDir: small.path('intents') },
    })
    const builder = new KnowledgeBuilder(small.path('data/cache'))
    const build = async (quick = true): Promise<BuiltKnowledge> => {
      const outcome = await builder.build(await folder.read(), { quick })
      if (outcome.status === 'broken') throw new Error(JSON.stringify(outcome.problems))
      return outcome.built
    }
    return { small, build, first: await build() }
  }

  const firstOf = (built: BuiltKnowledge, text: string) => buildSnapshot(built).matcher.match(text).answers?.[0]

  test('trains nothing for the lines of an answer', async () => {
    const { small, build, first } = await many()
    small.write('knowledge/answers/fill.md', answers(ASKS, '盖公章，不盖合同章。'))
    const second = await build()
    expect(second).toMatchObject({ behind: 0, trainingKey: first.trainingKey })
    expect(second.model).toEqual(first.model)
    expect(firstOf(second, '要不要盖公章')?.answer.lines).toEqual(['盖公章，不盖合同章。'])
  })

  test('understands a new way of asking at once, and learns it from the subjects later', async () => {
    const { small, build, first } = await many()
    small.write('knowledge/answers/fill.md', answers(`${ASKS} / 红戳子咋整`))
    const quick = await build()
    expect(quick.behind).toBe(1)
    expect(quick.model?.subjects).toEqual(first.model?.subjects)
    expect(quick.model?.answers).not.toEqual(first.model?.answers)
    expect(firstOf(quick, '红戳子咋整')).toMatchObject({ wordForWord: true, answer: { id: 'stamp' } })
    const whole = await build(false)
    expect(whole).toMatchObject({ behind: 0, textsKey: quick.textsKey })
    expect(whole.model?.subjects).not.toEqual(first.model?.subjects)
    expect((await build()).behind).toBe(0)
  })

  test('trains all of it where many sentences are others', async () => {
    const { small, build } = await many()
    small.write('intents/silence.yaml', 'plain:\n  general:\n    - 早上好\n')
    expect((await build()).behind).toBe(0)
  })
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
