import { type Backend, type Routes, withSession } from './backend.js'
import type { Exchange } from './exchange.js'
import { nowInSeconds, randomHex } from './random.js'
import { renderContact, renderOpenChats } from './render-contact.js'
import type { Session } from './session.js'
import { syncKey } from './sync-key.js'
import { BOT } from './world.js'

const COOKIE_LIFETIME_MS = 12 * 3600_000
const REFUSAL = '为了你的帐号安全，此微信号不能登录网页微信。'
// One grey pixel: clients only pass the avatar on.
const AVATAR = 'data:img/jpg;base64,R0lGODlhAQABAIAAAMzMzAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=='

/** From the QR code to the first init, and the way out. */
export const loginRoutes: Routes = {
  jslogin: showCode,
  login: pollCode,
  webwxnewloginpage: openSession,
  webwxinit: withSession(init),
  webwxlogout: logOut,
}

function showCode({ qrCodes, journal }: Backend, exchange: Exchange): void {
  if (!exchange.query.get('appid')) journal.violate('jslogin without appid')
  const { uuid } = qrCodes.show()
  exchange.script(`window.QRLogin.code = 200; window.QRLogin.uuid = "${uuid}";`)
}

async function pollCode(backend: Backend, exchange: Exchange): Promise<void> {
  const { journal, options, qrCodes } = backend
  const code = qrCodes.byUuid(exchange.query.get('uuid'))
  if (!code) {
    exchange.script('window.code=400;')
    return
  }
  const news = await journal.until(() => {
    if (backend.isStopped() || exchange.isGone) return 'gone'
    const state = qrCodes.stateOf(code)
    return state === 'waiting' || (state === 'scanned' && code.told) ? undefined : state
  }, options.longPollMs)
  if (news === 'gone') return
  if (news === undefined) {
    exchange.script('window.code=408;')
    return
  }
  if (news === 'expired') {
    exchange.script('window.code=400;')
    return
  }
  if (news === 'scanned') {
    code.told = true
    exchange.script(`window.code=201;window.userAvatar = '${AVATAR}';`)
    return
  }
  code.ticket = `A${randomHex(8)}@qrticket_0`
  const page = `https://${options.host}/cgi-bin/mmwebwx-bin/webwxnewloginpage`
  const query = `ticket=${code.ticket}&uuid=${code.uuid}&lang=zh_CN&scan=${nowInSeconds()}`
  exchange.script(`window.code=200;\nwindow.redirect_uri="${page}?${query}";`)
}

function openSession(backend: Backend, exchange: Exchange): void {
  const { feed, logins, options, qrCodes, world } = backend
  const front = `https://${options.host}/?&lang=zh_CN`
  const refusal = qrCodes.redeem(exchange.query.get('ticket')) ? refusalOf(backend, exchange) : 1
  if (refusal !== null) {
    backend.journal.note('login-refused', { ret: refusal })
    exchange.redirect(front, `<error><ret>${refusal}</ret><message>${REFUSAL}</message></error>`)
    return
  }
  const replayed = options.onLogin === 'recent' ? options.recentCount : 0
  const session = logins.open(feed.lastSeq - replayed)
  const secrets =
    `<skey>${session.skey}</skey><wxsid>${session.sid}</wxsid><wxuin>${world.me.uin}</wxuin>` +
    `<pass_ticket>${session.passTicket}</pass_ticket><isgrayscale>1</isgrayscale>`
  exchange.redirect(
    front,
    `<error><ret>0</ret><message></message>${secrets}</error>`,
    sessionCookies(session, world.me.uin),
  )
}

/** The number that keeps this client out, or null. */
function refusalOf({ options }: Backend, { headers }: Exchange): number | null {
  if (options.denyLogin !== null) return options.denyLogin
  const hasUos = headers.extspam !== undefined && headers['client-version'] === '2.0.0'
  return options.requireUos && !hasUos ? 1203 : null
}

function sessionCookies(session: Session, uin: number): string[] {
  const expires = new Date(Date.now() + COOKIE_LIFETIME_MS).toUTCString()
  const values = {
    wxuin: uin,
    wxsid: session.sid,
    wxloadtime: nowInSeconds(),
    mm_lang: 'zh_CN',
    webwx_data_ticket: session.dataTicket,
    webwxuvid: randomHex(32),
    webwx_auth_ticket: session.authTicket,
  }
  return Object.entries(values).map(
    ([name, value]) => `${name}=${value}; Domain=.qq.com; Path=/; Expires=${expires}; Secure`,
  )
}

function init({ feed, journal, options, world }: Backend, exchange: Exchange, session: Session): void {
  session.inits++
  session.polls = 0
  const isResumed = session.inits > 1
  if (isResumed && options.onInit === 'latest') session.fetchedSeq = feed.lastSeq
  const key = syncKey(session.fetchedSeq)
  if (!isResumed && options.statusNotify) feed.push({ kind: 'status', login: session.number })
  journal.note('init', { login: session.number, inits: session.inits })
  const chats = renderOpenChats({ world, options, session })
  exchange.answer({
    Count: chats.length,
    ContactList: chats,
    SyncKey: key,
    User: { ...renderContact({ world, options, session }, BOT), Uin: world.me.uin, ContactFlag: 0 },
    ChatSet: `${chats.map((chat) => chat.UserName).join(',')},`,
    SKey: session.skey,
    ClientVersion: 671_092_018,
    SystemTime: nowInSeconds(options.clockAheadMs),
    GrayScale: 1,
    InviteStartCount: 40,
  })
}

function logOut({ logins, options }: Backend, exchange: Exchange): void {
  const session = logins.find(exchange.credentials)
  if (session && session === logins.newest) logins.end(1101, 'logout')
  exchange.redirect(`https://${options.host}/`)
}
