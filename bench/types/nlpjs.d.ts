// Only what the benchmark uses; the packages have no types.
declare module '@nlpjs/basic' {
  interface Container {
    use(plugin: unknown): void
  }
  export function containerBootstrap(): Container
  export class Nlp {
    constructor(settings: {
      readonly container: Container
      readonly autoSave: boolean
      readonly autoLoad: boolean
      readonly calculateSentiment: boolean
    })
    addLanguage(locale: string): void
    addDocument(locale: string, text: string, intent: string): void
    train(): Promise<unknown>
    process(
      locale: string,
      text: string,
    ): Promise<{ readonly classifications: readonly { readonly intent: string; readonly score: number }[] }>
  }
}

declare module '@nlpjs/lang-zh' {
  export class LangZh {}
}
