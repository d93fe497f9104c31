import type { Command } from '../model/command.js'
import type { Operations, Orderer, Report } from '../model/operations.js'
import type { Clock } from '../model/ports.js'
import { commandPhrases as say } from './command-phrases.js'
import { describeCommand } from './describe-command.js'
import { isAdminCommand, runAdminCommand } from './run-admin-command.js'
import { runStaffCommand, type StaffTools } from './run-staff-command.js'

export interface OrderTools {
  readonly operations: Operations
  readonly staffTools: StaffTools
  readonly clock: Clock
}

/** Carries out one order, from whichever door, and says what came of it. It stands in the audit log afterwards. */
export async function runCommand(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  const report = await carryOut(command, by, tools)
  await noteOrder(command, by, { result: report.ok ? 'done' : 'failed', tools })
  return report
}

async function carryOut(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  if (isAdminCommand(command)) return runAdminCommand(command, by, tools)
  // Whoever is on duty is called by name in the staff group, and there is no 操作员 in it.
  const isDuty = command.kind === 'start-duty' || command.kind === 'end-duty'
  if (isDuty && by.role === 'operator') return { ok: false, text: say.dutyInPerson }
  return { ok: true, text: await runStaffCommand(command, by.who, tools.staffTools) }
}

/** Takes a one-time code. Of the code itself nothing is written down. */
export async function redeemCode(
  code: string,
  by: Orderer & { readonly contactId: string },
  tools: Pick<OrderTools, 'operations' | 'clock'>,
): Promise<Report | undefined> {
  const report = await tools.operations.rights?.redeem({ code, by: by.who, contactId: by.contactId })
  if (report) await noteOrder(CLAIM, by, { result: report.ok ? 'done' : 'refused', tools })
  return report
}

const CLAIM: Command = { kind: 'claim-role', role: null }

/** Writes an order down that was not carried out. */
export const noteRefusal = (command: Command, by: Orderer, tools: Pick<OrderTools, 'operations' | 'clock'>) =>
  noteOrder(command, by, { result: 'refused', tools })

async function noteOrder(
  command: Command,
  by: Orderer,
  { result, tools }: { result: 'done' | 'failed' | 'refused'; tools: Pick<OrderTools, 'operations' | 'clock'> },
): Promise<void> {
  const { who, role, where } = by
  const what = describeCommand(command)
  await tools.operations.audit?.record({ atMs: tools.clock.now(), who, role, what, result, where })
}
