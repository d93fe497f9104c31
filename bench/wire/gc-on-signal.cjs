'use strict'
/**
 * Loaded into a bot's process by NODE_OPTIONS: SIGUSR2 collects its garbage, so that memory is told by what is kept and
 * not by when V8 last felt like tidying up. CommonJS, because `--require` takes nothing else on every Node we support.
 */
const v8 = require('node:v8')
const vm = require('node:vm')

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')
process.on('SIGUSR2', () => collect())
