import type { IncomingMessage } from '../model/chat.js'
import type { Alerts, Channel, Clock, Log, Metrics, SendingLoad } from '../model/ports.js'
import { CapWatch } from './admission.js'
import { NoticeQueue, type NoticeStore } from './notices.js'
import { Outbox } from './outbox.js'
import { Pacing, type PacingOptions, type SendingState } from './pacing.js'
import { type UnsaidParts, UnsaidQuestions, type UnsaidStore } from './unsaid.js'

/** Keeps what must not be forgotten of what was said, and of what was not. */
interface OutboxStore extends UnsaidStore {
  sending(): SendingState
  keepSending(state: SendingState): void
}

export interface OutboxNeeds
  extends Pick<PacingOptions, 'limits' | 'backOffMs' | 'random'>,
    Pick<UnsaidParts, 'isAddressed' | 'openTicket' | 'titleOf'> {
  readonly store: OutboxStore
  /** Where several accounts share a desk, theirs together. */
  readonly noticeStore: NoticeStore
  readonly channel: Channel
  /** Where staff are told. */
  readonly noticePlace: Pick<Channel, 'staffPlace'>
  /** When a word to the asker of a message comes too late. */
  readonly deadlineMs: (message: IncomingMessage) => number
  readonly alerts?: Alerts | undefined
  readonly metrics?: Pick<Metrics, 'unsaid'> | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface OpenOutbox {
  readonly outbox: Outbox
  readonly notices: NoticeQueue
  readonly unsaid: UnsaidQuestions
  /** How near it is to what it may say. */
  load(): SendingLoad
  start(): void
  /** Begins nothing new; what waits in the outbox may still go out. */
  stopTelling(): void
  /** Resolves when what could not be said is on disk. */
  stop(): Promise<void>
}

/** Joins the parts that say what the bot says around their file. */
export function openOutbox(needs: OutboxNeeds): OpenOutbox {
  const { store, noticeStore, channel, noticePlace, deadlineMs, alerts, metrics, clock, log } = needs
  const { limits, backOffMs, random, isAddressed, openTicket, titleOf } = needs
  const pacing = new Pacing({ limits, backOffMs, random, state: store.sending() })
  const caps = new CapWatch({ pacing, alerts, clock })
  const keep = (state: SendingState): void => store.keepSending(state)
  const outbox = new Outbox({ channel, pacing, clock, log, keep, watch: caps })
  const notices = new NoticeQueue({ store: noticeStore, channel: noticePlace, outbox, log })
  const tellAsker: UnsaidParts['tellAsker'] = (message, text) => {
    const { place, sender } = message
    const bubble = { kind: 'text', text, ...(place.kind === 'room' ? { mention: sender } : {}) } as const
    return outbox.send(place, [bubble], { urgent: true, deadlineMs: deadlineMs(message) })
  }
  const isHeldBack = (): boolean => pacing.heldUntilMs(clock.now()) > clock.now()
  const unsaid = new UnsaidQuestions({
    ...{ store, notices, alerts, metrics, isAddressed, openTicket, tellAsker, isHeldBack, titleOf, clock, log },
  })
  return {
    outbox,
    notices,
    unsaid,
    load: () => caps.load(),
    start: () => {
      notices.start()
      caps.start()
      unsaid.start()
    },
    stopTelling: () => {
      notices.stop()
      caps.stop()
    },
    stop: () => unsaid.stop(),
  }
}
