import { kindWord, percent, reasonWords } from './decision-words.js'
import { byId, element } from './elements.js'
import { rowOf } from './message-list.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('./chat-store.js').Message} Message
 * @typedef {import('./chat-store.js').Decision} Decision
 */

const WIDE = '(min-width: 1100px)' // room for the panel beside the chat; below it lies over the chat

/**
 * The panel that tells why the bot spoke or not.
 *
 * @param {ChatStore} store
 * @returns {{ show: (message: Message, options?: { quietly: boolean }) => void }} `quietly` only where it is open already
 */
export function showWhyPanel(store) {
  const panel = byId('why')
  const toggle = byId('why-toggle')
  /** @type {Message | undefined} */
  let shown

  const setOpen = (/** @type {boolean} */ open) => {
    byId('chat').toggleAttribute('data-why-open', open)
    toggle.setAttribute('aria-pressed', String(open))
  }
  const isOpen = () => byId('chat').hasAttribute('data-why-open')
  const draw = () => {
    select(shown)
    panel.replaceChildren(
      head(() => setOpen(false)),
      ...explanation(store, shown),
    )
  }
  toggle.addEventListener('click', () => setOpen(!isOpen()))
  for (const event of ['opened', 'loaded']) {
    store.addEventListener(event, () => {
      shown = undefined
      if (!matchMedia(WIDE).matches) setOpen(false)
      draw()
    })
  }
  store.addEventListener('decision', () => shown && draw())
  setOpen(matchMedia(WIDE).matches)
  draw()
  return {
    show: (message, { quietly = false } = { quietly: false }) => {
      shown = message
      draw()
      if (!quietly) setOpen(true)
    },
  }
}

/** @param {Message | undefined} message */
function select(message) {
  for (const row of document.querySelectorAll('.row.selected')) row.classList.remove('selected')
  if (message) rowOf(message.id)?.classList.add('selected')
}

/** @param {() => void} close */
function head(close) {
  const attributes = { type: 'button', 'aria-label': '关闭', click: close }
  return element(
    'header.why-head',
    {},
    element('h2', {}, '为什么'),
    element('button.icon-button.why-close', attributes, '×'),
  )
}

/** @param {ChatStore} store @param {Message | undefined} message */
function explanation(store, message) {
  if (!message) return [element('p.why-hint', {}, '点一条消息，看机器人为什么回答，或者为什么不说话。')]
  const { asked, decision } = store.decisionBehind(message)
  const words = asked.kind === 'picture' ? '[图片]' : asked.text
  const about = element(
    'blockquote.why-message',
    {},
    element('cite', {}, asked === message ? asked.fromName : `回复 ${asked.fromName}`),
    element('p', {}, words),
  )
  if (decision) return [about, ...verdict(decision)]
  const isBots = message.fromId === store.botId
  return [
    about,
    element('p.why-hint', {}, isBots ? '这是机器人说的话，没有找到它在回答哪一条。' : '还没有这条消息的判断。'),
  ]
}

/** @param {Decision} decision */
function verdict(decision) {
  const { label, sentence } = reasonWords(decision.reason)
  // Whoever is not to be answered at all is not understood first.
  const isWeighed = decision.candidates.length > 0 || decision.confidence > 0
  const section = (/** @type {string} */ key) => (decision.titles[key] ? `${key} ${decision.titles[key]}` : key)
  return [
    element(
      `div.verdict.badge-${decision.kind}`,
      { 'data-decision': decision.kind, 'data-reason': decision.reason },
      element('strong', {}, kindWord(decision.kind)),
      element('span', {}, label),
    ),
    sentence !== '' && element('p.why-sentence', {}, sentence),
    element(
      'dl.why-facts',
      {},
      ...fact('章节', 'sections', decision.sections.map(section).join('\n') || '没有'),
      ...fact('意图', 'intent', decision.intent ?? '没有'),
      ...fact('把握', 'confidence', isWeighed ? percent(decision.confidence) : '没有计算'),
    ),
    decision.candidates.length > 0 && element('h3', {}, '想到的几种可能'),
    element(
      'ul.candidates',
      {},
      ...decision.candidates.map((candidate) => candidateRow(candidate, section(candidate.section))),
    ),
    element('p.why-foot', {}, `知识版本 ${decision.knowledgeVersion} · 判断用时 ${tookWords(decision.tookMs)}`),
  ].filter((part) => part !== false)
}

/** @param {string} name @param {string} id @param {string} value */
const fact = (name, id, value) => [element('dt', {}, name), element('dd', { 'data-fact': id }, value)]

/** @param {Decision['candidates'][number]} candidate @param {string} words */
function candidateRow({ section, confidence }, words) {
  const bar = element('i')
  bar.style.width = percent(confidence)
  return element(
    'li',
    { 'data-section': section },
    element('span', {}, words),
    element('b', {}, percent(confidence)),
    element('span.bar', { 'aria-hidden': 'true' }, bar),
  )
}

/** @param {number} ms */
const tookWords = (ms) => (ms < 1 ? '不到 1 毫秒' : `${Math.round(ms)} 毫秒`)
