import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KnowledgeError } from '../../src/errors.js'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { readKnowledge } from '../../src/knowledge/read.js'
import { LearnedFolder } from '../../src/learning/files.js'
import { sameSentence } from '../../src/learning/teach.js'
import type { TeachingTarget } from '../../src/model/stores.js'
import { tempFolder } from '../support/temp-folder.js'

const section = (ownKey: string, intentId: string): TeachingTarget => ({
  kind: 'section',
  key: ownKey,
  ...{ guideId: 'fasttest', ownKey, intentId, title: '标题' },
})
const STATEMENT = section('2', 'statement')
const CATEGORY = section('1', 'category')
const SILENCE: TeachingTarget = { kind: 'silence' }

function authorsAndLearned() {
  const root = tempFolder()
  for (const name of ['knowledge', 'intents']) mkdirSync(join(root, name))
  writeFileSync(
    join(root, 'knowledge', 'fasttest.md'),
    '## 1. 类目\n\n选类目。\n\n## 2. 声明\n\n填声明。\n\n## 3. 图标\n\n传图标。\n',
  )
  writeFileSync(join(root, 'intents', 'category.yaml'), 'id: category\nsection: "1"\nutterances: [类目怎么选]\n')
  writeFileSync(join(root, 'intents', 'statement.yaml'), 'id: statement\nsection: "2"\nutterances: [声明怎么填]\n')
  const dir = join(root, 'learned')
  const learned = new LearnedFolder(dir)
  const paths = { knowledgeDir: join(root, 'knowledge'), intentsDir: join(root, 'intents'), learnedDir: dir }
  return {
    dir,
    learned,
    teach: (target: TeachingTarget, ...sentences: string[]) =>
      learned.teach(target, sentences, sameSentence(sentences)),
    knowledge: async () => readKnowledge(await new KnowledgeFolder(paths).read()),
    file: (name: string) => readFileSync(join(dir, name), 'utf8'),
  }
}

const learnedOf = ({ intents }: Awaited<ReturnType<ReturnType<typeof authorsAndLearned>['knowledge']>>['content']) =>
  Object.fromEntries(intents.flatMap(({ id, learned }) => (learned ? [[id, learned]] : [])))

test('keeps what is taught in the format of the intents, and it is read with them', async () => {
  const { teach, knowledge, dir, file } = authorsAndLearned()
  await teach(STATEMENT, '黑框框打几个勾', '"4.1": 那个 # 怎么填 - 急')
  await teach({ kind: 'human' }, '合同的尾款什么时候打')
  await teach(SILENCE, '类目我们自己开会定')
  const { content, problems } = await knowledge()
  expect(problems.filter(({ file: name }) => name.includes('learned'))).toEqual([])
  expect(learnedOf(content)).toEqual({
    statement: ['黑框框打几个勾', '"4.1": 那个 # 怎么填 - 急'],
    human: ['合同的尾款什么时候打'],
  })
  expect(content.silence).toEqual([{ text: '类目我们自己开会定', kind: 'taught', hard: true, learned: true }])
  expect(file('statement.yaml')).toMatch(/^# .*可以改/)
  expect(readdirSync(dir).sort()).toEqual(['human.yaml', 'silence.yaml', 'statement.yaml'])
  expect(statSync(join(dir, 'human.yaml')).mode & 0o077).toBe(0)
})

test('moves a sentence that is taught anew, and takes it all back when asked to', async () => {
  const { teach, knowledge, file, dir } = authorsAndLearned()
  await teach(STATEMENT, '黑框框打几个勾', '那个勾勾怎么选')
  await teach(SILENCE, '黑框框是什么鬼东西')
  const undo = await teach(CATEGORY, '黑框框，打几个勾？', '黑框框是什么鬼东西')
  expect(learnedOf((await knowledge()).content)).toEqual({
    statement: ['那个勾勾怎么选'],
    category: ['黑框框，打几个勾？', '黑框框是什么鬼东西'],
  })
  expect(existsSync(join(dir, 'silence.yaml'))).toBe(false)
  await undo()
  expect(learnedOf((await knowledge()).content)).toEqual({ statement: ['黑框框打几个勾', '那个勾勾怎么选'] })
  expect(file('silence.yaml')).toContain('黑框框是什么鬼东西')
  expect(existsSync(join(dir, 'category.yaml'))).toBe(false)
})

test('leaves people’s edits and remarks as they are', async () => {
  const { teach, file, dir } = authorsAndLearned()
  mkdirSync(dir)
  const edited = '# 小张加的\nid: statement\nsection: "2"\nutterances:\n  - 黑框框打几个勾 # 原话\n'
  writeFileSync(join(dir, 'statement.yaml'), edited)
  await teach(STATEMENT, '那个勾勾怎么选')
  expect(file('statement.yaml')).toBe(`${edited}  - 那个勾勾怎么选\n`)
})

test.each([
  ['broken YAML', 'utterances:\n  - "没有结束\n'],
  ['a list', '- a\n- b\n'],
])('refuses to write to a file with %s, with its place', async (_what, text) => {
  const { teach, file, dir } = authorsAndLearned()
  mkdirSync(dir)
  writeFileSync(join(dir, 'statement.yaml'), text)
  const refused = await teach(STATEMENT, '黑框框打几个勾').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(KnowledgeError)
  expect((refused as KnowledgeError).problems[0]).toMatchObject({
    line: expect.any(Number),
    file: expect.stringContaining('statement.yaml'),
  })
  expect(file('statement.yaml')).toBe(text)
  // Somebody else's slip keeps nobody from teaching elsewhere.
  await teach(CATEGORY, '黑框框打几个勾')
  expect(file('category.yaml')).toContain('黑框框打几个勾')
})

test.each(['../../etc/passwd', '..', 'a/b', 'silence', 'held-out', '.hidden', 'auto:payment/2'])(
  'stays in its folder for the intent id %j, and under a name that is read',
  async (intentId) => {
    const { teach, knowledge, dir } = authorsAndLearned()
    await teach({ ...STATEMENT, intentId } as TeachingTarget, '黑框框打几个勾')
    expect(readdirSync(dir)).toEqual([expect.stringMatching(/^[^./][^/]*\.yaml$/)])
    expect(learnedOf((await knowledge()).content)).toEqual({ statement: ['黑框框打几个勾'] })
  },
)

test('makes accepted answers a guide of their own, whatever stands in them', async () => {
  const { learned, knowledge, file } = authorsAndLearned()
  const lines = ['1. 先打开后台', '2. 点“更多”', '# 不是标题', '<script>alert(1)</script> {x}', '::: 也不是方框']
  const { sectionKey } = await learned.addAnswer({ number: 12, question: '印刷的码 [要] 多大', lines })
  await learned.addAnswer({ number: 15, question: '怎么关联公众号', lines: ['在公众号后台添加。'] })
  expect(sectionKey).toBe('qa/12')
  const { content, problems } = await knowledge()
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const sections = content.guides.find(({ id }) => id === 'qa')!.sections
  expect(sections.map(({ key }) => key)).toEqual(['qa/12', 'qa/15'])
  const told = sections[0]!.parts.flatMap((part) => part.lines).join('\n')
  for (const words of ['先打开后台', '不是标题', 'alert(1)', '也不是方框']) expect(told).toContain(words)
  // The keys of the authors' own guide stay as they are.
  expect(content.guides[0]!.sections.map(({ key }) => key)).toEqual(['1', '2', '3'])
  expect(learnedOf(content)).toMatchObject({ 'auto:qa/12': ['印刷的码 [要] 多大'] })
  expect(file('knowledge/qa.md')).toContain('## 15. 怎么关联公众号')
})
