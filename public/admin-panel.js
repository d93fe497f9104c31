import { getJson, postJson } from './call-server.js'
import { byId, element } from './elements.js'

/**
 * @typedef {{ name: string, codes: { role: 'admin' | 'staff', code: string }[], expiresAtMs: number }} Claim
 * @typedef {{ name: string, role: 'admin' | 'staff', remark: string }} Grant
 */

const LOOK_EVERY_MS = 3_000
const KEPT_ANSWERS = 30
const QUICK = ['状态', '统计', '群', '检查', '重载', '未答', '审计', '帮助']
const ROLES = { admin: '管理员', staff: '同事' }

/** What only the operator sees: one-time codes, and a box for the orders that admins give in the chat. */
export function showAdminPanel() {
  const toggle = byId('admin-toggle')
  const panel = byId('admin')
  const codes = element('section.admin-codes', { id: 'admin-codes', 'aria-live': 'polite' })
  const answers = element('ol.admin-answers', { id: 'admin-answers', 'aria-live': 'polite' })
  const box = /** @type {HTMLInputElement} */ (
    element('input', {
      id: 'admin-order',
      maxlength: '2000',
      placeholder: '命令，例如：状态',
      'aria-label': '命令',
      autocomplete: 'off',
    })
  )
  const form = element('form.admin-form', {}, box, element('button.desk-verb', { type: 'submit' }, '执行'))
  const run = (/** @type {string} */ text) => void order(text, answers).then(look)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = box.value.trim()
    if (text === '') return
    box.value = ''
    run(text)
  })
  const quick = QUICK.map((verb) => element('button.desk-verb', { type: 'button', click: () => run(verb) }, verb))
  panel.replaceChildren(
    element('header.desk-head', {}, element('h2', {}, '管理'), element('p', {}, '这里的命令以操作员身份执行。')),
    codes,
    form,
    element('div.desk-verbs', {}, ...quick),
    answers,
  )
  const show = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown
    toggle.setAttribute('aria-pressed', String(shown))
  }
  toggle.addEventListener('click', () => {
    show(panel.hidden !== false)
    if (panel.hidden) return
    // They lie in the same place.
    if (!byId('desk').hidden) byId('desk-toggle').click()
    // All of them at once would leave nothing of the chat.
    if (byId('chat').hasAttribute('data-why-open')) byId('why-toggle').click()
    box.focus()
  })
  byId('desk-toggle').addEventListener('click', () => {
    if (!byId('desk').hidden) show(false)
  })

  async function look() {
    const seen = await getJson('/api/claims').catch(() => undefined)
    if (!seen) return // the status line tells of a lost connection
    toggle.textContent = seen.claims.length > 0 ? `管理（${seen.claims.length} 人认领）` : '管理'
    codes.replaceChildren(...drawCodes(seen.claims, seen.grants))
  }
  void look()
  setInterval(look, LOOK_EVERY_MS)
}

/** @param {Claim[]} claims @param {Grant[]} grants */
function drawCodes(claims, grants) {
  return [
    ...claims.map(({ name, codes, expiresAtMs }) =>
      element(
        'article.admin-claim',
        {},
        element('p', {}, `${name} 要认领身份。确认是本人，再把一个码告诉对方：`),
        ...codes.map(({ role, code }) =>
          element('p.admin-code', { 'data-role': role }, `${ROLES[role]} `, element('b', {}, spaced(code))),
        ),
        element('p.admin-until', {}, `${timeOf(expiresAtMs)} 前有效`),
      ),
    ),
    ...grants.map(({ name, role, remark }) => element('p.admin-grant', {}, `${ROLES[role]} ${name}（${remark}）`)),
  ]
}

/** @param {string} text @param {HTMLElement} answers */
async function order(text, answers) {
  const { ok, text: answer } = await postJson('/api/orders', { text }).catch((error) => ({
    ok: false,
    text: /** @type {Error} */ (error).message,
  }))
  answers.prepend(element('li', { 'data-ok': String(ok) }, element('b', {}, text), element('p', {}, answer)))
  while (answers.children.length > KEPT_ANSWERS) answers.lastElementChild?.remove()
}

/** @param {string} code */
const spaced = (code) => `${code.slice(0, 4)} ${code.slice(4)}`

/** @param {number} ms */
const timeOf = (ms) => new Date(ms).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })
