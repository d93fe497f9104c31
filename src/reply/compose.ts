import { type AnswerPart, type Decision, type Fact, letterOf, type Reply } from '../model/decision.js'
import type { CategoryRow, RejectionRule, Section } from '../model/knowledge.js'
import type { CategoryHit, DatesReading, KnowledgeSnapshot, WalkTurn } from '../model/understanding.js'
import { linesAbout, renderExcerpt } from './excerpt.js'
import { factPhrases, phrases, reminderPhrases, walkPhrases } from './phrases.js'
import {
  documentsOf,
  type LineGroup,
  MAX_BUBBLES,
  packReply,
  type ReplyLine,
  renderReasons,
  renderReminderSet,
  renderReviewDates,
  renderSection,
  renderSectionBriefly,
  renderWalk,
  stepNumber,
  toBubbles,
} from './render.js'

export interface ReplyContext {
  /** Characters that the mention of the asker takes in the first bubble; 0 without one. */
  readonly mentionChars: number
  /** The asker was told the timeline a moment ago. */
  readonly timelineToldLately: boolean
  /** What was asked, see `normalizeText`: for finding the lines that speak of it. */
  readonly question: string
  /** The message was a picture. */
  readonly aboutPicture: boolean
  /** What is written in the picture that it is about, in short. */
  readonly pictureSays?: string | undefined
  /** What it was, where it was something that the bot can't read: 语音, 文件 … */
  readonly unreadable?: string
  /** Today, for the days of a review; milliseconds since the epoch. */
  readonly nowMs: number
  /** What the asker hears of the ticket that was opened, or already stood open. */
  readonly ticketNews?: string | undefined
  /** Said before an answer, e.g. that a person will still come. */
  readonly opening?: string | undefined
  /** A walk-through on which the asker is under way. */
  readonly walking?: Pick<WalkTurn, 'walk' | 'steps'> | undefined
}

type Composing = ReplyContext & Asides

export interface ComposedReply extends Reply {
  /** Sections in the order that a letter picks them. */
  readonly shown: readonly string[]
  readonly toldTimeline: boolean
}

const NOTHING_SHOWN = { shown: [], toldTimeline: false } as const

/** Puts a decision into bubbles; silence and commands have none. */
export function composeReply(decision: Decision, snapshot: KnowledgeSnapshot, given: ReplyContext): ComposedReply {
  const context = { ...given, ...asidesOf(decision, snapshot, given) }
  switch (decision.kind) {
    case 'silent':
    case 'command':
      return { bubbles: [], ...NOTHING_SHOWN }
    case 'answer':
      if (decision.walk) return composeWalk(decision.walk, snapshot, context)
      // The warning is the answer.
      if (decision.reason === 'withdrawal') return say([phrases.excerptFooter(decision.sectionKeys[0])], context)
      if (decision.says) return say([phrases[decision.says](decision.sectionKeys[0])], context)
      if (decision.again) return composeAgain(decision, decision.again, { snapshot, context })
      return decision.days
        ? composeDays(decision.days, decision, { snapshot, context })
        : decision.fact?.kind === 'notice'
          ? composeNotice(decision.fact, decision.sectionKeys, { snapshot, context })
          : decision.fact
            ? composeFact(decision.fact, decision, { snapshot, context })
            : composeAnswer(decision, snapshot, context)
    case 'outside':
      if (decision.fact?.kind === 'notice') return composeNotice(decision.fact, [], { snapshot, context })
      if (decision.parts) return composeParts(decision.parts, { snapshot, context })
      return decision.again && decision.fact
        ? say(renderFactAgain(renderFact(decision.fact), decision.again), context)
        : say(renderOutside(decision), context)
    case 'clarify':
      return decision.fact
        ? composeTorn(decision.fact, decision.sectionKeys, { snapshot, context })
        : composeClarify(decision, snapshot, context)
    case 'fallback':
      return say([fallbackOf(decision.reason, context)], context)
    case 'courtesy':
      // The desk has words of its own for its tickets, and so have orders.
      if (decision.word === 'ticket' || decision.word === 'not-allowed') return { bubbles: [], ...NOTHING_SHOWN }
      return composeCourtesy(decision, snapshot, context)
    case 'escalate':
      return composeHandover(decision, sectionsOf(decision.sectionKeys, snapshot), { snapshot, context })
    default:
      return assertNever(decision)
  }
}

type Answer = Extract<Decision, { kind: 'answer' }>
type Courtesy = Exclude<Extract<Decision, { kind: 'courtesy' }>, { word: 'ticket' | 'not-allowed' }>

const COURTESIES: Readonly<Record<Exclude<Courtesy, { walk: unknown } | { remind: unknown }>['word'], string>> = {
  greeting: phrases.greeting,
  thanks: phrases.thanks,
  acknowledged: phrases.acknowledged,
  chat: phrases.chat,
  menu: phrases.menuHeading,
  listening: phrases.listening,
  declined: phrases.declined,
  settled: phrases.settled,
  'too-fast': phrases.tooFast,
  'reminder-today': reminderPhrases.today,
  'reminder-needs-day': reminderPhrases.needsDay,
  'reminder-cancelled': reminderPhrases.cancelled,
  'reminder-none': reminderPhrases.none,
}

function composeCourtesy(decision: Courtesy, snapshot: KnowledgeSnapshot, context: Composing): ComposedReply {
  if ('walk' in decision) return composeWalk(decision.walk, snapshot, context)
  if ('remind' in decision) return say([renderReminderSet(decision.remind, context.nowMs)], context)
  return decision.word === 'menu' ? composeMenu(snapshot, context) : say([COURTESIES[decision.word]], context)
}

function composeWalk(turn: WalkTurn, snapshot: KnowledgeSnapshot, context: Composing): ComposedReply {
  const section = snapshot.sections.get(turn.walk.at)
  const lines = renderWalk(turn, { section, titleOf: (key) => titleOf(key, snapshot) })
  const tellsStep = turn.told === 'first-step' || turn.told === 'step'
  return {
    bubbles: toBubbles(withAsides([lines], context), context.mentionChars),
    shown: [],
    toldTimeline: tellsStep && section?.tellsTimeline === true,
  }
}

/** Each reason of a notice in a few lines, and once how the clock runs when it is submitted again. */
function composeNotice(
  { reasons, about, isDone }: Extract<Fact, { kind: 'notice' }>,
  sectionKeys: readonly string[],
  { snapshot, context }: Composition,
): ComposedReply {
  const lines = renderReasons(reasons, readingOf(snapshot), about)
  const { review } = snapshot.facts
  const clock = review && about === undefined ? [phrases.clockAnew(review.internal, review.second)] : []
  const more = sectionKeys.length > 0 ? [factPhrases.steps(sectionKeys.join('”“'))] : []
  const shown = reasons.flatMap(({ candidates }) => candidates[0]?.sectionKey ?? [])
  return {
    ...say([...lines, ...(isDone ? [phrases.doneBefore] : []), ...clock, ...more], context),
    shown: about === undefined && shown.length === reasons.length && shown.length > 1 ? shown : [],
    toldTimeline: clock.length > 0,
  }
}

/** What the reasons of a notice are told by: sections, and what a section says in a line or two. */
const readingOf = ({ sections, content }: KnowledgeSnapshot) => ({
  section: (key: string) => sections.get(key),
  brief: (key: string) => content.answers.find(({ sectionKey, whole }) => whole && sectionKey === key)?.lines,
})

/** The fact first; the section that it belongs to is a number away. */
function composeFact(
  fact: Fact,
  { sectionKeys, shows, alternatives = [] }: Answer,
  { snapshot, context }: Composition,
): ComposedReply {
  const told = asLines(renderFact(fact))
  const section = snapshot.sections.get(sectionKeys[0])
  const lines = section && shows ? withPictures(told, section) : told
  const more = renderMore(sectionKeys[0], alternatives, { titleOf: (key: string) => titleOf(key, snapshot) })
  const groups = withAsides([[...lines, ...asLines(more)]], context)
  return { bubbles: toBubbles(groups, context.mentionChars), shown: [], toldTimeline: false }
}

/** The same once more: where it stands, then in other words, then a person. */
function composeAgain(
  { fact, sectionKeys, narrows, unknown }: Answer,
  again: number,
  { snapshot, context }: Composition,
): ComposedReply {
  const section = snapshot.sections.get(sectionKeys[0])
  if (!section) return say([factPhrases.saidOften], context)
  const about = linesAbout(context.question, section)
  if (again === 1 || (narrows && about.length > 0)) {
    const more = renderMore(section.key, [], { titleOf: (key) => titleOf(key, snapshot) })
    if (fact) return say([...renderFactAgain(renderFact(fact), again), ...more], context)
    const [first, ...rest] = about
    const title = phrases.title(section)
    const nothing = unknown === undefined ? factPhrases.againSteps(title) : factPhrases.notIn(title, unknown)
    return say(first === undefined ? [nothing] : [factPhrases.again(first), ...rest], context)
  }
  if (again > 2 || narrows) return say([factPhrases.saidOften], context)
  // The guide has words of its own for it.
  if (fact && about.length > 0) return say([factPhrases.otherwise, ...about, factPhrases.stillUnclear], context)
  if (fact && unknown !== undefined) return say(renderFactAgain(renderFact(fact), again), context)
  // Steps without their pictures, which stand above.
  const steps = renderSectionBriefly(section).map(({ text }) => text)
  return say([factPhrases.otherwise, ...steps.filter((text) => text !== ''), factPhrases.stillUnclear], context)
}

function composeAnswer(
  { sectionKeys, reason, parts, narrows, toldLast, unknown, alternatives = [] }: Answer,
  snapshot: KnowledgeSnapshot,
  context: Composing,
): ComposedReply {
  if (parts?.some(({ fact }) => fact)) return composeParts(parts, { snapshot, context, alternatives })
  const sections = sectionsOf(sectionKeys, snapshot)
  const [only, ...others] = sections
  if (!only) return say([phrases.fallback], context)
  if (others.length > 0) return composeSeveral(sections, reason, { context, snapshot })
  if (narrows) {
    if (toldLast && linesAbout(context.question, only).length === 0) {
      const more = renderMore(only.key, [], { titleOf: (key) => titleOf(key, snapshot) })
      return say([...renderFactAgain(renderFact(toldLast), 1), ...more], context)
    }
    if (unknown !== undefined && linesAbout(context.question, only).length === 0)
      return say([factPhrases.notIn(phrases.title(only), unknown), factPhrases.steps(only.key)], context)
    const lines = renderExcerpt(only, context.question)
    return { ...NOTHING_SHOWN, bubbles: toBubbles(withAsides([lines], context), context.mentionChars) }
  }
  const withTimeline = !only.tellsTimeline && !context.timelineToldLately
  const more = renderMore(undefined, alternatives, { titleOf: (key) => titleOf(key, snapshot) })
  const lines = [...renderSection(only, { withTimeline }), ...asLines(more)]
  return {
    bubbles: toBubbles(withAsides([lines], context), context.mentionChars),
    shown: [],
    toldTimeline: only.tellsTimeline || (withTimeline && only.timeline !== undefined),
  }
}

/** The asker's own days, what is asked besides; the section itself is a number away. */
function composeDays(
  days: DatesReading,
  { sectionKeys, warns, parts = [], alternatives = [] }: Answer,
  { snapshot, context }: Composition,
): ComposedReply {
  const besides = parts.flatMap((part) => renderPart(part, { snapshot }))
  const lines = [...asLines(renderReviewDates(days, context.nowMs)), ...besides]
  const more = renderMore(undefined, alternatives, { titleOf: (key: string) => titleOf(key, snapshot) })
  const closing = [phrases.afterDays(sectionKeys[0], warns !== undefined), ...more]
  const groups = withAsides([[...lines, ...asLines(closing)]], context)
  return { bubbles: toBubbles(groups, context.mentionChars), shown: [], toldTimeline: true }
}

function fallbackOf(
  reason: Extract<Decision, { kind: 'fallback' }>['reason'],
  { aboutPicture, pictureSays = '', unreadable }: ReplyContext,
): string {
  if (reason === 'picture-gone') return phrases.pictureGone
  if (reason === 'picture-unread') return phrases.pictureUnread
  if (reason === 'picture-no-notice') return phrases.pictureNoNotice
  if (reason === 'picture-unsure') return phrases.pictureUnsure(pictureSays)
  if (unreadable !== undefined) return phrases.fallbackUnreadable(unreadable)
  if (aboutPicture) return phrases.fallbackPicture
  if (reason === 'not-that') return phrases.notThat
  if (reason === 'unclear') return phrases.unclear
  return reason === 'still-failing' ? phrases.stillFailing : phrases.fallback
}

interface Composition {
  readonly snapshot: KnowledgeSnapshot
  readonly context: Composing
}

/** Several questions, each answered by its fact; the sections are a number away. */
function composeParts(
  parts: readonly AnswerPart[],
  { snapshot, context, alternatives = [] }: Composition & { readonly alternatives?: readonly string[] },
): ComposedReply {
  const lines = parts.flatMap((part, index) => {
    const [first, ...rest] = renderPart(part, { snapshot })
    return first ? [{ ...first, text: phrases.part(index, first.text) }, ...rest] : []
  })
  const keys = [...new Set(parts.flatMap(({ sectionKey }) => sectionKey ?? []))]
  const more = renderMore(undefined, alternatives, { titleOf: (key: string) => titleOf(key, snapshot) })
  const closing = asLines([...(keys.length === 0 ? [] : [factPhrases.steps(keys.join('”“'))]), ...more])
  return {
    bubbles: toBubbles(withAsides([[...lines, ...closing]], context), context.mentionChars),
    shown: [],
    toldTimeline: false,
  }
}

/** One question of several: its fact, with the pictures where it asks how or where, else the steps. */
function renderPart(
  { fact, sectionKey, shows, unknown }: AnswerPart,
  { snapshot }: Pick<Composition, 'snapshot'>,
): readonly ReplyLine[] {
  if (unknown !== undefined) return asLines([factPhrases.unknownPart(unknown)])
  const section = snapshot.sections.get(sectionKey ?? '')
  if (!fact) return section ? inBrief(section, snapshot) : []
  const lines = asLines(renderFact(fact))
  return section && shows ? withPictures(lines, section) : lines
}

/** The section in a line or two where an author wrote that, else its steps. */
function inBrief(section: Section, snapshot: KnowledgeSnapshot): readonly ReplyLine[] {
  const told = readingOf(snapshot).brief(section.key)
  return told ? asLines(told) : renderSectionBriefly(section)
}

/** The pictures of a section behind lines that speak of its screen. */
const withPictures = (lines: readonly ReplyLine[], { parts }: Section): readonly ReplyLine[] =>
  lines.map((line, at) =>
    at === lines.length - 1 ? { ...line, pictures: parts.flatMap(({ pictures }) => pictures) } : line,
  )

/** Several at once: each in its shortest form, the last ones by number where three bubbles are full. */
function composeSeveral(
  sections: readonly Section[],
  reason: Answer['reason'],
  { context, snapshot }: { context: Composing; snapshot: KnowledgeSnapshot },
): ComposedReply {
  const count = sections.length
  const text = reason === 'notice' ? phrases.severalReasons(count) : phrases.severalQuestions(count)
  const heading: ReplyLine = { text, pictures: [] }
  const timeline = context.timelineToldLately ? undefined : sections.find((section) => section.timeline)?.timeline
  const closing = timeline === undefined ? [] : [{ text: timeline, pictures: [] }]
  for (let whole = sections.length; whole > 0; whole--) {
    const [first, ...rest] = sections.slice(0, whole).map(renderSectionBriefly)
    const byNumber = sections.slice(whole).map((section) => ({
      text: phrases.moreOf(section.key, titleOf(section.key, snapshot)),
      pictures: [],
    }))
    const groups = withAsides([[heading, ...(first ?? [])], ...rest, [...byNumber, ...closing]], context)
    const fits = packReply(groups, context.mentionChars).length <= MAX_BUBBLES
    if (fits || whole === 1) {
      return {
        bubbles: toBubbles(groups, context.mentionChars),
        shown: sections.map(({ key }) => key),
        toldTimeline: timeline !== undefined,
      }
    }
  }
  return say([phrases.fallback], context)
}

/** The likeliest fact, and what else may be meant: better than a bare question back. */
function composeTorn(fact: Fact, keys: readonly string[], { snapshot, context }: Composition): ComposedReply {
  // What was told is no other thing that may be meant.
  const told = fact.kind === 'short-answer' ? keys.find((key) => key === fact.answer.sectionKey) : undefined
  const others = keys.filter((key) => key !== told)
  const more = renderMore(told, others, { titleOf: (key: string) => titleOf(key, snapshot) })
  return { ...say([...renderFact(fact), ...more], context), shown: [] }
}

function composeClarify(
  { sectionKeys: keys, asksNotice }: Extract<Decision, { kind: 'clarify' }>,
  snapshot: KnowledgeSnapshot,
  context: Composing,
): ComposedReply {
  const options = keys.map((key, index) => phrases.option(letterOf(index), titleOf(key, snapshot)))
  return {
    ...say([asksNotice ? phrases.asksNotice : phrases.clarifyHeading, ...options, phrases.clarifyFooter], context),
    shown: keys,
  }
}

// A menu longer than this is no menu; the rest of a large knowledge base is found by asking.
const MAX_MENU_ENTRIES = 20

function composeMenu(snapshot: KnowledgeSnapshot, context: Composing): ComposedReply {
  const keys = [...snapshot.sections.keys()].slice(0, MAX_MENU_ENTRIES)
  const isRejection = (key: string): boolean => snapshot.sections.get(key)?.role === 'rejection'
  const steps = keys.filter((key) => !isRejection(key))
  const rejections = keys.filter(isRejection)
  const shown = [...steps, ...rejections]
  const option = (key: string): string => phrases.menuEntry(key, titleOf(key, snapshot))
  return {
    ...say(
      [
        phrases.menuHeading,
        ...steps.map(option),
        ...(rejections.length > 0 ? [phrases.menuRejections, ...rejections.map(option)] : []),
        phrases.menuFooter,
      ],
      context,
    ),
    shown,
  }
}

function composeHandover(
  { reason, days, fact }: Extract<Decision, { kind: 'escalate' }>,
  sections: readonly Section[],
  { snapshot, context }: Composition,
): ComposedReply {
  const told = days
    ? [asLines(renderReviewDates(days, context.nowMs))]
    : fact
      ? [asLines(renderReasons(fact.reasons, readingOf(snapshot)))]
      : [
          ...sections.map(renderSectionBriefly),
          asLines(reason === 'unknown-rejection-reason' ? [phrases.unknownReason] : []),
          asLines(reason === 'complaint' ? [phrases.sorry] : []),
        ]
  const news = context.ticketNews === undefined ? [] : [context.ticketNews]
  return { ...NOTHING_SHOWN, bubbles: toBubbles(withAsides([...told, asLines(news)], context), context.mentionChars) }
}

const asLines = (texts: readonly string[]): readonly ReplyLine[] => texts.map((text) => ({ text, pictures: [] }))

const say = (lines: readonly string[], context: Composing): ComposedReply => ({
  ...NOTHING_SHOWN,
  bubbles: toBubbles(withAsides([asLines(lines)], context), context.mentionChars),
})

const sectionsOf = (keys: readonly string[], { sections }: KnowledgeSnapshot): readonly Section[] =>
  keys.flatMap((key) => sections.get(key) ?? [])

/** As people call it: the intent's title where an author gave one, else the heading. */
function titleOf(key: string, { intentOfSection, sections }: KnowledgeSnapshot): string {
  const intent = intentOfSection.get(key)
  return intent && !intent.automatic ? intent.title : (sections.get(key)?.title ?? key)
}

function assertNever(value: never): never {
  throw new TypeError(`unexpected decision ${JSON.stringify(value)}`)
}

/** Lines that stand around an answer. */
interface Asides {
  readonly above: readonly ReplyLine[]
  readonly below: readonly ReplyLine[]
}

interface AsidesContext {
  readonly nowMs: number
  readonly pictureSays?: string | undefined
  /** Said before an answer, e.g. that a person will still come. */
  readonly opening?: string | undefined
  /** A walk-through on which the asker is under way. */
  readonly walking?: Pick<WalkTurn, 'walk' | 'steps'> | undefined
}

/** A warning on top; at the end a promise to remind, and where the asker's walk stands. */
function asidesOf(
  decision: Decision,
  { facts: { review } }: KnowledgeSnapshot,
  { nowMs, walking, opening, pictureSays }: AsidesContext,
): Asides {
  const isOfPicture = decision.kind !== 'fallback' && decision.kind !== 'courtesy' && pictureSays !== undefined
  const seen = isOfPicture ? [phrases.pictureSays(pictureSays)] : []
  const first = opening === undefined ? [] : [opening]
  if (decision.kind === 'outside') return { above: asidesAsLines([...seen, ...first]), below: [] }
  if (decision.kind !== 'answer' && decision.kind !== 'escalate') return { above: asidesAsLines(seen), below: [] }
  const promise = decision.kind === 'answer' && decision.remind ? [renderReminderSet(decision.remind, nowMs)] : []
  const isInBetween = decision.kind === 'answer' && !decision.walk && walking !== undefined
  const waiting = isInBetween ? [walkPhrases.waiting(stepNumber(walking), walking.steps.length)] : []
  return {
    above: asidesAsLines([
      ...seen,
      ...first,
      ...(decision.warns === 'withdrawal' && !tellsWithdrawal(decision)
        ? [phrases.withdrawalWarning(review?.second)]
        : []),
    ]),
    below: asidesAsLines([...promise, ...waiting]),
  }
}

/** What the fact itself says needs no warning above it. */
const tellsWithdrawal = (decision: Decision): boolean =>
  'fact' in decision && decision.fact?.kind === 'short-answer' && SAYS_ANEW.test(decision.fact.answer.lines.join())

const SAYS_ANEW = /从头|重新算|重算/

/** Puts them before the first group and behind the last. */
const withAsides = (groups: readonly LineGroup[], { above, below }: Asides): readonly LineGroup[] =>
  groups.map((lines, index) => [...(index === 0 ? above : []), ...lines, ...(index === groups.length - 1 ? below : [])])

const asidesAsLines = (texts: readonly string[]): readonly ReplyLine[] => texts.map((text) => ({ text, pictures: [] }))

/** A fact in one to three lines, the deciding word first. */
export function renderFact(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'short-answer':
      return fact.answer.rule ? renderRule(fact.answer.rule) : fact.answer.lines
    case 'category':
      return fact.hits.flatMap((hit) => renderCategory(hit, fact.asks))
    case 'notice':
      // Reason by reason, see `composeNotice`.
      return []
  }
}

/** What the reason means, what the customer does about it, and what we do. */
const renderRule = ({ number, meaning, customer, vendor }: RejectionRule): readonly string[] => [
  factPhrases.meaning(meaning, number),
  factPhrases.customerDoes(customer.join('；')),
  ...(vendor === undefined ? [] : [factPhrases.vendorDoes(vendor)]),
]

/** More than this many categories for one word is a list, no answer. */
const MAX_ROWS = 2

type CategoryFact = Extract<Fact, { kind: 'category' }>

function renderCategory({ word, rows, advice }: CategoryHit, asks: CategoryFact['asks']): readonly string[] {
  if (rows.length === 0) return advice ? [factPhrases.advice(word, advice.advice)] : []
  return rows.slice(0, MAX_ROWS).map((row) => categoryLine(word, row, asks))
}

/** What was asked, and no more: whether a person may have it, whether it is reviewed twice, or which documents it takes. */
function categoryLine(word: string, row: CategoryRow, asks: CategoryFact['asks']): string {
  if (asks === 'individual')
    return `${(row.individual ? factPhrases.individualYes : factPhrases.individualNo)(row.path)}。`
  if (asks === 'second-review')
    return `${(row.secondReview ? factPhrases.secondReviewOf : factPhrases.noSecondReviewOf)(row.path)}。`
  const documents = documentsOf(row)
  if (asks === 'without' && row.choose > 0)
    return `${factPhrases.without(word)}${factPhrases.category(word, row.path)}，${documents}。`
  return `${factPhrases.category(word, row.path)}，${documents}${row.secondReview ? `；${factPhrases.secondReview}` : ''}。`
}

/** The same fact once more, see `Decision`. @param lines of the fact */
function renderFactAgain(lines: readonly string[], again: number): readonly string[] {
  const [first = '', ...rest] = lines
  if (again === 1) return [factPhrases.again(first), ...rest]
  return again === 2 ? [factPhrases.again(first), ...rest, factPhrases.stillUnclear] : [factPhrases.saidOften]
}

interface Naming {
  readonly titleOf: (sectionKey: string) => string
}

/** Where more is to be had: the section's own steps, and what else may be meant. */
function renderMore(
  sectionKey: string | undefined,
  alternatives: readonly string[],
  { titleOf }: Naming,
): readonly string[] {
  const others = alternatives.map((key) => factPhrases.other(titleOf(key), key)).join('，')
  return [
    ...(sectionKey === undefined ? [] : [factPhrases.steps(sectionKey)]),
    ...(others === '' ? [] : [factPhrases.others(others)]),
  ]
}

/** What lies around the guides: its fact, or that nobody here knows. */
function renderOutside({ fact, unknown }: Extract<Decision, { kind: 'outside' }>): readonly string[] {
  if (fact) return renderFact(fact)
  return [unknown === undefined ? factPhrases.unknown : factPhrases.unknownOf(unknown)]
}
