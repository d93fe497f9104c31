import { type Backend, type Routes, withSession } from './backend.js'
import type { Exchange } from './exchange.js'
import type { FeedEntry } from './feed.js'
import { randomMessageId } from './random.js'
import { renderAny, renderOpenChats, type View } from './render-contact.js'
import { renderMessage, renderStatus, type WebMessage } from './render-message.js'
import type { Session } from './session.js'
import { seqOf, seqOfText, syncKey } from './sync-key.js'

const NO_NEWS = 0
const NEW_MESSAGES = 2

/** How the client hears: a long poll, then a fetch when there is news. */
export const syncRoutes: Routes = { synccheck: poll, webwxsync: withSession(fetchNews) }

async function poll(backend: Backend, exchange: Exchange): Promise<void> {
  const { feed, journal, logins, options } = backend
  const session = logins.find(exchange.credentials)
  if (!session) {
    answerPoll(exchange, 1101)
    return
  }
  session.polls++
  session.lastPollAt = Date.now()
  journal.wake()
  // The client's own word counts: what it was sent may have been lost on the way.
  const fetchedSeq = seqOfText(exchange.query.get('synckey')) ?? session.fetchedSeq
  const news = await journal.until(() => {
    if (backend.isStopped() || exchange.isGone) return 'gone'
    if (session.endedWith !== null) return 'ended'
    return feed.after(fetchedSeq, session.number).length > 0 && 'news'
  }, options.longPollMs)
  if (news === 'gone') return
  if (news === 'ended') {
    answerPoll(exchange, session.endedWith ?? 1101)
    return
  }
  answerPoll(exchange, 0, news === 'news' ? NEW_MESSAGES : NO_NEWS)
}

function answerPoll(exchange: Exchange, retcode: number, selector = NO_NEWS): void {
  exchange.script(`window.synccheck={retcode:"${retcode}",selector:"${selector}"}`)
}

function fetchNews({ feed, journal, options, world }: Backend, exchange: Exchange, session: Session): void {
  const view = { world, options, session }
  const entries = feed.after(seqOf(exchange.json.SyncKey) ?? session.fetchedSeq, session.number)
  const messages = entries.flatMap((entry) => renderEntry(view, entry))
  const changedKeys = new Set(entries.flatMap((entry) => (entry.kind === 'change' ? entry.keys : [])))
  const changed = [...changedKeys].map((key) => renderAny(view, key, true))
  session.fetchedSeq = feed.lastSeq
  if (messages.length > 0) {
    journal.note('delivered', { login: session.number, msgIds: messages.map((message) => message.MsgId) })
  }
  exchange.answer({
    AddMsgCount: messages.length,
    AddMsgList: messages,
    ModContactCount: changed.length,
    ModContactList: changed,
    DelContactCount: 0,
    DelContactList: [],
    ModChatRoomMemberCount: 0,
    ModChatRoomMemberList: [],
    ContinueFlag: 0,
    SyncKey: syncKey(feed.lastSeq),
    SyncCheckKey: syncKey(feed.lastSeq),
    SKey: '',
  })
}

function renderEntry(view: View, entry: FeedEntry): WebMessage[] {
  if (entry.kind === 'message') return [renderMessage(view, entry)]
  if (entry.kind === 'change') return []
  const openChatIds = renderOpenChats(view).map((chat) => chat.UserName)
  return [renderStatus(view, openChatIds, { msgId: randomMessageId() })]
}
