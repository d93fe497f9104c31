import { commandPhrases as say } from './admin/command-phrases.js'
import { exampleOf } from './admin/describe-command.js'
import { type OrderTools, runCommand } from './admin/run-command.js'
import type { Command } from './model/command.js'
import { OPERATOR, type Report } from './model/operations.js'
import { parseCommand } from './understand/parse-command.js'
import { suggestOrder } from './understand/suggest-order.js'

/** Carries out what the operator orders at the page or the terminal; the verbs are those of the chat. */
export type OperatorDoor = (text: string, where: 'page' | 'terminal') => Promise<Report>

/** Nothing but orders is written here, so that every mistyped verb is told. */
export function operatorDoor(tools: OrderTools): OperatorDoor {
  return async (text, where) => {
    const near = suggestOrder(text)
    const command = parseCommand(text) ?? tryOut(text) ?? (near?.soundsAlike ? parseCommand(near.text) : undefined)
    if (command) return runCommand(command, { who: OPERATOR, role: 'operator', where }, tools)
    return { ok: false, text: near ? say.didYouMean(exampleOf(near.kind)) : say.notUnderstood }
  }
}

/** 测试你好: among people it may be talk, here it is none. */
function tryOut(text: string): Command | undefined {
  const [, sentence] = /^[测測][试試](.+)$/s.exec(text.trim()) ?? []
  return sentence === undefined ? undefined : { kind: 'try', text: sentence }
}
