import { html, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from './vendor/preact.js'
import { badgeWords, waitWords } from './words.js'

/** Lines of 24×24 icons, drawn with the text's colour. */
const ICONS = {
  today: 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-5h4v5',
  talks:
    'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.500zM8.5 9h7M8.5 12h4',
  tickets: 'M4 7h16v3.500a1.8 1.8 0 0 0 0 3.500V17H4v-3a1.8 1.8 0 0 0 0-3.500zM14 7.500v2M14 11v2M14 14.500v2',
  learn: 'M9 18h6M10 21h4M12 3a6 6 0 0 0-3.6 10.800c.7.6 1.1 1.3 1.1 2.200h5c0-.9.4-1.6 1.1-2.200A6 6 0 0 0 12 3z',
  knowledge: 'M5 4.500h9a4 4 0 0 1 4 4V20H8.500A3.5 3.5 0 0 1 5 16.500zM5 16.500A3.5 3.5 0 0 1 8.5 13H18',
  figures: 'M4 20h16M7 16v-4M12 16V7M17 16v-6',
  machine:
    'M8.5 6h7A2.5 2.5 0 0 1 18 8.500v7a2.5 2.5 0 0 1-2.5 2.500h-7A2.5 2.5 0 0 1 6 15.500v-7A2.5 2.5 0 0 1 8.5 6zM10 2.500V6M14 2.500V6M10 18v3.500M14 18v3.500M2.5 10H6M2.5 14H6M18 10h3.500M18 14h3.5',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.7-6 6-6s6 2.5 6 6M16 4.500a3.5 3.5 0 0 1 0 6.500M17.5 14.500c2 .8 3.5 2.7 3.5 5.5',
  sim: 'M9.5 3h5A2.5 2.5 0 0 1 17 5.500v13a2.5 2.5 0 0 1-2.5 2.500h-5A2.5 2.5 0 0 1 7 18.500v-13A2.5 2.5 0 0 1 9.5 3zM11 18h2',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  search: 'M11 17.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM16 16l4.5 4.5',
  back: 'M15 5l-7 7 7 7',
  down: 'M6 9.500l6 6 6-6',
  up: 'M6 14.500l6-6 6 6',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  flag: 'M6 21V4h11l-2 4 2 4H6',
  hand: 'M8 12V5.500a1.5 1.5 0 0 1 3 0V11V4.500a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8a6 6 0 0 1-6 6c-3 0-4.5-2-6-5l-1.2-2.500a1.5 1.5 0 0 1 2.6-1.400L8 12z',
  target: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 15.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  quiet: 'M5 9v6h3.500L13 19V5L8.5 9zM16.5 9.500l5 5M21.5 9.500l-5 5',
  picture:
    'M6 5h12a2.5 2.5 0 0 1 2.5 2.500v9A2.5 2.5 0 0 1 18 19H6a2.5 2.5 0 0 1-2.5-2.500v-9A2.5 2.5 0 0 1 6 5zM9 11.600a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.200zM4 17l5-4 3.4 2.600L16 12l4.4 4',
  book: 'M5 4.500h9a4 4 0 0 1 4 4V20H8.500A3.5 3.5 0 0 1 5 16.500zM5 16.500A3.5 3.5 0 0 1 8.5 13H18',
  send: 'M4 12l16-7-5 15-3.5-6z',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8v4.500l3 1.5',
  mention:
    'M12 15.600a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.200zM15.6 8.600v4.600c0 3.4 4.6 3 4.6-1.300A8.2 8.2 0 1 0 16.6 18.8',
  warn: 'M12 4.500l8.5 15h-17zM12 10.500v4M12 17v.1',
  history: 'M5 6v5h5M5.500 11a7 7 0 1 1 1.200 5.500M12 8.500v4l2.5 1.500',
  why: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.6 9.400a2.5 2.5 0 1 1 3.5 2.300c-.8.4-1.1.9-1.1 1.800M12 16.600v.1',
  rocket:
    'M12 3c4 2 6 6 5 11l-2 2H9l-2-2C6 9 8 5 12 3zM12 11.500a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM9 18l-1.5 3M15 18l1.5 3',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4',
}

/** @param {{ name: keyof typeof ICONS, small?: boolean }} props */
export const Icon = ({ name, small = false }) =>
  html`<svg class=${small ? 'icon icon-small' : 'icon'} viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[name]} /></svg>`

const AVATAR_COLOURS = 8

/** The same person has the same colour everywhere. @param {string} name */
function colourOf(name) {
  let sum = 0
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9_973
  return sum % AVATAR_COLOURS
}

/** @param {{ name: string, isBot?: boolean, size?: 'small' | 'large', colour?: number }} props */
export function Avatar({ name, isBot = false, size, colour = colourOf(name) }) {
  // The first character behind a community's name, as phones draw people without a picture.
  const initial = [...name.replace(/^.*[-－_]/u, '')][0] ?? '?'
  const classes = ['avatar', isBot ? 'avatar-bot' : `avatar-${colour}`, size && `avatar-${size}`]
  return html`<span class=${classes.filter(Boolean).join(' ')} aria-hidden="true">${isBot ? '' : initial}</span>`
}

const LINK = /https?:\/\/[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff"'<>]+/gu

/** Text with its web addresses clickable; everything else stays a text. @param {{ text: string }} props */
export function Linked({ text }) {
  const parts = []
  let at = 0
  for (const match of text.matchAll(LINK)) {
    const url = match[0].replace(/[.,;:!?)\]]+$/u, '')
    parts.push(text.slice(at, match.index), html`<a href=${url} target="_blank" rel="noopener noreferrer">${url}</a>`)
    at = match.index + url.length
  }
  return [...parts, text.slice(at)]
}

/** Kinds by colour: answers green, questions back blue, unknown amber, people violet, quiet grey. */
export const CHIP_CLASSES = {
  answer: 'chip-green',
  outside: 'chip-green',
  clarify: 'chip-blue',
  fallback: 'chip-amber',
  escalate: 'chip-violet',
  courtesy: 'chip-blue',
  command: 'chip-grey',
  silent: 'chip-grey',
}

/** What was decided, in a few words. @param {{ talk: any }} props */
export const Chip = ({ talk }) =>
  html`<span class=${`chip ${CHIP_CLASSES[/** @type {keyof typeof CHIP_CLASSES} */ (talk.kind)] ?? ''}`}>${badgeWords(talk)}</span>`

/** Waiting time against the promise. @param {{ wait: { for: 'first' | 'next', ms: number, limitMs: number, dueMs: number } }} props */
export function Meter({ wait }) {
  const used = wait.ms / wait.limitMs
  const level = used >= 1 ? 'late' : used >= 0.6 ? 'soon' : 'good'
  return html`<span class="meter" data-level=${level}>
    <i><b style=${{ width: `${Math.min(100, Math.max(3, used * 100))}%` }}></b></i>${waitWords(wait)}
  </span>`
}

/** A line of numbers, small. @param {{ values: number[], colour: string }} props */
export function Spark({ values, colour }) {
  const [width, height] = [104, 30]
  const top = Math.max(1, ...values)
  const points = values.map((value, index) => [
    values.length < 2 ? width : (index * (width - 6)) / (values.length - 1) + 2,
    height - 3 - (value / top) * (height - 8),
  ])
  const line = points.map(([x = 0, y = 0]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  const [lastX = 0, lastY = 0] = points.at(-1) ?? []
  return html`<svg class=${`spark spark-${colour}`} viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} aria-hidden="true">
    <polygon points=${`2,${height} ${line} ${lastX.toFixed(1)},${height}`} />
    <polyline points=${line} />
    <circle cx=${lastX} cy=${lastY} r="2.5" />
  </svg>`
}

/** @param {{ title: string, text: string, children?: any }} props */
export const Empty = ({ title, text = '', children }) =>
  html`<div class="empty-state"><p>${title}</p>${text && html`<small>${text}</small>`}${children}</div>`

/** A part that could not be read; the rest stays. @param {{ error: string, retry: () => void }} props */
export const Broken = ({ error, retry }) =>
  html`<div class="broken" role="alert">这一块没读出来：${error}。<button class="link" type="button" onClick=${retry}>再试</button></div>`

/**
 * A long list of rows of unequal height, of which only those in sight are drawn.
 *
 * @param {{ items: any[], keyOf: (item: any) => string, row: (item: any, index: number) => any, estimate?: number, onNearEnd?: () => void, label: string, boxRef?: { current: any }, header?: any }} props
 */
export function Windowed({ items, keyOf, row, estimate = 88, onNearEnd, label, boxRef, header }) {
  const own = useRef(/** @type {HTMLElement | null} */ (null))
  const box = boxRef ?? own
  const heights = useRef(/** @type {Map<string, number>} */ (new Map()))
  const first = useRef(/** @type {string | undefined} */ (undefined))
  const drawn = useRef({ from: 0, to: 0 })
  const [version, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const [measured, setMeasured] = useState(0)
  const offsets = useMemo(() => {
    const sums = new Float64Array(items.length + 1)
    for (let index = 0; index < items.length; index++)
      sums[index + 1] = (sums[index] ?? 0) + (heights.current.get(keyOf(items[index])) ?? estimate)
    return sums
  }, [items, measured])
  const span = () => {
    const top = box.current?.scrollTop ?? 0
    const height = box.current?.clientHeight ?? 800
    return {
      from: Math.max(0, lastBelow(offsets, top - OVERSCAN_PX)),
      to: Math.min(items.length, lastBelow(offsets, top + height + OVERSCAN_PX) + 1),
    }
  }
  const { from, to } = useMemo(span, [offsets, version])
  drawn.current = { from, to }

  // What comes in above must not push away what is being read.
  useLayoutEffect(() => {
    const before = first.current
    first.current = items[0] && keyOf(items[0])
    if (!box.current || before === undefined || before === first.current) return
    const at = items.findIndex((item) => keyOf(item) === before)
    if (at > 0 && box.current.scrollTop > 0) box.current.scrollTop += offsets[at] ?? 0
  }, [items])
  // All are measured before anything is changed: the page is laid out once.
  useLayoutEffect(() => {
    let changed = false
    let above = 0
    const top = box.current?.scrollTop ?? 0
    const rows = [...(box.current?.querySelectorAll('[data-row]') ?? [])]
    const found = rows.map((element) => element.offsetHeight)
    rows.forEach((element, index) => {
      const key = element.dataset.row
      const height = found[index] ?? estimate
      if (heights.current.get(key) === height) return
      if ((offsets[from + index] ?? 0) < top) above += height - (heights.current.get(key) ?? estimate)
      heights.current.set(key, height)
      changed = true
    })
    // Whoever scrolls up into rows that were only estimated goes on reading where they were.
    if (above !== 0 && top > 0) box.current.scrollTop = top + above
    if (changed) setMeasured((count) => count + 1)
  }, [items, from, to])
  const look = useRef(() => {})
  look.current = () => {
    const element = box.current
    if (!element) return
    // Rows are drawn some way ahead, so most steps of scrolling have nothing to draw.
    const top = lastBelow(offsets, element.scrollTop - SPARE_PX)
    const bottom = lastBelow(offsets, element.scrollTop + element.clientHeight + SPARE_PX)
    if (top < drawn.current.from || Math.min(bottom + 1, items.length) > drawn.current.to) redraw(0)
    if (element.scrollTop + element.clientHeight > (offsets[items.length] ?? 0) - NEAR_END_PX) onNearEnd?.()
  }
  useEffect(() => {
    const element = box.current
    if (!element) return
    let frame = 0
    const onScroll = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        look.current()
      })
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    let width = element.clientWidth
    const watch = new ResizeObserver(() => {
      // Other widths break lines elsewhere.
      if (width !== element.clientWidth) heights.current.clear()
      width = element.clientWidth
      setMeasured((count) => count + 1)
    })
    watch.observe(element)
    return () => {
      element.removeEventListener('scroll', onScroll)
      watch.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [])
  // A step of scrolling alone changes nothing about the rows that stay.
  const kept = useRef(/** @type {{ row?: unknown, rows: Map<any, any> }} */ ({ rows: new Map() }))
  if (kept.current.row !== row) kept.current = { row, rows: new Map() }
  const rowOf = (/** @type {any} */ item, /** @type {number} */ index) => {
    const { rows } = kept.current
    if (rows.has(item)) return rows.get(item)
    // What was scrolled past long ago is drawn anew when somebody comes back.
    if (rows.size >= KEPT_ROWS) rows.delete(rows.keys().next().value)
    rows.set(item, row(item, index))
    return rows.get(item)
  }
  return html`<div class="windowed" ref=${box} role="listbox" aria-label=${label} tabindex="-1">
    ${header}
    <div class="windowed-all" style=${{ height: `${offsets[items.length] ?? 0}px` }}>
      ${items.slice(from, to).map((item, index) => {
        const key = keyOf(item)
        return html`<div class="windowed-row" key=${key} data-row=${key} style=${{ transform: `translateY(${offsets[from + index]}px)` }}>
          ${rowOf(item, from + index)}
        </div>`
      })}
    </div>
  </div>`
}

/** So far beyond the edges rows are drawn, and drawn anew once so little of that is left. */
const OVERSCAN_PX = 550
const SPARE_PX = 150
const NEAR_END_PX = 3_000
const KEPT_ROWS = 200

/** Index of the last offset that is not above `at`. @param {Float64Array} offsets @param {number} at */
function lastBelow(offsets, at) {
  let [low, high] = [0, offsets.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** @type {((toast: Toasted | undefined) => void) | undefined} */
let showToast
/** @typedef {{ ok: boolean, text: string, undo?: () => void, untilMs?: number, id?: number }} Toasted */
let toastCount = 0

/** Shows the result of something; failures stay until they are clicked away. @param {Toasted} shown */
export function toast(shown) {
  showToast?.({ ...shown, id: ++toastCount })
}

/** @param {unknown} error */
export const toastError = (error) => toast({ ok: false, text: /** @type {Error} */ (error).message })

const SHOWN_MS = 5_000

export function Toaster() {
  const [shown, show] = useState(/** @type {Toasted | undefined} */ (undefined))
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  showToast = show
  useEffect(() => {
    if (!shown?.ok) return
    const timer = setTimeout(() => show(undefined), shown.untilMs ? shown.untilMs - Date.now() : SHOWN_MS)
    const tick = shown.untilMs ? setInterval(() => redraw(0), 500) : 0
    return () => {
      clearTimeout(timer)
      clearInterval(tick)
    }
  }, [shown?.id])
  if (!shown) return null
  const left = shown.untilMs ? Math.max(0, Math.ceil((shown.untilMs - Date.now()) / 1000)) : 0
  const undo = () => {
    show(undefined)
    shown.undo?.()
  }
  return html`<div class="toast" id="toast" role=${shown.ok ? 'status' : 'alert'} data-ok=${String(shown.ok)} onClick=${() => shown.undo || show(undefined)}>
    <span>${shown.text}</span>
    ${shown.undo && html`<button type="button" class="toast-undo" onClick=${undo}>撤销${left > 0 ? ` ${left}` : ''}</button>`}
  </div>`
}

/** Asks something, over the page. @param {{ title: string, onClose: () => void, children?: any, label?: string }} props */
export function Sheet({ title, onClose, children }) {
  const box = useRef(/** @type {any} */ (null))
  useEffect(() => {
    box.current?.showModal()
    box.current?.querySelector('input, textarea, button.primary')?.focus()
  }, [])
  return html`<dialog class="sheet" ref=${box} aria-label=${title} onClose=${onClose} onClick=${(/** @type {any} */ event) => event.target === box.current && onClose()}>
    <div class="sheet-inside">
      <header><h2>${title}</h2><button type="button" class="icon-button" aria-label="关闭" onClick=${onClose}><${Icon} name="close" /></button></header>
      ${children}
    </div>
  </dialog>`
}

/** @param {{ differences: any[] }} props */
export const Differences = ({ differences }) =>
  html`<div class="differences">${differences.map(({ file, lines }) => html`<details open=${differences.length < 4} data-file=${file}><summary>${file} <small>+${lines.filter((/** @type {string} */ line) => line.startsWith('+')).length} −${lines.filter((/** @type {string} */ line) => line.startsWith('-')).length}</small></summary><pre>${lines.map((/** @type {string} */ line) => html`<span class=${line.startsWith('+') ? 'line-new' : line.startsWith('-') ? 'line-old' : ''}>${line}\n</span>`)}</pre></details>`)}</div>`

/** @type {((url: string | undefined) => void) | undefined} */
let showLarge

/** @param {string} url */
export const enlarge = (url) => showLarge?.(url)

export function Lightbox() {
  const [url, show] = useState(/** @type {string | undefined} */ (undefined))
  const box = useRef(/** @type {any} */ (null))
  showLarge = show
  useEffect(() => {
    if (url) box.current?.showModal()
  }, [url])
  if (!url) return null
  return html`<dialog class="lightbox" id="lightbox" ref=${box} aria-label="查看图片" onClose=${() => show(undefined)} onClick=${() => box.current?.close()}>
    <img src=${url} alt="放大的图片" />
  </dialog>`
}

/**
 * Whether a key belongs to an input method: Enter also ends the choice of Chinese characters, and is no wish to send then.
 * Safari says so by the key's number alone, behind the end of the choice.
 *
 * @param {KeyboardEvent} event
 */
export const isOfInputMethod = ({ isComposing, keyCode }) => isComposing || keyCode === 229

/** Keys of the pressed view; off in fields and while characters are chosen. @param {Record<string, () => void>} keys @param {readonly unknown[]} [inputs] */
export function useKeys(keys, inputs = []) {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {HTMLElement} */ (event.target)
      const isField = target.closest('input, textarea, select, [contenteditable], dialog')
      if (isOfInputMethod(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isField && event.key !== 'Escape') return
      // What has the focus is what Enter is for.
      if (event.key === 'Enter' && target.closest('button, a, summary')) return
      if (localStorage.getItem('guoshen:keys') === 'off' && event.key !== 'Escape') return
      const act = current.current[event.key.length === 1 ? event.key.toUpperCase() : event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, inputs)
}
