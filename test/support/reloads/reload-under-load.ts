import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readConfig } from '../../../src/config.js'
import { type Bot, createBot } from '../../../src/create-bot.js'
import type { Place } from '../../../src/model/chat.js'
import type { DecisionTrace } from '../../../src/model/decision.js'
import { OPERATOR } from '../../../src/model/ports.js'
import { aMessage } from '../a-message.js'
import { asRead, FakeChannel } from '../fake-channel.js'
import { MARKED_QUESTION, type State, stateOf, TwoStates } from './two-states.js'

export interface LoadOptions {
  readonly folder: string
  readonly reloads: number
  readonly messagesPerSecond: number
  readonly isLean?: boolean
  /** Called before and after every reload. */
  readonly around?: { before(): void; after(): void }
}

export interface LoadResult {
  readonly reloads: number
  /** What the reloads that failed said. */
  readonly failed: readonly string[]
  readonly asked: number
  readonly answered: number
  /** Answers that are not wholly of the state of the version that they were decided on. */
  readonly mixed: number
  readonly statesSeen: readonly State[]
  /** Heap in use after a garbage collection, in MiB: after a fifth of the reloads and at the end. */
  readonly heapMiB: readonly [number, number]
  readonly tookMs: number
  readonly reloadMs: readonly number[]
  /** How late messages were answered, in ms. */
  readonly latenciesMs: readonly number[]
}

/** The whole bot on the shipped knowledge, reloading between two kept states while people ask. */
export async function reloadUnderLoad(options: LoadOptions): Promise<LoadResult> {
  const states = new TwoStates(options.folder, options)
  const asking = new Asking()
  const bot = await startBot(options.folder, states, asking)
  const versions = new Map<string, State>()
  const failed: string[] = []
  const reloadMs: number[] = []
  const switchTo = async (state: State): Promise<void> => {
    states.write(state)
    const startedMs = performance.now()
    options.around?.before()
    const { ok, text } = await bot.operations.releases.reload({ by: OPERATOR })
    options.around?.after()
    reloadMs.push(performance.now() - startedMs)
    if (!ok) failed.push(text)
    versions.set(bot.knowledge.current.version, state)
  }
  try {
    versions.set(bot.knowledge.current.version, '甲')
    await switchTo('乙') // trained here; from now on both are kept
    await switchTo('甲')
    reloadMs.length = 0
    const startedMs = performance.now()
    const stopAsking = asking.begin(bot, options.messagesPerSecond)
    let earlyHeap = 0
    for (let done = 1; done <= options.reloads; done++) {
      await switchTo(done % 2 === 1 ? '乙' : '甲')
      if (done === Math.ceil(options.reloads / 5)) earlyHeap = heapMiB()
    }
    await stopAsking()
    return {
      ...{ reloads: options.reloads, failed, reloadMs, tookMs: performance.now() - startedMs },
      ...asking.result(versions),
      heapMiB: [earlyHeap, heapMiB()],
    }
  } finally {
    await bot.stop()
  }
}

function startBot(folder: string, { knowledgeDir, intentsDir }: TwoStates, { channel, journal }: Asking): Promise<Bot> {
  const config = readConfig({
    GUOSHEN_DATA_DIR: join(folder, 'data'),
    GUOSHEN_KNOWLEDGE_DIR: knowledgeDir,
    GUOSHEN_INTENTS_DIR: intentsDir,
  })
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  return createBot(config, { channel, clock: { now: () => Date.now() }, log: quiet, journal })
}

/** Whom the bot has talked with, it remembers for a while; new people all the time would look like a leak. */
const ASKERS = 500
const MAX_BURST = 3

/** People who ask again and again, in direct chats of their own, and what becomes of it. */
class Asking {
  readonly channel = new FakeChannel()
  readonly #decidedOn = new Map<string, string>()
  readonly #answers: { readonly state: State | 'mixed'; readonly version: string | undefined }[] = []
  readonly #latenciesMs: number[] = []
  #asked = 0
  readonly journal = {
    record: ({ messageId, kind, knowledgeVersion }: DecisionTrace): void => {
      if (kind === 'answer') this.#decidedOn.set(messageId, knowledgeVersion)
    },
  }

  /** @returns what stops it, when all that was asked is dealt with */
  begin(bot: Bot, perSecond: number): () => Promise<void> {
    const underWay = new Set<Promise<void>>()
    const startedMs = performance.now()
    const ask = (): void => {
      // A late timer makes up for what it missed, but not in one go: that would be a pause of our own making.
      const due = ((performance.now() - startedMs) / 1000) * perSecond
      for (let burst = 0; burst < MAX_BURST && this.#asked < due; burst++) {
        const asked = this.#ask(bot).finally(() => underWay.delete(asked))
        underWay.add(asked)
      }
    }
    const timer = setInterval(ask, 1000 / perSecond)
    return async () => {
      clearInterval(timer)
      await Promise.all(underWay)
    }
  }

  async #ask(bot: Bot): Promise<void> {
    const id = String(++this.#asked)
    const name = `asker ${this.#asked % ASKERS}`
    const place: Place = { kind: 'direct', id, key: `direct:${name}` }
    const startedMs = performance.now()
    await bot.handle(
      aMessage({
        ...{ id, place, text: MARKED_QUESTION, addressedToBot: true, sentAtMs: Date.now() },
        sender: { id: name, key: `name:${name}`, name, role: 'customer' },
      }),
    )
    this.#latenciesMs.push(performance.now() - startedMs)
    this.#take(id)
  }

  /** Bubbles are looked at and let go, or their pictures would fill the memory that is measured. */
  #take(id: string): void {
    const ours = this.channel.sent.filter(({ to }) => to.id === id)
    if (ours.length === 0) return
    for (const sent of ours) this.channel.sent.splice(this.channel.sent.indexOf(sent), 1)
    const answer = ours.map(({ bubble }) => asRead(bubble)).join('')
    this.#answers.push({ state: stateOf(answer), version: this.#decidedOn.get(id) })
    this.#decidedOn.delete(id)
  }

  result(versions: ReadonlyMap<string, State>) {
    return {
      asked: this.#asked,
      answered: this.#answers.length,
      mixed: this.#answers.filter(({ state, version }) => state !== versions.get(version ?? '')).length,
      statesSeen: [...new Set(this.#answers.map(({ state }) => state))].filter((state) => state !== 'mixed').sort(),
      latenciesMs: this.#latenciesMs,
    }
  }
}

/** Without what only waits to be collected. */
function heapMiB(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}
