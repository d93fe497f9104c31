import type { MessageSpec } from '../fake-weixin/message-spec.js'
import { BOT, type WorldSpec } from '../fake-weixin/world.js'
import { jpg } from '../picture-bytes.js'
import type { RandomPicks } from '../random-picks.js'

/** How much of everything one long run has. */
export interface RunSize {
  readonly rooms: number
  readonly messages: number
  readonly outages: number
  readonly kicks: number
  readonly kills: number
  readonly hardships?: readonly Hardship[]
}

const FULL_SIZE: RunSize = { rooms: 50, messages: 10_000, outages: 20, kicks: 5, kills: 10 }

/** The same in as many groups, but small: at least one of everything that goes wrong. */
export function sizeFor(messages: number): RunSize {
  const part = (whole: number): number => Math.max(1, Math.round((whole * messages) / FULL_SIZE.messages))
  return {
    rooms: FULL_SIZE.rooms,
    messages,
    outages: part(FULL_SIZE.outages),
    kicks: part(FULL_SIZE.kicks),
    kills: Math.max(2, part(FULL_SIZE.kills)),
  }
}

/** What a machine and people may do to the bot, beside what WeChat does. */
export const HARDSHIPS = ['full-disk', 'clock-jump', 'namesake', 'bad-file'] as const
type Hardship = (typeof HARDSHIPS)[number]
export type Disturbance = 'outage' | 'kick' | 'kill-bot' | 'kill-all' | Hardship

export const STAFF_ROOM = {
  key: 'staff',
  topic: '过审值班群',
  colleague: { key: 'chen', nick: '陈工', remark: '值班陈工' },
}

export interface Question {
  /** Nick name of the asker, who asks once in the whole run: the mention in an answer tells what it answers. */
  readonly asker: string
  readonly room: string
}

export interface PlannedMessage {
  readonly spec: MessageSpec
  readonly question?: Question
  /** So much older than what comes in with it. */
  readonly secondsAgo: number
}

/** Messages that come in at one moment, and what goes wrong just afterwards. */
export interface Beat {
  readonly messages: readonly PlannedMessage[]
  readonly disturbance?: Disturbance
}

export interface RunPlan {
  readonly world: WorldSpec
  readonly beats: readonly Beat[]
}

/** Each gets an answer when it is put to the bot, some of several bubbles. */
export const QUESTIONS = [
  '版本描述那一栏要写什么',
  '首次审核一共要多久',
  '类目要选哪个',
  '隐私协议的录音那条填什么',
  '提审的时候弹出UGC说明要怎么填',
  '在吗',
]
/** A greeting whose answer is dropped is no loss, and no ticket. */
const REAL_QUESTIONS = QUESTIONS.filter((text) => text !== '在吗')
export const IDLE_TALK = [
  '中午吃什么，楼下那家面馆还开着吗',
  '今天真冷',
  '周末去爬山吗',
  '哈哈哈哈',
  '我刚到公司',
  '谁有充电器',
]
const QUESTION_PERCENT = 20
const BURST = 50

const roomKey = (room: number): string => `g${room}`
/** The group that takes the staff group's name; it is not served from then on, so nobody asks there. */
export const NAMESAKE = roomKey(0)
const idlerKey = (room: number): string => `idler${room}`

/** Everything that happens in a run; the same picks give the same plan. */
export function planRun(size: RunSize, picks: RandomPicks): RunPlan {
  const askers: Question[] = []
  const beats: Beat[] = []
  const disturbances = placeDisturbances(size, picks)
  const questions = size.hardships ? REAL_QUESTIONS : QUESTIONS
  let said = 0
  while (said < size.messages) {
    const length = Math.min(size.messages - said, picks.below(40) === 0 ? BURST : 1 + picks.below(6))
    const burstRoom = length === BURST ? picks.below(size.rooms) : undefined
    const messages = Array.from({ length }, () => {
      const picked = burstRoom ?? picks.below(size.rooms)
      const room = size.hardships && roomKey(picked) === NAMESAKE ? picked + 1 : picked
      return picks.below(100) < QUESTION_PERCENT ? question(room, askers, picks, questions) : idleTalk(room, picks)
    })
    said += length
    const next = disturbances[0]
    if (next && next.at <= said) {
      disturbances.shift()
      beats.push({ messages, disturbance: next.what })
    } else beats.push({ messages })
  }
  return { world: worldOf(size, askers), beats }
}

function question(room: number, askers: Question[], picks: RandomPicks, questions: readonly string[]): PlannedMessage {
  const asked = { asker: `问者${String(askers.length + 1).padStart(5, '0')}`, room: roomKey(room) }
  askers.push(asked)
  const { repeat, secondsAgo } = delivery(picks)
  const text = `{@${BOT}}${picks.pick(questions)}`
  return { spec: { from: asked.asker, room: asked.room, text, repeat }, question: asked, secondsAgo }
}

/** Now and then a picture or a quote: they weigh much more than a line of text. */
function idleTalk(room: number, picks: RandomPicks): PlannedMessage {
  const { repeat, secondsAgo } = delivery(picks)
  const said = { from: idlerKey(room), room: roomKey(room), repeat }
  const text = picks.pick(IDLE_TALK)
  const chance = picks.below(100)
  if (chance < 3) return { spec: { ...said, kind: 'image', bytes: picture(picks) }, secondsAgo }
  if (chance < 6) {
    const quote = { name: `闲聊${room}`, text: picks.pick(IDLE_TALK).repeat(50) }
    return { spec: { ...said, kind: 'quote', text, quote }, secondsAgo }
  }
  return { spec: { ...said, text }, secondsAgo }
}

/** As large as WeChat makes them. */
const picture = (picks: RandomPicks): Buffer => jpg('p'.repeat(40_000 + picks.below(160_000)))

/** One in ten comes more than once, one in ten was said before others that came first. */
function delivery(picks: RandomPicks): { readonly repeat: number; readonly secondsAgo: number } {
  const chance = picks.below(10)
  return { repeat: chance === 0 ? 2 + picks.below(2) : 1, secondsAgo: chance === 1 ? 1 + picks.below(3) : 0 }
}

/** The first tenth is calm, for the memory to be measured; the last process life is the longest, again for that. */
function placeDisturbances({ messages, outages, kicks, kills, hardships = [] }: RunSize, picks: RandomPicks) {
  const spread = <What extends Disturbance>(whats: readonly What[], from: number, to: number) =>
    whats.map((what, n) => ({
      what,
      at: (from + ((to - from) * (n + picks.below(100) / 100)) / whats.length) * messages,
    }))
  // Ending all makes the supervisor forget its patience: of two kills in a row it waits longer after the second.
  const kinds = Array.from({ length: kills }, (_, n) => (n % 2 === 0 ? ('kill-bot' as const) : ('kill-all' as const)))
  const of = <What>(what: What, count: number): readonly What[] => Array.from({ length: count }, () => what)
  return [
    ...spread(kinds, 0.12, 0.5),
    ...spread(of('kick' as const, kicks), 0.12, 0.5),
    ...spread(of('outage' as const, outages), 0.12, 0.9),
    ...spread(hardships, 0.15, 0.9),
  ].sort((a, b) => a.at - b.at)
}

function worldOf({ rooms }: RunSize, askers: readonly Question[]): WorldSpec {
  const all = Array.from({ length: rooms }, (_, room) => room)
  return {
    me: { nick: '过审小助手' },
    contacts: [
      ...all.map((room) => ({ key: idlerKey(room), nick: `闲聊${room}`, friend: false })),
      ...askers.map(({ asker }) => ({ key: asker, nick: asker, friend: false })),
      STAFF_ROOM.colleague,
    ],
    rooms: [
      ...all.map((room) => ({
        key: roomKey(room),
        topic: `售后${room}群`,
        members: [idlerKey(room), ...askers.filter((asked) => asked.room === roomKey(room)).map(({ asker }) => asker)],
      })),
      { key: STAFF_ROOM.key, topic: STAFF_ROOM.topic, members: [STAFF_ROOM.colleague.key] },
    ],
  }
}
