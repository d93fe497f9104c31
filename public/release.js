import { asSomebody, go } from './app.js'
import { Differences, Icon, Sheet, toast, toastError } from './parts.js'
import { call, me, post, useData } from './store.js'
import { Met, metWords } from './teach.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { dayTime } from './words.js'

/** Whoever still writes is not looked over the shoulder. */
const CHECK_AFTER_MS = 3_000

/**
 * What the drafts would change if they were released: looked at whenever somebody has saved one and rests, and when they
 * ask. One look at a time; what was found stays until the drafts are others.
 *
 * @param {any[]} edits
 * @returns {{ found: any, isBusy: boolean, problem: string, look: () => void, lookSoon: () => void }}
 */
export function useCheck(edits) {
  const key = edits.map((/** @type {any} */ one) => `${one.key} ${one.atMs}`).join()
  const [seen, setSeen] = useState(
    /** @type {{ key: string, found?: any, problem?: string } | undefined} */ (undefined),
  )
  const [isBusy, setBusy] = useState(false)
  const now = useRef({ key, isBusy: false, isWanted: false, isGone: false, timer: 0 })
  now.current.key = key
  const look = async () => {
    const state = now.current
    clearTimeout(state.timer)
    if (state.key === '') return
    state.isWanted = state.isBusy
    if (state.isBusy) return
    state.isBusy = true
    setBusy(true)
    const of = state.key
    const result = await post('/api/releases/check', {}).then(
      (found) => ({ key: of, found }),
      (failed) => ({ key: of, problem: failed.message }),
    )
    state.isBusy = false
    if (state.isGone) return
    setBusy(false)
    setSeen(result)
    if (state.isWanted && state.key !== of) void look()
  }
  const lookSoon = () => {
    clearTimeout(now.current.timer)
    now.current.timer = window.setTimeout(() => void look(), CHECK_AFTER_MS)
  }
  useEffect(
    () => () => {
      now.current.isGone = true
      clearTimeout(now.current.timer)
    },
    [],
  )
  const isOfThese = seen?.key === key
  return {
    ...{ isBusy, look: () => void look(), lookSoon },
    ...{ found: isOfThese ? seen?.found : undefined, problem: (isOfThese && seen?.problem) || '' },
  }
}

/** @param {number} share 0..1 */
const points = (share) => `${(share * 100).toFixed(1)}%`

/** Of what is in use, as its release was examined. @param {any} exam */
function standing({ golden, heldOut }) {
  return [
    golden.total > 0 && `必答题 ${golden.right}/${golden.total}`,
    heldOut.total > 0 && `留出题 ${points(heldOut.right / heldOut.total)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

/**
 * What drafts do to the exam, each figure beside what it was.
 *
 * @param {{ figures: any, inUse?: any }} props `inUse`: the exam of the release in use; small changes are not asked all of it anew
 */
function ExamFigures({ figures: { golden, heldOut }, inUse }) {
  const figure = (/** @type {boolean} */ isWorse, /** @type {string} */ words) =>
    html`<span data-worse=${String(isWorse)}><${Icon} name=${isWorse ? 'warn' : 'check'} small=${true} />${words}</span>`
  const from = (/** @type {string} */ is, /** @type {string | undefined} */ was) =>
    was === undefined || was === is ? is : `${is}，原来 ${was}`
  const goldenWords = from(
    `${golden.right}/${golden.total}`,
    golden.before === undefined ? undefined : `${golden.before}/${golden.total}`,
  )
  const [held, heldBefore] = [heldOut.right, heldOut.before].map((share) => share !== undefined && points(share))
  return html`
    ${golden.total > 0 && figure(golden.right < (golden.before ?? 0), `必答题 ${goldenWords}`)}
    ${heldOut.total > 0 && figure(heldOut.right < (heldOut.before ?? 0), `留出题 ${from(held || '', heldBefore || undefined)}`)}
    ${heldOut.total === 0 && inUse?.heldOut.total > 0 && figure(false, `留出题 ${points(inUse.heldOut.right / inUse.heldOut.total)}，改得少，没有重考`)}`
}

/**
 * Under the editor: how what is in use, or the drafts, stand the exam, and what the drafts would change for real people.
 *
 * @param {{ edits: any[], releases: any, isReadOnly: boolean, check: ReturnType<typeof useCheck>, open: () => void }} props
 */
export function ReleaseBar({ edits, releases, isReadOnly, check, open }) {
  const current = releases.all.find((/** @type {any} */ one) => one.number === releases.current)
  const next = Math.max(0, ...releases.all.map((/** @type {any} */ one) => one.number)) + 1
  const { found, isBusy, problem } = check
  if (edits.length === 0) {
    if (!current) return null
    return html`<section class="release-bar" id="release-bar" aria-label="发布"><p class="exam"><span>和发布 ${current.number} 一样，没有改动${current.exam && standing(current.exam) ? ` · ${standing(current.exam)}` : ''}</span></p></section>`
  }
  const warned = found && !found.isBroken ? found.problems.length : 0
  return html`<section class="release-bar" id="release-bar" aria-label="发布">
    <div class="release-row">
      <p class="exam" aria-live="polite">
        ${isBusy && html`<span class="muted">正在检查：训练、考必答题、重放真实消息…</span>`}
        ${!isBusy && !found && !problem && html`<span class="muted">改了 ${edits.length} 处，还没检查</span>`}
        ${!isBusy && problem && html`<span data-worse="true">${problem}</span>`}
        ${!isBusy && found?.isBroken && html`<span data-worse="true"><${Icon} name="warn" small=${true} />有 ${found.problems.length} 处错误，发布不了</span>`}
        ${!isBusy && found?.figures && html`<${ExamFigures} figures=${found.figures} inUse=${current?.exam} />${warned > 0 && html`<span data-worse="mild"><${Icon} name="warn" small=${true} />提醒 ${warned}</span>`}`}
      </p>
      ${!isBusy && !found && html`<button type="button" class="button small" id="check" onClick=${check.look}>检查</button>`}
      <button type="button" class="button small primary" id="release" onClick=${open}><${Icon} name="rocket" small=${true} />${isReadOnly ? `带走 ${edits.length} 处改动…` : `发布 ${next}…`}</button>
    </div>
    ${!isBusy && found && html`<${Blocked} found=${found} />${found.replay && html`<${Replay} replay=${found.replay} />`}`}
  </section>`
}

/** Golden questions that would be lost, each with a way there. @param {{ found: any }} props */
function Blocked({ found }) {
  if (found.objections.length === 0) return null
  return html`<div class="problem blocked" role="alert">${found.objections.map((/** @type {string} */ line) => html`<p>${line}</p>`)}<a class="link" href="#/knowledge/golden?tab=golden">去看</a></div>`
}

/** @param {{ replay: any }} props */
const Replay = ({ replay }) =>
  html`<p class="replay-sum" id="replay">拿最近几天的 <b>${replay.messageCount}</b> 条真实消息重放：${replay.changeCount === 0 ? '都不变' : html`<b>${replay.changeCount} 句会变</b>`}</p>
  ${replay.changes.length > 0 && html`<ul class="replayed">${replay.changes.map((/** @type {any} */ one) => html`<li><span class="one-line">${one.text}${one.count > 1 ? ` ×${one.count}` : ''}</span><${Met} met=${one.before} /><span aria-label="变成">→</span><${Met} met=${one.after} /><small>${changeWords(one)}</small></li>`)}</ul>`}
  ${replay.changeCount > replay.changes.length && html`<p class="muted">……还有 ${replay.changeCount - replay.changes.length} 句</p>`}`

/** @param {{ releases: any, onClose: () => void, onDone: () => Promise<void> }} props */
export function Releases({ releases, onClose, onDone }) {
  const [isBusy, setBusy] = useState(false)
  const [compared, setCompared] = useState(
    /** @type {{ number: number, differences?: any[] } | undefined} */ (undefined),
  )
  const use = async (/** @type {number} */ number) => {
    setBusy(true)
    await post(`/api/releases/${number}/use`).then(toast, toastError)
    setBusy(false)
    await onDone()
    onClose()
  }
  const compare = async (/** @type {number} */ number) => {
    if (compared?.number === number) return setCompared(undefined)
    setCompared({ number })
    await call('GET', `/api/releases/${number}/diff`).then(
      ({ differences }) => setCompared({ number, differences }),
      (failed) => {
        setCompared(undefined)
        toastError(failed)
      },
    )
  }
  return html`<${Sheet} title="发布记录" onClose=${onClose}>
    <ul class="lines">${releases.all.toReversed().map(
      (
        /** @type {any} */ one,
      ) => html`<li data-release=${one.number}><span><b>发布 ${one.number}${one.number === releases.current ? '（现在用的）' : ''}</b><small>${dayTime(one.atMs)} ${one.by.name}${one.forced ? ' · 强制' : ''}${one.exam && standing(one.exam) ? ` · ${standing(one.exam)}` : ''}</small>${one.note && html`<small>${one.note}</small>`}</span>
      ${one.number !== releases.current && html`<button type="button" class="button small ghost" data-act="compare" onClick=${() => compare(one.number)}>和现在比</button>${me.may('admin') && html`<button type="button" class="button small" data-act="use" disabled=${isBusy} onClick=${() => use(one.number)}>回滚到这个</button>`}`}</li>
      ${compared?.number === one.number && html`<li class="compared">${compared?.differences ? (compared.differences.length > 0 ? html`<${Differences} differences=${compared.differences} />` : html`<p class="muted">内容一样。</p>`) : html`<p class="muted">正在比…</p>`}</li>`}`,
    )}</ul>
  </${Sheet}>`
}

/** What a release would change, before it is one. @param {{ found: any, inUse: any }} props */
function Findings({ found, inUse }) {
  const { isBroken, problems, objections, figures, exam, changes, misread, replay } = found
  if (isBroken)
    return html`<p class="problem">有错误，发布不了：</p><ul class="problems">${problems.map((/** @type {any} */ one) => html`<li data-severity="error">${one.file}:${one.line} ${one.message}。${one.remedy}</li>`)}</ul>`
  const list = (/** @type {string[]} */ lines) =>
    html`<ul class="plain-list">${lines.map((line) => html`<li>${line}</li>`)}</ul>`
  return html`<div class="findings" id="findings">
    <p class="exam">${figures ? html`<${ExamFigures} figures=${figures} inUse=${inUse} />` : exam.map((/** @type {string} */ line) => html`<span>${line}</span>`)}</p>
    ${objections.length > 0 && html`<div class="problem" role="alert"><p>变差了，照现在这样不会换：</p>${list(objections)}</div>`}
    ${changes.length > 0 && html`<details><summary>考题里 ${changes.length} 道答得不一样</summary>${list(changes)}</details>`}
    ${misread.length > 0 && html`<details open><summary>新写的话现在答不对</summary>${list(misread)}</details>`}
    ${replay && html`<${Replay} replay=${replay} />`}
    ${problems.length > 0 && html`<details><summary>提醒 ${problems.length}</summary>${list(problems.map((/** @type {any} */ one) => `${one.file}:${one.line} ${one.message}。${one.remedy}`))}</details>`}
  </div>`
}

const KNOWS = ['answer', 'outside']
const LOST = ['fallback', 'clarify']

/** @param {any} change */
function changeWords({ before, after, chars }) {
  if (LOST.includes(before.kind) && KNOWS.includes(after.kind)) return '变好'
  if (KNOWS.includes(before.kind) && LOST.includes(after.kind)) return '变差'
  if (metWords(before) !== metWords(after)) return ''
  if (before.card !== after.card) return '换了一条短答'
  return chars === 0 ? '换了说法' : chars < 0 ? `字少了 ${-chars}` : `字多了 ${chars}`
}

/** @param {string} key */
const kindOfPiece = (key) => {
  const kind = /^(answer|row|guide):/.exec(key)?.[1]
  return kind === 'answer'
    ? '短答'
    : kind === 'row'
      ? '表格'
      : kind === 'guide'
        ? '新指南'
        : key === 'golden'
          ? ''
          : key
}

/**
 * The drafts, what they would change, and the word to release them.
 *
 * @param {{ edits: any[], inUse: any, isReadOnly: boolean, check: ReturnType<typeof useCheck>, onClose: () => void, onDone: () => Promise<void> }} props
 */
export function ReleaseSheet({ edits, inUse, isReadOnly, check, onClose, onDone }) {
  const [isReleasing, setReleasing] = useState(false)
  const [refusal, setRefusal] = useState('')
  const [word, setWord] = useState('')
  const [note, setNote] = useState('')
  const { found, isBusy, problem } = check
  const { data, error } = useData('/api/releases/changes')
  // A patch that was applied has left nothing to change: the drafts have only to be cleared away.
  const isChanging = (data?.differences.length ?? 1) > 0
  useEffect(() => {
    if (!found) check.look()
  }, [])
  const release = async (/** @type {boolean} */ force) => {
    setReleasing(true)
    try {
      toast(await post('/api/releases', { force, ...(note.trim() && { note: note.trim() }) }))
      await onDone()
      onClose()
    } catch (failed) {
      setRefusal(/** @type {Error} */ (failed).message)
    }
    setReleasing(false)
  }
  return html`<${Sheet} title=${`${isReadOnly ? '带走' : '发布'} ${edits.length} 处改动`} onClose=${onClose}>
    <ul class="lines">${edits.map(
      ({ key, title, by, atMs, markdown }) =>
        html`<li><span><b>${kindOfPiece(key)} ${title}</b><small>${by} ${dayTime(atMs)} ${markdown === '' ? '删掉的' : '改的'}</small></span><button type="button" class="button small ghost" onClick=${() => {
          onClose()
          go(`/knowledge/${encodeURIComponent(key)}`)
        }}>看</button></li>`,
    )}</ul>
    ${error && html`<p class="problem">${error}</p>`}
    ${data && html`<${Differences} differences=${data.differences} />`}
    ${isBusy && html`<p class="muted">正在检查：训练、考必答题、重放真实消息…</p>`}
    ${found && html`<${Findings} found=${found} inUse=${inUse} />`}
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${
      refusal &&
      html`<pre class="problem try-answer" role="alert" id="release-refused">${refusal}</pre>
      ${/必答题/.test(refusal) && html`<div class="buttons"><a class="button small" href="#/knowledge/golden?tab=golden" onClick=${onClose}>去看必答题</a></div>`}
      <form class="inline-form" onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault()
        if (word.trim() === '强制') void release(true)
      }}><input class="field" placeholder="仍然发布，就写：强制" value=${word} aria-label="强制" id="force-word" onInput=${(/** @type {any} */ event) => setWord(event.target.value)} /><button class="button" type="submit" id="release-force" disabled=${word.trim() !== '强制' || isReleasing}>仍然发布…</button></form>`
    }
    ${!(isReadOnly && isChanging) && html`<label class="release-note">为什么改（记在发布记录里，可以不写）<input class="field" id="release-note" maxlength="100" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>`}
    ${isReadOnly && isChanging && html`<p class="muted" id="how-to-patch">文件夹只读，这里发布不了。下载补丁，在放着 knowledge 和 intents 的文件夹里运行 git apply guoshen.patch，再重载。</p>`}
    <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不发</button>${isReadOnly && isChanging ? html`<a class="button primary" id="patch" href="/api/releases/drafts.patch" download="guoshen.patch">下载补丁</a>` : html`<button type="button" class="button primary" id="release-go" disabled=${isReleasing || found?.isBroken} onClick=${() => asSomebody(() => release(false))}>${isReleasing ? '正在发布…' : '发布'}</button>`}</div>
  </${Sheet}>`
}
