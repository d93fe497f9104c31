import type { Orderer, Report } from '../model/ports.js'
import { describeCommand, helpText } from './help.js'
import { commandPhrases as say } from './phrases.js'
import { failed, type OrderTools } from './row.js'
import { type Command, rowOf } from './table.js'

/** Carries out one order, from whichever door, and says what came of it. It stands in the audit log afterwards. */
export async function runCommand(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  const report = await carryOut(command, by, tools)
  await noteOrder(command, by, { result: report.ok ? 'done' : 'failed', tools })
  return report
}

async function carryOut(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  const { kind, ...args } = command
  const { needs, inPerson, run } = rowOf(kind)
  const lacks = needs?.args.some((name) => args[name] === null || args[name] === '')
  if (needs && lacks) return failed(say.howTo(needs))
  // Whoever is on duty is called by name in the staff group, and there is no 操作员 in it.
  if (inPerson && by.role === 'operator') return failed(say.dutyInPerson)
  const report = await run(args, by, { ...tools, help: helpText(by, tools.operations) })
  return report ?? failed(say.notAvailable)
}

/** Takes a one-time code. Of the code itself nothing is written down. */
export async function redeemCode(
  code: string,
  by: Orderer & { readonly contactId: string },
  tools: Pick<OrderTools, 'operations' | 'clock'>,
): Promise<Report | undefined> {
  const report = await tools.operations.rights?.redeem({ code, by: by.who, contactId: by.contactId })
  const claim: Command = { kind: 'claim-role', role: null }
  if (report) await noteOrder(claim, by, { result: report.ok ? 'done' : 'refused', tools })
  return report
}

/** Writes an order down that was not carried out. */
export const noteRefusal = (command: Command, by: Orderer, tools: Pick<OrderTools, 'operations' | 'clock'>) =>
  noteOrder(command, by, { result: 'refused', tools })

async function noteOrder(
  command: Command,
  by: Orderer,
  { result, tools }: { result: 'done' | 'failed' | 'refused'; tools: Pick<OrderTools, 'operations' | 'clock'> },
): Promise<void> {
  const { who, role, where } = by
  const what = describeCommand(command, role)
  await tools.operations.audit?.record({ atMs: tools.clock.now(), who, role, what, result, where })
}
