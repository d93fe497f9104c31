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
