'use strict'
/**
 * Loaded into the bot's process by NODE_OPTIONS: SIGUSR2 makes it throw an error that nobody catches and that carries a
 * cookie, as a bug of ours in the middle of a request would. CommonJS, because `--require` takes nothing else.
 */
if (process.argv[1]?.includes('run-bot')) {
  process.on('SIGUSR2', () => {
    setTimeout(() => {
      throw Object.assign(new Error('a bug of ours'), { config: { headers: { cookie: 'wxsid=leaked' } } })
    }, 0)
  })
}
