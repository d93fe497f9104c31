/** What the bot says on a walk-through. */
export const walkPhrases = {
  intro: (count: number): string => `好的，从头走一遍，共 ${count} 步，一次一步：`,
  prompt: (number: number, count: number): string =>
    `👣 回复“好了/下一步”继续，“跳过”先跳过，“退出”结束（第 ${number}/${count} 步）`,
  offer: (number: number, count: number): string =>
    `上次到第 ${number} 步（共 ${count} 步），回复“继续”接着走，回复“重新开始”从头来。`,
  stopped: (number: number, count: number): string =>
    `好的，先停在第 ${number}/${count} 步。过几天也行，回复“继续”就接着走（群里请 @我）。`,
  /** Below an answer given in between. */
  waiting: (number: number, count: number): string => `👣 清单停在第 ${number}/${count} 步，回复“继续”接着走。`,
  listHeading: (count: number): string => `🧾 走完了，${count} 步的清单：`,
  done: (key: string, title: string): string => `✅ ${key} ${title}`,
  skipped: (key: string, title: string): string => `⏭ ${key} ${title}`,
  go: '结论：✅ 都齐了，可以提审！',
  noGo: (keys: readonly string[]): string => `结论：还差 ${keys.length} 步：${keys.join('、')}。`,
  noGoHint: '没弹出来、用不上的不用管，其余补好再提审；回复“继续”逐个补。',
} as const
