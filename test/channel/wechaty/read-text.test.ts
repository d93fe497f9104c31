import { expect, test } from 'vitest'
import { MAX_HEARD_CHARS } from '../../../src/base/text.js'
import { readText, unescapeName, unescapeText } from '../../../src/channel/hearing.js'
import { cpuMsOf } from '../../support/cpu-time.js'

const RULE = '- - - - - - - - - - - - - - -'
const BOT = ['小助手']

interface MentionCase {
  readonly what: string
  readonly names?: readonly string[]
  readonly raw: string
  readonly text: string
}

/** Where the puppet's own guess is right as well as where it is wrong. */
const mentions: readonly MentionCase[] = [
  { what: 'and the blank of WeChat', raw: '@小助手\u2005怎么提审', text: '怎么提审' },
  { what: 'and a plain blank', raw: '@小助手 怎么提审', text: '怎么提审' },
  { what: 'at the end', raw: '怎么提审 @小助手', text: '怎么提审' },
  { what: 'at the end without a blank', raw: '怎么提审@小助手', text: '怎么提审' },
  { what: 'in the middle', raw: '请问 @小助手\u2005怎么提审', text: '请问  怎么提审' },
  { what: 'after a line break', raw: '老师好\n@小助手\u2005怎么提审', text: '老师好\n 怎么提审' },
  { what: 'alone', raw: '@小助手', text: '' },
  { what: 'alone with its blank', raw: '@小助手\u2005', text: '' },
  { what: 'twice', raw: '@小助手\u2005@小助手\u2005怎么提审', text: '怎么提审' },
  { what: 'without a separator', raw: '@小助手怎么提审', text: '怎么提审' },
  { what: 'before punctuation', raw: '@小助手，怎么提审', text: '，怎么提审' },
  { what: 'by its group display name', names: ['小助手', '过审客服'], raw: '@过审客服\u2005问题', text: '问题' },
  {
    what: 'by its nick, though it has a display name',
    names: ['小助手', '过审客服'],
    raw: '@小助手\u2005问题',
    text: '问题',
  },
  { what: 'by a name with a blank in it', names: ['AI 助手'], raw: '@AI 助手\u2005问题', text: '问题' },
  { what: 'by a name with & in it', names: ['A&B'], raw: '@A&B\u2005问题', text: '问题' },
  { what: 'by a name with < in it', names: ['<助手>'], raw: '@<助手>\u2005问题', text: '问题' },
  { what: 'by a name with an emoji in it', names: ['助手🌙'], raw: '@助手🌙\u2005问题', text: '问题' },
  { what: 'by a name with @ in it', names: ['小@助手'], raw: '@小@助手\u2005问题', text: '问题' },
  { what: 'by a name with signs of a pattern', names: ['助手(1).*'], raw: '@助手(1).*\u2005问题', text: '问题' },
  { what: 'by a Latin name before Chinese', names: ['Helper'], raw: '@Helper怎么提审', text: '怎么提审' },
  { what: 'by the longer of two names', names: ['小助手', '小助手二号'], raw: '@小助手二号\u2005问题', text: '问题' },
]

test.each(mentions)('hears a mention $what', ({ names = BOT, raw, text }) => {
  expect(readText(raw, { names })).toEqual({ text, addressedToBot: true, mentionsOthers: false })
})

const notMentioned: readonly (MentionCase & { readonly others: boolean })[] = [
  { what: 'everybody', raw: '@所有人\u2005明天停机', text: '@所有人 明天停机', others: false },
  { what: 'everybody without a blank', raw: '@所有人，明天停机', text: '@所有人，明天停机', others: false },
  { what: 'everybody in English', raw: '@all 明天停机', text: '@all 明天停机', others: false },
  { what: 'the name without @', raw: '小助手 怎么提审', text: '小助手 怎么提审', others: false },
  { what: 'an e-mail address', raw: '发到 kf@example.com 了', text: '发到 kf@example.com 了', others: false },
  {
    what: 'an address at its own name',
    names: ['helper'],
    raw: '邮箱 me@helper.com',
    text: '邮箱 me@helper.com',
    others: false,
  },
  { what: 'a lone @', raw: '价格 @ 多少', text: '价格 @ 多少', others: false },
  { what: 'somebody else', raw: '@张工\u2005在吗', text: '@张工 在吗', others: true },
  { what: 'somebody right behind other words', raw: '在吗@张工', text: '在吗@张工', others: true },
  {
    what: 'somebody whose name goes on with letters',
    names: ['bot'],
    raw: '@bot2 在吗',
    text: '@bot2 在吗',
    others: true,
  },
  {
    what: 'somebody whose name begins like its own',
    raw: '@小助手二号\u2005在吗',
    text: '@小助手二号 在吗',
    others: true,
  },
  { what: 'nobody, in an empty text', raw: '', text: '', others: false },
  { what: 'anybody while it has no name yet', names: [''], raw: '@小助手 在吗', text: '@小助手 在吗', others: true },
]

test.each(notMentioned)('does not take $what for a mention of the bot', ({ names = BOT, raw, text, others }) => {
  expect(readText(raw, { names })).toEqual({ text, addressedToBot: false, mentionsOthers: others })
})

test('hears the bot and another one mentioned together', () => {
  expect(readText('@张工\u2005@小助手\u2005怎么提审', { names: BOT })).toMatchObject({
    addressedToBot: true,
    mentionsOthers: true,
    text: '@张工  怎么提审',
  })
})

interface QuoteCase {
  readonly what: string
  readonly raw: string
  readonly read: object
}

const quotes: readonly QuoteCase[] = [
  {
    what: 'a plain quote',
    raw: `「李四：原来的问题」\n${RULE}\n这个还是不行`,
    read: { text: '这个还是不行', addressedToBot: false, quote: { speaker: '李四', text: '原来的问题', ofBot: false } },
  },
  {
    what: 'a quote and a mention',
    raw: `「李四：原来的问题」\n${RULE}\n@小助手 这个还是不行`,
    read: { text: '这个还是不行', addressedToBot: true, quote: { speaker: '李四', text: '原来的问题', ofBot: false } },
  },
  {
    what: 'a mention behind, without a blank',
    raw: `「李四：原来的问题」\n${RULE}\n这个还是不行@小助手`,
    read: { text: '这个还是不行', addressedToBot: true },
  },
  {
    what: 'a mention only in what is quoted',
    raw: `「李四：@小助手\u2005原来的问题」\n${RULE}\n我也想知道`,
    read: {
      text: '我也想知道',
      addressedToBot: false,
      mentionsOthers: false,
      quote: { speaker: '李四', text: '@小助手\u2005原来的问题', ofBot: false },
    },
  },
  {
    what: 'others mentioned only in what is quoted',
    raw: `「李四：@张工 原来的问题」\n${RULE}\n我也想知道`,
    read: { mentionsOthers: false },
  },
  {
    what: 'a quote of the bot itself',
    raw: `「小助手：【1】发布流程」\n${RULE}\n第二步在哪`,
    read: { text: '第二步在哪', quote: { speaker: '小助手', text: '【1】发布流程', ofBot: true } },
  },
  {
    what: 'a quoted picture',
    raw: `「张工：图片」\n${RULE}\n看这里`,
    read: { text: '看这里', quote: { speaker: '张工', text: '图片', ofBot: false } },
  },
  {
    what: 'a quote over several lines, with brackets and colons',
    raw: `「李四：第一：选「工具」\n第二：提交」\n${RULE}\n对吗\n还是不对`,
    read: { text: '对吗\n还是不对', quote: { speaker: '李四', text: '第一：选「工具」\n第二：提交', ofBot: false } },
  },
  {
    what: 'an ASCII colon behind the name',
    raw: `「Lee: hello」\n${RULE}\n在吗`,
    read: { text: '在吗', quote: { speaker: 'Lee', text: 'hello', ofBot: false } },
  },
  {
    what: 'nothing new under the quote',
    raw: `「李四：原来的问题」\n${RULE}\n`,
    read: { text: '', quote: { speaker: '李四', text: '原来的问题', ofBot: false } },
  },
]

test.each(quotes)('takes apart $what', ({ raw, read }) => {
  expect(readText(raw, { names: BOT })).toMatchObject(read)
})

test.each([
  '「李四：原来的问题」没有横线',
  `前面有字「李四：原来的问题」\n${RULE}\n后面`,
  `「没有冒号」\n${RULE}\n后面`,
  '「李四：只有两道横线」\n- -\n后面',
])('leaves %j as one text', (raw) => {
  expect(readText(raw, { names: BOT })).toEqual({ text: raw, addressedToBot: false, mentionsOthers: false })
})

test.each([
  ['a=1&amp;b=2', 'a=1&b=2'],
  ['&lt;view&gt; &quot;A&quot; &apos;B&apos;&nbsp;C', '<view> "A" \'B\' C'],
  ['&amp;lt;', '&lt;'],
  ['一<br/>二<br>三<br />四', '一\n二\n三\n四'],
  ['张工<span class="emoji emoji1f319"></span>', '张工🌙'],
  ['<span class="emoji emojifffffffff"></span>', '\u{10ffff}'],
  ['[微笑]', '[微笑]'],
  ['&unknown; &', '&unknown; &'],
])('unescapes %j', (raw, text) => {
  expect(unescapeText(raw)).toBe(text)
})

test.each([
  ['colons', `「${':'.repeat(20_000)}`],
  ['closing brackets', `「a:${'」\n'.repeat(20_000)}`],
  ['line breaks', `「a:b」${'\n'.repeat(20_000)}x`],
  ['mentions', '@小助手'.repeat(5_000)],
  ['at signs', '@'.repeat(20_000)],
  ['letters that might be an address', 'a'.repeat(20_000)],
  ['dots that might be an address', `a@${'a.'.repeat(10_000)}@`],
])('is quick about a text full of %s', (_what, raw) => {
  expect(cpuMsOf(() => readText(unescapeText(raw), { names: BOT }))).toBeLessThan(1_000)
})

test('reads an emoji of two signs', () => {
  expect(unescapeText('去<span class="emoji emoji1f1e81f1f3"></span>')).toBe('去🇨🇳')
})

test('cuts what nobody types, and keeps the words that stand behind a long quote', () => {
  const long = '问'.repeat(1_000_000)
  expect(readText(long, { names: BOT }).text).toHaveLength(MAX_HEARD_CHARS)
  const read = readText(`「小李：${'问'.repeat(6_000)}」\n${RULE}\n@小助手 怎么办`, { names: BOT })
  expect(read.quote?.text).toHaveLength(MAX_HEARD_CHARS)
  expect(read).toMatchObject({ text: '怎么办', addressedToBot: true })
})

test.each([
  ['a name of a million characters', '王'.repeat(1_000_000), '王'.repeat(100)],
  ['one that turns the reading direction', '王\u202e板老\u2066', '王板老'],
  ['one with half of a character', '王\ud83d老板\u0000', '王老板'],
  ['one whose hundredth character is cut in half', `${'王'.repeat(99)}😀`, '王'.repeat(99)],
  ['an ordinary one', 'A&amp;B <span class="emoji emoji1f319"></span>', 'A&B 🌙'],
])('shows %s as far as it can be shown', (_what, name, shown) => {
  expect(unescapeName(name)).toBe(shown)
})

test.each([
  ['colons', `「${':'.repeat(1_000_000)}`],
  ['quote ends', `「a:${'」\n'.repeat(300_000)}- - - -`],
  ['rules', `「a:${'」\n- - - - -'.repeat(100_000)}`],
  ['blanks', `「a:」${' '.repeat(1_000_000)}`],
  ['mentions', '@小助手'.repeat(250_000)],
  ['half tags', '<br '.repeat(250_000)],
  ['emoji', `<span class="emoji emoji${'f'.repeat(1_000_000)}`],
])('reads a million characters of %s in no time', (_what, raw) => {
  expect(cpuMsOf(() => readText(unescapeText(raw), { names: BOT }))).toBeLessThan(500)
})

test.each([
  '小李<span class="emoji emoji1f450"></span',
  '小李<span class="emoji emoji1f4',
  '小李<span',
  '小李</span',
  '小李<span class="emoji emoji1f450">',
])('shows nothing of an emoji within which WeChat has cut a name: %s', (nick) => {
  expect(unescapeName(nick)).toBe('小李')
})

test.each(['<助手>', 'a<b', '小<', '小李<spanish>x'])('leaves %s as it is', (nick) => {
  expect(unescapeName(nick)).toBe(nick)
})

test.each([
  ['turn the direction', '\u202e张三\u2066'],
  ['say which way it runs', '\u200f张\u061c三\u200e'],
  ['take no room', '张\u200b三\ufeff\u2060\u00ad'],
])('shows a name without marks that %s', (_what, nick) => {
  expect(unescapeName(nick)).toBe('张三')
  expect(readText(unescapeText(`@${nick}\u2005在吗`), { names: ['张三'] })).toMatchObject({
    text: '在吗',
    addressedToBot: true,
  })
})

test('keeps what joins an emoji', () => {
  expect(unescapeName('一家👨\u200d👩\u200d👧')).toBe('一家👨\u200d👩\u200d👧')
})

test('keeps a name on one line, and the emoji at its end', () => {
  expect(unescapeName('售后群\n🔔 工单 9\u2028群')).toBe('售后群 🔔 工单 9 群')
  expect(unescapeName('小李<span class="emoji emoji1f450"></span>')).toBe('小李👐')
})
