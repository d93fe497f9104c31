import { html, useLayoutEffect, useRef } from './vendor/preact.js'

/**
 * What somebody types into a `LineEditor`, for whoever draws it. Offsets count characters of the text.
 *
 * @typedef {object} LineText
 * @property {string} value may be set anew; what was undone before can't be undone then
 * @property {(from: number, to: number, words: string) => void} replace as if it were typed: it can be undone
 * @property {(words: string) => void} insert where the caret is, or at the end
 * @property {(index: number) => void} jump marks a line, counted from 0
 */

/**
 * Lines of a file under their numbers, with what is to be said of one right below it.
 *
 * Two layers lie on each other. The lower one is typed into: a single text, whose caret, input methods and undo are the
 * browser's own; its words are transparent. The upper one draws the same words in colours, line by line, and what is
 * noted between them; it lets every tap but those on notes through. Below a note the typed lines give way to floats of
 * its height, which stand beside the text and not in it.
 *
 * @param {{
 *   handle: { current: LineText | null }, lines: string[], first: number, label: string, isReadOnly: boolean,
 *   markOf: (line: string, index: number) => string,
 *   notes: { index: number, id: string, severity: string, content: any }[],
 *   onInput: () => void
 * }} props `first`: number of the first line; `markOf`: classes of a line; `notes`: below which lines stands what
 */
export function LineEditor({ handle, lines, first, label, isReadOnly, markOf, notes, onInput }) {
  const typed = useRef(/** @type {any} */ (null))
  const drawn = useRef(/** @type {any} */ (null))
  const gaps = useRef(/** @type {any} */ (null))
  const give = useRef(() => {})
  give.current = () => giveWay(gaps.current, drawn.current)
  useLayoutEffect(() => {
    handle.current = lineText(typed.current)
    // Other widths break lines elsewhere.
    const watch = new ResizeObserver(() => give.current())
    watch.observe(drawn.current)
    return () => {
      watch.disconnect()
      handle.current = null
    }
  }, [])
  useLayoutEffect(() => {
    if (isReadOnly) return typed.current.removeAttribute('contenteditable')
    try {
      typed.current.contentEditable = 'plaintext-only'
    } catch {
      typed.current.contentEditable = 'true' // an older browser: see `onPaste`
    }
  }, [isReadOnly])
  useLayoutEffect(() => give.current())
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    if (typed.current.contentEditable !== 'true') return
    event.preventDefault()
    document.execCommand('insertText', false, event.clipboardData?.getData('text/plain') ?? '')
  }
  const noted = grouped(notes)
  // Whoever taps below the last line wants to write there.
  const onBelow = (/** @type {any} */ { target, currentTarget }) =>
    target === currentTarget && !isReadOnly && handle.current?.jump(lines.length - 1)
  return html`<div class="editor-box" onClick=${onBelow}>
    <div class="editor-sheet">
      <div class="editor-typed">
        <div ref=${gaps}></div>
        <div id="markdown" ref=${typed} role="textbox" aria-multiline="true" aria-label=${label} aria-readonly=${String(isReadOnly)} tabindex="0" spellcheck=${false} autocapitalize="off" autocorrect="off" translate="no" onInput=${onInput} onPaste=${onPaste}></div>
      </div>
      <div class="editor-drawn" ref=${drawn}>${lines.map(
        (line, index) =>
          html`<div class=${`editor-line ${markOf(line, index)}`} data-number=${first + index} aria-hidden="true">${line || '\u200b'}</div>${noted.get(index)?.map(({ id, severity, content }) => html`<div class="line-note" key=${id} data-severity=${severity}><div>${content}</div></div>`)}`,
      )}</div>
    </div>
  </div>`
}

/** @param {{ index: number, id: string, severity: string, content: any }[]} notes */
function grouped(notes) {
  /** @type {Map<number, typeof notes>} */
  const groups = new Map()
  for (const note of notes) groups.set(note.index, [...(groups.get(note.index) ?? []), note])
  return groups
}

/** Floats as high as the notes, where these are: of no width down to a note, of all the width beside it. @param {HTMLElement} gaps @param {HTMLElement} drawn */
function giveWay(gaps, drawn) {
  const { top } = drawn.getBoundingClientRect()
  const padding = Number.parseFloat(getComputedStyle(drawn).paddingTop)
  let reached = top + padding
  const wanted = [...drawn.querySelectorAll('.line-note')].flatMap((note) => {
    const box = note.getBoundingClientRect()
    const above = box.top - reached
    reached = box.bottom
    return [
      { width: '0', height: above },
      { width: '100%', height: box.height },
    ]
  })
  const key = JSON.stringify(wanted)
  if (gaps.dataset.gaps === key) return
  gaps.dataset.gaps = key
  gaps.replaceChildren(
    ...wanted.map(({ width, height }) => {
      const gap = document.createElement('i')
      Object.assign(gap.style, { float: 'left', clear: 'left', width, height: `${height}px` })
      return gap
    }),
  )
}

/** @param {HTMLElement} root @returns {LineText} */
function lineText(root) {
  const select = (/** @type {number} */ from, /** @type {number} */ to) => {
    const range = document.createRange()
    range.setStart(...placeAt(root, from))
    range.setEnd(...placeAt(root, to))
    const selection = getSelection()
    selection?.removeAllRanges()
    selection?.addRange(range)
  }
  const type = (/** @type {string} */ words) => {
    // As one step to undo, and as lines of one text: `insertText` would make a block of each.
    if (words === '') document.execCommand('delete')
    else document.execCommand('insertHTML', false, words.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
  }
  return {
    get value() {
      return textIn(root)
    },
    set value(text) {
      // The break holds the last line open where it is empty.
      root.replaceChildren(document.createTextNode(text), document.createElement('br'))
    },
    replace(from, to, words) {
      const before = textIn(root)
      const wanted = before.slice(0, from) + words + before.slice(to)
      const isTyping = root.contains(document.activeElement)
      root.focus({ preventScroll: true })
      select(from, to)
      type(words)
      // No keyboard comes up on a phone for a click on a remedy.
      if (!isTyping) root.blur()
      if (textIn(root) === wanted) return
      // Nothing can be typed where nothing is seen, as behind the form of a row.
      this.value = wanted
      root.dispatchEvent(new InputEvent('input', { bubbles: true }))
    },
    insert(words) {
      const isTyping = root.contains(document.activeElement) || root.contains(getSelection()?.anchorNode ?? null)
      root.focus()
      if (!isTyping) select(textIn(root).length, textIn(root).length)
      type(words)
    },
    jump(index) {
      const lines = textIn(root).split('\n')
      const from = lines.slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
      root.focus()
      select(from, from + (lines[index]?.length ?? 0))
    },
  }
}

/** All that was typed; a break at the very end is none of it. @param {HTMLElement} root */
const textIn = (root) =>
  piecesIn(root)
    .map(({ text }) => text)
    .join('')
    .replace(/\n$/, '')

/** A text or a break, or, of no node, where a block begins: browsers that know no plain text make one of each line. @typedef {{ text: string, node?: Node }} TextPiece */

/** @param {Node} root @param {TextPiece[]} [pieces] */
function piecesIn(root, pieces = []) {
  for (const child of root.childNodes) {
    if (child instanceof Text) pieces.push({ text: child.data, node: child })
    else if (child.nodeName === 'BR') pieces.push({ text: '\n', node: child })
    else {
      if (pieces.length > 0 && !pieces.at(-1)?.text.endsWith('\n')) pieces.push({ text: '\n' })
      piecesIn(child, pieces)
    }
  }
  return pieces
}

/** Where in the document an offset of the text is. @param {HTMLElement} root @param {number} offset @returns {[Node, number]} */
function placeAt(root, offset) {
  let left = offset
  for (const { text, node } of piecesIn(root)) {
    if (node instanceof Text && left <= text.length) return [node, left]
    if (node?.nodeName === 'BR' && left === 0) return [node.parentNode ?? root, siblingsBefore(node)]
    left -= text.length
  }
  return [root, root.childNodes.length]
}

/** @param {Node} node */
const siblingsBefore = (node) => [...(node.parentNode?.childNodes ?? [])].indexOf(/** @type {ChildNode} */ (node))

/**
 * Where lines of a text stand by now: those that were changed stay where the change begins.
 *
 * @param {string[]} before @param {string[]} now
 * @returns {(index: number) => number}
 */
export function linesMoved(before, now) {
  const most = Math.min(before.length, now.length)
  let head = 0
  while (head < most && before[head] === now[head]) head++
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++
  const moved = now.length - before.length
  return (index) => {
    if (index < head) return index
    if (index >= before.length - tail) return index + moved
    return Math.max(0, Math.min(index, now.length - tail - 1))
  }
}
