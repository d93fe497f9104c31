import { avatar, byId, element } from './elements.js'

/**
 * @typedef {import('./chat-store.js').ChatStore} ChatStore
 * @typedef {{ id: string, name: string }} Member
 */

const TYPED_MENTION = /@([^@\s]*)$/u // from the `@` to the cursor
const MENTION_END = '\u2005' // what WeChat puts behind a chosen name

/**
 * Offers the group's members behind a typed `@` or the @ button.
 *
 * @param {ChatStore} store
 * @param {HTMLTextAreaElement} text
 * @param {(member: Member) => void} choose told of every chosen member
 * @returns {{ takes: (event: KeyboardEvent) => boolean }} true for keys that were meant for the list
 */
export function offerMembers(store, text, choose) {
  const picker = byId('mention-picker')
  /** @type {Member[]} */
  let offered = []
  let marked = 0

  const typedPart = () => TYPED_MENTION.exec(text.value.slice(0, text.selectionStart))
  const draw = () => {
    picker.hidden = offered.length === 0
    picker.replaceChildren(
      ...offered.map((member, index) =>
        element(
          'button.mention-choice',
          {
            type: 'button',
            role: 'option',
            'data-person-id': member.id,
            'aria-selected': String(index === marked),
            // Not `click`: the text would lose the focus, and with it the cursor's place.
            pointerdown: (event) => {
              event.preventDefault()
              insert(member)
            },
          },
          avatar(member, store),
          member.name,
        ),
      ),
    )
  }
  const offer = () => {
    const typed = typedPart()?.[1]
    const others = store.opened?.kind === 'room' ? store.opened.members.filter(({ id }) => id !== store.me.id) : []
    offered = typed === undefined ? [] : others.filter(({ name }) => name.includes(typed))
    marked = 0
    draw()
  }
  const close = () => {
    offered = []
    draw()
  }
  const insert = (/** @type {Member} */ member) => {
    const start = typedPart()?.index ?? text.selectionStart
    text.setRangeText(`@${member.name}${MENTION_END}`, start, text.selectionStart, 'end')
    choose(member)
    text.dispatchEvent(new Event('input'))
    text.focus()
  }
  byId('mention').addEventListener('click', () => {
    text.focus()
    if (!typedPart()) text.setRangeText('@', text.selectionStart, text.selectionEnd, 'end')
    text.dispatchEvent(new Event('input'))
  })
  text.addEventListener('input', offer)
  text.addEventListener('blur', close)
  store.addEventListener('opened', close)

  return {
    takes: (event) => {
      const member = offered[marked]
      if (!member) return false
      const step = { ArrowDown: 1, ArrowUp: offered.length - 1 }[event.key]
      if (step !== undefined) marked = (marked + step) % offered.length
      else if (event.key === 'Enter' || event.key === 'Tab') insert(member)
      else if (event.key === 'Escape') offered = []
      else return false
      event.preventDefault()
      draw()
      return true
    },
  }
}
