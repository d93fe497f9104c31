import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatProblem } from '../../src/errors.js'
import { describeKnowledge, readKnowledge } from '../../src/knowledge/read.js'

type Files = Readonly<Record<string, string>>

const filesOf = (files: Files): { file: string; text: string }[] =>
  Object.entries(files).map(([file, text]) => ({ file, text }))

const GUIDE =
  '---\nid: fasttest\n---\n# 上架\n\n开头\n\n## 1、填资料\n\n写名称。\n\n### 1.1 选类目\n\n看图。\n\n## 2、提交\n\n点右边的按钮。\n'
const GUIDES: Files = { 'knowledge/fasttest.md': GUIDE }
const INTENTS: Files = { 'intents/fill.yaml': 'section: 1\nutterances: [资料怎么填]' }

const read = (guides: Files, intents: Files) => readKnowledge({ guides: filesOf(guides), intents: filesOf(intents) })
const told = (guides: Files, intents: Files): readonly string[] => read(guides, intents).problems.map(formatProblem)

describe('intents meet sections', () => {
  test('a section has its author’s intent, or an automatic one', () => {
    const { content, problems } = read(GUIDES, INTENTS)
    expect(problems).toEqual([])
    expect(content.intents).toEqual([
      { id: 'fill', sectionKey: '1', title: '填资料', utterances: ['资料怎么填'], noticeMarks: [], automatic: false },
      {
        id: 'auto:0',
        sectionKey: '0',
        title: '上架',
        utterances: ['上架', '上架 上架'],
        noticeMarks: [],
        automatic: true,
      },
      {
        id: 'auto:1.1',
        sectionKey: '1.1',
        title: '选类目',
        utterances: ['选类目', '上架 选类目'],
        noticeMarks: [],
        automatic: true,
      },
      {
        id: 'auto:2',
        sectionKey: '2',
        title: '提交',
        utterances: ['提交', '上架 提交', '点右边的按钮'],
        noticeMarks: [],
        automatic: true,
      },
    ])
  })

  test('an automatic intent knows at most eight short sentences, no addresses and no pointers', () => {
    const steps = Array.from({ length: 12 }, (_, index) => `${index + 1}. 这是第${index}步要做的事`).join('\n')
    const { content } = read(
      {
        'knowledge/a.md': `# 题\n\n## 1、甲\n\n### 1.1 乙\n\n看 https://a.cn/x 好吗。${'太长'.repeat(30)}。好。\n\n${steps}`,
      },
      { 'intents/human.yaml': 'utterances: [转人工]' },
    )
    const intentOf = (key: string) => content.intents.find(({ sectionKey }) => sectionKey === key)
    expect(intentOf('1')?.utterances).toEqual(['甲', '题 甲'])
    expect(intentOf('1.1')?.utterances.slice(2)).toEqual(
      Array.from({ length: 8 }, (_, index) => `这是第${index}步要做的事`),
    )
  })

  test('a title of the author’s wins, and the intent that wants a person has no section', () => {
    const { content } = read(GUIDES, {
      'intents/a.yaml': 'section: 2\ntitle: 怎么提交\nutterances: [一句]\nnotice: [标记]',
      'intents/human.yaml': 'title: 找人\nutterances: [转人工]',
    })
    expect(content.intents[0]).toMatchObject({ title: '怎么提交', noticeMarks: ['标记'] })
    expect(content.intents[1]).toEqual({
      id: 'human',
      title: '找人',
      utterances: ['转人工'],
      noticeMarks: [],
      automatic: false,
    })
  })

  test('two intents may lead to one section', () => {
    const { content, problems } = read(GUIDES, {
      'intents/a.yaml': 'section: 2\nutterances: [一句话]',
      'intents/b.yaml': 'section: 2\nutterances: [另一句]',
    })
    expect(problems).toEqual([])
    expect(content.intents.filter(({ sectionKey }) => sectionKey === '2').map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('silence and concepts are passed on', () => {
    const { content } = read(GUIDES, {
      'intents/silence.yaml': 'plain:\n  general: [早上好]',
      'intents/concepts.yaml': 'concepts:\n  review: [审核]',
    })
    expect(content).toMatchObject({
      silence: [{ text: '早上好', kind: 'general', hard: false }],
      concepts: [{ id: 'review', words: ['审核'] }],
    })
    expect(Object.keys(content.silence[0]!)).toEqual(['text', 'kind', 'hard'])
  })
})

describe('several guides', () => {
  const PAY = '---\nid: pay\n---\n# 支付\n\n## 1、开通\n\n### 1.1 签约\n\n找银行。\n\n## 2、收款\n\n扫码。\n'

  test('keys of every guide but the main one carry its id', () => {
    const { content } = read(
      { 'knowledge/a/pay.md': PAY, ...GUIDES },
      { 'intents/p.yaml': 'guide: pay\nsection: 1.1\nutterances: [签约]' },
    )
    expect(content.guides.map(({ sections }) => sections.map(({ key }) => key))).toEqual([
      ['pay/1', 'pay/1.1', 'pay/2'],
      ['0', '1', '1.1', '2'],
    ])
    expect(content.intents[0]).toMatchObject({ id: 'p', sectionKey: 'pay/1.1', automatic: false })
    expect(content.guides[0]?.sections[0]?.parts).toEqual([{ lines: ['见 pay/1.1：签约'], pictures: [] }])
    expect(content.intents.filter(({ sectionKey }) => sectionKey === 'pay/1.1')).toHaveLength(1)
  })

  test('an intent may name a section with its guide, as it is shown everywhere', () => {
    const { content, problems } = read(
      { 'knowledge/pay.md': PAY, ...GUIDES },
      {
        'intents/p.yaml': 'section: "pay/1.1"\nutterances: [签约]',
        'intents/q.yaml': 'guide: pay\nsection: pay/2\nutterances: [收钱]',
      },
    )
    expect(problems).toEqual([])
    expect(content.intents.slice(0, 2)).toMatchObject([{ sectionKey: 'pay/1.1' }, { sectionKey: 'pay/2' }])
  })

  test('a section of another guide is told with the line to write', () => {
    const { problems } = read(
      { 'knowledge/pay.md': PAY, 'knowledge/fasttest.md': '---\nid: fasttest\n---\n## 1、甲\n\n一' },
      { 'intents/p.yaml': 'section: "2"\nutterances: [收钱]' },
    )
    expect(problems.map(formatProblem)).toEqual([
      'intents/p.yaml:1:10 指南 fasttest 里没有 2 这一节 → 是不是 "1"？（有 1）；指南 pay 里有，是它就加一行 guide: pay',
    ])
  })

  test('without fasttest the first by file name is the main one', () => {
    const { content } = read({ 'knowledge/z.md': '## 1、甲\n\n一', 'knowledge/b.md': PAY }, INTENTS)
    expect(content.guides.flatMap(({ sections }) => sections.map(({ key }) => key))).toEqual(['z/1', '1', '1.1', '2'])
  })

  test('a single guide keeps its keys, whatever it is called', () => {
    const { content } = read({ 'knowledge/pay.md': PAY }, INTENTS)
    expect(content.guides[0]?.sections.map(({ key }) => key)).toEqual(['1', '1.1', '2'])
  })

  test('intents of a guide that is not there wait, with one warning for all', () => {
    const { content, problems } = read(
      { 'knowledge/pay.md': PAY },
      { ...INTENTS, 'intents/b.yaml': 'section: 2\nutterances: [一句]', 'intents/human.yaml': 'utterances: [转人工]' },
    )
    expect(problems.map(formatProblem)).toEqual([
      'intents/fill.yaml:1:1 没有装入指南 fasttest，它的 2 个意图先不用 → 把 id 是 fasttest 的指南放进指南文件夹，或把 guide: 改成有的：pay',
    ])
    expect(problems[0]?.severity).toBe('warning')
    expect(content.intents.filter(({ automatic }) => !automatic).map(({ id }) => id)).toEqual(['human'])
  })
})

describe('what does not fit together', () => {
  test.each([
    ['no guides', {}, INTENTS, 'knowledge 指南文件夹里没有指南 → '],
    ['no intents', GUIDES, {}, 'intents 意图文件夹里没有意图 → '],
    [
      'a section that is not there',
      GUIDES,
      { 'intents/a.yaml': 'id: a\nsection: "1.2"\nutterances: [一]' },
      'intents/a.yaml:2:10 指南 fasttest 里没有 1.2 这一节 → 是不是 "1.1"？',
    ],
    [
      'two guides of one id',
      { ...GUIDES, 'knowledge/copy.md': GUIDE },
      INTENTS,
      'knowledge/copy.md:1:1 指南 id “fasttest”和 knowledge/fasttest.md 一样 → ',
    ],
    [
      'two intents of one id',
      GUIDES,
      { ...INTENTS, 'intents/b.yaml': 'id: fill\nsection: 2\nutterances: [一]' },
      'intents/b.yaml:1:1 意图 fill 在 intents/fill.yaml 里已经有了 → ',
    ],
    [
      'one sentence in two intents',
      GUIDES,
      { ...INTENTS, 'intents/b.yaml': 'section: 2\nutterances:\n  - 资料 怎么填？' },
      'intents/b.yaml:3:5 “资料 怎么填？”在 intents/fill.yaml:2 属于意图 fill → ',
    ],
  ])('%s is an error', (_what, guides, intents, complaint) => {
    const { problems } = read(guides as Files, intents as Files)
    expect(problems[0]).toMatchObject({ severity: 'error' })
    expect(told(guides as Files, intents as Files)[0]).toContain(complaint)
  })

  test.each([
    [
      'a sentence twice in an intent',
      GUIDES,
      { 'intents/a.yaml': 'section: 1\nutterances:\n  - 资料怎么填\n  - 资料怎么填？' },
      'intents/a.yaml:4:5 “资料怎么填？”在 intents/a.yaml:3 已经写过',
    ],
    [
      'two sentences nearly the same',
      GUIDES,
      { 'intents/a.yaml': 'section: 1\nutterances:\n  - 小程序的资料要怎么填才对\n  - 小程序的资料要怎么填才对呢' },
      'intents/a.yaml:4:5 “小程序的资料要怎么填才对呢”和第 3 行',
    ],
    [
      'a sentence to answer and to ignore',
      GUIDES,
      { ...INTENTS, 'intents/silence.yaml': 'hard:\n  a: [资料怎么填]' },
      'intents/silence.yaml:2:7 “资料怎么填”在 intents/fill.yaml:2 是要回答的',
    ],
    [
      'a reference to nowhere',
      { 'knowledge/fasttest.md': `${GUIDE}\n资质可看1.3` },
      INTENTS,
      'knowledge/fasttest.md:16:1 提到了 1.3，指南里没有这一节 → 是不是 1.1？',
    ],
    [
      'a reference in what comes next',
      { 'knowledge/fasttest.md': `${GUIDE}\n:::tip[下一步]\n接着填，看 9。\n:::` },
      INTENTS,
      'knowledge/fasttest.md:16:1 提到了 9，',
    ],
    [
      'a reply of more than three bubbles',
      { 'knowledge/fasttest.md': `${GUIDE}\n${'很长的说明。'.repeat(260)}` },
      INTENTS,
      'knowledge/fasttest.md:16:1 “提交”约 1',
    ],
  ])('%s is a warning', (_what, guides, intents, complaint) => {
    expect(read(guides as Files, intents as Files).problems).toMatchObject([{ severity: 'warning' }])
    expect(told(guides as Files, intents as Files)[0]).toContain(complaint)
  })

  test.each(['详情见 1.1。', '看 2 天再说，看3个例子', '可看1.1 和参考 2', '见 2023 年公告', '见 1-2 张图'])(
    '%s refers to nothing that is missing',
    (line) => {
      expect(told({ 'knowledge/fasttest.md': `${GUIDE}\n${line}` }, INTENTS)).toEqual([])
    },
  )

  test('different sentences of one intent are no repetition', () => {
    expect(
      told(GUIDES, { 'intents/a.yaml': 'section: 1\nutterances: [资料怎么填, 资料填什么, 名称怎么写, "[OK]", OK]' }),
    ).toEqual([])
  })

  test('errors come before warnings', () => {
    const { problems } = read(
      { 'knowledge/fasttest.md': `${GUIDE}\n资质可看1.3` },
      { 'intents/a.yaml': 'section: 7\nutterances: [一]', 'intents/b.yaml': 'nope' },
    )
    expect(problems.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning'])
  })

  test('a broken file does not hide the others', () => {
    const { content } = read(GUIDES, { 'intents/a.yaml': '{', ...INTENTS })
    expect(content.intents.some(({ id }) => id === 'fill')).toBe(true)
  })
})

describe('the overview for authors', () => {
  test('tells of every section what it has', () => {
    const guide = `---\nid: fasttest\nreview: { internal: 1, second: 7 }\ntimelines:\n  首次: 八天\n---\n# 上架\n\n## 1、填资料\n\n写名称。\n\n![](/i/a.png)\n\n:::info[需要的截图]\n- 一张\n:::\n\n:::note[时效]\n首次\n:::\n\n:::info[补充]\n事实\n来源：a\n核对：2026-11-23\n:::\n\n## 2、等结果\n\n等八天。\n\n:::note[时效]\n本节\n:::\n`
    const { content, problems } = read(
      { 'knowledge/fasttest.md': guide },
      { ...INTENTS, 'intents/human.yaml': 'utterances: [转人工]' },
    )
    expect(describeKnowledge(content, problems)).toEqual([
      '上架（fasttest，knowledge/fasttest.md）',
      '  1     填资料  1 句 · 图 1 张 · 有必交截图 · 有时效 · 补充 1 条',
      '  2     等结果  2 句（自动） · 讲时效',
      '',
      '不属于任何一节：human（human）  1 句',
      '',
      '指南 1 份、2 节；意图 2 个、说法 2 句；不接话的例子 0 句；同义词 0 组',
      '没有错误',
    ])
  })

  test('lists what is wrong and counts it', () => {
    const { content, problems } = read(
      { 'knowledge/fasttest.md': `${GUIDE}\n资质可看1.3` },
      { 'intents/a.yaml': 'section: 7\nutterances: [一]' },
    )
    const lines = describeKnowledge(content, problems)
    expect(lines).toContainEqual(expect.stringMatching(/^错误 intents\/a\.yaml:1:10 .* → /))
    expect(lines).toContainEqual(expect.stringMatching(/^提醒 knowledge\/fasttest\.md:16:1 .* → /))
    expect(lines.slice(-2)).toEqual(['错误 1 处，改好才能用', '提醒 1 处'])
  })
})

test('a problem of a whole file is told without a line', () => {
  const problem = { severity: 'error', file: 'a.md', line: 0, column: 0, message: '坏了', remedy: '' } as const
  expect(formatProblem(problem)).toBe('a.md 坏了')
  expect(formatProblem({ ...problem, line: 3, remedy: '修好' })).toBe('a.md:3:1 坏了 → 修好')
})

test('the example of a second guide in the documentation reads as it says', () => {
  const doc = readFileSync(join(import.meta.dirname, '../../docs/authoring.md'), 'utf8')
  const [, guide, intent] = /第二份指南.*?```markdown\n(.*?)```.*?```yaml\n(.*?)```/s.exec(doc)!
  const { content, problems } = read(
    { 'knowledge/fasttest.md': '---\nid: fasttest\n---\n## 1、甲\n\n一', 'knowledge/invoice.md': guide! },
    { 'intents/invoice-title.yaml': intent! },
  )
  expect(problems).toEqual([])
  expect(content.intents[0]).toMatchObject({ id: 'invoice-title', sectionKey: 'invoice/2' })
  expect(content.answers).toMatchObject([{ sectionKey: 'invoice/2', lines: ['三天内发到邮箱。'] }])
})

test.each(['README.md', 'README.zh-CN.md'])('the guide shown in %s reads as it says', (name) => {
  const [, guide] = /```markdown\n(.*?)```/s.exec(readFileSync(join(import.meta.dirname, '../..', name), 'utf8'))!
  const { content, problems } = read(
    {
      'knowledge/fasttest.md': '---\nid: fasttest\n---\n## 1、甲\n\n一',
      'knowledge/invoice.md': guide!,
    },
    { 'intents/a.yaml': 'id: a\nsection: "1"\nutterances: [甲怎么办, 甲怎么弄, 甲在哪, 甲是啥]\n' },
  )
  expect(problems).toEqual([])
  expect(content.answers).toMatchObject([{ sectionKey: 'invoice/1', lines: ['两个工作日，发到申请时填的邮箱。'] }])
})
