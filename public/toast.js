import { byId } from './elements.js'

const SHOWN_MS = 5_000

let timer = 0

/** Shows the result of something; failures stay until they are clicked away. @param {{ ok: boolean, text: string }} result */
export function toast({ ok, text }) {
  const shown = byId('toast')
  shown.textContent = text
  shown.dataset.ok = String(ok)
  shown.hidden = false
  clearTimeout(timer)
  const hide = () => {
    shown.hidden = true
  }
  shown.onclick = hide
  if (ok) timer = window.setTimeout(hide, SHOWN_MS)
}
