import { BOT, type World } from './world.js'

/** A change of a group that its members read about in grey. */
export type RoomNotice =
  /** Somebody took the account into the group. */
  | { kind: 'invited-me'; by: string }
  | { kind: 'join'; by: string; who: readonly string[] }
  /** By a QR code that `by` shared. */
  | { kind: 'join-by-code'; by: string; who: readonly string[] }
  /** By the account; nobody is told when others remove or leave. */
  | { kind: 'remove'; who: readonly string[] }
  | { kind: 'removed-me'; by: string }
  | { kind: 'topic'; by: string; topic: string }

/** Makes the change in the world. @returns the notice as it is read on the account's side */
export function applyRoomNotice(world: World, roomKey: string, notice: RoomNotice): string {
  const name = (key: string) => world.noticeName(key, roomKey)
  const names = (keys: readonly string[]) => keys.map(name).join('、')
  switch (notice.kind) {
    case 'invited-me': {
      world.addMember(roomKey, BOT)
      const others = world.room(roomKey).members.map((member) => member.contact)
      const rest = others.filter((key) => key !== BOT && key !== notice.by)
      return `"${name(notice.by)}"邀请你加入了群聊，群聊参与人还有：${names(rest)}`
    }
    case 'join':
      for (const key of notice.who) world.addMember(roomKey, key)
      return notice.by === BOT
        ? `你邀请"${names(notice.who)}"加入了群聊  `
        : `"${name(notice.by)}"邀请"${names(notice.who)}"加入了群聊`
    case 'join-by-code':
      for (const key of notice.who) world.addMember(roomKey, key)
      return `" ${names(notice.who)}"通过扫描"${name(notice.by)}"分享的二维码加入群聊`
    case 'remove': {
      const text = `你将"${names(notice.who)}"移出了群聊` // named before they are gone
      for (const key of notice.who) world.removeMember(roomKey, key)
      return text
    }
    case 'removed-me':
      world.removeMember(roomKey, BOT)
      return `你被"${name(notice.by)}"移出群聊`
    case 'topic':
      world.setRoom(roomKey, { topic: notice.topic })
      return `${notice.by === BOT ? '你' : `"${name(notice.by)}"`}修改群名为“${notice.topic}”`
  }
}
