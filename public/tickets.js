import { go, setParams, Top } from './app.js'
import { keepPictures, TicketComposer } from './composer.js'
import {
  Avatar,
  Broken,
  Chip,
  Empty,
  enlarge,
  Icon,
  Linked,
  Meter,
  Sheet,
  toast,
  toastError,
  useKeys,
} from './parts.js'
import { call, draftOf, keepDraft, live, me, post, Refused, read, useData, write } from './store.js'
import { html, useEffect, useLayoutEffect, useReducer, useRef, useState } from './vendor/preact.js'
import { chinaDay, daysWords, dayTime, isoDay } from './words.js'

const TABS = [
  ['open', '未结'],
  ['unclaimed', '未接'],
  ['mine', '我的'],
  ['customer', '等客户'],
  ['settled', '已结'],
]
const PARTS = [
  ['late', '超过承诺'],
  ['waiting', '待接'],
  ['working', '处理中'],
  ['customer', '等客户'],
  ['settled', '已结'],
]
const REDRAW_MS = 15_000

/** @param {any} ticket @param {string} view */
function isIn(ticket, view) {
  const { status, part, holder } = ticket
  switch (view) {
    case 'unclaimed':
      return status === 'open' || status === 'reopened'
    case 'mine':
      return status === 'claimed' && holder === me.name
    case 'customer':
      return part === 'customer'
    case 'settled':
      return part === 'settled'
  }
  return status === 'open' || status === 'reopened' || status === 'claimed'
}

/** @param {{ name: string, head: any, where: { rest: string, params: URLSearchParams } }} props */
export default function Tickets({ name, head, where }) {
  const { data, error, reload } = useData('/api/tickets', ['ticket', 'pending'])
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  useEffect(() => {
    // The clock of the promise goes on while nothing happens.
    const timer = setInterval(() => void reload(), REDRAW_MS)
    const end = live.on('me', () => redraw(0))
    return () => {
      clearInterval(timer)
      end()
    }
  }, [])
  const view = where.params.get('view') ?? 'open'
  const isNewest = where.params.get('by') === 'newest'
  const everybodys = data?.tickets ?? []
  const accounts = [...new Set(everybodys.flatMap((/** @type {any} */ one) => one.account ?? []))].sort()
  const account = where.params.get('account') ?? ''
  const all = everybodys.filter((/** @type {any} */ one) => account === '' || one.account === account)
  const [from, to, rating, group, section] = ['from', 'to', 'rating', 'group', 'section'].map((name) =>
    where.params.get(name),
  )
  const [isNight, isPictured] = ['night', 'picture'].map((name) => where.params.get(name) !== null)
  const isWithin = (/** @type {any} */ ticket) => {
    const { openedAtMs, rating: stars } = ticket
    if ((group && ticket.placeName !== group) || (section && ticket.section !== section)) return false
    if ((isNight && !ticket.atNight) || (isPictured && ticket.pictureCount === 0)) return false

    const day = isoDay(chinaDay(openedAtMs))
    return (!from || day >= from) && (!to || day <= to) && (!rating || String(stars) === rating)
  }
  const shown = all.filter((/** @type {any} */ ticket) => isIn(ticket, view) && isWithin(ticket))
  const sorted = isNewest
    ? shown.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.openedAtMs - a.openedAtMs)
    : shown
  const ordered = isNewest
    ? sorted
    : PARTS.flatMap(([part]) => sorted.filter((/** @type {any} */ ticket) => ticket.part === part))
  const number = Number(where.rest) || undefined
  const search = where.params.size > 0 ? `?${where.params}` : ''
  const open = (/** @type {number | undefined} */ next) => go(next ? `/tickets/${next}${search}` : `/tickets${search}`)
  const step = (/** @type {number} */ by) => {
    const at = ordered.findIndex((/** @type {any} */ ticket) => ticket.number === number)
    const next = ordered[Math.max(0, Math.min(ordered.length - 1, at + by))]
    if (next) open(next.number)
  }
  useKeys({ J: () => step(1), K: () => step(-1), Escape: () => number && open(undefined) })
  const namesOf = (/** @type {'placeName' | 'section'} */ key, /** @type {string | null | undefined} */ chosen) =>
    [...new Set([...all.map((/** @type {any} */ one) => one[key]), chosen ?? ''])].filter(Boolean).sort()
  const isFiltered = [group, section, from, to, rating].some(Boolean) || isNight || isPictured
  const clearFilters = () =>
    setParams(
      Object.fromEntries(
        ['group', 'section', 'from', 'to', 'rating', 'night', 'picture', 'account'].map((one) => [one, undefined]),
      ),
    )
  const choice = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string[]} */ options,
    /** @type {string | null | undefined} */ chosen,
  ) =>
    options.length > 0 &&
    html`<select class="list-filter" id=${`filter-${name}`} aria-label=${label} value=${chosen ?? ''} onChange=${(/** @type {any} */ event) => setParams({ [name]: event.target.value || undefined })}><option value="">${label}</option>${options.map((one) => html`<option value=${one}>${one}</option>`)}</select>`
  const toggle = (/** @type {string} */ name, /** @type {string} */ label, /** @type {boolean | undefined} */ isOn) =>
    html`<button type="button" class="filter" id=${`filter-${name}`} aria-pressed=${String(isOn)} onClick=${() => setParams({ [name]: isOn ? undefined : '1' })}>${label}</button>`
  const isOnDuty = data?.people.some((/** @type {any} */ person) => person.name === me.name && person.onDuty)
  return html`<main class="view" data-detail=${number ? '' : undefined}>
    <${Top} name=${name} fact=${data?.summary} head=${head} />
    <div class="tabs" role="tablist">
      ${TABS.map(([id = '', label]) => html`<button type="button" role="tab" class="tab" data-tab=${id} aria-selected=${String(view === id)} onClick=${() => setParams({ view: id === 'open' ? undefined : id })}>${label} <b>${data ? all.filter((/** @type {any} */ ticket) => isIn(ticket, id)).length || '' : ''}</b></button>`)}
      ${(from || to) && html`<button type="button" class="filter" aria-pressed="true" data-off="days" onClick=${() => setParams({ from: undefined, to: undefined })}>${daysWords(from, to)} ×</button>`}
      ${rating && html`<button type="button" class="filter" aria-pressed="true" data-off="rating" onClick=${() => setParams({ rating: undefined })}>${rating} 分 ×</button>`}
      <span class="top-space"></span>
      ${(accounts.length > 1 || account !== '') && html`<select class="list-filter" id="filter-account" aria-label="账号" onChange=${(/** @type {any} */ event) => setParams({ account: event.target.value || undefined })}><option value="" selected=${account === ''}>全部账号</option>${[...new Set([...accounts, ...(account ? [account] : [])])].map((one) => html`<option value=${one} selected=${one === account}>${one}</option>`)}</select>`}
      <button type="button" class="button small ghost wide" onClick=${() => setParams({ by: isNewest ? undefined : 'newest' })}>${isNewest ? '最新在前' : '等得最久在前'}</button>
      ${isOnDuty && html`<span class="chip chip-green wide">${me.name} 在值班</span>`}
    </div>
    <div class="tickets-columns">
      <section class="ticket-list" aria-label="工单列表">
        ${error && html`<${Broken} error=${error} retry=${reload} />`}
        ${
          (data?.tickets.length > 0 || isFiltered) &&
          html`<div class="filters list-filters" role="group" aria-label="筛选">${choice('group', '全部群', namesOf('placeName', group), group)}${choice('section', '全部小节', namesOf('section', section), section)}${toggle('night', '夜里来的', isNight)}${toggle('picture', '有图', isPictured)}</div>`
        }
        ${data && ordered.length === 0 && html`<${Empty} title=${isFiltered ? '没有符合的。' : view === 'open' ? '没有客户在等。' : '这里没有工单。'}>${isFiltered && html`<button type="button" class="button" onClick=${clearFilters}>清除筛选</button>`}</${Empty}>`}
        ${ordered.map((/** @type {any} */ ticket, /** @type {number} */ index) => {
          const before = ordered[index - 1]
          const title = PARTS.find(([part]) => part === ticket.part)?.[1]
          const isFirst = !isNewest && before?.part !== ticket.part
          const count = ordered.filter((/** @type {any} */ one) => one.part === ticket.part).length
          return html`${isFirst && html`<h3 class="list-part" key=${`part ${ticket.part}`}>${title} ${count}</h3>`}<${TicketRow} key=${ticket.number} ticket=${ticket} isOpen=${ticket.number === number} search=${search} />`
        })}
      </section>
      ${number ? html`<${TicketDetail} key=${number} number=${number} people=${data?.people ?? []} close=${() => open(undefined)} next=${() => step(1)} />` : html`<section class="thread thread-none wide"><${Empty} title="选一张工单" text="左边点一张，这里看经过、写回复。" /></section>`}
    </div>
  </main>`
}

/** @param {{ ticket: any, isOpen: boolean, search: string }} props */
function TicketRow({ ticket, isOpen, search }) {
  return html`<a class="ticket-row" href=${`#/tickets/${ticket.number}${search}`} aria-current=${isOpen ? 'true' : undefined} data-ticket=${ticket.number} data-status=${ticket.status} data-part=${ticket.part}>
    <${Avatar} name=${ticket.askerName} />
    <span class="ticket-row-head"><b>${ticket.askerName}</b><span class="one-line">${ticket.placeName}</span><time>#${ticket.number}</time></span>
    <span class="ticket-row-question">${ticket.question}</span>
    <span class="ticket-row-foot">
      ${ticket.wait && html`<${Meter} wait=${ticket.wait} />`}
      ${ticket.account && html`<em class="chip">${ticket.account}</em>`}
      ${ticket.holder && html`<em class=${`chip ${ticket.holder === me.name ? 'chip-green' : ''}`}>${ticket.holder}${ticket.holder === me.name ? ' · 我' : ''}</em>`}
      ${!ticket.wait && html`<span>${ticket.part === 'customer' ? `等客户 · ${dayTime(ticket.lastAtMs)}` : `${ticket.state} · ${dayTime(ticket.lastAtMs)}`}</span>`}
      ${ticket.pictureCount > 0 && html`<em class="chip"><${Icon} name="picture" small=${true} />${ticket.pictureCount}</em>`}
      ${ticket.atNight && ticket.part !== 'settled' && html`<em class="chip">夜里来的</em>`}
      ${ticket.rating && html`<em class="chip">${'★'.repeat(ticket.rating)}</em>`}
    </span>
  </a>`
}

/** What is on its way out, and may come back. @typedef {{ key: string, text: string, pictures: any[] }} Draft */

/** @param {{ number: number, people: any[], close: () => void, next: () => void }} props */
function TicketDetail({ number, people, close }) {
  const { data, error, reload } = useData(`/api/tickets/${number}`, ['ticket', 'pending'])
  const ticket = data?.ticket
  const { data: talks } = useData(
    ticket?.isHere ? `/api/talks?limit=60&group=${encodeURIComponent(ticket.placeKey)}` : undefined,
    ['ticket'],
  )
  const [mode, setMode] = useState(/** @type {'reply' | 'note'} */ ('reply'))
  const [dialog, setDialog] = useState(/** @type {'resolve' | 'pass' | 'customer' | undefined} */ (undefined))
  const [typing, setTyping] = useState('')
  const [isMenu, setMenu] = useState(false)
  const pending = useRef(/** @type {{ id: string, draft?: Draft } | undefined} */ (undefined))
  const sentKey = `sent ${number} reply`
  const isInDoubt = useRef(false)
  // What was sent is kept on the device until it is known to be out, over a closed window and a program that has ended.
  useEffect(() => {
    const sent = JSON.parse(draftOf(sentKey) || 'null')
    if (!sent || !data || data.pending.some((/** @type {any} */ { id }) => id === sent.id)) return
    if (pending.current?.id === sent.id && !isInDoubt.current) return
    keepDraft(sentKey, '')
    pending.current = undefined
    isInDoubt.current = false
    const since = data.ticket.thread.filter((/** @type {any} */ { atMs }) => atMs >= sent.atMs)
    const isThere = (/** @type {string} */ kind) =>
      since.some(
        (/** @type {any} */ item) =>
          item.kind === kind && item.by !== 'customer' && item.text?.includes(sent.text.split('\n')[0]),
      )
    if (isThere('words') && !isThere('note')) return
    giveBack({ key: `${number} reply`, text: sent.text, pictures: [] })
    toast({ ok: false, text: '刚才的回复没有发出去，写好的话还给您了。' })
  }, [data])
  useEffect(() => {
    let timer = 0
    const ends = [
      live.on('typing', ({ number: of, name }) => {
        if (of !== number || name === me.name) return
        setTyping(name)
        clearTimeout(timer)
        timer = window.setTimeout(() => setTyping(''), 6_000)
      }),
      live.on('pending', ({ id, state, text }) => {
        if (pending.current?.id !== id) return
        if (state === 'failed') {
          toast({ ok: false, text })
          if (pending.current?.draft) giveBack(pending.current.draft)
        }
        if (state === 'done') toast({ ok: true, text })
        if (state === 'waiting') return
        pending.current = undefined
        keepDraft(sentKey, '')
      }),
      // The program may have ended with what was on its way.
      live.on('hello', () => {
        isInDoubt.current = true
        void reload()
      }),
    ]
    return () => {
      clearTimeout(timer)
      for (const end of ends) end()
    }
  }, [])

  /** What did not go out is there to be sent again. @param {Draft} draft */
  const giveBack = ({ key, text, pictures }) => {
    keepDraft(key, text)
    keepPictures(number, pictures)
    live.tell('give-back', { number, text, pictures })
  }

  /**
   * @param {string} verb @param {{ text?: string, to?: string, pictures?: any[] }} [content]
   * @returns {Promise<boolean>} whether it was taken
   */
  const act = async (verb, content = {}) => {
    if (me.name === '' && me.session.role === 'operator') {
      live.tell('name-needed', () => void act(verb, content))
      return false
    }
    try {
      const { pictures = [], ...words } = content
      const sent = pictures.map(({ path, base64 }) => (path ? { path } : { base64 }))
      const answer = await post(`/api/tickets/${number}/${verb}`, {
        version: ticket.version,
        ...words,
        ...(sent.length > 0 && { pictures: sent }),
      })
      if (answer.pending) {
        const key = `${number} reply`
        const draft = verb === 'reply' ? { key, text: content.text ?? '', pictures } : undefined
        if (draft) keepDraft(key, '')
        if (draft) keepDraft(sentKey, JSON.stringify({ id: answer.pending, text: draft.text, atMs: ticket.lastAtMs }))
        pending.current = { id: answer.pending, ...(draft && { draft }) }
        toast({
          ok: true,
          text: WAITING[/** @type {keyof typeof WAITING} */ (verb)] ?? '',
          untilMs: Date.now() + 5_000,
          undo: () => void undo(),
        })
      } else toast({ ok: true, text: DONE[/** @type {keyof typeof DONE} */ (verb)] ?? answer.text })
      await reload()
      return true
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 428) live.tell('name-needed', () => void act(verb, content))
      else if (refused instanceof Refused && refused.status === 409) toast({ ok: false, text: refused.message })
      else toastError(refused)
      await reload()
      return false
    }
  }
  const undo = async () => {
    const waiting = pending.current
    if (!waiting) return
    try {
      await call('DELETE', `/api/pending/${waiting.id}`, {})
      pending.current = undefined
      keepDraft(sentKey, '')
      if (waiting.draft) giveBack(waiting.draft)
      toast({ ok: true, text: '撤销了，没有发出去' })
    } catch (late) {
      toastError(late)
    }
  }
  const isUnsettled = ticket && ticket.part !== 'settled' && ticket.status !== 'resolved'
  const isWaiting = ticket && (ticket.status === 'open' || ticket.status === 'reopened')
  useKeys({
    A: () => isWaiting && void act('claim'),
    R: () => {
      setMode('reply')
      document.getElementById('ticket-text')?.focus()
    },
    N: () => {
      setMode('note')
      document.getElementById('ticket-text')?.focus()
    },
    E: () => isUnsettled && setDialog('resolve'),
    U: () => void undo(),
  })
  if (error && !ticket) return html`<section class="thread"><${Broken} error=${error} retry=${reload} /></section>`
  if (!ticket) return html`<section class="thread" aria-busy="true"></section>`
  const isOff = !live.online
  const send = async (/** @type {{ text: string, pictures: any[] }} */ words) =>
    mode === 'note' ? act('note', { text: words.text }) : act('reply', words)
  const verbs = html`
    ${
      isUnsettled &&
      html`<button type="button" class="button small wide" data-verb="pass" disabled=${isOff} onClick=${() => setDialog('pass')}>转给 <${Icon} name="down" small=${true} /></button>
      <button type="button" class="button small wide" data-verb="resolve" disabled=${isOff} onClick=${() => setDialog('resolve')}>结单…</button>`
    }
    ${isWaiting && html`<button type="button" class="button small primary" data-verb="claim" disabled=${isOff} onClick=${() => act('claim')}>接单 <kbd class="wide">A</kbd></button>`}
    <span class="menu-box"><button type="button" class="icon-button" aria-label="更多" aria-expanded=${String(isMenu)} onClick=${() => setMenu(!isMenu)}><${Icon} name="more" /></button>
      ${
        isMenu &&
        html`<div class="menu menu-here" onClick=${() => setMenu(false)}>
        ${
          isUnsettled &&
          html`<button type="button" class="narrow" data-menu="pass" onClick=${() => setDialog('pass')}>转给…</button><button type="button" class="narrow" data-menu="resolve" onClick=${() => setDialog('resolve')}>结单…</button>
          <button type="button" data-verb="return" onClick=${() => act('return')}>还给机器人</button>`
        }
        <button type="button" onClick=${() => void navigator.clipboard?.writeText(location.href).then(() => toast({ ok: true, text: '链接复制好了' }))}>复制链接</button>
        ${me.may('operator') && html`<button type="button" data-verb="forget" onClick=${() => void forget(ticket, close)}>忘掉这个人</button>`}
      </div>`
      }
    </span>`
  return html`<section class="thread" aria-label=${`工单 ${number}`} data-ticket-open=${number} data-status=${ticket.status}>
      <header class="thread-head">
        <button type="button" class="icon-button narrow" aria-label="返回" onClick=${close}><${Icon} name="back" /></button>
        <button type="button" class="thread-title" onClick=${() => setDialog('customer')}><h2>工单 ${number} · ${ticket.askerName}</h2><p>${ticket.wait ? html`<${Meter} wait=${ticket.wait} />` : html`<span>${ticket.state}</span>`}<span class="one-line wide">${ticket.isDirect ? '私聊' : ticket.placeName} · ${dayTime(ticket.openedAtMs)}</span></p></button>
        <div class="thread-acts">${verbs}</div>
      </header>
      <${Thread} ticket=${ticket} talks=${talks?.items ?? []} />
      ${typing && html`<p class="typing">${typing}正在写…</p>`}
      ${data.pending.length > 0 && html`<p class="typing">${data.pending[0].by} 的${PENDING[/** @type {keyof typeof PENDING} */ (data.pending[0].verb)]}马上发出</p>`}
      ${isUnsettled && html`<${TicketComposer} ticket=${ticket} mode=${mode} setMode=${setMode} isOff=${isOff} send=${send} signedBy=${me.name} />`}
    </section>
    <aside class="customer" aria-label="客户"><${Customer} ticket=${ticket} talks=${talks?.items ?? []} giveBack=${() => act('return')} /></aside>
    ${dialog === 'customer' && html`<${Sheet} title="客户" onClose=${() => setDialog(undefined)}><${Customer} ticket=${ticket} talks=${talks?.items ?? []} giveBack=${() => act('return')} /></${Sheet}>`}
    ${dialog === 'resolve' && html`<${Resolve} ticket=${ticket} onClose=${() => setDialog(undefined)} resolve=${(/** @type {string} */ text) => act('resolve', { text })} />`}
    ${
      dialog === 'pass' &&
      html`<${Sheet} title=${`工单 ${number} 转给谁？`} onClose=${() => setDialog(undefined)}>
      <div class="choices">${people
        .filter(({ name }) => name !== ticket.holder)
        .map(
          (person) =>
            html`<button type="button" class="button" data-to=${person.name} onClick=${() => {
              setDialog(undefined)
              void act('pass', { to: person.name })
            }}>${person.name}${person.onDuty ? ' · 在班' : ''}${person.ticketCount > 0 ? ` · ${person.ticketCount} 张` : ''}</button>`,
        )}</div>
      ${people.length === 0 && html`<p class="muted">配置的 desk.people 里还没有同事。</p>`}
    </${Sheet}>`
    }`
}

const WAITING = { reply: '5 秒后发给客户', resolve: '5 秒后结单', pass: '5 秒后转给同事', return: '5 秒后还给机器人' }
const DONE = { claim: '接单了，客户会看到', note: '备注好了，客户看不到' }
const PENDING = { reply: '回复', resolve: '结单', pass: '转单', return: '“还给机器人”' }

/** @param {any} ticket @param {() => void} close */
async function forget(ticket, close) {
  if (!confirm(`删掉和 ${ticket.askerName} 有关的记录？不能恢复。`)) return
  await post('/api/tickets/forget', { who: ticket.askerKey, sure: true }).then(
    () => toast({ ok: true, text: '删掉了' }),
    toastError,
  )
  close()
}

/** As it was said, with what the bot decided beside it. @param {{ ticket: any, talks: any[] }} props */
function Thread({ ticket, talks }) {
  const list = useRef(/** @type {any} */ (null))
  const theirs = talks.filter(({ who }) => who.key === ticket.askerKey)
  const talkOf = (/** @type {any} */ item) =>
    theirs.find(({ text, atMs }) => text !== null && text === item.text && Math.abs(atMs - item.atMs) < 60_000)
  const count = ticket.thread.length
  useLayoutEffect(() => {
    list.current.scrollTop = list.current.scrollHeight
  }, [count, talks.length > 0])
  const shown = new Set()
  return html`<div class="flow" id="thread" ref=${list}>
    ${
      ticket.pictures.length > 0 &&
      html`<div class="shots">${ticket.pictures.map((/** @type {string} */ _name, /** @type {number} */ index) => {
        const url = `/api/tickets/${ticket.number}/pictures/${index}`
        return html`<button type="button" aria-label=${`客户的图 ${index + 1}`} onClick=${() => enlarge(url)}><img src=${url} alt="客户发的图" /></button>`
      })}</div>`
    }
    ${ticket.thread.map((/** @type {any} */ item, /** @type {number} */ index) => {
      if (item.kind === 'event') return html`<p class="flow-event" key=${index}>${dayTime(item.atMs)} ${item.text}</p>`
      if (item.kind === 'note')
        return html`<div class="flow-note" key=${index}><${Avatar} name=${item.name} size="small" /><div><b>${item.name}</b> <small>备注 · 客户看不到 · ${dayTime(item.atMs)}</small><p>${item.text}</p></div></div>`
      const isOwn = item.by !== 'customer'
      const talk = isOwn ? undefined : talkOf(item)
      const isNew = talk && !shown.has(talk.messageId)
      if (talk) shown.add(talk.messageId)
      return html`<div class=${`flow-words ${isOwn ? 'flow-own' : ''}`} key=${index}>
          <${Avatar} name=${item.name} isBot=${item.by === 'bot'} />
          <div><small>${item.name} · ${dayTime(item.atMs)}</small><div class="bubble"><${Linked} text=${item.text} /></div>${isNew && html`<a class="chip-link" href=${`#/talks/${encodeURIComponent(talk.messageId)}`}><${Chip} talk=${talk} /></a>`}</div>
        </div>
        ${isNew && talk.said.map((/** @type {string} */ text) => html`<div class="flow-words flow-own"><${Avatar} name="机器人" isBot=${true} /><div><div class="bubble"><${Linked} text=${text} /></div></div></div>`)}`
    })}
  </div>`
}

/** @param {{ ticket: any, talks: any[], giveBack: () => void }} props */
function Customer({ ticket, talks, giveBack }) {
  const { promise } = ticket
  const isLate = promise.firstAtMs === null && ticket.wait?.for === 'first' && ticket.wait.ms >= ticket.wait.limitMs
  return html`
    <div class="customer-head"><${Avatar} name=${ticket.askerName} size="large" /><div><b>${ticket.askerName}</b><small>${ticket.isDirect ? '私聊' : ticket.placeName}</small></div></div>
    <${Progress} ticket=${ticket} talks=${talks} />
    ${ticket.section && html`<h3>可能是</h3><p><a href=${`#/knowledge/${ticket.section.split(' ')[0]}`}>${ticket.section}</a></p>`}
    <h3>机器人答过</h3>
    <ul class="customer-list">${ticket.answered.map((/** @type {any} */ { key, title }) => html`<li><a href=${`#/knowledge/${key}`}><b>${key}</b> ${title}</a></li>`)}</ul>
    ${ticket.answered.length === 0 && html`<p class="muted">还没有答过</p>`}
    <h3>以前的工单</h3>
    <ul class="customer-list">${ticket.earlier.map((/** @type {any} */ one) => html`<li><a href=${`#/tickets/${one.number}`}><b>#${one.number}</b> ${one.question}</a><small>${one.rating ? `${one.rating} 分` : one.state}</small></li>`)}</ul>
    ${ticket.earlier.length === 0 && html`<p class="muted">第一次转人工</p>`}
    <h3>承诺</h3>
    <dl class="facts">
      <dt>开单</dt><dd>${dayTime(promise.openedAtMs)}</dd>
      <dt>首次回复</dt><dd class=${isLate ? 'late' : ''}>${promise.firstAtMs ? `${dayTime(promise.firstAtMs)} 回了` : isLate ? `${dayTime(promise.firstDueMs)} 前，已过` : `${dayTime(promise.firstDueMs)} 前`}</dd>
      <dt>解决</dt><dd>${dayTime(promise.resolveDueMs)} 前</dd>
    </dl>
    <div class="calm"><${Icon} name="quiet" small=${true} /><div>${QUIET[/** @type {keyof typeof QUIET} */ (ticket.quiet)]}${ticket.quiet !== 'none' && ticket.part !== 'settled' && html`<br /><button type="button" class="link" onClick=${giveBack}>让它照常答</button>`}</div></div>`
}

/** Numbered parts of a guide are the steps that everybody goes; `payment/2.1` is of the second of `payment`. */
const STEP = /^((?:[^/]+\/)?)(\d+)(?:\.|$)/

/**
 * How far a customer has come: the step of the guide that was talked about last, and how often a notice of rejection was shown.
 *
 * @param {{ ticket: any, talks: any[] }} props
 */
function Progress({ ticket, talks }) {
  const { data } = useData('/api/sections')
  // Newest first; of a direct chat or another account the ticket alone tells.
  const theirs = talks.filter(({ who, kind }) => who.key === ticket.askerKey && kind !== 'silent')
  const keys = [
    ...theirs.flatMap(({ sections }) => sections.slice(0, 1)),
    ...ticket.answered.map((/** @type {any} */ { key }) => key).reverse(),
    ticket.section.split(' ')[0] ?? '',
  ]
  const [, guide = '', number = ''] = keys.map((key) => STEP.exec(key)).find(Boolean) ?? []
  const rejections = theirs.filter(({ reason }) => reason === 'notice').length
  const steps = (data?.sections ?? []).filter(
    (/** @type {any} */ { key }) =>
      STEP.exec(key)?.[0] === key && key.startsWith(guide) && /^\d+$/.test(key.slice(guide.length)),
  )
  const at = steps.findIndex((/** @type {any} */ { key }) => key === `${guide}${number}`)
  if (at < 0 && rejections === 0) return null
  return html`<h3>走到哪一步</h3>
    <p>${at >= 0 && html`<b>${steps[at].title}</b> `}${rejections > 0 && html`<em class="chip chip-red">被驳回 ${rejections} 次</em>`}</p>
    ${at >= 0 && html`<div class="progress" role="img" aria-label=${`第 ${at + 1} 步，共 ${steps.length} 步`}>${steps.map((/** @type {any} */ { key, title }, /** @type {number} */ index) => html`<i key=${key} title=${title} data-step=${index < at ? 'done' : index === at ? (rejections > 0 ? 'rejected' : 'now') : 'ahead'}></i>`)}</div><small class="muted">第 ${at + 1} 步，共 ${steps.length} 步</small>`}`
}

const QUIET = {
  none: '机器人照常答这位客户。',
  waiting: '没人接之前，机器人只答这位客户点名问清楚的。',
  held: '同事在处理，机器人不对这位客户说话。',
}

/** The customer's words are seen before they are sent. @param {{ ticket: any, onClose: () => void, resolve: (text: string) => Promise<boolean> }} props */
function Resolve({ ticket, onClose, resolve }) {
  const key = `${ticket.number} resolve`
  const [text, setText] = useState(read(`guoshen:draft:${key}`) ?? '')
  const [isSure, setSure] = useState(false)
  const words = text.trim() === '' ? ticket.closing.without : ticket.closing.withNote.replace('{}', text.trim())
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault()
    if (text.trim() === '' && !isSure) return setSure(true)
    if (await resolve(text.trim())) {
      write(`guoshen:draft:${key}`, '')
      onClose()
    }
  }
  const onInput = (/** @type {any} */ event) => {
    setText(event.target.value)
    setSure(false)
    write(`guoshen:draft:${key}`, event.target.value)
  }
  return html`<${Sheet} title=${`结单：工单 ${ticket.number}`} onClose=${onClose}>
    <form onSubmit=${go}>
      <textarea class="field" id="resolve-text" rows="3" maxlength="2000" placeholder="怎么解决的？客户会看到" aria-label="说明" value=${text} onInput=${onInput}></textarea>
      <p class="muted">客户会看到：</p>
      <div class="flow-words"><${Avatar} name="机器人" isBot=${true} /><div class="bubble" id="resolve-preview">@${ticket.askerName} ${words}</div></div>
      ${text.trim().length >= 10 && html`<p class="muted">这句说明会进“未答”的草稿，管理员可以收进知识。</p>`}
      ${isSure && html`<p class="problem" role="alert">没有说明，直接结？</p>`}
      <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不结</button><button type="submit" class="button primary" id="resolve-go">${isSure ? '直接结' : '结单'}</button></div>
    </form>
  </${Sheet}>`
}
