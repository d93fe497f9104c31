import { go, setParams, Top } from './app.js'
import { linesOf } from './knowledge.js'
import { Broken, Chip, Empty, Icon, Spark, toast, toastError, useKeys } from './parts.js'
import { call, get, me, post, useData } from './store.js'
import { SectionPicker } from './talks.js'
import { Teach } from './teach.js'
import { html, useState } from './vendor/preact.js'
import { clock, dayTime, GONE_WORDS, percent } from './words.js'

const TABS = [
  ['open', '没答上'],
  ['disliked', '说没用'],
  ['drafts', '草稿'],
  ['taught', '教过'],
  ['ignored', '忽略'],
]
const WHY = {
  'not-understood': '没听懂',
  'not-chosen': '给了几个没选',
  'not-sure': '把握不够',
  corrected: '客户改了口',
  disliked: '客户说不对',
  person: '转了人工',
}

/** @param {{ name: string, head: any, where: { rest: string, params: URLSearchParams } }} props */
export default function Learn({ name, head, where }) {
  const tab = where.params.get('tab') ?? 'open'
  const { data, error, reload } = useData(`/api/unanswered?tab=${tab}`, ['unanswered', 'release'])
  const entries = data?.entries ?? []
  const number = Number(where.rest) || undefined
  const chosen = entries.find((/** @type {any} */ entry) => entry.number === number)
  const search = where.params.size > 0 ? `?${where.params}` : ''
  const open = (/** @type {number | undefined} */ next) => go(next ? `/learn/${next}${search}` : `/learn${search}`)
  const step = (/** @type {number} */ by) => {
    const at = entries.findIndex((/** @type {any} */ entry) => entry.number === number)
    const next = entries[Math.max(0, Math.min(entries.length - 1, at + by))]
    if (next) open(next.number)
  }
  useKeys({
    J: () => step(1),
    K: () => step(-1),
    Escape: () => number && open(undefined),
    // Ten in three minutes: the first guess, and the button that it brings.
    T: () => {
      /** @type {any} */ const target = document.querySelector('.learn-inside [data-target]')
      target?.click()
      // Enter is for teaching now, not for the row that was opened.
      /** @type {any} */ const focused = document.activeElement
      focused?.blur()
    },
    Enter: () => /** @type {any} */ (document.querySelector('.learn-inside #teach-go'))?.click(),
  })
  const act = async (/** @type {number} */ of, /** @type {string} */ verb, /** @type {object} */ content = {}) => {
    try {
      const { text } = await post(`/api/unanswered/${of}/${verb}`, content)
      toast({ ok: true, text })
      step(1)
    } catch (failed) {
      toastError(failed)
    }
    await reload()
  }
  return html`<main class="view" data-detail=${chosen ? '' : undefined}>
    <${Top} name=${name} fact="没答上的、说没用的，和同事写的说明" head=${head} />
    <div class="tabs" role="tablist">${TABS.map(([id = '', label]) => html`<button type="button" role="tab" class="tab" data-tab=${id} aria-selected=${String(tab === id)} onClick=${() => setParams({ tab: id === 'open' ? undefined : id })}>${label} <b>${data?.counts[id] || ''}</b></button>`)}</div>
    <div class="tickets-columns learn-columns">
      <section class="ticket-list" aria-label="未答">
        ${error && html`<${Broken} error=${error} retry=${reload} />`}
        ${data && tab !== 'taught' && entries.length === 0 && html`<${Empty} title=${tab === 'open' ? '没有要教的。' : '这里没有。'} text=${tab === 'open' ? '最近 7 天的问题都答上了，或者已经教过。' : ''} />`}
        ${tab !== 'taught' && entries.map((/** @type {any} */ entry) => html`<${EntryRow} key=${entry.number} entry=${entry} isOpen=${entry.number === number} open=${open} />`)}
        ${tab === 'taught' && html`<${Taught} lines=${data?.taught ?? []} reload=${reload} />`}
      </section>
      <section class="learn-detail">
        ${!chosen && tab !== 'taught' && html`<${Empty} title="选一条" text="左边点一条，这里看怎么问的、教到哪里。" />`}
        ${chosen?.kind === 'question' && html`<${Question} key=${number} entry=${chosen} act=${act} close=${() => open(undefined)} reload=${reload} others=${entries.filter((/** @type {any} */ one) => one.kind === 'question' && one.number !== number)} />`}
        ${chosen?.kind === 'draft' && html`<${Draft} key=${number} entry=${chosen} act=${act} close=${() => open(undefined)} />`}
        ${
          chosen?.kind === 'disliked' &&
          html`<div class="learn-inside"><${Back} close=${() => open(undefined)} /><h2>${chosen.sectionKey} ${chosen.title}</h2><p>${chosen.people.length} 个人说这一节的回答没用。改那一节的内容，再发布。</p>
          <div class="buttons"><a class="button" href=${`#/knowledge/${chosen.sectionKey}`}>看这一节</a><a class="button" href=${`#/talks?flag=wrong&section=${chosen.sectionKey}`}>看这些对话</a>${me.may('admin') && html`<button type="button" class="button" onClick=${() => act(chosen.number, 'ignore')}>忽略</button>`}</div></div>`
        }
      </section>
    </div>
  </main>`
}

/** @param {{ close: () => void }} props */
const Back = ({ close }) =>
  html`<button type="button" class="icon-button narrow" aria-label="返回" onClick=${close}><${Icon} name="back" /></button>`

/** @param {any} entry */
function guessWords({ guesses, sectionKey, title }) {
  const [best] = guesses
  if (best) return `机器人猜：${best.sectionKey} ${best.title}（${percent(best.confidence)}）`
  return sectionKey ? `机器人猜：${sectionKey} ${title}` : '机器人猜不到'
}

/** @param {{ entry: any, isOpen: boolean, open: (number: number) => void }} props */
function EntryRow({ entry, isOpen, open }) {
  const words =
    entry.kind === 'question'
      ? entry.texts[0]
      : entry.kind === 'draft'
        ? entry.question
        : `${entry.sectionKey} ${entry.title}`
  return html`<button type="button" class="learn-row" aria-current=${isOpen ? 'true' : undefined} data-entry=${entry.number} onClick=${() => open(entry.number)}>
    <b>${words}</b>
    <small>${
      entry.kind === 'question'
        ? `问了 ${entry.count} 次 · ${entry.places.length} 个群 · 最近 ${dayTime(entry.lastAtMs)} · ${WHY[/** @type {keyof typeof WHY} */ (entry.why)]}`
        : entry.kind === 'draft'
          ? `工单 ${entry.ticketNumber} 的说明`
          : `${entry.people.length} 个人说没用`
    }</small>
    ${entry.kind === 'question' && html`<span class="learn-guess"><small class="one-line">${guessWords(entry)}</small><${Spark} values=${entry.line} colour="amber" /></span>`}
  </button>`
}

/** @param {{ entry: any, act: (number: number, verb: string, content?: object) => Promise<void>, close: () => void, reload: () => Promise<void>, others: any[] }} props */
function Question({ entry, act, close, reload, others }) {
  const [target, setTarget] = useState(/** @type {string | undefined} */ (undefined))
  const [isPicking, setPicking] = useState(false)
  const [more, setMore] = useState(/** @type {'answer' | 'merge' | undefined} */ (undefined))
  const choose = (/** @type {string} */ next) => {
    setPicking(false)
    setMore(undefined)
    setTarget(next)
  }
  const openMore = (/** @type {'answer' | 'merge'} */ what) => {
    setTarget(undefined)
    setPicking(false)
    setMore(more === what ? undefined : what)
  }
  /** @type {any[]} */
  const targets = entry.guesses.some((/** @type {any} */ one) => one.sectionKey === entry.sectionKey)
    ? entry.guesses
    : [...(entry.sectionKey ? [{ sectionKey: entry.sectionKey, title: entry.title }] : []), ...entry.guesses]
  const button = (/** @type {string} */ to, /** @type {string} */ label) =>
    html`<button type="button" class="button" data-target=${to} aria-pressed=${String(target === to)} onClick=${() => choose(to)}>${label}</button>`
  return html`<div class="learn-inside">
    <${Back} close=${close} />
    <h2>${entry.texts[0]}</h2>
    <p class="muted">问了 ${entry.count} 次 · ${entry.places.length} 个群 · ${WHY[/** @type {keyof typeof WHY} */ (entry.why)]} · ${dayTime(entry.firstAtMs)} 起</p>
    <div class="learn-line"><${Spark} values=${entry.line} colour="amber" /><small class="muted">近 14 天 ${entry.line.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0)} 次</small></div>
    ${entry.talkIds.length > 0 && html`<${Around} ids=${entry.talkIds} />`}
    ${entry.texts.length > 1 && html`<h3>也这样问</h3><ul class="ways">${entry.texts.slice(1).map((/** @type {string} */ text) => html`<li>${text}</li>`)}</ul>`}
    <h3>教到哪里</h3>
    <div class="buttons">
      ${targets.map((one) => button(one.sectionKey, `${one.sectionKey} ${one.title}${one.confidence === undefined ? '' : `（${percent(one.confidence)}）`}`))}
      <button type="button" class="button" aria-pressed=${String(isPicking)} onClick=${() => setPicking(!isPicking)}>别的小节…</button>
      ${me.may('admin') && html`<button type="button" class="button" id="write-answer" aria-pressed=${String(more === 'answer')} onClick=${() => openMore('answer')}>＋写一张短答</button>`}
      ${button('人工', '转人工')}${button('无关', '不接话')}
    </div>
    ${more === 'answer' && html`<${WriteAnswer} entry=${entry} onDone=${reload} />`}
    ${more === 'merge' && html`<${MergeInto} entry=${entry} others=${others} act=${act} onDone=${reload} />`}
    ${isPicking && html`<${SectionPicker} choose=${choose} />`}
    ${target && html`<${Teach} key=${target} text=${entry.texts[0]} target=${target} teach=${(/** @type {{ force: boolean }} */ how) => post(`/api/unanswered/${entry.number}/assign`, { target, ...how })} onDone=${reload} />`}
    ${me.may('admin') && html`<div class="buttons end"><button type="button" class="button ghost" id="merge" aria-pressed=${String(more === 'merge')} onClick=${() => openMore('merge')}>合并到…</button><button type="button" class="button ghost" id="ignore" onClick=${() => act(entry.number, 'ignore')}>忽略</button></div>`}
  </div>`
}

/** What was said around it, while that is kept. @param {{ ids: string[] }} props */
function Around({ ids }) {
  const [at, setAt] = useState(0)
  const id = ids[Math.min(at, ids.length - 1)] ?? ''
  const { data } = useData(`/api/talks/${encodeURIComponent(id)}/around`)
  if (!data) return null
  const words = (/** @type {any} */ talk) =>
    talk.text ?? GONE_WORDS[/** @type {keyof typeof GONE_WORDS} */ (talk.gone ?? 'expired')]
  return html`<h3>当时怎么说的 ${ids.length > 1 && html`<button type="button" class="link" id="other-talk" onClick=${() => setAt((at + 1) % ids.length)}>换一处 ${at + 1}/${ids.length}</button>`}</h3>
    <ul class="around">${data.talks.map((/** @type {any} */ talk) => html`<li key=${talk.messageId} data-asked=${String(talk.messageId === id)}><small>${clock(talk.atMs)} ${talk.who.name || '（名字不在了）'}${talk.messageId === id && talk.placeName ? ` · ${talk.placeName}` : ''}</small><p>${words(talk)}</p>${talk.kind !== 'silent' && html`<${Chip} talk=${talk} />`}</li>`)}</ul>`
}

const MAX_ANSWER_CHARS = 60

/** A short answer, taken into use at once and alone. @param {{ entry: any, answer?: string, onDone: () => Promise<void> }} props */
function WriteAnswer({ entry, answer: written = '', onDone }) {
  const [asks, setAsks] = useState(entry.texts.join('\n'))
  const [answer, setAnswer] = useState(written)
  const [section, setSection] = useState(entry.sectionKey ?? '')
  const { state, refusal, teach } = useTaking(onDone)
  const { data } = useData('/api/sections')
  const send = (/** @type {boolean} */ force) =>
    teach('/api/answers', {
      ...{ asks: linesOf(asks), lines: linesOf(answer), teach: true, unanswered: entry.number, force },
      ...(section && { section }),
    })
  return html`<form class="form teach-form" onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault()
    void send(false)
  }}>
    <label>问（一行一种问法）<textarea class="field" id="answer-asks" rows="3" required value=${asks} onInput=${(/** @type {any} */ event) => setAsks(event.target.value)}></textarea></label>
    <label><span>答 <small>${answer.length}/${MAX_ANSWER_CHARS} 字${answer.length > MAX_ANSWER_CHARS ? '，手机上读着累' : ''}</small></span><textarea class="field" id="answer-lines" rows="3" required value=${answer} onInput=${(/** @type {any} */ event) => setAnswer(event.target.value)}></textarea></label>
    <label>属于哪一节<select class="field" value=${section} onChange=${(/** @type {any} */ event) => setSection(event.target.value)}><option value="">指南外</option>${(data?.sections ?? []).map((/** @type {any} */ one) => html`<option value=${one.key}>${one.key} ${one.title}</option>`)}</select></label>
    ${answer && html`<div class="why-said"><div class="bubble">${answer}</div></div>`}
    <${Refusal} refusal=${refusal} again=${() => send(true)} />
    <div class="buttons end"><button type="submit" class="button primary" id="answer-teach" disabled=${state === 'teaching'}>${state === 'teaching' ? '正在教…' : '教'}</button></div>
  </form>`
}

/** Into another group of questions, or a short answer that says it already. @param {{ entry: any, others: any[], act: (number: number, verb: string, content?: object) => Promise<void>, onDone: () => Promise<void> }} props */
function MergeInto({ entry, others, act, onDone }) {
  const [q, setQ] = useState('')
  const { data } = useData('/api/knowledge')
  const { state, refusal, teach } = useTaking(onDone)
  const [chosen, setChosen] = useState('')
  const into = (/** @type {string} */ key, /** @type {boolean} */ force) => {
    setChosen(key)
    return teach('/api/answers/asks', { key, asks: entry.texts, teach: true, unanswered: entry.number, force })
  }
  const answers = (data?.answers ?? [])
    .flatMap((/** @type {any} */ topic) => topic.answers)
    .filter((/** @type {any} */ one) => q !== '' && one.title.includes(q))
    .slice(0, 12)
  const alike = others.filter(({ texts }) => q === '' || texts[0].includes(q)).slice(0, 8)
  return html`<div class="picker" id="merge-into">
    <input class="field" value=${q} placeholder="找一条未答，或一条短答" aria-label="并到哪里" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
    ${state === 'teaching' && html`<p class="muted">正在教…</p>`}
    <${Refusal} refusal=${refusal} again=${() => into(chosen, true)} />
    <ul>${alike.map((/** @type {any} */ one) => html`<li key=${one.number}><button type="button" data-into=${one.number} onClick=${() => act(entry.number, 'merge', { into: one.number })}><b>未答</b> ${one.texts[0]}（${one.count} 次）</button></li>`)}
    ${answers.map((/** @type {any} */ one) => html`<li key=${one.key}><button type="button" data-into=${one.key} disabled=${state === 'teaching'} onClick=${() => into(one.key, false)}><b>短答</b> ${one.title}</button></li>`)}</ul>
    ${q === '' && html`<p class="muted small">写几个字，也能并到短答里。</p>`}
  </div>`
}

/** @param {{ refusal: string, again: () => void }} props */
const Refusal = ({ refusal, again }) =>
  refusal &&
  html`<pre class="problem try-answer" role="alert">${refusal}</pre><div class="buttons end"><button type="button" class="button small" onClick=${again}>仍然教</button></div>`

/** What is written into the knowledge and taken into use. @param {() => Promise<void>} onDone */
function useTaking(onDone) {
  const [state, setState] = useState(/** @type {'' | 'teaching'} */ (''))
  const [refusal, setRefusal] = useState('')
  const teach = async (/** @type {string} */ path, /** @type {object} */ content) => {
    setState('teaching')
    setRefusal('')
    try {
      toast(await post(path, content))
    } catch (failed) {
      setRefusal(/** @type {Error} */ (failed).message)
    }
    setState('')
    await onDone()
  }
  return { state, refusal, teach }
}

/** @param {{ entry: any, act: (number: number, verb: string, content?: object) => Promise<void>, close: () => void }} props */
function Draft({ entry, act, close }) {
  const [more, setMore] = useState(/** @type {'answer' | 'section' | undefined} */ (undefined))
  const turn = (/** @type {'answer' | 'section'} */ what) => setMore(more === what ? undefined : what)
  /** Into the draft of a section, where its author looks at it once more. @param {string} key */
  const intoSection = async (key) => {
    try {
      const path = encodeURIComponent(key)
      const { section } = await get(`/api/knowledge/sections/${path}`)
      const written = (section.edit?.markdown ?? section.markdown).trimEnd()
      const markdown = `${written}\n\n问：${entry.question}\n答：${entry.answer}\n`
      await call('PUT', `/api/edits/${path}`, { markdown, baseHash: section.hash, seen: section.editHash })
      await act(entry.number, 'ignore')
      go(`/knowledge/${path}`)
    } catch (failed) {
      toastError(failed)
    }
  }
  return html`<div class="learn-inside">
    <${Back} close=${close} />
    <h2>${entry.question}</h2>
    <p class="muted"><a class="link" href=${`#/tickets/${entry.ticketNumber}`}>工单 ${entry.ticketNumber}</a> 结单时写的说明：</p>
    <div class="why-said"><div class="bubble">${entry.answer}</div></div>
    ${
      me.may('admin') &&
      html`<div class="buttons end"><button type="button" class="button ghost" onClick=${() => act(entry.number, 'ignore')}>不要</button>
        <button type="button" class="button" id="as-answer" aria-pressed=${String(more === 'answer')} onClick=${() => turn('answer')}>采纳为短答…</button>
        <button type="button" class="button" id="into-section" aria-pressed=${String(more === 'section')} onClick=${() => turn('section')}>放进小节…</button>
        <button type="button" class="button primary" id="accept" onClick=${() => act(entry.number, 'accept')}>收进知识</button></div>
      ${more === 'section' && html`<p class="muted small">作为一条短答写进那一节的草稿，您看过再发布。</p><${SectionPicker} choose=${intoSection} />`}
      ${more === 'answer' && html`<${WriteAnswer} entry=${{ ...entry, texts: [entry.question] }} answer=${entry.answer} onDone=${async () => close()} />`}`
    }
  </div>`
}

/** @param {{ lines: any[], reload: () => Promise<void> }} props */
function Taught({ lines, reload }) {
  const undo = async (/** @type {string} */ text) => {
    await post('/api/teach/undo', { text }).then(toast, toastError)
    await reload()
  }
  if (lines.length === 0) return html`<${Empty} title="还没有教过。" />`
  return html`<ul class="lines">${lines.map(({ text, target, title, origin }) => html`<li><span><b>${text}</b><small>${target === '人工' ? '转人工' : target === '无关' ? '不接话' : `${target} ${title}`}${origin ? ` · ${origin.by} ${dayTime(origin.atMs)} · 发布 ${origin.number}` : ''}</small></span>${me.may('admin') && html`<button type="button" class="button small" onClick=${() => undo(text)}>撤销</button>`}</li>`)}</ul>`
}
