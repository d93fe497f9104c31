import { useEffect, useReducer, useRef } from './vendor/preact.js'

/** Who looks, as the server sees it. @typedef {{ in: boolean, needed: boolean, role: 'operator' | 'admin' | 'staff' | 'boss', name: string | null }} Session */

const RANKS = ['boss', 'staff', 'admin', 'operator']

/** What all views share. */
export const me = {
  /** @type {Session} */
  session: { in: false, needed: false, role: 'boss', name: null },
  /** @param {string} role */
  may: (role) => RANKS.indexOf(me.session.role) >= RANKS.indexOf(role),
  /** Who the operator says they are; everybody else is known. */
  get name() {
    return me.session.role === 'operator' ? (read('guoshen:me') ?? '') : (me.session.name ?? '')
  },
  set name(name) {
    write('guoshen:me', name)
  },
}

/** A request that the server did not carry out. */
export class Refused extends Error {
  /** @param {string} message @param {number} status @param {any} body */
  constructor(message, status, body) {
    super(message)
    this.status = status
    this.body = body
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [content]
 * @returns {Promise<any>}
 * @throws {Refused} with a sentence for the reader
 */
export async function call(method, path, content) {
  const headers = {
    ...(content && { 'content-type': 'application/json' }),
    ...(method === 'DELETE' && { 'content-type': 'application/json' }),
    ...(me.session.role === 'operator' && me.name !== '' && { 'x-guoshen-me': encodeURIComponent(me.name) }),
  }
  const response = await fetch(path, { method, headers, ...(content && { body: JSON.stringify(content) }) }).catch(
    () => {
      throw new Refused('连不上程序，它还在运行吗？', 0, undefined)
    },
  )
  const body = await response.json().catch(() => undefined)
  if (response.ok && body) return body
  if (response.status === 401 && path !== '/api/login') live.tell('session-over')
  throw new Refused(body?.error ?? body?.text ?? `请求失败（${response.status}）`, response.status, body)
}

/** @param {string} path */
export const get = (path) => call('GET', path)
/** @param {string} path @param {object} [content] */
export const post = (path, content = {}) => call('POST', path, content)

/** Device storage may be closed to pages. @param {string} key */
export function read(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try {
    if (value === '') localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // What can't be kept is lost with the window.
  }
}

const EVENTS = ['hello', 'resync', 'talk', 'ticket', 'typing', 'pending', 'status', 'message', 'unanswered', 'release']
const HIDDEN_MS = 5 * 60_000
const LOCK = 'guoshen-stream'

/**
 * What happens, live. One window of a browser holds the stream and hands all of it on to the others: a browser opens six
 * connections to one host, and a stream each would use them up. A window that nobody has looked at for minutes lets go.
 *
 * Events: those of the server by name, with `detail`; `connection`; `session-over`.
 */
class Live extends EventTarget {
  online = true
  offlineSinceMs = 0
  /** @type {string | undefined} of the last event that any window has heard */
  #last
  /** @type {BroadcastChannel | undefined} */
  #channel
  /** @type {AbortController | undefined} */
  #holding
  #hidden = 0
  #isStarted = false

  start() {
    if (this.#isStarted) return
    this.#isStarted = true
    const shares = 'locks' in navigator && 'BroadcastChannel' in window
    if (shares) {
      this.#channel = new BroadcastChannel(LOCK)
      this.#channel.onmessage = ({ data }) => this.#hear(data)
    }
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hidden)
      if (!document.hidden) this.#hold()
      else this.#hidden = window.setTimeout(() => this.#holding?.abort(), HIDDEN_MS)
    })
    this.#hold()
  }

  /** @param {string} name @param {any} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  /** @param {string} name @param {(detail: any) => void} act @returns {() => void} ends it */
  on(name, act) {
    const listener = (/** @type {Event} */ event) => act(/** @type {CustomEvent} */ (event).detail)
    this.addEventListener(name, listener)
    return () => this.removeEventListener(name, listener)
  }

  #hold() {
    if (this.#holding && !this.#holding.signal.aborted) return
    const holding = new AbortController()
    this.#holding = holding
    if (!this.#channel) {
      void this.#open(holding.signal)
      return
    }
    void navigator.locks
      .request(LOCK, { signal: holding.signal }, () => this.#open(holding.signal))
      .catch(() => {
        // Let go before it was this window's turn.
      })
  }

  /** @param {AbortSignal} signal @returns {Promise<void>} resolves when this window has let go */
  #open(signal) {
    return new Promise((resolve) => {
      const after = this.#last ? `?after=${encodeURIComponent(this.#last)}` : ''
      const source = new EventSource(`/api/events${after}`)
      for (const name of EVENTS) {
        source.addEventListener(name, ({ data, lastEventId }) => {
          const heard = { name, detail: JSON.parse(data), id: lastEventId }
          this.#hear(heard)
          this.#channel?.postMessage(heard)
        })
      }
      source.addEventListener('error', () => {
        this.#hear({ name: 'lost' })
        this.#channel?.postMessage({ name: 'lost' })
        if (source.readyState === EventSource.CLOSED) void this.#lookWhy(source, signal)
      })
      signal.addEventListener('abort', () => {
        source.close()
        resolve()
      })
    })
  }

  /** A refused stream does not come back by itself. @param {EventSource} source @param {AbortSignal} signal */
  async #lookWhy(source, signal) {
    const session = await fetch('/api/session').then(
      (response) => response.json(),
      () => undefined,
    )
    if (session && !session.in) return this.tell('session-over')
    setTimeout(() => {
      if (signal.aborted || source.readyState !== EventSource.CLOSED) return
      this.#holding?.abort()
      this.#hold()
    }, 2_000)
  }

  /** @param {{ name: string, detail?: any, id?: string }} heard */
  #hear({ name, detail, id }) {
    if (id) this.#last = id
    const isOnline = name !== 'lost'
    if (isOnline !== this.online) {
      this.online = isOnline
      this.offlineSinceMs = Date.now()
      this.tell('connection')
    }
    if (isOnline) this.tell(name, detail)
  }
}

export const live = new Live()

/** @type {Map<string, any>} what was last read, by path: a view is there at once, and then is made new */
const known = new Map()
const SLOW_MS = 400
let slowReads = 0

/**
 * What a path says, kept up to date.
 *
 * @param {string | undefined} path undefined: nothing is read
 * @param {string[]} [events] names of events after which it is read again
 * @returns {{ data: any, error: string | undefined, reload: () => Promise<void> }} `live` tells of `slow` while it takes long
 */
export function useData(path, events = []) {
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0)
  const state = useRef(/** @type {{ error?: string, wanted: number }} */ ({ wanted: 0 }))
  const reload = async () => {
    if (path === undefined) return
    const turn = ++state.current.wanted
    let isSlow = false
    const timer = setTimeout(() => {
      isSlow = true
      live.tell('slow', ++slowReads)
    }, SLOW_MS)
    try {
      const data = await get(path)
      if (turn !== state.current.wanted) return
      known.set(path, data)
      delete state.current.error
    } catch (error) {
      if (turn === state.current.wanted) state.current.error = /** @type {Error} */ (error).message
    } finally {
      clearTimeout(timer)
      if (isSlow) live.tell('slow', --slowReads)
      redraw(0)
    }
  }
  useEffect(() => {
    delete state.current.error
    void reload()
    const again = () => void reload()
    const ends = [...new Set([...events, 'resync'])].map((name) => live.on(name, again))
    ends.push(live.on('connection', () => live.online && again()))
    return () => {
      state.current.wanted++
      for (const end of ends) end()
    }
  }, [path])
  return {
    data: path === undefined ? undefined : known.get(path),
    error: state.current.error,
    reload,
  }
}

/** What somebody is about to say survives a closed window and a cut connection. @param {string} key */
export const draftOf = (key) => read(`guoshen:draft:${key}`) ?? ''
/** @param {string} key @param {string} text */
export const keepDraft = (key, text) => write(`guoshen:draft:${key}`, text)

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const MAX_PICTURE_BYTES = 5 * 1024 * 1024

/** @param {Blob} picture @returns {string | undefined} why it can't be sent, in Chinese */
export function whyUnsendable(picture) {
  if (!PICTURE_TYPES.includes(picture.type)) return '只能发送 PNG、JPG、GIF 或 WebP 图片'
  return picture.size > MAX_PICTURE_BYTES ? '图片不能超过 5 MB' : undefined
}

const MAX_SIDE_PX = 2_400

/** A photo as it is to be sent: upright, no larger than a phone shows, without what the camera wrote beside it. @param {Blob} picture @returns {Promise<Blob>} */
export async function plainPicture(picture) {
  if (picture.type !== 'image/jpeg' || !('createImageBitmap' in window)) return picture
  const image = await createImageBitmap(picture, { imageOrientation: 'from-image' }).catch(() => undefined)
  if (!image) return picture
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => canvas.toBlob((plain) => resolve(plain ?? picture), 'image/jpeg', 0.9))
}

/** @param {Blob} blob @returns {Promise<string>} without the `data:` prefix */
export function toBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => reject(new Error('图片读不出来，换一张试试'))
    reader.readAsDataURL(blob)
  })
}
