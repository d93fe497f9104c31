import type { IncomingMessage } from '../model/chat.js'
import type { Door, OrdererRole } from '../model/ports.js'
import { type Command, type Kind, rowOf } from './table.js'

type Situated = Pick<IncomingMessage, 'place' | 'sender'>

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
export function orderingRole(message: Situated): OrdererRole {
  const { sender } = message
  const door = doorOf(message)
  if (door === 'customer-room') return 'customer'
  if (sender.role === 'admin') return 'admin'
  const isColleague = door === 'staff-room' || sender.inStaffRoom === true || sender.isGranted === true
  return isColleague ? 'staff' : 'customer'
}

/** The one order that is given in a group where nobody orders otherwise, because it is not the staff group yet. */
export const bindingRole = ({ sender }: Situated): OrdererRole => (sender.role === 'admin' ? 'admin' : 'customer')

/** Whether a role may give this order. A code is asked for in direct chat, by anybody. */
export function mayGive(role: OrdererRole, { kind }: { readonly kind: Kind }, door: Door): boolean {
  const { by } = rowOf(kind)
  if (by === 'claimant') return door === 'direct' || role !== 'customer'
  return role === 'admin' || role === 'operator' || (role === 'staff' && by === 'staff')
}

/** Whether the sender may order this here. */
export function mayOrder(message: Situated, command: Command): boolean {
  return mayGive(orderingRole(message), command, doorOf(message))
}

/** Whether it is an order for certain, of somebody who may not give it; else it is talk and is treated as such. */
export function isAttempt(command: Command, role: OrdererRole): boolean {
  if (role === 'customer' && rowOf(command.kind).isTalk) return false
  if ('text' in command && command.text === '') return false
  const lacksTarget =
    ('number' in command && command.number === null) || ('sectionKey' in command && command.sectionKey === null)
  return !lacksTarget
}
