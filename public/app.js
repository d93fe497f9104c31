import { Avatar, Empty, Icon, Lightbox, Sheet, Toaster, toast, useKeys } from './parts.js'
import { get, live, me, read, useData, write } from './store.js'
import { html, render, useEffect, useReducer, useState } from './vendor/preact.js'
import { clock, loginWords } from './words.js'

/**
 * A view: who may see it, and what it is drawn by once it is needed.
 *
 * @typedef {{ id: string, name: string, role: string, load: () => Promise<any>, simulatorOnly?: boolean, onPhone?: boolean }} View
 */

/** In the order of the rail, which stays. @type {View[]} */
const VIEWS = [
  { id: 'today', name: '今天', role: 'boss', load: () => import('./today.js'), onPhone: true },
  { id: 'talks', name: '对话', role: 'staff', load: () => import('./talks.js'), onPhone: true },
  { id: 'tickets', name: '工单', role: 'staff', load: () => import('./tickets.js'), onPhone: true },
  { id: 'learn', name: '未答', role: 'staff', load: () => import('./learn.js'), onPhone: true },
  { id: 'knowledge', name: '知识', role: 'staff', load: () => import('./knowledge.js') },
  { id: 'figures', name: '效果', role: 'boss', load: () => import('./figures.js') },
  { id: 'machine', name: '机器', role: 'admin', load: () => import('./machine.js') },
  { id: 'people', name: '权限', role: 'admin', load: () => import('./people.js') },
  { id: 'sim', name: '模拟', role: 'operator', load: () => import('./simulator.js'), simulatorOnly: true },
]

/** Where one is: `#/tickets/12?view=mine`. @returns {{ view: string, rest: string, params: URLSearchParams }} */
function whereNow() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  const [view = '', ...rest] = path.split('/')
  return { view, rest: decodeURIComponent(rest.join('/')), params: new URLSearchParams(query) }
}

/** @param {string} path without the hash */
export function go(path) {
  location.hash = path
}

/** Changes filters without another step in the history. @param {Record<string, string | undefined>} changes */
export function setParams(changes) {
  const { view, rest, params } = whereNow()
  for (const [key, value] of Object.entries(changes)) {
    if (value) params.set(key, value)
    else params.delete(key)
  }
  const query = params.size > 0 ? `?${params}` : ''
  history.replaceState(null, '', `${location.search}#/${view}${rest ? `/${encodeURIComponent(rest)}` : ''}${query}`)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

const askSession = () => get('/api/session').catch((error) => ({ error: error.message }))
// On the way while the rest is still being read: who is in, and the view that is asked for.
const firstLook = askSession()
void VIEWS.find(({ id }) => id === (whereNow().view || 'today'))
  ?.load()
  .catch(() => undefined)

function App() {
  const [session, setSession] = useState(/** @type {any} */ (undefined))
  const [where, setWhere] = useState(whereNow())
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const look = async (/** @type {Promise<any> | undefined} */ first = undefined) => {
    const seen = await (first ?? askSession())
    if (!seen.error) Object.assign(me.session, { role: 'boss', name: null }, seen)
    setSession(seen)
    if (seen.in) live.start()
  }
  useEffect(() => {
    void look(firstLook)
    const onHash = () => setWhere(whereNow())
    addEventListener('hashchange', onHash)
    // An effect comes after the page is seen: somebody may have gone elsewhere meanwhile.
    onHash()
    const ends = [
      live.on('session-over', () => look()),
      live.on('connection', () => redraw(0)),
      live.on('me', () => redraw(0)),
    ]
    return () => {
      removeEventListener('hashchange', onHash)
      for (const end of ends) end()
    }
  }, [])
  if (!session) return null
  if (session.error) return html`<main class="outside"><${Empty} title=${session.error} /></main>`
  if (where.view === 'enter')
    return html`<${Lazy} key="enter" load=${() => import('./people.js')} part="Enter" code=${where.rest} onIn=${() => look()} />`
  return html`
    ${session.in && html`<${Shell} where=${where} />`}
    ${!session.in && html`<${Lazy} key="log-in" load=${() => import('./people.js')} part="LogIn" session=${session} onIn=${() => look()} />`}
    <${Toaster} />
    <${Lightbox} />
  `
}

/** Nothing is heard or said until people, or the network, have done something. */
const GONE = new Set(['waiting-scan', 'reconnecting', 'kicked'])

/** @param {{ where: ReturnType<typeof whereNow> }} props */
function Shell({ where }) {
  const { data: status, reload } = useData('/api/status')
  const [isSearching, setSearching] = useState(false)
  const [isHelping, setHelping] = useState(false)
  const [isNaming, setNaming] = useState(/** @type {(() => void) | undefined} */ (undefined))
  const views = VIEWS.filter(({ role, simulatorOnly }) => me.may(role) && (!simulatorOnly || status?.simulated))
  const [isSlow, setSlow] = useState(false)
  useEffect(() => live.on('status', () => void reload()), [])
  useEffect(() => live.on('slow', (count) => setSlow(count > 0)), [])
  useEffect(() => live.on('name-needed', (then) => setNaming(() => then ?? (() => {}))), [])
  useKeys({
    ...Object.fromEntries(views.slice(0, 7).map(({ id }, index) => [String(index + 1), () => go(`/${id}`)])),
    '/': () => setSearching(true),
    '?': () => setHelping(true),
  })
  // What there is to see first depends on which WeChat it is, and on whether anything has happened.
  const chosen = views.find(({ id }) => id === where.view)
  useEffect(() => {
    if (!status || chosen) return
    void firstView(status)
      .then((view) => history.replaceState(null, '', `${location.search}#/${view}`))
      .then(() => dispatchEvent(new HashChangeEvent('hashchange')))
  }, [status, where.view])
  document.title = chosen ? `${chosen.name} · 过审` : '过审'
  return html`
    <${Rail} views=${views} current=${chosen?.id} />
    <div class="frame" inert=${false}>
      ${isSlow && html`<div class="loading-bar"></div>`}
      ${!live.online && html`<div class="offline" id="offline" role="alert">连接断开了，正在重连… 下面是 ${clock(live.offlineSinceMs)} 的情况</div>`}
      ${live.online && status && !status.simulated && GONE.has(status.login) && html`<div class="offline" id="gone" role="alert">${status.network ?? '微信'}没连上：机器人听不到，也说不了。工单照样能看；回复发不出去，会还给您。</div>`}
      ${chosen && html`<${Lazy} key=${chosen.id} load=${chosen.load} part="default" name=${chosen.name} where=${where} status=${status} head=${html`<${Health} status=${status} onSearch=${() => setSearching(true)} />`} />`}
    </div>
    ${isSearching && html`<${Search} onClose=${() => setSearching(false)} />`}
    ${isHelping && html`<${Help} onClose=${() => setHelping(false)} />`}
    ${isNaming && html`<${WhoAreYou} onClose=${() => setNaming(undefined)} then=${isNaming} />`}
  `
}

/** @param {any} status */
async function firstView(status) {
  if (status.simulated && me.may('operator')) {
    const { total } = await get('/api/talks?limit=1').catch(() => ({ total: 0 }))
    if (total === 0 || new URLSearchParams(location.search).has('as')) return 'sim'
  }
  return status.login === 'waiting-scan' && me.may('operator') ? 'machine' : 'today'
}

/** Draws a part of a file that is loaded when it is needed. @param {any} props */
function Lazy({ load, part, ...props }) {
  const [loaded, setLoaded] = useState(/** @type {any} */ (undefined))
  const [error, setError] = useState('')
  useEffect(() => {
    load().then(
      (/** @type {any} */ file) => setLoaded(() => file[part]),
      () => setError('这一页没载入，请刷新。'),
    )
  }, [])
  if (error) return html`<main class="view"><${Empty} title=${error} /></main>`
  return loaded ? html`<${loaded} ...${props} />` : html`<main class="view" aria-busy="true"></main>`
}

/** @param {{ views: View[], current: string | undefined }} props */
function Rail({ views, current }) {
  const [isMore, setMore] = useState(false)
  const counts = useCounts()
  useEffect(() => setMore(false), [current])
  const item = (/** @type {View} */ { id, name, onPhone }, /** @type {string} */ extra = '') =>
    html`<a class=${`rail-item ${onPhone ? '' : 'wide'} ${extra}`} href=${`#/${id}`} aria-current=${current === id ? 'page' : undefined} data-view=${id}>
      <${Icon} name=${id} /><span>${name}</span>${counts[id] && html`<b class="rail-count" data-level=${counts[id].level}>${counts[id].count}</b>`}
    </a>`
  const main = views.filter(({ id }) => id !== 'sim')
  const sim = views.find(({ id }) => id === 'sim')
  return html`<nav class="rail" aria-label="主导航">
    <img class="rail-logo" src="/icon.svg" alt="过审" width="36" height="36" />
    ${main.map((view) => item(view))}
    ${views.some(({ onPhone }) => !onPhone) && html`<button type="button" class="rail-item narrow" aria-expanded=${String(isMore)} onClick=${() => setMore(!isMore)}><${Icon} name="more" /><span>更多</span></button>`}
    <span class="rail-space"></span>
    ${sim && item(sim)}
    <${Account} />
    ${isMore && html`<div class="rail-more">${views.filter(({ onPhone }) => !onPhone).map((view) => item(view, 'rail-more-item'))}<${Account} isInMenu=${true} /></div>`}
  </nav>`
}

const COUNT_AFTER_MS = 3_000

/** Red must be acted on, grey may. @returns {Record<string, { count: number, level: string }>} */
function useCounts() {
  const { data, reload } = useData(me.may('staff') ? '/api/counts' : undefined, ['ticket', 'unanswered'])
  useEffect(() => {
    let soon = 0
    // Of a burst the end is enough.
    const end = live.on('talk', () => {
      soon ||= window.setTimeout(() => {
        soon = 0
        void reload()
      }, COUNT_AFTER_MS)
    })
    return () => {
      clearTimeout(soon)
      end()
    }
  }, [])
  const count = (/** @type {'tickets' | 'talks' | 'learn'} */ view, /** @type {string} */ level) =>
    data?.[view] > 0 ? { [view]: { count: data[view], level } } : {}
  return { ...count('tickets', 'must'), ...count('talks', 'may'), ...count('learn', 'may') }
}

/** @param {{ isInMenu?: boolean }} props */
function Account({ isInMenu = false }) {
  const [isOpen, setOpen] = useState(false)
  const name = me.name || '操作员'
  const logOut = async () => {
    const { post } = await import('./store.js')
    await post('/api/logout').catch(() => undefined)
    location.hash = ''
    location.reload()
  }
  const theme = read('guoshen:theme') ?? ''
  const setTheme = (/** @type {string} */ next) => {
    write('guoshen:theme', next)
    // Heard by theme.js.
    dispatchEvent(new Event('guoshen:theme'))
    live.tell('me')
  }
  const menu = html`
    ${me.session.role === 'operator' && html`<button type="button" class="menu-item" onClick=${() => live.tell('name-needed')}>我是 ${me.name || '…'}</button>`}
    <button type="button" class="menu-item" onClick=${() => setTheme(theme === 'dark' ? 'light' : theme === 'light' ? '' : 'dark')}>
      外观：${theme === 'dark' ? '深色' : theme === 'light' ? '浅色' : '跟随系统'}
    </button>
    ${me.session.needed && html`<button type="button" class="menu-item" id=${isInMenu ? 'log-out-menu' : 'log-out'} onClick=${logOut}>退出登录</button>`}`
  if (isInMenu) return menu
  return html`<div class="account wide">
    <button type="button" class="account-face" aria-label=${`${name}，菜单`} aria-expanded=${String(isOpen)} onClick=${() => setOpen(!isOpen)}><${Avatar} name=${name} /></button>
    <div class="account-menu" data-open=${String(isOpen)} onClick=${() => setOpen(false)}>${menu}</div>
  </div>`
}

/** @param {{ status: any, onSearch: () => void }} props */
function Health({ status, onSearch }) {
  const warnings = status?.warnings ?? []
  const isWell = status?.login === 'logged-in'
  const word = !live.online
    ? '连接断开'
    : status
      ? status.simulated && isWell
        ? '微信模拟'
        : `${status.network ?? '微信'}${loginWords(status.login, status.network, status.trouble).word}`
      : ''
  return html`
    ${me.may('staff') && html`<button type="button" class="find wide" onClick=${onSearch}><${Icon} name="search" small=${true} /><span>搜客户、群、原话、工单号</span><kbd>/</kbd></button>`}
    <a class="pill" id="status" role="status" data-login=${status?.login} data-level=${isWell && live.online ? (warnings.length > 0 ? 'warn' : 'good') : 'bad'} href=${me.may('admin') ? '#/machine' : undefined}>
      <i></i><span>${[word, ...warnings].join(' · ')}</span>
    </a>`
}

/** The bar on top of each view. @param {{ name: string, fact?: string, head?: any, children?: any }} props */
export const Top = ({ name, fact, head, children }) =>
  html`<header class="top"><h1>${name}</h1>${fact && html`<span class="top-fact wide">${fact}</span>`}${children}<span class="top-space"></span>${head}</header>`

/** @param {{ onClose: () => void }} props */
function Search({ onClose }) {
  const [q, setQ] = useState('')
  const { data: desk } = useData('/api/tickets')
  const { data: talks } = useData(
    q.trim().length > 1 ? `/api/talks?limit=8&q=${encodeURIComponent(q.trim())}` : undefined,
  )
  const { data: known } = useData('/api/sections')
  const number = Number(q.trim())
  const tickets = (desk?.tickets ?? [])
    .filter(
      (/** @type {any} */ ticket) =>
        q.trim() !== '' &&
        (ticket.number === number || `${ticket.askerName}${ticket.placeName}${ticket.question}`.includes(q.trim())),
    )
    .slice(0, 6)
  const sections = (known?.sections ?? [])
    .filter((/** @type {any} */ { key, title }) => q.trim() !== '' && (key === q.trim() || title.includes(q.trim())))
    .slice(0, 6)
  /** @type {string[]} */
  const people = [
    ...new Set([
      ...(desk?.tickets ?? []).map((/** @type {any} */ one) => one.askerName),
      ...(talks?.items ?? []).map((/** @type {any} */ one) => (one.role === 'customer' ? one.who.name : '')),
    ]),
  ]
    .filter((name) => name && q.trim() !== '' && name.includes(q.trim()))
    .slice(0, 6)
  const talksWith = (/** @type {string} */ name) => `/talks?q=${encodeURIComponent(name)}`
  const open = (/** @type {string} */ path) => {
    onClose()
    go(path)
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (tickets[0] && /^\d+$/.test(q.trim())) open(`/tickets/${tickets[0].number}`)
    else if (tickets[0]) open(`/tickets/${tickets[0].number}`)
    else if (talks?.items?.[0]) open(`/talks/${talks.items[0].messageId}`)
    else if (sections[0]) open(`/knowledge/${sections[0].key}`)
    else if (people[0]) open(talksWith(people[0]))
  }
  const part = (/** @type {string} */ title, /** @type {any[]} */ rows) =>
    rows.length > 0 && html`<h3>${title}</h3><ul class="found">${rows}</ul>`
  return html`<${Sheet} title="搜索" onClose=${onClose}>
    <form onSubmit=${submit}><input class="field" type="search" value=${q} placeholder="客户、群、原话、工单号、小节" aria-label="搜索" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} /></form>
    ${part(
      '工单',
      tickets.map(
        (/** @type {any} */ one) =>
          html`<li><button type="button" onClick=${() => open(`/tickets/${one.number}`)}><b>${one.number}</b><span>${one.askerName}：${one.question}</span></button></li>`,
      ),
    )}
    ${part(
      '对话',
      (talks?.items ?? []).map(
        (/** @type {any} */ one) =>
          html`<li><button type="button" onClick=${() => open(`/talks/${one.messageId}`)}><b>${one.who.name}</b><span>${one.text ?? '原文不在了'}</span></button></li>`,
      ),
    )}
    ${part(
      '小节',
      sections.map(
        (/** @type {any} */ one) =>
          html`<li><button type="button" onClick=${() => open(`/knowledge/${one.key}`)}><b>${one.key}</b><span>${one.title}</span></button></li>`,
      ),
    )}
    ${part(
      '客户',
      people.map(
        (name) =>
          html`<li><button type="button" onClick=${() => open(talksWith(name))}><b>${name}</b><span>看他的对话</span></button></li>`,
      ),
    )}
    ${q.trim() !== '' && tickets.length + sections.length + people.length + (talks?.items?.length ?? 0) === 0 && html`<p class="muted">没有找到。</p>`}
  </${Sheet}>`
}

const KEYS = [
  ['1…7', '换一页'],
  ['/', '搜索'],
  ['J K', '下一条、上一条'],
  ['Enter', '打开'],
  ['Esc', '返回'],
  ['A', '接单'],
  ['R', '回复'],
  ['N', '备注'],
  ['E', '结单'],
  ['Y', '答得对'],
  ['T', '教它'],
  ['U', '撤销'],
  ['Ctrl/⌘+Enter', '发送'],
]

/** @param {{ onClose: () => void }} props */
function Help({ onClose }) {
  const [isOn, setOn] = useState(read('guoshen:keys') !== 'off')
  const turn = () => {
    write('guoshen:keys', isOn ? 'off' : '')
    setOn(!isOn)
  }
  return html`<${Sheet} title="键盘" onClose=${onClose}>
    <dl class="keys">${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
    <label class="check"><input type="checkbox" checked=${isOn} onChange=${turn} />用键盘快捷键</label>
  </${Sheet}>`
}

/** Before the operator touches a ticket: the customer reads who answers. @param {{ onClose: () => void, then: () => void }} props */
function WhoAreYou({ onClose, then }) {
  const { data } = useData('/api/tickets')
  const [name, setName] = useState(me.name)
  const choose = (/** @type {string} */ chosen) => {
    if (chosen.trim() === '') return
    me.name = chosen.trim()
    live.tell('me')
    onClose()
    then()
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    choose(name)
  }
  return html`<${Sheet} title="您是谁？" onClose=${onClose}>
    <p class="muted">客户会看到这个名字。只问这一次，换人时点左下角的头像。</p>
    <div class="choices">${(data?.people ?? []).map((/** @type {any} */ person) => html`<button type="button" class="button" onClick=${() => choose(person.name)}>我是 ${person.name}</button>`)}</div>
    <form class="inline-form" onSubmit=${submit}>
      <input class="field" id="my-name" value=${name} maxlength="20" placeholder="名字" aria-label="名字" onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
      <button class="button primary" type="submit">好</button>
    </form>
  </${Sheet}>`
}

/** Runs an act for which somebody has to have a name; asks for it once. @template T @param {() => Promise<T>} act */
export function asSomebody(act) {
  if (me.name === '') return live.tell('name-needed', () => void act())
  void act()
}

addEventListener('unhandledrejection', ({ reason }) =>
  toast({ ok: false, text: reason?.message ?? '出错了，请刷新页面' }),
)
render(html`<${App} />`, document.body)
