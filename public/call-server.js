const LOGIN_PAGE = '/login.html'

/**
 * @param {string} path
 * @returns {Promise<any>}
 * @throws {Error} with a sentence for the reader
 */
export async function getJson(path) {
  return answerOf(await reach(path))
}

/**
 * @param {string} path
 * @param {object} content
 * @returns {Promise<any>}
 * @throws {Error} with a sentence for the reader
 */
export async function postJson(path, content) {
  const headers = { 'content-type': 'application/json' }
  return answerOf(await reach(path, { method: 'POST', headers, body: JSON.stringify(content) }))
}

/** @param {string} path @param {RequestInit} [init] */
async function reach(path, init) {
  try {
    return await fetch(path, init)
  } catch (cause) {
    throw new Error('连不上程序，它还在运行吗？', { cause })
  }
}

/** @param {Response} response */
async function answerOf(response) {
  const content = await response.json().catch(() => undefined)
  if (response.ok && content) return content
  if (response.status === 401 && location.pathname !== LOGIN_PAGE) location.assign(LOGIN_PAGE)
  throw new Error(content?.error ?? content?.text ?? `请求失败（${response.status}）`)
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
