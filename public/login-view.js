import { getJson } from './call-server.js'
import { badgeWords } from './decision-words.js'
import { byId, element } from './elements.js'
import { loginWords, sinceWords } from './login-words.js'

/**
 * @typedef {{ puppet: string, login: string, sinceMs: number, simulated: boolean, qrId?: string, knowledgeVersion: string, warnings?: string[] }} Status
 * @typedef {import('./chat-store.js').Decision} Decision
 */

const DECISIONS_SHOWN = 20

/**
 * What the page shows for a real account: the code to scan, then the latest decisions, without texts or names.
 *
 * @returns {{ update: (status: Status) => void }}
 */
export function showLogin() {
  const card = element('section.login-card')
  const list = element('ul.latest', { id: 'latest-decisions' })
  byId('login').append(card, element('section.latest-box', {}, element('h2', {}, '最近的判断'), list))
  byId('login').hidden = false
  void getJson('/api/decisions').then(({ decisions }) => decisions.forEach(add))
  new EventSource('/api/events').addEventListener('decision', ({ data }) => add(JSON.parse(data)))

  /** @param {Decision} decision */
  function add(decision) {
    const time = element('time', {}, decision.placeKey.startsWith('direct') ? '私聊' : '群聊')
    list.prepend(element('li', {}, element(`span.badge.badge-${decision.kind}`, {}, badgeWords(decision)), time))
    while (list.children.length > DECISIONS_SHOWN) list.lastElementChild?.remove()
  }
  return {
    update: ({ login, sinceMs, qrId, puppet }) => {
      const { title, hint } = loginWords(login)
      const since = sinceWords(sinceMs)
      // Drawn anew only when something has changed: the code would flicker.
      const drawn = `${login} ${since} ${qrId}`
      if (card.dataset.drawn === drawn) return
      card.dataset.drawn = drawn
      card.dataset.login = login
      card.replaceChildren(
        element('h1', { id: 'login-title' }, title),
        qrId ? element('img.qr', { id: 'qr', src: `/api/qr.svg?id=${qrId}`, alt: '登录二维码' }) : '',
        element('p', {}, hint),
        element('p.login-since', { id: 'login-since' }, since),
        element('p.login-puppet', {}, `接入方式：${puppet}`),
      )
    },
  }
}
