import { go, setParams, Top } from './app.js'
import { PieceEditor, tabOfPiece } from './editor.js'
import { Broken, Empty, Icon, Sheet, toast, toastError } from './parts.js'
import { ReleaseBar, ReleaseSheet, Releases, useCheck } from './release.js'
import { call, me, post, useData } from './store.js'
import { Tables } from './tables.js'
import { Met } from './teach.js'
import { html, useEffect, useState } from './vendor/preact.js'
import { dayTime } from './words.js'

const TABS = [
  ['sections', '小节'],
  ['answers', '短答'],
  ['tables', '表格'],
  ['golden', '必答题'],
]

/** @param {string} rest */
const tabOf = (rest) => (rest === 'golden' ? 'golden' : tabOfPiece(rest))
const pathOf = (/** @type {string} */ key) => `/knowledge/${encodeURIComponent(key)}`

/** @param {{ name: string, head: any, where: { rest: string, params: URLSearchParams } }} props */
export default function Knowledge({ name, head, where }) {
  const { data, error, reload } = useData('/api/knowledge', ['release'])
  const { data: disliked } = useData('/api/unanswered?tab=disliked', ['unanswered'])
  const dislikes = new Map(
    (disliked?.entries ?? []).map((/** @type {any} */ one) => [one.sectionKey, one.people.length]),
  )
  const [sheet, setSheet] = useState(/** @type {'releases' | 'release' | 'answer' | 'guide' | undefined} */ (undefined))
  // From 今天.
  useEffect(() => {
    if (where.params.get('release') && data?.edits.length > 0) {
      setSheet('release')
      setParams({ release: undefined })
    }
  }, [data, where.params.get('release')])
  const current = data?.releases.all.find((/** @type {any} */ one) => one.number === data.releases.current)
  const sum = (/** @type {any[]} */ groups, /** @type {string} */ key) =>
    groups.reduce((total, group) => total + group[key].length, 0)
  const counts = data && { sections: sum(data.guides, 'sections'), answers: sum(data.answers, 'answers') }
  const fact =
    current &&
    `发布 ${current.number} · ${dayTime(current.atMs)} ${current.by.name} · ${counts?.sections} 节 · ${counts?.answers} 条短答`
  const named = where.params.get('tab')
  // An address that was mistyped, or is of an older page, still shows something.
  const tab = TABS.some(([id]) => id === named) ? named : tabOf(where.rest)
  const mayEdit = me.may('admin')
  const show = (/** @type {string} */ id) => {
    if (id === 'golden') go('/knowledge/golden?tab=golden')
    else if (where.rest === 'golden') go(`/knowledge?tab=${id}`)
    else setParams({ tab: id })
  }
  const edits = data?.edits ?? []
  const check = useCheck(edits)
  const saved = async () => {
    await reload()
    check.lookSoon()
  }
  return html`<main class="view" data-detail=${where.rest ? '' : undefined}>
    <${Top} name=${name} fact=${fact} head=${head} />
    <div class="knowledge-columns" data-golden=${where.rest === 'golden' ? '' : undefined}>
      <nav class="knowledge-tree" aria-label="知识">
        <div class="switch" role="tablist">${TABS.map(([id = '', label]) => html`<button type="button" role="tab" data-tab=${id} aria-selected=${String(tab === id)} onClick=${() => show(id)}>${label} <small>${id === 'answers' ? counts?.answers : ''}</small></button>`)}</div>
        ${error && html`<${Broken} error=${error} retry=${reload} />`}
        ${data?.isReadOnly && html`<p class="muted pad">只读，改动可以下载成补丁。</p>`}
        ${tab === 'sections' && data && html`<${Sections} guides=${data.guides} dislikes=${dislikes} current=${where.rest} />`}
        ${tab === 'sections' && mayEdit && html`<div class="pad"><button type="button" class="button small" id="add-guide" onClick=${() => setSheet('guide')}>＋新指南</button></div>`}
        ${tab === 'tables' && data && html`<${Tables} tables=${data.tables} current=${where.rest} mayEdit=${mayEdit} onDone=${reload} line=${(/** @type {any} */ one) => html`<${TreeLine} key=${one.key} one=${one} current=${where.rest} />`} />`}
        ${tab === 'answers' && data && html`<${Answers} topics=${data.answers} current=${where.rest} mayEdit=${mayEdit} add=${() => setSheet('answer')} />`}
        ${tab === 'golden' && html`<p class="muted pad">发布前都要答一遍的题。少对一道，就不会换上新的知识。</p>`}
        <div class="buttons pad knowledge-acts">
          <button type="button" class="button small" id="releases" onClick=${() => setSheet('releases')}>发布记录</button>
        </div>
      </nav>
      ${where.rest === 'golden' && html`<${Golden} mayEdit=${mayEdit} onSaved=${saved} />`}
      ${where.rest && where.rest !== 'golden' && html`<${PieceEditor} key=${where.rest} pieceKey=${where.rest} onSaved=${saved} keys=${data?.guides.flatMap((/** @type {any} */ guide) => guide.sections.map((/** @type {any} */ one) => one.key)) ?? []} />`}
      ${mayEdit && data && html`<${ReleaseBar} edits=${edits} releases=${data.releases} isReadOnly=${data.isReadOnly} check=${check} open=${() => setSheet('release')} />`}
      ${!where.rest && html`<section class="knowledge-editor wide"><${Empty} title="选一节或一条短答" text="左边点一个，这里改，右边看客户会收到什么。" /></section>`}
    </div>
    ${sheet === 'answer' && html`<${NewAnswer} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
    ${sheet === 'guide' && html`<${NewGuide} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
    ${sheet === 'releases' && data && html`<${Releases} releases=${data.releases} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
    ${sheet === 'release' && data && html`<${ReleaseSheet} edits=${edits} inUse=${current?.exam} isReadOnly=${data.isReadOnly} check=${check} onClose=${() => setSheet(undefined)} onDone=${reload} />`}
  </main>`
}

/** @param {{ one: any, current: string }} props */
const TreeLine = ({ one: { key, title, isEdited, problemCount, isWrong, dislikedBy }, current }) => {
  const isSection = !/^(?:answer|row|guide):/.test(key)
  return html`<a href=${`#${pathOf(key)}`} data-piece=${key} data-depth=${key.includes('.') && isSection ? '2' : '1'} aria-current=${key === current ? 'true' : undefined}>${isSection && html`<b>${key}</b>`}<span class="one-line">${title}</span>${isEdited && html`<em class="dot" title="改过，还没发布">●</em>`}${problemCount > 0 && html`<em class=${isWrong ? 'tree-wrong' : 'tree-warn'}>${isWrong ? '错误' : '提醒'} ${problemCount}</em>`}${dislikedBy > 0 && html`<em class="tree-wrong">${dislikedBy} 人说没用</em>`}</a>`
}

/** @param {{ guides: any[], dislikes: Map<string, number>, current: string }} props */
const Sections = ({ guides, dislikes, current }) =>
  html`${guides.map(({ title, sections }) => html`<h3>${title}</h3>${sections.map((/** @type {any} */ one) => html`<${TreeLine} key=${one.key} one=${{ ...one, dislikedBy: dislikes.get(one.key) }} current=${current} />`)}`)}`

/** Escaped as the attribute wants it. */
const GUIDE_ID = '[a-z][a-z0-9\\-]{1,30}'

/** A guide of one's own: a template that can be released as it is. @param {{ onClose: () => void, onDone: () => Promise<void> }} props */
function NewGuide({ onClose, onDone }) {
  const [title, setTitle] = useState('')
  const [id, setId] = useState('')
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault()
    try {
      const { key } = await post('/api/guides', { id, title })
      await onDone()
      onClose()
      go(pathOf(key))
    } catch (failed) {
      toastError(failed)
    }
  }
  return html`<${Sheet} title="＋新指南" onClose=${onClose}><form class="form" onSubmit=${save}>
    <p class="muted">给您一份写好的样子：两个小节、各种方框、一条短答。改成您的内容，再发布。</p>
    <label>指南讲什么<input class="field" id="guide-title" required maxlength="40" placeholder="例如 开发票" value=${title} onInput=${(/** @type {any} */ event) => setTitle(event.target.value)} /></label>
    <label><span>编号 <small>小写字母，就是文件名；小节显示成“编号/1”</small></span><input class="field" id="guide-id" required pattern=${GUIDE_ID} maxlength="31" placeholder="例如 invoice" autocapitalize="off" value=${id} onInput=${(/** @type {any} */ event) => setId(event.target.value)} /></label>
    <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不写</button><button type="submit" class="button primary" id="guide-save">开始写</button></div>
  </form></${Sheet}>`
}

/** @param {{ topics: any[], current: string, mayEdit: boolean, add: () => void }} props */
function Answers({ topics, current, mayEdit, add }) {
  const [q, setQ] = useState('')
  const shown = topics
    .map(({ topic, answers }) => ({
      topic,
      answers: answers.filter((/** @type {any} */ one) => q === '' || `${one.title}${one.key}`.includes(q)),
    }))
    .filter(({ answers }) => answers.length > 0)
  return html`<div class="pad answer-find">
      <input class="field" type="search" value=${q} placeholder="找短答" aria-label="找短答" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
      ${mayEdit && html`<button type="button" class="button small" id="add-answer" onClick=${add}>＋短答</button>`}
    </div>
    ${shown.map(({ topic, answers }) => {
      const isOpen = q !== '' || answers.some((/** @type {any} */ one) => one.key === current || one.isEdited)
      return html`<details key=${`${topic} ${isOpen}`} open=${isOpen}><summary>${topic} <small>${answers.length}</small></summary>${answers.map((/** @type {any} */ one) => html`<${TreeLine} key=${one.key} one=${one} current=${current} />`)}</details>`
    })}
    ${shown.length === 0 && html`<${Empty} title="没有符合的。" />`}`
}

/** @param {{ onClose: () => void, onDone: () => Promise<void> }} props */
function NewAnswer({ onClose, onDone }) {
  const [asks, setAsks] = useState('')
  const [answer, setAnswer] = useState('')
  const [section, setSection] = useState('')
  const { data } = useData('/api/sections')
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault()
    try {
      const { key } = await post('/api/answers', {
        asks: linesOf(asks),
        lines: linesOf(answer),
        ...(section && { section }),
      })
      await onDone()
      onClose()
      go(pathOf(key))
    } catch (failed) {
      toastError(failed)
    }
  }
  return html`<${Sheet} title="＋短答" onClose=${onClose}><form class="form" onSubmit=${save}>
    <label>问（一行一种问法，四种以上更准）<textarea class="field" id="answer-asks" rows="4" required value=${asks} onInput=${(/** @type {any} */ event) => setAsks(event.target.value)}></textarea></label>
    <label>答（最多三行）<textarea class="field" id="answer-lines" rows="3" required value=${answer} onInput=${(/** @type {any} */ event) => setAnswer(event.target.value)}></textarea></label>
    <label>属于哪一节<select class="field" value=${section} onChange=${(/** @type {any} */ event) => setSection(event.target.value)}><option value="">指南外</option>${(data?.sections ?? []).map((/** @type {any} */ one) => html`<option value=${one.key}>${one.key} ${one.title}</option>`)}</select></label>
    <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不写</button><button type="submit" class="button primary" id="answer-save">存成草稿</button></div>
  </form></${Sheet}>`
}

/** @param {string} text */
export const linesOf = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

const EXPECTS = { silence: '不接话', human: '转人工', unknown: '说不知道', courtesy: '客气一句' }

/** @param {any} wanted @returns {string} as it is written */
const expectOf = (wanted) =>
  wanted.kind === 'sections' ? wanted.keys[0] : wanted.kind === 'card' ? `card:${wanted.id}` : wanted.kind
/** @param {any} wanted */
const wantedWords = (wanted) =>
  wanted.kind === 'sections'
    ? `答 ${wanted.keys.join('、')}`
    : wanted.kind === 'card'
      ? `答“${wanted.id}”`
      : EXPECTS[/** @type {keyof typeof EXPECTS} */ (wanted.kind)]

/** Questions that have to be answered as their authors want, or nothing is released. @param {{ mayEdit: boolean, onSaved: () => Promise<void> }} props */
function Golden({ mayEdit, onSaved }) {
  const { data, error, reload } = useData('/api/golden', ['release'])
  const [isWrongOnly, setWrongOnly] = useState(false)
  const [q, setQ] = useState('')
  const [open, setOpen] = useState(/** @type {any} */ (undefined))
  const change = async (/** @type {object} */ what, /** @type {string} */ done) => {
    try {
      await call('PUT', '/api/golden', what)
      toast({ ok: true, text: done })
      setOpen(undefined)
    } catch (failed) {
      toastError(failed)
    }
    await Promise.all([reload(), onSaved()])
  }
  const questions = data?.questions ?? []
  const wrong = questions.filter((/** @type {any} */ one) => !one.isRight).length
  const shown = questions.filter(
    (/** @type {any} */ one) => (!isWrongOnly || !one.isRight) && (q === '' || one.question.includes(q)),
  )
  return html`<section class="knowledge-editor golden" aria-label="必答题">
    <header class="thread-head"><a class="icon-button narrow" href="#/knowledge" aria-label="返回"><${Icon} name="back" /></a>
      <div class="thread-title"><h2>必答题</h2><p>${data && `现在答对 ${questions.length - wrong}/${questions.length}`}${data?.isEdited ? ' · 有草稿，还没发布' : ''}</p></div>
      ${mayEdit && data?.isThere && html`<button type="button" class="button small" id="add-golden" onClick=${() => setOpen({})}>＋加一道</button>`}
    </header>
    <div class="filters"><input class="field" type="search" value=${q} placeholder="找题目" aria-label="找题目" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
      <button type="button" class="filter" aria-pressed=${String(isWrongOnly)} onClick=${() => setWrongOnly(!isWrongOnly)}>只看答错的 <b>${wrong || ''}</b></button></div>
    ${error && html`<${Broken} error=${error} retry=${reload} />`}
    <div class="golden-box"><table class="golden-table"><thead><tr><th>问</th><th>怎么问</th><th>应该</th><th>现在</th>${mayEdit && html`<th></th>`}</tr></thead><tbody>
      ${shown.map((/** @type {any} */ one) => html`<tr key=${`${one.heard} ${one.question}`} data-right=${String(one.isRight)}><td>${one.question}</td><td>${one.heard === 'asked' ? '点名' : '没点名'}</td><td>${wantedWords(one.wanted)}</td><td>${one.isRight ? html`<span class="right">✓</span>` : html`<${Met} met=${one.met} />`}</td>${mayEdit && html`<td><button type="button" class="link" onClick=${() => setOpen(one)}>改</button></td>`}</tr>`)}
    </tbody></table>${data && shown.length === 0 && html`<${Empty} title="没有符合的。" />`}</div>
    ${open && html`<${GoldenForm} one=${open} change=${change} onClose=${() => setOpen(undefined)} />`}
  </section>`
}

/** @param {{ one: any, change: (what: object, done: string) => Promise<void>, onClose: () => void }} props */
function GoldenForm({ one, change, onClose }) {
  const { data } = useData('/api/sections')
  const [question, setQuestion] = useState(one.question ?? '')
  const [heard, setHeard] = useState(one.heard ?? 'asked')
  const [expect, setExpect] = useState(one.wanted ? expectOf(one.wanted) : '')
  const was = one.question === undefined ? undefined : { question: one.question, heard: one.heard }
  const save = (/** @type {Event} */ event) => {
    event.preventDefault()
    void change({ ...(was && { was }), becomes: { question: question.trim(), heard, expect } }, '存成草稿了')
  }
  const isCard = expect.startsWith('card:')
  return html`<${Sheet} title=${was ? '改这道题' : '加一道必答题'} onClose=${onClose}><form class="form" onSubmit=${save}>
    <label>问<textarea class="field" id="golden-question" rows="2" required maxlength="500" value=${question} onInput=${(/** @type {any} */ event) => setQuestion(event.target.value)}></textarea></label>
    <label>怎么问<select class="field" value=${heard} onChange=${(/** @type {any} */ event) => setHeard(event.target.value)}><option value="asked">点名问机器人</option><option value="overheard">群里没点名</option></select></label>
    <label>应该<select class="field" id="golden-expect" required value=${expect} onChange=${(/** @type {any} */ event) => setExpect(event.target.value)}>
      <option value="" disabled>选一个</option>${isCard && html`<option value=${expect}>短答“${expect.slice(5)}”</option>`}
      ${Object.entries(EXPECTS).map(([value, label]) => html`<option value=${value}>${label}</option>`)}${(data?.sections ?? []).map((/** @type {any} */ section) => html`<option value=${section.key}>答 ${section.key} ${section.title}</option>`)}
    </select></label>
    <div class="buttons end">${was && html`<button type="button" class="button ghost danger" id="golden-remove" onClick=${() => change({ was }, '删了，发布以后生效')}>删掉</button>`}<button type="button" class="button" onClick=${onClose}>取消</button><button type="submit" class="button primary" id="golden-save">存成草稿</button></div>
  </form></${Sheet}>`
}
