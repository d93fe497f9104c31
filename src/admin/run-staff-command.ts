import type { StaffCommand } from '../model/command.js'
import type { Clock } from '../model/ports.js'
import type { Party, Ticket } from '../model/ticket.js'
import { askerPhrases, momentWords } from '../tickets/desk-phrases.js'
import { colleagueNamed, isSameColleague, onDuty } from '../tickets/roster.js'
import type { Change, TicketDesk } from '../tickets/ticket-desk.js'
import { nextWorkingMs } from '../tickets/working-time.js'
import { deskCommandPhrases as say } from './desk-command-phrases.js'

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
      return tickets.length === 0 ? say.noTickets : say.list(tickets, tools.clock.now())
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
  if (number === null) return say.howTo[command.kind]
  const order = { ...command, number }
  switch (order.kind) {
    case 'show-ticket': {
      const ticket = tools.desk.find(number)
      if (!ticket) return say.unknown(number)
      return say.show(ticket, tools.clock.now(), tools)
    }
    case 'claim-ticket':
      return claim(number, by, tools)
    case 'pass-ticket':
      return order.to === '' ? say.howTo[order.kind] : pass(order as Numbered<'pass-ticket'>, by, tools)
    case 'reply-ticket':
      return order.text === '' ? say.howTo[order.kind] : reply(order as Numbered<'reply-ticket'>, by, tools)
    case 'note-ticket':
      if (order.text === '') return say.howTo[order.kind]
      return answered(await tools.desk.note(number, by, order.text), number, () => say.noted(number))
    case 'close-ticket':
      return answered(await tools.desk.resolve(number, by, order.note), number, (ticket) => {
        void tools.tellAsker(ticket, askerPhrases.resolved(number, order.note))
        return say.resolved(ticket)
      })
    case 'return-ticket':
      return answered(await tools.desk.giveBack(number, by), number, (ticket) => {
        void tools.tellAsker(ticket, askerPhrases.returned(number))
        return say.returned(ticket)
      })
  }
}

async function claim(number: number, by: Party, tools: StaffTools): Promise<string> {
  const change = await tools.desk.claim(number, by)
  if (change.status === 'refused' && change.ticket.status === 'claimed') {
    return say.alreadyClaimed(number, change.ticket.holder.name)
  }
  return answered(change, number, (ticket) => {
    void tools.tellAsker(ticket, askerPhrases.taken(number, by.name))
    return say.claimed(ticket, by.name)
  })
}

async function pass({ number, to }: Numbered<'pass-ticket'>, by: Party, tools: StaffTools): Promise<string> {
  const name = colleagueNamed(to, tools.desk.rules)
  if (name === undefined)
    return say.noColleague(
      to,
      tools.desk.rules.roster.map((colleague) => colleague.name),
    )
  const colleague = isSameColleague({ key: '', name }, by) ? by : { key: `name:${name}`, name }
  return answered(await tools.desk.pass(number, by, colleague), number, (ticket) => {
    void tools.tellAsker(ticket, askerPhrases.passed(number, name))
    return say.passed(number, name)
  })
}

async function reply({ number, text }: Numbered<'reply-ticket'>, by: Party, tools: StaffTools): Promise<string> {
  const change = await tools.desk.answered(number, by, { how: 'replied', text })
  if (change.status !== 'done') return answered(change, number, () => '')
  const isOut = await tools.tellAsker(change.ticket, askerPhrases.relayed(number, by.name, text))
  return isOut ? say.replied(change.ticket) : say.notReplied(change.ticket)
}

function answered(change: Change, number: number, done: (ticket: Ticket) => string): string {
  switch (change.status) {
    case 'done':
      return done(change.ticket)
    case 'unknown':
      return say.unknown(number)
    case 'refused':
      return say.over(change.ticket)
  }
}

function dutyWords({ desk, clock }: StaffTools): string {
  const nowMs = clock.now()
  const nextMs = nextWorkingMs(nowMs, desk.rules.hours)
  return say.onDuty(
    onDuty(nowMs, desk.notes().duty, desk.rules),
    // In working hours the next begin is no news.
    nextMs === undefined || nextMs <= nowMs ? undefined : momentWords(nextMs),
  )
}

async function changeDuty(on: boolean, person: Party, { desk, clock }: StaffTools): Promise<string> {
  await desk.putDuty({ person, on, atMs: clock.now() })
  return on
    ? say.startedDuty(person.name)
    : say.endedDuty(person.name, onDuty(clock.now(), desk.notes().duty, desk.rules))
}
