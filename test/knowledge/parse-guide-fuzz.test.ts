import { expect, test } from 'vitest'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import { type RandomPicks, randomFrom } from '../support/random-picks.js'

const PIECES = [
  '# ',
  '## ',
  '### 1、',
  '#### 1.2 ',
  '附录',
  '\n',
  '\n\n',
  '\r\n',
  '---\n',
  '```\n',
  '~~~',
  '`',
  ':::tip',
  ':::',
  '::::note[时效]\n',
  ':::info[补充]\n',
  '来源：',
  '核对：',
  '<',
  '<Tabs>',
  '</Tabs>',
  '<TabItem value="a">',
  '<img src="/a.png">',
  '<!--',
  '-->',
  '{/*',
  '*/}',
  '![](/a.png)',
  '![',
  '](',
  '[a](https://a.cn)',
  'https://a.cn/（',
  '|',
  '|-|-|\n',
  '> ',
  '>>>>',
  '- ',
  '1. ',
  '    ',
  '\t',
  '*',
  '**',
  '_',
  '~~',
  '\\',
  '&nbsp;',
  '&#0;',
  '\uFEFF',
  '\u0000',
  '\uD800',
  '\uDC00',
  '😀',
  '\u2028',
  '\uE001',
  '\uE0020\uE002',
  '中文',
  '标题',
  'a',
  ' ',
  '。',
  '：',
  'import a from "a"\n',
  'export const a = {\n',
  '[a]: b\n',
  '1.1.1.1.1',
  '第1步',
  '一、',
  'A1 ',
  '{',
  '}',
  '"',
  "'",
  '---\nid: a\n',
  'title: [\n',
]

/** What every guide must hold to, however strange its source. */
function checkGuide(text: string): void {
  const { guide, problems } = parseGuide({ file: 'g.md', text })
  const keys = guide.sections.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { line, column, message } of problems) {
    expect(line).toBeGreaterThanOrEqual(0)
    expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length + 1)
    expect(column).toBeGreaterThanOrEqual(0)
    expect(message).not.toBe('')
  }
  for (const section of guide.sections) {
    expect(section.key).not.toBe('')
    expect(section.title).not.toBe('')
    const lines = [...section.parts.flatMap(({ lines }) => lines), ...section.required, section.title]
    for (const line of lines) {
      // Code keeps its indentation.
      expect(line).toBe(line.trimEnd())
      expect(line.trim()).not.toBe('')
      expect(line).not.toBe('')
      expect(line.length).toBeLessThanOrEqual(1010)
      expect(line).not.toMatch(/[\p{Cc}\p{Co}\p{Cs}\uFEFF]/u)
    }
  }
}

const randomBytes = (random: RandomPicks, length: number): string =>
  Buffer.from(Array.from({ length }, () => random.below(256))).toString('utf8')

test('1500 guides made of torn pieces of Markdown are read', () => {
  const random = randomFrom(20261123)
  for (let round = 0; round < 1500; round++) {
    checkGuide(Array.from({ length: 1 + random.below(60) }, () => random.pick(PIECES)).join(''))
  }
})

test('500 guides of random bytes and code units are read', () => {
  const random = randomFrom(7)
  for (let round = 0; round < 250; round++) {
    checkGuide(randomBytes(random, random.below(600)))
    checkGuide(String.fromCharCode(...Array.from({ length: random.below(300) }, () => random.below(65_536))))
  }
})

const LARGE = 1_000_000
// Parsed in full, about 100 kB a second.
const MANY = 100_000

test.each([
  ['one line', '啊'.repeat(LARGE)],
  ['prose', '这是一句普通的话，讲怎么提交审核。\n\n'.repeat(MANY / 20)],
  ['quotations in quotations', '>'.repeat(LARGE)],
  ['brackets', '['.repeat(LARGE)],
  ['brackets over lines', `${'[a]('.repeat(20)}\n`.repeat(LARGE / 160)],
  ['emphasis', '**a'.repeat(LARGE / 3)],
  ['tags', '<a '.repeat(LARGE / 3)],
  ['tags with braces', '<A b={{'.repeat(LARGE / 14)],
  ['comments without end', '<!-- '.repeat(LARGE / 5)],
  ['backticks', Array.from({ length: 1000 }, (_, index) => '`'.repeat(index)).join(' ')],
  ['nested lists', Array.from({ length: 1000 }, (_, index) => `${'  '.repeat(index)}- a`).join('\n')],
  ['headings', '## 1、标题\n内容\n'.repeat(MANY / 15)],
  ['blocks that nothing closes', ':::tip\n'.repeat(MANY / 7)],
  ['a front matter without end', `---\n${'a: b\n'.repeat(LARGE / 10)}`],
  ['a deep front matter', `---\na: ${'['.repeat(40_000)}\n---\n内容`],
  ['random bytes', randomBytes(randomFrom(3), LARGE / 2)],
])('a large guide of %s is read in good time', { timeout: 60_000 }, (_what, text) => {
  const { guide } = parseGuide({ file: 'g.md', text })
  expect(guide.id).toBe('g')
})
