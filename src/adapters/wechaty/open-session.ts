import type { WechatyInterface } from 'wechaty/impls'
import type { LoginState } from '../../model/login.js'
import type { Clock, Log } from '../../model/ports.js'
import { cardPath, isWechat4u } from './build-wechaty.js'
import { CardKeeper } from './card-keeper.js'
import { firstLoginState } from './login-tracker.js'
import { rewriteCard } from './memory-card.js'
import { waitForNetwork } from './network-probe.js'
import { type SessionEnd, SessionWatch } from './session-watch.js'

export interface SessionOptions {
  /** As configured. */
  readonly puppet: string
  readonly dataDir: string
  /** Age in ms of the last successful poll at which nothing is heard any more. */
  readonly pollLimitMs: number
  readonly clock: Clock
  readonly log: Log
  /** The process is to be started anew; `reason` is fit for a log. Called once. */
  readonly onEnd: (reason: string) => void
}

/** The login of one run of the bot. */
export interface Session {
  login(): LoginState
  /** Milliseconds since the last successful poll; undefined where the puppet does not tell, and while logged out. */
  pollAgeMs(): number | undefined
  /** Told of the present state at once, then of every change. */
  onState(listener: (state: LoginState) => void): void
  /** Resolves when WeChat can be reached: a start without it would cost the session. Only wechat4u needs it. */
  networkReady(): Promise<void>
  /** To be called as soon as Wechaty has started. */
  started(): void
  /** A send was refused because the login has ended: so does this run. */
  sendRefused(): void
  stop(): void
}

const CARD_CHECK_MS = 5_000
const CHECKS_PER_REWRITE = 120 // every ten minutes: cookies change while a session lasts

/**
 * Makes ready what a login needs before Wechaty starts: the card restored, the listeners in place. With other puppets
 * than wechat4u there is no card of ours to keep, no network to wait for and no poll to look at; a logout or a burst of
 * errors ends the run all the same.
 */
export async function openSession(bot: WechatyInterface, options: SessionOptions): Promise<Session> {
  const { puppet, dataDir, clock, log } = options
  const keeper = isWechat4u(puppet) ? new CardKeeper(cardPath(puppet, dataDir), log) : undefined
  const card = (await keeper?.prepare()) ?? { hasSession: false, refusedSinceMs: undefined }
  const listeners = new Set<(state: LoginState) => void>()
  const watch = new SessionWatch(bot, {
    ...options,
    firstState: firstLoginState({ ...card, nowMs: clock.now() }),
    onState: (state) => {
      for (const listener of listeners) listener(state)
    },
    onEnd: (end) => void setAsideIfRefused(end).finally(() => options.onEnd(end.reason)),
  })
  watch.listen()
  const upkeep = keeper && keepCardUp(keeper, { bot, isLoggedIn: () => watch.state.status === 'logged-in', log })

  async function setAsideIfRefused({ kind }: SessionEnd): Promise<void> {
    clearInterval(upkeep)
    if (kind === 'refused') await keeper?.setAside()
  }

  return {
    login: () => watch.state,
    pollAgeMs: () => watch.pollAgeMs(),
    onState: (listener) => {
      listeners.add(listener)
      listener(watch.state)
    },
    networkReady: async () => void (keeper && (await waitForNetwork({ log }))),
    started: () => watch.watch(),
    sendRefused: () => watch.sendRefused(),
    stop: () => {
      clearInterval(upkeep)
      watch.stop()
    },
  }
}

interface Upkeep {
  readonly bot: WechatyInterface
  readonly isLoggedIn: () => boolean
  readonly log: Log
}

/** While logged in: the copy follows the card, which the puppet writes in its own time. */
function keepCardUp(keeper: CardKeeper, { bot, isLoggedIn, log }: Upkeep): NodeJS.Timeout {
  let checks = 0
  const check = async (): Promise<void> => {
    if (!isLoggedIn()) return
    if (++checks % CHECKS_PER_REWRITE === 0) await rewriteCard(bot.puppet)
    if (await keeper.keep()) await keeper.forgetRefused()
  }
  const timer = setInterval(() => {
    check().catch((error: NodeJS.ErrnoException) => log.warn({ error: error.code }, 'login card could not be kept'))
  }, CARD_CHECK_MS)
  return timer.unref()
}
