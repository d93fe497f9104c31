import { setParams, Top } from './app.js'
import { Broken, Empty, toast } from './parts.js'
import { me, useData } from './store.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { chinaDay, isoDay, percent, spanWords } from './words.js'

const SPANS = [
  ['week', '本周'],
  ['last', '上周'],
  ['month', '30 天'],
  ['own', '自选'],
]
/** As far back as days are counted. */
const MAX_DAYS = 400

/** @param {string} span @returns {{ from: string, to: string }} */
function datesOf(span) {
  const today = chinaDay(Date.now())
  // The first of January 1970 was a Thursday.
  const monday = today - ((today + 3) % 7)
  if (span === 'week') return { from: isoDay(monday), to: isoDay(today) }
  if (span === 'last') return { from: isoDay(monday - 7), to: isoDay(monday - 1) }
  return { from: isoDay(today - 29), to: isoDay(today) }
}

/** @param {{ name: string, head: any, where: { params: URLSearchParams } }} props */
export default function Figures({ name, head, where }) {
  const span = where.params.get('span') ?? 'month'
  const isOwn = Boolean(where.params.get('from'))
  const { from, to } = isOwn
    ? { from: where.params.get('from') ?? '', to: where.params.get('to') ?? '' }
    : datesOf(span)
  const by = where.params.get('by') ?? ''
  const query = `from=${from}&to=${to}${by && `&by=${by}`}`
  const { data, error, reload } = useData(`/api/figures?${query}`)
  const copy = () => {
    const { totals } = data
    const words = `这段时间机器人答了 ${totals.answered} 次，${totals.alone === null ? '' : `${percent(totals.alone)} 没用人就解决；`}转人工 ${totals.handedOver} 次，首次响应中位数 ${time(totals.firstResponse.medianMs)}。`
    void navigator.clipboard?.writeText(words).then(() => toast({ ok: true, text: '复制好了，可以发到微信里' }))
  }
  return html`<main class="view"><${Top} name=${name} fact=${`${from} 到 ${to}`} head=${head} />
    <div class="tabs" role="tablist">${SPANS.map(([id = '', label]) => html`<button type="button" role="tab" class="tab" data-span=${id} aria-selected=${String(isOwn ? id === 'own' : span === id)} onClick=${() => setParams(id === 'own' ? { span: undefined, from, to } : { span: id, from: undefined, to: undefined })}>${label}</button>`)}
      <select class="list-filter" id="figures-by" aria-label="按什么看" value=${by} onChange=${(/** @type {any} */ event) => setParams({ by: event.target.value || undefined })}><option value="">全部</option><option value="section">按小节</option><option value="group">按群</option></select>
      <span class="top-space"></span>
      <button type="button" class="button small wide" onClick=${copy} disabled=${!data}>复制一句话</button>
      <button type="button" class="button small wide" onClick=${() => print()}>打印一页周报</button>
      <a class="button small" id="csv" href=${`/api/figures.csv?${query}`} download>导出 CSV</a>
    </div>
    <div class="page">
      ${isOwn && html`<${OwnDates} from=${from} to=${to} />`}
      ${error && html`<${Broken} error=${error} retry=${reload} />`}
      ${data && html`<${Sums} data=${data} />${data.rows && html`<${Breakdown} data=${data} />`}<${EachDay} data=${data} /><${Judged} data=${data} /><${Lists} data=${data} />`}
    </div>
  </main>`
}

/** @param {{ from: string, to: string }} props */
function OwnDates({ from, to }) {
  const today = isoDay(chinaDay(Date.now()))
  const date = (
    /** @type {string} */ id,
    /** @type {string} */ label,
    /** @type {string} */ value,
    /** @type {(next: string) => void} */ take,
  ) =>
    html`<input class="field own-date" type="date" id=${id} aria-label=${label} value=${value} max=${today} min=${isoDay(chinaDay(Date.now()) - MAX_DAYS)} onChange=${(/** @type {any} */ event) => event.target.value && take(event.target.value)} />`
  // Either end carries the other along rather than standing behind it.
  return html`<span class="own-dates">${date('from', '从哪天', from, (next) => setParams({ from: next, to: next > to ? next : to }))}<span>到</span>${date('to', '到哪天', to, (next) => setParams({ to: next, from: next < from ? next : from }))}</span>`
}

/** Days of the talks that a number counts. @param {{ from: string, to: string }} span @param {Record<string, string>} filter */
const talksOf = ({ from, to }, filter) => `#/talks?${new URLSearchParams({ ...filter, from, to })}`

/** @param {number | null} ms */
const time = (ms) => (ms === null ? '还没有' : spanWords(ms))

/** @param {{ data: any }} props */
function Sums({ data }) {
  const { totals, before, judged } = data
  const change = (/** @type {number | null} */ now, /** @type {number | null} */ then) =>
    now === null || then === null || then === 0
      ? ''
      : `${now >= then ? '+' : '−'}${Math.abs(Math.round(((now - then) / then) * 100))}%`
  const sum = (
    /** @type {string} */ label,
    /** @type {any} */ value,
    /** @type {string} */ hint = '',
    /** @type {boolean} */ isThin = false,
    /** @type {string} */ href = '',
  ) =>
    html`<a class="tile" data-thin=${String(isThin)} href=${href && me.may('staff') ? href : undefined}><span>${label}</span><b>${value}<small>${hint}</small></b>${isThin && html`<small class="muted">样本少</small>`}</a>`
  const tickets = (/** @type {Record<string, string>} */ filter = {}) =>
    `#/tickets?${new URLSearchParams({ view: 'settled', ...filter, from: data.from, to: data.to })}`
  const { firstResponse, resolution } = totals
  const rated = data.ratings.reduce((/** @type {number} */ total, /** @type {number} */ one) => total + one, 0)
  const stars = data.ratings.reduce(
    (/** @type {number} */ total, /** @type {number} */ one, /** @type {number} */ index) => total + one * (index + 1),
    0,
  )
  return html`<section class="card tiles" id="sums">
    ${sum('回答', totals.answered, change(totals.answered, before.answered), false, talksOf(data, { flag: 'answer' }))}
    ${sum('没用人就解决', totals.alone === null ? '—' : percent(totals.alone), before.alone === null ? '' : `上一段 ${percent(before.alone)}`, false, talksOf(data, { flag: 'answer' }))}
    ${sum('转人工', totals.handedOver, change(totals.handedOver, before.handedOver), false, talksOf(data, { flag: 'escalate' }))}
    ${sum('首次响应', time(firstResponse.medianMs), [firstResponse.p90Ms === null ? '' : `九成在 ${time(firstResponse.p90Ms)} 内`, data.promiseMs ? `承诺 ${time(data.promiseMs)}` : ''].filter(Boolean).join(' · '), firstResponse.count < 5, tickets())}
    ${sum('解决时间', time(resolution.medianMs), [resolution.p90Ms === null ? '' : `九成在 ${time(resolution.p90Ms)} 内`, before.resolution.medianMs === null ? '' : `上一段 ${time(before.resolution.medianMs)}`].filter(Boolean).join(' · '), resolution.count < 5, tickets())}
    ${sum('守住承诺', totals.kept === null ? '—' : percent(totals.kept), `工单 ${totals.tickets} 张`, totals.tickets < 5, tickets())}
    ${sum('满意度', rated === 0 ? '—' : (stars / rated).toFixed(1), rated === 0 ? '' : `${rated} 人评过`, rated < 5, tickets())}
    ${sum('人判答错', `${judged.wrong}/${judged.count}`, '只算人看过并判错的', judged.count < 20, talksOf(data, { flag: 'wrong' }))}
  </section>`
}

const COLUMNS = [
  ['answered', '回答', 'answer'],
  ['offered', '反问、不知道', 'clarify'],
  ['handedOver', '转人工', 'escalate'],
  ['silent', '没插话', 'silent'],
  ['wrong', '客户说不对', 'wrong'],
]

/** Each number leads to what it counts. @param {{ data: any }} props */
function Breakdown({ data }) {
  const cell = (/** @type {any} */ row, /** @type {string} */ key, /** @type {string} */ flag) =>
    row[key] > 0 && row.key
      ? html`<a class="link" href=${talksOf(data, { [data.by === 'group' ? 'group' : 'section']: row.key, flag })}>${row[key]}</a>`
      : row[key]
  return html`<section class="card" id="breakdown"><h2>${data.by === 'group' ? '按群' : '按小节'}　<small class="muted">对话只留几天，再早的只有总数</small></h2>
    <div class="table-box"><table><thead><tr><th></th>${COLUMNS.map(([, title]) => html`<th>${title}</th>`)}<th>工单</th></tr></thead>
    <tbody>${data.rows.map((/** @type {any} */ row) => html`<tr key=${row.title}><th>${row.title}${row.code && row.key && html` <small class="muted" title="导出的表里叫“群 ${row.code}”">${row.code}</small>`}</th>${COLUMNS.map(([key = '', , flag = '']) => html`<td>${cell(row, key, flag)}</td>`)}<td>${row.tickets}</td></tr>`)}</tbody></table></div>
    ${data.rows.length === 0 && html`<${Empty} title="这段时间没有对话。" />`}
  </section>`
}

/** In the order of the series. */
const SERIES_FLAGS = ['answer', 'clarify', 'escalate', 'silent']
const SERIES_COLOURS = ['--green-dot', '--blue-dot', '--violet-dot', '--grey-dot']

/** @param {{ data: any }} props */
const EachDay = ({ data }) =>
  html`<${Chart} id="plot" title="每天" data=${data} series=${data.series.map((/** @type {any} */ { name, y }, /** @type {number} */ index) => ({ name, y, colour: SERIES_COLOURS[index] ?? '--ink', words: (/** @type {number} */ at) => y[at], flag: SERIES_FLAGS[index], count: y }))} />`

/** How often people who looked called it wrong; days on which nobody looked are left open. @param {{ data: any }} props */
function Judged({ data }) {
  const { verdicts } = data
  const total = verdicts.reduce((/** @type {number} */ sum, /** @type {any} */ { of }) => sum + of, 0)
  if (total === 0) return null
  const share = verdicts.map((/** @type {any} */ { of, wrong }) => (of === 0 ? null : Math.round((100 * wrong) / of)))
  const words = (/** @type {number} */ at) => (verdicts[at].of === 0 ? '' : `${verdicts[at].wrong}/${verdicts[at].of}`)
  const series = [
    {
      name: '判错 %',
      y: share,
      colour: '--red-dot',
      words,
      flag: 'wrong',
      count: verdicts.map((/** @type {any} */ one) => one.of),
    },
  ]
  return html`<${Chart} id="plot-judged" title=${`人判答错率　看过 ${total} 条${total < 20 ? '，样本少' : ''}`} data=${data} series=${series} />`
}

/**
 * A line a series, a point a day; the same as a table, whose numbers lead to what they count.
 *
 * @param {{ id: string, title: string, data: any, series: { name: string, y: (number | null)[], colour: string, words: (at: number) => any, flag: string, count: number[] }[] }} props
 */
function Chart({ id, title, data, series }) {
  const box = useRef(/** @type {any} */ (null))
  const [isTable, setTable] = useState(false)
  useEffect(() => {
    if (isTable) return
    /** @type {any} */
    let plot
    let isGone = false
    // Asked for whenever it is drawn: the theme may change meanwhile.
    const colour = (/** @type {string} */ name) => () =>
      getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    if (!document.querySelector('link[href="/vendor/uplot.css"]')) {
      const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/vendor/uplot.css' })
      document.head.append(sheet)
    }
    void import('./vendor/uplot.js').then(({ default: uPlot }) => {
      if (isGone || !box.current) return
      const axis = { stroke: colour('--ink-3'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
      plot = new uPlot(
        {
          width: box.current.clientWidth,
          height: 240,
          tzDate: (/** @type {number} */ seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Asia/Shanghai'),
          scales: { x: { time: true } },
          series: [
            { label: '日期', value: '{YYYY}-{MM}-{DD}' },
            ...series.map((one) => ({
              ...{ label: one.name, stroke: colour(one.colour), width: 2, spanGaps: true },
              points: { show: data.x.length < 40, size: 5, fill: colour(one.colour) },
            })),
          ],
          axes: [{ ...axis, values: '{M}月{D}日' }, axis],
        },
        [data.x, ...series.map(({ y }) => y)],
        box.current,
      )
    })
    const resize = new ResizeObserver(() => plot?.setSize({ width: box.current.clientWidth, height: 240 }))
    resize.observe(box.current)
    const theme = new MutationObserver(() => plot?.redraw())
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      isGone = true
      theme.disconnect()
      resize.disconnect()
      plot?.destroy()
    }
  }, [data, isTable])
  const cell = (
    /** @type {typeof series[number]} */ { words, flag, count },
    /** @type {string} */ day,
    /** @type {number} */ at,
  ) =>
    (count[at] ?? 0) > 0 && me.may('staff')
      ? html`<a class="link" href=${talksOf({ from: day, to: day }, { flag })}>${words(at)}</a>`
      : words(at)
  return html`<section class="card"><h2>${title} <button type="button" class="link more-link" onClick=${() => setTable(!isTable)}>${isTable ? '看图' : '看表'}</button></h2>
    ${!isTable && html`<div class="plot" id=${id} ref=${box}></div>`}
    ${isTable && html`<div class="table-box"><table><thead><tr><th>日期</th>${series.map(({ name }) => html`<th>${name}</th>`)}</tr></thead><tbody>${data.days.map((/** @type {string} */ day, /** @type {number} */ at) => html`<tr><th>${day}</th>${series.map((one) => html`<td>${cell(one, day, at)}</td>`)}</tr>`)}</tbody></table></div>`}
  </section>`
}

/** @param {{ data: any }} props */
function Lists({ data }) {
  const { lists, ratings } = data
  const total = ratings.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0)
  const list = (/** @type {string} */ title, /** @type {any[]} */ rows, /** @type {(row: any) => any} */ draw) =>
    html`<section class="card"><h2>${title}</h2><ul class="lines">${rows.map((row) => html`<li>${draw(row)}<time>${row.count}</time></li>`)}</ul>${rows.length === 0 && html`<${Empty} title="没有。" />`}</section>`
  const link = (/** @type {string} */ href, /** @type {string} */ words) =>
    me.may('staff')
      ? html`<span class="one-line"><a href=${href}>${words}</a></span>`
      : html`<span class="one-line">${words}</span>`
  return html`<div class="page-columns figures-lists">
    ${list('问得最多', lists.sections, ({ name, title }) => link(talksOf(data, { section: name }), `${name} ${title}`))}
    ${list('说没用最多', lists.disliked, ({ name, title }) => link(talksOf(data, { flag: 'wrong', section: name }), `${name} ${title}`))}
    ${list('驳回原因', lists.rejections, ({ name, title }) => link(talksOf(data, { section: name }), title || name))}
    ${me.may('staff') && list('群', lists.groups, ({ name }) => link(talksOf(data, { q: name }), name))}
    ${me.may('staff') && list('未答最多', lists.unanswered, ({ number, name }) => link(`#/learn/${number}`, name))}
    <section class="card"><h2>满意度</h2><dl class="facts">${[5, 4, 3, 2, 1].map((stars) => html`<dt>${stars} 分</dt><dd>${ratings[stars - 1] > 0 && me.may('staff') ? html`<a class="link" href=${`#/tickets?view=settled&rating=${stars}`}>${ratings[stars - 1]}</a>` : ratings[stars - 1]}</dd>`)}</dl>${total < 5 && html`<p class="muted pad">样本少</p>`}</section>
  </div>`
}
