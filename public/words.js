/** All that the console says of its own accord stands here; view names and button labels stand with their views. */

/** @typedef {import('../src/web/talk-routes.js').TalkView} TalkView */

/** What the bot did, in two or three characters. */
export const KIND_WORDS = {
  answer: '回答',
  clarify: '反问',
  outside: '指南外',
  fallback: '不知道',
  escalate: '转人工',
  courtesy: '客气话',
  command: '执行命令',
  silent: '没插话',
}

/** Why: a short label, and a sentence for those who ask. */
export const REASON_WORDS = {
  // silence
  'own-message': ['自己的消息', '这是机器人账号自己发的，它不会回复自己。'],
  'system-notice': ['系统提示', '这是微信的系统提示，不是有人说话。'],
  staff: ['同事在说话', '发言的是服务商自己人，机器人不插话。'],
  'too-old': ['启动前的消息', '这条消息比机器人启动得早，补答只会打扰大家。'],
  duplicate: ['重复收到', '同一条消息收到了两次，只处理第一次。'],
  'room-not-served': ['不服务这个群', '配置里没有让机器人服务这个群。'],
  'staff-room': ['值班群闲聊', '值班群里机器人只听命令，例如“工单”“重载”。'],
  'not-text': ['不是文字', '图片、语音等内容没有点名机器人，它不猜。'],
  empty: ['没有内容', '去掉提醒和引用之后，没有剩下文字。'],
  'to-somebody-else': ['在跟别人说', '这条消息提醒的是别人，机器人不抢话。'],
  'not-for-us': ['与过审无关', '没有人点名，内容也不像在问提审的事。'],
  'not-sure': ['把握不够', '像是在问提审的事，但没有人点名，把握又不够高，宁可不说。'],
  'answered-lately': ['刚刚答过', '同样的答案几分钟前刚在这里说过，没有点名就不重复。'],
  'held-by-human': ['人工处理中', '这位客户的工单还没有结，先由同事来回答。'],
  'not-allowed': ['没有权限', '这个命令只有管理员或值班群的同事可以用。'],
  muted: ['静音中', '管理员让机器人在这里先不说话。'],
  flooding: ['问得太快', '短时间里问得太多，机器人先歇一会儿；要人工的话照样转。'],
  'bot-loop': ['像是机器人', '对方一收到回答就发来同样的话，像是另一个机器人，先不理它。'],
  failed: ['处理出错', '处理这条消息时程序出了错，原因写在运行日志里。'],
  // answers and questions back
  outside: ['在指南之外', '问的是指南周边的事：有短答就说短答，没有就照实说，再给出转人工。'],
  sure: ['把握足够', '问的是哪一节很清楚，直接回答。'],
  chosen: ['按编号选的', '对方回了编号，按编号给出那一节。'],
  notice: ['认出驳回通知', '这是一份驳回通知，按里面的原因逐条回答。'],
  several: ['一次问了几件事', '一条消息里有几个问题，逐个给出最短的做法。'],
  'follow-up': ['接着上一句', '接着刚才的回答往下问，按上下文作答。'],
  days: ['算日子', '消息里有提审的日期，按自然日算给对方。'],
  withdrawal: ['提醒别撤回', '对方想在二审期间撤回或重提，先提醒会从头再等，再说审核时间。'],
  'walk-through': ['带着走清单', '对方在按清单一步一步走，给出这一步或最后的结论。'],
  'several-likely': ['有几种可能', '问题可能指几节内容，请对方选一个。'],
  'not-understood': ['没有听懂', '指南里没有找到对应的内容，老实说不知道，并提出转人工。'],
  'picture-unread': ['图没读出来', '图片打不开或者读得太久，请对方换一张或者发文字。'],
  'picture-gone': ['图不在了', '那张图已经不在内存里，请对方再发一次。'],
  'picture-no-notice': ['图里没有驳回', '图里没有驳回通知，不猜，照实说一句。'],
  'picture-unsure': ['图没看准', '图里的字读得不够准，先给对方看，问对不对。'],
  // handing over
  asked: ['主动要人工', '对方明确要找人工，开一张工单交给同事。'],
  'accepted-offer': ['接受转人工', '机器人提出转人工，对方同意了。'],
  overdue: ['审核超时', '已经超过正常的审核时间，交给同事去查。'],
  'still-failing': ['几次没解决', '连着几次没能解决，交给同事。'],
  'failed-twice': ['两次没答上', '同一个人连续两次没得到答案，交给同事。'],
  complaint: ['嫌没帮上忙', '对方说机器人没帮上忙，交给同事。'],
  overload: ['问的人太多', '20 秒内答不过来，转成工单。'],
  'section-says-so': ['属于要找同事', '对方说的正是指南里要找同事的那种情况。'],
  'unknown-rejection-reason': ['没见过的驳回原因', '驳回通知里有指南没写到的原因，交给同事看。'],
  // courtesy
  greeting: ['打招呼', '对方只是问好，回一句就够了。'],
  thanks: ['道谢', '对方在道谢，回一句就够了。'],
  acknowledged: ['应一声', '对方只是应了一声，回一句就够了。'],
  chat: ['闲聊', '点名说的话和提审无关，友好地回一句。'],
  listening: ['等对方说完', '对方只说了来头，还没问，请对方接着说。'],
  menu: ['看菜单', '对方想知道机器人会什么，给出菜单。'],
  'too-fast': ['问得太快', '短时间里问得太多，说一声之后歇一会儿。'],
  settled: ['解决了', '对方说解决了，回一句就够了。'],
  'walk-offered': ['清单没走完', '对方上次的清单还没走完，问接着走还是从头来。'],
  'walk-ended': ['清单先停下', '对方先不走了，记下停在哪一步。'],
  'reminder-set': ['记下提醒', '对方要到期提醒，记下日子，到那天在这里提醒。'],
  'reminder-today': ['今天就到期', '对方要提醒的那一天就是今天，不再另外提醒。'],
  'reminder-needs-day': ['还缺日期', '对方要到期提醒，但还没说哪天提交，先问日期。'],
  'reminder-cancelled': ['取消提醒', '对方不要提醒了，把它删掉。'],
  'reminder-none': ['没有提醒', '对方要取消提醒，但这里没有记着的。'],
  ticket: ['在说工单', '对方在说自己的工单：撤销、确认、没解决或评价。'],
  declined: ['不用转人工', '对方说不用转人工，就此打住。'],
  // commands
  reload: ['重载知识', '管理员让机器人重新读取知识和意图。'],
  help: ['看命令', '想看自己能下哪些命令，或者命令打错了。'],
  status: ['看状态', '想知道机器人现在怎么样。'],
  check: ['检查知识', '管理员想看改动有没有问题，先不换。'],
  'roll-back': ['退回上一版', '管理员让机器人退回以前的一版知识。'],
  try: ['试一句话', '想看机器人会怎么答、为什么。'],
  'list-unanswered': ['看没答上的', '想看有哪些问题没有答上。'],
  assign: ['归到小节', '管理员把一种问法归到一个小节。'],
  ignore: ['忽略一条', '管理员说这条不用管。'],
  'merge-entries': ['合并两条', '管理员把两条意思一样的未答并成一条。'],
  teach: ['教新说法', '管理员给一个小节教了新说法。'],
  unteach: ['收回说法', '管理员把教过的一句话收回。'],
  'list-drafts': ['看草稿', '想看哪些结单说明可以收进知识。'],
  'accept-draft': ['采纳草稿', '管理员把一条结单说明收进知识。'],
  mute: ['让群静音', '管理员让机器人在群里先不说话。'],
  unmute: ['恢复说话', '管理员让机器人在群里恢复说话。'],
  'bind-staff-room': ['绑定值班群', '管理员指定哪个群是值班群。'],
  'list-rooms': ['看有哪些群', '想看机器人在哪些群、是否开着。'],
  'show-figures': ['看统计', '想看回答、沉默和工单的数量。'],
  'show-audit': ['看命令记录', '管理员想看谁下过什么命令。'],
  'claim-role': ['认领身份', '对方用一次性的码认领管理员或同事身份。'],
  'revoke-role': ['收回权限', '管理员收回一个人的权限。'],
  'web-link': ['要网页链接', '同事要一个进控制台的链接。'],
  'list-tickets': ['查看工单', '同事想看还没有结的工单。'],
  'claim-ticket': ['接单', '同事接下一张工单。'],
  'close-ticket': ['结单', '同事结掉一张工单，机器人恢复回答那位客户。'],
  'show-ticket': ['看一张工单', '同事想看一张工单的经过。'],
  'pass-ticket': ['转给同事', '同事把工单转给另一位同事。'],
  'reply-ticket': ['代发回复', '同事让机器人把话带到客户群里。'],
  'note-ticket': ['写备注', '同事给工单写一条备注，客户看不到。'],
  'return-ticket': ['还给机器人', '同事把客户交还给机器人回答。'],
  'show-duty': ['看谁值班', '同事想知道现在谁值班。'],
  'start-duty': ['开始值班', '同事开始值班，新工单先叫他。'],
  'end-duty': ['下班', '同事下班，新工单不再叫他。'],
}

/** What a language model chose, or why it did not. */
const OPINION_WORDS = {
  answer: '要的就是',
  ask: '可能是',
  none: '清单里没有',
  human: '要找人',
  slow: '4 秒内没有回',
  unreachable: '连不上，或者接口报错',
  garbage: '回的不是选择，不算',
  resting: '连着失败，先歇一分钟',
  spent: '今天的次数用完了',
  busy: '同时问的太多',
}

/** @param {string} word of its choice, or of why there is none */
export const opinionWord = (word) => OPINION_WORDS[/** @type {keyof typeof OPINION_WORDS} */ (word)] ?? word

/** @param {string} kind */
export const kindWord = (kind) => KIND_WORDS[/** @type {keyof typeof KIND_WORDS} */ (kind)] ?? kind

/** @param {string} reason @returns {{ label: string, sentence: string }} the raw reason where no words are known */
export function reasonWords(reason) {
  const words = REASON_WORDS[/** @type {keyof typeof REASON_WORDS} */ (reason)]
  return { label: words?.[0] ?? reason, sentence: words?.[1] ?? '' }
}

/** @param {number} confidence 0..1 */
export const percent = (confidence) => `${Math.round(confidence * 100)}%`

/** The badge under a message: `回答 4.1 · 93%`, `没插话 · 把握不够`. @param {Pick<TalkView, 'kind' | 'sections' | 'confidence' | 'reason'>} decision */
export function badgeWords({ kind, sections, confidence, reason }) {
  if (kind === 'silent' || kind === 'courtesy' || kind === 'escalate' || kind === 'command') {
    return `${kindWord(kind)} · ${reasonWords(reason).label}`
  }
  if (kind === 'fallback') return '不知道 · 提出转人工'
  // How likely the guide is meant says nothing of what lies outside it.
  if (kind === 'outside') return kindWord(kind)
  return `${kindWord(kind)} ${sections.join('、')} · ${percent(confidence)}`
}

const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
const DAY_MS = 24 * 60 * 60 * 1000
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000

/** Times are China's, wherever the reader is: read by the `getUTC…` of what is returned. @param {number} atMs */
export const inChina = (atMs) => new Date(atMs + CHINA_OFFSET_MS)
/** @param {number} atMs @returns {number} days since 1970 in China */
export const chinaDay = (atMs) => Math.floor((atMs + CHINA_OFFSET_MS) / DAY_MS)
/** When a day begins there. @param {number} day */
export const startOfDay = (day) => day * DAY_MS - CHINA_OFFSET_MS
/** `2026-11-30`. @param {number} day */
export const isoDay = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10)
/** `11月24日 到 11月30日`, of two ISO dates. @param {string | null | undefined} from @param {string | null | undefined} to */
export const daysWords = (from, to) => {
  const words = (/** @type {string | null | undefined} */ iso) =>
    iso ? `${Number(iso.slice(5, 7))}月${Number(iso.slice(8))}日` : ''
  return from === to ? words(from) : `${words(from)} 到 ${words(to) || '今天'}`
}
/** For how long a group may be kept silent. @type {[string, number | 'morning' | null][]} */
export const MUTES = [
  ['30 分钟', 30],
  ['到明早 9:00', 'morning'],
  ['一直', null],
]

/** Until nine o'clock in China, today or tomorrow, where the morning is meant. @param {number | 'morning' | null} minutes */
export function muteMinutes(minutes) {
  if (minutes !== 'morning') return minutes
  const now = Date.now()
  const nine = startOfDay(chinaDay(now)) + DAY_MS * (9 / 24)
  return Math.max(1, Math.round((nine + (now >= nine ? DAY_MS : 0) - now) / 60_000))
}
const daysAgo = (/** @type {number} */ atMs) => chinaDay(Date.now()) - chinaDay(atMs)
const clockTime = (/** @type {number} */ atMs) =>
  `${two(inChina(atMs).getUTCHours())}:${two(inChina(atMs).getUTCMinutes())}`
const dateWords = (/** @type {number} */ atMs) => `${inChina(atMs).getUTCMonth() + 1}月${inChina(atMs).getUTCDate()}日`
/** `周五`. @param {number} atMs */
const weekDay = (atMs) => `周${'日一二三四五六'[inChina(atMs).getUTCDay()]}`

/** As WeChat writes it between messages: `10:32`, `昨天 10:32`, `11月23日 10:32`. @param {number} atMs */
export function longTime(atMs) {
  const day = dayName(atMs)
  return day ? `${day} ${clockTime(atMs)}` : clockTime(atMs)
}

/** As WeChat writes it in the list: the day alone, once it is not today. @param {number} atMs */
export const shortTime = (atMs) => dayName(atMs) || clockTime(atMs)

/** @param {number} atMs @returns {string} empty for today */
function dayName(atMs) {
  const days = daysAgo(atMs)
  if (days === 0) return ''
  return days === 1 ? '昨天' : dateWords(atMs)
}

/** What the page says about each state of the login: a word for the head, a title and a hint for the card. */
export const LOGIN_WORDS = {
  starting: { word: '正在启动', title: '正在启动…', hint: '稍等几秒，二维码会出现在这里。' },
  'waiting-scan': { word: '等待扫码', title: '请用微信扫码登录', hint: '用机器人的微信账号扫描，并在手机上确认。' },
  'logged-in': { word: '在线', title: '已登录', hint: '机器人在微信里工作，聊天请在微信里看。' },
  reconnecting: {
    word: '正在重连',
    title: '正在重连微信…',
    hint: '连上后自动恢复，不用扫码。一直连不上，请检查网络。',
  },
  kicked: {
    word: '掉线了',
    title: '微信已让机器人退出登录',
    hint: '请用机器人的微信账号重新扫码，二维码几秒内会出现在这里。扫码后马上又退出，说明账号受限，请先停用一天。',
  },
}

/** Where QQ has it otherwise. */
const LOGIN_WORDS_OF_QQ = {
  starting: { word: '正在启动', title: '正在启动…', hint: '正在连接 QQ 端（NapCat 或别的 OneBot 实现）。' },
  'logged-in': { word: '在线', title: 'QQ 已连上', hint: '机器人在 QQ 里工作，聊天请在 QQ 里看。' },
  reconnecting: {
    word: '正在重连',
    title: '正在重连 QQ 端…',
    hint: '连上后自动恢复。一直连不上，请看看 NapCat 是否在运行，地址和口令对不对。',
  },
  kicked: {
    word: '账号掉线',
    title: 'QQ 账号掉线了',
    hint: '请打开 NapCat（或别的 OneBot 实现）的网页，重新登录这个 QQ。登录后机器人自动恢复。',
  },
  token: {
    word: '口令不对',
    title: 'QQ 端不认口令了',
    hint: '请把 onebot.token 和 OneBot 实现里 WebSocket 服务端的 token 写成一样。改了机器人这边要重启；改那边，半分钟内自动恢复。',
  },
}

/**
 * @param {string} login
 * @param {'QQ' | undefined} [network] absent: WeChat
 * @param {'token' | undefined} [trouble] why it does not come back by itself
 * @returns {{ word: string, title: string, hint: string }} for a state that is not known here, its own name
 */
export function loginWords(login, network, trouble) {
  const ofQq =
    network === 'QQ' ? LOGIN_WORDS_OF_QQ[/** @type {keyof typeof LOGIN_WORDS_OF_QQ} */ (trouble ?? login)] : undefined
  return ofQq ?? LOGIN_WORDS[/** @type {keyof typeof LOGIN_WORDS} */ (login)] ?? { word: login, title: login, hint: '' }
}

/** Since when it is so, e.g. `昨天 10:32 起`. @param {number} sinceMs */
export const sinceWords = (sinceMs) => `${longTime(sinceMs)} 起`

/** 3 秒, 12 分钟, 2 小时, 5 天. @param {number} ms */
export function spanWords(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} 秒`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} 分`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} 小时` : `${Math.round(hours / 24)} 天`
}

/** `周五 17:58`, within a week; else the day. @param {number} atMs */
export function dayTime(atMs) {
  const days = daysAgo(atMs)
  return days < 2 || days > 6 ? longTime(atMs) : `${weekDay(atMs)} ${clockTime(atMs)}`
}

/** @param {number} atMs */
export const clock = (atMs) => clockTime(atMs)

/** `今天`, `周五 11月27日`. @param {number} atMs */
export function dayHeading(atMs) {
  const days = daysAgo(atMs)
  if (days === 0) return '今天'
  return `${days === 1 ? '昨天' : weekDay(atMs)} ${dateWords(atMs)}`
}

/** `11月30日 周一 · 09:02`. @param {number} atMs */
export const nowWords = (atMs) => `${dateWords(atMs)} ${weekDay(atMs)} · ${clockTime(atMs)}`

/** Why the words of a talk are not there. */
export const GONE_WORDS = {
  chatter: '闲聊和同事的话，原文只留 2 小时',
  expired: '原文已经过期',
  direct: '私聊的原文，有工单时才能看',
  order: '命令不留原文',
}

/** What the meter beside a ticket says. @param {{ for: 'first' | 'next', ms: number, limitMs: number, dueMs: number }} wait */
export function waitWords({ for: whom, ms, limitMs, dueMs }) {
  const waited = spanWords(ms)
  if (ms >= limitMs) return `等 ${waited}，超 ${spanWords(ms - limitMs)}`
  return whom === 'first' ? `等 ${waited} · ${dayTime(dueMs)} 前` : `客户等 ${waited}`
}

export const ROLE_WORDS = { operator: '操作员', admin: '管理员', staff: '同事', boss: '老板' }
