import type { TeachEngine } from '../engine.js'
import { characterBigrams } from './character-bigrams.js'
import { likeliestSection } from './nearest-vote.js'

/** Its time grows with the number of features; those seen once would double it and teach nothing. */
const MIN_COUNT = 2
const SMOOTHING = 0.1

export const teachNaturalBayes: TeachEngine = async (taught) => {
  const { default: BayesClassifier } = await import('natural/lib/natural/classifiers/bayes_classifier.js')
  const features = knownFeatures(taught.map(({ normalized }) => normalized))
  const tokensOf = (text: string): string[] => [...featuresOf(text)].flatMap((feature) => features.get(feature) ?? [])
  const classifier = new BayesClassifier(undefined, SMOOTHING)
  for (const { normalized, label } of taught) classifier.addDocument(tokensOf(normalized), label)
  classifier.train()
  return ({ normalized }) => {
    const found = classifier.getClassifications(tokensOf(normalized))
    const sum = found.reduce((total, { value }) => total + value, 0)
    // A long message underflows to 0 for every class.
    return likeliestSection(found.map(({ label, value }) => ({ label, score: sum === 0 ? 0 : value / sum })))
  }
}

/** A prefix, because it keeps features as keys of an object, where numbers would come first and change the order. */
const featuresOf = (text: string): ReadonlySet<string> => new Set(characterBigrams(text).map((token) => `w:${token}`))

/** Each feature with the one string that stands for it: compared by identity, they make training many times faster. */
function knownFeatures(texts: readonly string[]): ReadonlyMap<string, string> {
  const counts: Record<string, number> = {}
  for (const text of texts) for (const feature of featuresOf(text)) counts[feature] = (counts[feature] ?? 0) + 1
  return new Map(
    Object.keys(counts)
      .filter((feature) => counts[feature]! >= MIN_COUNT)
      .map((feature) => [feature, feature]),
  )
}
