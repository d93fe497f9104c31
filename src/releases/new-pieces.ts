import { answerKey, guideKey } from './pieces.js'
import { type ListName, newRowKey, type RowFields, rowOf } from './rows.js'

/** What a new piece begins as: written out, so that its author only has to change words. */
interface NewPiece {
  readonly key: string
  readonly markdown: string
}

interface Origin {
  /** Who writes it. */
  readonly by: string
  readonly atMs: number
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Ways of asking, as they stand behind `问：`. */
export const asksLine = (asks: readonly string[]): string =>
  `问：${asks.map((ask) => oneLine(ask).replaceAll(' / ', '，')).join(' / ')}`

/** @param section key; undefined: it lies outside the guides */
export function newAnswer(
  {
    asks,
    lines,
    section,
  }: { readonly asks: readonly string[]; readonly lines: readonly string[]; readonly section?: string | undefined },
  { by, atMs }: Origin,
): NewPiece {
  const id = `web-${atMs.toString(36)}`
  const [title = ''] = asks
  const markdown = [
    ...[`## ${oneLine(title).slice(0, 30)}`, asksLine(asks)],
    ...lines.map((line, index) => (index === 0 ? `答：${oneLine(line)}` : oneLine(line))),
    ...(section === undefined ? [] : [`节：${section}`]),
    ...[`来源：${say.source(by)}`, `日期：${chinaDate(atMs)}`, `编号：${id}`],
  ].join('\n')
  return { key: answerKey(id), markdown }
}

/** @param name the category's path, what it is called, or the number of the reason */
export function newRow(list: ListName, name: string, { by, atMs }: Origin): NewPiece {
  const origin = { source: say.source(by), date: chinaDate(atMs), strength: 'W' }
  return {
    key: newRowKey(list, atMs.toString(36)),
    markdown: rowOf({ ...BLANK_ROWS[list](oneLine(name)), ...origin }),
  }
}

const BLANK_ROWS: Readonly<Record<ListName, (name: string) => RowFields>> = {
  categories: (path) => ({
    ...{ path, documents: { choose: 'all', of: [] }, individual: 'false', secondReview: 'false' },
    ...{ words: [], for: '', notice: [] },
  }),
  notOpen: (name) => ({ name, words: [], advice: '' }),
  noRow: (name) => ({ name, words: [], rows: [], advice: '' }),
  rejections: (number) => ({
    ...{ number, list: say.usualList, title: '', marks: [], meaning: '', customer: [''], vendor: null },
    ...{ actor: 'customer', sections: [], ask: [] },
  }),
}

/** A guide that can be asked for as it is: two sections, one of each box, a short answer. */
export function newGuide({ id, title }: { readonly id: string; readonly title: string }): NewPiece {
  const name = oneLine(title)
  return { key: guideKey(id), markdown: guideTemplate(id, name) }
}

const guideTemplate = (id: string, title: string): string => `---
id: ${id}
title: ${JSON.stringify(title)}
timelines:
  办好: ${JSON.stringify(`${title}一般三个工作日办好。`)}
---

# ${title}

## 1 ${title}怎么开始

1. 打开“……”，点“……”。
2. 填好名字和电话，点“提交”。

:::info[需要的截图]
- 提交成功的那一页
:::

:::note[时效]
办好
:::

:::tip[下一步]
办好以后看第 2 节。
:::

问：${title}要多久 / ${title}几天能办好 / ${title}什么时候有结果 / 办${title}要等几天
答：一般三个工作日。
编号：${id}-days

## 2 ${title}没办好怎么改

1. 看通知里写的原因，照着改。
2. 改好再提交一次。

:::caution[转人工]
改了两次还是没办好。
:::
`

const chinaDate = (atMs: number): string => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10)

const say = {
  source: (by: string): string => `${by}在网页里写的`,
  usualList: '常见拒绝情形',
} as const
