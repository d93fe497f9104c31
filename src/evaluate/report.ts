import type { Understood } from './cross-validate.js'
import { type LabelledMessage, wantsSilence } from './labelled-message.js'
import { type Judged, judge, shareOf } from './tally-decisions.js'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

interface Group {
  readonly name: string
  readonly holds: (message: LabelledMessage) => boolean
}

const isInScope = ({ sections }: LabelledMessage): boolean => sections.length > 0

/** One table for authors: what was asked, what was overheard, how sure, and where it goes wrong. In Chinese. */
export function renderReport(title: string, understood: readonly Understood[]): string {
  const asked = understood.map(({ message, understanding }) => judge(message, understanding, true))
  const overheard = understood.map(({ message, understanding }) => judge(message, understanding, false))
  const of = (judged: readonly Judged[], holds: Group['holds']): readonly Judged[] =>
    judged.filter(({ message }) => holds(message))
  const plain = (message: LabelledMessage): boolean => wantsSilence(message) && !message.hard
  const hard = (message: LabelledMessage): boolean => wantsSilence(message) && message.hard
  const person = of(asked, ({ wantsHuman }) => wantsHuman)
  const calledInVain = asked.filter(
    ({ message, decision }) => !message.wantsHuman && decision.kind === 'escalate' && decision.reason === 'asked',
  )
  const called = person.filter(({ outcome }) => outcome === 'person').length
  return [
    `== ${title}：${understood.length} 条`,
    `点名提问（${of(asked, isInScope).length} 条）  第一个就对 ${percent(shareOf(of(asked, isInScope), 'right', 'right-offered-first'))}，对或在选项里 ${percent(shareOf(of(asked, isInScope), 'right', 'right-offered-first', 'offered'))}，答错 ${percent(shareOf(of(asked, isInScope), 'wrong'))}，反问 ${percent(shareOf(of(asked, isInScope), 'right-offered-first', 'offered', 'offered-wrong'))}，说不知道 ${percent(shareOf(of(asked, isInScope), 'not-answered'))}`,
    `没点名的提问  答对 ${percent(shareOf(of(overheard, isInScope), 'right'))}，答错 ${percent(shareOf(of(overheard, isInScope), 'wrong'))}`,
    `闲聊没点名  普通被接话 ${percent(shareOf(of(overheard, plain), 'spoke-up'))}，难的被接话 ${percent(shareOf(of(overheard, hard), 'spoke-up'))}`,
    `闲聊点了名  给出或列出小节 ${percent(shareOf(of(asked, wantsSilence), 'spoke-up'))}`,
    `要找人  认出 ${percent(shareOf(person, 'person'))}，叫得对 ${percent(called / Math.max(1, called + calledInVain.length))}`,
    '',
    ...renderGroups(
      '小节',
      asked.filter(({ message }) => isInScope(message)),
      ({ sections }) => sections[0]!,
    ),
    '',
    ...renderGroups(
      '说法',
      asked.filter(({ message }) => isInScope(message)),
      ({ kind }) => kind,
    ),
    '',
    ...renderReliability(asked),
  ].join('\n')
}

function renderGroups(
  name: string,
  judged: readonly Judged[],
  by: (message: LabelledMessage) => string,
): readonly string[] {
  const keys = [...new Set(judged.map(({ message }) => by(message)))].sort()
  return [
    `按${name}（点名）：`,
    ...keys.map((key) => {
      const group = judged.filter(({ message }) => by(message) === key)
      return `  ${key.padEnd(14)} ${String(group.length).padStart(4)} 条  对 ${percent(shareOf(group, 'right', 'right-offered-first'))}  错 ${percent(shareOf(group, 'wrong'))}`
    }),
  ]
}

const BINS = 10

/** Does a confidence of 0.7 mean right in seven of ten? */
function renderReliability(asked: readonly Judged[]): readonly string[] {
  const points = asked.flatMap(({ message, understanding }) => {
    const top = understanding.candidates[0]
    return top ? [{ confidence: top.overheard, right: message.sections.includes(top.sectionKey) }] : []
  })
  const lines = Array.from({ length: BINS }, (_, bin) => {
    const inside = points.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin)
    const mean = inside.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, inside.length)
    const right = inside.filter((point) => point.right).length / Math.max(1, inside.length)
    return `  ${(bin / BINS).toFixed(1)}–${((bin + 1) / BINS).toFixed(1)}  ${String(inside.length).padStart(5)} 条  说 ${percent(mean)}  实际 ${percent(right)}`
  })
  return ['把握准不准（没点名的把握与实际正确率）：', ...lines]
}

/** The messages that went wrong, worst first, for authors to look at. */
export function renderMistakes(understood: readonly Understood[], limit: number): string {
  const judged = understood.map(({ message, understanding }) => judge(message, understanding, true))
  return judged
    .filter(({ outcome }) => outcome === 'wrong' || outcome === 'spoke-up' || outcome === 'offered-wrong')
    .sort((a, b) => (b.understanding.candidates[0]?.confidence ?? 0) - (a.understanding.candidates[0]?.confidence ?? 0))
    .slice(0, limit)
    .map(({ message, understanding }) => {
      const top = understanding.candidates[0]
      const wanted = message.sections.join('、') || (message.wantsHuman ? '人工' : '不接话')
      return `  应该 ${wanted} → 给了 ${top?.sectionKey ?? '—'}（${percent(top?.confidence ?? 0)}） ${message.text.replace(/\s+/g, ' ').slice(0, 60)}`
    })
    .join('\n')
}
