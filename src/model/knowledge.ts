/**
 * What a section is there for. `intro`: what stands above the first heading; `submit`: where a review is submitted;
 * `rejection`: what to do about one. The last two only where the guide says so at its head.
 */
export type SectionRole = 'intro' | 'submit' | 'rejection'

/** How long a first review takes, in natural days; a later version has the internal one only. */
export interface ReviewDays {
  /** WeChat's own review. */
  readonly internal: number
  /** The local authority's, behind it. */
  readonly second: number
}

/** What the guides say that reading and deciding depend on. */
export interface GuideFacts {
  /** Absent where no guide tells: then no days are reckoned. */
  readonly review?: ReviewDays
  /** Numbers of sections that look like a date (`4.1`), without the letter of an appendix. */
  readonly dateLikeKeys: ReadonlySet<string>
}

/** One guide section as a chat can tell it. */
export interface Section {
  /** `"4.1"`, `"A1.2"`; sections of a second guide carry its id: `"payment/2"`. */
  readonly key: string
  readonly guideId: string
  readonly title: string
  readonly role?: SectionRole
  /** Body in reading order; pictures belong to the lines before them. */
  readonly parts: readonly SectionPart[]
  /** What the customer must photograph or upload, a line each; empty when nothing is required. */
  readonly required: readonly string[]
  /** One line of timeline to close the reply with; absent when none applies. */
  readonly timeline?: string
  /** The timeline is the section's own subject: no closing line. */
  readonly tellsTimeline: boolean
  readonly next?: string
  /** When a person has to take over, in words for the customer. */
  readonly handoff?: string
  readonly supplements: readonly Supplement[]
  readonly file: string
  /** 1-based line of the heading. */
  readonly line: number
}

export interface SectionPart {
  readonly lines: readonly string[]
  readonly pictures: readonly GuidePicture[]
}

export interface GuidePicture {
  /** As the guide names it, e.g. `/img/icecms/202301/1736bd28c35912c8.png`, without `?query`. */
  readonly path: string
  readonly alt: string
}

/** A fact from outside the guide. */
export interface Supplement {
  readonly text: string
  readonly source: string
  /** `YYYY-MM-DD`. */
  readonly checkedOn: string
}

export interface Guide {
  readonly id: string
  readonly title: string
  readonly file: string
  readonly sections: readonly Section[]
  readonly review?: ReviewDays
  /** Section keys of a walk-through, where they are others than all numbered sections in order. */
  readonly steps?: readonly string[]
}

/** What authors know about the ways people ask for one section. */
export interface Intent {
  readonly id: string
  /** Absent for intents that are not answered from the guide (a person is wanted). */
  readonly sectionKey?: string
  readonly title: string
  readonly utterances: readonly string[]
  /** What people have taught in the chat; answered whenever it is said again. */
  readonly learned?: readonly string[]
  /** Words that mark this reason in a rejection notice. */
  readonly noticeMarks: readonly string[]
  /** Made from the section's heading and text, because no intent file names it. */
  readonly automatic: boolean
}

/** A message that wants no answer. */
export interface SilentExample {
  readonly text: string
  readonly kind: string
  /** Holds the guide's own words. */
  readonly hard: boolean
  /** Taught in the chat: met with silence whenever it is said again. */
  readonly learned?: true
}

/** A group of words that mean one thing here, editable by authors. */
export interface Concept {
  readonly id: string
  readonly words: readonly string[]
}

/** Everything an author wrote, checked, before a matcher is built from it. */
export interface KnowledgeContent {
  readonly guides: readonly Guide[]
  readonly intents: readonly Intent[]
  readonly silence: readonly SilentExample[]
  readonly concepts: readonly Concept[]
}

export type Severity = 'error' | 'warning'

/** One thing wrong in an author's file, in Chinese for the author. */
export interface Problem {
  readonly severity: Severity
  readonly file: string
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number
  readonly column: number
  readonly message: string
  /** What would be right. */
  readonly remedy: string
}
