/** What people read in the files of what was taught, and about them. */
export const learnedFilePhrases = {
  fileHead: ' 在聊天里教会的说法。可以改，可以删；改完说“重载”。',
  answersHead: (id: string): string =>
    ['---', '# 采纳的结单说明。可以改，可以删；改完说“重载”。', `id: ${id}`, 'title: 同事答过的问题', '---'].join('\n'),
  unreadable: { message: '文件打不开', remedy: '检查权限' },
  unwritable: { message: '文件写不进去', remedy: '检查权限和磁盘空间' },
  broken: { message: '文件格式不对，没有改动', remedy: '运行 npm run knowledge 查看，改好再教' },
} as const
