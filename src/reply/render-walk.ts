import type { Section } from '../model/knowledge.js'
import type { WalkTurn } from '../model/walk.js'
import { phrases } from './phrases.js'
import { type ReplyLine, renderSectionBriefly } from './render-section.js'
import { walkPhrases } from './walk-phrases.js'

interface Naming {
  /** The section of the present step. */
  readonly section: Section | undefined
  readonly titleOf: (key: string) => string
}

/** One turn of a walk-through: the step with its screenshots, an offer, or the list at the end. */
export function renderWalk(turn: WalkTurn, { section, titleOf }: Naming): readonly ReplyLine[] {
  const { told, steps } = turn
  const number = stepNumber(turn)
  switch (told) {
    case 'first-step':
      return [plain(walkPhrases.intro(steps.length)), ...renderStep(turn, section)]
    case 'step':
      return renderStep(turn, section)
    case 'offer':
      return [plain(walkPhrases.offer(number, steps.length))]
    case 'stopped':
      return [plain(walkPhrases.stopped(number, steps.length))]
    case 'verdict':
      return renderVerdict(turn, titleOf).map(plain)
  }
}

/** 1 … the number of steps. */
export const stepNumber = ({ walk, steps }: Pick<WalkTurn, 'walk' | 'steps'>): number =>
  Math.max(0, steps.indexOf(walk.at)) + 1

function renderStep(turn: WalkTurn, section: Section | undefined): readonly ReplyLine[] {
  const required = section?.required ?? []
  return [
    ...(section ? renderSectionBriefly(section) : []),
    ...(required.length > 0 ? [plain(phrases.requiredHeading), ...required.map((line) => plain(`· ${line}`))] : []),
    plain(walkPhrases.prompt(stepNumber(turn), turn.steps.length)),
  ]
}

function renderVerdict({ walk, steps }: WalkTurn, titleOf: (key: string) => string): readonly string[] {
  const left = steps.filter((key) => walk.outcomes[key] !== 'done')
  const list = steps.map((key) => (left.includes(key) ? walkPhrases.skipped : walkPhrases.done)(key, titleOf(key)))
  const verdict = left.length === 0 ? [walkPhrases.go] : [walkPhrases.noGo(left), walkPhrases.noGoHint]
  return [walkPhrases.listHeading(steps.length), ...list, ...verdict]
}

const plain = (text: string): ReplyLine => ({ text, pictures: [] })
