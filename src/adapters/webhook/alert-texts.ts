import type { AlertFacts, AlertKind } from '../../model/alerts.js'

// Robots may be set to take only messages with a keyword; 过审小助手 stands in each of them.
const NAME = '【过审小助手】'

interface Texts {
  readonly alert: (facts: AlertFacts) => string
  readonly allClear: string
}

const page = ({ pageUrl }: AlertFacts): string => (pageUrl === undefined ? '机器人的网页' : ` ${pageUrl} `)

const TEXTS: Readonly<Record<AlertKind, Texts>> = {
  'scan-needed': {
    alert: (facts) =>
      `等待扫码登录，现在收不到也发不出消息。\n怎么办：在运行它的机器上打开${page(facts)}，用机器人的微信扫码。`,
    allClear: '已登录，恢复正常。',
  },
  kicked: {
    alert: (facts) =>
      `微信登录已失效（被踢下线或在别处登录），现在收不到也发不出消息。\n怎么办：在运行它的机器上打开${page(facts)}，用机器人的微信重新扫码。如果刚扫完又掉线，说明账号被限制，请停用一天再试，或换一个号。`,
    allClear: '已重新登录，恢复正常。',
  },
  unreachable: {
    alert: () =>
      '连不上微信，已经几分钟收不到消息。\n怎么办：检查这台机器的网络和代理。网络恢复后它会自动重连，一般不用重新扫码。',
    allClear: '已重新连上微信，恢复正常。',
  },
  restarting: {
    alert: ({ count }) =>
      `程序反复重启${count === undefined ? '' : `，10 分钟内 ${count} 次`}，回复可能时断时续。\n怎么办：查看程序日志里 “bot ended unexpectedly” 前面的一行；检查内存、磁盘和网络。`,
    allClear: '已稳定运行 10 分钟。',
  },
  'send-refused': {
    alert: () =>
      '微信拒绝发送消息（1205，通常是发得太频繁），机器人暂时说不了话。\n怎么办：先由同事人工回复，停用几个小时，再调低每分钟发送的上限。不要反复重启或重新登录。',
    allClear: '又能正常发送消息了。',
  },
}

const time = (ms: number): string =>
  new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms)

export const alertText = (kind: AlertKind, facts: AlertFacts, sinceMs: number): string =>
  `${NAME}${TEXTS[kind].alert(facts)}\n时间：${time(sinceMs)}`

export const allClearText = (kind: AlertKind, atMs: number): string =>
  `${NAME}${TEXTS[kind].allClear}\n时间：${time(atMs)}`

// WeCom takes 2048 bytes, which is 680 Chinese characters.
const MAX_NOTICE_CHARS = 600

export const noticeText = (text: string): string =>
  `${NAME}${text.length > MAX_NOTICE_CHARS ? `${text.slice(0, MAX_NOTICE_CHARS)}…` : text}`
