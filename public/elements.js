/**
 * @typedef {Node | string | false | null | undefined} Child
 * @typedef {{ [name: string]: string | boolean | undefined | ((event: any) => void) }} Attributes
 */

/**
 * Makes an element. Text children become text nodes, so nothing that people write is ever read as HTML.
 *
 * @param {string} tag `'button.menu-item'`: tag and classes
 * @param {Attributes} attributes functions become listeners of that event; `true` is an empty attribute, `false` none
 * @param {Child[]} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const [name = 'div', ...classes] = tag.split('.')
  const made = document.createElement(name)
  made.classList.add(...classes)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value)
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value)
  }
  for (const child of children) {
    if (child) made.append(child)
  }
  return made
}

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id of an element that index.html has
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return /** @type {T} */ (found)
}

const AVATAR_COLOURS = 8

/**
 * @param {{ id: string, name: string }} person
 * @param {{ people: readonly { id: string }[], botId: string }} play
 */
export function avatar(person, { people, botId }) {
  const isBot = person.id === botId
  const colour = people.findIndex(({ id }) => id === person.id) % AVATAR_COLOURS
  // The first character behind a community's name, as phones draw people without a picture.
  const initial = [...person.name.replace(/^.*[-－_]/u, '')][0] ?? '?'
  const classes = `avatar.${isBot ? 'avatar-bot' : `avatar-${colour}`}`
  return element(`span.${classes}`, { 'aria-hidden': 'true' }, !isBot && initial)
}

const LINK = /https?:\/\/[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff"'<>]+/gu

/**
 * Text with its web addresses clickable.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function textWithLinks(text) {
  const parts = []
  let at = 0
  for (const match of text.matchAll(LINK)) {
    const url = match[0].replace(/[.,;:!?)\]]+$/u, '')
    parts.push(text.slice(at, match.index))
    parts.push(element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, url))
    at = match.index + url.length
  }
  parts.push(text.slice(at))
  return parts
}
