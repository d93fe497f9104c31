import { getJson } from './call-server.js'
import { byId, element } from './elements.js'
import { toast } from './toast.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('../src/model/ticket.js').DeskBoard} Board
 * @typedef {import('../src/model/ticket.js').BoardTicket} Ticket
 */

const ANSWER_WITHIN_MS = 10_000

/**
 * The vendor's tickets, live. Its buttons write the same orders that one would type, into one's own chat with the bot.
 *
 * @param {ChatStore} store
 */
export function showDeskPanel(store) {
  if (store.me.part !== 'staff' && store.me.part !== 'admin') return
  const toggle = byId('desk-toggle')
  const panel = byId('desk')
  /** @type {Board} */
  let board = { tickets: [], duty: [], summary: '' }
  /** @type {number | undefined} */
  let opened

  const draw = () => {
    const open = board.tickets.filter(isOpen).length
    toggle.textContent = open > 0 ? `工单 ${open}` : '工单'
    // What somebody is about to say survives a change of somebody else's ticket.
    const draft = /** @type {HTMLTextAreaElement | null} */ (panel.querySelector('textarea'))?.value ?? ''
    panel.replaceChildren(...drawBoard(board, { opened, draft, pick, order: (text) => void order(store, text) }))
  }
  const pick = (/** @type {number} */ number) => {
    opened = opened === number ? undefined : number
    draw()
  }
  const load = async () => {
    try {
      board = await getJson(`/api/desk?as=${encodeURIComponent(store.me.id)}`)
    } catch {
      return // the stream tells of a lost connection, and loads anew when it is back
    }
    draw()
  }
  toggle.hidden = false
  toggle.addEventListener('click', () => {
    panel.hidden = !panel.hidden
    // Both panels at once would leave nothing of the chat.
    if (!panel.hidden && byId('chat').hasAttribute('data-why-open')) byId('why-toggle').click()
    toggle.setAttribute('aria-pressed', String(!panel.hidden))
  })
  store.addEventListener('loaded', load)
  store.addEventListener('desk', load)
}

/**
 * @param {Board} board
 * @param {{ opened: number | undefined, draft: string, pick: (number: number) => void, order: (text: string) => void }} use
 */
function drawBoard(board, use) {
  const [open, settled] = [board.tickets.filter(isOpen), board.tickets.filter((ticket) => !isOpen(ticket))]
  return [
    element(
      'header.desk-head',
      {},
      element('h2', {}, '工单'),
      element('p', {}, board.summary),
      element('p', {}, board.duty.length > 0 ? `值班：${board.duty.join('、')}` : '现在没有人值班'),
      element(
        'div.desk-verbs',
        {},
        verb('我来值班', () => use.order('我来值班')),
        verb('下班', () => use.order('下班')),
      ),
    ),
    open.length === 0 && element('p.desk-none', {}, '没有未处理的工单'),
    ...open.map((ticket) => card(ticket, use)),
    settled.length > 0 && element('h3', {}, '最近了结'),
    ...settled.map((ticket) => card(ticket, use)),
  ].filter((part) => part !== false)
}

/** @param {Ticket} ticket @param {Parameters<typeof drawBoard>[1]} use */
function card(ticket, use) {
  const isPicked = use.opened === ticket.number
  const head = element(
    'button.desk-card-head',
    { type: 'button', 'aria-expanded': String(isPicked), click: () => use.pick(ticket.number) },
    element('strong', {}, `工单 ${ticket.number}`),
    element('span.desk-state', {}, ticket.overdue ? `${ticket.state} · 超时` : ticket.state),
    element('span.desk-who', {}, `${ticket.placeName} · ${ticket.askerName}`),
    element('span.desk-question', {}, ticket.question),
  )
  const attributes = { 'data-ticket': String(ticket.number), 'data-status': ticket.status }
  return element('article.desk-card', attributes, head, isPicked && details(ticket, use))
}

/** @param {Ticket} ticket @param {Parameters<typeof drawBoard>[1]} use */
function details(ticket, use) {
  const { number } = ticket
  const words = /** @type {HTMLTextAreaElement} */ (
    element('textarea', { rows: '2', maxlength: '2000', 'aria-label': '说明、回复或同事的名字' })
  )
  words.value = use.draft
  const withWords = (/** @type {string} */ order) => () => {
    const text = words.value.trim()
    words.value = ''
    use.order(text === '' ? `${order} ${number}` : `${order} ${number} ${text}`)
  }
  return element(
    'div.desk-details',
    {},
    ticket.section !== '' && element('p.desk-section', {}, `可能是：${ticket.section}`),
    element('ol.desk-history', {}, ...ticket.history.map(({ atMs, text }) => historyLine(atMs, text))),
    isOpen(ticket) && words,
    isOpen(ticket) &&
      element(
        'div.desk-verbs',
        {},
        ticket.status !== 'claimed' && verb('接单', () => use.order(`接单 ${number}`)),
        verb('回复', withWords('回复')),
        verb('备注', withWords('备注')),
        verb('转给', withWords('转给')),
        verb('结单', withWords('结单')),
        verb('还给机器人', () => use.order(`还给机器人 ${number}`)),
      ),
  )
}

/** @param {number} atMs @param {string} text */
function historyLine(atMs, text) {
  const time = new Date(atMs).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })
  return element('li', {}, element('time', {}, time), text)
}

/** @param {string} label @param {() => void} click */
const verb = (label, click) => element('button.desk-verb', { type: 'button', 'data-verb': label, click }, label)

/** @param {Ticket} ticket */
const isOpen = ({ status }) => status === 'open' || status === 'reopened' || status === 'claimed'

/** Writes the order and shows what the bot says to it. @param {ChatStore} store @param {string} text */
async function order(store, text) {
  const chat = store.conversations.find(({ kind }) => kind === 'direct')
  if (!chat) return
  /** @param {Event} event */
  const heard = (event) => {
    const message = /** @type {CustomEvent<import('./chat-store.js').Message>} */ (event).detail
    if (message.conversationId !== chat.id || message.fromId !== store.botId) return
    store.removeEventListener('message', heard)
    toast({ ok: true, text: message.text })
  }
  store.addEventListener('message', heard)
  setTimeout(() => store.removeEventListener('message', heard), ANSWER_WITHIN_MS)
  try {
    await store.send(chat.id, { text })
  } catch (error) {
    toast({ ok: false, text: /** @type {Error} */ (error).message })
  }
}
