import type { AdminCommand, Command, StaffCommand } from '../model/command.js'
import type { AuditLog, Clock, Operations, Orderer, Report } from '../model/ports.js'
import type { Party, Ticket } from '../model/ticket.js'
import type { Change, TicketDesk } from '../tickets/desk.js'
import { colleagueNamed, isSameColleague, onDuty } from '../tickets/due.js'
import { askerPhrases, deskCommandPhrases, momentWords } from '../tickets/phrases.js'
import { nextWorkingMs } from '../tickets/working-time.js'
import { commandPhrases as say } from './phrases.js'
import { describeCommand, helpText } from './table.js'

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

type Runners = {
  readonly [K in AdminCommand['kind']]: (
    command: Extract<AdminCommand, { kind: K }>,
    by: Orderer,
    tools: OrderTools,
  ) => Promise<Report> | Report | undefined
}

const failed = (text: string): Report => ({ ok: false, text })

/** undefined: the bot was built without that part. */
const RUNNERS: Runners = {
  help: (_, by, { operations }) => ({ ok: true, text: helpText(by, operations) }),
  status: (_, __, { operations }) => operations.overview?.status(),
  reload: ({ force }, { who }, { operations }) => operations.releases.reload({ by: who, force }),
  check: (_, __, { operations }) => operations.releases.check?.(),
  'roll-back': ({ to }, { who }, { operations }) =>
    operations.releases.rollBack?.({ by: who, ...(to === null ? {} : { to }) }),
  try: ({ text }, _, { operations }) => (text === '' ? failed(say.howTo.try) : operations.overview?.explain(text)),
  'list-unanswered': (_, __, { operations }) => operations.learning?.list(),
  assign: ({ number, sectionKey, force }, { who }, { operations }) =>
    number === null || sectionKey === null
      ? failed(say.howTo.assign)
      : operations.learning?.assign({ number, sectionKey, by: who, ...(force && { force }) }),
  ignore: ({ number }, { who }, { operations }) =>
    number === null ? failed(say.howTo.ignore) : operations.learning?.ignore({ number, by: who }),
  teach: ({ sectionKey, text, force }, { who }, { operations }) =>
    sectionKey === null || text === ''
      ? failed(say.howTo.teach)
      : operations.learning?.teach({ sectionKey, text, by: who, ...(force && { force }) }),
  'list-drafts': (_, __, { operations }) => operations.learning?.drafts(),
  'accept-draft': ({ number, force }, { who }, { operations }) =>
    number === null
      ? failed(say.howTo.accept)
      : operations.learning?.accept({ number, by: who, ...(force && { force }) }),
  mute: ({ room, minutes }, { who }, { operations }) => operations.rooms?.mute({ room, minutes, by: who }),
  unmute: ({ room }, { who }, { operations }) => operations.rooms?.unmute({ room, by: who }),
  'list-rooms': (_, __, { operations }) => operations.rooms?.list(),
  'show-figures': ({ span }, _, { operations }) => operations.overview?.figures(span),
  'show-audit': (_, __, { operations }) => operations.audit && readAudit(operations.audit),
  'claim-role': ({ role }, { who, role: as, where, contactId }, { operations }) => {
    if (as === 'operator') return operations.rights?.pending()
    if (as === 'admin' || (as === 'staff' && role === 'staff')) return { ok: true, text: say.hasRole }
    if (where !== 'direct' || contactId === undefined) return failed(say.claimInDirectChat)
    return operations.rights?.ask({ role, by: who, contactId })
  },
  'revoke-role': ({ name }, { who }, { operations }) =>
    name === '' ? failed(say.howTo.revoke) : operations.rights?.revoke({ name, by: who }),
}

const MAX_AUDIT_LINES = 10

const readAudit = async (audit: AuditLog): Promise<Report> => ({
  ok: true,
  text: say.audit(await audit.recent(MAX_AUDIT_LINES)),
})

export const isAdminCommand = (command: Command): command is AdminCommand => command.kind in RUNNERS

/** Carries out an order to the bot itself. What this bot was built without is said to be missing. */
export async function runAdminCommand(command: AdminCommand, by: Orderer, tools: OrderTools): Promise<Report> {
  const run = RUNNERS[command.kind] as (c: AdminCommand, by: Orderer, tools: OrderTools) => Promise<Report> | undefined
  return (await run(command, by, tools)) ?? failed(say.notAvailable)
}

export interface StaffTools {
  readonly desk: TicketDesk
  readonly clock: Clock
  /** Says something to a ticket's asker, where it was opened. @returns whether it went out */
  readonly tellAsker: (ticket: Ticket, text: string) => Promise<boolean>
  readonly titleOf: (sectionKey: string) => string | undefined
}

/** An order that names its ticket. */
type TicketOrder = Exclude<StaffCommand, { kind: 'list-tickets' | 'show-duty' | 'start-duty' | 'end-duty' }>
type Numbered<K extends TicketOrder['kind']> = Extract<TicketOrder, { kind: K }> & { readonly number: number }

/** Carries out a colleague's order about tickets and says what came of it. */
export async function runStaffCommand(command: StaffCommand, by: Party, tools: StaffTools): Promise<string> {
  switch (command.kind) {
    case 'list-tickets': {
      const tickets = tools.desk.list()
      return tickets.length === 0 ? deskCommandPhrases.noTickets : deskCommandPhrases.list(tickets, tools.clock.now())
    }
    case 'show-duty':
      return dutyWords(tools)
    case 'start-duty':
    case 'end-duty':
      return changeDuty(command.kind === 'start-duty', by, tools)
    default:
      return runTicketOrder(command, by, tools)
  }
}

async function runTicketOrder(command: TicketOrder, by: Party, tools: StaffTools): Promise<string> {
  const { number } = command
  if (number === null) return deskCommandPhrases.howTo[command.kind]
  const order = { ...command, number }
  switch (order.kind) {
    case 'show-ticket': {
      const ticket = tools.desk.find(number)
      if (!ticket) return deskCommandPhrases.unknown(number)
      return deskCommandPhrases.show(ticket, tools.clock.now(), tools)
    }
    case 'claim-ticket':
      return claim(number, by, tools)
    case 'pass-ticket':
      return order.to === '' ? deskCommandPhrases.howTo[order.kind] : pass(order as Numbered<'pass-ticket'>, by, tools)
    case 'reply-ticket':
      return order.text === ''
        ? deskCommandPhrases.howTo[order.kind]
        : reply(order as Numbered<'reply-ticket'>, by, tools)
    case 'note-ticket':
      if (order.text === '') return deskCommandPhrases.howTo[order.kind]
      return answered(await tools.desk.note(number, by, order.text), number, () => deskCommandPhrases.noted(number))
    case 'close-ticket':
      return answered(await tools.desk.resolve(number, by, order.note), number, (ticket) => {
        void tools.tellAsker(ticket, askerPhrases.resolved(number, order.note))
        return deskCommandPhrases.resolved(ticket)
      })
    case 'return-ticket':
      return answered(await tools.desk.giveBack(number, by), number, (ticket) => {
        void tools.tellAsker(ticket, askerPhrases.returned(number))
        return deskCommandPhrases.returned(ticket)
      })
  }
}

async function claim(number: number, by: Party, tools: StaffTools): Promise<string> {
  const change = await tools.desk.claim(number, by)
  if (change.status === 'refused' && change.ticket.status === 'claimed') {
    return deskCommandPhrases.alreadyClaimed(number, change.ticket.holder.name)
  }
  return answered(change, number, (ticket) => {
    void tools.tellAsker(ticket, askerPhrases.taken(number, by.name))
    return deskCommandPhrases.claimed(ticket, by.name)
  })
}

async function pass({ number, to }: Numbered<'pass-ticket'>, by: Party, tools: StaffTools): Promise<string> {
  const name = colleagueNamed(to, tools.desk.rules)
  if (name === undefined)
    return deskCommandPhrases.noColleague(
      to,
      tools.desk.rules.roster.map((colleague) => colleague.name),
    )
  const colleague = isSameColleague({ key: '', name }, by) ? by : { key: `name:${name}`, name }
  return answered(await tools.desk.pass(number, by, colleague), number, (ticket) => {
    void tools.tellAsker(ticket, askerPhrases.passed(number, name))
    return deskCommandPhrases.passed(number, name)
  })
}

async function reply({ number, text }: Numbered<'reply-ticket'>, by: Party, tools: StaffTools): Promise<string> {
  const change = await tools.desk.answered(number, by, { how: 'replied', text })
  if (change.status !== 'done') return answered(change, number, () => '')
  const isOut = await tools.tellAsker(change.ticket, askerPhrases.relayed(number, by.name, text))
  return isOut ? deskCommandPhrases.replied(change.ticket) : deskCommandPhrases.notReplied(change.ticket)
}

function answered(change: Change, number: number, done: (ticket: Ticket) => string): string {
  switch (change.status) {
    case 'done':
      return done(change.ticket)
    case 'unknown':
      return deskCommandPhrases.unknown(number)
    case 'refused':
      return deskCommandPhrases.over(change.ticket)
  }
}

function dutyWords({ desk, clock }: StaffTools): string {
  const nowMs = clock.now()
  const nextMs = nextWorkingMs(nowMs, desk.rules.hours)
  return deskCommandPhrases.onDuty(
    onDuty(nowMs, desk.notes().duty, desk.rules),
    // In working hours the next begin is no news.
    nextMs === undefined || nextMs <= nowMs ? undefined : momentWords(nextMs),
  )
}

async function changeDuty(on: boolean, person: Party, { desk, clock }: StaffTools): Promise<string> {
  await desk.putDuty({ person, on, atMs: clock.now() })
  return on
    ? deskCommandPhrases.startedDuty(person.name)
    : deskCommandPhrases.endedDuty(person.name, onDuty(clock.now(), desk.notes().duty, desk.rules))
}
