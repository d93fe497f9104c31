import type { DecisionTrace } from '../model/decision.js'

interface Explained {
  readonly asked: DecisionTrace
  readonly overheard: DecisionTrace
  readonly titleOf: (sectionKey: string) => string | undefined
  /** What would be said; empty for nothing. */
  readonly reply: string
  readonly pictureCount: number
}

const KINDS: Readonly<Record<DecisionTrace['kind'], string>> = {
  answer: '回答',
  clarify: '反问',
  fallback: '说不知道，提出转人工',
  escalate: '转人工',
  courtesy: '客气一句',
  command: '执行命令',
  silent: '不插话',
}
/** Why, where it is not plain from what is done. */
const REASONS: Readonly<Record<string, string>> = {
  sure: '把握足够',
  notice: '像驳回通知',
  several: '一次问了几件事',
  days: '算日子',
  withdrawal: '提醒别撤回',
  'walk-through': '按清单走',
  'several-likely': '有几种可能',
  'not-for-us': '不像在问提审',
  'not-sure': '把握不够',
  'not-understood': '没听懂',
  'unknown-rejection-reason': '没见过的驳回原因',
  asked: '要找人',
}
const MAX_CHARS = 500
const MAX_CANDIDATES = 3

/** What the bot would say to a sentence, and why. */
export const explainPhrases = {
  explain: ({ asked, overheard, titleOf, reply, pictureCount }: Explained): string => {
    const named = (key: string): string => `${key} ${titleOf(key) ?? ''}`.trim()
    const candidates = asked.candidates
      .slice(0, MAX_CANDIDATES)
      .map(({ section, confidence }) => `${named(section)} ${percent(confidence)}`)
    const head = [
      `点名问：${verdict(asked, named)}`,
      `没点名：${verdict(overheard, named)}`,
      ...(candidates.length > 0 ? [`最像：${candidates.join('、')}`] : []),
    ].join('\n')
    const pictures = pictureCount > 0 ? `（另有 ${pictureCount} 张图）` : ''
    if (reply === '') return head.slice(0, MAX_CHARS)
    const room = MAX_CHARS - head.length - pictures.length - '\n会这样说：\n…'.length
    return `${head}\n会这样说：\n${cut(reply, room)}${pictures}`
  },
} as const

function verdict({ kind, sections, confidence, reason }: DecisionTrace, named: (key: string) => string): string {
  const what = [KINDS[kind], ...(sections.length > 0 ? [sections.map(named).join('、')] : [])].join(' ')
  const why = [
    ...(kind === 'courtesy' || kind === 'command' ? [] : [`把握 ${percent(confidence)}`]),
    ...(REASONS[reason] === undefined ? [] : [REASONS[reason]]),
  ]
  return why.length === 0 ? what : `${what}（${why.join('，')}）`
}

const percent = (share: number): string => `${Math.round(share * 100)}%`
const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}…`)
