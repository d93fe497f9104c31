import type { KnowledgeContent } from '../model/knowledge.js'
import { ConceptLexicon } from '../understand/concept-lexicon.js'
import { extractFeatures } from '../understand/extract-features.js'
import { trainingTexts } from '../understand/intent-matcher.js'
import { NOTHING, readFeatures } from '../understand/message-model.js'
import { normalizeText } from '../understand/normalize-text.js'
import { trainMessageModel } from '../understand/train-message-model.js'
import { type LabelledMessage, wantsSilence } from './labelled-message.js'

/** What the classifier is worth without one of its ingredients. */
export interface Ablation {
  /** In Chinese. */
  readonly without: string
  /** 0..1: questions whose section comes first, if it is known that they are questions. */
  readonly rightFirst: number
  /** 0..1: questions still answered where no more than 3 % of the hard chatter is. */
  readonly kept: number
}

interface Variant {
  readonly without: string
  readonly normalize: (text: string) => string
  readonly lexicon: ConceptLexicon
  readonly keeps: (feature: string) => boolean
}

const HARD_CHATTER_SPOKEN_TO = 0.03

/** Trains the classifier anew without each ingredient in turn; 2–4 s of CPU each. The first row lacks nothing. */
export function ablate(content: KnowledgeContent, messages: readonly LabelledMessage[]): readonly Ablation[] {
  const whole: Variant = {
    without: '（都有）',
    normalize: normalizeText,
    lexicon: new ConceptLexicon(content.concepts),
    keeps: () => true,
  }
  const variants: readonly Variant[] = [
    whole,
    { ...whole, without: '归一化（繁体、全角、表情）', normalize: (text) => text.trim().toLowerCase() },
    { ...whole, without: '同义词与同音纠错', lexicon: new ConceptLexicon([]) },
    { ...whole, without: '单字和词片段', keeps: (feature) => !feature.startsWith('c:') },
    { ...whole, without: '三字片段', keeps: (feature) => !/^c:...$/u.test(feature) },
    { ...whole, without: '读音', keeps: (feature) => !feature.startsWith('s:') },
    { ...whole, without: '语气（问、报告、否定……）', keeps: (feature) => !feature.startsWith('m:') },
    { ...whole, without: '句式与长短', keeps: (feature) => !feature.startsWith('f:') },
  ]
  return variants.map((variant) => ({ without: variant.without, ...score(variant, content, messages) }))
}

function score(variant: Variant, content: KnowledgeContent, messages: readonly LabelledMessage[]) {
  const featuresOf = (text: string): readonly string[] =>
    extractFeatures(variant.normalize(text), variant.lexicon).names.filter(variant.keeps)
  const { labelled } = trainingTexts(content)
  const model = trainMessageModel(labelled.map(({ text, label }) => ({ features: featuresOf(text), label })))
  const sectionOf = new Map(content.intents.map(({ id, sectionKey }) => [id, sectionKey]))
  const sections = model.classes.filter((id) => id !== NOTHING).map((id) => sectionOf.get(id))
  const read = messages.map((message) => {
    const { shares, scopeLogit } = readFeatures(model, featuresOf(message.text))
    const best = sections.reduce(
      (top, key, at) => (key !== undefined && shares[at]! > (shares[top] ?? -1) ? at : top),
      -1,
    )
    return { message, scopeLogit, isRight: message.sections.includes(sections[best] ?? '') }
  })
  const questions = read.filter(({ message }) => message.sections.length > 0)
  const chatter = read
    .filter(({ message }) => wantsSilence(message) && message.hard)
    .map(({ scopeLogit }) => scopeLogit)
    .sort((a, b) => b - a)
  const level = chatter[Math.floor(chatter.length * HARD_CHATTER_SPOKEN_TO)] ?? Number.NEGATIVE_INFINITY
  const shareOf = (holds: (one: (typeof questions)[number]) => boolean): number =>
    questions.filter(holds).length / Math.max(1, questions.length)
  return { rightFirst: shareOf(({ isRight }) => isRight), kept: shareOf(({ scopeLogit }) => scopeLogit > level) }
}

/** One line for each ingredient. In Chinese. */
export function renderAblation(rows: readonly Ablation[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  return [
    '== 少了哪样会怎样（留出的说法；难的闲聊最多接 3 % 时还答几成）',
    ...rows.map(
      ({ without, rightFirst, kept }) => `  ${without}  排第一 ${percent(rightFirst)}  还答 ${percent(kept)}`,
    ),
  ].join('\n')
}
