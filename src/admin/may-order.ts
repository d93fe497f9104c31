import type { Command } from '../model/command.js'
import type { IncomingMessage } from '../model/message.js'
import type { Door, OrdererRole } from '../model/operations.js'

/** What colleagues may order beside everything about tickets; the rest is for admins. */
const FOR_STAFF: ReadonlySet<Command['kind']> = new Set([
  'help',
  'status',
  'try',
  'list-unanswered',
  'list-drafts',
  'list-rooms',
  'show-figures',
  'claim-role',
])
const FOR_ADMINS: ReadonlySet<Command['kind']> = new Set([
  'reload',
  'check',
  'roll-back',
  'assign',
  'ignore',
  'teach',
  'accept-draft',
  'mute',
  'unmute',
  'show-audit',
  'revoke-role',
])

/** By which door a message orders. */
export function doorOf({ place }: Pick<IncomingMessage, 'place'>): Door {
  if (place.kind === 'direct') return 'direct'
  return place.purpose === 'staff' ? 'staff-room' : 'customer-room'
}

/**
 * As whom a sender orders in this place: `admin` by the remark that the bot's own account has given, `staff` by sitting
 * in the staff group or by a code. Where customers read along nobody orders, because the answer would tell them of each
 * other.
 */
export function orderingRole(message: Pick<IncomingMessage, 'place' | 'sender'>): OrdererRole {
  const { sender } = message
  const door = doorOf(message)
  if (door === 'customer-room') return 'customer'
  if (sender.role === 'admin') return 'admin'
  const isColleague = door === 'staff-room' || sender.inStaffRoom === true || sender.isGranted === true
  return isColleague ? 'staff' : 'customer'
}

/** Whether a role may give this order. A code is asked for in direct chat, by anybody. */
export function mayGive(role: OrdererRole, command: Command, door: Door): boolean {
  if (command.kind === 'claim-role') return door === 'direct' || role !== 'customer'
  if (role === 'admin' || role === 'operator') return true
  if (role === 'customer') return false
  return FOR_STAFF.has(command.kind) || !FOR_ADMINS.has(command.kind)
}

/** Whether the sender may order this here. */
export function mayOrder(message: Pick<IncomingMessage, 'place' | 'sender'>, command: Command): boolean {
  return mayGive(orderingRole(message), command, doorOf(message))
}

/** What people without any rights say in a chat as well, so that it is no attempt to order: 帮助, 我上班了, 工单 12. */
const TALK: ReadonlySet<Command['kind']> = new Set([
  'help',
  'show-duty',
  'start-duty',
  'end-duty',
  'list-tickets',
  'show-ticket',
  'revoke-role',
])

/** Whether it is an order for certain, of somebody who may not give it; else it is talk and is treated as such. */
export function isAttempt(command: Command, role: OrdererRole): boolean {
  if (role === 'customer' && TALK.has(command.kind)) return false
  if ('text' in command && command.text === '') return false
  const lacksTarget =
    ('number' in command && command.number === null) || ('sectionKey' in command && command.sectionKey === null)
  return !lacksTarget
}
