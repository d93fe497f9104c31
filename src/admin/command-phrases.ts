/** Answers to orders of staff and admins. */
export const commandPhrases = {
  reloaded: (sections: number, utterances: number, version: string): string =>
    `知识已重载：${sections} 个小节，${utterances} 条说法，版本 ${version}。`,
  unchanged: (version: string): string => `知识没有变化，还是版本 ${version}。`,
  warnings: (count: number): string => `另有 ${count} 条提醒，运行 npm run knowledge 查看。`,
  refused: (problems: readonly string[], more: number): string =>
    [
      '没有重载，继续用原来的知识。请改好再试：',
      ...problems,
      ...(more > 0 ? [`……还有 ${more} 处，运行 npm run knowledge 查看。`] : []),
    ].join('\n'),
  reloadFailed: '重载没有成功，继续用原来的知识。原因写在运行日志里。',
} as const
