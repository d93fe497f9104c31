import type { TeachEngine } from '../engine.js'
import { likeliestSection } from './nearest-vote.js'

const LOCALE = 'zh'

/** With its own Chinese: words of a dictionary, by their sound. */
export const teachNlpJs: TeachEngine = async (taught) => {
  const { containerBootstrap, Nlp } = await import('@nlpjs/basic')
  const { LangZh } = await import('@nlpjs/lang-zh')
  // It warns of every message of which it keeps no word.
  console.warn = () => undefined
  const container = containerBootstrap()
  container.use(LangZh)
  const nlp = new Nlp({ container, autoSave: false, autoLoad: false, calculateSentiment: false })
  nlp.addLanguage(LOCALE)
  for (const { normalized, label } of taught) nlp.addDocument(LOCALE, normalized, label)
  await nlp.train()
  return async ({ normalized }) => {
    // Without the language it would guess one for each message.
    const { classifications } = await nlp.process(LOCALE, normalized)
    return likeliestSection(classifications.map(({ intent, score }) => ({ label: intent, score })))
  }
}
