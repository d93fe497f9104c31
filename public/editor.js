import { LineEditor, linesMoved } from './line-editor.js'
import { Broken, Differences, enlarge, Icon, Sheet, toast, toastError } from './parts.js'
import { call, draftOf, keepDraft, live, me, post, Refused, read, useData, write } from './store.js'
import { RowForm } from './tables.js'
import { html, useEffect, useReducer, useRef, useState } from './vendor/preact.js'
import { clock, dayTime } from './words.js'

const SAVE_AFTER_MS = 1_000
/** What begins a line, in colour. @type {[RegExp, string][]} */
const COLOURS = [
  [/^#/, 'colour-heading'],
  [/^:::/, 'colour-box'],
  [/^\s*(?:问|答|追问|节|编号|来源|核对|日期|强度|性质)\s*[:：]/, 'colour-word'],
]
const colourOf = (/** @type {string} */ line) => COLOURS.find(([begins]) => begins.test(line))?.[1] ?? ''
const BOXES = [
  ['需要的截图', 'info'],
  ['下一步', 'tip'],
  ['补充', 'info'],
  ['时效', 'note'],
]

/**
 * One piece of what authors wrote: a section, a short answer, or a row of a table, which has a form. What is written is kept on the device at once, on the
 * server as a draft within a second, and shown as customers would get it. What somebody else has written meanwhile, in
 * the file or as a draft, is shown beside.
 *
 * @param {{ pieceKey: string, onSaved: () => Promise<void>, keys: string[] }} props
 */
export function PieceEditor({ pieceKey, onSaved, keys }) {
  const path = `/api/knowledge/sections/${encodeURIComponent(pieceKey)}`
  const draftKey = `edit ${pieceKey}`
  const { data, error, reload } = useData(path, ['release'])
  const [saved, setSaved] = useState(/** @type {any} */ (undefined))
  const [conflict, setConflict] = useState(/** @type {any} */ (undefined))
  const [state, setState] = useState('')
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const text = useRef(/** @type {import('./line-editor.js').LineText | null} */ (null))
  const timer = useRef(0)
  const isFilled = useRef(false)
  const piece = saved ?? data?.section
  const isAnswer = pieceKey.startsWith('answer:')
  const isRow = pieceKey.startsWith('row:')
  const isGuide = pieceKey.startsWith('guide:')
  const [isRaw, setRaw] = useState(false)
  const [isDifference, setDifference] = useState(false)
  const [isHistory, setHistory] = useState(false)
  // Fields of a row that are not on the server yet.
  const pending = useRef(/** @type {Record<string, any>} */ (isRow ? fieldsLeft(draftKey) : {}))
  useEffect(() => {
    if (!data?.section || isFilled.current || !text.current) return
    isFilled.current = true
    const left = draftOf(draftKey)
    text.current.value = left || (data.section.edit?.markdown ?? data.section.markdown)
    if (left && me.may('admin')) changed()
    else if (Object.keys(pending.current).length > 0 && me.may('admin')) changeField()
    redraw(0)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(
    () =>
      live.on('release', () => {
        // Whoever is in the middle of a sentence keeps it.
        if (draftOf(draftKey) || Object.keys(pending.current).length > 0) return
        setSaved(undefined)
        isFilled.current = false
        void reload()
      }),
    [],
  )
  /** @param {any} base what the writer has before them */
  const save = async (base) => {
    const markdown = text.current?.value
    if (markdown === undefined) return
    const fields = { ...pending.current }
    const isForm = Object.keys(fields).length > 0
    setState('正在存…')
    try {
      const content = { ...(isForm ? { fields } : { markdown }), baseHash: base.hash, seen: base.editHash }
      const { section } = await call('PUT', `/api/edits/${encodeURIComponent(pieceKey)}`, content)
      setSaved(section)
      setConflict(undefined)
      if (isForm) {
        for (const [name, value] of Object.entries(fields))
          if (pending.current[name] === value) delete pending.current[name]
        write(`${FIELDS}${draftKey}`, Object.keys(pending.current).length > 0 ? JSON.stringify(pending.current) : '')
        if (text.current) text.current.value = section.edit?.markdown ?? section.markdown
      }
      if (text.current?.value === markdown || isForm) keepDraft(draftKey, '')
      setState(section.edit ? `草稿 ${clock(section.edit.atMs)} 自动存` : '和已发布的一样')
      await onSaved()
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 409) setConflict(refused.body)
      else setState(`没存上，先留在这台设备上：${/** @type {Error} */ (refused).message}`)
    }
  }
  const latest = useRef(/** @type {any} */ (undefined))
  latest.current = piece
  const changed = () => {
    keepDraft(draftKey, text.current?.value ?? '')
    redraw(0)
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void save(latest.current), SAVE_AFTER_MS)
  }
  const changeField = (/** @type {string} */ name = '', /** @type {any} */ value = undefined) => {
    if (name) pending.current[name] = value
    write(`${FIELDS}${draftKey}`, JSON.stringify(pending.current))
    redraw(0)
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void save(latest.current), SAVE_AFTER_MS)
  }
  const clearPending = () => {
    pending.current = {}
    write(`${FIELDS}${draftKey}`, '')
  }
  const drop = async () => {
    clearTimeout(timer.current)
    keepDraft(draftKey, '')
    clearPending()
    await call('DELETE', `/api/edits/${encodeURIComponent(pieceKey)}`, {}).catch(toastError)
    setSaved(undefined)
    isFilled.current = false
    setState('')
    // What was never on disk is gone with its draft.
    const isNew = piece.markdown === ''
    if (isNew) location.hash = `#/knowledge?tab=${tabOfPiece(pieceKey)}`
    await Promise.all([isNew ? undefined : reload(), onSaved()])
  }
  /** As if it were typed, so that it can be undone. @param {string} words instead of all there is */
  const rewrite = (words) => text.current?.replace(0, text.current.value.length, words)
  const remove = () => {
    clearPending()
    rewrite('')
    toast({ ok: true, text: '删掉了，发布以后生效', undo: () => void drop() })
  }
  const insert = (/** @type {string} */ words) => text.current?.insert(words)
  const addSection = () => {
    const written = text.current?.value ?? ''
    const heading = nextHeading(written, pieceKey, keys)
    text.current?.replace(written.trimEnd().length, written.length, `\n\n${heading}\n\n1. \n`)
    text.current?.jump((text.current.value.match(/\n/g)?.length ?? 1) - 1)
  }
  const takeVersion = (/** @type {string} */ markdown) => {
    setHistory(false)
    clearPending()
    rewrite(markdown)
    toast({ ok: true, text: '换回来了，是草稿，发布以后生效' })
  }
  if (error && !piece)
    return html`<section class="knowledge-editor"><${Broken} error=${error} retry=${reload} /></section>`
  if (!piece) return html`<section class="knowledge-editor" aria-busy="true"></section>`
  const read = (piece.edit?.markdown ?? piece.markdown).split('\n')
  const shown = (text.current?.value ?? read.join('\n')).split('\n')
  const old = new Set(piece.markdown.split('\n'))
  // What is wrong stays with its line while somebody writes above it.
  const placeOf = linesMoved(read, shown)
  const problems = piece.problems.map((/** @type {any} */ problem) => ({
    ...problem,
    index: placeOf(problem.line - piece.line),
  }))
  const wrong = new Set(problems.map((/** @type {any} */ { index }) => index))
  const markOf = (/** @type {string} */ line, /** @type {number} */ index) =>
    `${colourOf(line)}${wrong.has(index) ? ' line-wrong' : old.has(line) ? '' : ' line-changed'}`
  const fix = (/** @type {any} */ { index, fix: { replace, by } }) => {
    const at = (shown[index] ?? '').indexOf(replace)
    const before = shown.slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
    if (at >= 0) text.current?.replace(before + at, before + at + replace.length, by)
  }
  const notes = problems.map((/** @type {any} */ problem, /** @type {number} */ order) => ({
    ...{ index: problem.index, id: `${order} ${problem.message}`, severity: problem.severity },
    content: html`<${Icon} name="warn" small=${true} /><span>第 ${piece.line + problem.index} 行：${problem.message}。${problem.fix ? '' : problem.remedy}</span>${problem.fix && me.may('admin') && html`<button type="button" class="link" data-fix onClick=${() => fix(problem)}>改成“${problem.fix.by.replace(/[[\]]/g, '')}”</button>`}`,
  }))
  const countOf = (/** @type {string} */ severity) =>
    problems.filter((/** @type {any} */ one) => one.severity === severity).length
  const [errorCount, warningCount] = [countOf('error'), countOf('warning')]
  const mayEdit = me.may('admin')
  const isForm = Boolean(piece.row) && !isRaw
  const theirs = conflict?.clash === 'draft' ? (conflict.section.edit?.markdown ?? '') : conflict?.section.markdown
  return html`<section class="knowledge-editor" aria-label=${piece.title}>
      <header class="thread-head">
        <a class="icon-button narrow" href=${`#/knowledge?tab=${tabOfPiece(pieceKey)}`} aria-label="返回"><${Icon} name="back" /></a>
        <div class="thread-title"><h2>${isAnswer || isRow || isGuide ? '' : `${pieceKey} `}${piece.title}</h2><p>${piece.file}:${piece.line} · <span id="draft-state">${state || (piece.edit ? `草稿，${piece.edit.by} ${dayTime(piece.edit.atMs)}` : '已发布的样子')}</span></p></div>
        <button type="button" class="button small ghost" id="history" onClick=${() => setHistory(true)}><${Icon} name="history" small=${true} />历史</button>
        ${piece.edit && html`<button type="button" class="button small" id="only-changes" aria-pressed=${String(isDifference)} onClick=${() => setDifference(!isDifference)}>只看改动</button>`}
        ${piece.edit && mayEdit && html`<button type="button" class="button small" id="drop-draft" onClick=${drop}>不要草稿</button>`}
        ${isRow && piece.row && html`<button type="button" class="button small ghost" id="raw-row" aria-pressed=${String(isRaw)} onClick=${() => setRaw(!isRaw)}>${isRaw ? '看表单' : '看原文'}</button>`}
        ${(isAnswer || isRow) && mayEdit && piece.markdown !== '' && shown.join('') !== '' && html`<button type="button" class="button small ghost danger" id="remove-answer" onClick=${remove}>删掉</button>`}
      </header>
      ${
        mayEdit &&
        !isRow &&
        html`<div class="editor-tools">
        ${isAnswer && ['问：', '答：', '追问：', '节：'].map((label) => html`<button type="button" class="button small ghost" onClick=${() => insert(`\n${label}`)}>${label.replace('：', '')}</button>`)}
        ${
          !isAnswer &&
          html`<button type="button" class="button small ghost" onClick=${() => insert('1. ')}>步骤</button>
        <button type="button" class="button small ghost" onClick=${() => insert('![说明](/img/)')}>图片</button>
        <button type="button" class="button small ghost" onClick=${() => insert('\n问：\n答：\n')}>短答</button>
        ${BOXES.map(([box = '', kind]) => html`<button type="button" class="button small ghost" onClick=${() => insert(`\n:::${kind}[${box}]\n\n:::\n`)}>${box}</button>`)}
        ${!isGuide && html`<button type="button" class="button small ghost" id="add-section" onClick=${addSection}>＋小节</button>`}`
        }
        ${problems.length > 0 && html`<button type="button" class="button small ghost problem-count" id="problem-count" data-severity=${errorCount > 0 ? 'error' : 'warning'} onClick=${() => document.querySelector('.line-note')?.scrollIntoView({ block: 'center' })}>${[errorCount > 0 && `错误 ${errorCount}`, warningCount > 0 && `提醒 ${warningCount}`].filter(Boolean).join(' · ')}</button>`}
      </div>`
      }
      ${
        conflict &&
        html`<div class="conflict" role="alert" id="conflict"><p><b>${conflict.error}</b>上面是您写的，下面是${conflict.clash === 'draft' ? `${conflict.section.edit?.by ?? '对方'}的草稿` : '文件现在的样子'}。</p><pre>${theirs}</pre>
        <div class="buttons"><button type="button" class="button" id="keep-mine" onClick=${() => save(conflict.section)}>用我的</button><button type="button" class="button" id="keep-theirs" onClick=${() => {
          clearPending()
          rewrite(theirs)
          void save(conflict.section)
        }}>${conflict.clash === 'draft' ? '用对方的' : '用文件里的'}</button></div></div>`
      }
      ${isForm && html`<${RowForm} row=${piece.row} file=${piece.file} problems=${piece.problems} pending=${pending.current} mayEdit=${mayEdit} change=${changeField} />`}
      ${isDifference && piece.edit && html`<div class="editor-difference" id="difference"><${Differences} differences=${[{ file: piece.file, lines: piece.difference }]} /></div>`}
      <div class="editor-place" hidden=${isForm || (isDifference && piece.edit)}>
        <${LineEditor} handle=${text} lines=${shown} first=${piece.line} label=${isAnswer ? '这条短答' : '这一节的 Markdown'} isReadOnly=${!mayEdit} markOf=${markOf} notes=${isForm ? [] : notes} onInput=${changed} />
      </div>
      ${isHistory && html`<${History} pieceKey=${pieceKey} mayEdit=${mayEdit} take=${takeVersion} onClose=${() => setHistory(false)} />`}
    </section>
    <aside class="knowledge-preview" aria-label="客户会收到">
      <${Preview} told=${piece.told} pieceKey=${pieceKey} isBroken=${piece.problems.some((/** @type {any} */ one) => one.severity === 'error')} />
      <${Try} hasDraft=${Boolean(piece.edit)} />
    </aside>`
}

/** @param {{ pieceKey: string, mayEdit: boolean, take: (markdown: string) => void, onClose: () => void }} props */
function History({ pieceKey, mayEdit, take, onClose }) {
  const { data, error, reload } = useData(`/api/knowledge/history/${encodeURIComponent(pieceKey)}`)
  return html`<${Sheet} title="历史" onClose=${onClose}>
    ${error && html`<${Broken} error=${error} retry=${reload} />`}
    <ul class="lines versions">${data?.versions.map(
      (
        /** @type {any} */ { number, atMs, by, note, markdown, difference },
        /** @type {number} */ index,
      ) => html`<li key=${number} data-version=${number}><span><b>发布 ${number}${index === 0 ? '（现在的样子）' : ''}</b><small>${dayTime(atMs)} ${by}${note ? ` · ${note}` : ''}</small></span>${index > 0 && mayEdit && markdown !== '' && html`<button type="button" class="button small" data-act="take" onClick=${() => take(markdown)}>换回这一版</button>`}</li>
      <li class="compared">${difference.length > 0 ? html`<pre class="difference-lines">${difference.map((/** @type {string} */ line) => html`<span class=${line.startsWith('+') ? 'line-new' : line.startsWith('-') ? 'line-old' : ''}>${line}\n</span>`)}</pre>` : html`<p class="muted">再早的发布没有留。</p>`}</li>`,
    )}</ul>
    ${data?.versions.length === 0 && html`<p class="muted">还没有发布过。</p>`}
  </${Sheet}>`
}

const HOWS = [
  ['asked', '点名问'],
  ['overheard', '没点名'],
  ['whole', '整节'],
]
const CHARS_A_BUBBLE = 500
/** So much of a reply is seen at once. */
const CHARS_A_SCREEN = 280

/** What customers get, by how they ask. @param {{ told: any, pieceKey: string, isBroken: boolean }} props */
function Preview({ told, pieceKey, isBroken }) {
  const hows = HOWS.filter(([how = '']) => told[how].bubbles.length > 0 || (how === 'overheard' && told.asked.question))
  const [wanted, setHow] = useState(/^(?:answer|row):/.test(pieceKey) ? 'asked' : 'whole')
  const how = hows.some(([one]) => one === wanted) ? wanted : (hows[0]?.[0] ?? 'whole')
  const isShort = charsOf(told.asked.bubbles) !== charsOf(told.whole.bubbles)
  const mine = (/** @type {string} */ words) => html`<div class="bubble bubble-mine">${words}</div>`
  const theirs = (/** @type {any[]} */ bubbles) => bubbles.map((bubble) => html`<${PreviewBubble} bubble=${bubble} />`)
  const { question } = told.asked
  return html`${hows.length > 0 && html`<div class="switch" role="tablist" aria-label="客户怎么问">${hows.map(([one = '', label]) => html`<button type="button" role="tab" data-how=${one} aria-selected=${String(one === how)} onClick=${() => setHow(one)}>${label}</button>`)}</div>`}
    <h3>客户会收到 <span>${lengthWords(told)}</span></h3>
    <div class="phone" id="preview">
      ${how === 'whole' && theirs(told.whole.bubbles)}
      ${how === 'asked' && html`${mine(`@过审小助手 ${question}`)}${theirs(told.asked.bubbles)}${isShort && told.whole.bubbles.length > 0 && !pieceKey.startsWith('row:') && html`${mine('完整步骤')}${theirs(told.whole.bubbles)}`}`}
      ${how === 'overheard' && html`${mine(question)}${theirs(told.overheard.bubbles)}${told.overheard.bubbles.length === 0 && html`<p class="muted pad" id="keeps-quiet">没人点名，把握又不够，它不插话。</p>`}`}
      ${hows.length === 0 && html`<p class="muted pad">${isBroken ? '改好写错的地方，这里才看得到。' : '发布以后，这里就没有了。'}</p>`}
    </div>
    ${how === 'overheard' && html`<p class="muted small">插不插话，按现在用的知识算；草稿用下面的“试一句”。</p>`}`
}

/** @param {{ bubble: any }} props */
function PreviewBubble({ bubble }) {
  const url = `/api/guide-picture?path=${encodeURIComponent(bubble.picture ?? '')}`
  return bubble.picture
    ? html`<button type="button" class="picture" onClick=${() => enlarge(url)}><img src=${url} alt=${bubble.text} loading="lazy" /></button>`
    : html`<div class="bubble">${bubble.text}</div>`
}

/** @param {any[]} bubbles */
const charsOf = (bubbles) => bubbles.reduce((total, one) => total + (one.picture ? 0 : one.text.length), 0)

/** @param {any} told */
function lengthWords({ asked, whole }) {
  const [short, all] = [charsOf(asked.bubbles), charsOf(whole.bubbles)]
  const texts = whole.bubbles.filter((/** @type {any} */ one) => !one.picture).length
  const pictures = whole.bubbles.length - texts
  const screens = Math.max(1, Math.round((all / CHARS_A_SCREEN + pictures / 2) * 2) / 2)
  return [
    short > 0 && short !== all && `短答 ${short} 字`,
    all > 0 && `${short > 0 && short !== all ? '整节 ' : ''}${all}/${CHARS_A_BUBBLE * texts} 字`,
    pictures > 0 && `${pictures} 图`,
    all > 0 && (screens <= 1 ? '约一屏' : `约 ${screens} 屏`),
  ]
    .filter(Boolean)
    .join(' · ')
}

const FIELDS = 'guoshen:fields:'

/** Fields of a row that a closed window has left behind. @param {string} draftKey @returns {Record<string, any>} */
function fieldsLeft(draftKey) {
  try {
    return JSON.parse(read(`${FIELDS}${draftKey}`) ?? '{}')
  } catch {
    return {}
  }
}

/** Under which tab a piece is found. @param {string} key */
export const tabOfPiece = (key) =>
  key.startsWith('answer:') ? 'answers' : key.startsWith('row:') ? 'tables' : 'sections'

/** A heading for a section behind this one: `### 1.2 新小节` behind 1.1. @param {string} markdown @param {string} key @param {string[]} keys */
function nextHeading(markdown, key, keys) {
  const [, signs = '##', own = ''] = /^(#+)\s+(?:附录\s*)?([A-Z]?\d+(?:\.\d+)*)/m.exec(markdown) ?? []
  const parts = (own || key.replace(/^.*\//, '')).split('.')
  const last = parts.pop() ?? '0'
  const letter = last.replace(/\d+$/, '')
  let number = Number(last.slice(letter.length))
  const nameOf = () => [...parts, `${letter}${number}`].join('.')
  do number++
  while (keys.includes(nameOf()) || markdown.includes(` ${nameOf()}`))
  return `${signs} ${nameOf()}${parts.length === 0 ? '.' : ''} 新小节`
}

const KEPT_TRIES = 20
const TRIES = 'guoshen:tries'

/** @returns {string[]} */
const lastTries = () => {
  try {
    return JSON.parse(read(TRIES) ?? '[]')
  } catch {
    return []
  }
}

/** A sentence goes through all that a customer's goes through, on what is in use or on the drafts. @param {{ hasDraft: boolean }} props */
function Try({ hasDraft }) {
  const [answer, setAnswer] = useState('')
  const [isBusy, setBusy] = useState(false)
  const box = useRef(/** @type {any} */ (null))
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault()
    const words = box.current.value.trim()
    if (words === '' || isBusy) return
    write(TRIES, JSON.stringify([words, ...lastTries().filter((one) => one !== words)].slice(0, KEPT_TRIES)))
    setBusy(true)
    try {
      if (hasDraft) {
        const { isBroken, tried } = await post('/api/releases/check', { tried: [words] })
        setAnswer(isBroken ? '草稿里有错误，先改好。' : tried[0])
      } else setAnswer((await post('/api/try', { text: words })).text)
    } catch (failed) {
      setAnswer(/** @type {Error} */ (failed).message)
    }
    setBusy(false)
  }
  return html`<form class="try" onSubmit=${submit}><label for="try">试一句${hasDraft ? '，按草稿答' : ''}</label><input class="field" id="try" ref=${box} list="tries" maxlength="500" placeholder="客户会怎么说，回车" /><datalist id="tries">${lastTries().map((one) => html`<option value=${one}></option>`)}</datalist>${isBusy && html`<p class="muted">正在试…</p>`}${answer && !isBusy && html`<pre class="try-answer" id="try-answer">${answer}</pre>`}</form>`
}
