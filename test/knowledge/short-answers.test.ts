import { describe, expect, test } from 'vitest'
import { formatProblem } from '../../src/errors.js'
import { readKnowledge } from '../../src/knowledge/read.js'
import { parseAnswers } from '../../src/knowledge/short-answers.js'

const ASKS = '要盖章吗 / 盖哪个章 / 原件要盖吗 / 复印件盖不盖'
const parse = (text: string) => parseAnswers({ file: 'answers/a.md', text })
const told = (text: string): readonly string[] => parse(text).problems.map(formatProblem)

const read = (
  guide: string,
  files: Readonly<Record<string, string>> = {},
  intents: Readonly<Record<string, string>> = {},
) =>
  readKnowledge({
    guides: Object.entries({ 'knowledge/g.md': guide, ...files }).map(([file, text]) => ({ file, text })),
    intents: Object.entries({ 'intents/human.yaml': 'utterances: [转人工]', ...intents }).map(([file, text]) => ({
      file,
      text,
    })),
  })

describe('three lines within a section', () => {
  const GUIDE = `# 题\n\n## 1、交资料\n\n交一张截图。\n\n问：${ASKS}\n追问：盖章呢\n答：复印件盖公章。\n\n再点提交。\n`

  test('are a short answer of that section, and no text of it', () => {
    const { content, problems } = read(GUIDE)
    expect(problems).toEqual([])
    expect(content.answers).toMatchObject([
      {
        id: '要盖章吗',
        sectionKey: '1',
        lines: ['复印件盖公章。'],
        followUps: ['盖章呢'],
        file: 'knowledge/g.md',
        line: 7,
      },
    ])
    expect(content.answers[0]?.asks).toEqual(ASKS.split(' / '))
    expect(content.guides[0]?.sections[0]?.parts).toEqual([{ lines: ['交一张截图。', '再点提交。'], pictures: [] }])
  })

  test('read alike with the line ends and the mark of other editors', () => {
    const { content } = read(`\uFEFF${GUIDE.replaceAll('\n', '\r\n')}`)
    expect(content.answers).toMatchObject([{ sectionKey: '1', lines: ['复印件盖公章。'], line: 7 }])
  })

  test('are an example, and stay as they are, in a block of code', () => {
    const { content } = read(`## 1、甲\n\n一\n\n\`\`\`\n问：${ASKS}\n答：盖。\n\`\`\`\n`)
    expect(content.answers).toEqual([])
  })

  test('belong to the section of a second guide that they stand in', () => {
    const pay = `---\nid: pay\n---\n## 1、开通\n\n找银行。\n\n问：${ASKS}\n答：不用盖。\n`
    const { content } = read('---\nid: fasttest\n---\n## 1、甲\n\n一', { 'knowledge/pay.md': pay })
    expect(content.answers).toMatchObject([{ sectionKey: 'pay/1' }])
  })
})

describe('a file of its own', () => {
  test('gives section, source, date and strength to all, and each may have its own', () => {
    const { answers, problems } = parse(
      `---\nsection: "1.1"\nsource: 指南\ndate: 2026-11-23\nstrength: S\n---\n\n# 题\n\n## 盖章\n问：${ASKS}\n答：复印件盖公章。\n编号：seal\n\n## 年审\n问：要年审吗 / 年审多少钱 / 不年审会怎样 / 年审哪里办\n答：要。\n第二行。\n来源：公告\n日期：2026-07-29\n强度：W\n性质：指南外\n`,
    )
    expect(problems).toEqual([])
    expect(answers).toMatchObject([
      {
        id: 'seal',
        title: '盖章',
        section: { text: '1.1' },
        source: { text: '指南', date: '2026-11-23', strength: 'S' },
      },
      {
        id: '要年审吗',
        lines: ['要。', '第二行。'],
        beyond: true,
        source: { text: '公告', date: '2026-07-29', strength: 'W' },
      },
    ])
  })

  test.each([
    [
      'a mistyped label',
      '问：甲 / 乙 / 丙 / 丁\n追闻：戊\n答：己',
      'answers/a.md:2:1 不认识“追闻：” → 是不是“追问：”？',
    ],
    ['提问', '提问：甲 / 乙 / 丙 / 丁\n答：己', 'answers/a.md:1:1 不认识“提问：” → 这里要以“问：”开头'],
    ['no answer', '问：甲 / 乙 / 丙 / 丁\n', 'answers/a.md:1:1 这一条没有“答：” → 补上一行“答：……”'],
    ['few ways', '问：甲 / 乙\n答：己', 'answers/a.md:1:1 只有 2 种问法 → 写到 4 种以上，换着说法问'],
    ['no day', '问：甲 / 乙 / 丙 / 丁\n答：己\n日期：去年', 'answers/a.md:3:1 “去年”不是日期 → 写成 2026-07-29 这样'],
    ['another strength', '问：甲 / 乙 / 丙 / 丁\n答：己\n强度：强', /^answers\/a\.md:3:1 强度“强”不对/],
    ['another kind', '问：甲 / 乙 / 丙 / 丁\n答：己\n性质：外', /^answers\/a\.md:3:1 性质“外”不对 → 写“指南外”/],
    ['too many lines', '问：甲 / 乙 / 丙 / 丁\n答：一\n二\n三\n四', /^answers\/a\.md:2:1 答有 4 行、4 字/],
    ['too many words', `问：甲 / 乙 / 丙 / 丁\n答：${'长'.repeat(121)}`, /^answers\/a\.md:2:1 答有 1 行、121 字/],
    [
      'front matter that is none',
      '---\nstrenght: S\n---\n',
      /^answers\/a\.md:2:1 不认识“strenght” → 是不是“strength”？/,
    ],
  ])('tells of %s, with its line and a remedy', (_what, text, problem) => {
    expect(told(text).slice(0, 1)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
  })
})

describe('what does not fit together', () => {
  const GUIDE = '# 题\n\n## 1、甲\n\n一\n\n## 4.1、乙\n\n二\n'
  const answer = (asks: string, more = ''): string => `问：${asks}\n答：是。\n${more}`

  test.each([
    [
      'a section that is not there',
      { 'knowledge/answers/a.md': answer('甲一 / 甲二 / 甲三 / 甲四', '节：4.2\n') },
      'knowledge/answers/a.md:3:1 没有 4.2 这一节，先当作指南外的短答 → 是不是 4.1？',
    ],
    [
      'an id that is taken',
      {
        'knowledge/answers/a.md': `${answer('甲一 / 甲二 / 甲三 / 甲四', '编号：x\n')}\n${answer('乙一 / 乙二 / 乙三 / 乙四', '编号：x\n')}`,
      },
      'knowledge/answers/a.md:5:1 短答“x”在 knowledge/answers/a.md:1 已经有了 → 换一个编号',
    ],
    [
      'one sentence that asks for two things',
      { 'knowledge/answers/a.md': `${answer('甲一 / 甲二 / 甲三 / 甲四')}\n${answer('乙一 / 甲 二？ / 乙三 / 乙四')}` },
      'knowledge/answers/a.md:4:1 “甲 二？”在 knowledge/answers/a.md:1 已经问着别的 → 一句话只能问一件事，删掉一处',
    ],
  ])('%s', (_what, files, problem) => {
    expect(read(GUIDE, files).problems.map(formatProblem)).toEqual([problem])
  })

  test('further ways of asking join their answer, and are told when there is none', () => {
    const { content, problems } = read(
      GUIDE,
      { 'knowledge/answers/a.md': answer('甲一 / 甲二 / 甲三 / 甲四', '编号：seal\n') },
      { 'intents/answers/a.yaml': 'answers:\n  seal: [甲五]\n  seall: [甲六]\n' },
    )
    expect(content.answers[0]?.more).toEqual(['甲五'])
    expect(problems.map(formatProblem)).toEqual(['intents/answers/a.yaml:3:1 没有编号是“seall”的短答 → 是不是“seal”？'])
  })
})
