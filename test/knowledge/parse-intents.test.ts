import { describe, expect, test } from 'vitest'
import { formatProblem } from '../../src/errors.js'
import { parseIntents } from '../../src/knowledge/intents.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { randomFrom } from '../support/random-picks.js'

const complaintsAbout = (text: string, name = 'a.yaml'): readonly string[] =>
  parseIntents({ file: `intents/${name}`, text }).problems.map(formatProblem)

/** An otherwise faultless intent file with these lines for utterances; the first of them is line 3. */
const withUtterances = (lines: string): string => `id: a\nsection: "1"\n${lines}`

describe('an intent file', () => {
  test('holds id, section, title, utterances and notice marks, each with its place', () => {
    const text =
      '# 意图\nid: ugc\nguide: pay\nsection: "4.1"\ntitle: 怎么填\nutterances:\n  - 第一句\n  - 第二句\nnotice: [标记]\n'
    expect(parseIntents({ file: 'intents/ugc.yaml', text })).toEqual({
      content: {
        kind: 'intent',
        intent: {
          file: 'intents/ugc.yaml',
          id: 'ugc',
          guideId: 'pay',
          section: { text: '4.1', file: 'intents/ugc.yaml', line: 4, column: 10 },
          title: '怎么填',
          utterances: [
            { text: '第一句', file: 'intents/ugc.yaml', line: 7, column: 5 },
            { text: '第二句', file: 'intents/ugc.yaml', line: 8, column: 5 },
          ],
          noticeMarks: ['标记'],
        },
      },
      problems: [],
    })
  })

  test('needs no id, guide, title or marks', () => {
    const { content } = parseIntents({ file: 'intents/deep/ugc.yml', text: 'section: 4.1\nutterances: [一]' })
    expect(content).toMatchObject({ kind: 'intent', intent: { id: 'ugc', guideId: 'fasttest', noticeMarks: [] } })
    expect(content).not.toHaveProperty('intent.title')
  })

  test.each([
    ['4.10', '4.10'],
    ['1', '1'],
    ['"4.10"', '4.10'],
    ['A1.2', 'A1.2'],
    ['012', '012'],
    ['常见问题', '常见问题'],
  ])('keeps section %s as it is written', (written, section) => {
    const { content } = parseIntents({ file: 'a.yaml', text: `section: ${written}\nutterances: [一]` })
    expect(content).toMatchObject({ intent: { section: { text: section } } })
  })

  test('keeps utterances that look like something else', () => {
    const { content } = parseIntents({
      file: 'a.yaml',
      text: withUtterances('utterances: [111222, true, null, 4.10, "a: b", yes]'),
    })
    expect(content).toMatchObject({
      intent: { utterances: ['111222', 'true', 'null', '4.10', 'a: b', 'yes'].map((text) => ({ text })) },
    })
  })

  test('survives a BOM and CRLF', () => {
    const text = `\uFEFF${withUtterances('utterances:\n  - 一句\n')}`.replaceAll('\n', '\r\n')
    expect(parseIntents({ file: 'a.yaml', text })).toMatchObject({
      content: { intent: { utterances: [{ text: '一句', line: 4 }] } },
      problems: [],
    })
  })

  test('may lack a section only when it wants a person', () => {
    expect(parseIntents({ file: 'intents/human.yaml', text: 'utterances: [转人工]' }).content.kind).toBe('intent')
    expect(complaintsAbout('id: a\nutterances: [一]')).toEqual([expect.stringContaining('没有写对应哪一节')])
  })
})

describe('what is wrong is told with its place and what would be right', () => {
  test.each([
    ['a mistyped key', 'id: a\nsecton: "1"\nutterances: [一]', 'intents/a.yaml:2:1 不认识“secton” → 是不是“section”？'],
    ['an unknown key', withUtterances('utterances: [一]\nxyz: 1'), 'intents/a.yaml:4:1 不认识“xyz” → 可以写：“id”'],
    ['a key twice', 'id: a\nid: b\nsection: "1"\nutterances: [一]', 'intents/a.yaml:2:1 同一个名字写了两次'],
    ['a full-width colon', 'id：a\nsection: "1"\nutterances: [一]', 'intents/a.yaml:1:3 冒号是全角的 → 写成“id: ”'],
    ['a full-width colon further down', withUtterances('utterances：\n  - 一'), 'intents/a.yaml:3:11 冒号是全角的'],
    ['a full-width comma', withUtterances('utterances: [一，二]'), 'intents/a.yaml:3:14 方括号里用了全角逗号'],
    ['a tab', withUtterances('utterances:\n\t- 一'), 'intents/a.yaml:4:1 缩进用了 Tab → 换成空格'],
    [
      'a sentence with a colon',
      withUtterances('utterances:\n  - 提审: 怎么办'),
      'intents/a.yaml:4:5 这一条应该是一句话 → ',
    ],
    ['a title with a colon', withUtterances('title: 甲: 乙\nutterances: [一]'), 'intents/a.yaml:3:8 一行里有两个“: ”'],
    ['a sentence that begins with a star', withUtterances('utterances:\n  - *重点*'), 'intents/a.yaml:4:5 开头的 * '],
    [
      'a sentence that begins with an ampersand',
      withUtterances('utterances:\n  - &a 一'),
      'intents/a.yaml:4:8 开头的 & ',
    ],
    [
      'a sentence that begins with an at sign',
      withUtterances('utterances:\n  - @机器人'),
      'intents/a.yaml:4:5 这个符号不能开头',
    ],
    ['an empty sentence', withUtterances('utterances:\n  - 一\n  -\n'), 'intents/a.yaml:5:4 这一条是空的'],
    ['no sentences', withUtterances('utterances: []'), 'intents/a.yaml:3:13 “utterances”是空的 → 至少写一条'],
    ['nothing behind the key', withUtterances('utterances:'), 'intents/a.yaml:3:12 “utterances”是空的 → 写成列表'],
    ['a sentence for a list', withUtterances('utterances: 一'), 'intents/a.yaml:3:13 “utterances”应该是列表'],
    ['no utterances at all', withUtterances('title: 甲'), 'intents/a.yaml:1:1 缺少“utterances”'],
    ['an empty section', 'id: a\nsection:\nutterances: [一]', 'intents/a.yaml:2:9 “section”是空的'],
    ['a list for a section', 'id: a\nsection: [1]\nutterances: [一]', 'intents/a.yaml:2:10 “section”应该是一句话'],
    ['an open bracket', withUtterances('utterances: [一'), 'intents/a.yaml:3:15 缩进没有对齐，或括号没有结束'],
    ['an open quote', withUtterances('utterances:\n  - "一\n'), 'intents/a.yaml:5:1 引号、方括号或逗号不成对'],
    ['two documents', withUtterances('utterances: [一]\n---\nid: b'), 'intents/a.yaml:4:1 文件中间有一行 ---'],
    ['an empty file', '', 'intents/a.yaml:1:1 内容不是“名字: 内容”的格式'],
    ['a list', '- 一', 'intents/a.yaml:1:1 内容不是“名字: 内容”的格式'],
    ['a huge file', `# ${'x'.repeat(2_200_000)}`, 'intents/a.yaml 文件超过 2 MB'],
  ])('%s', (_what, text, complaint) => {
    expect(complaintsAbout(text)).toEqual([expect.stringContaining(complaint)])
    expect(parseIntents({ file: 'intents/a.yaml', text }).content.kind).toBe('broken')
  })

  test('aliases are refused before they multiply', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefghi'].map(
        (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`,
      ),
    ]
    const ms = cpuMsOf(() => {
      expect(complaintsAbout(bomb.join('\n'))[0]).toContain('intents/a.yaml:1:7 开头的 & ')
    })
    expect(ms).toBeLessThan(2000)
  })

  test('brackets that never close are told, not thrown', () => {
    for (const depth of [1000, 100_000]) expect(complaintsAbout('['.repeat(depth)).length).toBeGreaterThan(0)
  })
})

describe('the other files', () => {
  test('silence.yaml holds plain and hard examples by kind', () => {
    const text = 'plain:\n  general: [早上好]\nhard:\n  done:\n    - 提审过了，谢谢\n'
    expect(parseIntents({ file: 'intents/silence.yaml', text })).toMatchObject({
      content: {
        kind: 'silence',
        examples: [
          { text: '早上好', kind: 'general', hard: false, line: 2, column: 13 },
          { text: '提审过了，谢谢', kind: 'done', hard: true, line: 5, column: 7 },
        ],
      },
      problems: [],
    })
  })

  test('concepts.yaml holds words by concept', () => {
    const text = 'concepts:\n  review: [审核, mini program, 5.18, 1+7]\n'
    expect(parseIntents({ file: 'intents/concepts.yaml', text })).toEqual({
      content: { kind: 'concepts', concepts: [{ id: 'review', words: ['审核', 'mini program', '5.18', '1+7'] }] },
      problems: [],
    })
  })

  test.each([
    ['silence.yaml', 'plian:\n  a: [一]', 'intents/silence.yaml:1:1 不认识“plian” → 是不是“plain”？'],
    ['silence.yaml', 'plain: [一]', 'intents/silence.yaml:1:8 “plain”下面应该分组'],
    ['silence.yaml', 'plain:\n  闲聊：\n    - 一', 'intents/silence.yaml:2:5 冒号是全角的'],
    ['silence.yaml', 'hard:\n  a: []', 'intents/silence.yaml:2:6 “a”是空的'],
    ['concepts.yaml', 'concepts:\n  a: 一', 'intents/concepts.yaml:2:6 “a”应该是列表'],
    ['concepts.yaml', 'concepts:\n  a: [一，二]', 'intents/concepts.yaml:2:7 方括号里用了全角逗号'],
  ])('%s: %j', (name, text, complaint) => {
    expect(complaintsAbout(text, name)).toEqual([expect.stringContaining(complaint)])
  })

  test.each(['held-out.yaml', 'golden.yml'])('%s is none of our business', (name) => {
    expect(parseIntents({ file: `intents/${name}`, text: '{{{' })).toEqual({
      content: { kind: 'skipped' },
      problems: [],
    })
  })
})

test('2000 torn intent files are read without an accident', () => {
  const random = randomFrom(42)
  const pieces = [
    'id',
    'section',
    'utterances',
    'notice',
    ': ',
    '：',
    '- ',
    '\n',
    '\n  ',
    '\n\t',
    '[',
    ']',
    '，',
    ', ',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a',
    '!!x ',
    '|',
    '>',
    '#',
    '%',
    '@',
    '? ',
    '---',
    '...',
    '<<',
    '4.10',
    '一句',
    '\uFEFF',
    '\uD800',
    '\u0000',
    '__proto__',
    'constructor',
  ]
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random.below(40) }, () => random.pick(pieces)).join('')
    const file = random.pick(['intents/a.yaml', 'intents/silence.yaml', 'intents/concepts.yaml', 'intents/human.yaml'])
    const { content, problems } = parseIntents({ file, text })
    expect(content.kind === 'broken').toBe(problems.length > 0)
    for (const problem of problems) {
      expect(problem).toMatchObject({ severity: 'error', file })
      expect(problem.remedy).not.toBe('')
      expect(problem.line).toBeLessThanOrEqual(text.split('\n').length + 1)
    }
  }
})

const MANY = 20_000

test.each([
  ['brackets', '['.repeat(MANY)],
  ['nested maps, as deep as they are read', '{'.repeat(2_400)],
  ['maps in maps', '{a: '.repeat(MANY)],
  ['one key over and over', 'a: b\n'.repeat(MANY)],
  ['unknown keys', Array.from({ length: MANY }, (_, index) => `k${index}: v`).join('\n')],
  ['braces that close nothing', `a:\n${' }\n'.repeat(MANY)}`],
  ['the laughs', `a: &a [x, x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *a]`).join('\n')}`],
  ['aliases of one list', `a: &x [1]\nb: [${'*x,'.repeat(MANY)}]`],
  ['anchors', `a: [${'&a b, '.repeat(MANY)}]`],
  ['colons of full width', 'a：b\n'.repeat(MANY)],
  ['explicit keys', '? '.repeat(MANY)],
  ['explicit values, as deep as they are read', ': '.repeat(1_900)],
  ['keys behind keys', 'a: '.repeat(1_300)],
  ['three megabytes', 'a'.repeat(3_000_000)],
])('a file of %s is refused in good time', (_what, text) => {
  const ms = cpuMsOf(() => {
    const { content, problems } = parseIntents({ file: 'intents/a.yaml', text })
    expect(content.kind).toBe('broken')
    expect(problems[0]?.remedy).not.toBe('')
  })
  expect(ms).toBeLessThan(3_000) // far below what anything quadratic takes
})

test('a sentence that YAML cuts at a topic sign is told to its author; a comment is none', () => {
  const cut = complaintsAbout(withUtterances('utterances:\n  - 审核卡住了 #急 第9天了\n  - 还没动静 # 群里见过'))
  expect(cut).toHaveLength(1)
  expect(cut[0]).toMatch(/a\.yaml:4.*#急.*双引号/s)
  expect(complaintsAbout(withUtterances('utterances:\n  - "审核卡住了 #急 第9天了"'))).toEqual([])
})
