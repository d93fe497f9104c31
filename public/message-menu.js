import { element } from './elements.js'

/** @typedef {import('./chat-store.js').Message} Message */

const EDGE_PX = 8

/**
 * The little menu of a right click or a long press; any other click closes it.
 *
 * @param {{ clientX: number, clientY: number }} at
 * @param {Message} message
 * @param {{ quote: (message: Message) => void, why: (message: Message) => void }} reactions
 */
export function openMessageMenu({ clientX, clientY }, message, { quote, why }) {
  document.getElementById('message-menu')?.remove()
  const item = (/** @type {string} */ name, /** @type {string} */ id, /** @type {() => void} */ act) =>
    element('button', { type: 'button', role: 'menuitem', 'data-menu': id, click: act }, name)
  const menu = element(
    'div.menu',
    { id: 'message-menu', role: 'menu' },
    item('引用', 'quote', () => quote(message)),
    message.kind === 'text' && item('复制', 'copy', () => void navigator.clipboard?.writeText(message.text)),
    item('为什么', 'why', () => why(message)),
  )
  document.body.append(menu)
  menu.style.left = `${Math.max(EDGE_PX, Math.min(clientX, innerWidth - menu.offsetWidth - EDGE_PX))}px`
  menu.style.top = `${Math.max(EDGE_PX, Math.min(clientY, innerHeight - menu.offsetHeight - EDGE_PX))}px`

  const closing = new AbortController()
  const close = () => {
    closing.abort()
    menu.remove()
  }
  const options = { signal: closing.signal }
  menu.addEventListener('click', close)
  document.addEventListener(
    'pointerdown',
    (event) => menu.contains(/** @type {Node} */ (event.target)) || close(),
    options,
  )
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && close(), options)
}
