import type { MessageEntry } from './feed.js'
import type { ReadyMessage } from './message-spec.js'
import * as xml from './message-xml.js'
import { nowInSeconds } from './random.js'
import type { View } from './render-contact.js'
import { BOT } from './world.js'

/** An element of `AddMsgList`. */
export type WebMessage = Readonly<Record<string, unknown>>

interface Body {
  readonly msgType: number
  readonly content: string
  readonly appMsgType?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

type Of<Kind> = Extract<ReadyMessage, { kind: Kind }>

const LOCATION_LINK = ':\n/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&pictype=location'
const APP_MESSAGE = 49
const BLANK = {
  ...{ Status: 3, ImgStatus: 1, VoiceLength: 0, PlayLength: 0, FileName: '', FileSize: '', MediaId: '', Url: '' },
  ...{ StatusNotifyCode: 0, StatusNotifyUserName: '', ForwardFlag: 0, AppInfo: { AppID: '', Type: 0 } },
  ...{ HasProductId: 0, Ticket: '', ImgHeight: 0, ImgWidth: 0, SubMsgType: 0, OriContent: '', EncryFileName: '' },
  RecommendInfo: { UserName: '', NickName: '', Content: '', Alias: '', Scene: 0, VerifyFlag: 0, Ticket: '', OpCode: 0 },
}

/** One message as one login gets it. */
export function renderMessage(view: View, { msgId, createTime, message }: MessageEntry): WebMessage {
  const body = bodyOf(view, message)
  return {
    ...BLANK,
    MsgId: msgId,
    NewMsgId: Number(msgId), // as the service does it, with the last digits lost
    CreateTime: createTime,
    MsgType: body.msgType,
    AppMsgType: body.appMsgType ?? 0,
    ...route(view, message, body.content),
    ...body.fields,
  }
}

/** The message after login that names the open chats. */
export function renderStatus(view: View, openChatIds: readonly string[], entry: { msgId: string }): WebMessage {
  const self = view.session.contactId(BOT)
  const content = xml.webEscape(xml.openChatsXml())
  const ids = { FromUserName: self, ToUserName: self, StatusNotifyUserName: openChatIds.join(',') }
  const message: ReadyMessage = { kind: 'raw', msgType: 51, content, fields: { ...ids, StatusNotifyCode: 4 } }
  return renderMessage(view, {
    kind: 'message',
    createTime: nowInSeconds(view.options.clockAheadMs),
    ...entry,
    message,
  })
}

/** Sender, receiver and content; in groups others' contents start with the sender's id. */
function route({ session }: View, message: ReadyMessage, content: string) {
  const self = session.contactId(BOT)
  const from = 'from' in message ? message.from : undefined
  const isOwners = from === BOT && message.kind !== 'recall' // recalls come from the group, whoever's they are
  if (message.room === undefined) {
    const to = 'to' in message && message.to !== undefined ? message.to : 'filehelper'
    return isOwners
      ? { FromUserName: self, ToUserName: session.contactId(to), Content: content }
      : { FromUserName: session.contactId(from ?? 'weixin'), ToUserName: self, Content: content }
  }
  const room = session.roomId(message.room)
  if (isOwners) return { FromUserName: self, ToUserName: room, Content: content }
  const prefix = from === undefined ? '' : `${session.contactId(from)}:<br/>`
  return { FromUserName: room, ToUserName: self, Content: prefix + content }
}

function bodyOf(view: View, message: ReadyMessage): Body {
  const text = (value: string) => writeText(view, value)
  switch (message.kind) {
    case 'text':
      return { msgType: 1, content: text(message.text) }
    case 'notice':
      return { msgType: 10_000, content: text(message.text) }
    case 'location':
      return { msgType: 1, content: text(message.text + LOCATION_LINK), fields: { SubMsgType: 48 } }
    case 'image':
      return { msgType: 3, content: xml.webEscape(xml.imageXml(message.bytes)), fields: { ImgStatus: 2 } }
    case 'voice':
      return { msgType: 34, content: xml.webEscape(xml.voiceXml()), fields: { VoiceLength: 1500 } }
    case 'video':
      return { msgType: 43, content: xml.webEscape(xml.videoXml()), fields: { PlayLength: 5 } }
    case 'sticker':
      return { msgType: 47, content: xml.webEscape(xml.stickerXml()) }
    case 'quote':
      return quoteBody(message)
    case 'link':
      return linkBody(message)
    case 'file':
      return fileBody(message)
    case 'mini-program':
      return appBody(33, xml.miniProgramXml(message.title), { FileName: message.title })
    case 'recall':
      return recallBody(view, message)
    case 'raw': {
      const { msgType, appMsgType = 0, content, fields = {} } = message
      return { msgType, appMsgType, content, fields }
    }
  }
}

function quoteBody({ text, quote, room }: Of<'quote'>): Body {
  return appBody(57, xml.quoteXml(text, quote, room !== undefined), { FileName: text })
}

function linkBody({ title, description = '', url }: Of<'link'>): Body {
  return appBody(5, xml.linkXml({ title, description, url }), { FileName: title, Url: url })
}

function fileBody({ fileName, bytes }: Of<'file'>): Body {
  const fields = { FileName: fileName, FileSize: String(bytes.length), MediaId: '@crypt_file' }
  return appBody(6, xml.fileXml(fileName, bytes.length), fields)
}

function recallBody({ world }: View, { from, recalls, room }: Of<'recall'>): Body {
  const who = from === BOT ? '你' : `"${world.noticeName(from, room)}" `
  const content = xml.recallXml({ msgId: recalls, who, inGroup: room !== undefined })
  return { msgType: 10_002, content: xml.webEscape(content) }
}

function appBody(appMsgType: number, content: string, fields: Readonly<Record<string, unknown>>): Body {
  return { msgType: APP_MESSAGE, appMsgType, content: xml.webEscape(content), fields }
}

function writeText({ options }: View, text: string): string {
  const escaped = xml.webEscape(text)
  return options.emojiSpans ? xml.emojiToSpans(escaped) : escaped
}
