'use strict'
/**
 * Loaded into the bot's process by NODE_OPTIONS: makes it throw errors that nobody catches and that carry a cookie. SIGUSR2:
 * a bug of ours in the middle of a request; SIGWINCH: one of wechat4u's. CommonJS, because `--require` takes nothing else.
 */
if (/\/bot\.[jt]s$/.test(process.argv[1] ?? '')) {
  const carrying = (message) => Object.assign(new Error(message), { config: { headers: { cookie: 'wxsid=leaked' } } })
  const throwSoon = (error) =>
    setTimeout(() => {
      throw error
    }, 0)
  process.on('SIGUSR2', () => throwSoon(carrying('a bug of ours')))
  process.on('SIGWINCH', () => {
    const error = carrying('a bug of the puppet')
    error.stack = `Error: ${error.message}\n    at request (/app/node_modules/wechat4u/lib/core.js:1:1)`
    throwSoon(error)
  })
}
