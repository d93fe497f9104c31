import { civilOf, MINUTE_MS } from '../base/time.js'
import type { RoomPlace } from '../model/chat.js'
import type { DayFigures, FiguresSpan, GrantedRole, Mute } from '../model/decision.js'
import type { AuditEntry, LoginState, LoginStatus, RoleClaim, RoleGrant, SendingLoad } from '../model/ports.js'
import type { AccountState } from '../model/stores.js'
import { agoWords, momentWords, timeWords } from '../tickets/phrases.js'

const RESULTS: Readonly<Record<AuditEntry['result'], string>> = { done: '', failed: '（没成）', refused: '（拒绝）' }
const MAX_REPORT_CHARS = 500

/** Answers to orders of staff and admins. */
/** About links to the page, in direct chat. */
export const linkPhrases = {
  noAddress: '网页只能在机器上打开：配置里还没有 web.publicUrl。',
  link: (url: string): string => `打开后点“进入”，10 分钟内有效，只能用一次，别转给别人：\n${url}`,
} as const

export const commandPhrases = {
  linkInDirectChat: '请用自己的微信私聊我发“网页”，我把链接只发给您。',
  help: '可以这样说：',
  notAvailable: '这个机器人还没有这项功能。',
  notAllowed: '这个命令只有管理员能用。有审核上的问题，直接问我就行。',
  hasRole: '您已经有这个身份了，发“帮助”看能做什么。',
  claimInDirectChat: '请加我好友，在私聊里发“认领”。',
  notUnderstood: '没看懂这个命令。发“帮助”看全部。',
  didYouMean: (example: string): string => `没看懂这个命令，是不是想发“${example}”？发“帮助”看全部。`,
  howTo: ({ words, example }: { readonly words: string; readonly example: string }): string =>
    `请带上${words}，例如：${example}`,
  dutyInPerson: '值班要本人在值班群里说“我值班”或“下班”。',
  audit: (entries: readonly AuditEntry[]): string => {
    if (entries.length === 0) return '还没有人下过命令。'
    const lines = entries.map(
      ({ atMs, who, what, result }) => `${momentWords(atMs)} ${who.name}：${what}${RESULTS[result]}`,
    )
    while (lines.join('\n').length > MAX_REPORT_CHARS) lines.pop()
    return lines.join('\n')
  },
} as const

export interface KnowledgeState {
  readonly version: string
  readonly sectionCount: number
  /** Absent where releases are not counted. */
  readonly release?: { readonly number: number; readonly atMs: number; readonly pinned?: boolean }
}

interface TicketCounts {
  readonly opened: number
  readonly open: number
  readonly waiting: number
}

interface Status {
  readonly version: string
  readonly knowledge: KnowledgeState
  readonly upMs: number
  readonly login: LoginState | undefined
  readonly queueLength: number
  readonly sending: SendingLoad
  readonly today: DayFigures
  readonly tickets: TicketCounts
  readonly senses?: Senses | undefined
  readonly accounts?: SharedAccounts | undefined
}

/** The accounts that share a desk, as this one last heard of them. */
export interface SharedAccounts {
  readonly here: string
  readonly all: readonly AccountState[]
  readonly isReachable: boolean
  readonly nowMs: number
}

const LOGINS: Readonly<Record<LoginStatus, string>> = {
  starting: '正在启动',
  'waiting-scan': '等待扫码',
  'logged-in': '已登录',
  reconnecting: '断线，正在重连',
  kicked: '已被踢下线，要重新扫码',
}

const loginWords = ({ status, network, trouble }: LoginState): string => {
  if (trouble === 'token') return 'QQ：连不上，QQ 端不认口令'
  return network === 'QQ' ? `QQ：${LOGINS_OF_QQ[status] ?? LOGINS[status]}` : `微信：${LOGINS[status]}`
}

const LOGINS_OF_QQ: Partial<Readonly<Record<LoginStatus, string>>> = { kicked: '账号掉线，要在 QQ 端重新登录' }

const counts = ({ answered, offered, handedOver, silent }: DayFigures): string =>
  `回答 ${answered}，反问或不知道 ${offered}，转人工 ${handedOver}，没插话 ${silent}`

/** What people should know of what may still be said; nothing while there is room. */
export function sendingWords({ day, isMinuteNear, isOverloaded, heldUntilMs }: SendingLoad): readonly string[] {
  return [
    ...(heldUntilMs === undefined ? [] : [`被限制发送，${momentWords(heldUntilMs)}前说不了话`]),
    ...(day?.level === 'near' ? [`今天已发 ${day.used} 条，快到上限 ${day.cap} 条`] : []),
    ...(day?.level === 'end' ? [`今天已发 ${day.used} 条，上限用完，客户的提问转成工单`] : []),
    ...(isOverloaded ? ['问的人太多，答不过来的已转成工单'] : isMinuteNear ? ['这几分钟发得多，快到每分钟的上限'] : []),
  ]
}

/** What the bot can do beside reading text. */
export interface Senses {
  /** Packages that are not installed; `off`: the configuration wants no pictures read. */
  readonly pictures: 'off' | readonly string[]
  /** Name of the model that is asked where the bot is unsure. */
  readonly model: string | undefined
}

const picturesWords = ({ pictures }: Pick<Senses, 'pictures'>): string => {
  if (pictures === 'off') return '关着'
  return pictures.length === 0 ? '可以' : `不行，没装 ${pictures.join('、')}`
}

/** For people who run the bot: what it ought to read, and can't. */
export const sensesWarnings = ({ pictures }: Senses): readonly string[] =>
  pictures === 'off' || pictures.length === 0
    ? []
    : [`截图里的字读不了：没装 ${pictures.join('、')}（npm ci 会装；不用读就设 GUOSHEN_READ_PICTURES=false）`]

/** How the bot is doing. */
export const overviewPhrases = {
  status: ({
    version,
    knowledge,
    upMs,
    login,
    queueLength,
    sending,
    senses,
    today,
    tickets,
    accounts,
  }: Status): string =>
    [
      `过审小助手 ${version}，已运行 ${agoWords(upMs)}`,
      `知识 ${releaseWords(knowledge)}，${knowledge.sectionCount} 个小节`,
      ...(knowledge.release?.pinned ? ['回滚以后停在这里，发“重载”才用文件夹里的改动'] : []),
      ...(login === undefined ? [] : [loginWords(login)]),
      `排队待发：${queueLength} 条`,
      ...sendingWords(sending),
      ...(senses ? [`读截图：${picturesWords(senses)}`, `问模型：${senses.model ?? '没配置'}`] : []),
      `今天：${counts(today)}`,
      `工单：开着 ${tickets.open}，没人接 ${tickets.waiting}`,
      ...accountLines(accounts),
    ].join('\n'),
  figures: (span: FiguresSpan, figures: DayFigures, tickets: TicketCounts): string =>
    [
      span === 'today' ? '今天' : `本周（${dayWords(figures)}起）`,
      `回答 ${figures.answered}`,
      `反问或不知道 ${figures.offered}`,
      `转人工 ${figures.handedOver}`,
      `没插话 ${figures.silent}`,
      `命令 ${figures.orders}`,
      `新工单 ${tickets.opened}，开着 ${tickets.open}，没人接 ${tickets.waiting}`,
    ].join('\n'),
} as const

/** Heard of within so long, an account is running. */
const ALIVE_MS = 2 * MINUTE_MS

function accountLines(accounts: Status['accounts']): readonly string[] {
  if (!accounts) return []
  const { here, all, isReachable, nowMs } = accounts
  const others = all
    .filter(({ name }) => name !== here)
    .map(({ name, release, seenAtMs }) => {
      const isAlive = nowMs - seenAtMs < ALIVE_MS
      return `${name}（${isAlive ? `发布 ${release ?? '还没有'}` : `${agoWords(nowMs - seenAtMs)}没有消息`}）`
    })
  return [
    `账号：${here}${others.length > 0 ? `；共用工单的还有：${others.slice(0, MAX_ACCOUNTS).join('、')}` : ''}${others.length > MAX_ACCOUNTS ? `等 ${others.length} 个` : ''}`,
    ...(isReachable ? [] : ['⚠️ 工单库连不上，改动先记在本机']),
  ]
}

const MAX_ACCOUNTS = 8

const releaseWords = ({ version, release }: KnowledgeState): string =>
  release ? `发布 ${release.number}（版本 ${version}，${momentWords(release.atMs)}）` : `版本 ${version}`

function dayWords({ day }: DayFigures): string {
  const { month, date } = civilOf(day)
  return `${month}月${date}日`
}

const ROLES: Readonly<Record<GrantedRole, string>> = { admin: '管理员', staff: '同事' }
const MAX_LISTED = 8

const minutes = (ms: number): string => `${Math.max(1, Math.ceil(ms / MINUTE_MS))} 分钟`
/** 4829 1307: easier to read out. */
const spaced = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`
const codeWords = ({ codes }: RoleClaim): string =>
  codes.map(({ role, code }) => `${ROLES[role]} ${spaced(code)}`).join('，')
/** Known by a number that lasts: nobody needs a remark. */
const isNumber = ({ remark }: Pick<RoleGrant, 'remark'>): boolean => remark.startsWith('qq:')
const grantLine = ({ role, name, remark }: RoleGrant): string => `${ROLES[role]} ${name}（${remark}）`

/** About roles: to those who claim them, and to whoever has the machine. */
export const rightsPhrases = {
  remark: (role: GrantedRole, suffix: string): string => `过审${ROLES[role]}-${suffix}`,
  asked: '认领码已经显示在机器人的终端和网页上，10 分钟内有效。请向负责机器人的同事要，再发给我。',
  alreadyHas: (role: GrantedRole): string => `您已经是${ROLES[role]}了，发“帮助”看能做什么。`,
  tooMany: '现在等着认领的人太多，请 10 分钟后再试。',
  locked: (ms: number): string => `输错太多次，请 ${minutes(ms)}后再试。`,
  wrong: (triesLeft: number): string => `认领码不对，还可以试 ${triesLeft} 次。`,
  expired: '认领码已经过期，请重新发“认领”。',
  granted: (role: GrantedRole): string => `好了，您现在是${ROLES[role]}。发“帮助”看能做什么。`,
  codes: (claim: RoleClaim): string =>
    `${claim.person.name} 要认领身份。确认是本人，再把其中一个码告诉对方（10 分钟内有效）：${codeWords(claim)}`,
  grantedTo: (grant: RoleGrant): string =>
    `${grant.name} 已经成为${ROLES[grant.role]}，${isNumber(grant) ? `按 ${grant.remark} 认人` : `备注是“${grant.remark}”`}。不是您同意的话，请马上发：撤销 ${grant.name}`,
  lockedOut: (name: string): string => `${name} 连续三次输错认领码，一小时内不能再试。如果不是同事，请留意。`,
  remarkFailed: ({ name, remark }: RoleGrant): string =>
    `没能给 ${name} 写上备注，重新登录后会认不出。请在机器人的手机上把备注改成“${remark}”。`,
  nobody: (name: string, grants: readonly RoleGrant[]): string =>
    grants.length === 0
      ? `没有认领过身份的“${name}”。写在配置里的管理员，请改配置或手机上的备注。`
      : [`没有认领过身份的“${name}”，现在有：`, ...grants.slice(0, MAX_LISTED).map(grantLine)].join('\n'),
  several: (grants: readonly RoleGrant[]): string =>
    ['有几位同名，请带上备注再发，例如：', ...grants.slice(0, MAX_LISTED).map(({ remark }) => `撤销 ${remark}`)].join(
      '\n',
    ),
  revoked: ({ role, name, remark }: RoleGrant, isRemarkBack: boolean): string =>
    `已收回 ${name} 的${ROLES[role]}权限。${isRemarkBack || isNumber({ remark }) ? '' : `备注“${remark}”没能改回去，不影响，可以在手机上改。`}`,
  pending: ({
    waiting,
    locked,
    grants,
  }: {
    readonly waiting: readonly RoleClaim[]
    readonly locked: readonly RoleClaim[]
    readonly grants: readonly RoleGrant[]
  }): string => {
    const lines = [
      ...waiting
        .slice(0, MAX_LISTED)
        .map((claim) => `${claim.person.name}：${codeWords(claim)}（${timeWords(claim.expiresAtMs)} 前有效）`),
      ...locked
        .slice(0, MAX_LISTED)
        .map((claim) => `${claim.person.name}：输错三次，${timeWords(claim.lockedUntilMs)} 后才能再试`),
      ...grants.slice(0, MAX_LISTED).map(grantLine),
    ]
    return lines.length === 0 ? '没有人在认领。请对方加机器人好友，在私聊里发“认领”。' : lines.join('\n')
  },
} as const

const MAX_ROOMS_LISTED = 15
const MAX_ROOMS_CHARS = 480
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
    const fitting = lines.slice(0, MAX_ROOMS_LISTED)
    while ([...head, ...fitting].join('\n').length > MAX_ROOMS_CHARS) fitting.pop()
    const more = lines.length - fitting.length
    return [...head, ...fitting, ...(more > 0 ? [`……还有 ${more} 个群`] : [])].join('\n')
  },
  muted: (topic: string, untilMs: number | null): string => `“${shown(topic)}”已静音，${until(untilMs)}。`,
  mutedEverywhere: (untilMs: number | null): string => `所有群和客户私聊都已静音，${until(untilMs)}。命令照常能用。`,
  unmuted: (topic: string, allMuted: boolean): string =>
    allMuted ? `“${shown(topic)}”单独的静音已解除，但全部静音还在，发“恢复”解除。` : `“${shown(topic)}”已恢复。`,
  unmutedAll: (mutes: readonly Mute[]): string =>
    `已全部恢复：${mutes
      .slice(0, MAX_ROOMS_LISTED)
      .map(({ topic }) => (topic === '' ? '全部静音' : shown(topic)))
      .join('、')}。`,
  nothingMuted: '现在没有静音的群。',
  notMuted: (name: string, allMuted: boolean): string =>
    allMuted ? `“${shown(name)}”没有单独静音，是全部静音。发“恢复”解除。` : `“${shown(name)}”没有静音。`,
  notStaffRoom: '值班群里机器人只听命令，不用静音。',
  bindExample: '绑定值班群 1',
  bindWhich: '请在值班群里发“绑定值班群”，或带上群名，例如：绑定值班群 过审值班群',
  staffRoomBound: (topic: string | undefined): string =>
    topic === undefined
      ? '好的，本群就是值班群：工单发到这里，群里的人都算同事。'
      : `好的，“${shown(topic)}”就是值班群：工单发到那里，群里的人都算同事。`,
  staffRoomNotBound: '没绑上：机器人不在这个群里，或者还没有登录。',
  noRoom: (name: string, rooms: readonly RoomPlace[], example = '静音 1 2小时'): string =>
    rooms.length === 0
      ? '现在不在任何群里，或者还没有登录。'
      : `没有叫“${shown(name)}”的群。发“群”看全部，也可以用编号，例如：${example}`,
  severalRooms: (found: readonly RoomPlace[], rooms: readonly RoomPlace[], example = '静音 1 2小时'): string =>
    [
      `有几个群对得上，请用编号，例如：${example}`,
      ...found.slice(0, MAX_ROOMS_LISTED).map((room) => `${rooms.indexOf(room) + 1}. ${shown(room.topic)}`),
    ].join('\n'),
} as const
