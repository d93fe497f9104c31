import { JaroWinklerDistance } from 'natural/lib/natural/distance/index.js'

/**
 * The known word that a mistyped one most resembles, for "did you mean".
 *
 * @param minSimilarity 0..1; below it nothing is suggested
 */
export function nearest(word: string, known: Iterable<string>, minSimilarity = 0): string | undefined {
  let best: string | undefined
  let bestSimilarity = minSimilarity
  for (const candidate of known) {
    const similarity = JaroWinklerDistance(word, candidate, { ignoreCase: true })
    if (similarity > bestSimilarity) {
      best = candidate
      bestSimilarity = similarity
    }
  }
  return best
}
