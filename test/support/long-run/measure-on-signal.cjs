'use strict'
/**
 * Loaded into the bot's process by NODE_OPTIONS: upon SIGUSR2 it collects garbage and prints what is left, so that
 * memory that is in use can be told from memory that is merely not given back yet.
 */
const v8 = require('node:v8')
const vm = require('node:vm')

v8.setFlagsFromString('--expose-gc')
const collectGarbage = vm.runInNewContext('gc')

process.on('SIGUSR2', () => {
  collectGarbage()
  collectGarbage() // what the first round finalised
  process.stdout.write(`\n{"memory":${JSON.stringify(process.memoryUsage())}}\n`)
})
