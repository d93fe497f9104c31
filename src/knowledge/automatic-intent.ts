import type { Guide, Intent, Section } from '../model/knowledge.js'

const MAX_SENTENCES = 8
const MIN_SENTENCE_CHARS = 4
const MAX_SENTENCE_CHARS = 40

/** What people may say about a section that no author has written utterances for: its own words. */
export function automaticIntent(section: Section, guide: Guide): Intent {
  const utterances = [section.title, `${guide.title} ${section.title}`, ...shortSentences(section)]
  return {
    id: `auto:${section.key}`,
    sectionKey: section.key,
    title: section.title,
    utterances: [...new Set(utterances)],
    noticeMarks: [],
    automatic: true,
  }
}

function shortSentences({ parts }: Section): readonly string[] {
  return parts
    .flatMap(({ lines }) => lines)
    .flatMap((line) => line.replace(/^(?:\d+[.)] |· |(?:提示|注意)：)/, '').split(/[。！？；!?;]/))
    .map((sentence) => sentence.trim())
    .filter(({ length }) => length >= MIN_SENTENCE_CHARS && length <= MAX_SENTENCE_CHARS)
    .filter((sentence) => !/https?:\/\/|^见 \S+：/.test(sentence))
    .slice(0, MAX_SENTENCES)
}
