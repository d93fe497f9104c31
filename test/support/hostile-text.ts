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

/** Even enough for tests, and the same on every machine (mulberry32). @returns numbers in 0..1 */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Texts that people and vandals could send: emoji in halves, direction marks, runs of one sign, notices in shreds. */
export function hostileTexts(count: number, seed = 1): readonly string[] {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return Array.from({ length: count }, () => {
    const pieces = Array.from({ length: below(random() < 0.1 ? 2000 : 40) }, () => PIECES[below(PIECES.length)]!)
    const run = random() < 0.2 ? PIECES[below(PIECES.length)]!.repeat(below(3000)) : ''
    return pieces.join('') + run
  })
}
