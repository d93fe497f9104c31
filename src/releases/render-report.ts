import { formatProblem } from '../knowledge/format-problems.js'
import type { Changes, OwnedText } from './compare-content.js'
import type { Objection } from './judge-release.js'
import type { Findings } from './release.js'
import { differenceLines, examLines, metWords, unmetLine, wantedWords } from './release-phrases.js'

const MAX_LISTED = 1_000 // a first release lists nothing, a new guide hundreds

/** The whole report as Markdown, for the author at a desk. */
export function renderWholeReport(
  title: string,
  findings: Findings,
  { objections, when, by }: { readonly objections: readonly Objection[]; readonly when: string; readonly by: string },
): string {
  const { difference, exam, warnings } = findings
  const isFirst = exam.before === undefined
  return [
    `# ${title}`,
    '',
    `${when}，${by}。${findings.sectionCount} 个小节，${findings.utteranceCount} 条说法。`,
    '',
    ...examLines(findings),
    ...(objections.length > 0 ? ['', '**比原来差，超过了配置的限度。**'] : []),
    '',
    '## 内容的变化',
    '',
    ...(isFirst ? ['这是第一个发布，没有可以比较的。'] : differenceLines(difference)),
    ...(isFirst
      ? []
      : [
          ...listOf(
            '小节',
            mapChanges(difference.sections, ({ key, title: name }) => `${key} ${name}`),
          ),
          ...listOf('说法', mapChanges(difference.utterances, ownedLine)),
          ...listOf('不接话的例子', mapChanges(difference.silence, ownedLine)),
          ...section('同义词与意图设置', difference.others),
        ]),
    ...section(
      '回答变了的问题',
      exam.changes.map(({ set, text, heard, wanted, before, after, wasRight, isRight, place }) =>
        [
          `${wasRight && !isRight ? '变差' : isRight && !wasRight ? '变好' : '　　'}`,
          `${set === 'golden' ? `必答题 ${place ?? ''}` : '留出'}`,
          heard === 'asked' ? '点名' : '没点名',
          `“${text.replace(/\s+/g, ' ')}”`,
          `应该${wantedWords(wanted)}`,
          `原来${metWords(before)}`,
          `现在${metWords(after)}`,
        ].join(' | '),
      ),
    ),
    ...section(
      '还没答对的必答题',
      exam.unmet.map(unmetLine).map((line) => line.replace(/^· /, '')),
    ),
    ...section('提醒', warnings.map(formatProblem)),
    '',
  ].join('\n')
}

const ownedLine = ({ owner, text }: OwnedText): string => `${owner}：${text.replace(/\s+/g, ' ')}`

const mapChanges = <Item>(
  { added, changed, removed }: Changes<Item>,
  line: (item: Item) => string,
): Changes<string> => ({ added: added.map(line), changed: changed.map(line), removed: removed.map(line) })

const listOf = (what: string, { added, changed, removed }: Changes<string>): readonly string[] => [
  ...section(`${what}：新增`, added),
  ...section(`${what}：修改`, changed),
  ...section(`${what}：删除`, removed),
]

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? []
    : [
        '',
        `## ${title}（${lines.length}）`,
        '',
        ...lines.slice(0, MAX_LISTED).map((line) => `- ${line}`),
        ...(lines.length > MAX_LISTED ? [`- ……还有 ${lines.length - MAX_LISTED} 条`] : []),
      ]
