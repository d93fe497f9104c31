import { Top } from './app.js'
import { Avatar, Broken, Empty, Sheet, toast, toastError } from './parts.js'
import { call, me, post, read, useData, write } from './store.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { dayTime, ROLE_WORDS, spanWords } from './words.js'

const WANTED = 'guoshen:wanted'
const WANTED_MS = 60 * 60_000

/** What somebody wanted to see before they were let in: a ticket of which the staff group has read. */
const keepWanted = () =>
  /^#\/(?!enter(?:\/|$))./.test(location.hash) &&
  write(WANTED, JSON.stringify({ hash: location.hash, atMs: Date.now() }))

/** @returns {string | undefined} once */
function takeWanted() {
  const { hash, atMs } = JSON.parse(read(WANTED) ?? '{}')
  write(WANTED, '')
  return Date.now() - atMs < WANTED_MS ? hash : undefined
}

/** Over the page, so that what was being written is still there. @param {{ session: any, onIn: () => Promise<void> }} props */
export function LogIn({ session, onIn }) {
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  const token = useRef(/** @type {any} */ (null))
  // Not in an effect, which comes after the page is seen: by then a link may have been followed.
  useState(keepWanted)
  useEffect(() => {
    // On a phone the keyboard would cover how colleagues get in.
    if (matchMedia('(pointer: fine)').matches) token.current?.focus()
  }, [])
  const [, ticket] = /^#\/tickets\/(\d+)/.exec(location.hash) ?? []
  if (!session.needed) return html`<${Ended} onIn=${onIn} />`
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      await post('/api/login', { token: token.current.value.trim() })
      await onIn()
    } catch (error) {
      setProblem(/** @type {Error} */ (error).message)
      token.current?.select()
    } finally {
      setBusy(false)
    }
  }
  return html`<main class="outside" id="login">
    <form class="card outside-card" onSubmit=${submit}>
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>过审</h1>
      ${session.ended && html`<p id="ended">${ENDED}</p>`}
      <p>同事请在微信里给机器人发“网页”，点它发来的链接进${ticket ? `，会直接打开工单 ${ticket}` : ''}。</p>
      <label for="token">操作员的口令</label>
      <input class="field" id="token" ref=${token} type="password" autocomplete="current-password" required maxlength="1000" />
      <p class="problem" id="problem" role="alert">${problem}</p>
      <button class="button primary" type="submit" id="submit" disabled=${isBusy}>登录</button>
      <p class="muted">口令就是配置里的 web.token。</p>
    </form>
  </main>`
}

const ENDED = '您用链接进来的登录结束了：退出了、到期了，或者身份收回了。'

/** Where nobody has to log in: who was a colleague here does not become the operator by that. @param {{ onIn: () => Promise<void> }} props */
function Ended({ onIn }) {
  const enter = () => post('/api/login').then(onIn, toastError)
  return html`<main class="outside" id="login">
    <div class="card outside-card">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>登录结束了</h1>
      <p id="ended">${ENDED}</p>
      <p>同事请在微信里给机器人发“网页”，用新的链接进。</p>
      <p class="muted">这台电脑是您管的？</p>
      <button type="button" class="button" id="enter-as-operator" onClick=${enter}>以操作员身份进入</button>
    </div>
  </main>`
}

/** What a personal link leads to; only the button spends it. @param {{ code: string, onIn: () => Promise<void> }} props */
export function Enter({ code, onIn }) {
  const [link, setLink] = useState(/** @type {any} */ (undefined))
  const [problem, setProblem] = useState('')
  useEffect(() => {
    post('/api/enter/look', { code }).then(setLink, (error) => setProblem(error.message))
  }, [])
  const enter = async () => {
    try {
      await post('/api/enter', { code })
      const wanted = takeWanted()
      const first = link.role === 'boss' ? '#/figures' : (wanted ?? '#/tickets')
      history.replaceState(null, '', `${location.pathname}${first}`)
      dispatchEvent(new HashChangeEvent('hashchange'))
      await onIn()
    } catch (error) {
      setProblem(/** @type {Error} */ (error).message)
    }
  }
  return html`<main class="outside" id="enter">
    <div class="card outside-card">
      <img src="/icon.svg" alt="" width="48" height="48" />
      ${problem && html`<p class="problem" role="alert" id="problem">${problem}</p>`}
      ${
        !problem &&
        link &&
        html`<h1>您是${link.name}吗？</h1><p class="muted">${ROLE_WORDS[/** @type {keyof typeof ROLE_WORDS} */ (link.role)]}，只在这台设备上有效。</p>
        <button type="button" class="button primary" id="enter-button" onClick=${enter}>进入</button>`
      }
    </div>
  </main>`
}

/** @param {{ name: string, head: any }} props */
export default function People({ name, head }) {
  const { data, error, reload } = useData('/api/people')
  const { data: log, reload: reloadLog } = useData('/api/audit')
  const { data: claims, reload: reloadClaims } = useData(me.may('operator') ? '/api/claims' : undefined)
  const [handed, setHanded] = useState(/** @type {string | undefined} */ (undefined))
  const [q, setQ] = useState('')
  useEffect(() => {
    // Whoever asks for a role waits beside the operator.
    const timer = setInterval(() => void reloadClaims(), 3_000)
    return () => clearInterval(timer)
  }, [])
  const all = () => void Promise.all([reload(), reloadLog()])
  const hand = async (/** @type {'staff' | 'boss' | 'admin'} */ role) => {
    const to = prompt(role === 'boss' ? '给哪位老板？' : '给哪位同事？')?.trim()
    if (!to) return
    try {
      const { path, publicUrl } = await post('/api/links', { name: to, role })
      setHanded(`${publicUrl ?? location.origin}${path}`)
      all()
    } catch (refused) {
      toastError(refused)
    }
  }
  const revoke = async (/** @type {string} */ who) => {
    if (!confirm(`收回${who}的权限？`)) return
    const { ok, text } = await post('/api/orders', { text: `撤销 ${who}` }).catch((refused) => ({
      ok: false,
      text: refused.message,
    }))
    toast({ ok, text })
    all()
  }
  const end = (/** @type {string} */ id) => call('DELETE', `/api/sessions/${id}`, {}).then(all, toastError)
  const entries = (log?.entries ?? []).filter(
    (/** @type {any} */ { who, what }) => q === '' || `${who.name}${what}`.includes(q),
  )
  return html`<main class="view"><${Top} name=${name} fact="谁能看、谁能改，都记在这里" head=${head} />
    <div class="page">
      ${error && html`<${Broken} error=${error} retry=${reload} />`}
      <div class="page-columns">
        <div>
          ${me.may('operator') && html`<section class="card"><h2>认领码</h2><${Claims} claims=${claims?.claims ?? []} /></section>`}
          <section class="card"><h2>有身份的人</h2>
            <ul class="lines">${(data?.grants ?? []).map((/** @type {any} */ grant) => html`<li class="admin-grant"><${Avatar} name=${grant.name} size="small" /><span><b>${ROLE_WORDS[/** @type {keyof typeof ROLE_WORDS} */ (grant.role)]} ${grant.name}</b><small>${grant.remark} · ${dayTime(grant.grantedAtMs)} 起</small></span><button type="button" class="button small" onClick=${() => revoke(grant.name)}>收回</button></li>`)}</ul>
            ${data && data.grants.length === 0 && html`<p class="muted pad">还没有人用认领码得到身份。在微信里私聊机器人发“认领”就会有。</p>`}
            ${data?.configured.length > 0 && html`<p class="muted pad">配置里写明的：${data.configured.join('、')}</p>`}
          </section>
          <section class="card"><h2>网页上的人</h2>
            <ul class="lines">${(data?.sessions ?? []).map((/** @type {any} */ one) => html`<li><${Avatar} name=${one.name} size="small" /><span><b>${one.name}</b><small>${ROLE_WORDS[/** @type {keyof typeof ROLE_WORDS} */ (one.role)]} · ${one.device} · ${spanWords(Date.now() - one.seenAtMs)}前来过${one.isOwn ? ' · 就是您' : ''}</small></span><button type="button" class="button small" onClick=${() => end(one.id)}>退出</button></li>`)}</ul>
            ${data && data.sessions.length === 0 && html`<p class="muted pad">没有。</p>`}
            <div class="buttons pad">
              <button type="button" class="button" id="link-staff" onClick=${() => hand('staff')}>＋给同事的链接</button>
              <button type="button" class="button" id="link-boss" onClick=${() => hand('boss')}>＋给老板的链接（只看数字）</button>
              ${me.may('operator') && html`<button type="button" class="button" onClick=${() => hand('admin')}>＋给管理员的链接</button>`}
            </div>
          </section>
        </div>
        <section class="card"><h2>命令记录，谁看过原文</h2>
          <div class="pad"><input class="field" type="search" value=${q} placeholder="名字、命令" aria-label="筛选" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} /></div>
          <ul class="lines log">${entries.slice(0, 100).map((/** @type {any} */ { atMs, who, what, result }) => html`<li><time>${dayTime(atMs)}</time><span><b>${who.name}</b> ${what}</span>${result !== 'done' && html`<em class="chip chip-red">${result === 'refused' ? '没有权限' : '没成'}</em>`}</li>`)}</ul>
          ${entries.length === 0 && html`<${Empty} title="还没有记录。" />`}
        </section>
      </div>
    </div>
    ${
      handed &&
      html`<${Sheet} title="把链接发给本人" onClose=${() => setHanded(undefined)}>
      <p class="muted">一天内有效，只能用一次。点开后要按“进入”才算用掉。</p>
      <input class="field" id="handed-link" readonly value=${handed} onFocus=${(/** @type {any} */ event) => event.target.select()} />
      <button type="button" class="button primary" onClick=${() => void navigator.clipboard?.writeText(handed).then(() => toast({ ok: true, text: '复制好了' }))}>复制</button>
    </${Sheet}>`
    }
  </main>`
}

/** One-time codes, for whoever has the machine. @param {{ claims: any[] }} props */
export function Claims({ claims }) {
  if (claims.length === 0) return html`<p class="muted pad">没有人在等认领码。</p>`
  return html`<div id="admin-codes" aria-live="polite">${claims.map(
    ({ name, codes, expiresAtMs }) => html`<article class="admin-claim pad">
      <p>${name} 要认领身份。确认是本人，再把一个码告诉对方：</p>
      ${codes.map((/** @type {any} */ { role, code }) => html`<p class="admin-code" data-role=${role}>${ROLE_WORDS[/** @type {keyof typeof ROLE_WORDS} */ (role)]} <b>${code.slice(0, 4)} ${code.slice(4)}</b></p>`)}
      <p class="muted">${dayTime(expiresAtMs)} 前有效</p>
    </article>`,
  )}</div>`
}
