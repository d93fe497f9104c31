import type { SilenceReason } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Situation } from './situation.js'

/**
 * Reasons to stay silent that do not depend on what is said.
 *
 * @returns the first reason that holds; undefined when the message may be answered
 */
export function mayNotSpeak(message: IncomingMessage, situation: Situation): SilenceReason | undefined {
  const { place, sender } = message
  if (message.fromSelf) return 'own-message'
  if (message.kind === 'notice') return 'system-notice'
  if (situation.seenBefore) return 'duplicate'
  if (message.sentAtMs < situation.startedAtMs) return 'too-old'
  if (place.kind === 'room' && place.purpose === 'ignored') return 'room-not-served'
  if (place.kind === 'room' && place.purpose === 'staff') return 'staff-room'
  if (situation.isMuted) return 'muted'
  if (sender.role === 'staff') return 'staff'
  // An admin is one of the vendor's people too, but may try the bot out by name.
  if (sender.role === 'admin' && !isAddressed(message)) return 'staff'
  if (message.mentionsOthers && !message.addressedToBot) return 'to-somebody-else'
  if (message.quote && !message.quote.ofBot && !message.addressedToBot) return 'to-somebody-else'
  return undefined
}

/** Put to the bot: in a chat of two, by mention, or as a reply to its own message. */
export const isAddressed = ({ place, addressedToBot, quote }: IncomingMessage): boolean =>
  place.kind === 'direct' || addressedToBot || quote?.ofBot === true
