import { go, Top } from './app.js'
import { Avatar, CHIP_CLASSES, Empty, enlarge, Icon, isOfInputMethod, Linked, toast, toastError } from './parts.js'
import { get, live, post, read, toBase64, whyUnsendable, write } from './store.js'
import { Why } from './talks.js'
import { html, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from './vendor/preact.js'
import { badgeWords, longTime, shortTime } from './words.js'

/**
 * @typedef {import('../src/channel/simulator/world.js').SimulatedPerson} Person
 * @typedef {import('../src/web/routes.js').ConversationView} Conversation
 * @typedef {import('../src/web/routes.js').MessageView} Message
 */

const PART_WORDS = { bot: '机器人', customer: '客户', staff: '服务商同事', admin: '管理员' }
const GAP_MS = 5 * 60 * 1000 // WeChat writes the time again after such a pause
const NEAR_END_PX = 80
const LONG_PRESS_MS = 500
const WIDE = '(min-width: 1100px)' // room for the panel beside the chat; below it lies over the chat
const TYPED_MENTION = /@([^@\s]*)$/u // from the `@` to the cursor
const MENTION_END = '\u2005' // what WeChat puts behind a chosen name

/** What one person sees of the simulated WeChat, kept up to date. */
class Chats extends EventTarget {
  /** @type {Conversation[]} */
  conversations = []
  /** @type {Map<string, Message[]>} by conversation id */
  messages = new Map()
  /** @type {Map<string, any>} talks by message id */
  talks = new Map()
  isLoaded = false
  /** @type {Record<string, number>} until when a conversation is read, in ms since the epoch */
  #readUntil

  /** @param {Person} me @param {Person[]} people @param {string} botId */
  constructor(me, people, botId) {
    super()
    this.me = me
    this.people = people
    this.botId = botId
    this.#readUntil = JSON.parse(read(`guoshen:read:${me.id}`) ?? '{}')
  }

  /** @returns {() => void} ends it */
  follow() {
    const ends = [
      live.on('message', (message) => this.#hear(message)),
      live.on('talk', (talk) => {
        this.talks.set(talk.messageId, talk)
        this.#tell()
      }),
      live.on('resync', () => void this.load()),
      live.on('hello', () => this.isLoaded && void this.load()),
    ]
    void this.load()
    return () => {
      for (const end of ends) end()
    }
  }

  async load() {
    const as = encodeURIComponent(this.me.id)
    // Emptied first: what arrives during the request is newer than its answer, what was there before may be gone.
    this.messages = new Map()
    try {
      const { conversations } = await get(`/api/simulator/conversations?as=${as}`)
      this.conversations = conversations
      await Promise.all(conversations.map((/** @type {Conversation} */ { id }) => this.#loadMessages(as, id)))
      this.isLoaded = true
      this.#tell()
    } catch {
      // The strip on top tells of it, and the stream's return comes back here.
    }
  }

  /** @param {string} id */
  markRead(id) {
    const last = this.messages.get(id)?.at(-1)
    if (!last || document.hidden || this.#readUntil[id] === last.atMs) return
    this.#readUntil[id] = last.atMs
    write(`guoshen:read:${this.me.id}`, JSON.stringify(this.#readUntil))
    this.#tell()
  }

  /** @param {string} id @returns {Message[]} */
  unread(id) {
    const until = this.#readUntil[id] ?? 0
    return (this.messages.get(id) ?? []).filter(({ fromId, atMs }) => fromId !== this.me.id && atMs > until)
  }

  /**
   * The talk behind a message: its own or, for the bot's words, that about the message it answered.
   *
   * @param {Message} message
   */
  behind(message) {
    if (message.fromId !== this.botId) return { asked: message, talk: this.talks.get(message.id) }
    const said = this.messages.get(message.conversationId) ?? []
    const earlier = said.slice(0, said.indexOf(message)).reverse()
    const asked = earlier.find(({ id, fromId }) => {
      const talk = this.talks.get(id)
      const isAsker = message.mentionIds.length === 0 || message.mentionIds.includes(fromId)
      return isAsker && talk && talk.kind !== 'silent'
    })
    return { asked: asked ?? message, talk: asked && this.talks.get(asked.id) }
  }

  /** @param {string} conversation @param {object} words */
  async send(conversation, words) {
    const { message } = await post('/api/simulator/messages', { as: this.me.id, conversation, ...words })
    this.#hear(message)
  }

  /** @param {string} as @param {string} id */
  async #loadMessages(as, id) {
    const loaded = await get(`/api/simulator/messages?as=${as}&conversation=${encodeURIComponent(id)}`)
    const known = new Set(loaded.messages.map((/** @type {Message} */ message) => message.id))
    const newer = (this.messages.get(id) ?? []).filter((message) => !known.has(message.id))
    this.messages.set(id, [...loaded.messages, ...newer])
    for (const talk of loaded.talks) this.talks.set(talk.messageId, talk)
  }

  /** @param {Message} message */
  #hear(message) {
    // The stream carries all chats; each window shows what its person can see.
    if (this.isLoaded && !this.conversations.some(({ id }) => id === message.conversationId)) return
    const said = this.messages.get(message.conversationId) ?? []
    if (said.some(({ id }) => id === message.id)) return
    this.messages.set(message.conversationId, [...said, message])
    this.#tell()
  }

  #tell() {
    this.dispatchEvent(new Event('change'))
  }
}

/** @param {{ name: string, head: any, where: { rest: string } }} props */
export default function Simulator({ name, head, where }) {
  const [play, setPlay] = useState(/** @type {{ people: Person[], botId: string } | undefined} */ (undefined))
  useEffect(() => {
    get('/api/simulator/people').then(setPlay, toastError)
  }, [])
  const players = play?.people.filter(({ id }) => id !== play.botId) ?? []
  // Who one is stands in the address, so that two windows can be two people.
  const wanted = new URLSearchParams(location.search).get('as')
  const me = players.find(({ id }) => id === wanted) ?? players[0]
  useEffect(() => {
    if (me && wanted !== me.id) history.replaceState(null, '', `?as=${encodeURIComponent(me.id)}${location.hash}`)
  }, [me?.id])
  if (!play || !me) return html`<main class="view"><${Top} name=${name} head=${head} /></main>`
  const next = players[(players.indexOf(me) + 1) % players.length] ?? me
  const become = (/** @type {string} */ id) => location.assign(`?as=${encodeURIComponent(id)}${location.hash}`)
  return html`<main class="view">
    <${Top} name=${name} head=${head}>
      <label class="identity" id="identity-box"><span>我是</span><${Avatar} name=${me.name} size="small" />
        <select id="identity" aria-label="我是" value=${me.id} onChange=${(/** @type {any} */ event) => become(event.target.value)}>
          ${players.map((person) => html`<option value=${person.id} selected=${person.id === me.id}>${person.name}（${PART_WORDS[person.part]}）</option>`)}
        </select>
      </label>
      <a class="button small wide" id="another" href=${`?as=${encodeURIComponent(next.id)}#/sim`} target="_blank" title="用另一个人的身份再开一个窗口">另开一窗</a>
    </${Top}>
    <${Chat} key=${me.id} me=${me} people=${play.people} botId=${play.botId} wanted=${where.rest} />
  </main>`
}

/** @param {{ me: Person, people: Person[], botId: string, wanted: string }} props */
function Chat({ me, people, botId, wanted }) {
  const chats = useMemo(() => new Chats(me, people, botId), [])
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const [shown, show] = useState(/** @type {Message | undefined} */ (undefined))
  const [isWhy, setWhy] = useState(matchMedia(WIDE).matches)
  const [quote, setQuote] = useState(/** @type {Message | undefined} */ (undefined))
  useEffect(() => {
    const onChange = () => redraw(0)
    chats.addEventListener('change', onChange)
    const end = chats.follow()
    return () => {
      end()
      chats.removeEventListener('change', onChange)
    }
  }, [])
  const isPhone = matchMedia('(max-width: 720px)').matches
  const opened =
    chats.conversations.find(({ id }) => id === wanted) ??
    (isPhone || !chats.isLoaded ? undefined : chats.conversations[0])
  useEffect(() => {
    document.body.classList.toggle('talking', opened !== undefined)
    show(undefined)
    setQuote(undefined)
    return () => document.body.classList.remove('talking')
  }, [opened?.id])
  useEffect(() => {
    if (opened) chats.markRead(opened.id)
    const onLook = () => opened && chats.markRead(opened.id)
    document.addEventListener('visibilitychange', onLook)
    return () => document.removeEventListener('visibilitychange', onLook)
  })
  const explain = (/** @type {Message} */ message, /** @type {boolean} */ quietly = false) => {
    show(message)
    if (!quietly) setWhy(true)
  }
  const behind = shown && chats.behind(shown)
  return html`<div class="chat" id="chat" data-why-open=${isWhy ? '' : undefined}>
    <${ConversationList} chats=${chats} openId=${opened?.id} />
    <section class="talk" aria-label="聊天">
      <header class="talk-head">
        <button class="icon-button back" id="back" type="button" aria-label="返回会话列表" onClick=${() => go('/sim')}><${Icon} name="back" /></button>
        <div class="talk-title">
          <h2 id="title">${opened ? opened.title + (opened.kind === 'room' ? `（${opened.members.length}）` : '') : ''}</h2>
          <p id="members">${opened?.kind === 'room' ? opened.members.map((member) => member.name).join('、') : ''}</p>
        </div>
        <button class="icon-button" id="why-toggle" type="button" aria-label="为什么" aria-pressed=${String(isWhy)} onClick=${() => setWhy(!isWhy)}><${Icon} name="why" /></button>
      </header>
      ${
        opened &&
        html`<${Messages} key=${opened.id} chats=${chats} opened=${opened} selected=${shown?.id} explain=${explain} quote=${setQuote} />
        <${Writer} key=${`writer ${opened.id}`} chats=${chats} opened=${opened} quote=${quote} setQuote=${setQuote} />`
      }
    </section>
    <aside class="why" id="why" aria-label="为什么">
      <header class="why-head"><h2>为什么</h2><button type="button" class="icon-button why-close" aria-label="关闭" onClick=${() => setWhy(false)}><${Icon} name="close" /></button></header>
      ${!shown && html`<p class="muted">点一条消息，看机器人为什么回答，或者为什么不说话。</p>`}
      ${behind && !behind.talk && html`<p class="muted">${shown?.fromId === botId ? '这是机器人说的话，没有找到它在回答哪一条。' : '还没有这条消息的判断。'}</p>`}
      ${behind?.talk && html`<${Why} talk=${behind.talk} words=${behind.asked.kind === 'picture' ? '[图片]' : behind.asked.text} />`}
    </aside>
  </div>`
}

/** @param {{ chats: Chats, openId: string | undefined }} props */
function ConversationList({ chats, openId }) {
  const lastAtMs = (/** @type {Conversation} */ { id }) => chats.messages.get(id)?.at(-1)?.atMs ?? 0
  const sorted = [...chats.conversations].sort((one, other) => lastAtMs(other) - lastAtMs(one))
  return html`<nav class="conversations" id="conversations" aria-label="会话">${sorted.map((conversation) => {
    const { id, title, kind, members } = conversation
    const last = chats.messages.get(id)?.at(-1)
    const unread = chats.unread(id)
    const isCalled = unread.some(({ mentionIds }) => mentionIds.includes(chats.me.id))
    const others = members.filter((member) => member.id !== chats.me.id)
    const words = last && (last.kind === 'picture' ? '[图片]' : last.text.replace(/\s+/gu, ' '))
    return html`<a key=${id} class="conversation" href=${`#/sim/${encodeURIComponent(id)}`} data-conversation-id=${id} data-unread=${String(unread.length)} aria-current=${id === openId ? 'true' : undefined}>
      <span class="conversation-picture">
        ${kind === 'direct' && others[0] ? html`<${Avatar} name=${others[0].name} isBot=${others[0].id === chats.botId} />` : html`<span class="group-picture">${members.slice(0, 4).map((member) => html`<${Avatar} name=${member.name} isBot=${member.id === chats.botId} />`)}</span>`}
        ${unread.length > 0 && html`<span class="unread" aria-label=${`${unread.length} 条未读`}>${unread.length > 99 ? '99+' : unread.length}</span>`}
      </span>
      <span class="conversation-words">
        <span class="conversation-title">${title}</span><time class="conversation-time">${last ? shortTime(last.atMs) : ''}</time>
        <span class="conversation-last">${isCalled && html`<em>[有人@我] </em>`}${last && (kind === 'direct' || last.fromId === chats.me.id ? words : `${last.fromName}：${words}`)}</span>
      </span>
    </a>`
  })}</nav>`
}

/** @param {{ chats: Chats, opened: Conversation, selected: string | undefined, explain: (message: Message, quietly?: boolean) => void, quote: (message: Message) => void }} props */
function Messages({ chats, opened, selected, explain, quote }) {
  const said = chats.messages.get(opened.id) ?? []
  const list = useRef(/** @type {any} */ (null))
  // Only people scroll away from the end; growing pictures and a shrinking window must not.
  const following = useRef({ isOn: true, lastTop: 0, seen: said.length })
  const [missed, setMissed] = useState(0)
  const [menu, setMenu] = useState(/** @type {{ x: number, y: number, message: Message } | undefined} */ (undefined))
  const toEnd = () => {
    list.current.scrollTop = list.current.scrollHeight
    following.current.isOn = true
    setMissed(0)
  }
  const follow = () => following.current.isOn && list.current && toEnd()
  useLayoutEffect(() => {
    const { seen } = following.current
    following.current.seen = said.length
    if (said.length > seen && !following.current.isOn && said.at(-1)?.fromId !== chats.me.id)
      setMissed((count) => count + said.length - seen)
    else if (said.length > seen && said.at(-1)?.fromId === chats.me.id) toEnd()
    else follow()
  })
  useEffect(() => {
    const watch = new ResizeObserver(follow)
    watch.observe(list.current)
    return () => watch.disconnect()
  }, [])
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) {
      following.current.isOn = true
      setMissed(0)
    } else if (scrollTop < following.current.lastTop) following.current.isOn = false
    following.current.lastTop = scrollTop
  }
  const goTo = (/** @type {string} */ id) => {
    const row = list.current.querySelector(`[data-message-id="${CSS.escape(id)}"]`)
    row?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    row?.classList.add('flash')
    row?.addEventListener('animationend', () => row.classList.remove('flash'), { once: true })
  }
  return html`
    <ol class="messages" id="messages" aria-live="polite" ref=${list} onScroll=${onScroll}>
      ${said.length === 0 && html`<${Invitation} chats=${chats} opened=${opened} />`}
      ${said.map((message, index) => {
        const before = said[index - 1]
        const isNew = !before || message.atMs - before.atMs > GAP_MS
        return [
          isNew && html`<li class="when" key=${`when ${message.id}`}>${longTime(message.atMs)}</li>`,
          html`<${MessageRow} key=${message.id} ...${{ chats, opened, message, explain, quote, goTo, follow, openMenu: setMenu }} isSelected=${message.id === selected} />`,
        ]
      })}
    </ol>
    ${missed > 0 && html`<button class="newer" id="newer" type="button" onClick=${toEnd}>↓ ${missed} 条新消息</button>`}
    ${menu && html`<${MessageMenu} ...${{ ...menu, quote, explain }} onClose=${() => setMenu(undefined)} />`}
  `
}

/** One message as WeChat draws it: own ones green on the right. @param {any} props */
function MessageRow({ chats, opened, message, explain, quote, goTo, follow, openMenu, isSelected }) {
  const isMine = message.fromId === chats.me.id
  const talk = chats.talks.get(message.id)
  const timer = useRef(0)
  const onMenu = (/** @type {any} */ event) => {
    event.preventDefault()
    openMenu({ x: event.clientX, y: event.clientY, message })
  }
  // iOS gives no `contextmenu` for a long press.
  const onDown = (/** @type {PointerEvent} */ event) => {
    clearTimeout(timer.current)
    if (event.pointerType === 'touch') timer.current = window.setTimeout(() => onMenu(event), LONG_PRESS_MS)
  }
  const end = () => clearTimeout(timer.current)
  const onBubble = (/** @type {any} */ event) => {
    // Somebody who marks text to copy it has clicked, too.
    if (!event.target.closest('a') && String(getSelection()) === '') explain(message)
  }
  const onPicture = () => {
    enlarge(message.pictureUrl)
    explain(message, true)
  }
  return html`<li class=${`row ${isMine ? 'mine' : 'theirs'} ${isSelected ? 'selected' : ''}`} data-message-id=${message.id} data-from=${message.fromId} data-kind=${message.kind}>
    <${Avatar} name=${message.fromName} isBot=${message.fromId === chats.botId} />
    <div class="row-body">
      ${opened.kind === 'room' && !isMine && html`<span class="nick">${message.fromName}</span>`}
      <div class="bubble-line" onContextMenu=${onMenu} onPointerDown=${onDown} onPointerUp=${end} onPointerCancel=${end} onPointerMove=${end}>
        ${message.kind === 'text' && html`<div class="bubble" onClick=${onBubble}><${Linked} text=${message.text} /></div>`}
        ${message.kind === 'picture' && !message.pictureUrl && html`<div class="bubble bubble-gone">图片已过期</div>`}
        ${message.kind === 'picture' && message.pictureUrl && html`<button class="picture" type="button" data-action="enlarge" aria-label="放大图片" onClick=${onPicture}><img src=${message.pictureUrl} alt=${`${message.fromName}发的图片`} draggable=${false} onLoad=${follow} /></button>`}
        <button class="quote-button" type="button" data-action="quote" onClick=${() => quote(message)}>引用</button>
      </div>
      ${message.quote && html`<button class="quoted" type="button" data-action="go-to" onClick=${() => goTo(message.quote.id)}>${`${message.quote.name}：${message.quote.kind === 'picture' ? '[图片]' : message.quote.text}`}</button>`}
      ${message.fromId !== chats.botId && talk && html`<button class=${`chip ${CHIP_CLASSES[/** @type {keyof typeof CHIP_CLASSES} */ (talk.kind)]}`} type="button" data-action="why" data-badge=${talk.kind} title="为什么" onClick=${() => explain(message)}>${badgeWords(talk)}</button>`}
    </div>
  </li>`
}

/** The little menu of a right click or a long press; any other click closes it. @param {any} props */
function MessageMenu({ x, y, message, quote, explain, onClose }) {
  const box = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => {
    const { offsetWidth, offsetHeight } = box.current
    box.current.style.left = `${Math.max(8, Math.min(x, innerWidth - offsetWidth - 8))}px`
    box.current.style.top = `${Math.max(8, Math.min(y, innerHeight - offsetHeight - 8))}px`
    const onDown = (/** @type {any} */ event) => box.current?.contains(event.target) || onClose()
    const onKey = (/** @type {KeyboardEvent} */ { key }) => key === 'Escape' && onClose()
    document.addEventListener('pointerdown', onDown)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onDown)
      document.removeEventListener('keydown', onKey)
    }
  }, [])
  return html`<div class="menu" id="message-menu" role="menu" ref=${box} onClick=${onClose}>
    <button type="button" role="menuitem" data-menu="quote" onClick=${() => quote(message)}>引用</button>
    ${message.kind === 'text' && html`<button type="button" role="menuitem" data-menu="copy" onClick=${() => void navigator.clipboard?.writeText(message.text)}>复制</button>`}
    <button type="button" role="menuitem" data-menu="why" onClick=${() => explain(message)}>为什么</button>
  </div>`
}

/** What to try in a conversation where nobody has said anything yet. @param {{ chats: Chats, opened: Conversation }} props */
function Invitation({ chats, opened }) {
  const bot = chats.people.find(({ id }) => id === chats.botId)?.name ?? ''
  const hasCustomers = opened.members.some(
    ({ id }) => chats.people.find((person) => person.id === id)?.part === 'customer',
  )
  const words =
    opened.kind === 'direct'
      ? '直接提问就行，例如“UGC 说明怎么填”。'
      : hasCustomers
        ? `试试发“@${bot} 服务类目选哪个”，或者随便聊一句，看它会不会插话。`
        : '这里可以发“工单”“接单 1”“结单 1”，管理员还可以发“重载”。'
  return html`<li class="empty"><${Empty} title="还没有消息。" text=${words} /></li>`
}

/** The place to write: text, mentions, a quote, a picture. Every conversation keeps its own. @param {{ chats: Chats, opened: Conversation, quote: Message | undefined, setQuote: (message: Message | undefined) => void }} props */
function Writer({ chats, opened, quote, setQuote }) {
  const draft = drafts.get(`${chats.me.id} ${opened.id}`) ?? { text: '', mentions: new Map(), picture: undefined }
  drafts.set(`${chats.me.id} ${opened.id}`, draft)
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const text = useRef(/** @type {any} */ (null))
  const file = useRef(/** @type {any} */ (null))
  const [offered, offer] = useState(/** @type {{ members: any[], marked: number }} */ ({ members: [], marked: 0 }))
  const preview = useMemo(() => (draft.picture ? URL.createObjectURL(draft.picture) : undefined), [draft.picture])
  useEffect(() => () => preview && URL.revokeObjectURL(preview), [preview])
  const resize = () => {
    text.current.style.height = 'auto'
    text.current.style.height = `${text.current.scrollHeight}px`
  }
  useEffect(() => {
    text.current.value = draft.text
    resize()
    // On a phone the keyboard would jump up at once.
    if (matchMedia('(pointer: fine)').matches) text.current.focus()
  }, [])
  useEffect(() => {
    if (quote) text.current.focus()
  }, [quote?.id])
  const typed = () => TYPED_MENTION.exec(text.current.value.slice(0, text.current.selectionStart))
  const changed = () => {
    draft.text = text.current.value
    resize()
    const part = typed()?.[1]
    const members =
      part === undefined || opened.kind !== 'room'
        ? []
        : opened.members.filter(({ id, name }) => id !== chats.me.id && name.includes(part))
    offer({ members, marked: 0 })
    redraw(0)
  }
  const mention = (/** @type {any} */ member) => {
    const start = typed()?.index ?? text.current.selectionStart
    text.current.setRangeText(`@${member.name}${MENTION_END}`, start, text.current.selectionStart, 'end')
    draft.mentions.set(member.id, member.name)
    text.current.focus()
    changed()
    offer({ members: [], marked: 0 })
  }
  const take = (/** @type {FileList | undefined | null} */ files) => {
    const picture = files?.[0]
    if (!picture) return
    const why = whyUnsendable(picture)
    if (why) return toast({ ok: false, text: why })
    draft.picture = picture
    redraw(0)
  }
  const send = () => {
    if (draft.text.trim() === '' && !draft.picture) return
    const sent = { ...draft, mentions: new Map(draft.mentions) }
    const quoted = quote
    Object.assign(draft, { text: '', mentions: new Map(), picture: undefined })
    text.current.value = ''
    setQuote(undefined)
    offer({ members: [], marked: 0 })
    resize()
    redraw(0)
    // One after the other: requests under way together may overtake each other.
    sending = sending
      .then(() => deliver(chats, opened.id, { ...sent, quote: quoted }))
      .catch((error) => {
        toastError(error)
        // What did not go out is to be sent again, unless something new is being written.
        if (draft.text !== '' || draft.picture) return
        Object.assign(draft, sent)
        if (text.current) text.current.value = draft.text
        redraw(0)
      })
  }
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (isOfInputMethod(event)) return
    const { members, marked } = offered
    if (members.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: members.length - 1 }[event.key]
      if (step !== undefined) offer({ members, marked: (marked + step) % members.length })
      else if (event.key === 'Enter' || event.key === 'Tab') mention(members[marked])
      else if (event.key === 'Escape') offer({ members: [], marked: 0 })
      else return
      event.preventDefault()
      return
    }
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    if (!event.clipboardData?.files.length) return
    event.preventDefault()
    take(event.clipboardData.files)
  }
  const startMention = () => {
    text.current.focus()
    if (!typed()) text.current.setRangeText('@', text.current.selectionStart, text.current.selectionEnd, 'end')
    changed()
  }
  const onDrop = (/** @type {DragEvent} */ event) => {
    event.preventDefault()
    take(event.dataTransfer?.files)
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    send()
  }
  return html`<form class="composer" id="composer" onSubmit=${submit} onDragOver=${(/** @type {Event} */ event) => event.preventDefault()} onDrop=${onDrop}>
    ${
      offered.members.length > 0 &&
      html`<div class="mention-picker" id="mention-picker" role="listbox" aria-label="选择要提醒的人">
      ${offered.members.map((member, index) => {
        // Not `click`: the text would lose the focus, and with it the cursor's place.
        const choose = (/** @type {Event} */ event) => {
          event.preventDefault()
          mention(member)
        }
        return html`<button type="button" class="mention-choice" role="option" data-person-id=${member.id} aria-selected=${String(index === offered.marked)} onPointerDown=${choose}><${Avatar} name=${member.name} isBot=${member.id === chats.botId} size="small" />${member.name}</button>`
      })}
    </div>`
    }
    <div class="tools">
      ${opened.kind === 'room' && html`<button class="icon-button" id="mention" type="button" aria-label="提醒群成员" title="提醒群成员" onClick=${startMention}><${Icon} name="mention" /></button>`}
      <button class="icon-button" id="attach" type="button" aria-label="发送图片" title="发送图片（5 MB 以内）" onClick=${() => file.current.click()}><${Icon} name="picture" /></button>
      <input id="picture" ref=${file} type="file" accept="image/png,image/jpeg,image/gif,image/webp" hidden onChange=${(
        /** @type {any} */ event,
      ) => {
        take(event.target.files)
        // Choosing the same file again has to be a change, too.
        event.target.value = ''
      }} />
    </div>
    ${quote && html`<div class="pending" id="pending-quote"><span class="pending-text">${quote.fromName}：${quote.text || '[图片]'}</span><button class="pending-drop" id="drop-quote" type="button" aria-label="取消引用" onClick=${() => setQuote(undefined)}>×</button></div>`}
    ${
      preview &&
      html`<div class="pending" id="pending-picture"><img id="pending-picture-image" src=${preview} alt="待发送的图片" /><button class="pending-drop" id="drop-picture" type="button" aria-label="取消图片" onClick=${() => {
        draft.picture = undefined
        redraw(0)
      }}>×</button></div>`
    }
    <div class="write">
      <textarea id="text" ref=${text} rows="1" maxlength="5000" aria-label="消息" enterkeyhint="send" autocomplete="off" onInput=${changed} onKeyDown=${onKey} onPaste=${onPaste} onBlur=${() => offer({ members: [], marked: 0 })}></textarea>
      <button class="button primary send" id="send" type="submit" disabled=${draft.text.trim() === '' && !draft.picture}>发送</button>
    </div>
  </form>`
}

/** @type {Map<string, { text: string, mentions: Map<string, string>, picture: Blob | undefined }>} by person and conversation */
const drafts = new Map()
let sending = Promise.resolve()

/** A picture and a text are two bubbles, as in WeChat. @param {Chats} chats @param {string} conversation @param {any} draft */
async function deliver(chats, conversation, draft) {
  const quoting = () => (draft.quote ? { quote: draft.quote.id } : {})
  const text = draft.text.trim()
  if (draft.picture) {
    const picture = { base64: await toBase64(draft.picture) }
    await chats.send(conversation, { picture, ...(text ? {} : quoting()) })
  }
  if (!text) return
  const mentions = [...draft.mentions].filter(([, name]) => text.includes(`@${name}`)).map(([id]) => id)
  await chats.send(conversation, { text, mentions, ...quoting() })
}
