import type { Bubble } from '../model/decision.js'
import type { CategoryRow, GuidePicture, Section } from '../model/knowledge.js'
import type { NoticeReason, Reminder, ReminderPlan, WalkTurn } from '../model/understanding.js'
import { factPhrases, phrases, reminderPhrases, walkPhrases } from './phrases.js'
import { labeller } from './review-dates.js'

/** A line of a reply and the pictures that belong after it. */
export interface ReplyLine {
  readonly text: string
  readonly pictures: readonly GuidePicture[]
}

const plain = (text: string): ReplyLine => ({ text, pictures: [] })

/** The whole answer of one section: title, steps, required screenshots, timeline, next step, supplements. */
export function renderSection(section: Section, { withTimeline }: { withTimeline: boolean }): readonly ReplyLine[] {
  return [
    plain(phrases.title(section)),
    ...renderBody(section),
    ...(section.required.length > 0
      ? [plain(phrases.requiredHeading), ...section.required.map((line) => plain(`· ${line}`))]
      : []),
    ...(section.handoff ? [plain(phrases.handoff(section.handoff))] : []),
    ...(withTimeline && section.timeline ? [plain(section.timeline)] : []),
    ...(section.next ? [plain(phrases.next(section.next))] : []),
    ...section.supplements.map(({ text }, at, all) => plain(phrases.supplement(text, at === all.length - 1))),
  ]
}

/** The shortest answer that can be acted on: title and steps. */
export function renderSectionBriefly(section: Section): readonly ReplyLine[] {
  return [
    plain(phrases.title(section)),
    ...renderBody(section),
    ...(section.handoff ? [plain(phrases.handoff(section.handoff))] : []),
  ]
}

function renderBody({ parts }: Section): readonly ReplyLine[] {
  return parts.flatMap(({ lines, pictures }) =>
    lines.length === 0
      ? pictures.map((picture) => ({ text: '', pictures: [picture] }))
      : lines.map((text, index) => ({ text, pictures: index === lines.length - 1 ? pictures : [] })),
  )
}

/** Promises a reminder. @param nowMs today, because the year is told only where it is another */
export const renderReminderSet = ({ day }: ReminderPlan, nowMs: number): string =>
  reminderPhrases.set(labeller(nowMs)(day))

/** The reminder itself. @param isLate it should have been sent well before */
export function renderReminder(
  { about, day }: Reminder,
  { nowMs, isLate }: { nowMs: number; isLate: boolean },
): string {
  const say = { second: 'dueSecond', internal: 'dueInternal', submit: 'dueSubmit' } as const
  const text = reminderPhrases[say[about]](labeller(nowMs)(day))
  return isLate ? `${reminderPhrases.late}\n${text}` : text
}

interface Naming {
  /** The section of the present step. */
  readonly section: Section | undefined
  readonly titleOf: (key: string) => string
}

/** One turn of a walk-through: the step with its screenshots, an offer, or the list at the end. */
export function renderWalk(turn: WalkTurn, { section, titleOf }: Naming): readonly ReplyLine[] {
  const { told, steps } = turn
  const number = stepNumber(turn)
  switch (told) {
    case 'first-step':
      return [renderWalkPlain(walkPhrases.intro(steps.length)), ...renderStep(turn, section)]
    case 'step':
      return renderStep(turn, section)
    case 'where': {
      const { at } = turn.walk
      return [renderWalkPlain(walkPhrases.where(number, steps.length, { key: at, title: titleOf(at) }))]
    }
    case 'offer':
      return [renderWalkPlain(walkPhrases.offer(number, steps.length))]
    case 'stopped':
      return [renderWalkPlain(walkPhrases.stopped(number, steps.length))]
    case 'verdict':
      return renderVerdict(turn, titleOf).map(renderWalkPlain)
  }
}

/** 1 … the number of steps. */
export const stepNumber = ({ walk, steps }: Pick<WalkTurn, 'walk' | 'steps'>): number =>
  Math.max(0, steps.indexOf(walk.at)) + 1

function renderStep(turn: WalkTurn, section: Section | undefined): readonly ReplyLine[] {
  const required = section?.required ?? []
  return [
    ...(section ? renderSectionBriefly(section) : []),
    ...(required.length > 0
      ? [renderWalkPlain(phrases.requiredHeading), ...required.map((line) => renderWalkPlain(`· ${line}`))]
      : []),
    renderWalkPlain(walkPhrases.prompt(stepNumber(turn), turn.steps.length)),
  ]
}

function renderVerdict({ walk, steps }: WalkTurn, titleOf: (key: string) => string): readonly string[] {
  const left = steps.filter((key) => walk.outcomes[key] !== 'done')
  const list = steps.map((key) => (left.includes(key) ? walkPhrases.skipped : walkPhrases.done)(key, titleOf(key)))
  const verdict = left.length === 0 ? [walkPhrases.go] : [walkPhrases.noGo(left), walkPhrases.noGoHint]
  return [walkPhrases.listHeading(steps.length), ...list, ...verdict]
}

const renderWalkPlain = (text: string): ReplyLine => ({ text, pictures: [] })

/** Lines that read best together, e.g. one section. */
export type LineGroup = readonly ReplyLine[]

/** The texts of the bubbles that the groups need, however many. */
export const packReply = (groups: readonly LineGroup[], mentionChars: number): readonly (readonly string[])[] =>
  packGroups(
    groups.map((lines) => lines.map(({ text }) => text).filter((text) => text !== '')),
    mentionChars,
  )

/**
 * Text in at most three bubbles, each followed by the pictures that belong to it.
 *
 * @param mentionChars what the mention takes in the first bubble; one that leaves no room for a line is left out
 */
export function toBubbles(groups: readonly LineGroup[], mentionChars: number): readonly Bubble[] {
  if (mentionChars > MAX_MENTION_CHARS) return toBubbles(groups, 0)
  const packed = packReply(groups, mentionChars)
  const kept = packed.length <= MAX_BUBBLES ? packed : cutOff(packed)
  const pictures = placePictures(groups)
  const bubbles: Bubble[] = []
  let told = 0
  for (const [index, lines] of kept.entries()) {
    bubbles.push({ kind: 'text', text: lines.join('\n'), mention: index === 0 && mentionChars > 0 })
    told = index === kept.length - 1 ? Number.POSITIVE_INFINITY : told + lines.length
    while (pictures[0] && pictures[0].behind <= told) {
      bubbles.push({ kind: 'picture', picture: pictures.shift()!.picture })
    }
  }
  return bubbles
}

interface PlacedPicture {
  readonly picture: GuidePicture
  /** Counted in lines as they are packed, so that equal lines are not mistaken for one another. */
  readonly behind: number
}

function placePictures(groups: readonly LineGroup[]): PlacedPicture[] {
  const placed: PlacedPicture[] = []
  let lineCount = 0
  for (const { text, pictures } of groups.flat()) {
    if (text !== '') lineCount += cutLine(text).length
    for (const picture of pictures) placed.push({ picture, behind: lineCount })
  }
  return placed
}

function cutOff(packed: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept = packed.slice(0, MAX_BUBBLES)
  const last = [...kept[MAX_BUBBLES - 1]!]
  while (last.length > 1 && [...last, phrases.cutOff].join('\n').length > MAX_BUBBLE_CHARS) last.pop()
  return [...kept.slice(0, -1), [...last, phrases.cutOff]]
}

/** WeChat bots split here; longer texts are folded by the client and cost a tap to read. */
export const MAX_BUBBLE_CHARS = 500
export const MAX_BUBBLES = 3
/** WeChat's own limit for names is 32 characters; two units each where they are emoji, less the `@` and a blank. */
export const MAX_MENTION_CHARS = 60

/**
 * Packs lines into bubbles, splitting at line ends, and a line that is itself too long at its sentence ends.
 *
 * @param firstReserve characters kept free in the first bubble, for the mention
 * @param laterReserve the same in each further one
 * @returns bubbles of at most `MAX_BUBBLE_CHARS` UTF-16 units; as many as it takes
 */
export function packLines(
  lines: readonly string[],
  firstReserve = 0,
  laterReserve = 0,
): readonly (readonly string[])[] {
  const bubbles: string[][] = []
  let current: string[] = []
  let room = MAX_BUBBLE_CHARS - firstReserve
  for (const line of lines.flatMap(cutLine)) {
    const cost = line.length + (current.length > 0 ? 1 : 0)
    if (cost > room && current.length > 0) {
      bubbles.push(current)
      current = []
      room = MAX_BUBBLE_CHARS - laterReserve
    }
    room -= line.length + (current.length > 0 ? 1 : 0)
    current.push(line)
  }
  if (current.length > 0) bubbles.push(current)
  return bubbles
}

/**
 * Packs groups of lines, breaking between groups where that costs no bubble too many, else at any line.
 *
 * @param groups lines that read best together, e.g. one section each
 */
export function packGroups(groups: readonly (readonly string[])[], firstReserve = 0): readonly (readonly string[])[] {
  const bubbles: (readonly string[])[] = []
  for (const group of groups) {
    const before = bubbles.at(-1) ?? []
    const reserve = bubbles.length <= 1 ? firstReserve : 0
    const joined = packLines([...before, ...group], reserve)
    if (joined.length <= 1) bubbles.splice(-1, 1, ...joined)
    else bubbles.push(...packLines(group, bubbles.length === 0 ? firstReserve : 0))
  }
  const byLines = packLines(groups.flat(), firstReserve)
  return bubbles.length <= MAX_BUBBLES || bubbles.length <= byLines.length ? bubbles : byLines
}

// A cut line still fits behind a mention.
const MAX_LINE_CHARS = MAX_BUBBLE_CHARS - MAX_MENTION_CHARS

/** @returns the line itself, or pieces of it that each fit a bubble with a mention */
function cutLine(line: string): readonly string[] {
  if (line.length <= MAX_LINE_CHARS) return [line]
  const window = line.slice(0, MAX_LINE_CHARS)
  const end = Math.max(...['。', '！', '？', '；', '，', ' '].map((mark) => window.lastIndexOf(mark) + 1))
  const at = end > MAX_LINE_CHARS / 2 ? end : safeCut(line, MAX_LINE_CHARS)
  const rest = line.slice(at).trimStart()
  return [line.slice(0, at).trimEnd(), ...(rest === '' ? [] : cutLine(rest))]
}

const GRAPHEMES = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/** Never inside an emoji, be it one of several signs (a family, a flag); never between the halves of a character. */
function safeCut(line: string, at: number): number {
  const start = GRAPHEMES.segment(line).containing(at)?.index ?? at
  if (start > at / 2) return start
  return /[\uD800-\uDBFF]/.test(line[at - 1]!) ? at - 1 : at
}

const SIGNS = '①②③④⑤⑥⑦⑧⑨⑩'
const MAX_QUOTE_CHARS = 28
/** A single reason that is no longer need not be quoted to be known again. */
const MAX_OBVIOUS_CHARS = 60
/** What every notice begins a reason with. */
const NOTICE_OPENING =
  /^(?:.*?不符合(?:规则|规范)|.*?内容不一致)?[\s:;,。]*(?:\(\d+\)[\s:]*)?(?:你好|您好)?[\s,，:。]*/s
const MAX_TOLD_CHARS = 90

interface Reading {
  readonly section: (sectionKey: string) => Section | undefined
  /** All of it in a line or two, where an author wrote that. */
  readonly brief: (sectionKey: string) => readonly string[] | undefined
}

/**
 * A notice reason by reason: quoted short, what it means, what to do, who does it.
 *
 * @param about only the one at this place from 0
 */
export function renderReasons(reasons: readonly NoticeReason[], reading: Reading, about?: number): readonly string[] {
  const only = about === undefined ? undefined : reasons[about]
  if (only) return [phrases.reasonAt(about! + 1, shortQuote(only.text)), ...renderReason(only, reading)]
  const [single] = reasons.length === 1 ? reasons : []
  if (single) {
    const quoted = single.text.length > MAX_OBVIOUS_CHARS ? [phrases.reason('', shortQuote(single.text))] : []
    return [...quoted, ...renderReason(single, reading)]
  }
  return [
    phrases.severalReasons(reasons.length),
    ...reasons.flatMap((reason, index) => {
      const told = renderReason(reason, reading)
      const earlier = reasons.slice(0, index).findIndex((one) => renderReason(one, reading).join() === told.join())
      return [
        phrases.reason(signOf(index), shortQuote(reason.text)),
        ...(earlier < 0 || told[0] === phrases.unknownReasonQuoted ? told : [phrases.sameAsReason(signOf(earlier))]),
      ]
    }),
  ]
}

const signOf = (index: number): string => SIGNS[index] ?? `${index + 1} `

function renderReason(
  { rule, category, candidates, answer }: NoticeReason,
  { section, brief }: Reading,
): readonly string[] {
  if (category) return [phrases.addCategory(category.path, documentsOf(category))]
  const own = section(candidates[0]?.sectionKey ?? '')
  // A rule that several sections are about says less than the one that is meant.
  const isBroad = rule !== undefined && own !== undefined && rule.sections.length > 1
  if (rule && !isBroad) {
    const told = [factPhrases.meaning(rule.meaning), factPhrases.customerDoes(rule.customer.join('；'))].join('')
    return [told, ...(rule.vendor === undefined ? [] : [factPhrases.vendorDoes(rule.vendor)])]
  }
  if (answer) return answer.lines
  if (!own) return [phrases.unknownReasonQuoted]
  const told = brief(own.key)
  if (told) return told
  const lines = own.parts.flatMap((part) => part.lines)
  return lines.filter((_, index) => lines.slice(0, index).join('').length < MAX_TOLD_CHARS)
}

/** The reason's own words, without the heading that it shares with many. */
function shortQuote(text: string): string {
  const own = text.replace(NOTICE_OPENING, '').trim() || text
  return own.length <= MAX_QUOTE_CHARS ? own : `${own.slice(0, MAX_QUOTE_CHARS)}…`
}

const MAX_DOCUMENT_CHARS = 40

/** Without what stands in brackets where the name is long. */
const shortly = (name: string): string => (name.length <= MAX_DOCUMENT_CHARS ? name : name.replace(/（[^（）]*）/g, ''))

/** The documents that a category asks for. */
export const documentsOf = ({ documents, choose }: CategoryRow): string =>
  factPhrases.documents(documents.length === 1 ? documents : documents.map(shortly), choose)
