import type { AnswerDraft, DislikedSection, LearningEntry, UnansweredQuestion } from '../model/stores.js'

/** What fits a phone. */
const MAX_REPORT_CHARS = 500
const footer = ({ number }: LearningEntry): string =>
  `回复“归类 ${number} 4.1”教我（也可以归类到 无关、人工），“忽略 ${number}”不再列出。`
const draftFooter = ({ number }: LearningEntry): string => `“采纳 ${number}”收进知识，“忽略 ${number}”不要。`

const shorten = (text: string, maxChars: number): string => {
  const characters = [...text.replace(/\s+/g, ' ')]
  return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : characters.join('')
}

/** What the bot tells colleagues about what it doesn't know and what it has learned. */
export const learningPhrases = {
  nothing: '没有没答上来的问题。',
  noDrafts: '没有草稿。结单时写上说明（结单 12 说明），这里就会有一条。',
  list: (entries: readonly LearningEntry[], total: number): string =>
    fitting(
      (chars) => [
        total > entries.length ? `没答上来的，最多的 ${entries.length} 条（共 ${total} 条）：` : '没答上来的：',
        ...entries.map((entry) => lineOf(entry, chars)),
        ...entries
          .filter(({ kind }) => kind === 'question')
          .slice(0, 1)
          .map(footer),
        ...entries
          .filter(({ kind }) => kind === 'draft')
          .slice(0, 1)
          .map(draftFooter),
      ],
      36,
    ),
  drafts: (drafts: readonly AnswerDraft[]): string =>
    fitting(
      (chars) => [
        '结单说明可以收进知识：',
        ...drafts.map((draft) => lineOf(draft, chars)),
        ...drafts.slice(0, 1).map(draftFooter),
      ],
      80,
    ),
  unknown: (number: number): string => `没有第 ${number} 条，回复“未答”看全部。`,
  noSection: (key: string): string => `没有 ${key} 这一节，回复“菜单”看编号。`,
  ignored: (number: number): string => `好的，第 ${number} 条不再列出。`,
  merged: (number: number, into: number): string => `好的，第 ${number} 条并到第 ${into} 条了。`,
  sameEntry: '这就是同一条，不用合并。',
  noQuestion: (number: number, key: string): string =>
    `第 ${number} 条说的是 ${key} 的回答没用，没有要教的话：请改那一节的内容再“重载”，或回复“忽略 ${number}”。`,
  noDraft: (number: number): string => `第 ${number} 条不是草稿，要教我请用“归类 ${number} 4.1”。`,
  /** Why a sentence can't be taught. */
  unteachable: {
    short: (text: string): string => `“${shorten(text, 20)}”太短，离开上下文听不出在问什么，请写完整一点。`,
    courtesy: (text: string): string => `“${shorten(text, 20)}”是客套话、数字或命令，已有固定的回答，不能教。`,
    empty: '请带上要教的话，例如：新说法 4.1 弹出来的声明怎么填',
  },
  taught: (text: string, others: number, meaning: string): string =>
    `学会了：“${shorten(text, 40)}”${others > 0 ? `等 ${others + 1} 句` : ''} → ${meaning}。`,
  untaught: (text: string): string => `收回了：“${shorten(text, 40)}”又和教之前一样。`,
  neverTaught: (text: string): string => `没有教过“${shorten(text, 40)}”。`,
  knownAlready: (text: string, meaning: string): string => `“${shorten(text, 40)}”早就教过了 → ${meaning}。`,
  toSection: (key: string, title: string): string => `${key} ${title}`.trim(),
  toHuman: '转人工',
  toSilence: '不接话',
  accepted: (number: number, key: string): string =>
    `已收进知识：第 ${number} 条，编号 ${key}，文件 learned/knowledge/qa.md，可以再改。`,
  refused: (why: string, insist: string): string =>
    joined(['没有学，还和原来一样。', why, `一定要教就回复“${insist}”。`]),
  notApplied: '没有学：换上新知识以后这句话还是不认识，已经撤回。请看日志，或运行 npm run knowledge。',
  brokenFile: (problem: string): string => `没有学：${problem}`,
  failed: '没有学：出了错，已经撤回，请看日志。',
  withReport: (text: string, report: string): string => joined([text, report]),
  insistAssign: (number: number, key: string): string => `归类 ${number} ${key} 强制`,
  insistTeach: (key: string, text: string): string => `新说法 ${key} ${shorten(text, 30)} 强制`,
  insistAccept: (number: number): string => `采纳 ${number} 强制`,
  incident: (what: string, groups: readonly string[], others: number, hours: number): string =>
    joined([
      `驳回预警：${hours} 小时内有 ${groups.length + others} 个群因为同一个原因被驳回：${what}。`,
      `${groups.map((name) => `“${shorten(name, 20)}”`).join('、')}${others > 0 ? `${groups.length > 0 ? '，' : ''}另有 ${others} 个群` : ''}。`,
      '也可能是我们打的包有问题，请检查最近的包和发给客户的说明。',
    ]),
  reason: (text: string): string => `“${shorten(text, 60)}”（指南里没有）`,
} as const

function lineOf(entry: LearningEntry, chars: number): string {
  switch (entry.kind) {
    case 'question':
      return questionLine(entry, chars)
    case 'disliked':
      return dislikedLine(entry)
    case 'draft':
      return `${entry.number}. 草稿（工单 ${entry.ticketNumber}）“${shorten(entry.question, chars)}”→“${shorten(entry.answer, chars)}”`
  }
}

function questionLine({ number, texts, count, sectionKey }: UnansweredQuestion, chars: number): string {
  const times = count > 1 ? ` ×${count}` : ''
  return `${number}. “${shorten(texts[0]!, chars)}”${times}${sectionKey === null ? '' : ` 可能是 ${sectionKey}`}`
}

const dislikedLine = ({ number, sectionKey, people }: DislikedSection): string =>
  `${number}. ${sectionKey} 的回答被 ${people.length} 个人说没用`

/** The longest wording that a phone shows whole. @param write lines with texts of so many characters */
function fitting(write: (chars: number) => readonly string[], maxChars: number): string {
  for (let chars = maxChars; chars > 8; chars -= 4) {
    const text = write(chars).join('\n')
    if (text.length <= MAX_REPORT_CHARS) return text
  }
  return write(8).join('\n').slice(0, MAX_REPORT_CHARS)
}

/** The first and the last line are kept whole. */
function joined(lines: readonly string[]): string {
  const whole = lines.filter((line) => line !== '').join('\n')
  if (whole.length <= MAX_REPORT_CHARS) return whole
  const [first = '', middle = '', last = ''] = lines
  const left = MAX_REPORT_CHARS - first.length - last.length - 3
  return [first, `${middle.slice(0, Math.max(left, 0))}…`, last]
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, MAX_REPORT_CHARS)
}
