import type { Day } from '../../base/calendar.js'
import type { DayMention } from './extract.js'

/** What a verb near a day says about it; `ended`: rejected or withdrawn. */
export type DayRole = 'submit' | 'passed' | 'ended' | 'wish'

export const NAMES_FIRST_REVIEW = /初审|内审|一审|平台|微信|weixin|第一[关轮道]|内部审核/

export interface RoleWord {
  readonly role: DayRole
  /** Can only mean the review of a mini program, whatever other objects stand in the clause. */
  readonly strong: boolean
  /** Is said of something that has happened. */
  readonly done: boolean
  readonly start: number
  readonly end: number
}

/** The review came to its end without success. */
const REJECTION =
  '(?<!没有?被?|未被?|也没)(?:驳回|被拒|拒了|打回|被退|退回|退了|被毙|不通过|(?<!至今|现在|今天|还|仍|尚|都|为何|一直|依然|为什么)未通过|审核失败|审核没过|没审过|(?<![想要能以再别不])撤(?:回|销)?(?:了(?!吗)|过|(?=重)))'

const FIRST_REVIEW =
  '(?:初审|内审|一审|平台(?:内部)?审核|微信(?:内部|官方|平台)?(?:那边|这边|侧|那关)?(?:的)?(?:内?审核?)?|weixin ?(?:那边|这边)?|第一(?:关|轮|道)|内部审核)'
const PASSED = [
  `${FIRST_REVIEW}(?:就|都|已经?|刚刚?|给|才|已|显示| ){0,3}(?:过了|过的|通过|审完|审过|结束|好了)`,
  `(?:过了|通过了?|过完)${FIRST_REVIEW}`,
  '(?:收到|接到|进入?了?|转(?:到|入|给|去|交)?|开始|到了?|送到?)[^,，。;!?\\n\\d]{0,6}?(?:二审|二次审核|属地|网信|wangxin)',
  '(?:二审|属地审核|网信审核)(?:通知|开始|的通知)',
].join('|')

/** Passed what? Only with the first review named in the same clause: "微信审核昨天通过了". */
const PASSED_SOMETHING = '(?<![没不未])(?:通过(?:的|了)(?![吗没么])|过(?:的|了)(?![吗没么])|审完(?:的|了)(?![吗没么]))'

const WISH =
  '上线|上架|开业|开张|开放|试运营|正式运营|推广|用上|能用|可以用|[要得]用(?!户|什么|啥|的|到)|投入使用|赶(?:得上?|不上?|上|在|到)|来(?:得|不)及|deadline|ddl|截止|面世|开服|首发|活动|发布会|开幕|年会|启动会|[能会要可以]上(?=[吗不么嘛没了吧呢啊呀?,， ]|$)|(?<=[号日天节旦底\\d]|[十廿][一二三四五六七八九])上(?![次个周月星礼面海午报班课学去来传交线架])|正式用|(?:能|可以|要)(?:正常)?(?:打开|访问)|(?<=[能想要还好])赶(?!紧|快|时)|(?:能|可以|要|想|正式|计划|准备|前)发布|launch'

// "前提, 提示, 提醒 …", "社交, 交易, 交给 …": the same characters in other words.
const SUBMIT_STRONG =
  '重提|重新提交?|再次?(?:提交?(?![醒供示问到起高升出])|交(?![流代易]))|提审|题审|送审|报审|发审|交审|提交(?:了?的?)?(?:小程序|审核|代码|版本)|提的审|交的审|tishen|shenhe提交|申请(?:审核|提审|发布)|过审(?=时间)'
const SUBMIT_WEAK =
  '提交|(?<!主)提(?![前示醒供高到起问现款取升议出速倡炼成案货包莫及]|交|审|是|条件|下|一[下嘴句])(?!(?:的|了|过的)[^,，。]{0,4}(?:需求|建议|bug|问题|工单|意见|要求|方案|反馈))|(?<![社成外转移提])交(?![流易通互换友费钱代接付给往叉警由际谈房稿杂班涉]|作业|的[费钱稿])|上传(?=[的了]|上去)|传(?=上去|上的|的审)|(?<!发)送(?=上去|过去|的审)|报上去|递交|发上去|弄上去|发了?(?:个|一个)?新?版(?!块|权|面|式)|更新(?=[了个一]|新版)|等到(?:现在|今天)|开始等|(?:到现在|至今)(?:还|都|仍|也)?(?:没|未)有?(?:审|过|消息|结果|动静|通过|下文)|tijiao|submit(?:ted)?'

const ROLE_WORD = new RegExp(
  `(?<passed>${PASSED})|(?<ended>${REJECTION})|(?<strong>${SUBMIT_STRONG})|(?<submit>${SUBMIT_WEAK})|(?<something>${PASSED_SOMETHING})|(?:${WISH})`,
  'g',
)
/** Nothing was submitted; "能不能提" and "要不要提" still ask. */
const FAILED_BEHIND = /^(?:不了|不上|不进|不成功|失败|报错|出错|按钮|表单)/
const DENIED_BEFORE = /(?:没有?|未|别|忘了|先不|(?<![能要可该])不|不(?:能|敢|想|要|用)) ?$/
const ALREADY_BEFORE = /(?:已经?|早就?|都) ?$/
const AHEAD_BEFORE = /(?:要|将|准备|打算|计划|想|再|会|[^可]能|可以|就) ?$/
const DONE_BEHIND =
  /^(?:了?的(?!话|时候)|了|过|上去|完|审?核?(?:的(?!话|时候)|了)|成功|好了|后[,，\s])|^[^,，。;!?\n]{0,3}了(?![吗么])/

/** Finds the words that say what a day is about, in text order. */
export function findRoleWords(text: string): readonly RoleWord[] {
  const words: RoleWord[] = []
  for (const match of text.matchAll(ROLE_WORD)) {
    const { passed, ended, strong, submit, something } = match.groups ?? {}
    if (!ended && DENIED_BEFORE.test(text.slice(Math.max(0, match.index - 4), match.index))) continue
    const end = match.index + match[0].length
    if ((strong || submit) && FAILED_BEHIND.test(text.slice(end, end + 3))) continue
    words.push({
      role: passed || something ? 'passed' : ended ? 'ended' : strong || submit ? 'submit' : 'wish',
      strong: strong !== undefined || passed !== undefined,
      done: passed !== undefined || isDone(text, match, end),
      start: match.index,
      end,
    })
  }
  return words
}

function isDone(text: string, { 0: word, index }: RegExpExecArray, end: number): boolean {
  if (ALREADY_BEFORE.test(text.slice(Math.max(0, index - 3), index))) return true
  if (AHEAD_BEFORE.test(text.slice(Math.max(0, index - 3), index))) return false
  return /的|了|重|submitted/.test(word) || DONE_BEHIND.test(text.slice(end, end + 8))
}

/** Without one of these a day in the message can't be one of a review. */
export const SPEAKS_OF_REVIEW =
  /[提题交审传送报号]|上去|tijiao|tishen|shenhe|review|submit|过了|通过|上线|上架|开业|开张|发布|推广|能用|用上|可以用|赶|来得及|来不及|deadline|ddl|截止|活动|[能会要]上|launch|运营|没|还在|pending|说好|怎么|咋|算|顺延|延|停|上班|网信|w(?:angxin|eixin)|过的|自然日|等|天|星期|礼拜|周|月|用/

/** Things that are submitted and reviewed as well, but are not our review. */
export const OTHER_OBJECT =
  /年审|素材|广告|电话|主体|变更|作品|公安|权限|接口|插件|协议|指引|服务号|商标|版号|类目|资质|备案|截图|图片|资料|材料|名称|改名|头像|简介|认证|域名|帖子|评论|视频|合同|作业|稿|费|款|快递|订单|发票|工单|需求|bug|文档|简历|表格|海报/
/** Other platforms and trades: whatever is awaited there follows rules of its own. */
export const OTHER_PLATFORM =
  /应用宝|豆瓣|油管|附近的?小|商标|版号|服务号|企业微信|管局|app ?(?:上架|审核|提审)|安卓|ios|app ?store|testflight|安卓市场|应用市场|抖音|支付宝|百度|快手|头条|华为|小红书|视频号|商户号|公众号|vivo|oppo|小米|苹果|论文|期刊|快递|物流|外卖|驾照|签证|贷款|简历/
const RIVALS = '苹果|安卓|app|ios|抖音|支付宝|百度|快手|头条|华为|小红书'
export const MINI_PROGRAM = new RegExp(
  `(?<!${RIVALS}|附近的?)小程序(?!备案|认证|改名|名称)|(?<!(?:${RIVALS})(?:的?小程序)?.{0,5})提审|网信|属地|xcx`,
)

const REJECTED = new RegExp(REJECTION)
const REJECTION_FEARED = new RegExp(`(?:如果|万一|要是|假如|会不会|会|怕|担心)[^,，。]{0,4}(?:${REJECTION})`, 'g')

/** Whether the text tells of a rejection or withdrawal, and does not merely fear one. */
export function tellsRejection(text: string): boolean {
  return REJECTED.test(text) && REJECTED.test(text.replace(REJECTION_FEARED, ''))
}

/** Waits for a result right now. */
export const UNDER_REVIEW = /审核中|还在(?:二|内|初)?审|在审|审着|卡在|等着审|二审中|待审核/

const LATER_VERSION =
  /(?:后续|后面|以后|之后)的?(?:版本|提审|更新|迭代)|第(?:二|三|四|2|3|4)(?:次(?:提|送|审|更新|发版|迭代)|个?版)|(?:二|再)次(?:提审|提交|送审)|下(?:一个?|个|一次|次)?版|更新(?:的|了|个|一个?)?版|版本更新|更新(?:后|提|包)|[提交]的更新|升级(?:版|的|包)|迭代|next version/
/** A new version may still be the first one, where the words of a first review stand beside. */
export const NEW_VERSION = /新版|改版|新功能/
/** Was published some time ago, so what comes now is no first version. */
const PUBLISHED_BEFORE =
  /(?:已经?|早就?|之前|以前|原来|老版本?)(?:就|都|在)*(?:上线|发布|在?线上|过审|审过|通过审核|审核通过)(?:了|过)*|线上(?:一直|已经?|早就?|本来)?(?:有|跑|在)|上线(?:了)?(?:半年|很久|好久|[一两二三四五六七八九十\d]+ ?(?:个?月|年|周))|不是(?:首次|第一次|首版)/
const NEXT_ONE = /新|更新|升级|迭代|改版|一版|发版|又[提交]|再[提交]/

/** Whether the version in question comes after a published one. */
export function speaksOfLaterVersion(text: string): boolean {
  return LATER_VERSION.test(text) || (PUBLISHED_BEFORE.test(text) && NEXT_ONE.test(text))
}

/** Says that it is the first review after all. */
export const FIRST_VERSION = /首次|第一次|首版|第一版|首个|二审|网信|属地|1 ?\+ ?7/

export const PLAN =
  /的话|打算|准备|计划|预计(?=.{0,6}[提交送])|如果|要是|假如|假设|想(?!天|问)|再(?:提|交)(?!的|了|过)|才(?:提|交|能提)|(?:能|可以|可|要|得|会|必须|一定)(?:提|交|送)|来得及(?:提|交)/
export const STILL_WAITING =
  /没消息|没结果|没动静|没反应|没信|没下文|没回音|没回应|没通过|没过|没通知|没审|还没[过审消结通动信出好有]|没信|没好|没出|到现在|至今|审核中|还在[审二]|怎么还|一直没/
/** How something is done, which no day answers. */
export const ASKS_HOW = /(?:怎么|如何|咋)(?:填|写|选|加|改|弄|办|勾|点|删|截)|(?:填|写|选|勾)(?:什么|啥|哪)|在哪|哪里/
/** WeChat's own review has been passed. */
export const FIRST_PASSED = /(?:过了?|通过了?)[一初内]审|[一初内]审[^,，。;!?没未]{0,4}(?:过[了的](?![吗没么])|通过)/
/** Asks for a point in time, so that a day of submission is worth reckoning with. */
export const ASKS_TIME =
  /几号|几时|什么时候|啥时候|多久|哪[天一]|几天|来得及|来不及|赶|上线|能[上用过好出]|最[快晚迟]|结果|时间|何时|到期|(?<!打)算/
export const WAITING_EVIDENCE =
  /审|提交|提的|交的|网信|属地|没消息|没结果|没动静|没反应|没信|没下文|没回音|没回应|没通过|没过|没通知|pending|shenhe|说好|不是说|怎么还|还没|咋回事|怎么回事|什么情况|啥情况|等了|卡了|拖了|没变化|变化没|没动|1 ?\+ ?7/

export const QUESTION_LIKE =
  /[?]|怎么|怎样|如何|咋|啥|什么|吗|呢(?=$|[,，。!])|么$|嘛|哪|几[天号时点]|多少|多久|多长|是不是|是否|会不会|能不能|可不可以|要不要|有没有|行不行|算不算|审不审|when|how|不$|没$|何时|请问|请教|还没|没消息|没结果|没动静|没反应|没下文|没通知|没通过|到现在|至今|审核中|还在审|急|催|正常|来得及|来不及|赶得上|最[晚迟快]|帮/

/** A day together with what the words around say happened, or shall happen, on it. */
export interface RoledDay extends DayMention {
  readonly role: DayRole | undefined
  /** The words speak of something that has happened. */
  readonly done: boolean
  /** Offset behind the day and the word that gave it its role. */
  readonly toldUntil: number
}

const CLAUSE_END = /[,，。;；!！?？\n]/
const CLAUSE_ENDS: ReadonlySet<string> = new Set(',，。;；!！?？\n')
/** Beyond this many characters a verb is hardly the day's own. */
const MAX_BEHIND_CHARS = 14
const MAX_BEFORE_CHARS = 10
/** What may follow a day that makes up a clause of its own. */
const MAX_REST_CHARS = 3
const MAX_RESUBMISSION_CHARS = 8
const MAX_LONE_TIME_CHARS = 2
/** "提交审核要填的账号昨天被封了": more than a few idle words, and the day is another verb's. */
const MAX_IDLE_CHARS = 4
const TELLS_WHEN = /时间|日期|时刻|[是在于:]/
/** A day normally stands before its verb, so a verb close behind wins over one before. */
const CLOSE_BEHIND_CHARS = 3

/** Finds for every day the words that say what it is about; the present day said in passing is left out. */
export function giveRoles(text: string, days: readonly DayMention[], today: Day): readonly RoledDay[] {
  const told = withoutPresent(text, days, today)
  if (told.length === 0) return []
  const words = findRoleWords(text)
  // A verb that one day has taken says nothing of a later one: "10号提的今天23号".
  const taken = new Set<RoleWord>()
  const roled: RoledDay[] = []
  for (const day of told) {
    if (day.source === 'elapsed') {
      roled.push({ ...day, role: roleOfWaiting(text, day, words), done: true, toldUntil: day.end })
      continue
    }
    const free = words.filter((word) => word.start >= day.end || !taken.has(word))
    const word = ownWord(text, day, { days: told, words: free })
    if (word) taken.add(word)
    const before = text.slice(Math.max(0, day.start - 4), day.start)
    const { role, done, end } = word ?? { done: false, ...(RESTATES.test(before) ? roled.at(-1) : {}), end: day.end }
    roled.push({ ...day, role, done, toldUntil: Math.max(day.end, end) })
  }
  return roled
}

/** "劳动节想上线,就是明天": the day before, said in other words. */
const RESTATES = /(?:就是|即|等于) ?$/

/** "到今天", "今天都20号了", "今天又礼拜天了": they say what day it is. */
function withoutPresent(text: string, days: readonly DayMention[], today: Day): readonly DayMention[] {
  const isNow = days.map((day) => day.source === 'relative' && day.past === today && /^今/.test(text.slice(day.start)))
  return days.filter((day, index) => {
    const next = days[index + 1]
    if (isNow[index]) {
      if (/[到至] ?$/.test(text.slice(Math.max(0, day.start - 2), day.start))) return false
      return !(next && isRestated(text.slice(day.end, next.start), next, today))
    }
    const last = days[index - 1]
    // "周一刚提的": the word only says that it is not long ago.
    if (last && text[day.start] === '刚' && day.start - last.end <= 2) return false
    // "今天元旦提的": one of the two has to stay.
    if (VERB_BEHIND.test(text.slice(day.end, day.end + 3))) return true
    if (last && isNow[index - 1] && day.source !== 'elapsed')
      return !isRestated(text.slice(last.end, day.start), day, today)
    const around = text.slice(Math.max(0, day.start - 2), day.start)
    return !((day.past === today || day.future === today) && /[都已]经?$/.test(around) && text[day.end] === '了')
  })
}

const VERB_BEHIND = /^ ?(?:提(?!示)|交|送审)/

function isRestated(between: string, day: DayMention, today: Day): boolean {
  if (!/^[都又已就是经 ]{0,3}$/.test(between)) return false
  return day.source === 'elapsed' || day.past === today || day.future === today
}

const SECOND_REVIEW_BEFORE = /(?:二审|网信|属地|wangxin)[^,，。;!?\n]{0,8}$/
const NOT_OUR_WAIT = /(?:消息|通知|短信|贴|帖)(?:都|已经)?(?:收到|来|发)(?:了|已经|都)?$/

function roleOfWaiting(text: string, day: DayMention, words: readonly RoleWord[]): DayRole | undefined {
  const clause = clauseAround(text, day)
  const before = text.slice(Math.max(0, day.start - 20), day.start)
  if (NOT_OUR_WAIT.test(before)) return undefined
  const submits = words.filter(({ role }) => role === 'submit')
  // Hours of waiting are everybody's; they need the verb.
  if (submits.length === 0 && /[时钟]/.test(text.slice(day.start, day.end))) return undefined
  const strong = submits.some(({ strong: sure }) => sure)
  if (OTHER_OBJECT.test(clause) && !strong) return undefined
  const inClause = words.some(
    ({ role, end }) => role === 'passed' && end <= day.start && sameClause(text, end, day.start),
  )
  if (inClause || SECOND_REVIEW_BEFORE.test(before)) return 'passed'
  return submits.length > 0 || WAITING_EVIDENCE.test(text) || isBare(text, day) ? 'submit' : undefined
}

const FILLERS =
  /[亲哈老师您你好催整没任何有通知消息结果动静信儿下文这都已经今现天到第是等过去快了呢吗啊呀吧还在怎么办急咋啦嘛哦唉哎,，。.!?~ \n]/g

/** Nothing is said but how long: "都七天了". */
function isBare(text: string, { start, end }: DayMention): boolean {
  return (text.slice(0, start) + text.slice(end)).replace(FILLERS, '') === ''
}

interface Surroundings {
  readonly days: readonly DayMention[]
  readonly words: readonly RoleWord[]
}

const ASKS_WHEN = /哪[天一]|几号|什么时候|啥时候|最[晚迟]|何时|多久/

function ownWord(text: string, day: DayMention, surroundings: Surroundings): RoleWord | undefined {
  const behind = nearestBehind(text, day, surroundings)
  const before = nearestBefore(text, day, surroundings)
  const chosen = nearer(day, behind, before) ?? acrossComma(text, day, surroundings)
  if (!chosen || !isOfReview(text, day, chosen)) return undefined
  // "元旦前最晚哪天提交": the verb's own day is asked for, and the day told is the one to keep.
  const asksForDay = chosen.start >= day.end && ASKS_WHEN.test(text.slice(day.end, chosen.start))
  if (asksForDay && chosen.role === 'submit') return { ...chosen, role: 'wish', done: false }
  return day.source === 'lone-time' && !ownsLoneTime(day, chosen) ? undefined : chosen
}

/** "下午3点提的", but not "提审的事晚上再说". */
function ownsLoneTime(day: DayMention, { role, done, start }: RoleWord): boolean {
  return role === 'submit' && done && start >= day.end && start - day.end <= MAX_LONE_TIME_CHARS
}

function nearer(day: DayMention, behind: RoleWord | undefined, before: RoleWord | undefined): RoleWord | undefined {
  if (!behind || !before) return behind ?? before
  // "打回来18号补完内容重提的": a rejection told before is a day of its own, or none.
  if (before.role === 'ended' && behind.role === 'submit') return behind
  const gapBehind = behind.start - day.end
  return gapBehind <= CLOSE_BEHIND_CHARS || gapBehind <= day.start - before.end ? behind : before
}

function nearestBehind(text: string, day: DayMention, { days, words }: Surroundings): RoleWord | undefined {
  const first = words.findIndex(({ start }) => start >= day.end)
  const word = resubmission(text, words.slice(first, first + 2)) ?? words[first]
  if (!word || word.start - day.end > MAX_BEHIND_CHARS || !sameClause(text, day.end, word.start)) return undefined
  return days.some(({ start }) => start >= day.end && start < word.start) ? undefined : word
}

/** "昨天被驳回改完重新提的": the day is the one of the submission at the end. */
function resubmission(text: string, [first, second]: readonly RoleWord[]): RoleWord | undefined {
  if (first?.role !== 'ended' || second?.role !== 'submit') return undefined
  const near = second.start - first.end <= MAX_RESUBMISSION_CHARS && sameClause(text, first.end, second.start)
  return near && second.done ? second : undefined
}

function nearestBefore(text: string, day: DayMention, { days, words }: Surroundings): RoleWord | undefined {
  const word = words.findLast(({ end }) => end <= day.start)
  if (!word || day.start - word.end > MAX_BEFORE_CHARS || !sameClause(text, word.end, day.start)) return undefined
  const between = text.slice(word.end, day.start)
  if (word.role === 'submit' && between.length > MAX_IDLE_CHARS && !TELLS_WHEN.test(between)) return undefined
  return days.some(({ end }) => end > word.end && end <= day.start) ? undefined : word
}

/** A clause that is little but a day belongs to its neighbour: "11月20号下午,提交的审核". */
function acrossComma(text: string, day: DayMention, { days, words }: Surroundings): RoleWord | undefined {
  const isFree = (word: RoleWord) => {
    const clause = clauseOf(text, word)
    return !days.some(({ start, end }) => start >= clause.start && end <= clause.end)
  }
  const behind = /^.{0,3}?[,，。;!?\n] ?/.exec(text.slice(day.end, day.end + 6))
  if (behind) {
    const from = day.end + behind[0].length
    const word = words.find(({ start }) => start >= from)
    if (word && word.start - from <= 6 && sameClause(text, from, word.start) && isFree(word)) return word
  }
  const before = /[,，。;!?\n] ?.{0,2}$/.exec(text.slice(Math.max(0, day.start - 4), day.start))
  if (!before || clauseOf(text, day).end - day.end > MAX_REST_CHARS) return undefined
  const to = day.start - before[0].length
  const word = words.findLast(({ end }) => end <= to)
  return word && to - word.end <= 4 && sameClause(text, word.end, to) && isFree(word) ? word : undefined
}

/** "类目昨天提交审核": the subject of the clause. What was changed before the submission, has a verb in front. */
const OTHER_SUBJECT = new RegExp(
  `^(?:我们?的?|这个|那个|小程序的?)?[^改加换补删选填交传弄了,，。]{0,3}(?:${OTHER_OBJECT.source})(?:的|申请|审核)? ?$`,
)

/** "认证完14号提交的": the other object was seen to before. */
const DONE_BEFORE = new RegExp(`(?:${OTHER_OBJECT.source})[^,，。]{0,2}(?:完|好|过)(?:了|以后|之后|后)*`, 'g')

function isOfReview(text: string, day: DayMention, word: RoleWord): boolean {
  if (word.role === 'passed') return word.strong || NAMES_FIRST_REVIEW.test(clauseAround(text, day))
  if (word.role !== 'submit') return true
  if (word.strong) return !OTHER_SUBJECT.test(text.slice(clauseOf(text, day).start, day.start))
  const clause = clauseAround(text, { start: Math.min(day.start, word.start), end: Math.max(day.end, word.end) })
  return !OTHER_OBJECT.test(clause.replace(DONE_BEFORE, ''))
}

function sameClause(text: string, from: number, to: number): boolean {
  return !CLAUSE_END.test(text.slice(from, to))
}

interface Span {
  readonly start: number
  readonly end: number
}

function clauseAround(text: string, span: Span): string {
  const { start, end } = clauseOf(text, span)
  return text.slice(start, end)
}

function clauseOf(text: string, { start, end }: Span): Span {
  let from = start
  while (from > 0 && !CLAUSE_ENDS.has(text[from - 1]!)) from--
  let to = end
  while (to < text.length && !CLAUSE_ENDS.has(text[to]!)) to++
  return { start: from, end: to }
}

const HOLIDAY =
  /周末|双休|周[六日天]|星期[六天日]|礼拜[六天日]|节假日|假日|假期|节日|放假|长假|过节|国庆|春节|过年|元旦|五一|端午|中秋|清明|十一(?=假|期间|长假|放假)|(?<![个\d])工作日|自然日|休息日|法定/
/** Only asks about counting days, whatever else is said. */
const COUNTS =
  /算(?!了|法|是|加班|钱|账|盘)|顺延|自然日|(?<![个\d])工作日|计入|除外|跳过|白等|延[期后]|往后[挪推延]|(?:[7七8八]|1 ?\+ ?7) ?天(?!乐)/
/** Asks about counting days where it is about the review. */
const WORKS =
  /延[迟长]|推迟|上班|休息|包[括含]|扣[除掉]|照常|停|影响|耽[误搁]|审核?(?:吗|么|不|嘛|$)|(?:还|会|给|能|以|照样|照)审|(?<!还)在审[吗么]|审不审|(?:能|可以|可不可以|能不能)(?:提交|提审|送审|交)|放假/
const REVIEW = /审|网信|属地|提交|(?:[7七]|1 ?\+ ?7) ?天/
const QUESTION =
  /[?]|停不停|休不休|吧$|吗|么|嘛|不$|不算|算不|审不|还是|怎么|咋|是不是|是否|要不要|会不会|请问|呢|没$|还审|算$|顺延$/
/** "七天 周末", "国庆 二审": a few words stand for the question. */
const MAX_FRAGMENT_CHARS = 9
const ANNOUNCES = /通知】|温馨提示|祝大家|值班/

/** Whether a message asks if weekends or holidays count in a review. @param text see `normalizeText` */
export function asksHolidays(text: string): boolean {
  if (!HOLIDAY.test(text) || ANNOUNCES.test(text)) return false
  const counts = COUNTS.test(text) || (WORKS.test(text) && REVIEW.test(text))
  return counts && (QUESTION.test(text) || text.length <= MAX_FRAGMENT_CHARS)
}

/** Already published; behind `LATER_VERSION` it is the version before. */
const FINISHED =
  /(?<![没未][^,，。;]{0,8})预上线|双双上线|获通过|已经?(?:上线|发布)|上线(?:了|啦)(?!吗|没|么)|发布(?:了|啦)(?!吗|没|么)|昨[天日]已?(?:发布|上线)|(?<!平台|微信|内部|侧|一|初|内)审核(?:今天|昨天|终于|已经?|都)?通过(?!吗|没|了吗|了没|后|之后|以后|的话|前|才|需)|过审(?:了|啦)(?!吗|没|么)|(?:刚|才|已经?)过审|二审(?:已经|都|也|终于|就)?(?:过了?|通过了?)(?![吗没么]|后|之后|了[吗没么]|要|需|得)/
/** "10号过的", "今天就过了": no review is named, so all of it is over. */
const PASSED_ALL =
  /(?:[号日天晚早分钟一二三四五六午]|终于|就|(?<!末|节|旦|秋|年|假|一|国庆|天[,，]?(?:我?看[着上去]*|感觉|好像|早就?)?)都)(?:终于|就|才|都|已经?|顺利)?(?:通过|过)(?:的|了|啦)(?![吗没么半一\d])(?!(?:一|初|内)审|微信|平台)/
const NAMES_REVIEW = /初审|内审|一审|二审|平台|微信|weixin|wangxin|网信|属地|第[一二][关轮道]|内部/
const STILL_ON = /还没|没有?(?:消息|结果|动静|通知|下文|收到)|到现在|至今|怎么还|一直|之后就/

/** Said to a group for its information. */
const REVIEW_ENDS_ANNOUNCES =
  /通知[】\]:]|公告|温馨提示|知悉|周知|所有人|各位|请?大家|静候|坐等|等(?:结果|通知|消息|待)$|举个?手|特此|完美|一次过|很顺|交接|登记|存档|的同学|供.{0,6}参考|给.{0,8}参考|分享|汇报|报备|同步|记录一下|[留做]个|留念|好消息|辛苦|见分晓|顺利|开心|预告|报名|祝/
/** Asks in so many words, so that an announcement is none. */
const ASKS =
  /[?]|吗|多久|几[号天]|多少天|什么时候|啥时候|哪[天一]|怎么|咋|能不能|请问|请教|没(?:有|任何|有任何)?(?:消息|结果|动静|通知)|还没|正常|来得及|赶得?上|求|帮/

/** The review was passed to its end, or the version is published, and no next one is spoken of. */
export function isFinished(text: string): boolean {
  if (speaksOfLaterVersion(text) || NEW_VERSION.test(text)) return false
  if (FINISHED.test(text)) return true
  return PASSED_ALL.test(text) && !NAMES_REVIEW.test(text) && !STILL_ON.test(text)
}

/** Tells the group about a review and wants nothing. */
export function isAnnouncement(text: string): boolean {
  return REVIEW_ENDS_ANNOUNCES.test(text) && !ASKS.test(text)
}
