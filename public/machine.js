import { Top } from './app.js'
import { Broken, Chip, Empty, toast, toastError } from './parts.js'
import { Claims } from './people.js'
import { live, me, post, useData } from './store.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { clock, dayTime, loginWords, MUTES, muteMinutes, sinceWords, spanWords } from './words.js'

const QUICK = ['状态', '统计', '群', '检查', '重载', '未答', '审计', '帮助']
const KEPT_ANSWERS = 30

/** @param {{ name: string, head: any, status: any }} props */
export default function Machine({ name, head, status }) {
  const { data, error, reload } = useData('/api/machine', ['status'])
  const { data: claims, reload: reloadClaims } = useData(me.may('operator') ? '/api/claims' : undefined)
  const { data: latest, reload: reloadLatest } = useData('/api/talks?limit=12')
  useEffect(() => {
    // Whoever asks for a role waits beside the operator; the load of the queue changes by the second.
    const timer = setInterval(() => void Promise.all([reloadClaims(), reload()]), 3_000)
    const end = live.on('talk', () => void reloadLatest())
    return () => {
      clearInterval(timer)
      end()
    }
  }, [])
  const count = claims?.claims.length ?? 0
  return html`<main class="view"><${Top} name=${name} fact=${data ? `程序 ${data.version} · 运行了 ${spanWords(Date.now() - data.startedAtMs)}` : ''} head=${head} />
    <div class="page">
      ${error && html`<${Broken} error=${error} retry=${reload} />`}
      <div class="page-columns">
        <div>
          <${LoginCard} status=${status} />
          <section class="card"><h2>机器</h2>
            <dl class="facts">
              <dt>接入方式</dt><dd>${status?.puppet}</dd>
              <dt>待发</dt><dd>${data?.queueLength ?? 0} 条</dd>
              ${data?.today && html`<dt>今天已发</dt><dd>${data.today.used} / ${data.today.cap}</dd>`}
              ${data?.heldUntilMs && html`<dt>微信嫌太快</dt><dd>${dayTime(data.heldUntilMs)} 前先不发</dd>`}
              <dt>知识</dt><dd>${status?.release ? `发布 ${status.release} · ` : ''}${status?.knowledgeVersion}</dd>
              ${data?.touchAgoMs !== undefined && html`<dt>最近联系${status?.network ?? '微信'}</dt><dd>${spanWords(data.touchAgoMs)}前</dd>`}
              <dt>最近收到消息</dt><dd>${latest?.items[0] ? `${spanWords(Date.now() - latest.items[0].atMs)}前` : '还没有'}</dd>
            </dl>
            <div class="buttons pad"><${Reload} /></div>
          </section>
          <${Rooms} data=${data} keepDays=${latest?.limits.keepDays ?? 0} reload=${reload} />
          ${data?.alerts && html`<${Told} alerts=${data.alerts} />`}
        </div>
        <div>
          ${
            me.may('operator') &&
            html`<section class="card" data-claims=${String(count)}><h2>认领码${count > 0 ? `（${count} 人认领）` : ''}</h2><${Claims} claims=${claims?.claims ?? []} />
            ${(claims?.grants ?? []).map((/** @type {any} */ grant) => html`<p class="admin-grant pad">${grant.role === 'admin' ? '管理员' : '同事'} ${grant.name}（${grant.remark}）</p>`)}</section>`
          }
          <${Orders} onDone=${() => void Promise.all([reload(), reloadClaims()])} />
          <section class="card"><h2>最近的判断 <a class="more-link" href="#/talks">全部对话</a></h2>
            <ul class="lines" id="latest-decisions">${(latest?.items ?? []).map((/** @type {any} */ talk) => html`<li key=${talk.messageId}><time>${clock(talk.atMs)}</time><span class="one-line">${talk.placeName || '私聊'}：${talk.text ?? '…'}</span><${Chip} talk=${talk} /></li>`)}</ul>
            ${latest?.items.length === 0 && html`<${Empty} title="还没有消息。" />`}
          </section>
        </div>
      </div>
    </div>
  </main>`
}

/** @param {{ status: any }} props */
function LoginCard({ status }) {
  if (!status) return null
  const { title, hint } = loginWords(status.login, status.network, status.trouble)
  return html`<section class="card login-card" data-login=${status.login}>
    <h2 id="login-title">${status.simulated && status.login === 'logged-in' ? '微信模拟' : title}</h2>
    ${status.qrId && me.may('operator') && html`<img class="qr" id="qr" src=${`/api/qr.svg?id=${status.qrId}`} alt="登录二维码" />`}
    <p>${status.simulated ? '现在没有接微信，聊天在“模拟”里。' : hint}</p>
    <p class="muted" id="login-since">${sinceWords(status.sinceMs)}</p>
  </section>`
}

function Reload() {
  const [isBusy, setBusy] = useState(false)
  const reload = async () => {
    setBusy(true)
    await post('/api/reload').then(toast, toastError)
    setBusy(false)
  }
  return html`<button type="button" class="button" id="reload" disabled=${isBusy} onClick=${reload}>重载知识</button>`
}

const TOLD_SHOWN = 5

/** What people were told of outside of WeChat. @param {{ alerts: any }} props */
function Told({ alerts: { open, latest, webhookCount } }) {
  const [isAll, setAll] = useState(false)
  const line = (/** @type {string} */ text, /** @type {number} */ atMs) =>
    html`<li key=${`${atMs} ${text}`}><time>${dayTime(atMs)}</time><span>${text.replace(/\n.*/s, '')}</span></li>`
  return html`<section class="card" id="alerts"><h2>告警 <small class="muted">　${webhookCount > 0 ? `发到 ${webhookCount} 处` : '还没有配置发到哪里'}</small></h2>
    <ul class="lines">${open.map((/** @type {any} */ one) => html`<li key=${`open ${one.text}`}><em class="chip chip-red">还没好</em><span>${one.text.replace(/\n怎么办：/, ' ')}</span><time>${sinceWords(one.sinceMs)}</time></li>`)}
    ${latest.slice(0, isAll ? latest.length : TOLD_SHOWN).map((/** @type {any} */ one) => line(one.text, one.atMs))}</ul>
    ${latest.length === 0 && html`<p class="muted pad">启动以来没有告警。</p>`}
    <div class="buttons pad">${latest.length > TOLD_SHOWN && html`<button type="button" class="button small" onClick=${() => setAll(!isAll)}>${isAll ? '收起' : `全部 ${latest.length} 条`}</button>`}<button type="button" class="button small" id="try-alert" onClick=${() => post('/api/alerts/try').then(toast, toastError)}>发一条试试</button></div>
  </section>`
}

/** The verbs of the chat, for those who like them. @param {{ onDone: () => void }} props */
function Orders({ onDone }) {
  const [answers, setAnswers] = useState(/** @type {{ text: string, ok: boolean, answer: string }[]} */ ([]))
  const box = useRef(/** @type {any} */ (null))
  const run = async (/** @type {string} */ text) => {
    const { ok, text: answer } = await post('/api/orders', { text }).catch((error) => ({
      ok: false,
      text: error.message,
    }))
    setAnswers((before) => [{ text, ok, answer }, ...before].slice(0, KEPT_ANSWERS))
    onDone()
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    const text = box.current.value.trim()
    if (text === '') return
    box.current.value = ''
    void run(text)
  }
  return html`<section class="card"><h2>命令</h2>
    <form class="inline-form pad" onSubmit=${submit}>
      <input class="field" id="admin-order" ref=${box} maxlength="2000" placeholder="命令，例如：状态" aria-label="命令" autocomplete="off" />
      <button class="button" type="submit">执行</button>
    </form>
    <div class="buttons pad">${QUICK.map((verb) => html`<button type="button" class="button small" onClick=${() => void run(verb)}>${verb}</button>`)}</div>
    <ol class="answers" id="admin-answers" aria-live="polite">${answers.map(({ text, ok, answer }) => html`<li data-ok=${String(ok)}><b>${text}</b><p>${answer}</p></li>`)}</ol>
  </section>`
}

/** Members are to know. @param {number} days */
const noticeWords = (days) => `本群有售后机器人，提问会保存 ${days} 天用于改进，不想被记录请告诉我们。`

/** @param {{ data: any, keepDays: number, reload: () => Promise<void> }} props */
function Rooms({ data, keepDays, reload }) {
  const [open, setOpen] = useState('')
  const rooms = (data?.rooms ?? []).filter((/** @type {any} */ { purpose }) => purpose !== 'ignored')
  const act = async (/** @type {string} */ key, /** @type {string} */ verb, /** @type {any} */ minutes) => {
    setOpen('')
    const content = { minutes: muteMinutes(minutes) }
    await post(`/api/rooms/${encodeURIComponent(key)}/${verb}`, content).then(toast, toastError)
    await reload()
  }
  const muteOf = (/** @type {string} */ key) =>
    data?.mutes.find((/** @type {any} */ { placeKey }) => placeKey === key || placeKey === '*')
  return html`<section class="card"><h2>群</h2>
    <ul class="lines">${rooms.map((/** @type {any} */ { key, topic, purpose }) => {
      const mute = muteOf(key)
      return html`<li><span><b>${topic}</b><small>${purpose === 'staff' ? '值班群' : mute ? (mute.untilMs ? `静音到 ${dayTime(mute.untilMs)}` : '静音中') : '开着'}</small></span>
        ${purpose === 'customers' && !mute && (open === key ? MUTES.map(([label, minutes]) => html`<button type="button" class="button small" onClick=${() => act(key, 'mute', minutes)}>${label}</button>`) : html`<button type="button" class="button small" onClick=${() => setOpen(key)}>静音</button>`)}
        ${mute && html`<button type="button" class="button small" onClick=${() => act(key, 'unmute', null)}>恢复</button>`}
      </li>`
    })}</ul>
    ${rooms.length === 0 && html`<p class="muted pad">还没有看到群。</p>`}
    ${rooms.length > 0 && keepDays > 0 && html`<div class="buttons pad"><button type="button" class="button small" id="copy-notice" onClick=${() => void navigator.clipboard?.writeText(noticeWords(keepDays)).then(() => toast({ ok: true, text: '复制好了，可以发到群里' }))}>复制一句群公告</button></div>`}
  </section>`
}
