// Imported by its path, because the package itself loads database drivers; that path has no types.
declare module 'natural/lib/natural/classifiers/bayes_classifier.js' {
  export default class BayesClassifier {
    constructor(stemmer: undefined, smoothing: number)
    addDocument(tokens: string[], label: string): void
    train(): void
    getClassifications(tokens: string[]): { readonly label: string; readonly value: number }[]
  }
}
