import type { AuditEntry } from '../model/ports.js'
import { momentWords } from '../tickets/desk-phrases.js'

const RESULTS: Readonly<Record<AuditEntry['result'], string>> = { done: '', failed: '（没成）', refused: '（拒绝）' }
const MAX_REPORT_CHARS = 500

/** Answers to orders of staff and admins. */
export const commandPhrases = {
  help: '可以这样说：',
  notAvailable: '这个机器人还没有这项功能。',
  notAllowed: '这个命令只有管理员能用。有审核上的问题，直接问我就行。',
  hasRole: '您已经有这个身份了，发“帮助”看能做什么。',
  claimInDirectChat: '请加我好友，在私聊里发“认领”。',
  notUnderstood: '没看懂这个命令。发“帮助”看全部。',
  didYouMean: (example: string): string => `没看懂这个命令，是不是想发“${example}”？发“帮助”看全部。`,
  howTo: {
    try: '请带上要试的句子，例如：测试 审核要多久',
    assign: '请带上编号和小节，例如：归类 7 4.1',
    accept: '请带上编号，例如：采纳 12',
    ignore: '请带上编号，例如：忽略 7',
    teach: '请带上小节和说法，例如：新说法 4.1 弹出UGC怎么填',
    revoke: '请带上名字，例如：撤销 张三',
  },
  dutyInPerson: '值班要本人在值班群里说“我值班”或“下班”。',
  audit: (entries: readonly AuditEntry[]): string => {
    if (entries.length === 0) return '还没有人下过命令。'
    const lines = entries.map(
      ({ atMs, who, what, result }) => `${momentWords(atMs)} ${who.name}：${what}${RESULTS[result]}`,
    )
    while (lines.join('\n').length > MAX_REPORT_CHARS) lines.pop()
    return lines.join('\n')
  },
} as const
