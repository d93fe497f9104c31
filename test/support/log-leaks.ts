export interface Planted {
  /** Whoever reads one of these in a log has the account, the page or the robot. */
  readonly secrets: readonly string[]
  /** What people are called and what they write. */
  readonly words: readonly string[]
}

const HAN = /\p{Script=Han}/u
const INFO = 30
/** Wechaty's own lines, and whatever a crash prints. What the bot prints for the operator at the terminal is no log. */
const FOREIGN_LINE = /^\d\d:\d\d:\d\d |\b(?:WARN|ERR|INFO|VERB|SILL)\b|Exception|Error:/
/** wechat4u's own messages, which errors carry into the log. */
const OF_WECHAT4U = new RegExp(
  [
    '连续\\d+次同步失败，\\d+s后尝试重启',
    '状态同步超过[\\d.]+s未响应，\\d+s后尝试重启',
    '重启时网络错误，60s后进行最后一次重启',
    '文件名未知',
    '(?:获取UUID|获取手机确认登录信息|登录|微信初始化|手机状态通知|获取通讯录|批量获取联系人|状态报告|同步|获取新信息|发送文本信息|发送表情信息|上传媒体文件|发送图片|发送视频|发送文件|转发消息|获取图片或表情|获取视频|获取声音|获取头像|获取文件|通过好友请求|添加好友|创建群|更新群名|撤回消息)失败',
  ].join('|'),
  'g',
)

/** Ids of rows of our own tables, which decisions name. */
const OF_TABLES = /"(?:驳回|类目):[^"]{1,60}"/g

/**
 * Looks through everything that a bot printed. Whoever uses it writes Chinese, and the log is in English: a Chinese
 * character in a line of the log is a name or a text.
 *
 * @returns the lines that tell what no log may tell, cut
 */
export function leaksIn(output: string, { secrets, words }: Planted): readonly string[] {
  const longEnough = (word: string): boolean => word.length >= 2
  return output
    .split('\n')
    .filter(
      (line) =>
        secrets.some((secret) => secret !== '' && line.includes(secret)) || leaksWords(line, words.filter(longEnough)),
    )
    .map((line) => line.slice(0, 300))
}

function leaksWords(line: string, words: readonly string[]): boolean {
  const level = /^\{"level":(\d+),/.exec(line)?.[1]
  if (level !== undefined)
    return Number(level) >= INFO && HAN.test(line.replace(OF_WECHAT4U, '').replace(OF_TABLES, ''))
  return FOREIGN_LINE.test(line) && words.some((word) => line.includes(word))
}
