'use strict'
/**
 * Loaded into a bot's process by NODE_OPTIONS, so that the bot itself stays as it is: TCP connections to WeChat's hosts
 * end at the stand-in on loopback. TLS and host names are checked as ever, NODE_EXTRA_CA_CERTS makes its authority
 * trusted; all other connections are left alone. CommonJS, because `--require` takes nothing else on every Node we
 * support.
 *
 *   FAKE_WEIXIN_PORT   port of the stand-in; without it nothing happens
 *   FAKE_WEIXIN_TRACE  file that gets a JSON line for each outgoing connection: { host, port, redirected }
 */
const fs = require('node:fs')
const net = require('node:net')

const WECHAT_HOST = /(^|\.)(qq\.com|wechat\.com|weixin\.com|wechatapp\.com|qlogo\.cn|qpic\.cn)$/i
const LOADED = Symbol.for('fake-weixin.loaded')

const standInPort = Number(process.env.FAKE_WEIXIN_PORT)
if (standInPort && !globalThis[LOADED]) {
  globalThis[LOADED] = true
  redirectConnections()
}

function isWeChat(host) {
  return typeof host === 'string' && WECHAT_HOST.test(host)
}

function redirectConnections() {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...args) {
    return connect.apply(this, redirected(args))
  }
}

/** `connect` is called as (options), (port, host), (path) or, from inside Node, with a list that holds the options. */
function redirected(args) {
  const [first, second] = args
  if (Array.isArray(first)) {
    const normalised = first.slice()
    // Node marks such lists with a symbol, which slice leaves behind.
    for (const mark of Object.getOwnPropertySymbols(first)) normalised[mark] = first[mark]
    normalised[0] = redirectedOptions(first[0])
    return [normalised, ...args.slice(1)]
  }
  if (first !== null && typeof first === 'object') return [redirectedOptions(first), ...args.slice(1)]
  if (typeof second !== 'string') return args
  trace(second, first)
  return isWeChat(second) ? [standInPort, '127.0.0.1', ...args.slice(2)] : args
}

function redirectedOptions(options) {
  if (options.path) return options // a local socket
  const host = options.host || options.hostname || 'localhost'
  trace(host, options.port)
  if (!isWeChat(host)) return options
  const direct = { lookup: undefined, autoSelectFamily: false, family: 4 }
  return { ...options, ...direct, host: '127.0.0.1', hostname: undefined, port: standInPort }
}

function trace(host, port) {
  const file = process.env.FAKE_WEIXIN_TRACE
  if (file) fs.appendFileSync(file, `${JSON.stringify({ host, port, redirected: isWeChat(host) })}\n`)
}
