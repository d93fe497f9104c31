import { type payloads, types } from 'wechaty-puppet'
import type { World, WorldMessage } from './world.js'

const QUOTE_RULE = '- - - - - - - - - - - - - - -'

/** A message as Wechaty wants it; a quoted one arrives inside the text, in the form that WeChat's own clients give it. */
export function messagePayload(world: World, message: WorldMessage): payloads.Message {
  const conversation = world.conversation(message.conversationId)
  const common = {
    id: message.id,
    talkerId: message.fromId,
    timestamp: message.atMs,
    type: message.kind === 'picture' ? types.Message.Image : types.Message.Text,
    text: textOnTheWire(world, message),
  }
  if (conversation?.kind === 'room') {
    return { ...common, roomId: conversation.id, mentionIdList: [...message.mentionIds] }
  }
  const listenerId = conversation?.memberIds.find((id) => id !== message.fromId) ?? world.botId
  return { ...common, listenerId }
}

function textOnTheWire(world: World, message: WorldMessage): string {
  const quoted = message.quoteOfId === undefined ? undefined : world.message(message.quoteOfId)
  const conversation = world.conversation(message.conversationId)
  if (!quoted || !conversation) return message.text
  const speaker = world.nameIn(conversation, quoted.fromId)
  const original = quoted.kind === 'picture' ? '图片' : quoted.text
  return `「${speaker}：${original}」\n${QUOTE_RULE}\n${message.text}`
}
