import { type RandomPicks, randomFrom } from '../support/random-picks.js'

/** Starts of expressions and runs that make careless regular expressions try everything. */
export const PIECES: readonly string[] = [
  ...'审核不通过类目页面内容测试急谢呢吗第一二条的了不要人工提醒月号日前后天周',
  ...'0123456789①②⑳❶㈠⒈１.,:;!?()[]{}<>"\'“”「」《》【】，。：；！？（）、—…~@#*|\\/&-_=+`$^%',
  ...' \n\r\t\v\f\u3000\u00a0\u2005\u200b\u200d\u202e\u202a\u2066\u2069\ufeff\u0000\u0007\u001b\u2028\ufffd',
  '\ud83d',
  '\udc68',
  '😀',
  '👨‍👩‍👧‍👦',
  '🇨🇳',
  '1️⃣',
  '𠮷',
  'e\u0301\u0302\u0303',
  'ﷺ',
  'ǅİŉ',
  '<br>',
  '<br/>',
  '&amp;',
  '&lt;script&gt;',
  '<img src=x onerror=alert(1)>',
  '<span class="emoji emoji1f319"></span>',
  '「张三：',
  '」\n- - - - - - - - - - - - - - -\n',
  '@过审小助手\u2005',
  '@所有人 ',
  '代码发布审核未通过，原因如下：\n',
  '你的小程序"过审"',
  '\n1.',
  '2、',
  '(3)',
  '转人工',
  '不用',
  '重载',
  '工单 12',
  '接单',
  '回复 7 ',
  '11月20号',
  '2026-11-23',
  '下周三下午',
  '十二月三十一号',
  '3天前',
  '一个半月',
  '提醒我',
  '撤回',
  'https://a.b/c?d=e',
  '__proto__',
  'constructor',
  'toString',
]

/** Endless texts: known ones with a few changes, pieces put together, long runs, and now and then raw code units. */
export function mutateTexts(
  corpus: readonly string[],
  { seed, pieces = PIECES, maxChars = 4_000 }: { seed: number; pieces?: readonly string[]; maxChars?: number },
): () => string {
  const random = randomFrom(seed)
  const { below, pick } = random
  const made: readonly (() => string)[] = [
    () => changed(pick(corpus), random, pieces),
    () => changed(pick(corpus), random, pieces),
    () => changed(pick(corpus) + pick(corpus), random, pieces),
    () => Array.from({ length: 1 + below(40) }, () => pick(pieces)).join(''),
    () => runs(random, pieces, maxChars),
    () => String.fromCharCode(...Array.from({ length: below(200) }, () => below(65_536))),
  ]
  // Runs are what is slow, and what most bugs need is not long: one text in fifty has many.
  return () =>
    (below(50) === 0 ? runs(random, pieces, maxChars) : pick(made.filter((_, index) => index !== 4))()).slice(
      0,
      maxChars,
    )
}

function changed(text: string, { below, pick }: RandomPicks, pieces: readonly string[]): string {
  let result = text
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(result.length + 1)
    const end = Math.min(result.length, at + below(12))
    const middle = result.slice(at, end)
    const replacement = [pick(pieces), '', middle + middle, [...middle].reverse().join(''), middle.toUpperCase()]
    result = result.slice(0, at) + replacement[below(replacement.length)]! + result.slice(end)
  }
  return result
}

/** One to three pieces over and over, and something behind them that doesn't fit. */
function runs({ below, pick }: RandomPicks, pieces: readonly string[], maxChars: number): string {
  const unit = Array.from({ length: 1 + below(3) }, () => pick(pieces)).join('')
  const head = below(2) === 0 ? pick(pieces) : ''
  return head + unit.repeat(1 + below(Math.ceil(maxChars / unit.length))) + pick(pieces)
}
