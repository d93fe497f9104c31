import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'

/** How a program's clock differs from the machine's: it is ahead and goes on, or it stands still. Milliseconds. */
type ClockSetting = { readonly aheadMs: number } | { readonly standsAtMs: number }

/** Longer than a program goes on without looking. */
const HEEDED_MS = 40

/** A clock for programs and windows that are started with it: set, it jumps in all of them. */
export class MovableClock {
  /** Loaded into a process by `--require`. */
  static readonly preload = path.join(import.meta.dirname, 'movable-clock.cjs')
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'guoshen-clock-'))
  #setting: ClockSetting

  /** @param startsAtMs it runs on from there */
  constructor(startsAtMs: number) {
    this.#setting = { aheadMs: startsAtMs - Date.now() }
    this.#write()
  }

  get env(): { readonly MOVABLE_CLOCK: string } {
    return { MOVABLE_CLOCK: path.join(this.#folder, 'setting.json') }
  }

  get aheadMs(): number {
    return this.now() - Date.now()
  }

  now(): number {
    return 'standsAtMs' in this.#setting ? this.#setting.standsAtMs : Date.now() + this.#setting.aheadMs
  }

  /** It is so late now, and time goes on. Resolves once everybody knows. */
  async set(atMs: number): Promise<void> {
    this.#setting = { aheadMs: atMs - Date.now() }
    this.#write()
    await sleep(HEEDED_MS)
  }

  /** It is so late now, and stays so. */
  async stop(atMs: number): Promise<void> {
    this.#setting = { standsAtMs: atMs }
    this.#write()
    await sleep(HEEDED_MS)
  }

  /** Windows that are opened here go by it, as it is set when they are opened. Their timers run as ever. */
  async rule(context: BrowserContext): Promise<void> {
    await context.addInitScript(
      ([aheadMs, standsAtMs]) => {
        const now = Date.now
        const told = (): number => standsAtMs ?? now() + aheadMs
        globalThis.Date = new Proxy(Date, {
          construct: (target, args, newTarget) =>
            Reflect.construct(target, args.length === 0 ? [told()] : args, newTarget),
          get: (target, key) => (key === 'now' ? told : Reflect.get(target, key)),
        })
      },
      [this.aheadMs, 'standsAtMs' in this.#setting ? this.#setting.standsAtMs : null] as const,
    )
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Whole: it is read in the middle of other work. */
  #write(): void {
    writeFileSync(`${this.env.MOVABLE_CLOCK}.new`, JSON.stringify(this.#setting))
    renameSync(`${this.env.MOVABLE_CLOCK}.new`, this.env.MOVABLE_CLOCK)
  }
}
