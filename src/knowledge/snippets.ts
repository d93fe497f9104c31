import type { GuidePicture, Section, ShortAnswer } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { normalizeText } from '../nlu/normalize.js'
import { SearchIndex } from '../nlu/retrieval.js'

/** A piece of the knowledge that a colleague can send as it stands. */
export interface Snippet {
  readonly id: string
  /** Section key; empty where there is none. */
  readonly key: string
  readonly kind: 'step' | 'answer' | 'required' | 'section'
  readonly title: string
  readonly text: string
  readonly pictures: readonly GuidePicture[]
}

const SHOWN = 8
/** What is typed counts more than what the ticket is about. */
const TYPED_WEIGHT = 3
/** Who types a section's number wants its steps. */
const NAMED_WEIGHT = 6
/** A whole section is the last resort: a step or a short answer says it in a line. */
const KIND_WEIGHT: Readonly<Record<Snippet['kind'], number>> = { answer: 1.15, step: 1, required: 0.9, section: 0.8 }
const STEP = /^(?:\d+[.、]|[①-⑳])\s*/

/** Finds what the knowledge has to say for a ticket. Of one snapshot. */
export class SnippetIndex {
  readonly #snippets: ReadonlyMap<string, Snippet>
  readonly #index: SearchIndex
  readonly #snapshot: KnowledgeSnapshot

  constructor(snapshot: KnowledgeSnapshot) {
    this.#snapshot = snapshot
    const { sections, content } = snapshot
    const all = [
      ...[...sections.values()].flatMap(ofSection),
      // One that stands for all of its section has no words of its own.
      ...content.answers.filter(({ lines }) => lines.length > 0).map((answer) => ofShortAnswer(answer, sections)),
    ]
    this.#snippets = new Map(all.map((snippet) => [snippet.id, snippet]))
    this.#index = new SearchIndex(
      all.map(({ id, key, title, text }) => ({ id, title: `${title} ${key}`, texts: [text, ...asksOf(id, snapshot)] })),
    )
  }

  /** Best first. @param q what is typed, may be empty; @param question what the ticket is about */
  find({ q, question }: { readonly q: string; readonly question: string }): readonly Snippet[] {
    const scores = new Map<string, number>()
    const add = (text: string, weight: number): void => {
      for (const { id, coverage } of this.#index.search(normalizeText(text), 60))
        scores.set(id, (scores.get(id) ?? 0) + weight * coverage)
    }
    if (question !== '') add(question, 1)
    const likely = question === '' ? [] : this.#snapshot.matcher.match(normalizeText(question)).candidates
    for (const snippet of this.#snippets.values()) {
      const meant = likely.find(({ sectionKey }) => sectionKey === snippet.key)
      if (meant) scores.set(snippet.id, (scores.get(snippet.id) ?? 0) + meant.confidence)
      const isNamed = q !== '' && [snippet.title, snippet.text, snippet.key].some((words) => words.includes(q))
      const weight = q === snippet.key && snippet.kind !== 'answer' ? NAMED_WEIGHT : TYPED_WEIGHT
      if (isNamed) scores.set(snippet.id, (scores.get(snippet.id) ?? 0) + weight)
      else if (q !== '') scores.set(snippet.id, (scores.get(snippet.id) ?? 0) * 0.2)
    }
    if (q !== '') add(q, TYPED_WEIGHT)
    const sorted = [...scores]
      .flatMap(([id, score]) => {
        const snippet = this.#snippets.get(id)
        return snippet ? [{ snippet, score: score * KIND_WEIGHT[snippet.kind] }] : []
      })
      .filter(({ score }) => score > 0.05)
      .sort((a, b) => b.score - a.score)
      .map(({ snippet }) => snippet)
    return (q === '' ? withPictureInSight(sorted) : sorted).slice(0, SHOWN)
  }
}

/** A phone shows some four: the best piece with a picture, which says what words don't, is the second at the latest. */
function withPictureInSight(sorted: readonly Snippet[]): readonly Snippet[] {
  const pictured = sorted.findIndex(({ pictures }) => pictures.length > 0)
  if (pictured <= 1) return sorted
  return [
    ...sorted.slice(0, 1),
    ...sorted.slice(pictured, pictured + 1),
    ...sorted.slice(1).filter((_, at) => at + 1 !== pictured),
  ]
}

function ofSection({ key, title, parts, required }: Section): readonly Snippet[] {
  const steps = parts.flatMap((part, index): readonly Snippet[] => {
    const text = part.lines
      .map((line) => line.replace(STEP, ''))
      .join('\n')
      .trim()
    if (text === '' && part.pictures.length === 0) return []
    return [{ id: `step:${key}:${index}`, key, kind: 'step', title, text: text || title, pictures: part.pictures }]
  })
  const whole: Snippet = {
    ...{ id: `section:${key}`, key, kind: 'section', title },
    text: `【${key}】${title}\n${parts.flatMap(({ lines }) => lines).join('\n')}`.trim(),
    pictures: parts.flatMap(({ pictures }) => pictures),
  }
  const needed: readonly Snippet[] =
    required.length === 0
      ? []
      : [{ id: `required:${key}`, key, kind: 'required', title, text: required.join('\n'), pictures: [] }]
  return [...steps, ...needed, whole]
}

const ofShortAnswer = (
  { id, title, lines, sectionKey = '' }: ShortAnswer,
  sections: KnowledgeSnapshot['sections'],
): Snippet => ({
  ...{ id: `answer:${id}`, key: sections.has(sectionKey) ? sectionKey : '', kind: 'answer', title },
  text: lines.join('\n'),
  pictures: [],
})

function asksOf(id: string, { content }: KnowledgeSnapshot): readonly string[] {
  if (!id.startsWith('answer:')) return []
  const answer = content.answers.find((one) => `answer:${one.id}` === id)
  return answer ? [...answer.asks, ...answer.more] : []
}
