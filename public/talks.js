import { go, setParams, Top } from './app.js'
import { Avatar, Broken, Chip, Empty, Icon, toast, toastError, useKeys, Windowed } from './parts.js'
import { call, get, live, me, post, useData } from './store.js'
import { Teach } from './teach.js'
import { html, useEffect, useMemo, useReducer, useRef, useState } from './vendor/preact.js'
import {
  chinaDay,
  clock,
  dayHeading,
  daysWords,
  dayTime,
  GONE_WORDS,
  isoDay,
  kindWord,
  MUTES,
  muteMinutes,
  opinionWord,
  percent,
  reasonWords,
  spanWords,
} from './words.js'

const FLAGS = [
  ['', '全部', 'all'],
  ['wrong', '客户说不对', 'wrong'],
  ['unsure', '拿不准', 'unsure'],
  ['answer', '回答', 'answer'],
  ['silent', '没插话', 'silent'],
  ['clarify', '反问、不知道', 'clarify'],
  ['escalate', '转人工', 'escalate'],
  ['handed', '同事交来的', 'handed'],
]
/** Of these there is seldom one. */
const SELDOM = new Set(['handed'])
const PAGE = 200
const DRAW_EVERY_MS = 150
/** How far the threshold may lie for a decision to count as unsure, as on the server. */
const UNSURE = 0.06

/** Whether a talk belongs to what is filtered for: live events are held to it, too. @param {any} talk @param {Record<string, string | undefined>} filter */
function matches(talk, { group, flag, q, section, from, to }) {
  if (group && talk.placeKey !== group) return false
  if (section && !talk.sections.includes(section) && talk.card !== section) return false
  const day = isoDay(chinaDay(talk.atMs))
  if ((from && day < from) || (to && day > to)) return false
  if (q && !`${talk.text ?? ''}${talk.who.name}${talk.placeName}${talk.said.join('')}`.includes(q)) return false
  switch (flag) {
    case 'wrong':
      return talk.after?.what === 'wrong' || (talk.verdict && talk.verdict.kind !== 'right')
    case 'unsure':
      return talk.candidates.length > 0 && Math.abs(talk.confidence - talk.threshold) <= UNSURE
    case 'answer':
      return talk.kind === 'answer' || talk.kind === 'outside'
    case 'clarify':
      return talk.kind === 'clarify' || talk.kind === 'fallback'
    case 'handed':
      return talk.verdict?.isForAdmin === true
    case 'silent':
    case 'escalate':
      return talk.kind === flag
  }
  return true
}

/** The list as it is loaded and as it grows; what comes in while somebody reads further down waits above. @param {string} query @param {Record<string, string | undefined>} filter */
function useTalks(query, filter) {
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const state = useRef(/** @type {any} */ ({ items: [], waiting: [], isReading: false }))
  const now = state.current
  const load = async () => {
    try {
      const first = await get(`/api/talks?limit=${PAGE}${query}`)
      Object.assign(state.current, first, { waiting: [], error: undefined, isLoaded: true })
    } catch (error) {
      state.current.error = /** @type {Error} */ (error).message
    }
    redraw(0)
  }
  const more = async () => {
    const { next, isLoading } = state.current
    if (!next || isLoading) return
    state.current.isLoading = true
    try {
      const page = await get(`/api/talks?limit=${PAGE}&before=${encodeURIComponent(next)}${query}`)
      state.current.items = [...state.current.items, ...page.items]
      state.current.next = page.next
    } catch (error) {
      toastError(error)
    }
    state.current.isLoading = false
    redraw(0)
  }
  const take = (/** @type {any} */ talk) => {
    const { items, waiting, isReading } = state.current
    const at = items.findIndex((/** @type {any} */ { messageId }) => messageId === talk.messageId)
    if (at >= 0) state.current.items = items.with(at, talk)
    else if (
      matches(talk, filter) &&
      !waiting.some((/** @type {any} */ { messageId }) => messageId === talk.messageId)
    ) {
      if (isReading) state.current.waiting = [talk, ...waiting]
      else state.current.items = [talk, ...items]
      state.current.total = (state.current.total ?? 0) + 1
    } else
      state.current.waiting = waiting.map((/** @type {any} */ one) => (one.messageId === talk.messageId ? talk : one))
    soon()
  }
  // The first of a burst is drawn at once, the others some times a second: each drawing moves all rows in sight.
  const drawing = useRef({ isDue: false, atMs: 0 })
  const soon = () => {
    const { isDue, atMs } = drawing.current
    if (isDue) return
    drawing.current.isDue = true
    const draw = () => {
      drawing.current = { isDue: false, atMs: performance.now() }
      redraw(0)
    }
    setTimeout(() => requestAnimationFrame(draw), Math.max(0, atMs + DRAW_EVERY_MS - performance.now()))
  }
  const showWaiting = () => {
    now.items = [...now.waiting, ...now.items]
    now.waiting = []
    redraw(0)
  }
  useEffect(() => {
    Object.assign(state.current, { items: [], isLoaded: false, next: null })
    void load()
    const ends = [
      live.on('talk', take),
      live.on('resync', load),
      live.on('hello', () => state.current.isLoaded || load()),
    ]
    // Counts are made anew now and then; the list itself is live.
    const timer = setInterval(async () => {
      const { counts, groups } = await get(`/api/talks?limit=1${query}`).catch(() => ({}))
      if (counts) Object.assign(state.current, { counts, groups })
      redraw(0)
    }, 15_000)
    return () => {
      clearInterval(timer)
      for (const end of ends) end()
    }
  }, [query])
  return {
    ...now,
    reload: load,
    more,
    showWaiting,
    reading: (/** @type {boolean} */ isReading) => (now.isReading = isReading),
    take,
  }
}

/** @param {{ name: string, head: any, where: { rest: string, params: URLSearchParams } }} props */
export default function Talks({ name, head, where }) {
  const filter = {
    group: where.params.get('group') ?? undefined,
    flag: where.params.get('flag') ?? undefined,
    q: where.params.get('q') ?? undefined,
    section: where.params.get('section') ?? undefined,
    from: where.params.get('from') ?? undefined,
    to: where.params.get('to') ?? undefined,
  }
  const query = Object.entries(filter)
    .map(([key, value]) => (value ? `&${key}=${encodeURIComponent(value)}` : ''))
    .join('')
  const list = useTalks(query, filter)
  const box = useRef(/** @type {any} */ (null))
  const { data: alone } = useData(where.rest ? `/api/talks/${encodeURIComponent(where.rest)}` : undefined)
  const chosen =
    list.items.find((/** @type {any} */ { messageId }) => messageId === where.rest) ??
    (alone?.talk?.messageId === where.rest ? alone?.talk : undefined)
  const isOpen = where.rest !== ''
  const search = where.params.size > 0 ? `?${where.params}` : ''
  const open = (/** @type {string | undefined} */ id) =>
    go(id ? `/talks/${encodeURIComponent(id)}${search}` : `/talks${search}`)
  const step = (/** @type {number} */ by) => {
    const at = list.items.findIndex((/** @type {any} */ { messageId }) => messageId === where.rest)
    const next = list.items[Math.max(0, Math.min(list.items.length - 1, at + by))]
    if (!next) return
    open(next.messageId)
    requestAnimationFrame(() =>
      box.current?.querySelector(`[data-row="${CSS.escape(next.messageId)}"]`)?.scrollIntoView({ block: 'nearest' }),
    )
  }
  const judge = (
    /** @type {string} */ kind,
    /** @type {string | undefined} */ sectionKey = undefined,
    /** @type {boolean} */ isForAdmin = false,
  ) => chosen && giveVerdict(chosen, { kind, sectionKey, isForAdmin }, list.take)
  useKeys({
    J: () => step(1),
    K: () => step(-1),
    Escape: () => isOpen && open(undefined),
    Y: () => judge('right'),
    T: () =>
      document.querySelector('[data-verdict=section]')?.dispatchEvent(new MouseEvent('click', { bubbles: true })),
  })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const onScroll = () => list.reading(element.scrollTop > 40)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [box.current])
  const limits = list.limits
  const fact = limits && `问题留 ${limits.keepDays} 天，闲聊 ${limits.chatterHours} 小时 · 电话、账号、网址已遮住`
  const isFiltered = query !== ''
  const row = (/** @type {any} */ talk, /** @type {number} */ index) =>
    html`<${TalkRow} talk=${talk} before=${list.items[index - 1]} isChosen=${talk.messageId === where.rest} open=${open} judge=${(/** @type {any} */ kind) => giveVerdict(talk, { kind }, list.take)} />`
  const keyOf = useMemo(
    () =>
      (/** @type {any} */ { messageId }) =>
        messageId,
    [],
  )
  return html`<main class="view" data-detail=${isOpen ? '' : undefined}>
    <${Top} name=${name} fact=${fact} head=${head} />
    <div class="talks-columns">
      <${Groups} groups=${list.groups ?? []} total=${list.counts?.all ?? 0} chosen=${filter.group} onChange=${list.reload} />
      <section class="feed" aria-label="对话">
        <div class="filters" role="group" aria-label="筛选">${FLAGS.filter(
          ([flag = '']) => !SELDOM.has(flag) || filter.flag === flag || list.counts?.[flag] > 0,
        ).map(
          ([flag = '', label, count = '']) =>
            html`<button type="button" class="filter" data-flag=${flag} aria-pressed=${String((filter.flag ?? '') === flag)} onClick=${() => setParams({ flag: flag || undefined })}>${label} <b>${list.counts?.[count] ?? ''}</b></button>`,
        )}${filter.q && html`<button type="button" class="filter" aria-pressed="true" onClick=${() => setParams({ q: undefined })}>“${filter.q}” ×</button>`}${filter.section && html`<button type="button" class="filter" aria-pressed="true" data-off="section" onClick=${() => setParams({ section: undefined })}>${filter.section} ×</button>`}${(filter.from || filter.to) && html`<button type="button" class="filter" aria-pressed="true" data-off="days" onClick=${() => setParams({ from: undefined, to: undefined })}>${daysWords(filter.from, filter.to)} ×</button>`}</div>
        ${list.error && html`<${Broken} error=${list.error} retry=${list.reload} />`}
        ${
          list.waiting.length > 0 &&
          html`<button type="button" class="new-pill" onClick=${() => {
            list.showWaiting()
            box.current.scrollTop = 0
          }}><${Icon} name="up" small=${true} />新的 ${list.waiting.length} 条</button>`
        }
        ${list.isLoaded && list.items.length === 0 && html`<${Empty} title=${isFiltered ? '没有符合的。' : '还没有消息。'} text=${isFiltered ? '' : listeningWords(list.listening)}>${isFiltered && html`<button type="button" class="button" onClick=${() => go('/talks')}>清除筛选</button>`}</${Empty}>`}
        <${Windowed} items=${list.items} keyOf=${keyOf} row=${row} label="对话" boxRef=${box} onNearEnd=${list.more} estimate=${86} />
      </section>
      <aside class="why why-pane" id="why" aria-label="为什么">
        <header class="why-head"><button type="button" class="icon-button narrow" aria-label="返回" onClick=${() => open(undefined)}><${Icon} name="back" /></button><h2>为什么</h2><span class="wide"><kbd>J</kbd> <kbd>K</kbd></span></header>
        ${!chosen && html`<p class="muted">点一条，看机器人为什么回答，或者为什么不说话。</p>`}
        ${chosen && html`<${Why} key=${chosen.messageId} talk=${chosen} words=${chosen.text} /><${Judge} key=${`judge ${chosen.messageId}`} talk=${chosen} judge=${judge}/>`}
      </aside>
    </div>
  </main>`
}

/** What the bot does while nobody has said anything. @param {{ groups: number, touchAgoMs?: number } | undefined} listening */
function listeningWords(listening) {
  if (!listening || listening.groups === 0) return '机器人在听着，有人说话就会出现在这里。'
  const touch = listening.touchAgoMs === undefined ? '' : `，最近一次联系微信：${spanWords(listening.touchAgoMs)}前`
  return `机器人在 ${listening.groups} 个群里听着${touch}。`
}

/** @param {any} talk @param {{ kind: string, sectionKey?: string | undefined, isForAdmin?: boolean }} verdict @param {(talk: any) => void} onChange */
async function giveVerdict(talk, { kind, sectionKey, isForAdmin = false }, onChange) {
  const path = `/api/talks/${encodeURIComponent(talk.messageId)}/verdict`
  // What was handed on was judged before.
  const takeBack = () =>
    isForAdmin ? call('PUT', path, { kind, ...(sectionKey && { sectionKey }) }) : call('DELETE', path, {})
  try {
    const { talk: judged } = await call('PUT', path, {
      ...{ kind, isForAdmin },
      ...(sectionKey && { sectionKey }),
    })
    onChange(judged)
    toast({
      ok: true,
      text: isForAdmin ? '交给管理员了，在他的“今天”里' : VERDICT_DONE[/** @type {keyof typeof VERDICT_DONE} */ (kind)],
      undo: () => takeBack().then((undone) => onChange(undone.talk), toastError),
    })
  } catch (error) {
    toastError(error)
  }
}

const VERDICT_DONE = {
  right: '记下了：答得对',
  section: '记下了：该答别的',
  silence: '记下了：不该说',
  human: '记下了：该转人工',
}

/** @param {{ groups: any[], total: number, chosen: string | undefined, onChange: () => Promise<void> }} props */
function Groups({ groups, total, chosen, onChange }) {
  const [menu, setMenu] = useState('')
  const act = async (/** @type {string} */ key, /** @type {string} */ verb, /** @type {any} */ minutes = null) => {
    setMenu('')
    await post(`/api/rooms/${encodeURIComponent(key)}/${verb}`, { minutes: muteMinutes(minutes) }).then(
      toast,
      toastError,
    )
    await onChange()
  }
  const choose = (/** @type {string} */ key) => {
    setMenu('')
    setParams({ group: chosen === key ? undefined : key })
  }
  const row = (
    /** @type {any} */ group,
  ) => html`<div class="group" key=${group.key}><button type="button" class="group-row" aria-pressed=${String(chosen === group.key)} onClick=${() => choose(group.key)}>
    <${Avatar} name=${group.name} size="small" /><span><b>${group.name}</b><small>${group.muted ? (group.muted.untilMs ? `静音到 ${dayTime(group.muted.untilMs)}` : '静音中') : group.last || `${group.count} 条`}</small></span>
    ${group.wrong > 0 ? html`<em class="count-red">${group.wrong}</em>` : html`<time>${clock(group.lastAtMs)}</time>`}
  </button>
  ${me.may('admin') && html`<button type="button" class="group-more" aria-label=${`${group.name}，菜单`} aria-expanded=${String(menu === group.key)} onClick=${() => setMenu(menu === group.key ? '' : group.key)}>⋯</button>`}
  ${
    menu === group.key &&
    html`<div class="group-menu" role="menu">
      ${group.muted ? html`<button type="button" data-act="unmute" onClick=${() => act(group.key, 'unmute')}>恢复</button>` : MUTES.map(([label, minutes]) => html`<button type="button" data-act="mute" onClick=${() => act(group.key, 'mute', minutes)}>静音 ${label}</button>`)}
      <button type="button" onClick=${() => choose(group.key)}>${chosen === group.key ? '看全部群' : '只看它'}</button>
    </div>`
  }</div>`
  const muted = groups.filter((group) => group.muted)
  const busy = groups.filter((group) => !group.muted && group.today > 0)
  const rest = groups.filter((group) => !group.muted && group.today === 0)
  const part = (/** @type {string} */ title, /** @type {any[]} */ some) =>
    some.length > 0 && html`<h3>${title}</h3>${some.map(row)}`
  return html`<nav class="groups" aria-label="群">
    <button type="button" class="group-row" aria-pressed=${String(!chosen)} onClick=${() => setParams({ group: undefined })}><span class="group-all"><${Icon} name="talks" small=${true} /></span><span><b>全部群</b><small>${groups.length} 个群 · ${total} 条</small></span></button>
    ${part('今天有动静', busy)}${part('静音', muted)}${part('其他', rest)}
  </nav>`
}

/** Opens a talk, and what is to be done with it there. @param {(id: string) => void} open @param {string} id @param {string} selector @param {'focus' | 'click'} how */
function openAt(open, id, selector, how) {
  open(id)
  // Drawn in one frame, there in the next.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const button = /** @type {HTMLElement | null} */ (document.querySelector(`#why ${selector}`))
      button?.scrollIntoView({ block: 'center' })
      button?.[how]()
    }),
  )
}

/** @param {{ talk: any, open: (id: string) => void, judge: (kind: string) => void }} props */
const RowActs = ({ talk, open, judge }) =>
  html`<span class="row-acts">
    <button type="button" aria-label="答得对" title="答得对" onClick=${(/** @type {Event} */ event) => {
      event.stopPropagation()
      judge('right')
    }}><${Icon} name="check" small=${true} /></button>
    <button type="button" aria-label="判错" title="判错…" onClick=${(/** @type {Event} */ event) => {
      event.stopPropagation()
      openAt(open, talk.messageId, '[data-verdict=silence]', 'focus')
    }}><${Icon} name="flag" small=${true} /></button>
    <button type="button" aria-label="教它" title="教它…" onClick=${(/** @type {Event} */ event) => {
      event.stopPropagation()
      openAt(open, talk.messageId, '[data-verdict=section]', 'click')
    }}><${Icon} name="learn" small=${true} /></button>
  </span>`

/** @param {any} props */
function TalkRow({ talk, before, isChosen, open, judge }) {
  const day = dayHeading(talk.atMs)
  const isNewDay = !before || dayHeading(before.atMs) !== day
  const isUnsure =
    talk.candidates.length > 0 &&
    ['silent', 'answer', 'clarify'].includes(talk.kind) &&
    Math.abs(talk.confidence - talk.threshold) <= UNSURE
  const words =
    talk.text === null
      ? GONE_WORDS[/** @type {keyof typeof GONE_WORDS} */ (talk.gone ?? 'expired')]
      : talk.text || '（没有文字）'
  const told = toldWords(talk)
  // Of hundreds of rows one is looked at.
  const [isNear, setNear] = useState(false)
  return html`${isNewDay && html`<h3 class="day-line">${day}</h3>`}
    <div class=${`talk-row ${talk.isChatter || talk.text === null ? 'talk-quiet' : ''}`} role="option" aria-selected=${String(isChosen)} tabindex="0" data-talk=${talk.messageId} data-kind=${talk.kind}
      onPointerEnter=${() => setNear(true)} onPointerLeave=${() => setNear(false)} onFocus=${() => setNear(true)}
      onClick=${() => open(talk.messageId)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && open(talk.messageId)}>
      <time>${clock(talk.atMs)}</time>
      <${Avatar} name=${talk.who.name || '？'} />
      <div>
        <p class="talk-who"><b>${talk.who.name || '（名字不在了）'}</b><span>${talk.placeName || '私聊'}</span>${talk.after?.what === 'wrong' && html`<em class="chip chip-red">客户说不对</em>`}${isUnsure && html`<em class="chip chip-amber">拿不准</em>`}${talk.verdict && html`<em class="chip">${VERDICT_WORDS[/** @type {keyof typeof VERDICT_WORDS} */ (talk.verdict.kind)]}</em>`}${talk.verdict?.isForAdmin && html`<em class="chip chip-violet">${talk.verdict.by} 交来</em>`}</p>
        <p class="talk-words">${talk.addressed && talk.place === 'room' && html`<i>@</i>`}${words}</p>
        <p class="talk-did"><${Chip} talk=${talk} />${talk.ticket && html`<a href=${`#/tickets/${talk.ticket}`}>工单 ${talk.ticket}</a>`}<span class="one-line">${told}</span>
          ${(isNear || isChosen) && html`<${RowActs} talk=${talk} open=${open} judge=${judge} />`}
        </p>
      </div>
    </div>`
}

const VERDICT_WORDS = { right: '人说答得对', section: '人说该答别的', silence: '人说不该说', human: '人说该转人工' }

/** What the bot said or did, on one line. @param {any} talk */
function toldWords(talk) {
  if (talk.unsaid) return '没发出去'
  if (talk.kind === 'silent')
    return talk.reason === 'not-sure' ? `把握 ${percent(talk.confidence)}，不够 ${percent(talk.threshold)}` : ''
  return (talk.said[0] ?? '').replace(/\s+/g, ' ').slice(0, 80)
}

/** Why it was decided so, from what was kept at that time: nothing is asked anew. @param {{ talk: any, words: string | null }} props */
export function Why({ talk, words }) {
  const { label, sentence } = reasonWords(talk.reason)
  const titled = (/** @type {string} */ key) => (talk.titles[key] ? `${key} ${talk.titles[key]}` : key)
  const likely = talk.candidates.filter((/** @type {any} */ { confidence }) => confidence >= 0.02).slice(0, 5)
  // How likely the guide is meant says nothing of what lies outside it.
  const isWeighed = talk.kind !== 'outside' && (talk.candidates.length > 0 || talk.confidence > 0)
  return html`
    <blockquote class="why-quote"><cite>${talk.who.name} · ${talk.placeName || '私聊'} · ${dayTime(talk.atMs)}</cite><p>${words ?? GONE_WORDS[/** @type {keyof typeof GONE_WORDS} */ (talk.gone ?? 'expired')]}</p></blockquote>
    <div class=${`verdict verdict-${talk.kind}`} data-decision=${talk.kind} data-reason=${talk.reason}><strong>${kindWord(talk.kind)}</strong><span>${label}</span></div>
    ${sentence && html`<p class="why-sentence">${sentence}</p>`}
    ${!talk.after && !talk.unsaid && ANSWERED.has(talk.kind) && Date.now() - talk.atMs > AFTER_MS && html`<p class="after" data-fact="after">没再问</p>`}
    ${talk.after && html`<p class=${`after ${talk.after.what === 'wrong' ? 'after-wrong' : ''}`}>${afterWords(talk)}</p>`}
    ${talk.unsaid && html`<p class="after after-wrong">没发出去：${talk.unsaid}</p>`}
    <dl class="why-facts">
      ${talk.sections.length > 0 && html`<dt>小节</dt><dd data-fact="sections">${talk.sections.map((/** @type {string} */ key) => html`<a href=${`#/knowledge/${encodeURIComponent(key)}`}>${titled(key)}</a>`)}</dd>`}
      ${talk.card && html`<dt>短答</dt><dd data-fact="card">${talk.kind === 'outside' ? talk.card : html`<a href=${`#/knowledge/${encodeURIComponent(`answer:${talk.card}`)}`}>${talk.card}</a>`}</dd>`}
      <dt>把握</dt><dd data-fact="confidence">${isWeighed ? percent(talk.confidence) : '没有计算'}</dd>
      ${talk.seen !== undefined && html`<dt>图里的字</dt><dd data-fact="seen">读出来的把握 ${percent(talk.seen)}</dd>`}
      ${talk.opinion && html`<dt>问了模型</dt><dd data-fact="opinion">${opinionWords(talk.opinion, titled)}</dd>`}
    </dl>
    ${
      likely.length > 0 &&
      html`<h3>想到的几种可能</h3>
      <ul class="candidates">${likely.map(
        (
          /** @type {any} */ { section, confidence },
        ) => html`<li data-section=${section}><span>${titled(section)}</span><b>${percent(confidence)}</b>
          <i class="bar" data-enough=${String(confidence >= talk.threshold)} style=${{ '--w': `${confidence * 100}%`, '--t': `${talk.threshold * 100}%` }}></i></li>`,
      )}</ul>
      <p class="why-cap">竖线是${talk.addressed ? '点名' : '没点名'}时要的把握 ${percent(talk.threshold)}${talk.because?.length > 0 ? html` · <span data-fact="because">像它，因为${talk.because.map((/** @type {string} */ word) => `“${word}”`).join('')}</span>` : ''}</p>`
    }
    ${talk.said.length > 0 && html`<h3>说了什么</h3><div class="why-said">${talk.said.map((/** @type {string} */ text) => html`<div class="bubble bubble-bot">${text}</div>`)}</div>`}
    <p class="why-foot">知识 ${talk.release === undefined ? talk.knowledgeVersion : `发布 ${talk.release}`} · 判断用时 ${talk.tookMs < 1 ? '不到 1 毫秒' : `${Math.round(talk.tookMs)} 毫秒`}</p>
  `
}

/** So long somebody who says something more speaks of the same, as on the server. */
const AFTER_MS = 10 * 60_000
const ANSWERED = new Set(['answer', 'clarify', 'outside', 'fallback'])

/** What a language model chose, or why it did not. @param {any} opinion @param {(id: string) => string} titled */
function opinionWords({ outcome, kind, ids, agrees, tookMs }, titled) {
  const same = agrees === undefined ? '' : agrees ? '，和不问一样' : '，和不问不一样'
  return `${[opinionWord(kind ?? outcome), ...ids.map(titled)].join(' ')}${same}（${Math.round(tookMs)} 毫秒）`
}

/** @param {any} talk */
function afterWords({ after, atMs }) {
  const later = `${spanWords(Math.max(1000, after.atMs - atMs))}后`
  if (after.what === 'chose') return `${later}客户选了${after.text ? `“${after.text}”` : '一个'}`
  return `${later}客户说：${after.text ? `“${after.text}”` : '（原文不在了）'}`
}

/** What a person says of it; staff judge, admins teach. @param {{ talk: any, judge: (kind: string, sectionKey?: string, isForAdmin?: boolean) => void }} props */
function Judge({ talk, judge }) {
  const [isPicking, setPicking] = useState(false)
  const verdict = talk.verdict?.kind
  const button = (
    /** @type {string} */ kind,
    /** @type {string} */ icon,
    /** @type {string} */ label,
    /** @type {() => void} */ act,
  ) =>
    html`<button type="button" data-verdict=${kind} aria-pressed=${String(verdict === kind)} onClick=${act}><${Icon} name=${icon} />${label}</button>`
  return html`<div class="judge-bar"><h3>您说呢？</h3>
    <div class="judge">
      ${button('right', 'check', '答得对', () => judge('right'))}
      ${button('section', 'target', '该答…', () => setPicking(!isPicking))}
      ${button('silence', 'quiet', '不该说', () => judge('silence'))}
      ${button('human', 'hand', '该转人工', () => judge('human'))}
    </div></div>
    ${
      isPicking &&
      html`<${SectionPicker} choose=${(/** @type {string} */ key) => {
        setPicking(false)
        judge('section', key)
      }} />`
    }
    ${talk.verdict && html`<p class="muted small">${talk.verdict.by} ${dayTime(talk.verdict.atMs)}${talk.verdict.sectionKey ? ` · 该答 ${talk.verdict.sectionKey}` : ''}${talk.verdict.isForAdmin ? ' · 交给管理员来教' : ''}${talk.verdict.isForAdmin && me.may('admin') && html` <button type="button" class="link" id="not-taught" onClick=${() => judge(verdict, talk.verdict.sectionKey)}>不用教</button>`}</p>`}
    ${verdict === 'right' && talk.text && me.may('admin') && expectOf(talk) && html`<div class="buttons"><button type="button" class="button small" id="to-golden" onClick=${() => keepAsGolden(talk)}>记成必答题</button></div>`}
    ${talk.verdict && talk.verdict.kind !== 'right' && talk.text && html`<${Teach} key=${`${talk.verdict.kind} ${talk.verdict.sectionKey}`} text=${talk.text} isHanded=${talk.verdict.isForAdmin === true} hand=${() => judge(verdict, talk.verdict.sectionKey, true)} target=${TARGETS[/** @type {keyof typeof TARGETS} */ (talk.verdict.kind)] ?? talk.verdict.sectionKey} />`}`
}

/** What is to be answered from now on, as golden questions say it. @param {any} talk @returns {string | undefined} */
function expectOf({ kind, sections, card }) {
  if (kind === 'answer') return sections[0]
  if (kind === 'outside') return card ? `card:${card}` : undefined
  return { silent: 'silence', escalate: 'human', fallback: 'unknown', courtesy: 'courtesy' }[
    /** @type {'silent'} */ (kind)
  ]
}

/** @param {any} talk */
async function keepAsGolden(talk) {
  const question = talk.text.replace(/@\S+\s?/g, '').trim()
  const becomes = { question, heard: talk.addressed ? 'asked' : 'overheard', expect: expectOf(talk) }
  await call('PUT', '/api/golden', { becomes }).then(
    () => toast({ ok: true, text: '记成必答题了，是草稿，发布以后每次都考它' }),
    toastError,
  )
}

const TARGETS = { silence: '无关', human: '人工', section: undefined }

/** @param {{ choose: (key: string) => void }} props */
export function SectionPicker({ choose }) {
  const { data } = useData('/api/sections')
  const [q, setQ] = useState('')
  const box = useRef(/** @type {any} */ (null))
  useEffect(() => box.current.scrollIntoView({ block: 'nearest' }), [data])
  const found = (data?.sections ?? []).filter(
    (/** @type {any} */ { key, title }) => q === '' || key.startsWith(q) || title.includes(q),
  )
  return html`<div class="picker" ref=${box}>
    <input class="field" value=${q} placeholder="找小节" aria-label="找小节" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
    <ul>${found.slice(0, 40).map((/** @type {any} */ { key, title }) => html`<li><button type="button" data-section=${key} onClick=${() => choose(key)}><b>${key}</b> ${title}</button></li>`)}</ul>
  </div>`
}
