import type { WorldSpec } from '../../test/support/fake-weixin/world.js'
import { readCorpus } from '../match/corpus.js'

export interface Said {
  readonly room: string
  readonly from: string
  /** Put to the bot by name; else merely overheard. */
  readonly asked: boolean
  readonly text: string
}

export interface Conversation {
  readonly overheard: readonly Said[]
  readonly asked: readonly Said[]
}

const ROOMS = 10
const MEMBERS = 10

/** Ten groups of ten. */
export const WORLD: WorldSpec = {
  me: { nick: '过审小助手' },
  contacts: Array.from({ length: MEMBERS }, (_, index) => ({ key: memberKey(index), nick: `客户${index + 1}` })),
  rooms: Array.from({ length: ROOMS }, (_, index) => ({
    key: roomKey(index),
    topic: `售后${index + 1}群`,
    members: Array.from({ length: MEMBERS }, (_member, member) => memberKey(member)),
  })),
}

/** Chatter that nobody puts to the bot and questions that somebody does, from the held-out messages, over and over. */
export function conversation({ overheard, asked }: { overheard: number; asked: number }): Conversation {
  // Only what has no address in it: an @ would be a mention of somebody else.
  const heldOut = readCorpus({ perSection: 1, chatter: 1 }).heldOut.filter(({ text }) => !/[@{}]/.test(text))
  const chatter = heldOut.filter(({ sections }) => sections.length === 0)
  const questions = heldOut.filter(({ sections }) => sections.length > 0)
  const say = (from: typeof heldOut, count: number, isAsked: boolean): readonly Said[] =>
    Array.from({ length: count }, (_, index) => ({
      room: roomKey(index % ROOMS),
      from: memberKey(Math.floor(index / ROOMS) % MEMBERS),
      asked: isAsked,
      text: from[index % from.length]!.text,
    }))
  return { overheard: say(chatter, overheard, false), asked: say(questions, asked, true) }
}

function memberKey(index: number): string {
  return `member-${index}`
}

function roomKey(index: number): string {
  return `room-${index}`
}
