import type { World } from '../../src/channel/simulator/world.js'
import { createVendorWorld } from '../../src/channel/simulator/world.js'
import type { DecisionTrace } from '../../src/model/decision.js'
import type { Clock } from '../../src/model/ports.js'
import { TalkLog, type TalkLogOptions } from '../../src/store/talks.js'
import { createWebApp, type WebDeps } from '../../src/web/app.js'
import { fixedClock } from './fixed-clock.js'
import { openAccess } from './open-access.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** A journal of talks that keeps nothing on disk, unless a folder is given. */
export const aTalkLog = (options: Partial<TalkLogOptions> = {}): Promise<TalkLog> =>
  TalkLog.open({
    ...{ dir: undefined, keepDays: 7, chatterHours: 2, clock: fixedClock(), log: quiet },
    clean: (text) => text.replace(/\d{11}/g, '[电话]'),
    callsWrong: (text) => text === '不对',
    thresholds: { asked: 0.76, overheard: 0.63 },
    ...options,
  })

export const aTrace = (facts: Partial<DecisionTrace> = {}): DecisionTrace => ({
  ...{ messageId: 'm1', placeKey: 'room:想天售后服务群', kind: 'answer', sections: ['4.1'], intent: 'category' },
  ...{ card: null, confidence: 0.93, reason: 'sure', candidates: [{ section: '4.1', confidence: 0.93 }] },
  ...{ timeline: null, knowledgeVersion: 'k1', policy: 'guide', tookMs: 2 },
  ...facts,
})

/** The page as a function of requests, with as much behind it as a test needs. */
export async function aPage({
  world,
  clock = fixedClock(),
  ...changes
}: Partial<Omit<WebDeps, 'world'>> & { readonly world?: World | null; readonly clock?: Clock } = {}) {
  const played = world === null ? undefined : (world ?? createVendorWorld({ clock }))
  const talks = (changes.talks as TalkLog | undefined) ?? (await aTalkLog({ clock }))
  const ends: (() => Promise<void> | void)[] = []
  const deps: WebDeps = {
    ...{ world: played, clock, log: quiet, access: openAccess({ clock }) },
    status: () => ({ puppet: 'simulator', login: 'logged-in', sinceMs: 1_000, knowledgeVersion: 'k1' }),
    reload: async () => ({ ok: true, text: '已重载' }),
    atEnd: (end) => void ends.push(end),
    ...changes,
    talks,
  }
  const app = createWebApp(deps)
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) => send('POST', path, body, headers)
  return {
    app,
    world: played as World,
    talks,
    clock,
    deps,
    post,
    send,
    end: () => Promise.all(ends.map((end) => end())),
  }
}
