import type { Intent } from '../model/knowledge.js'
import type { Candidate, IntentMatcher, NoticeReason } from '../model/understanding.js'
import { normalizeText } from './normalize-text.js'
import { splitNotice } from './split-notice.js'

interface Knowing {
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
}

// A reason with a mark of one of our sections is known even where its wording is new to the classifier.
const MARK_CONFIDENCE = 0.9
const KNOWN_REASON_CONFIDENCE = 0.5
/** Of several sections with a mark, those that the classifier gives less don't come first. */
const MARKED_SHARE = 0.1
/** A mark this long is a phrase of its own ("社交-社区/论坛 类目"), and its section is meant besides the likeliest. */
const PHRASE_CHARS = 8

/**
 * Takes a pasted rejection notice apart and finds the sections of each reason.
 *
 * @param normalized see `normalizeText`
 * @returns undefined when the message is no notice
 */
export function readNotice(normalized: string, knowing: Knowing): readonly NoticeReason[] | undefined {
  return splitNotice(normalized)?.map((reason) => readReason(reason, knowing))
}

interface Mark {
  readonly intentId: string
  readonly sectionKey: string
  readonly text: string
}

/** The platform parts the levels of a category now by a dash, now by an arrow, and puts names in brackets or not. */
const squeeze = (text: string): string => text.replace(/[\s\-—–>→_/、:"“”「」【】《》]+/g, '')

const marksOf = new WeakMap<readonly Intent[], readonly Mark[]>()

function readReason(text: string, { matcher, intents }: Knowing): NoticeReason {
  const squeezed = squeeze(text)
  const found = marks(intents).filter((mark) => squeezed.includes(mark.text))
  const marked = new Set(found.map(({ sectionKey }) => sectionKey))
  const all = matcher.match(text).candidates
  const sure = all.filter(({ confidence, share, sectionKey }) =>
    marked.size === 0 ? confidence >= KNOWN_REASON_CONFIDENCE : marked.has(sectionKey) && share >= MARKED_SHARE,
  )
  // "页面内容为空,请补充内容": a mark says less than wording that the classifier surely knows.
  const [top] = all
  const outweighed = sure.length === 0 && top !== undefined && top.confidence >= MARK_CONFIDENCE
  if (outweighed) return { text, candidates: all, alsoSections: [] }
  const byMark = [...found].sort((a, b) => b.text.length - a.text.length).map(toCandidate)
  const [best] = sure.length > 0 ? sure : byMark
  if (!best) return { text, candidates: [], alsoSections: [] }
  const phrases = found.filter((mark) => mark.text.length >= PHRASE_CHARS && mark.sectionKey !== best.sectionKey)
  return {
    text,
    candidates: sure.length > 0 ? sure : byMark,
    alsoSections: [...new Set(phrases.map(({ sectionKey }) => sectionKey))],
  }
}

function marks(intents: readonly Intent[]): readonly Mark[] {
  let known = marksOf.get(intents)
  if (!known) {
    known = intents.flatMap(({ id, sectionKey, noticeMarks }) =>
      sectionKey === undefined
        ? []
        : noticeMarks.map((mark) => ({ intentId: id, sectionKey, text: squeeze(normalizeText(mark)) })),
    )
    marksOf.set(intents, known)
  }
  return known
}

const toCandidate = ({ sectionKey, intentId }: Mark): Candidate => ({
  sectionKey,
  intentId,
  confidence: MARK_CONFIDENCE,
  overheard: MARK_CONFIDENCE,
  share: MARK_CONFIDENCE,
})
