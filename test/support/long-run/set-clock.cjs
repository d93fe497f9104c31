'use strict'
/**
 * Loaded into the bot's process by NODE_OPTIONS: its clock is off by as many milliseconds as stand in the file SET_CLOCK,
 * from the moment on in which that is written. What can't be set on a machine, e.g. `performance.now`, goes on.
 */
const { readFileSync } = require('node:fs')

const RealDate = Date
let offsetMs = 0
const look = () => {
  try {
    offsetMs = Number(readFileSync(process.env.SET_CLOCK, 'utf8')) || 0
  } catch {
    offsetMs = 0
  }
}
look()
setInterval(look, 200).unref()

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offsetMs)
    else super(...parts)
  }

  static now() {
    return RealDate.now() + offsetMs
  }
}
