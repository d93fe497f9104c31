import { type Backend, type Routes, withSession } from './backend.js'
import type { Exchange } from './exchange.js'
import { randomMessageId } from './random.js'
import { renderAny, renderContact, renderRoom } from './render-contact.js'
import type { Session } from './session.js'
import { BOT } from './world.js'

const MAX_ASKED = 50
const SET_REMARK = 2 // CmdId of webwxoplog

/** Who there is, and what the account calls them. */
export const contactRoutes: Routes = {
  webwxgetcontact: withSession(listContacts),
  webwxbatchgetcontact: withSession(lookUpContacts),
  webwxoplog: withSession(setRemark),
  webwxupdatechatroom: withSession(renameRoom),
  webwxstatusnotify: withSession((_, exchange) => exchange.answer({ MsgID: randomMessageId() })),
  webwxstatreport: (_, exchange) => exchange.answer({}),
}

function listContacts({ world, options }: Backend, exchange: Exchange, session: Session): void {
  const view = { world, options, session }
  const friends = [...world.contacts.values()].filter((contact) => contact.friend).map((contact) => contact.key)
  const saved = [...world.rooms.values()].filter((room) => room.saved)
  const list = [
    ...[BOT, 'filehelper', 'weixin', ...friends].map((key) => renderContact(view, key)),
    ...saved.map((room) => renderRoom(view, room.key, false)),
  ]
  exchange.answer({ MemberCount: list.length, MemberList: list, Seq: 0 })
}

function lookUpContacts({ journal, world, options }: Backend, exchange: Exchange, session: Session): void {
  const asked = exchange.json.List ?? []
  if (asked.length > MAX_ASKED)
    journal.violate(`more than ${MAX_ASKED} contacts asked at once`, { count: asked.length })
  const keys = asked.flatMap(({ UserName }) => {
    const key = session.keyOf(UserName)
    if (key === undefined) journal.note('unknown-id', { name: exchange.name })
    return key === undefined ? [] : [key]
  })
  const list = keys.map((key) => renderAny({ world, options, session }, key, true))
  exchange.answer({ Count: list.length, ContactList: list })
}

function setRemark({ journal, world }: Backend, exchange: Exchange, session: Session): void {
  const { CmdId, RemarkName = '', UserName } = exchange.json
  const key = session.keyOf(UserName)
  if (CmdId === SET_REMARK && key !== undefined && world.contacts.has(key)) {
    journal.note('remark', { key, remark: RemarkName })
    world.setContact(key, { remark: RemarkName })
  }
  exchange.answer({})
}

function renameRoom({ world }: Backend, exchange: Exchange, session: Session): void {
  const { ChatRoomName, NewTopic } = exchange.json
  const key = session.keyOf(ChatRoomName)
  if (key === undefined || NewTopic === undefined) {
    exchange.refuse(1)
    return
  }
  world.setRoom(key, { topic: NewTopic })
  exchange.answer({ MemberCount: 0, MemberList: [] })
}
