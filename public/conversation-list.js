import { shortTime } from './chat-time.js'
import { avatar, byId, element } from './elements.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('./chat-store.js').Conversation} Conversation
 * @typedef {import('./chat-store.js').Message} Message
 */

/** Draws the conversations, the one that spoke last on top. @param {ChatStore} store */
export function showConversationList(store) {
  const list = byId('conversations')
  const draw = () => {
    const lastAtMs = (/** @type {Conversation} */ { id }) => store.messages.get(id)?.at(-1)?.atMs ?? 0
    const sorted = [...store.conversations].sort((one, other) => lastAtMs(other) - lastAtMs(one))
    list.replaceChildren(...sorted.map((conversation) => row(store, conversation)))
    const unread = sorted.reduce((sum, { id }) => sum + store.unread(id).length, 0)
    document.title = `${unread > 0 ? `(${unread}) ` : ''}过审 · 微信模拟`
  }
  for (const event of ['loaded', 'message', 'opened', 'read']) store.addEventListener(event, draw)
}

/** @param {ChatStore} store @param {Conversation} conversation */
function row(store, conversation) {
  const { id, title } = conversation
  const last = store.messages.get(id)?.at(-1)
  const unread = store.unread(id)
  const isCalled = unread.some(({ mentionIds }) => mentionIds.includes(store.me.id))
  return element(
    'a.conversation',
    {
      href: `#${encodeURIComponent(id)}`,
      'data-conversation-id': id,
      'data-unread': String(unread.length),
      'aria-current': id === store.openId ? 'true' : undefined,
    },
    element(
      'span.conversation-picture',
      {},
      groupPicture(store, conversation),
      unread.length > 0 && element('span.unread', { 'aria-label': `${unread.length} 条未读` }, dots(unread.length)),
    ),
    element(
      'span.conversation-words',
      {},
      element('span.conversation-title', {}, title),
      element('time.conversation-time', {}, last ? shortTime(last.atMs) : ''),
      element(
        'span.conversation-last',
        {},
        isCalled && element('em', {}, '[有人@我] '),
        last ? preview(store, conversation, last) : '',
      ),
    ),
  )
}

const dots = (/** @type {number} */ count) => (count > 99 ? '99+' : String(count))

/** Groups show their first members, chats of two the other one. @param {ChatStore} store @param {Conversation} conversation */
function groupPicture(store, { kind, members }) {
  const others = members.filter(({ id }) => id !== store.me.id)
  const other = others[0]
  if (kind === 'direct' && other) return avatar(other, store)
  return element('span.group-picture', {}, ...members.slice(0, 4).map((member) => avatar(member, store)))
}

/** @param {ChatStore} store @param {Conversation} conversation @param {Message} last */
function preview(store, { kind }, { fromId, fromName, text, ...last }) {
  const words = last.kind === 'picture' ? '[图片]' : text.replace(/\s+/gu, ' ')
  return kind === 'direct' || fromId === store.me.id ? words : `${fromName}：${words}`
}
