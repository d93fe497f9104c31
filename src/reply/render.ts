import type { GuidePicture, Section } from '../model/knowledge.js'
import type { Reminder, ReminderPlan, WalkTurn } from '../model/understanding.js'
import { phrases, reminderPhrases, walkPhrases } from './phrases.js'
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
