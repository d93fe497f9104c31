import type { GuidePicture, Section } from '../model/knowledge.js'
import { phrases } from './phrases.js'

/** A line of a reply and the pictures that belong after it. */
export interface ReplyLine {
  readonly text: string
  readonly pictures: readonly GuidePicture[]
}

const plain = (text: string): ReplyLine => ({ text, pictures: [] })

/** The whole answer of one section: title, steps, required screenshots, timeline, next step, supplements. */
export function renderSection(section: Section, { withTimeline }: { withTimeline: boolean }): readonly ReplyLine[] {
  return [
    plain(phrases.title(section.key, section.title)),
    ...renderBody(section),
    ...(section.required.length > 0
      ? [plain(phrases.requiredHeading), ...section.required.map((line) => plain(`· ${line}`))]
      : []),
    ...(section.handoff ? [plain(phrases.handoff(section.handoff))] : []),
    ...(withTimeline && section.timeline ? [plain(section.timeline)] : []),
    ...(section.next ? [plain(phrases.next(section.next))] : []),
    ...section.supplements.map(({ text, checkedOn }) => plain(phrases.supplement(text, checkedOn))),
  ]
}

/** The shortest answer that can be acted on: title and steps. */
export function renderSectionBriefly(section: Section): readonly ReplyLine[] {
  return [
    plain(phrases.title(section.key, section.title)),
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
