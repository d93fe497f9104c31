'use strict'
/**
 * Loaded into a program's processes by NODE_OPTIONS: time passes for it as it is told to, for both clocks of the machine (one that is
 * merely set wrong: `long-run/set-clock.cjs`). CommonJS, because
 * `--require` takes nothing else on every Node we support.
 *
 *   MOVABLE_CLOCK  file with JSON, see `ClockSetting` in `movable-clock.ts`; without it nothing happens
 */
const fs = require('node:fs')

const LOOK_EVERY_MS = 20
const file = process.env.MOVABLE_CLOCK
const MachineDate = Date
const machineNow = Date.now
const machineRunning = performance.now.bind(performance)

let setting = { aheadMs: 0 }
let lookedMs = Number.NEGATIVE_INFINITY

function current() {
  if (machineRunning() - lookedMs < LOOK_EVERY_MS) return setting
  lookedMs = machineRunning()
  try {
    setting = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    // It is just being written.
  }
  return setting
}

const now = () => {
  const { aheadMs, standsAtMs } = current()
  return standsAtMs ?? machineNow() + aheadMs
}

if (file) {
  const { aheadMs: aheadAtStartMs = 0 } = current()
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new MachineDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
  // Hours that pass are hours for whatever runs on, too.
  performance.now = () => machineRunning() + ((current().aheadMs ?? aheadAtStartMs) - aheadAtStartMs)
}
