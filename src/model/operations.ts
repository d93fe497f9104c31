import type { FiguresSpan, GrantedRole } from './command.js'
import type { Role } from './message.js'
import type { AuditLog } from './ports.js'
import type { Party } from './ticket.js'

/** What came of an order. `text`: Chinese, fit for a phone, at most 500 characters. */
export interface Report {
  readonly ok: boolean
  readonly text: string
}

/** `operator`: whoever has the machine, at its page or its terminal. */
export type OrdererRole = Role | 'operator'

/** By which door an order came. */
export type Door = 'direct' | 'staff-room' | 'customer-room' | 'page' | 'terminal'

export interface Orderer {
  readonly who: Party
  readonly role: OrdererRole
  readonly where: Door
  /** The channel's handle of who orders in a chat. */
  readonly contactId?: string
}

export const OPERATOR: Party = { key: 'operator', name: '操作员' }

/** One state of the knowledge in use. */
export interface Release {
  /** Counts up from 1. */
  readonly number: number
  /** Of the snapshot. */
  readonly version: string
  readonly atMs: number
  /** After 回滚: what lies in the folders is not taken before somebody orders 重载. */
  readonly pinned?: boolean
}

/** Reload is a release: checked, measured against the one before, numbered, and it can be taken back. */
export interface Releases {
  /**
   * @param order `force`: take it although it does worse. `only: 'learned'`: only what was taught in the chat is read
   *   anew, the guides and intents stay those of the release in use, whatever authors are in the middle of.
   */
  reload(order: { readonly by: Party; readonly force?: boolean; readonly only?: 'learned' }): Promise<Report>
  /** What a reload would do, without doing it. */
  check(): Promise<Report>
  /** @param order `to`: number of a release; absent for the one before */
  rollBack(order: { readonly by: Party; readonly to?: number }): Promise<Report>
  current(): Release
}

interface Lesson {
  readonly by: Party
  /** Also when the golden questions get worse. */
  readonly force?: boolean
}

/** What the bot could not answer, and what people teach it. `sectionKey` may be 人工 (a person) or 无关 (silence), too. */
export interface Learning {
  list(): Promise<Report>
  assign(order: Lesson & { readonly number: number; readonly sectionKey: string }): Promise<Report>
  ignore(order: { readonly number: number; readonly by: Party }): Promise<Report>
  teach(order: Lesson & { readonly sectionKey: string; readonly text: string }): Promise<Report>
  /** What colleagues' explanations of tickets could become. */
  drafts(): Promise<Report>
  /** Makes a draft a section of its own. */
  accept(order: Lesson & { readonly number: number }): Promise<Report>
}

/** Who may order what, beside those whom the configuration names. */
export interface Rights {
  /** Asks for a code, which only the operator sees. @param role null where the operator decides by the code handed out */
  ask(order: { readonly role: GrantedRole | null; readonly by: Party; readonly contactId: string }): Promise<Report>
  /** Whether this person was shown to the operator and is to send a code. */
  awaitsCode(contactId: string): boolean
  redeem(order: { readonly code: string; readonly by: Party; readonly contactId: string }): Promise<Report>
  /** Codes that wait to be handed out, who is locked out and who has a role: for the operator's eyes only. */
  pending(): Report
  /** Whether somebody of that name has a role by code. */
  knows(name: string): boolean
  revoke(order: { readonly name: string; readonly by: Party }): Promise<Report>
}

/** Groups in which the bot sits. */
export interface Rooms {
  list(): Promise<Report>
  /** @param order `room` empty: all groups; `minutes` null: until further notice */
  mute(order: { readonly room: string; readonly minutes: number | null; readonly by: Party }): Promise<Report>
  unmute(order: { readonly room: string; readonly by: Party }): Promise<Report>
}

/** How the bot is doing. */
export interface Overview {
  status(): Promise<Report>
  figures(span: FiguresSpan): Promise<Report>
  /** What would be said to a customer's sentence, and why. */
  explain(text: string): Promise<Report>
}

/** What can be ordered; chat, page and command line call the same functions. What is absent is not available. */
export interface Operations {
  readonly releases: Pick<Releases, 'reload'> & Partial<Releases>
  readonly learning?: Learning
  readonly rights?: Rights
  readonly rooms?: Rooms
  readonly overview?: Overview
  readonly audit?: AuditLog
}
