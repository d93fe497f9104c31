import type { Mute } from '../model/mute.js'
import type { Clock } from '../model/ports.js'
import type { DurableList } from '../model/rights.js'

const EVERYWHERE = '*'

/** Where the bot is to keep quiet, and until when. */
export class MuteBook {
  readonly #list: DurableList<Mute>
  readonly #clock: Clock

  constructor(list: DurableList<Mute>, clock: Clock) {
    this.#list = list
    this.#clock = clock
  }

  /** The mute that holds in a place at this moment. */
  of(placeKey: string): Mute | undefined {
    const living = this.living()
    return living.find((mute) => mute.placeKey === placeKey) ?? living.find((mute) => mute.placeKey === EVERYWHERE)
  }

  living(): readonly Mute[] {
    const nowMs = this.#clock.now()
    return this.#list.records().filter(({ untilMs }) => untilMs === null || untilMs > nowMs)
  }

  /** Takes the place of an earlier one. Resolves when it is on disk. */
  add(mute: Mute): Promise<void> {
    return this.#list.save([...this.living().filter(({ placeKey }) => placeKey !== mute.placeKey), mute])
  }

  addEverywhere(mute: Omit<Mute, 'placeKey' | 'topic'>): Promise<void> {
    return this.add({ ...mute, placeKey: EVERYWHERE, topic: '' })
  }

  /** Resolves when it is off the disk. */
  remove(mutes: readonly Mute[]): Promise<void> {
    return this.#list.save(this.living().filter((mute) => !mutes.includes(mute)))
  }
}

export const isEverywhere = ({ placeKey }: Mute): boolean => placeKey === EVERYWHERE
