import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../../src/config.js'

export type State = '甲' | '乙'

const GUIDE = join('knowledge', 'fasttest.md')
/** Lines of one section, far apart: a reply that mixes two states shows it. */
const MARKED = ['1. 用户生成内容：选“包含”', '并且也有人工审核把关'] as const

const KEPT_WHEN_LEAN = new Set(['ugc-statement.yaml', 'human.yaml', 'concepts.yaml'])

/** A copy of the shipped knowledge that can be switched between two states, told apart in two lines of one answer. */
export class TwoStates {
  readonly knowledgeDir: string
  readonly intentsDir: string
  readonly #guide: string
  readonly #original: string

  /** @param isLean with the marked section's intent only, so that a reload takes a tenth of the time */
  constructor(folder: string, { isLean = false } = {}) {
    this.knowledgeDir = join(folder, 'knowledge')
    this.intentsDir = join(folder, 'intents')
    for (const name of ['knowledge', 'intents'])
      cpSync(join(PROJECT_ROOT, name), join(folder, name), { recursive: true })
    if (isLean)
      for (const name of readdirSync(this.intentsDir).filter((name) => name.endsWith('.yaml')))
        if (!KEPT_WHEN_LEAN.has(name)) rmSync(join(this.intentsDir, name))
    this.#guide = join(folder, GUIDE)
    this.#original = readFileSync(this.#guide, 'utf8')
    for (const line of MARKED) if (!this.#original.includes(line)) throw new Error(`the guide lacks: ${line}`)
    this.write('甲')
  }

  /** @param remark added at the end, where it makes a difference to the bot's files and none to its answers */
  write(state: State, remark = ''): void {
    const marked = MARKED.reduce((text, line) => text.replace(line, `${line}（${state}版）`), this.#original)
    writeFileSync(this.#guide, `${marked}\n${remark}\n`)
  }
}

/** Is answered with all of the marked section, however often it was told before. */
export const MARKED_QUESTION = '4.1'

/** @returns which state a whole answer was made from; `mixed` for one that was made from both, or lacks a mark */
export function stateOf(answer: string): State | 'mixed' {
  const marks = answer.match(/[甲乙](?=版）)/g) ?? []
  const [state] = marks
  const isWhole = marks.length === MARKED.length && marks.every((mark) => mark === state)
  return isWhole && (state === '甲' || state === '乙') ? state : 'mixed'
}
