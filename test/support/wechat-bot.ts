import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BotProcess } from './fake-weixin/bot-process.js'
import { FakeWeixin, type WaitLogin } from './fake-weixin/fake-weixin.js'
import type { WorldSpec } from './fake-weixin/world.js'

export const ROOT = path.join(import.meta.dirname, '../..')
/** Until a bot is logged in: several start at once, and the first of them trains. */
export const START_MS = 90_000

/** What `npm start` runs once it has compiled it, see `build-program.ts`. */
const PROGRAM = ['dist/main.js', '--puppet', 'wechat4u']
const FOLDERS = { knowledge: 'GUOSHEN_KNOWLEDGE_DIR', intents: 'GUOSHEN_INTENTS_DIR' } as const

export interface WechatBotSetup extends WorldSpec {
  /** Lines of `guoshen.yaml`. */
  readonly config?: readonly string[]
  /** Of these it has copies, to be edited. */
  readonly own?: readonly (keyof typeof FOLDERS)[]
  /** Loaded into its processes before all else. */
  readonly preloads?: readonly string[]
  /** Further environment of its processes. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * The real program on the real puppet, with a WeChat and a folder of its own. Made where a suite is described; `start` and
 * `end` stand around its tests.
 */
export class WechatBot {
  readonly wx = new FakeWeixin()
  #folder = ''
  #setup: WechatBotSetup = {}
  readonly #runs: BotProcess[] = []

  /** Logged in for the first time. */
  async start(setup: WechatBotSetup): Promise<void> {
    this.#setup = setup
    this.#folder = await mkdtemp(path.join(tmpdir(), 'guoshen-e2e-'))
    for (const name of setup.own ?? []) await cp(path.join(ROOT, name), this.file(name), { recursive: true })
    await writeFile(this.file('guoshen.yaml'), `${(setup.config ?? []).join('\n')}\n`, { mode: 0o600 })
    await this.wx.start()
    this.wx.world({ me: { nick: '过审小助手' }, ...setup })
    await this.prepare()
    this.launch()
    await this.online()
  }

  /** Whatever has to be done between the files and the first start. */
  protected async prepare(): Promise<void> {}

  async end(): Promise<void> {
    for (const run of this.#runs) await run.stop({ signal: 'SIGKILL' })
    await this.wx.stop()
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }

  /** Starts the program, for the first time or again after its end. */
  launch(): BotProcess {
    const env = this.wx.botEnv({ ...this.settings(), ...this.#setup.env })
    for (const file of this.#setup.preloads ?? []) env.NODE_OPTIONS += ` --require ${JSON.stringify(file)}`
    const run = new BotProcess({ command: process.execPath, args: PROGRAM, cwd: ROOT, env }).start()
    this.#runs.push(run)
    return run
  }

  /** Ends all of it at once, and starts it again with the same session. */
  async killAndRelaunch(): Promise<void> {
    const inits = (this.wx.session?.inits ?? 0) + 1
    await this.process.stop({ signal: 'SIGKILL' })
    this.launch()
    await this.online({ inits })
  }

  /** Polls, and its latest run has said that it is logged in. @throws Error with the end of the output */
  async online(login: Omit<WaitLogin, 'waitMs'> = {}): Promise<void> {
    await this.wx.waitLogin({ waitMs: START_MS, ...login }).catch((error: Error) => {
      throw new Error(`${error.message}; the output ends:\n${this.process.output.slice(-3_000)}`)
    })
    await this.process.waitOutput(/logged in/, START_MS)
  }

  /** What tells the program and its tools where everything of this bot lies. */
  settings(): Readonly<Record<string, string>> {
    const own = (this.#setup.own ?? []).map((name) => [FOLDERS[name], this.file(name)])
    return {
      GUOSHEN_CONFIG: this.file('guoshen.yaml'),
      GUOSHEN_DATA_DIR: this.file('data'),
      GUOSHEN_WEB_PORT: '0',
      ...Object.fromEntries(own),
    }
  }

  /** The latest run; its `pid` is the supervisor's. */
  get process(): BotProcess {
    return this.#runs.at(-1)!
  }

  /** Everything printed so far, by all runs. */
  get output(): string {
    return this.#runs.map(({ output }) => output).join('\n')
  }

  /** First match in what the latest run prints. */
  waitOutput(pattern: RegExp, waitMs?: number): Promise<RegExpExecArray> {
    return this.process.waitOutput(pattern, waitMs)
  }

  /** A path within the bot's own folder. */
  file(...names: readonly string[]): string {
    return path.join(this.#folder, ...names)
  }

  /** Of the process that talks to WeChat, or did until lately. */
  async running(): Promise<{ readonly url: string; readonly pid: number }> {
    return JSON.parse(await readFile(this.file('data', 'running.json'), 'utf8'))
  }

  /** Replaces words in a file of its own. @throws Error when they don't stand there */
  async edit(name: string, from: string | RegExp, to: string): Promise<void> {
    const text = await readFile(this.file(name), 'utf8')
    const edited = text.replace(from, to)
    if (edited === text) throw new Error(`${name} lacks ${from}`)
    await writeFile(this.file(name), edited)
  }

  /** Of every login so far: whoever reads one of these in a log has the account. */
  get secrets(): readonly string[] {
    return this.wx.logins.all.flatMap(({ sid, skey, passTicket, dataTicket, authTicket }) => [
      ...[sid, skey, dataTicket, authTicket],
      ...[passTicket, decodeURIComponent(passTicket)],
    ])
  }
}
