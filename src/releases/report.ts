import { formatProblem } from '../errors.js'
import type { ExamChange, Met, Unmet, Wanted } from '../evaluate/exam.js'
import type { ExamFigures, Problem } from '../model/knowledge.js'
import {
  type Changes,
  type ContentDifference,
  type Findings,
  isSame,
  judgeRelease,
  type Objection,
  type OwnedText,
  type Preview,
  type ReleaseLimits,
  type ReleaseRecord,
  shareOf,
} from './release.js'

const MAX_LISTED = 1_000 // a first release lists nothing, a new guide hundreds

/** What a release of drafts would change, for the page. Lines are in Chinese. */
export interface ReleasePreview {
  readonly isBroken: boolean
  readonly problems: readonly Problem[]
  /** Why it would not be taken as it is. */
  readonly objections: readonly string[]
  readonly exam: readonly string[]
  /** The same in numbers; shares are 0..1. Absent where nothing could be examined. */
  readonly figures?: ReleaseFigures
  /** Golden questions that are met otherwise, and those that are not met as wanted. */
  readonly changes: readonly string[]
  readonly misread: readonly string[]
  readonly replay?: Extract<Preview, { status: 'ready' }>['replay']
  readonly tried: readonly string[]
}

interface ReleaseFigures {
  readonly golden: { readonly right: number; readonly total: number; readonly before?: number }
  readonly heldOut: { readonly total: number; readonly right: number; readonly before?: number }
}

function figuresOf({ exam: { before, after } }: Findings): ReleaseFigures {
  return {
    golden: { ...after.golden, ...(before && { before: before.golden.right }) },
    heldOut: {
      ...{ total: after.heldOut.total, right: shareOf(after, 'right') },
      ...(before && { before: shareOf(before, 'right') }),
    },
  }
}

export function describePreview(preview: Preview, limits: ReleaseLimits): ReleasePreview {
  if (preview.status === 'broken') {
    const problems = preview.problems.filter(({ severity }) => severity === 'error')
    return { isBroken: true, problems, objections: [], exam: [], changes: [], misread: [], tried: [] }
  }
  const { findings, tried } = preview
  return {
    ...{ isBroken: false, problems: findings.warnings.slice(0, MAX_MISREAD), tried, replay: preview.replay },
    objections: judgeRelease(findings, limits).map(objectionLine),
    ...{ exam: examLines(findings), figures: figuresOf(findings) },
    changes: findings.exam.changes.slice(0, MAX_MISREAD).map(changeLine),
    misread: misreadLines(findings.misread, MAX_MISREAD),
  }
}

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
          ...listOf('短答、类目和规则', difference.facts),
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
    ...section(
      '新写的话，现在答不对',
      findings.misread.map(unmetLine).map((line) => line.replace(/^· /, '')),
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

/** Fits on a phone. */
const MAX_CHARS = 500
const MAX_NAMED = 5
const QUOTED_CHARS = 24
const UNCHANGED = '内容没有变化。'

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
const clip = (text: string, chars = QUOTED_CHARS): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > chars ? `${line.slice(0, chars)}…` : line
}

/** What is told of releases, at most 500 characters each. */
export const releasePhrases = {
  taken: (record: ReleaseRecord, findings: Findings, facts: { readonly before?: number; readonly report: string }) =>
    fitLines(
      [
        `已采用发布 ${record.number}（版本 ${record.version}${facts.before === undefined ? '' : `，原来是发布 ${facts.before}`}）${record.forced ? '，是强制采用的' : ''}。`,
        ...findingLines(findings),
      ],
      [`全文：${facts.report}`],
    ),
  unchanged: (current: ReleaseRecord, findings: Findings): string =>
    fitLines([`知识没有变化，还是发布 ${current.number}（版本 ${current.version}）。`, ...examLines(findings)], []),
  unpinned: (current: ReleaseRecord): string =>
    `文件夹里的知识就是发布 ${current.number}，不再停在回滚的状态，以后的改动照常采用。`,
  rejected: (
    objections: readonly Objection[],
    findings: Findings,
    facts: { readonly current: number; readonly report: string },
  ): string =>
    fitLines(
      [
        `没有采用，继续用发布 ${facts.current}，因为：`,
        ...objections.map(objectionLine),
        ...differenceLines(findings.difference),
      ],
      ['请改好再“重载”；一定要用，就发“重载 强制”。', `全文：${facts.report}`],
    ),
  checked: (
    objections: readonly Objection[],
    findings: Findings,
    facts: { readonly report: string; readonly isUnchanged: boolean },
  ): string =>
    fitLines(
      [
        facts.isUnchanged
          ? '检查完：和正在用的知识一样。'
          : objections.length === 0
            ? '检查通过，可以“重载”。'
            : '检查完：直接“重载”不会采用，因为：',
        ...objections.map(objectionLine),
        ...findingLines(findings).filter((line) => !facts.isUnchanged || line !== UNCHANGED),
        ...unmetLines(findings),
      ],
      [`全文：${facts.report}`],
    ),
  broken: (problems: readonly Problem[], current: number | undefined): string => {
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem)
    const head = `有错误，${current === undefined ? '没有可用的知识' : `继续用发布 ${current}`}。请改好再试：`
    return fitList(head, errors, (more) => `……还有 ${more} 处，运行 npm run knowledge 查看。`)
  },
  failed: (
    current: number,
    why: 'timeout' | 'disk-full' | 'no-permission' | 'unreachable' | 'overtaken' | 'other',
    seconds: number,
  ): string =>
    `没有成功，继续用发布 ${current}。${
      {
        timeout: `检查和训练超过了 ${seconds} 秒；指南或说法太多时，调大配置 releases.timeoutSeconds。`,
        'disk-full': '磁盘满了，请清理后再试。',
        'no-permission': '没有权限读写文件，请检查数据文件夹和知识文件夹的权限。',
        unreachable: '工单库暂时连不上，其他账号拿不到新发布，请等它恢复再试。',
        overtaken: '另一个账号刚好先发布了，已改用它的；要采用这里的改动，请再发一次“重载”。',
        other: '原因写在运行日志里。',
      }[why]
    }`,
  rolledBack: (record: ReleaseRecord, when: string): string =>
    `已回到发布 ${record.number}（版本 ${record.version}，${when}，${record.by.name}）。重启也停在这里，直到有人发“重载”；文件夹里的文件没有动，请改好再“重载”。`,
  already: (number: number): string => `现在用的就是发布 ${number}。`,
  noSuchRelease: (to: number | undefined, kept: readonly string[]): string =>
    fitList(
      `${to === undefined ? '没有更早的发布' : `没有发布 ${to}`}。${kept.length > 0 ? '可以回到：' : ''}`,
      kept,
      (more) => `……还有 ${more} 个更早的。`,
    ),
  keptRelease: ({ number, version, by }: ReleaseRecord, when: string): string =>
    `${number}｜${version}｜${when}｜${by.name}`,
  staysPinned: (number: number): string =>
    `回滚以后停在发布 ${number}：文件夹里的知识和它不同，没有采用。要采用就发“重载”。`,
  startedOnOld: (number: number, why: string): string => `文件夹里的知识没有采用，用发布 ${number} 启动。${why}`,
  lostRelease: (wanted: number, instead: number): string => `发布 ${wanted} 不见了，改用发布 ${instead}。`,
  foldersDiffer: (number: number): string =>
    `几个账号共用发布 ${number}；这台机器文件夹里的知识和它不同，没有自动采用。要采用就发“重载”，所有账号都会换。`,
  preparing: '正在学习指南和说法，第一次启动或更新程序以后要十几秒到一分钟，请稍候……',
  notHere: '这里只回答问题，不能重载或回滚。',
} as const

/** `11-23 09:05`, in China. */
export const whenWords = (atMs: number): string =>
  new Date(atMs + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ')

const findingLines = (findings: Findings): readonly string[] => [
  ...differenceLines(findings.difference),
  ...examLines(findings),
  ...misreadLines(findings.misread),
  ...changeLines(findings.exam.changes),
  ...(findings.warnings.length > 0
    ? [`提醒 ${findings.warnings.length} 处，例如 ${clip(formatProblem(findings.warnings[0]!), 60)}`]
    : []),
]

function differenceLines(difference: ContentDifference): readonly string[] {
  if (isSame(difference)) return [UNCHANGED]
  const { sections, utterances, silence, facts, others } = difference
  const keys = [...sections.added, ...sections.changed, ...sections.removed].map(({ key }) => key)
  const named =
    keys.length > 0 ? `（${keys.slice(0, MAX_NAMED).join('、')}${keys.length > MAX_NAMED ? '等' : ''}）` : ''
  return [
    ...counted(`小节`, sections, named),
    ...counted('短答、类目和规则', facts, ''),
    ...counted('说法', utterances, ''),
    ...counted('不接话的例子', silence, ''),
    ...(others.length > 0 ? [`同义词或意图设置：${others.length} 处`] : []),
  ]
}

function counted(what: string, { added, changed, removed }: Changes<unknown>, named: string): readonly string[] {
  const parts = [
    ...(added.length > 0 ? [`新增 ${added.length}`] : []),
    ...(changed.length > 0 ? [`修改 ${changed.length}`] : []),
    ...(removed.length > 0 ? [`删除 ${removed.length}`] : []),
  ]
  return parts.length > 0 ? [`${what}：${parts.join('，')}${named}`] : []
}

function examLines({ exam: { before, after } }: Findings): readonly string[] {
  const from = (was: string | undefined, is: string): string => (was === undefined || was === is ? is : `${was}→${is}`)
  const right = (figures: ExamFigures | undefined, of: 'right' | 'wrong'): string | undefined =>
    figures && percent(shareOf(figures, of))
  return [
    ...(after.golden.total > 0
      ? [
          `必答题 ${after.golden.total} 道：答对 ${from(before && String(before.golden.right), String(after.golden.right))}`,
        ]
      : []),
    ...(after.heldOut.total > 0
      ? [
          `留出 ${after.heldOut.total} 条：对 ${from(right(before, 'right'), right(after, 'right')!)}，答错或乱接话 ${from(right(before, 'wrong'), right(after, 'wrong')!)}`,
        ]
      : []),
  ]
}

/** At most so many are shown to an author at once. */
const MAX_MISREAD = 20

/** Sentences of authors that are not answered as they mean them, and what is done with them instead. */
export const misreadLines = (misread: readonly Unmet[], shown = 3): readonly string[] =>
  misread.length === 0
    ? []
    : [`写的话有 ${misread.length} 句现在答不对：`, ...misread.slice(0, Math.min(shown, MAX_MISREAD)).map(unmetLine)]

/** The golden questions that still have to be seen to. */
const unmetLines = ({ exam: { unmet } }: Findings): readonly string[] => unmet.slice(0, 3).map(unmetLine)

const unmetLine = ({ text, wanted, met, place }: Unmet): string =>
  `· “${clip(text)}” 应该${wantedWords(wanted)}，现在${metWords(met)}${place === undefined ? '' : `（${place}）`}`

const changeLines = (changes: readonly ExamChange[]): readonly string[] =>
  changes.length === 0 ? [] : [`回答变了 ${changes.length} 条：`, ...changes.slice(0, 3).map(changeLine)]

const changeLine = ({ text, before, after, wasRight, isRight }: ExamChange): string =>
  `· “${clip(text)}” ${metWords(before)}→${metWords(after)}${wasRight && !isRight ? '（变差）' : isRight && !wasRight ? '（变好）' : ''}`

function objectionLine(objection: Objection): string {
  if (objection.kind === 'golden') {
    const shown = objection.lost.slice(0, 3).map(({ text, wanted, after, place }) => {
      return `· “${clip(text)}” 应该${wantedWords(wanted)}，变成了${metWords(after)}${place === undefined ? '' : `（${place}）`}`
    })
    return [`必答题少对 ${objection.lost.length} 道：`, ...shown].join('\n')
  }
  const figures = `${percent(objection.before)}→${percent(objection.after)}`
  return objection.kind === 'fewer-right' ? `留出的说法答对 ${figures}` : `留出的说法答错或乱接话 ${figures}`
}

/** How a message was met, in two or three words. */
function metWords({ kind, sections, card }: Met): string {
  const keys = [...sections, ...(card === undefined ? [] : [`“${card}”`])].join('、')
  switch (kind) {
    case 'answer':
      return `答 ${keys}`
    case 'clarify':
      return `反问 ${keys}`
    case 'outside':
      return card === undefined ? '指南外' : `答指南外的“${card}”`
    case 'fallback':
      return '说不知道'
    case 'escalate':
      return '转人工'
    case 'courtesy':
      return '客气话'
    case 'command':
      return '当成命令'
    case 'silent':
      return '不接话'
  }
}

function wantedWords(wanted: Wanted): string {
  if (wanted.kind === 'sections') return `答 ${wanted.keys.join('、')}`
  if (wanted.kind === 'card') return `答“${wanted.id}”`
  return { silence: '不接话', human: '转人工', unknown: '说不知道', courtesy: '客气话' }[wanted.kind]
}

/** Leaves out lines from the end of `lines` until everything fits; `tail` always stays. */
function fitLines(lines: readonly string[], tail: readonly string[]): string {
  for (let shown = lines.length; shown > 0; shown--) {
    const text = [...lines.slice(0, shown), ...tail].join('\n')
    if (text.length <= MAX_CHARS) return text
  }
  return [...lines.slice(0, 1), ...tail].join('\n').slice(0, MAX_CHARS)
}

function fitList(head: string, items: readonly string[], rest: (more: number) => string): string {
  for (let shown = items.length; shown > 0; shown--) {
    const more = items.length - shown
    const text = [head, ...items.slice(0, shown), ...(more > 0 ? [rest(more)] : [])].join('\n')
    if (text.length <= MAX_CHARS) return text
  }
  const more = items.length - 1
  const first = items.slice(0, 1).map((item) => item.slice(0, MAX_CHARS - head.length - 60))
  return [head, ...first, ...(more > 0 ? [rest(more)] : [])].join('\n')
}
