import { describe, expect, test } from 'vitest'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import type { Section } from '../../src/model/knowledge.js'

const sectionOf = (body: string): Section | undefined =>
  parseGuide({ file: 'guide.md', text: `# 指南\n\n## 1、小节\n\n${body}` }).guide.sections[0]

/** Lines, with pictures as `[path]` or `[path|alt]` where they stand. */
const toldOf = (body: string): readonly string[] =>
  (sectionOf(body)?.parts ?? []).flatMap(({ lines, pictures }) => [
    ...lines,
    ...pictures.map(({ path, alt }) => (alt === '' ? `[${path}]` : `[${path}|${alt}]`)),
  ])

type Case = readonly [what: string, markdown: string, told: readonly string[]]

const words: readonly Case[] = [
  ['keeps each line of a paragraph', '先做这个；\n再做那个。', ['先做这个；', '再做那个。']],
  ['drops blanks in front', '   先做这个。\n\n     再做那个。', ['先做这个。', '再做那个。']],
  ['drops emphasis', '点**提交**，_不要_点*取消*。', ['点提交，不要点取消。']],
  ['drops emphasis that Markdown leaves standing', '**注意：**请先保存。', ['注意：请先保存。']],
  ['drops text that was struck out', '等~~三天~~五天。', ['等五天。']],
  ['keeps the words of code', '填 `appid_1` 即可', ['填 appid_1 即可']],
  ['decodes entities', 'A&nbsp;&amp;&nbsp;B &lt;C&gt; &copy; &#20013;', ['A & B <C> © 中']],
  ['undoes backslash escapes', '1\\. 不是列表 \\*星号\\*', ['1. 不是列表 *星号*']],
  ['keeps times and ratios', '10:30 开始，比例 1:1，审核:7天', ['10:30 开始，比例 1:1，审核:7天']],
  ['breaks at <br>', '第一行<br/>第二行<br>第三行', ['第一行', '第二行', '第三行']],
  ['drops tags and keeps their words', '<font color="red">红字</font>和<b>粗字</b>', ['红字和粗字']],
  ['keeps a placeholder in angle brackets', '把 <AppID> 换成您的', ['把 <AppID> 换成您的']],
  ['drops comments', '前<!-- 不要说 -->后\n\n<!-- 一段\n\n也不要说 -->\n\n完', ['前后', '完']],
  ['drops MDX comments', '前{/* 不要说 */}后', ['前后']],
  ['drops a rule', '上\n\n---\n\n下', ['上', '下']],
  [
    'takes a rule right under a sentence for a rule',
    '这一步做完，就可以等结果了。\n---\n下',
    ['这一步做完，就可以等结果了。', '下'],
  ],
  ['drops invisible characters', '零\u200B宽\uFEFF字\u0007符', ['零宽字符']],
  ['takes wide blanks for blanks', '一\u3000\u3000二\u00A0三', ['一 二 三']],
  ['drops a lone surrogate and keeps emoji', 'a\uD800b😀', ['ab😀']],
  ['leaves a single hash before a word alone', '#话题# 不是标题', ['#话题# 不是标题']],
]

const links: readonly Case[] = [
  ['writes a link as words and address', '看[官方手册](https://a.cn/x)再填', ['看官方手册：https://a.cn/x 再填']],
  [
    'frees a bare address from the Chinese behind it',
    '到https://a.cn/#/x/index），如下',
    ['到https://a.cn/#/x/index ），如下'],
  ],
  ['leaves a full stop outside of an address', '看 https://a.cn/x. 然后', ['看 https://a.cn/x . 然后']],
  ['keeps brackets that belong to the address', '(https://a.cn/x_(y)) 然后', ['(https://a.cn/x_(y) ) 然后']],
  ['keeps a bare address at the end', '网址：https://a.cn/x_y_z', ['网址：https://a.cn/x_y_z']],
  ['writes an address in angle brackets', '见<https://a.cn/x>，然后', ['见https://a.cn/x ，然后']],
  ['writes an address as its own words once', '[https://a.cn](https://a.cn)', ['https://a.cn']],
  ['writes a shortened address once', '[a.cn](https://a.cn/x?y=1)', ['https://a.cn/x?y=1']],
  ['needs no second colon', '[网址：](https://a.cn)', ['网址：https://a.cn']],
  ['keeps only the words of a link within the site', '看 [1.1](#11-类目) 和[下一篇](./b.md)', ['看 1.1 和下一篇']],
  ['follows a reference', '看[手册][m]。\n\n[m]: https://a.cn/m', ['看手册：https://a.cn/m 。']],
  ['takes a link from HTML', '看<a href="https://a.cn/h" target="_blank">手册</a>。', ['看手册：https://a.cn/h 。']],
  ['encodes Chinese in an address', '[手册](https://a.cn/手)', ['手册：https://a.cn/%E6%89%8B']],
  ['writes a mail address', '[客服](mailto:a@b.cn)', ['客服：a@b.cn']],
  ['frees an address in code', '打开`https://a.cn`，登录', ['打开https://a.cn ，登录']],
]

const pictures: readonly Case[] = [
  [
    'puts a picture behind its line',
    '看下图\n![怎么点](/i/a.png)\n然后保存好',
    ['看下图', '[/i/a.png|怎么点]', '然后保存好'],
  ],
  ['takes a titled picture without the name of its file', '![image.png](/i/a.png "image.png")', ['[/i/a.png]']],
  ['takes a title for want of words', '![](/i/a.png "怎么点")', ['[/i/a.png|怎么点]']],
  ['takes a picture without words', '![](/i/a.png)', ['[/i/a.png]']],
  ['takes a picture amid a sentence', '点击![](/i/a.png)按钮', ['点击按钮', '[/i/a.png]']],
  ['takes a picture in a list', '1. 打开\n\n   ![图](/i/a.png)\n2. 保存', ['1. 打开', '[/i/a.png|图]', '2. 保存']],
  [
    'counts steps without those that are pictures',
    '1. 打开\n2. ![](/i/a.png)\n3. 保存',
    ['1. 打开', '[/i/a.png]', '2. 保存'],
  ],
  ['takes a picture in a table', '|步骤|图|\n|-|-|\n|打开|![](/i/a.png)|', ['步骤：打开', '[/i/a.png]']],
  ['takes a picture from HTML', '<img src="/i/a.png" alt="怎么点" width="300" />', ['[/i/a.png|怎么点]']],
  ['takes a picture from a tag over lines', '<img\n  src="/i/a.png"\n  width="30"\n/>', ['[/i/a.png]']],
  ['takes a picture from a component', "<img src={require('@site/static/img/a.png').default} />", ['[/img/a.png]']],
  ['leaves query and size out of the path', '![](/i/a.png?v=2#w=300)', ['[/i/a.png]']],
  ['leaves an embedded picture out', '前\n![](data:image/png;base64,AAAA)', ['前']],
  ['takes a picture that is a link', '[![](/i/a.png)](https://a.cn)', ['https://a.cn', '[/i/a.png]']],
  ['drops a stray caption', '看图\n![](/i/a.png)\n![](/i/b.png)\n实例', ['看图', '[/i/a.png]', '[/i/b.png]']],
  ['keeps a short line elsewhere', '实例\n![](/i/a.png)\n然后保存', ['实例', '[/i/a.png]', '然后保存']],
]

const blocks: readonly Case[] = [
  ['numbers a list', '1. 一\n1. 二\n1. 三', ['1. 一', '2. 二', '3. 三']],
  ['goes on counting where the author does', '1. 一\n\n中间\n\n2. 二', ['1. 一', '中间', '2. 二']],
  ['numbers a nested list', '1. 一\n   1. 甲\n   2. 乙\n2. 二', ['1. 一', '1) 甲', '2) 乙', '2. 二']],
  ['marks bullets', '- 一\n  - 甲\n* 二', ['· 一', '· 甲', '· 二']],
  ['marks bullets that were typed', '○ 一\n● 二\n•三', ['· 一', '· 二', '· 三']],
  ['drops check boxes', '- [ ] 一\n- [x] 二', ['· 一', '· 二']],
  ['keeps further lines of a step', '1. 一\n   接着\n2. 二', ['1. 一', '接着', '2. 二']],
  ['tells a table row by row', '|栏目|填|\n|:-|-:|\n|名称|社区|\n|描述||', ['栏目：名称；填：社区', '栏目：描述']],
  ['tells a table without names', '| | |\n|-|-|\n|名称|社区|', ['名称；社区']],
  [
    'tells an HTML table',
    '<table>\n<tr><th>栏目</th><th>填</th></tr>\n<tr><td>名称</td><td>社区</td></tr>\n</table>',
    ['栏目；填；', '名称；社区；'],
  ],
  ['keeps the lines of code', '```js\nconst a = 1\n\n  b()\n```', ['const a = 1', '  b()']],
  [
    'keeps the indentation of code, and drops what only colours it',
    '```yaml\napp:\n\tname: 悦邻\n  # highlight-next-line\n  pages:\n    - index\n```',
    ['app:', '    name: 悦邻', '  pages:', '    - index'],
  ],
  [
    'tells a footnote where it belongs',
    '写进 app.yaml[^1]。\n\n[^1]: 没有就新建一个。',
    ['写进 app.yaml（没有就新建一个）。'],
  ],
  ['drops the mark of a box of GitHub', '> [!NOTE]\n> 先备份', ['先备份']],
  ['keeps a heading in code', '```\n## 9、不是标题\n```', ['## 9、不是标题']],
  ['drops a drawing', '```mermaid\ngraph TD\n```\n完', ['完']],
  ['keeps a quotation and what it draws in', '> 引用\n接着\n> 再接', ['引用', '接着', '再接']],
  ['drops a line that repeats the title', '> 指南\n内容在这里', ['内容在这里']],
  ['drops a line that repeats the heading', '小节\n\n内容在这里', ['内容在这里']],
  ['keeps indented text', '    四格开头也是正文', ['四格开头也是正文']],
  [
    'drops MDX modules',
    "import A from '@theme/A';\nimport {\n  B,\n} from 'b'\n\nexport const c = [\n  1,\n]\n\n正文",
    ['正文'],
  ],
  ['keeps prose that begins with import', '\nimport your members first', ['import your members first']],
  [
    'writes the labels of tabs',
    '<Tabs>\n<TabItem value="a" label="安卓手机">\n\n1. 打开\n\n</TabItem>\n<TabItem value="ios">\n点保存\n</TabItem>\n</Tabs>\n完成了',
    ['安卓手机', '1. 打开', 'ios', '点保存', '完成了'],
  ],
  [
    'finds labels where old guides keep them',
    '<Tabs defaultValue="a" values={[{label: \'安卓手机\', value: \'a\'}]}>\n<TabItem value="a">\n\n打开\n\n</TabItem></Tabs>',
    ['安卓手机', '打开'],
  ],
  [
    'unwraps MDX in a fence',
    '```mdx-code-block\n<Tabs><TabItem value="安卓机型">\n```\n\n打开\n\n```mdx-code-block\n</TabItem></Tabs>\n```',
    ['安卓机型', '打开'],
  ],
  ['opens details', '<details>\n<summary>更多说明</summary>\n\n打开\n\n</details>', ['更多说明', '打开']],
]

describe.each([
  ['words', words],
  ['links', links],
  ['pictures', pictures],
  ['blocks', blocks],
])('%s', (_group, cases) => {
  test.each(cases)('%s', (_what, markdown, told) => {
    expect(toldOf(markdown)).toEqual(told)
  })
})

test('a tag that cuts a paragraph does not make the text above a rule a heading', () => {
  expect(toldOf('<details>\n打开\n</details>\n\n---\n\n保存')).toEqual(['打开', '保存'])
})

test('reads files of any editor alike', () => {
  const text = '# 指南\n\n## 1、小节\n\n- 一\n- 二\n\n:::tip[下一步]\n看 2\n:::\n\n## 2、另一节\n\n最后一行'
  const plain = parseGuide({ file: 'guide.md', text })
  expect(plain.guide.sections.map(({ key }) => key)).toEqual(['1', '2'])
  expect(parseGuide({ file: 'guide.md', text: `\uFEFF${text.replaceAll('\n', '\r\n')}` })).toEqual(plain)
  expect(parseGuide({ file: 'guide.md', text: `${text}\n\n` })).toEqual(plain)
})

test('cuts a line of more than 1000 characters at the end of a sentence', () => {
  const sentence = `${'很长的一句话'.repeat(10)}。`
  const told = toldOf(sentence.repeat(40))
  expect(told.join('')).toBe(sentence.repeat(40))
  expect(told.length).toBeGreaterThan(2)
  for (const line of told) {
    expect(line.length).toBeLessThanOrEqual(1000)
    expect(line.endsWith('。')).toBe(true)
  }
})

test('cuts a line without sentences all the same, but no emoji in two', () => {
  const told = toldOf(`啊${'😀'.repeat(1500)}`)
  expect(told.join('')).toBe(`啊${'😀'.repeat(1500)}`)
  for (const line of told) expect(line).not.toMatch(/\p{Cs}/u)
})

test('an author hears of a part that stands in another file', () => {
  const text = "# 指南\n\nimport Common from './_common.mdx';\n\n## 1、打包\n\n照公共步骤做：\n\n<Common />\n"
  const { problems } = parseGuide({ file: 'guide.mdx', text })
  expect(problems).toMatchObject([{ severity: 'warning', file: 'guide.mdx', line: 9 }])
})
