import type { Intent, KnowledgeContent } from '../model/knowledge.js'
import type { Candidate, IntentMatcher, Match } from '../model/understanding.js'
import { ConceptLexicon } from './concept-lexicon.js'
import { extractFeatures } from './extract-features.js'
import { type Example, type LinearModel, predict, trainLinearModel } from './linear-model.js'
import { normalizeText } from './normalize-text.js'
import { SearchIndex } from './search-index.js'

const MAX_CANDIDATES = 5
/** The class of messages that want no answer. */
const NOTHING = 'nothing'
const SOMETHING = 'something'
// Best right-minus-wrong in 5-fold cross-validation over intents/ on 2026-11-23 (docs/adr/0002).
const TRAINING = { epochs: 12, rate: 0.2, decay: 3e-4, minCount: 2 }
// Half of the training messages want silence; of those put to the bot by name about one in ten does. The odds
// that a message is for us are raised by that ratio when the bot is addressed.
const ASKED_ODDS = 6
// Coverage at which a section found by search is as likely right as wrong, and how fast that turns.
const SEARCH_MIDPOINT = 0.4
const SEARCH_STEEPNESS = 12
// Nobody taught us how people talk about these sections, so overheard talk has to match more closely.
const SEARCH_OVERHEARD_MIDPOINT = 0.62

/**
 * Builds the matcher from everything the authors wrote: a linear classifier over authored intents and messages that
 * want silence, a search index over sections with an automatic intent. Takes 1–2 s of CPU for 6,000 utterances.
 */
export function buildIntentMatcher(content: KnowledgeContent): IntentMatcher {
  const lexicon = new ConceptLexicon(content.concepts)
  const authored = content.intents.filter(({ automatic }) => !automatic)
  const classifier = trainClassifier(authored, content, lexicon)
  const index = indexAutomatic(content)
  const sectionOf = new Map(content.intents.map(({ id, sectionKey }) => [id, sectionKey]))
  return {
    match(normalized) {
      const found = index
        .search(normalized)
        .map(({ id, coverage }) => searchCandidate(id, sectionOf.get(id) ?? id, coverage))
      if (!classifier) return { candidates: found, wantsHuman: { confidence: 0, overheard: 0 } }
      const { candidates, wantsHuman } = classify(classifier, extractFeatures(normalized, lexicon).names, sectionOf)
      const all = [...candidates, ...found].sort((a, b) => b.confidence - a.confidence)
      return { candidates: all.slice(0, MAX_CANDIDATES), wantsHuman }
    },
  }
}

/** Two views of the same examples: which section, and whether it is for us at all. Together they err less than either. */
interface Classifier {
  readonly sections: LinearModel
  readonly scope: LinearModel
}

function trainClassifier(
  authored: readonly Intent[],
  { silence }: KnowledgeContent,
  lexicon: ConceptLexicon,
): Classifier | undefined {
  if (authored.length === 0) return undefined
  const example = (text: string, label: string): Example => ({
    features: extractFeatures(normalizeText(text), lexicon).names,
    label,
  })
  const examples = [
    ...authored.flatMap(({ id, utterances }) => utterances.map((utterance) => example(utterance, id))),
    ...silence.map(({ text }) => example(text, NOTHING)),
  ]
  const forScope = examples.map((one) => ({ ...one, label: one.label === NOTHING ? NOTHING : SOMETHING }))
  return { sections: trainLinearModel(examples, TRAINING), scope: trainLinearModel(forScope, TRAINING) }
}

function classify(
  { sections, scope }: Classifier,
  features: readonly string[],
  sectionOf: ReadonlyMap<string, string | undefined>,
): Match {
  const shares = predict(sections, features)
  const nothing = sections.classes.indexOf(NOTHING)
  const something = nothing < 0 ? 1 : 1 - shares[nothing]!
  const inScope = (something + (predict(scope, features)[scope.classes.indexOf(SOMETHING)] ?? 0)) / 2
  const asked = (ASKED_ODDS * inScope) / (ASKED_ODDS * inScope + 1 - inScope)
  const candidates: Candidate[] = []
  let wantsHuman = { confidence: 0, overheard: 0 }
  for (const [index, id] of sections.classes.entries()) {
    // Which section it is, provided that it is for us; then how probably it is.
    const share = something > 0 ? shares[index]! / something : 0
    const confidences = { confidence: share * asked, overheard: share * inScope }
    const sectionKey = sectionOf.get(id)
    if (sectionKey) candidates.push({ sectionKey, intentId: id, ...confidences })
    else if (id !== NOTHING) wantsHuman = confidences
  }
  candidates.sort((a, b) => b.confidence - a.confidence)
  return { candidates: candidates.slice(0, MAX_CANDIDATES), wantsHuman }
}

function indexAutomatic({ intents, guides }: KnowledgeContent): SearchIndex {
  const sections = new Map(guides.flatMap((guide) => guide.sections).map((section) => [section.key, section]))
  return new SearchIndex(
    intents.flatMap(({ automatic, id, sectionKey, title, utterances }) => {
      const section = sectionKey === undefined ? undefined : sections.get(sectionKey)
      if (!automatic || !section) return []
      const body = section.parts.flatMap(({ lines, pictures }) => [...lines, ...pictures.map(({ alt }) => alt)])
      return [{ id, title, texts: [...utterances, ...section.required, ...body] }]
    }),
  )
}

function searchCandidate(intentId: string, sectionKey: string, coverage: number): Candidate {
  const sigmoid = (midpoint: number): number => 1 / (1 + Math.exp(-SEARCH_STEEPNESS * (coverage - midpoint)))
  return { sectionKey, intentId, confidence: sigmoid(SEARCH_MIDPOINT), overheard: sigmoid(SEARCH_OVERHEARD_MIDPOINT) }
}
