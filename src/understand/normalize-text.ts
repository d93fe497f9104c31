import { Converter } from 'opencc-js/t2cn'

const toSimplified = Converter({ from: 't', to: 'cn' })

// opencc's own table of Taiwan's words (`twp`) turns the mainland's 小程序 into 小进程, so we keep the few that matter.
const TAIWAN_WORDS: ReadonlyMap<string, string> = new Map([
  ['小程式', '小程序'],
  ['程式', '程序'],
  ['资讯', '信息'],
  ['影片', '视频'],
  ['档案', '文件'],
  ['伺服器', '服务器'],
  ['软体', '软件'],
  ['萤幕', '屏幕'],
  ['隐私权', '隐私'],
  ['网域', '域名'],
  ['帐号', '账号'],
  ['登入', '登录'],
  ['贴文', '帖子'],
  ['类别', '类目'],
  ['设定', '设置'],
  ['点选', '点击'],
])
const TAIWAN_WORD = new RegExp([...TAIWAN_WORDS.keys()].join('|'), 'g')

/** Longer messages are cut: nobody asks in more, and every later step stays linear and quick. */
export const MAX_CHARS = 600

// NFKC would leave a bare digit that nobody can tell from an amount: ①页面空白②有测试数据.
const CIRCLED = /[①-⑳]|[❶-❿]|\d(?=\ufe0f?\u20e3)/g
const LINE_BREAK_TAG = /<br\s*\/?>/gi
const WECHAT_EMOJI = /\[[\p{Script=Han}a-z]{1,6}\]/giu
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}]/gu
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u20e3|\ufe0f/gu
const HALF_CHARACTER = /[\uD800-\uDBFF]$/

/**
 * Brings a message into the one form that everything behind it compares: NFKC, lower case, simplified
 * characters, no emoji, no invisible characters, single blanks, line breaks kept.
 *
 * @returns at most `MAX_CHARS` characters; may be empty
 */
export function normalizeText(text: string): string {
  const cut = text.length > MAX_CHARS * 4 ? text.slice(0, MAX_CHARS * 4) : text
  const plain = cut
    .replace(CIRCLED, (sign) => `(${circledNumber(sign)})`)
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(LINE_BREAK_TAG, '\n')
    .replace(PICTOGRAPH, ' ')
    .replace(WECHAT_EMOJI, ' ')
    .toLowerCase()
  return simplify(plain)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .replace(/([!?。,~.…])\1+/g, '$1')
    .trim()
    .slice(0, MAX_CHARS)
    .replace(HALF_CHARACTER, '')
    .trimEnd()
}

function circledNumber(sign: string): string {
  if (sign >= '❶' && sign <= '❿') return String(sign.charCodeAt(0) - '❶'.charCodeAt(0) + 1)
  return sign.normalize('NFKC')
}

function simplify(text: string): string {
  const simplified: string = toSimplified(text)
  return simplified === text ? text : simplified.replace(TAIWAN_WORD, (word) => TAIWAN_WORDS.get(word) ?? word)
}
