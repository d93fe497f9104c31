import { Converter } from 'opencc-js/t2cn'
import { LastFew } from '../base/bounded-map.js'
import type { Language, Phrases } from '../model/language.js'

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
/** Faces come as words: [微笑], [ThumbsUp], [Bah! L]; what is written in brackets on purpose is no face. */
const WECHAT_EMOJI =
  /\[(?!(?:ugc|api|icp|app|appid|sdk|url|h5)\])(?:\p{Script=Han}{1,6}|[a-z][a-z'’!-]{0,15}(?: [a-z]{1,10})?)\]/giu
/** And as codes: /:rose, /::), /:,@-D. */
const WECHAT_CODE = /\/:(?:[a-z]{2,9}|[^\s\p{Script=Han}a-z]{1,4}[a-z0-9]?[^\s\p{Script=Han}a-z0-9]?|[a-z])/giu
/** (≧▽≦), (T_T), (^o^)/: a bracket with signs that no sentence has. */
const FACE_IN_BRACKETS =
  /[^\s\p{Script=Han}\w,.!?。:;"'()]{0,3}\((?=[^()\n]{0,14}[^\w\s()\p{Script=Han},.:;!?、。%+=/"'~@#&<>“”【】《》·→-]|[tq0o>][_.][tq0o<]|tot|tat)(?![^()]*[a-z0-9]{3})[^()\p{Script=Han}\n]{1,14}\)[^\s\p{Script=Han}\w,.!?。:;"'()]{0,3}/giu
/** ^_^, T_T, :), orz; and the hand that waves behind them. */
const BARE_FACE =
  /\^[_.-]?\^+|(?<![a-z0-9])(?:[tq;>=@o0]_+[tq;<=@o0]|qaq|tat|orz|xd)(?![a-z0-9_])|(?<![a-z0-9():])[:;=]-?(?:\)+|[dp](?![a-z0-9]))|(?<=\s|^):-?\(+(?=\s|$)/giu
const MAY_BE_FACE = /[\^_:;=]|qaq|tat|orz|xd/i
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
  const known = recent.get(text)
  if (known !== undefined) return known
  const normalized = normalizeAnew(text)
  recent.add(text, normalized)
  return normalized
}

/** Whoever reads a message brings it into this form first: the talk so far, understanding, the policies, what is kept of it. */
const RECENT_TEXTS = 8
const recent = new LastFew<string, string>(RECENT_TEXTS)

function normalizeAnew(text: string): string {
  const cut = text.length > MAX_CHARS * 4 ? text.slice(0, MAX_CHARS * 4) : text
  const plain = cut.replace(CIRCLED, (sign) => `(${circledNumber(sign)})`).normalize('NFKC')
  return simplify(withoutSigns(plain).toLowerCase())
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .replace(/([!?。,~.…])\1+/g, '$1')
    .trim()
    .slice(0, MAX_CHARS)
    .replace(HALF_CHARACTER, '')
    .trimEnd()
}

/** In this order. What a sign needs, most texts have none of, and are not searched for the sign then. */
const SIGNS: readonly (readonly [sign: RegExp, instead: string, needs?: string | RegExp])[] = [
  [INVISIBLE, ''],
  [LINE_BREAK_TAG, '\n', '<'],
  [PICTOGRAPH, ' '],
  [WECHAT_CODE, ' ', '/:'],
  [WECHAT_EMOJI, ' ', '['],
  [FACE_IN_BRACKETS, ' ', '('],
  [BARE_FACE, ' ', MAY_BE_FACE],
]

const withoutSigns = (text: string): string =>
  SIGNS.reduce((rest, [sign, instead, needs]) => {
    const isThere = needs === undefined || (typeof needs === 'string' ? rest.includes(needs) : needs.test(rest))
    return isThere ? rest.replace(sign, instead) : rest
  }, text)

function circledNumber(sign: string): string {
  if (sign >= '❶' && sign <= '❿') return String(sign.charCodeAt(0) - '❶'.charCodeAt(0) + 1)
  return sign.normalize('NFKC')
}

function simplify(text: string): string {
  const simplified: string = toSimplified(text)
  return simplified === text ? text : simplified.replace(TAIWAN_WORD, (word) => TAIWAN_WORDS.get(word) ?? word)
}

/** What stands for people, companies and their numbers; in brackets, which `normalizeText` takes for a face and drops. */
const MASKS = {
  url: '[网址]',
  mail: '[邮箱]',
  account: '[账号]',
  appid: '[appid]',
  number: '[号码]',
  company: '[公司]',
  person: '[某人]',
} as const

const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'
const TITLES = '(?:总|工|经理|老师|老板|主任|店长|哥|姐|先生|女士|小姐)'
/** 注销换成有限公司 names none. */
const TRADES =
  '(?:科技|网络|信息|文化|传媒|商贸|贸易|实业|管理|服务|咨询|发展|投资|教育|软件|电子|餐饮|食品|旅游|广告|技术|集团|物流|医疗|医药|健康|物业|酒业|农业|建设)'
const COMPANY = '(?:有限责任公司|股份有限公司|有限公司)'
/** Where a name may begin: 最高总数 holds none. */
const BEFORE_NAME = '(?<=^|[\\s,，。.!！?？:：;；、@~～]|[找问叫请和跟让给麻烦]|您好|你好)'

/** Most texts hold none of these, and are not searched for what needs them. */
const LETTERS = /[a-z\d]/i
const AT = /@/
const LIMITED = /有限/

/** Longer patterns stand before those that would take a part of them. The third is in whatever the first matches. */
const PATTERNS: readonly (readonly [pattern: RegExp, mask: string, needs?: RegExp])[] = [
  [/(?:https?:\/\/|www\.)[^\s\p{Script=Han}，。！？；、）】”"'<>]+/giu, MASKS.url, LETTERS],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g, MASKS.mail, AT],
  [
    /(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|cn|net|org|top|vip|shop|xyz|cc|io)(?![\w-])(?:[/:?][\w./?&=%#:-]{0,200})?/gi,
    MASKS.url,
    LETTERS,
  ],
  [/(?<![\w])wx[0-9a-f]{16}(?![\w])/gi, MASKS.appid, LETTERS],
  [/(?<![\w])(?:wxid|gh)_[\w-]{4,40}/gi, MASKS.account, LETTERS],
  [
    /(?<![\w])(?:(?:微信号|vx|v信|威信|qq号?|企鹅号)[\s:：是]{0,3}|微信[:：]\s{0,3})[a-z0-9][\w-]{4,30}/gi,
    MASKS.account,
    LETTERS,
  ],
  [/(?<![\w])[0-9a-z]{2}\d{6}[0-9a-z]{10}(?![\w])/gi, MASKS.number, LETTERS],
  [/(?:\+?86[-\s]?)?(?<!\d)1[3-9]\d(?:[-\s]?\d){8}(?!\d)/g, MASKS.number, LETTERS],
  [/(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)/g, MASKS.number, LETTERS],
  // Six digits are an error code, or 111222 and 123456, which reviewers call test data.
  [/(?<!\d)\d{7,}x?(?!\d)/gi, MASKS.number, LETTERS],
  [/[零〇一二三四五六七八九幺]{7,}/g, MASKS.number],
  [
    new RegExp(
      `(?:(?![是叫为用的了在])[\\p{Script=Han}()（）]){2,12}?${TRADES}(?:[(（]\\p{Script=Han}{2,6}[)）])?${COMPANY}`,
      'gu',
    ),
    MASKS.company,
    LIMITED,
  ],
  [
    new RegExp(`${BEFORE_NAME}(?!谢谢|任何)[${SURNAMES}]\\p{Script=Han}?${TITLES}(?![商数体结部共费])`, 'gu'),
    MASKS.person,
  ],
]

/**
 * Takes out what tells who somebody is and is recognisable by its form: addresses, numbers of seven digits and more,
 * accounts, companies, 王总 and 李经理. Names that could be any word are for whoever knows the names.
 *
 * @param text as it was written, or normalized
 * @returns the text with `[网址]`, `[号码]` … instead; done twice, it stays the same
 */
export const maskIdentifiers = (text: string): string => replaceAll(text, PATTERNS)

/** As `maskIdentifiers`, with people's names left where they are: 叫徐工出来 means nothing without. */
const maskNumbers = (text: string): string => replaceAll(text, NUMBERS)

const NUMBERS = PATTERNS.filter(([, mask]) => mask !== MASKS.person)

const replaceAll = (text: string, patterns: typeof PATTERNS): string =>
  patterns.reduce(
    (masked, [pattern, mask, needs]) => (needs && !needs.test(masked) ? masked : masked.replace(pattern, mask)),
    text,
  )

type Around = Phrases<'around'>

/** Between what is cut off and what stays. */
const MARKS_BEFORE = /^[\s,.。!~;、:…—-]+/
const MARKS_BEHIND = /[\s,;、:…—-]+$/
/** Marks may stand between a courtesy and the end; a question mark belongs to the question. */
const END = '[\\s,.。!~;、…]*$'
/** A courtesy longer than this is a story. */
const MAX_TAIL_CHARS = 60
/** Nobody greets and thanks more often than this at either end. */
const MAX_CUTS = 6
/** Less than this says nothing by itself. */
const MIN_LEFT = /\p{Script=Han}{2}|[a-z]{3}/u
/** `资质.pdf` is named by its stem; one without Chinese says nothing. */
const FILE_NAME =
  /([\p{Script=Han}\w()-]{1,60})\.(?:pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|bmp|zip|rar|7z|mp4|mov|txt)(?![\w])/gu
/** An order's number with letters in front. */
const LETTERED_NUMBER = /(?<![a-z0-9])(?:no\.? ?|#)?[a-z]{1,5}[-_]?\d{6,}(?![a-z0-9])/g
const NO_WORDS = /\[(?:网址|邮箱|账号|appid|号码)\]/g
const MASKED_COMPANY = /\[公司\]/g

interface Tails {
  readonly closing: RegExp
  readonly labelled: RegExp
}

const tailsOf = new WeakMap<Around, Tails>()

/** Patterns that are put together from an author's parts, once for a state of the language. */
function tails(around: Around): Tails {
  const known = tailsOf.get(around)
  if (known) return known
  const made = {
    closing: new RegExp(`(?:${around.closing.source})${END}`, 'u'),
    labelled: new RegExp(`(?:${around.label.source})?[\\s:]*${NO_WORDS.source}`, 'gu'),
  }
  tailsOf.set(around, made)
  return made
}

/**
 * What is left of a message when nothing stands around it any more: greetings, introductions, thanks, links, numbers, file
 * names. They say nothing of what is asked, and sway whoever weighs all words alike.
 *
 * @param normalized see `normalizeText`
 * @returns the message itself where nothing else would be left of it
 */
export function trimmedWords(normalized: string, around: Around): string {
  if (isCourtesy(normalized, around)) return normalized
  let text = withoutIdentifiers(normalized, around)
  for (let cuts = 0; cuts < MAX_CUTS; cuts++) {
    const before = text
    text = shorter(text, cutStart(text, around))
    text = shorter(text, cutEnd(text, around))
    if (text === before) break
  }
  return saysSomething(text, around) ? text : normalized
}

const shorter = (text: string, cut: string): string => (MIN_LEFT.test(cut) ? cut : text)

/** Thanks upon thanks stay what they are. */
const saysSomething = (text: string, around: Around): boolean => MIN_LEFT.test(text) && !isCourtesy(text, around)

function cutStart(text: string, { opening, introduction, asking }: Around): string {
  const bare = text.replace(MARKS_BEFORE, '')
  for (const pattern of [opening, introduction, asking]) {
    const found = pattern.exec(bare)
    if (found && found[0] !== '') return bare.slice(found[0].length).replace(MARKS_BEFORE, '')
  }
  return bare
}

function cutEnd(text: string, around: Around): string {
  const tail = text.slice(-MAX_TAIL_CHARS)
  const found = tails(around).closing.exec(tail)
  return found ? text.slice(0, text.length - tail.length + found.index).replace(MARKS_BEHIND, '') : text
}

/** Whatever points at something by its form; its label goes with it. */
function withoutIdentifiers(normalized: string, around: Around): string {
  const lines = normalized.split('\n')
  const own = lines.length === 1 ? lines : lines.filter((line) => !around.cardLine.test(line.trim()))
  const named = withoutEndings(own.join('\n')).replace(LETTERED_NUMBER, '[号码]')
  const masked = maskNumbers(named)
  if (masked === normalized) return normalized
  return masked
    .replace(MASKED_COMPANY, '公司')
    .replace(tails(around).labelled, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?([,。;、])[\s,。;、]+/g, '$1')
    .trim()
}

/** The stem may be all there is before the dot, so texts without one are not searched for it. */
const withoutEndings = (text: string): string =>
  text.includes('.')
    ? text.replace(FILE_NAME, (_, stem: string) => (/\p{Script=Han}/u.test(stem) ? stem : '[号码]'))
    : text

/** Longer courtesies are none. */
const MAX_PARTS = 12
const BETWEEN = /^[\s,.。!?~;、:…\-—]+/

/** Nothing but taking note, thanking and parting: 好的收到, 明白，我去试试. @param text see `normalizeText` */
export const isCourtesy = (text: string, { courtesy }: Around): boolean =>
  !NO_THANKS.test(text) && !ASKS_FOR_YES.test(text) && consistsOf(text, courtesy)

/** Nothing, or marks alone: !!!!, …… */
const NO_THANKS = /^[\s!.,。…~]*$/

/** 可以转给同事不 */
const ASKS_FOR_YES = /[?]|(?:[吗么嘛]|(?<=.{3})[不没])$/

/**
 * Nothing but pointing at what somebody else has said: 这个要怎么改, 帮忙看下这个.
 *
 * @param text see `normalizeText`; may be empty
 */
export const onlyPoints = (text: string, { pointing }: Around): boolean => consistsOf(text, pointing)

/** Takes one part after another off the front: linear, however the parts overlap. */
export function consistsOf(text: string, part: RegExp): boolean {
  let rest = text.replace(BETWEEN, '')
  for (let parts = 0; rest !== ''; parts++) {
    const found = part.exec(rest)
    if (!found || found[0] === '' || parts === MAX_PARTS) return false
    rest = rest.slice(found[0].length).replace(BETWEEN, '')
  }
  return true
}

/** A line that says who speaks: a name and a time, or a name and a colon alone. */
const SPEAKER_LINE =
  /^(?:\S[^\n:]{0,24} +(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日? +)?\d{1,2}:\d{2}(?::\d{2})?|\S[^\n:,。?!]{0,16}:|【[^\n:,。?!】]{1,12}】)$/
const SAID_IN_LINE = /^(\p{L}(?:[^\n:,。?!]{0,10}[^\n:,。?!\s])?): ?\S/u
const DATE_RULE = /^[—\-–=]{2,}.{0,30}\d{1,2}.{0,20}[—\-–=]{2,}$/

/**
 * Several messages of others in one, as copied from a PC (`name time`), from a phone (`name:`) or typed (`name: text`).
 *
 * @param text see `normalizeText`
 */
export function isTranscript(text: string, { around, notice }: Pick<Language, 'around' | 'notice'>): boolean {
  if (!text.includes('\n')) return false
  const labels = { test: (line: string): boolean => isLabel(line, { around, notice }) }
  const lines = text.split('\n').map((line) => line.trim())
  if (lines.length < 2) return false
  if (lines.some((line) => DATE_RULE.test(line))) return true
  const headed = lines.filter((line) => SPEAKER_LINE.test(line) && !labels.test(line))
  if (headed.length >= 2) return true
  const speakers = lines.map((line) => SAID_IN_LINE.exec(line)?.[1]).filter((name) => name !== undefined)
  const people = speakers.filter((name) => !labels.test(name))
  return people.length >= 2 && people.length >= lines.length - 1 && new Set(people).size >= 2
}

const isLabel = (line: string, { around, notice }: Pick<Language, 'around' | 'notice'>): boolean =>
  notice.label.test(line.replace(/:.*$/s, '').trim()) ||
  around.cardLine.test(`${line.replace(/:.*$/s, '').trim()}:`) ||
  around.asking.test(line)

const LIST_POINT = /^ ?(?:\d{1,3}|[一二三四五六七八九十]{1,2}) ?[.、:)]? ?\S/

/**
 * Written for many: a chain of names, an announcement, minutes, a list of several shops. Whatever it says of rejections,
 * nobody asks.
 *
 * @param text see `normalizeText`
 */
export function isForMany(text: string, { chain, minutes }: Around): boolean {
  if (chain.test(text.slice(0, 200))) return true
  const [head = '', ...lines] = text.split('\n')
  const points = lines.filter((line) => LIST_POINT.test(line))
  return points.length >= 2 && minutes.test(head.slice(0, 40))
}
