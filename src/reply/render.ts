import { chinaDay, civilOf, dayFromIso, isoOf, weekdayOf } from '../base/time.js'
import type { Bubble } from '../model/decision.js'
import type { CategoryRow, GuidePicture, ReviewDays, Section } from '../model/knowledge.js'
import type {
  DatesReading,
  IsoDay,
  NoticeReason,
  Reminder,
  ReminderPlan,
  ReviewDates,
  ReviewTimeline,
  WalkTurn,
} from '../model/understanding.js'
import { factPhrases, phrases, reminderPhrases, walkPhrases } from './phrases.js'

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

const WEEKDAYS = '一二三四五六日'
const ALL_DAYS_COUNT = '按自然日算：周末、节假日都算在内，不顺延。'
const ASK_A_PERSON = '我请同事帮您查。'

type Submitted = Extract<ReviewDates, { kind: 'submitted' }>
type SecondStarted = Extract<ReviewDates, { kind: 'second-started' }>
type Deadline = Extract<ReviewDates, { kind: 'deadline' }>

/**
 * Tells a customer the days of the review, a line each, ready for a chat bubble.
 *
 * @param reading what was read at the same moment
 * @returns 1 to 6 short lines of Chinese
 */
export function renderReviewDates({ dates, timeline, review }: DatesReading, nowMs: number): string[] {
  const say = { today: chinaDay(nowMs), label: labeller(nowMs), review }
  switch (dates.kind) {
    case 'submitted':
      return renderSubmitted(dates, timeline, say)
    case 'second-started':
      return renderSecondStarted(dates, timeline, say)
    case 'deadline':
      return renderDeadline(dates, timeline, say)
    case 'counts-holidays':
      return [`审核时间${ALL_DAYS_COUNT}`, `首次提审是 ${spanOf(review)}；后续版本只有微信内审。`]
    default:
      return assertNever(dates)
  }
}

interface Telling {
  readonly today: number
  /** "11月20日（周五）"; with the year where it is not the present one. */
  readonly label: (day: IsoDay) => string
  readonly review: ReviewDays
}

const spanOf = ({ internal, second }: ReviewDays): string => `${internal} 天微信内审 + ${second} 天网信二审`

function renderSubmitted(dates: Submitted, timeline: ReviewTimeline, say: Telling): string[] {
  const { internalBy, secondBy } = timeline
  if (internalBy === null) return []
  const { today, label } = say
  const day = dayFromIso(dates.day)
  const when = `${label(dates.day)}${dates.hour === undefined ? '' : ` ${dates.hour} 点`}`
  const end = secondBy ?? internalBy
  const isAhead = day > today || dates.planned === true
  return [
    isAhead ? `${when}提交的话：` : `您 ${when}提交的：`,
    `· 微信内审：最晚 ${label(internalBy)}${secondBy === null ? '，后续版本不再二审' : ''}`,
    ...(secondBy === null ? [] : [`· 网信二审：最晚 ${label(secondBy)}`]),
    ...(isAhead ? [] : [renderProgress(dates, { end, day }, say)]),
    ...renderWish(dates.wishDay, end, say),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderProgress(
  { laterVersion }: Pick<Submitted, 'laterVersion'>,
  { end, day }: { readonly end: IsoDay; readonly day: number },
  { today, review: { internal, second } }: Telling,
): string {
  const now = `今天是 ${shortLabel(today)}`
  const late = today - dayFromIso(end)
  if (late > 0) {
    const span = laterVersion ? `${internal} 天内审` : `${internal}+${second} 天`
    return `${now}，已经超过 ${span}，晚了 ${late} 天。${ASK_A_PERSON}`
  }
  if (today === day) return `${now}，提交当天，请耐心等通知。`
  return `${now}，提交后第 ${today - day} 天，还在正常时间内。`
}

function renderSecondStarted(dates: SecondStarted, { secondBy }: ReviewTimeline, say: Telling): string[] {
  if (secondBy === null) return []
  const { today, label } = say
  const late = today - dayFromIso(secondBy)
  const days = today - dayFromIso(dates.day)
  const now = `今天是 ${shortLabel(today)}`
  return [
    `您 ${label(dates.day)}进入网信二审：`,
    `· 网信二审：最晚 ${label(secondBy)}`,
    late > 0
      ? `${now}，已经超过 ${say.review.second} 天，晚了 ${late} 天。${ASK_A_PERSON}`
      : `${now}，二审${days === 0 ? '刚开始' : `第 ${days} 天`}，还在正常时间内。`,
    ...renderWish(dates.wishDay, secondBy, say),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderWish(wishDay: IsoDay | undefined, end: IsoDay, { label }: Telling): readonly string[] {
  if (wishDay === undefined) return []
  return dayFromIso(end) <= dayFromIso(wishDay)
    ? [`想在 ${label(wishDay)}上线：顺利的话来得及。`]
    : [`想在 ${label(wishDay)}上线：最晚要审到 ${label(end)}，可能赶不上。`]
}

function renderDeadline(
  dates: Deadline,
  { latestSubmit }: ReviewTimeline,
  { today, label, review }: Telling,
): string[] {
  if (latestSubmit === null) return []
  const span = dates.laterVersion ? `后续版本只有 ${review.internal} 天微信内审` : spanOf(review)
  const reviewDays = dayFromIso(dates.day) - dayFromIso(latestSubmit)
  return [
    `想在 ${label(dates.day)}前上线，最晚 ${label(latestSubmit)}提交（${span}，按自然日算）。`,
    renderTimeLeft(dayFromIso(latestSubmit) - today, { today, end: label(isoOf(today + reviewDays)) }),
    ...(dates.asksHolidays ? [ALL_DAYS_COUNT] : []),
  ]
}

function renderTimeLeft(left: number, { today, end }: { readonly today: number; readonly end: string }): string {
  if (left > 0) return `还有 ${left} 天。被驳回要重新提审，建议早几天提交。`
  if (left === 0) return '就是今天，请尽快提交。被驳回要重新提审，就赶不上了。'
  return `今天是 ${shortLabel(today)}，已经晚了 ${-left} 天。今天提交的话，最晚 ${end}审完。`
}

/** Writes days as "11月20日（周五）", with the year where it is not the present one. */
function labeller(nowMs: number): (day: IsoDay) => string {
  const thisYear = civilOf(chinaDay(nowMs)).year
  return (iso) => {
    const day = dayFromIso(iso)
    const { year } = civilOf(day)
    return `${year === thisYear ? '' : `${year}年`}${shortLabel(day)}（周${WEEKDAYS[weekdayOf(day) - 1]}）`
  }
}

function shortLabel(day: number): string {
  const { month, date } = civilOf(day)
  return `${month}月${date}日`
}

function assertNever(value: never): never {
  throw new Error(`not a kind of review dates: ${JSON.stringify(value)}`)
}
