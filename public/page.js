import { showAdminPanel } from './admin-panel.js'
import { getJson, postJson } from './call-server.js'
import { ChatStore } from './chat-store.js'
import { Composer } from './composer.js'
import { showConversationList } from './conversation-list.js'
import { showDeskPanel } from './desk-panel.js'
import { avatar, byId, element } from './elements.js'
import { showLogin } from './login-view.js'
import { loginWords } from './login-words.js'
import { showMessages } from './message-list.js'
import { toast } from './toast.js'
import { showWhyPanel } from './why-panel.js'

/** @typedef {import('./chat-store.js').Person} Person */

const STATUS_EVERY_MS = 5_000
const NARROW = '(max-width: 720px)' // a phone: either the list or one chat
const PART_WORDS = { bot: '机器人', customer: '客户', staff: '服务商同事', admin: '管理员' }

async function start() {
  offerLogOut((await getJson('/api/session')).needed)
  const { simulated } = await getJson('/api/status')
  byId('mode').textContent = simulated ? '微信模拟' : '微信登录'
  const login = simulated ? undefined : showLogin()
  if (simulated) await startChat()
  const refresh = async () => {
    const status = await getJson('/api/status').catch(() => undefined)
    showStatus(status)
    if (status) login?.update(status)
  }
  await refresh()
  setInterval(refresh, STATUS_EVERY_MS)
  showAdminPanel()
  byId('reload').addEventListener('click', () => void reload().then(refresh))
}

/** @param {boolean} needed */
function offerLogOut(needed) {
  byId('log-out').hidden = !needed
  byId('log-out').addEventListener('click', () => {
    postJson('/api/logout', {}).then(
      () => location.assign('/login.html'),
      (error) => toast({ ok: false, text: error.message }),
    )
  })
}

async function startChat() {
  const { people, botId } = await getJson('/api/people')
  const me = chooseIdentity(people, botId)
  const store = new ChatStore({ me, people, botId })
  showHead(store)
  showConversationList(store)
  const why = showWhyPanel(store)
  showDeskPanel(store)
  const composer = new Composer(store)
  showMessages(store, { quote: (message) => composer.quote(message), why: why.show })

  const openFromAddress = () => {
    const wanted = decodeURIComponent(location.hash.slice(1))
    const isOwn = store.conversations.some(({ id }) => id === wanted)
    store.open(isOwn ? wanted : matchMedia(NARROW).matches ? undefined : store.conversations[0]?.id)
  }
  store.addEventListener('loaded', openFromAddress, { once: true })
  addEventListener('hashchange', openFromAddress)
  document.addEventListener('visibilitychange', () => store.markRead())
  store.addEventListener('connection', () => {
    byId('offline').hidden = store.online
  })
  byId('chat').hidden = false
  store.listen()
}

/** Who one is stands in the address, so that two windows can be two people. @param {Person[]} people @param {string} botId */
function chooseIdentity(people, botId) {
  const select = /** @type {HTMLSelectElement} */ (byId('identity'))
  const players = people.filter(({ id }) => id !== botId)
  const wanted = new URLSearchParams(location.search).get('as')
  const me = players.find(({ id }) => id === wanted) ?? players[0]
  if (!me) throw new Error('没有可以扮演的人')
  if (wanted !== me.id) history.replaceState(null, '', `?as=${encodeURIComponent(me.id)}${location.hash}`)
  select.append(
    ...players.map(({ id, name, part }) => {
      return element('option', { value: id, selected: id === me.id }, `${name}（${PART_WORDS[part]}）`)
    }),
  )
  select.addEventListener('change', () => location.assign(`?as=${encodeURIComponent(select.value)}${location.hash}`))
  const next = players[(players.indexOf(me) + 1) % players.length] ?? me
  byId('another').setAttribute('href', `?as=${encodeURIComponent(next.id)}`)
  byId('another').hidden = false
  byId('identity-avatar').replaceWith(avatar(me, { people, botId }))
  byId('identity-box').hidden = false
  return me
}

/** @param {ChatStore} store */
function showHead(store) {
  store.addEventListener('opened', () => {
    const opened = store.opened
    document.body.classList.toggle('talking', opened !== undefined)
    byId('title').textContent = opened
      ? opened.title + (opened.kind === 'room' ? `（${opened.members.length}）` : '')
      : ''
    byId('members').textContent = opened?.kind === 'room' ? opened.members.map(({ name }) => name).join('、') : ''
  })
  byId('back').addEventListener('click', () => {
    location.hash = ''
  })
}

/** @param {import('./login-view.js').Status | undefined} status */
function showStatus(status) {
  const words = status ? loginWords(status.login).word : '程序没有响应'
  byId('status').dataset.login = status?.login ?? 'unreachable'
  byId('status').title = status ? `知识版本 ${status.knowledgeVersion}` : ''
  const warnings = status?.warnings ?? []
  byId('status').toggleAttribute('data-warns', warnings.length > 0)
  byId('status-text').textContent = [words, ...warnings].join(' · ')
}

async function reload() {
  const button = /** @type {HTMLButtonElement} */ (byId('reload'))
  button.disabled = true
  try {
    toast(await postJson('/api/reload', {}))
  } catch (error) {
    toast({ ok: false, text: /** @type {Error} */ (error).message })
  } finally {
    button.disabled = false
  }
}

start().catch((error) => toast({ ok: false, text: error.message }))
