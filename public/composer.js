import { toBase64 } from './call-server.js'
import { byId } from './elements.js'
import { MentionPicker } from './mention-picker.js'
import { takePictures } from './take-pictures.js'
import { toast } from './toast.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {import('./chat-store.js').Message} Message
 */

/** What is about to be said in one conversation; every conversation keeps its own. */
class Draft {
  text = ''
  /** @type {Message | undefined} */
  quote
  /** @type {Blob | undefined} */
  picture
  /** @type {Map<string, string>} names by person id, of members chosen from the list */
  mentions = new Map()

  get isEmpty() {
    return this.text.trim() === '' && !this.picture
  }
}

/** The place to write: text, mentions, a quote, a picture. */
export class Composer {
  /** @type {Map<string, Draft>} by conversation id */
  #drafts = new Map()
  #draft = new Draft()
  #sending = Promise.resolve()
  #store
  #text = /** @type {HTMLTextAreaElement} */ (byId('text'))

  /** @param {ChatStore} store */
  constructor(store) {
    this.#store = store
    store.addEventListener('opened', () => this.#changeConversation())
    const picker = new MentionPicker(store, this.#text, ({ id, name }) => this.#draft.mentions.set(id, name))
    this.#text.addEventListener('input', () => this.#change({ text: this.#text.value }))
    this.#text.addEventListener('keydown', (event) => {
      // Enter also ends the choice of characters in a Chinese input method; that is no wish to send.
      if (event.isComposing || picker.takes(event) || event.key !== 'Enter' || event.shiftKey) return
      event.preventDefault()
      this.#send()
    })
    byId('composer').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
    byId('drop-quote').addEventListener('click', () => this.#change({ quote: undefined }))
    byId('drop-picture').addEventListener('click', () => this.#change({ picture: undefined }))
    takePictures((picture) => this.#change({ picture }))
  }

  /** @param {Message} message of the open conversation */
  quote(message) {
    this.#change({ quote: message })
    this.#text.focus()
  }

  #changeConversation() {
    const id = this.#store.openId ?? ''
    this.#draft = this.#drafts.get(id) ?? new Draft()
    this.#drafts.set(id, this.#draft)
    byId('mention').hidden = this.#store.opened?.kind !== 'room'
    this.#draw()
    // On a phone the keyboard would jump up at once.
    if (matchMedia('(pointer: fine)').matches) this.#text.focus()
  }

  /** @param {Partial<Draft>} change */
  #change(change) {
    Object.assign(this.#draft, change)
    this.#draw()
  }

  #send() {
    const sent = this.#draft
    if (sent.isEmpty || !this.#store.openId) return
    const conversation = this.#store.openId
    this.#draft = new Draft()
    this.#drafts.set(conversation, this.#draft)
    this.#draw()
    // One after the other: requests under way together may overtake each other.
    this.#sending = this.#sending
      .then(() => deliver(this.#store, conversation, sent))
      .catch((error) => {
        toast({ ok: false, text: error.message })
        this.#giveBack(conversation, sent)
      })
  }

  /** What did not go out is to be sent again, unless something new is being written. @param {string} conversation @param {Draft} unsent */
  #giveBack(conversation, unsent) {
    if (!this.#drafts.get(conversation)?.isEmpty) return
    this.#drafts.set(conversation, unsent)
    if (this.#store.openId === conversation) this.#draft = unsent
    this.#draw()
  }

  #draw() {
    const { text, quote, picture, isEmpty } = this.#draft
    if (this.#text.value !== text) this.#text.value = text
    byId('pending-quote').hidden = !quote
    byId('pending-quote-text').textContent = quote ? `${quote.fromName}：${quote.text || '[图片]'}` : ''
    drawPicture(picture)
    byId('send').toggleAttribute('disabled', isEmpty)
    this.#text.style.height = 'auto'
    this.#text.style.height = `${this.#text.scrollHeight}px`
  }
}

/** A picture and a text are two bubbles, as in WeChat. @param {ChatStore} store @param {string} conversation @param {Draft} draft */
async function deliver(store, conversation, draft) {
  const quoting = () => (draft.quote ? { quote: draft.quote.id } : {})
  const text = draft.text.trim()
  if (draft.picture) {
    const picture = { base64: await toBase64(draft.picture) }
    await store.send(conversation, { picture, ...(text ? {} : quoting()) })
    draft.picture = undefined
  }
  if (!text) return
  const mentions = [...draft.mentions].filter(([, name]) => text.includes(`@${name}`)).map(([id]) => id)
  await store.send(conversation, { text, mentions, ...quoting() })
}

/** @param {Blob | undefined} picture */
function drawPicture(picture) {
  const image = /** @type {HTMLImageElement & { shown?: Blob | undefined }} */ (byId('pending-picture-image'))
  byId('pending-picture').hidden = !picture
  if (image.shown === picture) return
  URL.revokeObjectURL(image.src)
  image.shown = picture
  if (picture) image.src = URL.createObjectURL(picture)
  else image.removeAttribute('src')
}
