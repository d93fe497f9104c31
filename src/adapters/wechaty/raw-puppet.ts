import type { WechatyInterface } from 'wechaty/impls'
import type { payloads } from 'wechaty-puppet'

/** What every puppet has and Wechaty's interface hides. Unlike Wechaty's own answers these come from no cache. */
export interface RawPuppet {
  messageRawPayload(messageId: string): Promise<unknown>
  contactRawPayload(contactId: string): Promise<unknown>
  contactRawPayloadParser(raw: unknown): Promise<payloads.Contact>
  roomRawPayload(roomId: string): Promise<unknown>
  roomRawPayloadParser(raw: unknown): Promise<payloads.Room>
  roomMemberRawPayload(roomId: string, contactId: string): Promise<unknown>
  roomMemberRawPayloadParser(raw: unknown): Promise<payloads.RoomMember>
}

export const rawPuppet = (bot: WechatyInterface): RawPuppet => bot.puppet as unknown as RawPuppet
