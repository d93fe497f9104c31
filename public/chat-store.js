import { getJson, postJson } from './call-server.js'

/**
 * @typedef {import('../src/channel/simulator/world.js').SimulatedPerson} Person
 * @typedef {import('../src/web/deps.js').ConversationView} Conversation
 * @typedef {import('../src/web/deps.js').MessageView} Message
 * @typedef {import('../src/web/deps.js').DecisionView} Decision
 */

/**
 * What one person sees of the simulated WeChat, kept up to date.
 * Events: `loaded` (all is new), `message`, `decision` (with `detail`), `desk` (tickets have changed), `opened`, `read`,
 * `connection`.
 */
export class ChatStore extends EventTarget {
  /** @type {Conversation[]} */
  conversations = []
  /** @type {Map<string, Message[]>} by conversation id */
  messages = new Map()
  /** @type {Map<string, Decision>} by message id */
  decisions = new Map()
  /** @type {string | undefined} */
  openId
  online = false
  /** @type {Record<string, number>} until when a conversation is read, in ms since the epoch */
  #readUntil
  #readKey

  /** @param {{ me: Person, people: Person[], botId: string }} play */
  constructor({ me, people, botId }) {
    super()
    this.me = me
    this.people = people
    this.botId = botId
    this.#readKey = `guoshen:read:${me.id}`
    this.#readUntil = JSON.parse(localStorage.getItem(this.#readKey) ?? '{}')
  }

  /** Follows the server for as long as the page lives; `hello` comes at every (re)connection. */
  listen() {
    const source = new EventSource(`/api/events?as=${encodeURIComponent(this.me.id)}`)
    source.addEventListener('hello', () => void this.#reload())
    source.addEventListener('message', ({ data }) => this.#hear(JSON.parse(data)))
    source.addEventListener('decision', ({ data }) => this.#judge(JSON.parse(data)))
    source.addEventListener('desk', () => this.#tell('desk'))
    source.addEventListener('error', () => this.#setOnline(false))
  }

  get opened() {
    return this.conversations.find(({ id }) => id === this.openId)
  }

  /** @param {string | undefined} id unknown ids open nothing */
  open(id) {
    this.openId = this.conversations.some((conversation) => conversation.id === id) ? id : undefined
    this.markRead()
    this.#tell('opened')
  }

  /** Takes the open conversation as read, if anybody is looking. */
  markRead() {
    const last = this.openId && this.messages.get(this.openId)?.at(-1)
    if (!this.openId || !last || document.hidden || this.#readUntil[this.openId] === last.atMs) return
    this.#readUntil[this.openId] = last.atMs
    localStorage.setItem(this.#readKey, JSON.stringify(this.#readUntil))
    this.#tell('read')
  }

  /** @param {string} conversationId @returns {Message[]} */
  unread(conversationId) {
    const until = this.#readUntil[conversationId] ?? 0
    return (this.messages.get(conversationId) ?? []).filter(({ fromId, atMs }) => fromId !== this.me.id && atMs > until)
  }

  /** @param {string} messageId @returns {Message | undefined} */
  message(messageId) {
    for (const said of this.messages.values()) {
      const found = said.find(({ id }) => id === messageId)
      if (found) return found
    }
    return undefined
  }

  /**
   * The decision behind a message: its own or, for the bot's words, that about the message it answered.
   *
   * @param {Message} message
   * @returns {{ asked: Message, decision: Decision | undefined }}
   */
  decisionBehind(message) {
    if (message.fromId !== this.botId) return { asked: message, decision: this.decisions.get(message.id) }
    const said = this.messages.get(message.conversationId) ?? []
    const earlier = said.slice(0, said.indexOf(message)).reverse()
    const asked = earlier.find(({ id, fromId }) => {
      const decision = this.decisions.get(id)
      const isAsker = message.mentionIds.length === 0 || message.mentionIds.includes(fromId)
      return isAsker && decision && decision.kind !== 'silent'
    })
    return { asked: asked ?? message, decision: asked && this.decisions.get(asked.id) }
  }

  /**
   * @param {string} conversation
   * @param {{ text?: string, mentions?: string[], quote?: string, picture?: { base64: string } }} words
   */
  async send(conversation, words) {
    const { message } = await postJson('/api/messages', { as: this.me.id, conversation, ...words })
    this.#hear(message)
  }

  async #reload() {
    // Emptied first: what arrives during the request is newer than its answer, what was there before may be gone.
    this.messages = new Map()
    this.decisions = new Map()
    const as = encodeURIComponent(this.me.id)
    try {
      const { conversations } = await getJson(`/api/conversations?as=${as}`)
      this.conversations = conversations
      await Promise.all(this.conversations.map((conversation) => this.#loadMessages(as, conversation.id)))
    } catch {
      // The stream breaks as well when the program has gone; its next `hello` comes back here.
      return this.#setOnline(false)
    }
    this.#setOnline(true)
    this.#tell('loaded')
  }

  /** @param {string} as @param {string} id */
  async #loadMessages(as, id) {
    const loaded = await getJson(`/api/messages?as=${as}&conversation=${encodeURIComponent(id)}`)
    const known = new Set(loaded.messages.map((/** @type {Message} */ message) => message.id))
    const newer = (this.messages.get(id) ?? []).filter((message) => !known.has(message.id))
    this.messages.set(id, [...loaded.messages, ...newer])
    for (const decision of loaded.decisions) this.decisions.set(decision.messageId, decision)
  }

  /** @param {Message} message */
  #hear(message) {
    const said = this.messages.get(message.conversationId) ?? []
    if (said.some(({ id }) => id === message.id)) return
    this.messages.set(message.conversationId, [...said, message])
    if (message.conversationId === this.openId) this.markRead()
    this.#tell('message', message)
  }

  /** @param {Decision} decision */
  #judge(decision) {
    this.decisions.set(decision.messageId, decision)
    this.#tell('decision', decision)
  }

  /** @param {boolean} online */
  #setOnline(online) {
    this.online = online
    this.#tell('connection')
  }

  /** @param {string} what @param {unknown} [detail] */
  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }))
  }
}
