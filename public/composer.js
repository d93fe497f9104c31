import { Icon, isOfInputMethod, toast } from './parts.js'
import { draftOf, get, keepDraft, live, plainPicture, post, toBase64, whyUnsendable } from './store.js'
import { html, useEffect, useReducer, useRef, useState } from './vendor/preact.js'

/** `/` and what follows it, at the cursor: the beginning of what is looked for in the knowledge. */
const LOOKS_UP = /(?:^|\s|[，。！？、；：])\/([^\s/]{0,20})$/u
const KIND_NAMES = { step: '一步', answer: '短答', required: '要的材料', section: '整节' }
const TYPING_EVERY_MS = 4_000
const LOOK_AFTER_MS = 120

/** Pictures that are still to go out, by ticket: whoever looks at another one meanwhile finds them again. @type {Map<number, any[]>} */
const attached = new Map()
/** @param {number} number of a ticket @param {any[]} pictures */
export const keepPictures = (number, pictures) => void attached.set(number, pictures)

/**
 * Where a colleague writes to a customer, or notes something beside: `/` offers what the knowledge has to say, and several
 * pieces go into one message. What is being written stays on the device until it is out.
 *
 * @param {{ ticket: any, mode: 'reply' | 'note', setMode: (mode: 'reply' | 'note') => void, isOff: boolean, send: (words: { text: string, pictures: any[] }) => Promise<boolean>, signedBy: string }} props
 */
export function TicketComposer({ ticket, mode, setMode, isOff, send, signedBy }) {
  const key = `${ticket.number} ${mode}`
  const text = useRef(/** @type {any} */ (null))
  const file = useRef(/** @type {any} */ (null))
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const [pictures, setPictures] = useState(attached.get(ticket.number) ?? [])
  useEffect(() => keepPictures(ticket.number, pictures), [pictures])
  const [found, setFound] = useState(/** @type {{ items: any[], marked: number } | undefined} */ (undefined))
  const [isBusy, setBusy] = useState(false)
  const lookTimer = useRef(0)
  const typedAtMs = useRef(0)
  const resize = () => {
    if (!text.current) return
    text.current.style.height = 'auto'
    text.current.style.height = `${Math.min(220, text.current.scrollHeight)}px`
  }
  useEffect(() => {
    text.current.value = draftOf(key)
    setFound(undefined)
    resize()
    redraw(0)
  }, [key])
  // What did not go out is there to be sent again, beside what has been written since.
  useEffect(
    () =>
      live.on('give-back', (draft) => {
        if (draft.number !== ticket.number || mode !== 'reply') return
        setPictures((now) => (now.length > 0 ? now : draft.pictures))
        if (text.current.value !== '') return
        text.current.value = draft.text
        changed()
      }),
    [mode],
  )
  const typed = () => LOOKS_UP.exec(text.current.value.slice(0, text.current.selectionStart))
  const look = async (/** @type {string} */ q) => {
    const { snippets } = await get(`/api/snippets?ticket=${ticket.number}&q=${encodeURIComponent(q)}`).catch(() => ({
      snippets: [],
    }))
    if (typed()?.[1] === q) setFound({ items: snippets, marked: 0 })
  }
  const changed = () => {
    keepDraft(key, text.current.value)
    resize()
    redraw(0)
    clearTimeout(lookTimer.current)
    const q = typed()?.[1]
    if (q === undefined) setFound(undefined)
    else lookTimer.current = window.setTimeout(() => void look(q), LOOK_AFTER_MS)
    if (Date.now() - typedAtMs.current > TYPING_EVERY_MS) {
      typedAtMs.current = Date.now()
      post(`/api/tickets/${ticket.number}/typing`).catch(() => undefined)
    }
  }
  const insert = (/** @type {any} */ snippet) => {
    const cursor = text.current.selectionStart
    const start = cursor - (typed()?.[1]?.length ?? -1) - 1
    text.current.setRangeText(snippet.text, Math.max(0, start), cursor, 'end')
    setPictures((before) =>
      [
        ...before,
        ...snippet.pictures.filter((/** @type {any} */ { path }) => !before.some((one) => one.path === path)),
      ].slice(0, 6),
    )
    setFound(undefined)
    text.current.focus()
    changed()
  }
  const openKnowledge = () => {
    text.current.focus()
    if (!typed())
      text.current.setRangeText(
        text.current.value === '' || /\s$/.test(text.current.value) ? '/' : ' /',
        text.current.selectionStart,
        text.current.selectionEnd,
        'end',
      )
    changed()
  }
  const take = async (/** @type {FileList | undefined | null} */ files) => {
    for (const picture of files ?? []) {
      const why = whyUnsendable(picture)
      if (why) toast({ ok: false, text: why })
      else {
        const base64 = await toBase64(await plainPicture(picture))
        setPictures((before) =>
          [...before, { base64, alt: picture.name, url: URL.createObjectURL(picture) }].slice(0, 6),
        )
      }
    }
  }
  const go = async () => {
    const words = text.current.value.trim()
    if (isBusy || isOff || (words === '' && (mode === 'note' || pictures.length === 0))) return
    setBusy(true)
    const isSent = await send({
      text: words,
      pictures: mode === 'reply' ? pictures : [],
    })
    setBusy(false)
    if (!isSent) return
    text.current.value = ''
    if (mode === 'reply') setPictures([])
    setFound(undefined)
    resize()
  }
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (isOfInputMethod(event)) return
    if (found && found.items.length > 0) {
      const { items, marked } = found
      const step = { ArrowDown: 1, ArrowUp: items.length - 1 }[event.key]
      if (step !== undefined) setFound({ items, marked: (marked + step) % items.length })
      else if (event.key === 'Enter' || event.key === 'Tab') insert(items[marked])
      else if (event.key === 'Escape') setFound(undefined)
      else return
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void go()
    }
    if (event.key === 'Escape') text.current.blur()
  }
  const isOpen = ticket.status === 'open' || ticket.status === 'reopened'
  const label = mode === 'note' ? '记下' : isOpen ? '接单并发送' : '发送'
  const isEmpty = (text.current?.value ?? draftOf(key)).trim() === '' && (mode === 'note' || pictures.length === 0)
  return html`<div class="ticket-composer">
    ${
      found &&
      html`<div class="snippets" role="listbox" aria-label="知识里的话" id="snippets">
      <p><span>知识里的话，按这位客户的问题排</span><span class="wide"><kbd>↑</kbd> <kbd>↓</kbd> 选 <kbd>↵</kbd> 插入</span></p>
      ${found.items.map((snippet, index) => {
        const choose = (/** @type {Event} */ event) => {
          event.preventDefault()
          insert(snippet)
        }
        return html`<button type="button" role="option" aria-selected=${String(index === found.marked)} data-snippet=${snippet.id} onPointerDown=${choose}>
          <b>${snippet.kind === 'answer' ? '短答' : snippet.key}</b>
          <span><span class="one-line">${snippet.text.replace(/\s+/g, ' ')}</span><small>${snippet.title} · ${KIND_NAMES[/** @type {keyof typeof KIND_NAMES} */ (snippet.kind)]}</small></span>
          ${snippet.pictures.length > 0 && html`<em><${Icon} name="picture" small=${true} />${snippet.pictures.length}</em>`}
        </button>`
      })}
      ${found.items.length === 0 && html`<p class="muted">知识里没有找到。</p>`}
    </div>`
    }
    <div class="composer-modes" role="tablist">
      <button type="button" role="tab" aria-selected=${String(mode === 'reply')} data-mode="reply" onClick=${() => setMode('reply')}>回复客户</button>
      <button type="button" role="tab" aria-selected=${String(mode === 'note')} data-mode="note" onClick=${() => setMode('note')}>内部备注</button>
      <span class="composer-to wide">${mode === 'reply' ? `发到 ${ticket.isDirect ? '私聊' : ticket.placeName}，@${ticket.askerName}，署名${signedBy || '…'}` : '客户看不到'}</span>
    </div>
    <div class="composer-box" data-mode=${mode} onDragOver=${(/** @type {Event} */ event) => event.preventDefault()} onDrop=${(
      /** @type {DragEvent} */ event,
    ) => {
      event.preventDefault()
      void take(event.dataTransfer?.files)
    }}>
      <textarea id="ticket-text" ref=${text} rows="2" maxlength="2000" aria-label=${mode === 'reply' ? '回复客户' : '内部备注'} placeholder=${mode === 'reply' ? '直接写，打 / 插入知识里的话' : '只有同事看得到'} onInput=${changed} onKeyDown=${onKey}
        onPaste=${(/** @type {ClipboardEvent} */ event) => {
          if (!event.clipboardData?.files.length) return
          event.preventDefault()
          void take(event.clipboardData.files)
        }}></textarea>
      ${
        mode === 'reply' &&
        pictures.length > 0 &&
        html`<div class="attached">${pictures.map(
          (picture, index) =>
            html`<span><img src=${picture.url ?? `/api/guide-picture?path=${encodeURIComponent(picture.path)}`} alt="" />${picture.alt || '图片'}<button type="button" aria-label="去掉这张图" onClick=${() => setPictures(pictures.filter((_, at) => at !== index))}><${Icon} name="close" small=${true} /></button></span>`,
        )}</div>`
      }
    </div>
    <div class="composer-bar">
      ${
        mode === 'reply' &&
        html`<button type="button" class="icon-button" aria-label="图片" onClick=${() => file.current.click()}><${Icon} name="picture" /></button>
        <button type="button" class="button ghost" id="open-knowledge" onClick=${openKnowledge}><${Icon} name="book" small=${true} />知识里的话</button>
        <input ref=${file} type="file" accept="image/png,image/jpeg,image/gif" multiple hidden onChange=${(
          /** @type {any} */ event,
        ) => {
          void take(event.target.files)
          event.target.value = ''
        }} />`
      }
      <span class="top-space"></span>
      ${mode === 'reply' && html`<small class="wide">5 秒内可以撤销</small>`}
      <button type="button" class="button primary" id="ticket-send" disabled=${isOff || isBusy || isEmpty} onClick=${go}><${Icon} name="send" small=${true} />${label}</button>
    </div>
  </div>`
}
