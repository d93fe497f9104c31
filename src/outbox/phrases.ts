import { inQuotes, oneLine } from '../base/text.js'
import type { UnsaidQuestion } from '../model/ports.js'

const MAX_NAME_CHARS = 20
const MAX_QUESTION_CHARS = 60
/** A bubble of WeChat. */
const MAX_NOTICE_CHARS = 500

const askedBy = ({ placeName, askerName, text }: UnsaidQuestion): string =>
  `${oneLine(placeName, MAX_NAME_CHARS)} ${oneLine(askerName, MAX_NAME_CHARS)}：${inQuotes(text, MAX_QUESTION_CHARS)}`

type TitleOf = (sectionKey: string) => string | undefined

const shouldHear = ({ sectionKeys }: UnsaidQuestion, titleOf: TitleOf): string =>
  sectionKeys.map((key) => `${key} ${titleOf(key) ?? ''}`.trim()).join('、')

/** What is told of questions whose reply could not be said. */
export const unsaidPhrases = {
  personCap: '今天您问得比较多，机器人先答到这里。您的问题已经转给同事，急事请直接在群里找同事。',
  refused: (question: UnsaidQuestion, titleOf: TitleOf): string =>
    [
      '没发出去，请同事回复：',
      `群：${oneLine(question.placeName, MAX_NAME_CHARS)}`,
      `客户：${oneLine(question.askerName, MAX_NAME_CHARS)}`,
      `问题：${inQuotes(question.text, MAX_QUESTION_CHARS)}`,
      ...(question.sectionKeys.length > 0 ? [`该答：${shouldHear(question, titleOf)}`] : []),
    ].join('\n'),
  digest: (questions: readonly UnsaidQuestion[], titleOf: TitleOf): readonly string[] => {
    const lines = questions.map((question) => {
      const sections = shouldHear(question, titleOf)
      return `${askedBy(question)}${sections === '' ? '' : ` → ${sections}`}`
    })
    return inNotices(`有 ${questions.length} 个问题没发出回复，请同事看一下：`, lines)
  },
  tickets: (tickets: readonly { readonly number: number; readonly question: UnsaidQuestion }[]): string => {
    const head = `${tickets.length} 个问题没顾上回答，已转成工单：`
    const lines = tickets.map(({ number, question }) => `${number} ${askedBy(question)}`)
    const shown: string[] = []
    for (const line of lines) {
      const rest = lines.length - shown.length - 1
      if ([head, ...shown, line, ...(rest > 0 ? [more(rest)] : [])].join('\n').length > MAX_NOTICE_CHARS) break
      shown.push(line)
    }
    const rest = lines.length - shown.length
    return [head, ...shown, ...(rest > 0 ? [more(rest)] : [])].join('\n')
  },
} as const

const more = (count: number): string => `还有 ${count} 个，发“工单”看全部。`

/** As many notices as it takes, the head on the first. */
function inNotices(head: string, lines: readonly string[]): readonly string[] {
  const notices: string[][] = [[head]]
  for (const line of lines) {
    const last = notices.at(-1)!
    if ([...last, line].join('\n').length <= MAX_NOTICE_CHARS) last.push(line)
    else notices.push([line])
  }
  return notices.map((notice) => notice.join('\n'))
}
