import { CHIP_CLASSES, Icon, toast, toastError } from './parts.js'
import { me, post } from './store.js'
import { html, useEffect, useRef, useState } from './vendor/preact.js'
import { kindWord } from './words.js'

const LOOK_AFTER_MS = 250

/** @param {{ kind: string, sections: string[], card?: string }} met */
export const metWords = ({ kind, sections, card }) =>
  [kindWord(kind), sections[0], card && kind !== 'outside' && '短答'].filter(Boolean).join(' ')

/** @param {{ met: { kind: string, sections: string[], card?: string } }} props */
export const Met = ({ met }) =>
  html`<em class=${`chip ${CHIP_CLASSES[/** @type {keyof typeof CHIP_CLASSES} */ (met.kind)] ?? ''}`}>${metWords(met)}</em>`

/** What a sentence is to mean, in words. @param {string} target */
const targetWords = (target) => (target === '人工' ? '转人工' : target === '无关' ? '不接话' : `答 ${target}`)

/**
 * Teaches a sentence, and says before what would change: on the real messages of the last days, and on the golden
 * questions.
 *
 * @param {{ text: string, target: string, hand?: () => void, isHanded?: boolean, teach?: (how: { force: boolean }) => Promise<{ ok: boolean, text: string }>, onDone?: () => void }} props `hand`: asks those who may teach to do it
 */
export function Teach({ text, target, hand, isHanded = false, teach, onDone }) {
  const [preview, setPreview] = useState(/** @type {any} */ (undefined))
  const [error, setError] = useState('')
  const [state, setState] = useState(/** @type {'asking' | 'teaching' | 'taught'} */ ('asking'))
  const [refusal, setRefusal] = useState('')
  const [isGolden, setGolden] = useState(true)
  const turn = useRef(0)
  const box = useRef(/** @type {any} */ (null))
  // The button that was pressed is gone, and whoever uses the keyboard would begin at the top.
  useEffect(() => {
    if (state === 'taught' && document.activeElement === document.body)
      box.current.querySelector('#teach-undo')?.focus()
  }, [state])
  // What it would change is there to be seen before the button is.
  useEffect(() => box.current.scrollIntoView({ block: 'nearest' }), [preview])
  useEffect(() => {
    const mine = ++turn.current
    setError('')
    const timer = setTimeout(() => {
      post('/api/teach/preview', { text, target }).then(
        (seen) => mine === turn.current && setPreview(seen),
        (failed) => mine === turn.current && setError(failed.message),
      )
    }, LOOK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text, target])
  const undo = async () => {
    const { ok, text: answer } = await post('/api/teach/undo', { text }).catch((failed) => ({
      ok: false,
      text: failed.message,
    }))
    toast({ ok, text: answer })
    if (ok) setState('asking')
    onDone?.()
  }
  const go = async (/** @type {boolean} */ force) => {
    const golden = isGolden && !teach
    setState('teaching')
    setRefusal('')
    try {
      const { text: answer } = await (teach ? teach({ force }) : post('/api/teach', { text, target, force, golden }))
      setState('taught')
      toast({ ok: true, text: answer, untilMs: Date.now() + 20_000, undo: () => void undo() })
      onDone?.()
    } catch (failed) {
      setState('asking')
      setRefusal(/** @type {Error} */ (failed).message)
      toastError(failed)
    }
  }
  const lost = preview?.golden.lost ?? []
  const number = (preview?.golden.total ?? 0) + 1
  return html`<section class="teach" ref=${box} data-teach=${state}>
    <div class="teach-what"><p><b>教它：</b>这样问，以后${targetWords(target)}</p><p class="muted">“${text}”</p></div>
    ${!teach && state === 'asking' && me.may('admin') && html`<label class="check"><input type="checkbox" id="as-golden" checked=${isGolden} onChange=${() => setGolden(!isGolden)} />记成必答题${preview ? `（第 ${number} 道）` : ''}</label>`}
    <div class="teach-changes">
      ${error && html`<p class="problem">${error}</p>`}
      ${!preview && !error && html`<p class="muted">正在看会变什么…</p>`}
      ${
        preview &&
        html`<p id="teach-changes"><b>会变 ${preview.changes.length} 条</b>（最近 ${preview.messageCount} 条真实消息），必答题 ${preview.golden.right - lost.length}/${preview.golden.total}${lost.length === 0 ? ' 不变' : ''}</p>
        <ul>${preview.changes.map((/** @type {any} */ { text: words, count, before, after }) => html`<li><span class="one-line">${words}${count > 1 ? ` ×${count}` : ''}</span><${Met} met=${before} /><span aria-label="变成">→</span><${Met} met=${after} /></li>`)}</ul>
        ${lost.length > 0 && html`<p class="problem">必答题会少对 ${lost.length} 道：${lost.map((/** @type {string} */ one) => `“${one}”`).join('、')}</p>`}`
      }
      ${refusal && html`<p class="problem" role="alert">${refusal}</p>`}
      <div class="teach-go">
        <small class="muted">${state === 'taught' ? '教好了' : me.may('admin') ? '随时能撤销' : isHanded ? '交给管理员了，教好就撤下' : '管理员来教'}</small>
        ${state === 'taught' && html`<button type="button" class="button small" id="teach-undo" onClick=${undo}>撤销</button>`}
        ${state !== 'taught' && me.may('admin') && html`${refusal && html`<button type="button" class="button small" onClick=${() => go(true)}>仍然教</button>`}<button type="button" class="button small primary" id="teach-go" disabled=${!preview || state === 'teaching'} onClick=${() => go(false)}><${Icon} name="learn" small=${true} />${state === 'teaching' ? '正在教…' : '教'}</button>`}
        ${!me.may('admin') && hand && !isHanded && html`<button type="button" class="button small primary" id="hand-on" onClick=${hand}><${Icon} name="hand" small=${true} />交给管理员</button>`}
      </div>
    </div>
  </section>`
}
