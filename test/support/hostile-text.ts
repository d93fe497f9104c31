import { randomFrom } from './random-picks.js'

const PIECES: readonly string[] = [
  ...'审核不通过类目页面内容测试急谢呢吗第一二条的了',
  ...'0123456789①②⑳❶㈠⒈１',
  ...' \n\t\u3000\u200b\u202e\ufeff\u0000\u00a0',
  ...'.,:;!?()[]{}<>"\'“”「」《》【】，。：；！？（）、—…~@#*|\\/',
  '审核未通过',
  '代码发布审核未通过',
  '你的小程序"',
  '无具体运营内容',
  '转人工',
  '不用',
  '<br>',
  '<BR />',
  '[捂脸]',
  '1:\n(1):',
  '@助手\u2005',
  'https://a.b/c',
  'leimu',
  'ﷺ',
  'ǅİŉ',
  '👨‍👩‍👧‍👦',
  '🇨🇳',
  '𠮷',
  '\ud83d',
  '\udc68',
  'e\u0301\u0302\u0303',
]

/** Texts that people and vandals could send: emoji in halves, direction marks, runs of one sign, notices in shreds. */
export function hostileTexts(count: number, seed = 1): readonly string[] {
  const { below, pick } = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const pieces = Array.from({ length: below(below(10) === 0 ? 2000 : 40) }, () => pick(PIECES))
    const run = below(5) === 0 ? pick(PIECES).repeat(below(3000)) : ''
    return pieces.join('') + run
  })
}
