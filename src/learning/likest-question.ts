import type { Concept } from '../model/knowledge.js'
import type { LearningRecords } from '../model/learning.js'
import { ConceptLexicon } from '../understand/concept-lexicon.js'
import { normalizeText } from '../understand/normalize-text.js'
import { coreOf, likeness, pairsOf } from '../understand/taught-sentences.js'
import { questions } from './learning-book.js'

interface Shape {
  readonly core: string
  readonly pairs: ReadonlySet<string>
  readonly concepts: string
}

/** Dice over pairs of characters from which two questions are taken for the same … */
const ALIKE = 0.6
/** … and where they name the same two or more things in our words. */
const ALIKE_IN_CONCEPTS = 0.3
const KEPT_SHAPES = 5_000

/** Finds the kept question that a new one is most like. Remembers the shapes of the kept ones. */
export class LikestQuestion {
  readonly #shapes = new Map<string, Shape>()
  #lexicon = new ConceptLexicon([])
  #concepts: readonly Concept[] = []

  /** @returns the number of the group; undefined when the text is like none */
  find(text: string, records: LearningRecords, concepts: readonly Concept[]): number | undefined {
    this.#learn(concepts)
    const shape = this.#shapeOf(text)
    let best: number | undefined
    let bestScore = 0
    for (const { number, texts } of questions(records)) {
      for (const other of texts) {
        const score = alike(shape, this.#shapeOf(other))
        if (score > bestScore) [best, bestScore] = [number, score]
      }
    }
    return best
  }

  #learn(concepts: readonly Concept[]): void {
    if (concepts === this.#concepts) return
    const isSame = JSON.stringify(concepts) === JSON.stringify(this.#concepts)
    this.#concepts = concepts
    // A reload seldom changes them, and shaping hundreds of questions anew takes tens of milliseconds.
    if (isSame) return
    this.#lexicon = new ConceptLexicon(concepts)
    this.#shapes.clear()
  }

  #shapeOf(text: string): Shape {
    const known = this.#shapes.get(text)
    if (known) return known
    const { concepts, repaired } = this.#lexicon.scan(normalizeText(text))
    // Nearly every question here is about one.
    const core = coreOf(repaired).replaceAll('小程序', '')
    const shape = { core, pairs: pairsOf(core), concepts: concepts.length < 2 ? '' : [...concepts].sort().join() }
    if (this.#shapes.size >= KEPT_SHAPES) this.#shapes.clear()
    this.#shapes.set(text, shape)
    return shape
  }
}

/** @returns 0..1; 0 for questions that are not the same */
function alike(a: Shape, b: Shape): number {
  if (a.core === b.core) return a.core === '' ? 0 : 1
  const [small, large] = a.pairs.size < b.pairs.size ? [a, b] : [b, a]
  if (2 * small.pairs.size < ALIKE_IN_CONCEPTS * (small.pairs.size + large.pairs.size)) return 0
  const score = likeness(a.pairs, b.pairs)
  const isSame = score >= ALIKE || (score >= ALIKE_IN_CONCEPTS && a.concepts !== '' && a.concepts === b.concepts)
  return isSame ? score : 0
}
