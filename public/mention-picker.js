import { avatar, byId, element } from './elements.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {{ id: string, name: string }} Member
 */

const TYPED_MENTION = /@([^@\s]*)$/u // from the `@` to the cursor
const MENTION_END = '\u2005' // what WeChat puts behind a chosen name

/** Offers the group's members behind a typed `@` or the @ button. */
export class MentionPicker {
  /** @type {Member[]} */
  #offered = []
  #marked = 0
  #list = byId('mention-picker')
  #store
  #text
  #choose

  /**
   * @param {ChatStore} store
   * @param {HTMLTextAreaElement} text
   * @param {(member: Member) => void} choose told of every chosen member
   */
  constructor(store, text, choose) {
    this.#store = store
    this.#text = text
    this.#choose = choose
    byId('mention').addEventListener('click', () => this.#startMention())
    text.addEventListener('input', () => this.#offer(this.#membersFor(this.#typed()?.[1])))
    text.addEventListener('blur', () => this.#offer([]))
    store.addEventListener('opened', () => this.#offer([]))
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  takes(event) {
    const member = this.#offered[this.#marked]
    if (!member) return false
    const count = this.#offered.length
    const step = { ArrowDown: 1, ArrowUp: count - 1 }[event.key]
    if (step !== undefined) this.#offer(this.#offered, (this.#marked + step) % count)
    else if (event.key === 'Enter' || event.key === 'Tab') this.#insert(member)
    else if (event.key === 'Escape') this.#offer([])
    else return false
    event.preventDefault()
    return true
  }

  #typed() {
    return TYPED_MENTION.exec(this.#text.value.slice(0, this.#text.selectionStart))
  }

  /** @param {string | undefined} part of a name; undefined when no mention is being typed */
  #membersFor(part) {
    const { opened, me } = this.#store
    if (part === undefined || opened?.kind !== 'room') return []
    return opened.members.filter(({ id, name }) => id !== me.id && name.includes(part))
  }

  #startMention() {
    this.#text.focus()
    if (!this.#typed()) this.#text.setRangeText('@', this.#text.selectionStart, this.#text.selectionEnd, 'end')
    this.#text.dispatchEvent(new Event('input'))
  }

  /** @param {Member} member */
  #insert(member) {
    const start = this.#typed()?.index ?? this.#text.selectionStart
    this.#text.setRangeText(`@${member.name}${MENTION_END}`, start, this.#text.selectionStart, 'end')
    this.#choose(member)
    this.#text.dispatchEvent(new Event('input'))
    this.#text.focus()
  }

  /** @param {Member[]} members none closes the list @param {number} marked index of the one that Enter takes */
  #offer(members, marked = 0) {
    this.#offered = members
    this.#marked = marked
    this.#list.hidden = members.length === 0
    this.#list.replaceChildren(...members.map((member, index) => this.#row(member, index === marked)))
  }

  /** @param {Member} member @param {boolean} isMarked */
  #row(member, isMarked) {
    // Not `click`: the text would lose the focus, and with it the cursor's place.
    const pointerdown = (/** @type {Event} */ event) => {
      event.preventDefault()
      this.#insert(member)
    }
    const attributes = {
      type: 'button',
      role: 'option',
      'data-person-id': member.id,
      'aria-selected': String(isMarked),
    }
    return element('button.mention-choice', { ...attributes, pointerdown }, avatar(member, this.#store), member.name)
  }
}
