import type { Guide, Problem, Section } from '../model/knowledge.js'
import { nearest } from './nearest.js'
import { ownKey } from './qualify-keys.js'

/** Three bubbles of 500 characters are what one reply may have. */
const MAX_REPLY_CHARS = 1500

/** Looks for sections that would disappoint: references that lead nowhere, replies that are too long. */
export function checkSections(guides: readonly Guide[]): readonly Problem[] {
  return guides.flatMap(({ sections }) => {
    const keys = new Set(sections.map(ownKey))
    return sections.flatMap((section) => [...findDeadReferences(section, keys), ...findLength(section)])
  })
}

// 「见 4.1」「可看1.1」「看 A1.2」; 「看3个」 and 「看 2 天」 count something.
const REFERENCE =
  /(?:见|可看|参考|参看|[，,；。]看|^看)\s*[「“]?([A-Z]?\d{1,2}(?:\.\d{1,2})*)(?![\d.]|\s*(?:个|天|张|次|条|种|步|小时|分钟|年|月|日|点|图|页|位|人|遍|%|-))/g

function findDeadReferences(section: Section, keys: ReadonlySet<string>): readonly Problem[] {
  const dead = new Set(
    linesOf(section)
      .flatMap((line) => [...line.matchAll(REFERENCE)].map((match) => match[1]!))
      .filter((key) => !keys.has(key)),
  )
  return [...dead].map((key) => {
    const meant = nearest(key, keys)
    return warning(section, `提到了 ${key}，指南里没有这一节`, meant ? `是不是 ${meant}？` : '改成有的编号')
  })
}

function findLength(section: Section): readonly Problem[] {
  const supplements = section.supplements.map(({ text, source }) => `${text}${source}`)
  const chars = [section.title, ...linesOf(section), section.timeline ?? '', ...supplements].join('\n').length
  return chars > MAX_REPLY_CHARS
    ? [
        warning(
          section,
          `“${section.title}”约 ${chars} 字，三个气泡装不下`,
          `分成几个小节，或缩到 ${MAX_REPLY_CHARS} 字以内`,
        ),
      ]
    : []
}

const linesOf = ({ parts, required, next, handoff }: Section): readonly string[] => [
  ...parts.flatMap(({ lines }) => lines),
  ...required,
  ...(next === undefined ? [] : [next]),
  ...(handoff === undefined ? [] : [handoff]),
]

const warning = ({ file, line }: Section, message: string, remedy: string): Problem => ({
  severity: 'warning',
  file,
  line,
  column: 1,
  message,
  remedy,
})
