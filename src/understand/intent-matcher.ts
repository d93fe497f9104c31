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
// Best right-minus-wrong in 5-fold cross-validation over intents/ on 2026-11-23 (docs/adr/0002).
const TRAINING = { epochs: 12, rate: 0.2, decay: 3e-5, minCount: 2 }
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
  const model = trainClassifier(authored, content, lexicon)
  const index = indexAutomatic(content)
  const sectionOf = new Map(content.intents.map(({ id, sectionKey }) => [id, sectionKey]))
  return {
    match(normalized) {
      const found = index
        .search(normalized)
        .map(({ id, coverage }) => searchCandidate(id, sectionOf.get(id) ?? id, coverage))
      if (!model) return { candidates: found, wantsHuman: { confidence: 0, overheard: 0 } }
      const { candidates, wantsHuman } = classify(model, extractFeatures(normalized, lexicon).names, sectionOf)
      const all = [...candidates, ...found].sort((a, b) => b.confidence - a.confidence)
      return { candidates: all.slice(0, MAX_CANDIDATES), wantsHuman }
    },
  }
}

function trainClassifier(
  authored: readonly Intent[],
  { silence }: KnowledgeContent,
  lexicon: ConceptLexicon,
): LinearModel | undefined {
  if (authored.length === 0) return undefined
  const example = (text: string, label: string): Example => ({
    features: extractFeatures(normalizeText(text), lexicon).names,
    label,
  })
  return trainLinearModel(
    [
      ...authored.flatMap(({ id, utterances }) => utterances.map((utterance) => example(utterance, id))),
      ...silence.map(({ text }) => example(text, NOTHING)),
    ],
    TRAINING,
  )
}

function classify(
  model: LinearModel,
  features: readonly string[],
  sectionOf: ReadonlyMap<string, string | undefined>,
): Match {
  const overheard = predict(model, features)
  const nothing = model.classes.indexOf(NOTHING)
  const unlikely = nothing < 0 ? 0 : overheard[nothing]!
  const sum = ASKED_ODDS * (1 - unlikely) + unlikely
  const candidates: Candidate[] = []
  let wantsHuman = { confidence: 0, overheard: 0 }
  for (const [index, id] of model.classes.entries()) {
    const share = { confidence: (overheard[index]! * ASKED_ODDS) / sum, overheard: overheard[index]! }
    const sectionKey = sectionOf.get(id)
    if (sectionKey) candidates.push({ sectionKey, intentId: id, ...share })
    else if (id !== NOTHING) wantsHuman = share
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
