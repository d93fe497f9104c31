import { asSomebody, go, Top } from './app.js'
import { Broken, Empty, enlarge, Icon, Sheet, toast, toastError } from './parts.js'
import { call, live, me, post, Refused, useData } from './store.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { clock, dayTime } from './words.js'

const SAVE_AFTER_MS = 1_000

/** @param {{ name: string, head: any, where: { rest: string } }} props */
export default function Knowledge({ name, head, where }) {
  const { data, error, reload } = useData('/api/knowledge', ['release'])
  const [sheet, setSheet] = useState(/** @type {'releases' | 'release' | undefined} */ (undefined))
  const current = data?.releases.all.find((/** @type {any} */ one) => one.number === data.releases.current)
  const count = data?.guides.reduce(
    (/** @type {number} */ sum, /** @type {any} */ guide) => sum + guide.sections.length,
    0,
  )
  const fact = current && `发布 ${current.number} · ${dayTime(current.atMs)} ${current.by.name} · ${count} 节`
  return html`<main class="view" data-detail=${where.rest ? '' : undefined}>
    <${Top} name=${name} fact=${fact} head=${head} />
    <div class="knowledge-columns">
      <nav class="knowledge-tree" aria-label="小节">
        ${error && html`<${Broken} error=${error} retry=${reload} />`}
        ${data?.isReadOnly && html`<p class="muted pad">文件夹只读：改动可以看，发布不了。</p>`}
        ${data?.guides.map((/** @type {any} */ guide) => html`<h3>${guide.title}</h3>${guide.sections.map((/** @type {any} */ section) => html`<a href=${`#/knowledge/${encodeURIComponent(section.key)}`} data-section=${section.key} aria-current=${section.key === where.rest ? 'true' : undefined}><b>${section.key}</b><span class="one-line">${section.title}</span>${section.isEdited && html`<em class="dot" title="改过，还没发布">●</em>`}</a>`)}`)}
        <div class="buttons pad knowledge-acts">
          <button type="button" class="button small" id="releases" onClick=${() => setSheet('releases')}>发布记录</button>
          ${me.may('admin') && data?.edits.length > 0 && html`<button type="button" class="button small primary" id="release" onClick=${() => setSheet('release')}><${Icon} name="rocket" small=${true} />发布 ${data.edits.length} 处改动…</button>`}
        </div>
        ${me.may('staff') && html`<${Try} />`}
      </nav>
      ${where.rest ? html`<${SectionEditor} key=${where.rest} sectionKey=${where.rest} isReadOnly=${data?.isReadOnly} onSaved=${reload} />` : html`<section class="knowledge-editor wide"><${Empty} title="选一节" text="左边点一节，这里改，右边看客户会收到什么。" /></section>`}
    </div>
    ${sheet === 'releases' && data && html`<${Releases} releases=${data.releases} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
    ${sheet === 'release' && data && html`<${Release} edits=${data.edits} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
  </main>`
}

/** Drafts are saved by themselves; what somebody else has written to the file meanwhile is shown beside. @param {{ sectionKey: string, isReadOnly: boolean, onSaved: () => Promise<void> }} props */
function SectionEditor({ sectionKey, isReadOnly, onSaved }) {
  const path = `/api/knowledge/sections/${encodeURIComponent(sectionKey)}`
  const { data, error, reload } = useData(path, ['release'])
  const [saved, setSaved] = useState(/** @type {any} */ (undefined))
  const [conflict, setConflict] = useState(/** @type {any} */ (undefined))
  const [state, setState] = useState('')
  const text = useRef(/** @type {any} */ (null))
  const lines = useRef(/** @type {any} */ (null))
  const timer = useRef(0)
  const isFilled = useRef(false)
  const section = saved ?? data?.section
  useEffect(() => {
    if (!data?.section || isFilled.current || !text.current) return
    isFilled.current = true
    text.current.value = data.section.edit?.markdown ?? data.section.markdown
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(
    () =>
      live.on('release', () => {
        setSaved(undefined)
        isFilled.current = false
        void reload()
      }),
    [],
  )
  const save = async (/** @type {string} */ baseHash) => {
    setState('正在存…')
    try {
      const answer = await call('PUT', `/api/edits/${encodeURIComponent(sectionKey)}`, {
        markdown: text.current.value,
        baseHash,
      })
      setSaved(answer.section)
      setConflict(undefined)
      setState(answer.section.edit ? `草稿 ${clock(answer.section.edit.atMs)} 自动存` : '和已发布的一样')
      await onSaved()
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 409) setConflict(refused.body.section)
      else setState(`没存上：${/** @type {Error} */ (refused).message}`)
    }
  }
  const changed = () => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void save(section.hash), SAVE_AFTER_MS)
  }
  const drop = async () => {
    await call('DELETE', `/api/edits/${encodeURIComponent(sectionKey)}`, {}).catch(toastError)
    setSaved(undefined)
    isFilled.current = false
    setState('')
    await Promise.all([reload(), onSaved()])
  }
  const insert = (/** @type {string} */ words) => {
    text.current.setRangeText(words, text.current.selectionStart, text.current.selectionEnd, 'end')
    text.current.focus()
    changed()
  }
  if (error && !section)
    return html`<section class="knowledge-editor"><${Broken} error=${error} retry=${reload} /></section>`
  if (!section) return html`<section class="knowledge-editor" aria-busy="true"></section>`
  const count = (text.current?.value ?? section.edit?.markdown ?? section.markdown).split('\n').length
  const mayEdit = me.may('admin') && !isReadOnly
  const sum = section.bubbles.reduce(
    (/** @type {number} */ total, /** @type {any} */ one) => total + (one.picture ? 0 : one.text.length),
    0,
  )
  return html`<section class="knowledge-editor" aria-label=${section.title}>
      <header class="thread-head">
        <a class="icon-button narrow" href="#/knowledge" aria-label="返回"><${Icon} name="back" /></a>
        <div class="thread-title"><h2>${section.key} ${section.title}</h2><p>${section.file}:${section.line} · <span id="draft-state">${state || (section.edit ? `草稿，${section.edit.by} ${dayTime(section.edit.atMs)}` : '已发布的样子')}</span></p></div>
        ${section.edit && mayEdit && html`<button type="button" class="button small" id="drop-draft" onClick=${drop}>不要草稿</button>`}
      </header>
      ${
        mayEdit &&
        html`<div class="editor-tools">
        <button type="button" class="button small ghost" onClick=${() => insert('1. ')}>步骤</button>
        <button type="button" class="button small ghost" onClick=${() => insert('![说明](/img/)')}>图片</button>
        ${['需要的截图', '下一步', '补充', '时效'].map((box) => html`<button type="button" class="button small ghost" onClick=${() => insert(`\n:::${box === '时效' ? 'note' : box === '下一步' ? 'tip' : 'info'}[${box}]\n\n:::\n`)}>${box}</button>`)}
      </div>`
      }
      ${
        conflict &&
        html`<div class="conflict" role="alert" id="conflict"><p><b>文件刚被别人改过。</b>上面是您的草稿，下面是文件现在的样子；什么都没丢。</p><pre>${conflict.markdown}</pre>
        <div class="buttons"><button type="button" class="button" id="keep-mine" onClick=${() => save(conflict.hash)}>用我的</button><button type="button" class="button" onClick=${() => {
          text.current.value = conflict.markdown
          void save(conflict.hash)
        }}>用文件里的</button></div></div>`
      }
      <div class="editor-box">
        <pre class="editor-lines" ref=${lines} aria-hidden="true">${Array.from({ length: count }, (_, index) => section.line + index).join('\n')}</pre>
        <textarea id="markdown" ref=${text} readonly=${!mayEdit} spellcheck=${false} wrap="off" aria-label="这一节的 Markdown" onInput=${changed} onScroll=${() => {
          lines.current.scrollTop = text.current.scrollTop
        }}></textarea>
      </div>
      <ul class="problems" id="problems">${section.problems.map((/** @type {any} */ problem) => html`<li data-severity=${problem.severity}><button type="button" onClick=${() => jump(text.current, problem.line - section.line)}>第 ${problem.line} 行：${problem.message}。${problem.remedy}</button></li>`)}</ul>
    </section>
    <aside class="knowledge-preview" aria-label="客户会收到">
      <h3>客户会收到 <span>${sum} 字 · ${section.bubbles.filter((/** @type {any} */ one) => one.picture).length} 图</span></h3>
      <div class="phone" id="preview">${section.bubbles.map((/** @type {any} */ bubble) => (bubble.picture ? html`<button type="button" class="picture" onClick=${() => enlarge(`/api/guide-picture?path=${encodeURIComponent(bubble.picture)}`)}><img src=${`/api/guide-picture?path=${encodeURIComponent(bubble.picture)}`} alt=${bubble.text} loading="lazy" /></button>` : html`<div class="bubble">${bubble.text}</div>`))}</div>
    </aside>`
}

/** @param {any} area @param {number} index of the line in the section */
function jump(area, index) {
  const before = area.value.split('\n').slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
  area.focus()
  area.setSelectionRange(before, before + (area.value.slice(before).split('\n')[0]?.length ?? 0))
}

function Try() {
  const [answer, setAnswer] = useState(/** @type {{ ok: boolean, text: string } | undefined} */ (undefined))
  const box = useRef(/** @type {any} */ (null))
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault()
    const text = box.current.value.trim()
    if (text) setAnswer(await post('/api/try', { text }).catch((failed) => ({ ok: false, text: failed.message })))
  }
  return html`<form class="try pad" onSubmit=${submit}><label for="try">试一句</label><input class="field" id="try" ref=${box} maxlength="500" placeholder="客户会怎么说" />${answer && html`<pre class="try-answer" id="try-answer">${answer.text}</pre>`}</form>`
}

/** @param {{ releases: any, onClose: () => void, onDone: () => Promise<void> }} props */
function Releases({ releases, onClose, onDone }) {
  const [isBusy, setBusy] = useState(false)
  const use = async (/** @type {number} */ number) => {
    setBusy(true)
    await post(`/api/releases/${number}/use`).then(toast, toastError)
    setBusy(false)
    await onDone()
    onClose()
  }
  return html`<${Sheet} title="发布记录" onClose=${onClose}>
    <ul class="lines">${releases.all.toReversed().map((/** @type {any} */ one) => html`<li data-release=${one.number}><span><b>发布 ${one.number}${one.number === releases.current ? '（现在用的）' : ''}</b><small>${dayTime(one.atMs)} ${one.by.name} · ${one.version}</small></span>${me.may('admin') && one.number !== releases.current && html`<button type="button" class="button small" disabled=${isBusy} onClick=${() => use(one.number)}>回滚到这个</button>`}</li>`)}</ul>
  </${Sheet}>`
}

/** @param {{ edits: any[], onClose: () => void, onDone: () => Promise<void> }} props */
function Release({ edits, onClose, onDone }) {
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const [word, setWord] = useState('')
  const release = async (/** @type {boolean} */ force) => {
    setBusy(true)
    try {
      toast(await post('/api/releases', { force }))
      await onDone()
      onClose()
    } catch (failed) {
      setRefusal(/** @type {Error} */ (failed).message)
    }
    setBusy(false)
  }
  return html`<${Sheet} title="发布" onClose=${onClose}>
    <ul class="lines">${edits.map(
      ({ key, by, atMs, markdown }) =>
        html`<li><span><b>${key}</b><small>${by} ${dayTime(atMs)} 改的 · ${markdown.split('\n').length} 行</small></span><button type="button" class="button small" onClick=${() => {
          onClose()
          go(`/knowledge/${encodeURIComponent(key)}`)
        }}>看</button></li>`,
    )}</ul>
    <p class="muted">发布前先检查、训练，再答一遍必答题和留出题；变差了不会换。</p>
    ${
      refusal &&
      html`<pre class="problem try-answer" role="alert" id="release-refused">${refusal}</pre>
      <form class="inline-form" onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault()
        if (word.trim() === '强制') void release(true)
      }}><input class="field" placeholder="仍然发布，就写：强制" value=${word} aria-label="强制" onInput=${(/** @type {any} */ event) => setWord(event.target.value)} /><button class="button" type="submit" disabled=${word.trim() !== '强制' || isBusy}>仍然发布…</button></form>`
    }
    <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不发</button><button type="button" class="button primary" id="release-go" disabled=${isBusy} onClick=${() => asSomebody(() => release(false))}>${isBusy ? '正在检查…' : '发布'}</button></div>
  </${Sheet}>`
}
