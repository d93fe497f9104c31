/** What the page says to whoever wants in. */
export const loginPhrases = {
  logInFirst: '请先登录',
  tokenMissing: '请输入口令',
  tokenWrong: '口令不对',
  tooManyAttempts: (minutes: number) => `试错太多次了，请过 ${minutes} 分钟再试`,
} as const
