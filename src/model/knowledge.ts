import type { LanguageSource } from './language.js'

/** A file of an author's, as it was read. */
export interface SourceFile {
  /** As its author would name it: `knowledge/fasttest.md`. */
  readonly file: string
  readonly text: string
  /** The same wherever the folders lie: `knowledge/fasttest.md`, `intents/…`; `learned/…` for what was taught in the chat. */
  readonly kept?: string
}

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

/** Something around the guides that people take for ours, and how they speak of it; most topics have short answers, too. */
export interface Topic {
  /** As short answers name it: the file that they stand in. */
  readonly name: string
  readonly utterances: readonly string[]
}

/** A group of words that mean one thing here, editable by authors. */
export interface Concept {
  readonly id: string
  readonly words: readonly string[]
}

/** Where a fact from outside the guide is known from. Told to authors and on the page, not recited to customers. */
export interface Source {
  readonly text: string
  /** `YYYY-MM-DD`; empty where nobody wrote it down. */
  readonly date: string
  /** S: the vendor's guide or WeChat itself; M: several independent copies; W: one user or third party. */
  readonly strength: 'S' | 'M' | 'W'
}

/** A fact that people ask for by itself, and its answer in one to three lines. */
export interface ShortAnswer {
  readonly id: string
  /** A few words that name it among others. */
  readonly title: string
  /** What its author wrote beside it; understood word for word. */
  readonly asks: readonly string[]
  /** Further ways of asking, from the intents folder. */
  readonly more: readonly string[]
  /** Means it only while its section is talked of: 要盖章吗, 多大. */
  readonly followUps: readonly string[]
  readonly lines: readonly string[]
  /** One of WeChat's reasons for a rejection: customers are told its row, lists show the lines. */
  readonly rule?: RejectionRule
  /** Section of a guide that tells more; absent for what lies outside every guide. */
  readonly sectionKey?: string
  /** Subject that it belongs to; those of one subject are told apart from the sections together. */
  readonly topic: string
  /** Nobody here knows the answer: it says so and offers a person. */
  readonly beyond: boolean
  /** Asks for all of its section: the steps are told, not the lines alone. */
  readonly whole: boolean
  /** Asked how it is done, all of its section is told; asked else, this, with the section's pictures. */
  readonly steps?: true
  readonly source: Source
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** One of WeChat's service categories. */
export interface CategoryRow {
  /** `类目:` and its path. */
  readonly id: string
  /** As the back office shows it: `商家自营-食品饮料`. */
  readonly path: string
  readonly documents: readonly string[]
  /** How many of the documents are to be handed in; all of them where it is their number, 0 where there are none. */
  readonly choose: number
  readonly individual: boolean
  /** The first submission goes to the local internet office, too. */
  readonly secondReview: boolean
  /** Goods, services and features that point to it. */
  readonly words: readonly string[]
  /** Shops and trades: what their owner names beside them is asked for instead. */
  readonly trades: readonly string[]
  readonly use: string
  readonly note?: string
  /** How a rejection notice names it. */
  readonly notice: readonly string[]
  readonly source: Source
  readonly file: string
  readonly line: number
}

/** What has no category of its own: open to nobody, or to be put under other ones. */
export interface CategoryAdvice {
  readonly id: string
  readonly name: string
  readonly words: readonly string[]
  /** Paths that may serve instead; empty where nothing does. */
  readonly rows: readonly string[]
  readonly advice: string
  readonly source: Source
  readonly file: string
  readonly line: number
}

export interface CategoryTable {
  /** Families whose categories are called after what is sold: 保健品 of 商家自营-保健品 is both. */
  readonly sold: readonly string[]
  /** What people call documents whose names hold goods: 食品许可证 is no food. */
  readonly papers: readonly string[]
  /** Words of messages that ask about categories or documents. */
  readonly cues: readonly string[]
  readonly rows: readonly CategoryRow[]
  readonly notOpen: readonly CategoryAdvice[]
  readonly withoutRow: readonly CategoryAdvice[]
}

/** One of WeChat's numbered reasons for a rejection. */
export interface RejectionRule {
  /** `驳回:` with its list and number. */
  readonly id: string
  /** `2.1`, `3.3.1`; the numbers of the two lists overlap. */
  readonly number: string
  /** 常见拒绝情形 or 平台运营规范. */
  readonly list: string
  readonly title: string
  /** Words in a notice that mark it. */
  readonly marks: readonly string[]
  readonly meaning: string
  /** What the customer does, a line each. */
  readonly customer: readonly string[]
  /** What the vendor must do; absent: nothing. */
  readonly vendor?: string
  readonly actor: 'customer' | 'vendor' | 'both'
  /** Own keys of the main guide's sections that it touches. */
  readonly sections: readonly string[]
  /** How customers speak of it in a group. */
  readonly asks: readonly string[]
  readonly source: Source
  readonly file: string
  readonly line: number
}

/** Everything an author wrote, checked, before a matcher is built from it. */
export interface KnowledgeContent {
  readonly guides: readonly Guide[]
  readonly intents: readonly Intent[]
  readonly silence: readonly SilentExample[]
  readonly concepts: readonly Concept[]
  readonly topics: readonly Topic[]
  readonly answers: readonly ShortAnswer[]
  readonly categories: CategoryTable
  readonly rejections: readonly RejectionRule[]
  readonly language: LanguageSource
}

type Severity = 'error' | 'warning'

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
  /** Words of that line which can be put right at once. */
  readonly fix?: { readonly replace: string; readonly by: string }
}

/** Where in an author's file: in all of it without a line. */
interface FilePlace {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export const errorAt = (place: FilePlace, message: string, remedy: string): Problem => {
  const { file, line = 0, column = Math.min(line, 1) } = place
  return { severity: 'error', file, line, column, message, remedy }
}

/** The same of what can be lived with. */
export const warningAt = (place: FilePlace, message: string, remedy: string): Problem => ({
  ...errorAt(place, message, remedy),
  severity: 'warning',
})

/** How questions with known answers were met: golden ones, and messages that are held out of training. */
export interface ExamFigures {
  readonly golden: { readonly total: number; readonly right: number }
  readonly heldOut: { readonly total: number; readonly right: number; readonly wrong: number }
}

/** What somebody has begun to change of a piece of an author's file; nothing of it is live. */
export interface Edit {
  readonly key: string
  /** The whole piece, a section from its heading on; empty: it is to go. */
  readonly markdown: string
  /** Of the piece as it stood on disk when the edit was begun; of nothing where it is new. */
  readonly baseHash: string
  /** Of a new piece: the file that it is to stand in, which need not be there. */
  readonly file?: string
  readonly by: string
  readonly atMs: number
}

/** What there is before anybody has written anything. */
export const NO_KNOWLEDGE: KnowledgeContent = {
  guides: [],
  intents: [],
  silence: [],
  concepts: [],
  language: {},
  topics: [],
  answers: [],
  categories: { cues: [], sold: [], papers: [], rows: [], notOpen: [], withoutRow: [] },
  rejections: [],
}
