import { describe, expect, test } from 'vitest'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import type { Problem, Section } from '../../src/model/knowledge.js'

const FRONT = '---\nid: g\ntimelines:\n  首次: ⏱ 约 8 天。\n---\n\n'

function read(body: string): { readonly section: Section; readonly problems: readonly Problem[] } {
  const { guide, problems } = parseGuide({ file: 'g.md', text: `${FRONT}## 1、小节\n\n${body}` })
  return { section: guide.sections[0]!, problems }
}

const linesOf = ({ parts }: Section): readonly string[] => parts.flatMap(({ lines }) => lines)

describe('blocks with a meaning', () => {
  test('all of them, in both forms', () => {
    const { section, problems } = read(`先打开。

1. 填一
2. 填二

![怎么填](/i/a.png)

:::info[需要的截图]
- 查询页，两张表
- 盖章件
:::

:::note 时效
首次
:::

::::tip[下一步]
看 4.2。
::::

:::caution[转人工]
出现别的项时。
:::

:::info[补充]
外面的事实，
还有一条。
来源：developers.example.cn/a
核对：2026-11-23
:::

最后一句。`)
    expect(problems).toEqual([])
    expect(section).toMatchObject({
      parts: [
        { lines: ['先打开。', '1. 填一', '2. 填二'], pictures: [{ path: '/i/a.png', alt: '怎么填' }] },
        { lines: ['最后一句。'], pictures: [] },
      ],
      required: ['查询页，两张表', '盖章件'],
      timeline: '⏱ 约 8 天。',
      tellsTimeline: false,
      next: '看 4.2。',
      handoff: '出现别的项时。',
      supplements: [{ text: '外面的事实，还有一条。', source: 'developers.example.cn/a', checkedOn: '2026-11-23' }],
    })
  })

  test('a section may tell the timeline itself, or have none', () => {
    const itself = read('一\n\n:::note[时效]\n本节\n:::').section
    expect(itself.tellsTimeline).toBe(true)
    expect(itself).not.toHaveProperty('timeline')
    const none = read('一\n\n:::note[时效]\n无\n:::').section
    expect(none.tellsTimeline).toBe(false)
    expect(none).not.toHaveProperty('timeline')
  })

  test('a timeline that nobody declared is an error that names those there are', () => {
    expect(read('一\n\n:::note[时效]\n二次\n:::').problems).toMatchObject([
      {
        severity: 'error',
        file: 'g.md',
        line: 12,
        message: expect.stringContaining('二次'),
        remedy: expect.stringContaining('“首次”、“本节”、“无”'),
      },
    ])
  })

  test.each([
    ['no source', '事实\n核对：2026-11-23', '来源'],
    ['no date', '事实\n来源：a', '核对'],
    ['no such day', '事实\n来源：a\n核对：2026-02-30', '2026-02-30'],
    ['no text', '来源：a\n核对：2026-11-23', '没有内容'],
  ])('a supplement with %s is warned about', (_what, lines, word) => {
    expect(read(`一\n\n:::info[补充]\n${lines}\n:::`).problems).toMatchObject([
      { severity: 'warning', line: 11, message: expect.stringContaining(word) },
    ])
  })

  test.each([
    ['an empty block', '一\n\n:::tip[下一步]\n:::', '没有内容'],
    ['a block that nothing closes', '一\n\n:::tip[下一步]\n看 2\n\n## 2、又\n\n二', '没有结束'],
    ['a block with a mistyped name', '一\n\n:::info[需要截图]\n- 二\n:::', '需要截图'],
    ['two timelines', '一\n\n:::note[时效]\n首次\n:::\n\n:::note[时效]\n无\n:::', '两次'],
  ])('%s is warned about', (_what, body, word) => {
    expect(read(body).problems).toMatchObject([{ severity: 'warning', message: expect.stringContaining(word) }])
  })

  test.each([
    ['note', '时小', '时效'],
    ['tip', '下一部', '下一步'],
    ['info', '需要的图', '需要的截图'],
    ['caution', '找人', '转人工'],
  ])('a mistyped %s[%s] is told with its line, and nothing of it reaches a customer', (kind, title, meant) => {
    const { guide, problems } = parseGuide({
      file: 'g.md',
      text: `## 1、甲\n\n一\n\n:::${kind}[${title}]\n找徐工\n:::\n`,
    })
    expect(problems).toMatchObject([
      { line: 5, message: expect.stringContaining(title), remedy: expect.stringContaining(`“${meant}”`) },
    ])
    expect(JSON.stringify(guide)).not.toContain('徐工')
    expect(guide.sections[0]?.parts).toEqual([{ lines: ['一'], pictures: [] }])
  })

  test('a block that nothing closes ends at the next heading or block', () => {
    const { guide } = parseGuide({
      file: 'g.md',
      text: '## 1、甲\n\n一\n\n:::tip[下一步]\n看 2\n\n:::caution[转人工]\n找人\n:::\n\n## 2、乙\n\n二',
    })
    expect(guide.sections).toMatchObject([
      { next: '看 2', handoff: '找人' },
      { key: '2', parts: [{ lines: ['二'] }] },
    ])
  })
})

describe('other blocks stay in the body', () => {
  test.each([
    ['a tip', ':::tip\n先备份。\n:::', ['提示：先备份。']],
    ['a warning', ':::danger\n先备份。\n再删。\n:::', ['注意：先备份。', '再删。']],
    ['a title of its own', ':::note 小窍门\n先备份。\n:::', ['提示：小窍门', '先备份。']],
    ['a title that only says what it is', ':::caution[注意]\n先备份。\n:::', ['注意：先备份。']],
    ['marks in the title', ':::tip[**小**窍门]\n先备份。\n:::', ['提示：小窍门', '先备份。']],
    ['a list', ':::warning\n- 一\n- 二\n:::', ['注意：', '· 一', '· 二']],
    ['on one line', ':::tip 先备份。 :::', ['提示：先备份。']],
    ['within another', '::::note\n外面\n\n:::tip\n里面\n:::\n\n::::', ['提示：外面', '提示：里面']],
    [
      'with as many colons as the outer one',
      ':::note\n外面\n:::tip\n里面\n:::\n:::\n完成',
      ['提示：外面', '提示：里面', '完成'],
    ],
    ['in a list', '1. 一\n\n   :::tip\n   先备份。\n   :::\n\n2. 二', ['1. 一', '提示：先备份。', '2. 二']],
    ['right behind a list', '- 一\n:::tip\n先备份。\n:::\n- 二', ['· 一', '提示：先备份。', '· 二']],
    ['in a quotation', '> :::tip\n> 先备份。\n> :::', ['提示：先备份。']],
    ['a stray close', '一\n\n:::\n\n二', ['一', '二']],
  ])('%s', (_what, body, told) => {
    expect(linesOf(read(body).section)).toEqual(told)
  })

  test('a title is no name of something else', () => {
    expect(linesOf(read(':::tip[constructor]\n一\n:::').section)).toEqual(['提示：constructor', '一'])
  })

  test('colons in code open nothing', () => {
    expect(linesOf(read('```\n:::tip\n```\n\n一').section)).toEqual([':::tip', '一'])
  })
})

describe('front matter', () => {
  const guideOf = (text: string, file = 'docs/pay.mdx') => parseGuide({ file, text })

  test('gives id and title', () => {
    expect(guideOf('---\nid: a\ntitle: "甲: 乙"\n---\n# 丙\n一').guide).toMatchObject({ id: 'a', title: '甲: 乙' })
  })

  test('may lack id, title or itself', () => {
    expect(guideOf('---\nsidebar_label: x\n---\n# 丙\n一').guide).toMatchObject({ id: 'pay', title: '丙' })
    expect(guideOf('一').guide).toMatchObject({ id: 'pay', title: 'pay' })
    expect(guideOf('一', 'docs/refund/index.md').guide.id).toBe('refund')
  })

  test('keeps numbers as they are written', () => {
    expect(guideOf('---\nid: 007\ntitle: 4.10\n---\n一').guide).toMatchObject({ id: '007', title: '4.10' })
  })

  test.each(['id: a\ntitle: 甲: 乙', 'id: a\ntitle: 甲\n\tb: [', 'id: a\ntitle: 甲\nid: b', 'id: a\ntitle: 甲\nx: *y'])(
    'that is broken is a warning, and what can be read is: %j',
    (yaml) => {
      const { guide, problems } = guideOf(`---\n${yaml}\n---\n# 丙\n\n一`)
      expect(guide.id).toBe('a')
      expect(guide.sections[0]?.parts[0]?.lines).toEqual(['一'])
      expect(problems.length).toBeGreaterThan(0)
      for (const { severity, line } of problems) {
        expect(severity).toBe('warning')
        expect(line).toBeGreaterThan(1)
        expect(line).toBeLessThan(6)
      }
    },
  )

  test('that nothing closes is a warning', () => {
    expect(guideOf('---\nid: a\n\n# 丙\n\n一').problems).toMatchObject([{ severity: 'warning', line: 1 }])
  })

  test('a rule at the top is no front matter', () => {
    const { guide, problems } = guideOf('---\n\n一')
    expect(problems).toEqual([])
    expect(guide.sections[0]?.parts[0]?.lines).toEqual(['一'])
  })

  test('timelines in the wrong form are errors', () => {
    expect(guideOf('---\ntimelines: 八天\n---\n一').problems).toMatchObject([{ severity: 'error', line: 2 }])
    expect(guideOf('---\ntimelines:\n  首次: [八天]\n---\n一').problems).toMatchObject([{ severity: 'error', line: 3 }])
  })
})
