import { Broken, enlarge, Icon, toast, toastError } from './parts.js'
import { call, draftOf, keepDraft, live, me, post, Refused, read, useData, write } from './store.js'
import { html, useEffect, useReducer, useRef, useState } from './vendor/preact.js'
import { clock, dayTime } from './words.js'

const SAVE_AFTER_MS = 1_000
const BOXES = [
  ['需要的截图', 'info'],
  ['下一步', 'tip'],
  ['补充', 'info'],
  ['时效', 'note'],
]

/**
 * One piece of what authors wrote: a section or a short answer. What is written is kept on the device at once, on the
 * server as a draft within a second, and shown as customers would get it. What somebody else has written meanwhile, in
 * the file or as a draft, is shown beside.
 *
 * @param {{ pieceKey: string, isReadOnly: boolean, onSaved: () => Promise<void>, keys: string[] }} props
 */
export function PieceEditor({ pieceKey, isReadOnly, onSaved, keys }) {
  const path = `/api/knowledge/sections/${encodeURIComponent(pieceKey)}`
  const draftKey = `edit ${pieceKey}`
  const { data, error, reload } = useData(path, ['release'])
  const [saved, setSaved] = useState(/** @type {any} */ (undefined))
  const [conflict, setConflict] = useState(/** @type {any} */ (undefined))
  const [state, setState] = useState('')
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const text = useRef(/** @type {any} */ (null))
  const lines = useRef(/** @type {any} */ (null))
  const timer = useRef(0)
  const isFilled = useRef(false)
  const piece = saved ?? data?.section
  const isAnswer = pieceKey.startsWith('answer:')
  useEffect(() => {
    if (!data?.section || isFilled.current || !text.current) return
    isFilled.current = true
    const left = draftOf(draftKey)
    text.current.value = left || (data.section.edit?.markdown ?? data.section.markdown)
    if (left && me.may('admin')) changed()
    redraw(0)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(
    () =>
      live.on('release', () => {
        // Whoever is in the middle of a sentence keeps it.
        if (draftOf(draftKey)) return
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
    setState('正在存…')
    try {
      const content = { markdown, baseHash: base.hash, seen: base.editHash }
      const { section } = await call('PUT', `/api/edits/${encodeURIComponent(pieceKey)}`, content)
      setSaved(section)
      setConflict(undefined)
      if (text.current?.value === markdown) keepDraft(draftKey, '')
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
    keepDraft(draftKey, text.current.value)
    redraw(0)
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void save(latest.current), SAVE_AFTER_MS)
  }
  const drop = async () => {
    clearTimeout(timer.current)
    keepDraft(draftKey, '')
    await call('DELETE', `/api/edits/${encodeURIComponent(pieceKey)}`, {}).catch(toastError)
    setSaved(undefined)
    isFilled.current = false
    setState('')
    if (piece.markdown === '') location.hash = '#/knowledge?tab=answers'
    await Promise.all([reload(), onSaved()])
  }
  const remove = () => {
    text.current.value = ''
    changed()
    toast({ ok: true, text: '删掉了，发布以后生效', undo: () => void drop() })
  }
  const insert = (/** @type {string} */ words) => {
    text.current.setRangeText(words, text.current.selectionStart, text.current.selectionEnd, 'end')
    text.current.focus()
    changed()
  }
  const addSection = () => {
    const heading = nextHeading(text.current.value, pieceKey, keys)
    text.current.value = `${text.current.value.trimEnd()}\n\n${heading}\n\n1. \n`
    text.current.focus()
    text.current.setSelectionRange(text.current.value.length - 1, text.current.value.length - 1)
    text.current.scrollTop = text.current.scrollHeight
    changed()
  }
  const fix = (/** @type {any} */ problem) => {
    const all = text.current.value.split('\n')
    const at = problem.line - piece.line
    all[at] = (all[at] ?? '').replace(problem.fix.replace, problem.fix.by)
    text.current.value = all.join('\n')
    changed()
  }
  if (error && !piece)
    return html`<section class="knowledge-editor"><${Broken} error=${error} retry=${reload} /></section>`
  if (!piece) return html`<section class="knowledge-editor" aria-busy="true"></section>`
  const shown = (text.current?.value ?? piece.edit?.markdown ?? piece.markdown).split('\n')
  const old = new Set(piece.markdown.split('\n'))
  const wrong = new Set(piece.problems.map((/** @type {any} */ problem) => problem.line))
  const mayEdit = me.may('admin') && !isReadOnly
  const theirs = conflict?.clash === 'draft' ? (conflict.section.edit?.markdown ?? '') : conflict?.section.markdown
  return html`<section class="knowledge-editor" aria-label=${piece.title}>
      <header class="thread-head">
        <a class="icon-button narrow" href=${`#/knowledge${isAnswer ? '?tab=answers' : ''}`} aria-label="返回"><${Icon} name="back" /></a>
        <div class="thread-title"><h2>${isAnswer ? '' : `${pieceKey} `}${piece.title}</h2><p>${piece.file}:${piece.line} · <span id="draft-state">${state || (piece.edit ? `草稿，${piece.edit.by} ${dayTime(piece.edit.atMs)}` : '已发布的样子')}</span></p></div>
        ${piece.edit && mayEdit && html`<button type="button" class="button small" id="drop-draft" onClick=${drop}>不要草稿</button>`}
        ${isAnswer && mayEdit && piece.markdown !== '' && shown.join('') !== '' && html`<button type="button" class="button small ghost danger" id="remove-answer" onClick=${remove}>删掉</button>`}
      </header>
      ${
        mayEdit &&
        html`<div class="editor-tools">
        ${isAnswer && ['问：', '答：', '追问：', '节：'].map((label) => html`<button type="button" class="button small ghost" onClick=${() => insert(`\n${label}`)}>${label.replace('：', '')}</button>`)}
        ${
          !isAnswer &&
          html`<button type="button" class="button small ghost" onClick=${() => insert('1. ')}>步骤</button>
        <button type="button" class="button small ghost" onClick=${() => insert('![说明](/img/)')}>图片</button>
        <button type="button" class="button small ghost" onClick=${() => insert('\n问：\n答：\n')}>短答</button>
        ${BOXES.map(([box = '', kind]) => html`<button type="button" class="button small ghost" onClick=${() => insert(`\n:::${kind}[${box}]\n\n:::\n`)}>${box}</button>`)}
        <button type="button" class="button small ghost" id="add-section" onClick=${addSection}>＋小节</button>`
        }
      </div>`
      }
      ${
        conflict &&
        html`<div class="conflict" role="alert" id="conflict"><p><b>${conflict.error}</b>上面是您写的，下面是${conflict.clash === 'draft' ? `${conflict.section.edit?.by ?? '对方'}的草稿` : '文件现在的样子'}。</p><pre>${theirs}</pre>
        <div class="buttons"><button type="button" class="button" id="keep-mine" onClick=${() => save(conflict.section)}>用我的</button><button type="button" class="button" id="keep-theirs" onClick=${() => {
          text.current.value = theirs
          void save(conflict.section)
        }}>${conflict.clash === 'draft' ? '用对方的' : '用文件里的'}</button></div></div>`
      }
      <div class="editor-box" data-kind=${isAnswer ? 'answer' : 'section'}>
        <pre class="editor-lines" ref=${lines} aria-hidden="true">${shown.map((/** @type {string} */ line, /** @type {number} */ index) => html`<span class=${wrong.has(piece.line + index) ? 'line-wrong' : old.has(line) ? '' : 'line-changed'}>${piece.line + index}\n</span>`)}</pre>
        <textarea id="markdown" ref=${text} readonly=${!mayEdit} spellcheck=${false} wrap=${isAnswer ? 'soft' : 'off'} aria-label=${isAnswer ? '这条短答' : '这一节的 Markdown'} onInput=${changed} onScroll=${() => {
          lines.current.scrollTop = text.current.scrollTop
        }}></textarea>
      </div>
      <ul class="problems" id="problems">${piece.problems.map((/** @type {any} */ problem) => html`<li data-severity=${problem.severity}><button type="button" onClick=${() => jump(text.current, problem.line - piece.line)}>第 ${problem.line} 行：${problem.message}。${problem.fix ? '' : problem.remedy}</button>${problem.fix && mayEdit && html`<button type="button" class="link" data-fix onClick=${() => fix(problem)}>改成“${problem.fix.by.replace(/[[\]]/g, '')}”</button>`}</li>`)}</ul>
    </section>
    <aside class="knowledge-preview" aria-label="客户会收到">
      <${Preview} bubbles=${piece.bubbles} />
      <${Try} hasDraft=${Boolean(piece.edit)} />
    </aside>`
}

/** @param {{ bubbles: any[] }} props */
function Preview({ bubbles }) {
  const sum = bubbles.reduce((total, one) => total + (one.picture ? 0 : one.text.length), 0)
  const url = (/** @type {string} */ picture) => `/api/guide-picture?path=${encodeURIComponent(picture)}`
  return html`<h3>客户会收到 <span>${sum} 字 · ${bubbles.filter((one) => one.picture).length} 图</span></h3>
    <div class="phone" id="preview">${bubbles.map((bubble) => (bubble.picture ? html`<button type="button" class="picture" onClick=${() => enlarge(url(bubble.picture))}><img src=${url(bubble.picture)} alt=${bubble.text} loading="lazy" /></button>` : html`<div class="bubble">${bubble.text}</div>`))}${bubbles.length === 0 && html`<p class="muted pad">发布以后，这里就没有了。</p>`}</div>`
}

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

/** @param {any} area @param {number} index of the line in the piece */
function jump(area, index) {
  const before = area.value.split('\n').slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
  area.focus()
  area.setSelectionRange(before, before + (area.value.slice(before).split('\n')[0]?.length ?? 0))
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
