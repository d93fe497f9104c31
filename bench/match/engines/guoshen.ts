import type { TeachEngine } from '../engine.js'
import type { Asked, Taught } from '../messages.js'

/** Our own matcher, taught the same messages as the others; each message goes through all of `understand`. */
export const teachGuoshen: TeachEngine = async (taught) => {
  const { readProject } = await import('../project-knowledge.js')
  const { buildIntentMatcher } = await import('../../../src/nlu/intent-matcher.js')
  const { understand } = await import('../../../src/nlu/pipeline.js')
  const { compileLanguage } = await import('../../../src/model/language.js')
  const { factsOf } = await import('../../../src/knowledge/guide/front-matter.js')
  const content = onlyTaught(await readProject(), taught)
  const knowing = {
    matcher: buildIntentMatcher(content),
    intents: content.intents,
    facts: factsOf(content.guides),
    language: compileLanguage(content.language),
    nowMs: Date.now(),
  }
  return ({ text }: Asked) => {
    const [top] = understand(text, knowing).candidates
    return { section: top?.sectionKey, score: top?.overheard ?? 0 }
  }
}

type Content = Awaited<ReturnType<typeof import('../project-knowledge.js').readProject>>

function onlyTaught(content: Content, taught: readonly Taught[]): Content {
  const texts = new Set(taught.map(({ text }) => text))
  const isTaught = (text: string): boolean => texts.has(text)
  return {
    ...content,
    intents: content.intents.map((intent) =>
      intent.automatic ? intent : { ...intent, utterances: intent.utterances.filter(isTaught) },
    ),
    silence: content.silence.filter(({ text }) => isTaught(text)),
  }
}
