import { type Clock, done, failed, type NoticePicture, type Report } from '../model/ports.js'
import type { Told } from '../model/stores.js'
import { BOT, type Party, type Ticket } from '../model/ticket.js'
import type { Change, TicketDesk } from '../tickets/desk.js'
import { colleagueNamed, isSameColleague, onDuty } from '../tickets/due.js'
import { askerPhrases, momentWords, deskCommandPhrases as say } from '../tickets/phrases.js'
import { nextWorkingMs } from '../tickets/working-time.js'

export interface StaffTools {
  readonly desk: TicketDesk
  readonly clock: Clock
  /** Says something to a ticket's asker, where it was opened. */
  readonly tellAsker: (ticket: Ticket, text: string, options?: TellOptions) => Promise<Told>
  readonly titleOf: (sectionKey: string) => string | undefined
}

interface OnTicket {
  readonly number: number
}

/** `isReply`: a colleague's words, which must not get lost; `pictures` go out behind them. */
export interface TellOptions {
  readonly isReply?: boolean
  readonly pictures?: readonly NoticePicture[]
}

/** Words that go to the asker; pictures come from the page alone. */
export interface RelayedWords extends OnTicket {
  readonly text: string
  readonly pictures?: readonly NoticePicture[]
}

/** What colleagues order about tickets and their own duty. */
export const ticketOrders = {
  list({ desk, clock }: StaffTools): Report {
    const tickets = desk.list()
    return done(tickets.length === 0 ? say.noTickets : say.list(tickets, clock.now()))
  },

  show({ number }: OnTicket, tools: StaffTools): Report {
    const ticket = tools.desk.find(number)
    return done(ticket ? say.show(ticket, tools.clock.now(), tools) : say.unknown(number))
  },

  async claim({ number }: OnTicket, by: Party, tools: StaffTools): Promise<Report> {
    const change = await tools.desk.claim(number, by)
    if (change.status === 'refused' && change.ticket.status === 'claimed')
      return done(say.alreadyClaimed(number, change.ticket.holder.name))
    return answered(change, number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.taken(number, by.name))
      return say.claimed(ticket, by.name)
    })
  },

  async pass({ number, to }: OnTicket & { readonly to: string }, by: Party, tools: StaffTools): Promise<Report> {
    const { desk, tellAsker } = tools
    const name = colleagueNamed(to, desk.rules)
    const names = desk.rules.roster.map((colleague) => colleague.name)
    if (name === undefined) return done(say.noColleague(to, names))
    const colleague = isSameColleague({ key: '', name }, by) ? by : { key: `name:${name}`, name }
    return answered(await desk.pass(number, by, colleague), number, (ticket) => {
      void tellAsker(ticket, askerPhrases.passed(number, name))
      return say.passed(number, name)
    })
  },

  async reply({ number, text, pictures = [] }: RelayedWords, by: Party, tools: StaffTools): Promise<Report> {
    const noted = pictures.length > 0 ? say.withPictures(text, pictures.length) : text
    const change = await tools.desk.answered(number, by, { how: 'replied', text: noted })
    if (change.status !== 'done') return answered(change, number, () => '')
    const told = await tools.tellAsker(change.ticket, askerPhrases.relayed(number, by.name, text), {
      ...{ isReply: true, pictures },
    })
    if (told === 'later') return done(say.handedOn(change.ticket))
    if (told === 'said') return done(say.replied(change.ticket))
    // The ticket says that they were written; whoever looks at it later has to see that nobody has read them.
    await tools.desk.note(number, BOT, say.unsentWords(text))
    return failed(say.notReplied(change.ticket))
  },

  async note({ number, text }: OnTicket & { readonly text: string }, by: Party, { desk }: StaffTools): Promise<Report> {
    return answered(await desk.note(number, by, text), number, () => say.noted(number))
  },

  async close({ number, note }: OnTicket & { readonly note: string }, by: Party, tools: StaffTools): Promise<Report> {
    return answered(await tools.desk.resolve(number, by, note), number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.resolved(number, note))
      return say.resolved(ticket)
    })
  },

  async giveBack({ number }: OnTicket, by: Party, tools: StaffTools): Promise<Report> {
    return answered(await tools.desk.giveBack(number, by), number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.returned(number))
      return say.returned(ticket)
    })
  },

  showDuty({ desk, clock }: StaffTools): Report {
    const nowMs = clock.now()
    const nextMs = nextWorkingMs(nowMs, desk.rules.hours)
    // In working hours the next begin is no news.
    const next = nextMs === undefined || nextMs <= nowMs ? undefined : momentWords(nextMs)
    return done(say.onDuty(onDuty(nowMs, desk.notes().duty, desk.rules), next))
  },

  async changeDuty(on: boolean, person: Party, { desk, clock }: StaffTools): Promise<Report> {
    await desk.putDuty({ person, on, atMs: clock.now() })
    if (on) return done(say.startedDuty(person.name))
    return done(say.endedDuty(person.name, onDuty(clock.now(), desk.notes().duty, desk.rules)))
  },
} as const

function answered(change: Change, number: number, words: (ticket: Ticket) => string): Report {
  switch (change.status) {
    case 'done':
      return done(words(change.ticket))
    case 'unknown':
      return done(say.unknown(number))
    case 'refused':
      return done(say.over(change.ticket))
    case 'unreachable':
      return failed(say.unreachable(number))
  }
}
