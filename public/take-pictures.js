import { byId } from './elements.js'
import { toast } from './toast.js'

const MAX_PICTURE_BYTES = 5 * 1024 * 1024
const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

/** Takes pictures that are chosen, pasted or dropped. @param {(picture: Blob) => void} take */
export function takePictures(take) {
  const input = /** @type {HTMLInputElement} */ (byId('picture'))
  /** @param {FileList | undefined} files */
  const first = (files) => {
    const file = files?.[0]
    if (file && isSendable(file)) take(file)
  }
  byId('attach').addEventListener('click', () => input.click())
  input.addEventListener('change', () => {
    first(input.files ?? undefined)
    // Choosing the same file again has to be a change, too.
    input.value = ''
  })
  byId('text').addEventListener('paste', (event) => {
    const files = /** @type {ClipboardEvent} */ (event).clipboardData?.files
    if (!files?.length) return
    event.preventDefault()
    first(files)
  })
  const talk = byId('chat')
  talk.addEventListener('dragover', (event) => event.preventDefault())
  talk.addEventListener('drop', (event) => {
    event.preventDefault()
    first(event.dataTransfer?.files)
  })
}

/** @param {Blob} picture */
function isSendable(picture) {
  if (!PICTURE_TYPES.includes(picture.type)) toast({ ok: false, text: '只能发送 PNG、JPG、GIF 或 WebP 图片' })
  else if (picture.size > MAX_PICTURE_BYTES) toast({ ok: false, text: '图片不能超过 5 MB' })
  else return true
  return false
}
