import { longTime } from './chat-time.js'
import { byId, element } from './elements.js'
import { followEnd } from './follow-end.js'
import { openMessageMenu } from './message-menu.js'
import { badge, invitation, messageRow } from './message-row.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('./chat-store.js').Message} Message
 * @typedef {{ quote: (message: Message) => void, why: (message: Message, options?: { quietly: boolean }) => void }} Reactions
 */

const GAP_MS = 5 * 60 * 1000 // WeChat writes the time again after such a pause
const LONG_PRESS_MS = 500

/** Draws the open conversation and follows it. @param {ChatStore} store @param {Reactions} reactions */
export function showMessages(store, reactions) {
  const list = byId('messages')
  const end = followEnd(list, byId('newer'))

  /** @param {Message} message @param {Message | undefined} before */
  const append = (message, before) => {
    if (!before || message.atMs - before.atMs > GAP_MS) list.append(element('li.when', {}, longTime(message.atMs)))
    const row = messageRow(store, message)
    row.querySelector('img')?.addEventListener('load', end.follow)
    list.append(row)
  }
  const drawAll = () => {
    const said = store.messages.get(store.openId ?? '') ?? []
    list.replaceChildren(...(said.length === 0 && store.opened ? [invitation(store)] : []))
    for (const [index, message] of said.entries()) append(message, said[index - 1])
    end.toEnd()
  }
  store.addEventListener('loaded', drawAll)
  store.addEventListener('opened', drawAll)
  store.addEventListener('message', (event) => {
    const message = /** @type {CustomEvent<Message>} */ (event).detail
    if (message.conversationId !== store.openId) return
    list.querySelector('.empty')?.remove()
    append(message, store.messages.get(message.conversationId)?.at(-2))
    if (message.fromId === store.me.id) end.toEnd()
    else end.arrived()
  })
  store.addEventListener('decision', (event) => {
    const { messageId } = /** @type {CustomEvent<{ messageId: string }>} */ (event).detail
    const shown = rowOf(messageId)?.querySelector('[data-badge]')
    shown?.replaceWith(badge(store.decisions.get(messageId)))
    end.follow()
  })
  react(store, list, reactions)
}

/** @param {ChatStore} store @param {HTMLElement} list @param {Reactions} reactions */
function react(store, list, { quote, why }) {
  /** @param {Event} event */
  const messageOf = (event) => {
    const row = /** @type {Element} */ (event.target).closest('[data-message-id]')
    return store.message(row?.getAttribute('data-message-id') ?? '')
  }
  list.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target)
    const message = messageOf(event)
    // The click that ends a long press is not meant for the bubble.
    if (!message || target.closest('a') || document.getElementById('message-menu')) return
    const action = target.closest('[data-action]')
    switch (action?.getAttribute('data-action')) {
      case 'quote':
        return quote(message)
      case 'enlarge':
        enlarge(message)
        return why(message, { quietly: true })
      case 'go-to':
        return goTo(action?.getAttribute('data-quote-id') ?? '')
      case 'why':
        return why(message)
    }
    // Somebody who marks text to copy it has clicked, too.
    if (target.closest('.bubble') && String(getSelection()) === '') why(message)
  })
  const openMenu = (/** @type {PointerEvent | MouseEvent} */ event) => {
    const message = messageOf(event)
    if (!message || !(/** @type {Element} */ (event.target).closest('.bubble-line'))) return
    event.preventDefault()
    openMessageMenu(event, message, { quote, why })
  }
  list.addEventListener('contextmenu', openMenu)
  onLongPress(list, openMenu)
}

/** iOS gives no `contextmenu` for a long press. @param {HTMLElement} list @param {(event: PointerEvent) => void} act */
function onLongPress(list, act) {
  let timer = 0
  const end = () => clearTimeout(timer)
  list.addEventListener('pointerdown', (event) => {
    end()
    if (event.pointerType === 'touch') timer = window.setTimeout(() => act(event), LONG_PRESS_MS)
  })
  for (const other of ['pointerup', 'pointercancel', 'pointermove']) list.addEventListener(other, end)
}

/** @param {string} messageId */
export function rowOf(messageId) {
  return byId('messages').querySelector(`[data-message-id="${CSS.escape(messageId)}"]`)
}

/** @param {string} messageId */
function goTo(messageId) {
  const row = rowOf(messageId)
  row?.scrollIntoView({ block: 'center', behavior: 'smooth' })
  row?.classList.add('flash')
  row?.addEventListener('animationend', () => row.classList.remove('flash'), { once: true })
}

/** @param {Message} message */
function enlarge({ pictureUrl }) {
  const lightbox = /** @type {HTMLDialogElement} */ (byId('lightbox'))
  byId('lightbox-image').setAttribute('src', pictureUrl ?? '')
  lightbox.onclick = () => lightbox.close()
  lightbox.showModal()
}
