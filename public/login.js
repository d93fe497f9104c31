import { getJson, postJson } from './call-server.js'

const form = /** @type {HTMLFormElement} */ (document.getElementById('form'))
const token = /** @type {HTMLInputElement} */ (document.getElementById('token'))
const problem = /** @type {HTMLElement} */ (document.getElementById('problem'))
const submit = /** @type {HTMLButtonElement} */ (document.getElementById('submit'))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void logIn()
})

async function logIn() {
  submit.disabled = true
  problem.textContent = ''
  try {
    await postJson('/api/login', { token: token.value.trim() })
    location.replace('/')
  } catch (error) {
    problem.textContent = /** @type {Error} */ (error).message
    token.select()
  } finally {
    submit.disabled = false
  }
}

// Whoever comes from another site, e.g. by a link in an alert, comes without the cookie, and is in all the same.
getJson('/api/session').then(
  ({ in: isIn }) => isIn && location.replace('/'),
  () => token.focus(),
)
