import { getJson } from './call-server.js'
import { badgeWords } from './decision-words.js'
import { byId, element } from './elements.js'

/**
 * @typedef {{ puppet: string, login: string, simulated: boolean, qrId?: string, knowledgeVersion: string }} Status
 * @typedef {import('./chat-store.js').Decision} Decision
 */

const DECISIONS_SHOWN = 20

const LOGIN_SENTENCES = {
  starting: ['正在启动…', '稍等几秒，二维码会出现在这里。'],
  'waiting-scan': ['请用微信扫码登录', '用机器人的微信账号扫描，并在手机上确认。'],
  'logged-in': ['已登录', '机器人在微信里工作，聊天请在微信里看。'],
  'logged-out': ['已退出登录', '请重新启动程序，再扫码登录。'],
}

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
    update: ({ login, qrId, puppet }) => {
      const [title = login, hint = ''] = LOGIN_SENTENCES[/** @type {keyof typeof LOGIN_SENTENCES} */ (login)] ?? []
      // Drawn anew only when something has changed: the code would flicker.
      const drawn = `${login} ${qrId}`
      if (card.dataset.drawn === drawn) return
      card.dataset.drawn = drawn
      card.dataset.login = login
      card.replaceChildren(
        element('h1', { id: 'login-title' }, title),
        qrId ? element('img.qr', { id: 'qr', src: `/api/qr.svg?id=${qrId}`, alt: '登录二维码' }) : '',
        element('p', {}, hint),
        element('p.login-puppet', {}, `接入方式：${puppet}`),
      )
    },
  }
}
