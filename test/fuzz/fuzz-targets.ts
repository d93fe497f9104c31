import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readText, unescapeText } from '../../src/channel/hearing.js'
import { parseAskLine, toAskMessage } from '../../src/cli/asker.js'
import { parseCommand, suggestOrder } from '../../src/commands/take.js'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import { parseIntents } from '../../src/knowledge/intents.js'
import type { KnowledgeSnapshot } from '../../src/model/understanding.js'
import { MAX_CHARS, normalizeText } from '../../src/nlu/normalize.js'
import { knowingOf, understand } from '../../src/nlu/pipeline.js'
import { mutateTexts, PIECES } from './mutate-texts.js'
import type { FuzzTarget } from './run-fuzz.js'

const ROOT = join(import.meta.dirname, '../..')
const NOW_MS = Date.parse('2026-11-23T10:00:00+08:00')
const HALF_CHARACTER = /(?:[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF])/

export interface FuzzSubject {
  readonly snapshot: KnowledgeSnapshot
  /** The whole bot. @throws Error when it failed */
  hears(text: string): Promise<void>
  readonly seed: number
}

/** Everything that reads what others wrote, with its share of a million inputs. */
export function fuzzTargets({ snapshot, hears, seed }: FuzzSubject): readonly FuzzTarget[] {
  const spoken = [...questions(), ...ORDERS]
  const texts = (salt: number, corpus = spoken) =>
    mutateTexts(corpus, { seed: seed + salt, pieces: [...PIECES, ...ownVocabulary()] })
  const files = (salt: number, corpus: readonly string[], pieces: readonly string[]) =>
    mutateTexts(corpus, { seed: seed + salt, pieces })
  return [
    {
      name: 'text from the wire',
      share: 200_000,
      limitMs: MESSAGE_MS,
      next: texts(1, [...spoken, ...WIRE]),
      run: readsWire,
    },
    { name: 'normal form', share: 200_000, limitMs: MESSAGE_MS, next: texts(2), run: normalizes },
    { name: 'commands', share: 200_000, limitMs: MESSAGE_MS, next: texts(3), run: parsesCommand },
    {
      name: 'understanding',
      share: 150_000,
      limitMs: MESSAGE_MS,
      next: texts(4),
      run: (text) => understands(text, snapshot),
    },
    { name: 'whole messages', share: 60_000, limitMs: MESSAGE_MS, next: texts(8), run: hears },
    {
      name: 'JSON lines',
      share: 100_000,
      limitMs: MESSAGE_MS,
      next: files(5, JSON_LINES, JSON_PIECES),
      run: readsLine,
    },
    { name: 'intents', share: 50_000, limitMs: FILE_MS, next: files(6, intentFiles(), YAML_PIECES), run: readsIntents },
    { name: 'guides', share: 40_000, limitMs: FILE_MS, next: files(7, guideParts(), MARKDOWN_PIECES), run: readsGuide },
  ]
}

const MESSAGE_MS = 50
/** Files are read at a start or a reload; three times here, and nothing is deeper than the parser's stack. */
const FILE_MS = 1_000

/** Every Chinese word in the patterns that read messages: repeated and joined, they try out what a pattern is careless about. */
function ownVocabulary(): readonly string[] {
  const sources = ['nlu', 'dialogue'].flatMap((folder) =>
    readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, 'src', folder, name), 'utf8')),
  )
  return [...new Set(sources.join('\n').match(/\p{Script=Han}{1,6}/gu))]
}

function questions(): readonly string[] {
  return readFileSync(join(ROOT, 'test/corpus/real-wording.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { text: string }).text)
}

const ORDERS = [
  '重载',
  '工单',
  '接单 12',
  '转给 12 陈工',
  '回复 12 已经处理好了',
  '备注 3：等客户',
  '结单 12 已处理',
  '我值班',
  '谁值班',
  '还给机器人 4',
  '重载 强制',
  '回滚 3',
  '测试 类目选哪个',
  '归类 7 4.1',
  '忽略 7',
  '新说法 4.1 声明怎么填',
  '静音 想天售后服务群 2小时',
  '恢复',
  '统计 本周',
  '撤销 徐经理',
  '认领 1234 5678',
]
const WIRE = [
  '「李四：原来的问题」\n- - - - - - - - - - - - - - -\n@过审小助手 这个还是不行',
  '@过审小助手\u2005类目选哪个',
  'a@b.com 写信给@小李 &lt;b&gt;<br/>&amp;amp;<span class="emoji emoji1f1e81f1f3"></span>',
]

function readsWire(raw: string): void {
  const { text, quote } = readText(unescapeText(raw), { names: ['过审小助手', '小助手'], shared: ['助手'] })
  check(text === text.trim() && typeof (quote?.text ?? '') === 'string', 'untrimmed')
}

function normalizes(text: string): void {
  const normalized = normalizeText(text)
  check(normalized.length <= MAX_CHARS, 'too long')
  check(normalized === normalized.trim() && !HALF_CHARACTER.test(normalized), 'not in its normal form')
}

function parsesCommand(text: string): void {
  const command = parseCommand(text)
  const number = command && 'number' in command ? command.number : null
  check(number === null || Number.isSafeInteger(number), 'no ticket number')
  for (const strict of [true, false]) parseCommand(text, { strict })
  suggestOrder(text)
}

function understands(text: string, snapshot: KnowledgeSnapshot): void {
  const { candidates, wantsHuman, days } = understand(text, knowingOf(snapshot, NOW_MS))
  const levels = candidates.flatMap(({ confidence, overheard, share }) => [confidence, overheard, share])
  check(
    [...levels, wantsHuman.confidence].every((level) => level >= 0 && level <= 1),
    'a confidence outside 0..1',
  )
  check(!JSON.stringify(days ?? '').includes('null,null,null'), 'days of nothing')
}

const JSON_LINES = [
  ...readFileSync(join(ROOT, 'test/support/questions.jsonl'), 'utf8').split('\n').slice(0, 4),
  '{"id":"a","text":"x","now":"2026-11-23T10:00:00+08:00","quote":{"speaker":"小助手","text":"y"},"image":"a.png","role":"staff"}',
]
const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u0000',
  '\\ud800',
  'null',
  'true',
  '1e999',
  '-0',
  '"__proto__":{}',
  '"id":',
  '"text":""',
  '"now":"9999-99-99T00:00:00Z"',
  '[[[[',
  '\u0000',
  '\ufeff',
  '😀',
  '问',
]

function readsLine(line: string): void {
  const parsed = parseAskLine(line)
  if (parsed.ok) check(toAskMessage(parsed.line, 1, NOW_MS).id === 'line-1', 'another message')
  else check(parsed.error !== '', 'no reason')
}

/** The beginning of each: the rest repeats itself. */
function intentFiles(): readonly string[] {
  return readdirSync(join(ROOT, 'intents'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(ROOT, 'intents', name), 'utf8').slice(0, 1_500))
}
const YAML_PIECES = [
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!js/function ',
  '? ',
  ': ',
  '- ',
  '  ',
  '\t',
  '\n',
  '[',
  ']',
  '{',
  '}',
  '|',
  '>',
  '>-',
  '"',
  "'",
  '#',
  '---\n',
  '...\n',
  '%YAML 1.2\n',
  'id: ',
  'section: "4.1"\n',
  'utterances:\n',
  '：',
  '，',
  '\\x00',
  '\u0000',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ud800',
  '~',
  'null',
  '.inf',
  '&a [*a, *a]',
  '__proto__: 1\n',
  'a',
]

function readsIntents(text: string): void {
  for (const file of ['intents/a.yaml', 'intents/silence.yaml', 'intents/concepts.yaml']) {
    const { content, problems } = parseIntents({ file, text })
    const hasError = problems.some(({ severity }) => severity === 'error')
    check(hasError === (content.kind === 'broken'), 'broken without a reason')
    check(
      problems.every(({ line, message }) => line >= 0 && message !== ''),
      'a problem without place or words',
    )
  }
}

/** As long as what an author changes at a time: a whole guide takes some 20 ms. */
function guideParts(): readonly string[] {
  const guide = readFileSync(join(ROOT, 'knowledge/fasttest.md'), 'utf8')
  return guide.split(/\n(?=## )/).map((part) => part.slice(0, 1_200))
}
const MARKDOWN_PIECES = [
  '# ',
  '## 1、',
  '### 1.1 ',
  '\n',
  '\n\n',
  '---\n',
  '```\n',
  '`',
  ':::tip\n',
  ':::',
  '<',
  '<Tabs>',
  '</Tabs>',
  '<img src="/a.png">',
  '<!--',
  '-->',
  '{/*',
  '*/}',
  '![](/a.png)',
  '![',
  '](',
  '[a](javascript:alert(1))',
  '|',
  '|-|-|\n',
  '> ',
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
  '\u0000',
  '\ud800',
  '\u202e',
  '中',
  'A1 ',
  '{',
  '}',
  '---\nid: a\n',
  'title: [\n',
]

function readsGuide(text: string): void {
  const { guide } = parseGuide({ file: 'knowledge/a.md', text })
  check(new Set(guide.sections.map(({ key }) => key)).size === guide.sections.length, 'two sections of one key')
  check(
    guide.sections.every(({ title }) => title !== ''),
    'a section without a title',
  )
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
