import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BotProcess } from '../../test/support/fake-weixin/bot-process.js'
import type { FakeWeixin, WaitLogin } from '../../test/support/fake-weixin/fake-weixin.js'
import type { Session } from '../../test/support/fake-weixin/session.js'
import type { Conversation, Said } from './conversation.js'
import { costOf, isIdle } from './process-cost.js'

export interface BotUnderTest {
  /** For Node: its own options, the program and its arguments. The bot runs in a folder that has no packages. */
  readonly args: readonly string[]
  readonly env: (folder: string) => NodeJS.ProcessEnv
  /** Called in the bot's own folder before it starts. */
  readonly prepare?: (folder: string) => Promise<void>
  /** A line that it prints for every message that it is done with or has begun to answer. */
  readonly heard: RegExp
}

interface Phase {
  readonly messages: number
  readonly cpuMs: number
  /** What it said, pictures counted too. */
  readonly bubbles: number
}

export interface BotCost {
  readonly overheard: Phase
  readonly asked: Phase
  /** Of all its processes at the end, garbage collected. */
  readonly memoryMiB: number
}

/** The very first start of a program trains it, and a busy machine takes its time. */
const LOGIN_MS = 120_000
const PHASE_MS = 40_000
const SETTLE_MS = 10_000
const BURST = 5
const BURST_GAP_MS = 100
/** Nothing said and next to nothing done for so long: it has said all. */
const QUIET_MS = 3_000
const COLLECTING_MS = 2_000
const GC_ON_SIGNAL = join(import.meta.dirname, 'gc-on-signal.cjs')

/** Logs a bot in, starts it once more, warms it up, talks to it, and ends it. @throws Error when it doesn't log in or goes deaf */
export async function measureBot(
  wx: FakeWeixin,
  bot: BotUnderTest,
  { warmUp, measured }: { readonly warmUp: Conversation; readonly measured: Conversation },
): Promise<BotCost> {
  const folder = await mkdtemp(join(tmpdir(), 'guoshen-wire-'))
  await bot.prepare?.(folder)
  const program = startBot(wx, bot, folder)
  try {
    const login = (wanted: WaitLogin): Promise<Session> =>
      wx.waitLogin({ waitMs: LOGIN_MS, ...wanted }).catch((error: Error) => {
        throw new Error(`${error.message}\n${ending(program)}`)
      })
    const { number, inits } = await login({ after: wx.logins.newest?.number ?? 0 })
    // What a first start has to do once, and leaves in memory, is none of this.
    await program.stop()
    program.start()
    await login({ after: number - 1, inits: inits + 1 })
    const pids = () => program.processes().map(({ pid }) => pid)
    await untilSettled(pids())
    const talk = (said: readonly Said[]) => measurePhase(said, { wx, program, heard: bot.heard, pids })
    await talk(warmUp.overheard)
    await talk(warmUp.asked)
    const overheard = await talk(measured.overheard)
    const asked = await talk(measured.asked)
    await collectGarbage(program)
    return { overheard, asked, memoryMiB: costOf(pids()).memoryMiB }
  } finally {
    await program.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function startBot(wx: FakeWeixin, { args, env }: BotUnderTest, folder: string): BotProcess {
  const botEnv = wx.botEnv(env(folder))
  return new BotProcess({
    command: process.execPath,
    args,
    cwd: folder,
    env: { ...botEnv, NODE_OPTIONS: `${botEnv.NODE_OPTIONS} --require ${JSON.stringify(GC_ON_SIGNAL)}` },
  }).start()
}

async function collectGarbage(bot: BotProcess): Promise<void> {
  // Others, such as the compiler that tsx keeps beside a program, would die of the signal.
  for (const { pid, command } of bot.processes()) if (command.startsWith(process.execPath)) process.kill(pid, 'SIGUSR2')
  await sleep(COLLECTING_MS)
}

/** A program that has just started has more to do than to log in. */
async function untilSettled(pids: readonly number[]): Promise<void> {
  const endMs = performance.now() + SETTLE_MS
  while (performance.now() < endMs && !(await isIdle(pids, QUIET_MS)));
}

interface Hearing {
  readonly wx: FakeWeixin
  readonly program: BotProcess
  readonly heard: RegExp
  readonly pids: () => readonly number[]
}

async function measurePhase(said: readonly Said[], { wx, program, heard, pids }: Hearing): Promise<Phase> {
  const heardCount = (): number => program.output.match(heard)?.length ?? 0
  const [heardBefore, saidBefore, cpuBefore] = [heardCount(), wx.sentList().length, costOf(pids()).cpuMs]
  const endMs = performance.now() + PHASE_MS
  for (let start = 0; start < said.length; start += BURST) {
    for (const { room, from, asked, text } of said.slice(start, start + BURST)) {
      wx.inject({ room, from, text: asked ? `{@bot}${text}` : text })
    }
    await sleep(BURST_GAP_MS)
  }
  while (heardCount() - heardBefore < said.length) {
    if (performance.now() > endMs) throw new Error(deafness(heardCount() - heardBefore, said.length, program))
    await sleep(BURST_GAP_MS)
  }
  await untilQuiet({ wx, pids }, endMs)
  return {
    messages: said.length,
    cpuMs: costOf(pids()).cpuMs - cpuBefore,
    bubbles: wx.sentList().length - saidBefore,
  }
}

async function untilQuiet({ wx, pids }: Pick<Hearing, 'wx' | 'pids'>, endMs: number): Promise<void> {
  for (let saidBefore = -1; performance.now() < endMs; ) {
    const said = wx.sentList().length
    if (said === saidBefore && (await isIdle(pids(), QUIET_MS)) && wx.sentList().length === said) return
    saidBefore = said
  }
}

const deafness = (heard: number, said: number, program: BotProcess): string =>
  `the bot heard ${heard} of ${said} messages\n${ending(program)}`

const ending = ({ output }: BotProcess): string => `its output ends:\n${output.slice(-2_000)}`
