import { badgeWords } from './decision-words.js'
import { avatar, element, textWithLinks } from './elements.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('./chat-store.js').Message} Message
 * @typedef {import('./chat-store.js').Decision} Decision
 */

/** One message as WeChat draws it: own ones green on the right. @param {ChatStore} store @param {Message} message */
export function messageRow(store, message) {
  const isMine = message.fromId === store.me.id
  const isGroup = store.opened?.kind === 'room'
  return element(
    `li.row.${isMine ? 'mine' : 'theirs'}`,
    { 'data-message-id': message.id, 'data-from': message.fromId, 'data-kind': message.kind },
    avatar({ id: message.fromId, name: message.fromName }, store),
    element(
      'div.row-body',
      {},
      isGroup && !isMine && element('span.nick', {}, message.fromName),
      element(
        'div.bubble-line',
        {},
        message.kind === 'picture' ? pictureBubble(message) : element('div.bubble', {}, ...textWithLinks(message.text)),
        element('button.quote-button', { type: 'button', 'data-action': 'quote' }, '引用'),
      ),
      message.quote && quotePreview(message.quote),
      message.fromId !== store.botId && badge(store.decisions.get(message.id)),
    ),
  )
}

/** @param {Message} message */
function pictureBubble({ pictureUrl, fromName }) {
  if (!pictureUrl) return element('div.bubble.bubble-gone', {}, '图片已过期')
  const image = element('img', { src: pictureUrl, alt: `${fromName}发的图片`, draggable: 'false' })
  return element('button.picture', { type: 'button', 'data-action': 'enlarge', 'aria-label': '放大图片' }, image)
}

/** @param {NonNullable<Message['quote']>} quote */
function quotePreview({ id, name, kind, text }) {
  const words = `${name}：${kind === 'picture' ? '[图片]' : text}`
  return element('button.quoted', { type: 'button', 'data-action': 'go-to', 'data-quote-id': id }, words)
}

/** An empty place until the decision is there. @param {Decision | undefined} decision */
export function badge(decision) {
  if (!decision) return element('button.badge', { type: 'button', hidden: true, 'data-badge': true })
  const attributes = { type: 'button', 'data-action': 'why', 'data-badge': decision.kind, title: '为什么' }
  return element(`button.badge.badge-${decision.kind}`, attributes, badgeWords(decision))
}

/** What to try in a conversation where nobody has said anything yet. @param {ChatStore} store */
export function invitation({ opened, people, botId }) {
  const bot = people.find(({ id }) => id === botId)?.name ?? ''
  const hasCustomers = opened?.members.some(({ id }) => people.find((person) => person.id === id)?.part === 'customer')
  if (opened?.kind === 'direct') return element('li.empty', {}, '还没有消息。直接提问就行，例如「UGC 说明怎么填」。')
  if (!hasCustomers)
    return element('li.empty', {}, '还没有消息。这里可以发「工单」「接单 1」「结单 1」，管理员还可以发「重载」。')
  return element('li.empty', {}, `还没有消息。试试发「@${bot} 服务类目选哪个」，或者随便聊一句，看它会不会插话。`)
}
