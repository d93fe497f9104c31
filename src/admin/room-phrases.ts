import type { RoomPlace } from '../model/message.js'
import type { Mute } from '../model/mute.js'
import { momentWords } from '../tickets/desk-phrases.js'

const MAX_LISTED = 15
const MAX_CHARS = 480
const until = (untilMs: number | null): string => (untilMs === null ? '直到发“恢复”' : `到 ${momentWords(untilMs)}`)
const shown = (topic: string): string =>
  topic === '' ? '未命名的群' : topic.length > 24 ? `${topic.slice(0, 24)}…` : topic

interface RoomState {
  readonly room: RoomPlace
  readonly mute: Mute | undefined
}

function stateWords({ room, mute }: RoomState): string {
  if (room.purpose === 'staff') return '值班群，只听命令'
  if (room.purpose === 'ignored') return '配置里没开'
  return mute ? `静音${until(mute.untilMs)}` : '开着'
}

/** About groups. */
export const roomPhrases = {
  list: (states: readonly RoomState[], allMuted: boolean): string => {
    if (states.length === 0) return '现在不在任何群里，或者还没有登录。'
    const lines = states.map((state, index) => `${index + 1}. ${shown(state.room.topic)}：${stateWords(state)}`)
    const head = allMuted ? ['全部静音中，发“恢复”解除。'] : []
    const fitting = lines.slice(0, MAX_LISTED)
    while ([...head, ...fitting].join('\n').length > MAX_CHARS) fitting.pop()
    const more = lines.length - fitting.length
    return [...head, ...fitting, ...(more > 0 ? [`……还有 ${more} 个群`] : [])].join('\n')
  },
  muted: (topic: string, untilMs: number | null): string => `“${shown(topic)}”已静音，${until(untilMs)}。`,
  mutedEverywhere: (untilMs: number | null): string => `所有群和客户私聊都已静音，${until(untilMs)}。命令照常能用。`,
  unmuted: (topic: string, allMuted: boolean): string =>
    allMuted ? `“${shown(topic)}”单独的静音已解除，但全部静音还在，发“恢复”解除。` : `“${shown(topic)}”已恢复。`,
  unmutedAll: (mutes: readonly Mute[]): string =>
    `已全部恢复：${mutes
      .slice(0, MAX_LISTED)
      .map(({ topic }) => (topic === '' ? '全部静音' : shown(topic)))
      .join('、')}。`,
  nothingMuted: '现在没有静音的群。',
  notMuted: (name: string, allMuted: boolean): string =>
    allMuted ? `“${shown(name)}”没有单独静音，是全部静音。发“恢复”解除。` : `“${shown(name)}”没有静音。`,
  notStaffRoom: '值班群里机器人只听命令，不用静音。',
  noRoom: (name: string, rooms: readonly RoomPlace[]): string =>
    rooms.length === 0
      ? '现在不在任何群里，或者还没有登录。'
      : `没有叫“${shown(name)}”的群。发“群”看全部，也可以用编号，例如：静音 1 2小时`,
  severalRooms: (found: readonly RoomPlace[], rooms: readonly RoomPlace[]): string =>
    [
      '有几个群对得上，请用编号，例如：静音 1 2小时',
      ...found.slice(0, MAX_LISTED).map((room) => `${rooms.indexOf(room) + 1}. ${shown(room.topic)}`),
    ].join('\n'),
} as const
