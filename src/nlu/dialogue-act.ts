import type { ReminderWord, SpeechAct, WalkRemark, WalkWord } from '../model/understanding.js'
import { MINI_PROGRAM, OTHER_PLATFORM, tellsRejection } from './dates/roles.js'

const TRIMMED = /^[\s,.!?~、;:'"“”。，！？…]+|[\s,.!?~、;:'"“”。，！？…]+$/g
const SEPARATORS = /[\s,.!?~、;:。…]+/g
// Whoever writes more than this does not merely greet, thank, agree or refuse.
const MAX_COURTESY_CHARS = 30

const MENU =
  /^(?:(?:看|发|来)?(?:一?下|看|个)?(?:菜单|目录)|帮助|help|menu|功能|使用说明|你?都?(?:会|能|可以)(?:帮我|帮)?(?:做|干|回答|问)?(?:点|些)?(?:什么|啥)(?:问题)?(?:呀|啊|呢|吗)?|你?(?:都)?(?:有|能)(?:哪些|什么|啥)功能|(?:怎么|如何)(?:用|使用)你|你(?:是|叫)(?:谁|什么|啥)(?:呀|啊)?|可以问(?:你)?(?:些)?(?:什么|啥))$/
const GREETING =
  /^(?:你(?:是不是|是)(?:一?个)?(?:机器人|真人|人工|ai)(?:还是(?:一?个)?(?:机器人|真人|人工|ai))?(?:吗|么|呀|啊|呢|吧)*|(?:你|您|大家|各位|老师|群里的?朋友们?)*(?:好|早上好|上午好|中午好|下午好|晚上好|新年好|早安|晚安|早|嗨|哈喽|哈罗|hi|hello|hey)(?:呀|啊|哦|的呀)?|在(?:不在|吗|么|不|嘛)|打扰了|小助手|机器人)+(?:老师|各位|大家)?$/
const THANKS =
  /^(?:好的?|嗯|ok|行|收到|明白了?|懂了|知道了|了解)*(?:(?:非常|太|真的)?(?:谢谢|感谢|多谢|谢了|谢啦|3q|thx|thanks|thankyou|辛苦|麻烦了)(?:你们?|您|老师|大家|各位|啦|了|啊|呀|哈|亲|的?帮忙|的?帮助|支持|小助手|机器人|徐工)*|(?:你们?|您|小助手|机器人|回答得?|说得)*(?:真|太|很|好|挺|超)?(?:的)?(?:棒|厉害|给力|聪明|不错|赞|靠谱|专业|贴心)(?:了|啊|呀|哦|的|哈)*|(?:再见|拜拜|回头见|回见|bye)(?:了|啦|哈)*)+$/
const YES =
  /^(?:(?:对|是|好|要|可以|需要)的?|(?:对|是的|嗯)+|好[呀啊吧滴]|行吧?|ok|okay|yes|没错|就是|(?:好的?|嗯|行|那就?|对)*(?:转|转吧|帮我转|麻烦了)|好的谢谢|嗯嗯好|(?:需要|要)人工)$/
const NO = /^(?:不|不了|不转了?|(?:先|暂时)?不(?:用|需要|要|必)[了啦]?|算了吧?|没事了?|no|取消)(?:谢谢|感谢)?$/
const CHOICE = /^(?:我|就|回复)?(?:选择?)?第? ?\(?(a?\d{1,2}(?:\.\d{1,2})?)\)? ?(?:号|吧|\.|、)?$/
/** "第二个详细说下", "第一个呢", "不对,是第二个那种". */
const PICKED =
  '(?:那种|那个|详细?(?:地|点)?(?:说|讲|展开)(?:一?下)?|(?:具体)?(?:怎么|咋)(?:弄|改|办|处理|填|做)|是?(?:什么|啥)意思|呢)?'
const PICKING = '(?:(?:不对|不是)[,，。 ]*)?(?:我|就|那)?(?:选|是|看|要)?'
const ORDINAL_CHOICE = new RegExp(`^${PICKING}第 ?(\\d{1,2}) ?(?:个|项|条)${PICKED}$`)
const SPOKEN_CHOICE = new RegExp(
  `^${PICKING}(?:第(一|二|三|四|五|六|七|八|九|十[一二三四五]?)(?:(?:个|项|条)${PICKED}|号)?|(一|二|三|四|五|六|七|八|九|十[一二三四五]?)号?)$`,
)
const SPOKEN_NUMBERS = '一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五'.split(' ')

/** People of the vendor; not the platform's reviewers (人工审核) nor a machine (人工智能). */
const PERSON = '(?:人工(?:客服|服务)?|客服|真人|活人)(?!审|复审|复核|智能|检查|消息|按钮|会话)'
const HUMAN_DIRECT = new RegExp(
  `转接?(?:到)?${PERSON}|人工客服|人工(?:服务|处理|介入)|(?:找|叫)(?:个|一?下)?${PERSON}|^${PERSON}$|^(?:有|要)${PERSON}`,
)
/** 能不能转人工, 要不要转, 怎么还不转人工 ask for a person; 不用转人工 does not. */
const HUMAN_REFUSED = new RegExp(
  `(?:(?<![能可要是会么啥还])不(?:用|要|必|需要|想)?|别|无需|没必要|用不着)(?:再|给我|帮我)?(?:转接?|找|叫|要)?(?:个|到)?${PERSON}`,
)
const ONLY_REFUSES = new RegExp(`^(?:先|我|你|暂时|好的?)*${HUMAN_REFUSED.source}(?:[了吧啊哦]|谢谢)*$`)

const QUESTION =
  /[?]|怎么|怎样|如何|咋|啥|什么|吗|呢$|哪|几[天个时点次回张条篇年月种]|多[少久长大高宽]|([\p{Script=Han}])[不没]\1|是.{1,10}还是|还是.{1,12}[啊呢]$|是不是|是否|能不能|可不可以|可以.{0,12}(?:吗|不)$|要不要|有没有|行不行|为何|为什么|为啥|凭什么|么$|不$|没$|求|谁|干嘛|何时|请教|指点|发(?:我|一?下|一份)|给我(?:看|发|一)|帮(?:我|忙|看)|吧$/u

export interface ActReading {
  readonly act: SpeechAct
  readonly choice?: string
}

/** Reads what the sender is doing with the words. @param text see `normalizeText` */
export function readSpeechAct(text: string): ActReading {
  const bare = text.replace(TRIMMED, '')
  const dense = bare.replace(SEPARATORS, '')
  const choice = readChoice(bare)
  if (choice) return { act: 'choice', choice }
  // 转人工，审核卡住了: the comma parts it from 人工审核.
  const direct = HUMAN_DIRECT.test(dense) || HUMAN_DIRECT.test(bare.replace(/\s+/g, ''))
  if (direct && !refusesHuman(text) && bare.length <= 40) return { act: 'wants-human' }
  if (dense.length <= MAX_COURTESY_CHARS) {
    if (MENU.test(dense)) return { act: 'menu' }
    if (YES.test(dense)) return { act: 'yes' }
    if (NO.test(dense) || ONLY_REFUSES.test(dense)) return { act: 'no' }
    if (GREETING.test(dense)) return { act: 'greeting' }
    if (THANKS.test(dense)) return { act: 'thanks' }
  }
  return { act: QUESTION.test(bare) || /[?]\W*$/.test(text) ? 'question' : 'statement' }
}

/** Says that no person is wanted: 不用转人工, 别找客服了. @param text see `normalizeText` */
export const refusesHuman = (text: string): boolean => HUMAN_REFUSED.test(text.replace(/\s+/g, ''))

function readChoice(bare: string): string | undefined {
  const written = (CHOICE.exec(bare) ?? ORDINAL_CHOICE.exec(bare))?.[1]
  if (written) return written.toUpperCase()
  const spoken = SPOKEN_CHOICE.exec(bare)
  const word = spoken?.[1] ?? spoken?.[2]
  return word ? String(SPOKEN_NUMBERS.indexOf(word) + 1) : undefined
}

/** What an asker says about the ticket. */
export type DeskTurn =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'solved' }
  /** 好了, 可以了: solved for whoever was asked, else perhaps a step that is done. */
  | { readonly kind: 'fine' }
  /** `plain`: says 没解决, not just that something still fails. */
  | { readonly kind: 'not-solved'; readonly plain: boolean }
  /** 1..5; `bare`: a number alone, which may mean something else. */
  | { readonly kind: 'rating'; readonly rating: number; readonly bare: boolean }

const READ_DESK_TURN_TRIMMED = /^[\s\p{P}\p{S}]+|(?<![\s\p{P}\p{S}])[\s\p{P}\p{S}]+$/gu
const READ_DESK_TURN_THANKS =
  '(?:(?:好的?|嗯+|ok|行|哦+)?(?:谢谢|感谢|多谢|谢了|辛苦)(?:你们?|您|各位|大家|了|啦|啊|哈|老师|客服)*)'
const TAIL = `(?:[了啦啊呀哦哈的嘞]|吧|${READ_DESK_TURN_THANKS})*`
/** 不用了，我自己找到了: why it is no longer needed. */
const FOUND =
  '(?:我们?|刚刚?|刚才|已经?|自己)*(?:找到|知道|明白|会|看到|弄明白|弄好|搞定|解决|搞好|处理好)了?(?:怎么弄)?(?:了|啦|哈|啊)*'
const SOLVED = new RegExp(
  `^(?:嗯+|好的?|ok|哦+|${READ_DESK_TURN_THANKS})?(?:(?:这个)?问题|我(?:这边|们)?(?:自己)?|这边|那个)?(?:已经?|都|现在|刚刚?|全)*(?:解决|搞定|弄好|处理好|搞好|整好|通了|可以用)${TAIL}$`,
)
const FINE = new RegExp(`^(?:已经?|都|现在)?(?:(?:好|可以|行|成功)了|是的?|对的?|嗯+)${TAIL}$`)
const NOT_NEEDED = new RegExp(
  `^(?:算了|取消|撤销|不用麻烦)?(?:那|先|暂时|已经|现在|我)*(?:不用|不需要|不必|不麻烦|不找|不转|取消|撤销|算|(?:问题|这边|我们|这个)*没事[了啦])(?:再)?(?:转|找|麻烦|管)?(?:你们|您|同事|我)?(?:人工|客服|工单|转人工|同事)?(?:处理|看|查)?${TAIL}(?:${FOUND})?$`,
)
const NOT_SOLVED =
  /^(?:还是?|并|根本|仍然|依然|依旧|问题|这个|那个|我这边|它)*(?:没有?|未|木有)(?:被|有)?(?:得到)?(?:解决|搞定|弄好|处理好|处理|好)(?:呢|啊|呀|的|掉|完|好|了)*$|^(?:还|还是|仍然|依然)不(?:行|能用|可以|对|好)(?:呢|啊|呀|的)*$|^(?:问题)?(?:还在|依旧|依然存在|还存在|仍然存在)(?:呢|啊|的)*$/
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/^(?:非常|很|十分|挺|比较|特别|超)?满意(?:的|了|啊|哈)*$|^好评$/, 5],
  [/^(?:一般|还行|凑合|一般般|马马虎虎)(?:吧|的)*$/, 3],
  [/^(?:很|非常|十分|太|特别)?不(?:太|怎么|够|是很)?满意(?:的|了|啊)*$|^差评$/, 1],
]

/**
 * Reads what an asker says about the ticket; the whole message must say it, since 解决了 within a sentence says
 * anything. Whether there is a ticket is for the caller to know.
 *
 * @param text see `normalizeText`
 */
export function readDeskTurn(text: string): DeskTurn | undefined {
  const bare = text.replace(READ_DESK_TURN_TRIMMED, '')
  const dense = bare.replace(/[\s,，。!！~、;；]+/g, '')
  if (dense.length > 24) return undefined
  const rated = WORDS.find(([pattern]) => pattern.test(dense))
  if (rated) return { kind: 'rating', rating: rated[1], bare: false }
  const digits = /^([1-5])(分)?$/.exec(dense)
  if (digits) return { kind: 'rating', rating: Number(digits[1]), bare: digits[2] === undefined }
  // A question is no report: 解决了吗.
  if (/[?？]/.test(text) || /[吗么]$/.test(dense)) return undefined
  if (NOT_SOLVED.test(dense)) return { kind: 'not-solved', plain: /解决|处理/.test(dense) }
  if (SOLVED.test(dense)) return { kind: 'solved' }
  if (FINE.test(dense)) return { kind: 'fine' }
  return NOT_NEEDED.test(dense) ? { kind: 'not-needed' } : undefined
}

/** As `FollowUp` of the model, with the words of a correction still to be matched. */
export type ReadFollowUp =
  | { readonly kind: 'how-long' | 'next' | 'done' | 'again' | 'screenshot' | 'still-failing' | 'settled' | 'not-that' }
  | { readonly kind: 'correction'; readonly meant: string }

// A longer message has a topic of its own and is matched like any other.
const MAX_CHARS = 16
const LEADING =
  /^(?:那个?|那+|这个?|额+|嗯+|哦+|噢+|好的|好(?=[,，])|ok(?!了)|可是|但是|但|不过|请问|所以|我|@\S+)[,，、 ]*/
const TRAILING = /[?!,.。~、…\s]+$|(?:呢|啊|呀|吧|哦|嘛|哈|么|的|啦|咯)+[?!,.。~…\s]*$/

const PATTERNS: readonly (readonly [Exclude<ReadFollowUp['kind'], 'correction'>, RegExp])[] = [
  [
    'still-failing',
    /还是?(?:不行|不对|不可以|没用|报错|这样|老样子|不通过|失败|被拒|没过|不过$|不让过|被?打回|被?驳回|不会|没好|一样|点不了|找不到|没有用|弄不好|不成功|提示)|^(?:都|也)?不行$|^没用$|试(?:过|了).{0,6}(?:不行|没用|不对)|一样不行|依然不行|照做了.{0,4}不/,
  ],
  ['settled', /^(?:解决了?|搞定了?|可以了|好使了|弄好了谢谢|成功了|没问题了|ok了|已经解决了?)$/],
  [
    'not-that',
    /^(?:都|全|一个都|(?:你)?(?:说|讲|答|发)?(?:的)?(?:都)?)?不是(?:这个?|那个?|这些|这几个|这样|这种|这意思|这个意思)?$|^(?:都|全都)不(?:对|是)$|^没有我要的$/,
  ],
  [
    'how-long',
    /^(?:大概|一般|总共|一共|审核|审|最快|最慢|还)?(?:要|得|需要|等|是)?(?:大概|等|审|审核)?(?:多久|几天|多长时间|多少天|多少时间|什么时候(?:好|能好|通过|出结果|能过)?|啥时候(?:好|能好|通过|能过)?)(?:能?(?:好|过|出结果|有结果|通过|上线|审完))?$/,
  ],
  [
    'next',
    /^(?:然后|接下来|接着|下一步|之后|再然后|完了|后面|下面)(?:是|做|要|该|怎么|干|弄|应该)*(?:什么|啥|呢|做|弄|办|怎么(?:做|办|弄)?)*$|^(?:下一个|继续|next)$|^(?:弄|填|做|搞|传|选|改|加|设置|写|勾|点)(?:好|完)了.{0,2}(?:然后|接下来|下一步|之后).{0,4}$/,
  ],
  ['done', /^(?:已经?|都|我)?(?:弄|填|做|搞|传|选|改|加|设置|写|勾|点|交|提)?(?:好|完|完成)了$/],
  [
    'screenshot',
    /(?:截图|截屏|图片?|照片).{0,4}(?:哪|什么|啥|几张|发哪|传哪|要求)|哪(?:张|个|几张)(?:截?图|照片)|(?:截|传|发|拍|要)(?:哪|什么|啥|几).{0,2}(?:图|张|页)?$|需要(?:什么|哪些|啥)(?:截?图|材料|图片)|^(?:发|截|传)哪(?:个|张|里)$/,
  ],
  [
    'again',
    /^(?:具体)?(?:点|填|找|弄|改|看|传|加|选)(?:哪里?|哪儿|哪个)$|^(?:这个?|那个?)?(?:按钮|入口|页面|菜单|窗口|弹窗)在哪.?$|^(?:具体)?(?:在|从|到|去)?(?:哪|哪里|哪儿|哪个(?:位置|地方|页面|菜单))(?:点|填|找|弄|改|看|设置|上传|加|选|进|写|操作)*(?:开始)?$|^(?:入口|位置|按钮)(?:在哪.?)?$|^(?:没|找不到|没有?看到|没有?找到).{0,6}$|^(?:怎么|咋)(?:弄|填|写|选|办|搞|做|操作|点|改|找|加|设置|进)?$|^(?:具体|详细).{0,4}(?:说|讲|步骤|怎么).{0,4}$|^(?:这个?|这句|上面|那个?)?(?:是)?(?:啥|什么)意思$|^(?:再说一遍|没看懂|没懂|不懂|看不懂|再发一?[遍下次])$/,
  ],
]

const CORRECTION =
  /^(?:我?(?:问|说|指)?的?)?不是(?:问|说|指)?(?:这个|那个|[^,，。]{1,14})[,，。 ]+(?:而是|我?(?:问|说|指)的?是|是|我要|我想)(?:问|说)?([^\n]{2,60})$|^我(?:其实)?(?:是(?:想)?|想)?(?:问|说|指)(?:的是|一?下)?[,，: ]?([^\n]{3,60})$/

/** @param text see `normalizeText` @returns undefined when the message stands on its own */
export function readFollowUp(text: string): ReadFollowUp | undefined {
  const corrected = CORRECTION.exec(text)
  const meant = corrected?.[1] ?? corrected?.[2]
  if (meant !== undefined) return { kind: 'correction', meant: meant.trim() }
  const bare = stripped(text)
  if (bare.length > MAX_CHARS) return undefined
  for (const [kind, pattern] of PATTERNS) if (pattern.test(bare)) return { kind }
  return undefined
}

function stripped(text: string): string {
  let bare = text.trim()
  for (let before = ''; before !== bare; ) {
    before = bare
    bare = bare.replace(TRAILING, '').replace(LEADING, '')
  }
  return bare
}

const READ_REMINDER_WORD_SEPARATORS = /[\s,.!?~、;:。…"“”']+/g
const MAX_BARE_CHARS = 24

/** When the review ends, as people call it to somebody who has just told the day. */
const THEN =
  '到时候?|到期了?(?:那天)?|到了?那天|那天|当天|届时|到点了?|到时间了?|时间到了?|到日子了?|(?:二审|审核|审)?(?:完|结束|到期)(?:了|后|那天|的时候|时)?|出结果(?:了|后|那天|的时候|时)?'
const FILLER =
  '请|麻烦|劳烦|那|就|好的?|嗯|你们|你|您|能不能|能否|可不可以|可以|能|帮我|帮忙|帮|记得|一定|要|再|也|先|都|小助手|机器人|想让|需要|早上|上午|提前'
const CALL = '(?:提醒|叫|喊|通知|艾特|@|call)(?:一下|下|一声|声)?我'
const BEHIND = '一下|下|一声|声|吗|吧|么|嘛|哈|啊|呀|哦|就行|就好|可以吗|行吗|好吗|行不行|发布|去发布|看看|谢谢|呗|上线'

const ASKS = new RegExp(`^(?:${FILLER}|${THEN})*(?:${CALL}|(?:设|定|加)(?:置|个|一个)?(?:到期)?提醒)(?:${BEHIND})*$`)
/** Behind the days themselves: "我20号提的，到时候提醒我". */
const ASKS_BEHIND_DAYS = new RegExp(`(?:${THEN}|记得|麻烦|请|帮我)(?:${FILLER})*${CALL}`)
/** "有消息了叫我", "提醒我一下就行" are too bare to be ours without a day or 提醒. */
const NAMES_REMINDING = new RegExp(`提醒|${THEN}`)
const CANCELS =
  /^(?:请|麻烦|帮我|帮忙|把|那个?|我的|这个|到期|好的?|算了|先|那就)*(?:取消|关掉?|删掉?|删除|撤销|不用|不要|别|不需要|不必)(?:了|再|那个|这个|我的|到期|到时候?)*(?:提醒|叫)(?:我|了|吧|一下|谢谢)*$|^(?:帮我|请|麻烦)?(?:把|那个?)*(?:到期)?提醒(?:取消|关掉?|删掉?|不要|不用)(?:了|吧)*$/

/** Reads a wish to be reminded of the day that a review ends, or to be no more. @param text see `normalizeText` */
export function readReminderWord(text: string): ReminderWord | undefined {
  const dense = text.replace(READ_REMINDER_WORD_SEPARATORS, '')
  if (dense.length <= MAX_BARE_CHARS) {
    if (CANCELS.test(dense)) return 'cancel'
    if (ASKS.test(dense) && NAMES_REMINDING.test(dense)) return 'set'
  }
  return ASKS_BEHIND_DAYS.test(dense) && /\d|[一二三四五六七八九十昨前今]/.test(dense) ? 'set' : undefined
}

// Whoever writes more than this has something else to say.
const READ_WALK_REMARK_MAX_CHARS = 30
const READ_WALK_REMARK_SEPARATORS = /[\s/,.!?~、;:。…"“”'()【】]+/g

/** Words of the review as a whole; a single page or field named beside them makes it a question of its own. */
const REVIEW = '首次提审|提审|送审|审核|过审|提交审核|提交|上架|上线|发布|小程序'
const FILLERS =
  '请问|请|麻烦|劳烦|能不能|能否|可不可以|可以|能|帮忙|帮|你们|你|您|我们|咱们|咱|我|吗|嘛|吧|呢|啊|呀|呗|哈|一下|下|想要|想|要不|要|需要|应该|得|让|谢谢|小助手|机器人|老师|老板|那么|那|就|再|先|都|还|第一次|第一步|首次|新手|小白|不懂|不会|啥都|什么都|按|照着|照|来|做|弄|操作|搞|地|的|完整|整个|全程|全部|所有|正式|之|以|好不好|行不行|行吗|有没有|有|给|从|到尾|到|一个|个|一份|份|开始|做个|看看|是|了|会'
const GUIDES =
  '手把手|一步一步|一步步|一步一|逐步|逐项|从头到尾|从头|挨个|流程|步骤|带着|带|领着|领|陪着|陪|教教|教|引导|指导'
const WALKS = '走[一1]?[遍趟次下]|走走|走完|走|过[一1]?[遍下]|对[一1]?遍|查[一1]?遍'
const CHECKS =
  '检查清单|自查清单|提审清单|检查表|自查表|清单|checklist|检查|自检|自查|核对|确认|注意|哪些东西|哪些|哪几样|哪几项|什么东西|什么|啥|地方|事项|东西|前'
const VOCABULARY = new RegExp(`${REVIEW}|${GUIDES}|${WALKS}|${CHECKS}|${FILLERS}`, 'g')

/** "带我走一遍", "一步一步教我", "从头带我". */
const WANTS_GUIDING =
  /(?:带|领|陪)着?(?:我们?|咱们?)?(?:从头|完整|一步一?步|先|再|来)*(?:走|过|做|弄|操作)|(?:从头|一步一?步|逐步|手把手).{0,6}(?:带|教|领|陪|引导|指导)|(?:带|教|领|陪|引导|指导).{0,4}(?:从头|一步一?步|逐步|手把手)|(?:从头|完整).{0,4}走[一1]?[遍趟次]|(?:走|过)[一1]?遍.{0,4}(?:流程|步骤)|(?:流程|步骤).{0,4}(?:走|过)[一1]?遍/
/** "提审前要检查什么". */
const WANTS_CHECKLIST =
  /(?:提审|送审|审核|过审|提交|上架|上线|发布)(?:之|以)?前.{0,6}(?:检查|自检|自查|核对|确认|注意|过一?遍|对一?遍|查一?遍).{0,4}(?:什么|啥|哪|清单)|(?:检查|自查|提审)(?:清单|表)|checklist/

/** "提审前我都检查过一遍了". */
const REPORTS = /了$/

const NAMES_REVIEW = new RegExp(REVIEW)

const CONTROLS: readonly (readonly [Exclude<WalkWord, 'start'>, RegExp])[] = [
  [
    'restart',
    /^(?:我|想|要|那|还是|就)*(?:重新(?:开始|来过?|走)|从头(?:开始|来过?|再来|再走)|重来|重头来过?|再从头(?:来|走))(?:一遍|一次)?(?:吧|了)?$/,
  ],
  [
    'skip',
    /^(?:那|就|先|这个|这一?步|我|没有?弹|没弹出来|没出现|不用|用不上|不需要)*(?:跳过|略过|跳|pass|skip)(?:这一?步|这个|它|吧|先|了|去)*$/,
  ],
  ['back', /^(?:我想|想|要|再|看|回到?|返回到?|退回到?|倒回)*(?:上一步|前一步|上一个|上一项)(?:吧|看看|再看看)?$/],
  [
    'stop',
    /^(?:我|那|就|好的?|嗯|今天|先|我要|想)*(?:退出|不弄了|不走了|不做了|不搞了|结束|停止|停一?下|先停|停|到这里?|到这儿|就到这|下次再(?:弄|说|来|走)|改天再(?:弄|说|来)|明天再(?:弄|说|来)|算了|取消|stop|quit|exit)(?:吧|了|吧谢谢|谢谢|清单|检查)*$/,
  ],
  [
    'resume',
    /^(?:我|那|就|好的?|嗯|请|来|咱们?|我们|可以)*(?:继续|接着|接上|go on|continue)(?:上次|上回|之前|昨天|刚才|那个)*(?:的)?(?:走|来|弄|做|清单|流程|下去|检查|往下|吧)*$/,
  ],
  [
    'done',
    /^(?:这一?步|这个|这项|都|我|已经|早就|全部?|嗯|好的?|ok|行|也|这些|之前|弄|做|填|搞|传|选|改|加|交|写|勾|截|看|查|检查|确认|核对|注册|设置|准备|上传|提交)*(?:好了|好啦|好咯|完了|完啦|完成了?|ok了|okay了|搞定了?|齐了|过了|妥了|弄好|done|有了|可以了|没问题|下一步|下一个|下一项|next)(?:下一步|下一个|下一项|然后呢|接下来呢?|继续|是什么|是啥|该干嘛|了|吧|啦|呢)*$/,
  ],
]

/**
 * Reads what may be meant for a walk-through: its start, or a word of somebody who walks.
 *
 * @param text see `normalizeText`
 * @returns undefined when it can't be meant for one
 */
export function readWalkRemark(text: string): WalkRemark | undefined {
  if (text.length > READ_WALK_REMARK_MAX_CHARS * 2) return undefined
  const dense = text.replace(READ_WALK_REMARK_SEPARATORS, '')
  if (dense.length === 0 || dense.length > READ_WALK_REMARK_MAX_CHARS) return undefined
  const control = CONTROLS.find(([, pattern]) => pattern.test(dense))
  if (control) return { word: control[0], namesReview: false }
  return wantsStart(dense) ? { word: 'start', namesReview: NAMES_REVIEW.test(dense) } : undefined
}

/** Nothing but the whole review is spoken of: "一步一步教我填UGC说明" asks for one section. */
function wantsStart(dense: string): boolean {
  if (REPORTS.test(dense) || !(WANTS_GUIDING.test(dense) || WANTS_CHECKLIST.test(dense))) return false
  return dense.replace(VOCABULARY, '') === ''
}

/** A longer message has a story of its own. */
const READ_WITHDRAWAL_MAX_CHARS = 80
const WITHDRAW = /撤(?:回|销|下来|掉|审|了|(?=重))|取消(?:审核|提审|送审|提交)/
const RESUBMIT =
  /重新?(?:提|交|送审|上传)|再(?:提|交|送审)(?!醒|供|示|问|到|起)|(?:提|传|交|换)(?:个|一?个)?新(?:版|的版|代码)/
const CHANGE =
  /(?:改|换|加|修改|调整|更换|更新|增加|添加|删)(?:个|一?个|一下|下|掉|了|成|动)?[^,，。;!?]{0,4}(?:类目|图标|logo|头像|名称|名字|简介|介绍|代码|版本|首页图)|(?:类目|图标|logo|头像|名称|名字|简介|代码|版本)[^,，。;!?]{0,4}(?:改|换|调整|更新)/
/** The review of a mini program, under way; not that of a category, a name or a post. */
const UNDER_REVIEW =
  /二审|网信|属地|二次审核|第二次审核|(?<!类目|名称|改名|备案|认证|资质|头像|帖子|内容|评论|商品|图片)审核(?:期间|中|的时候|过程|当中|还没|没结束)|还?在审(?!核类|核名)|审着|没审完|等(?:着|待)?审/
const SPEAKS_OF_REVIEW = /审|提交|重提|重新提|再提|重交|再交|小程序|版本|排队|等了|七天|7 ?天|八天/
/** Asks about it or means to do it; a mere report of what was done is neither. */
const ABOUT_TO =
  /想|打算|准备|计划|要(?!求)|能|可以|行不行|行吗|行么|会不会|是不是|如果|的话|万一|吗|么$|嘛|[?]|算了|得撤|(?<!别|勿|不)先撤|撤了?(?:再|重)|还是|呢$|不$/
const ALREADY =
  /早知道|肠子|后悔|已经?(?:被|给)?撤|(?:昨天|前天|上午|下午|刚刚?|手[快贱欠滑]|上次|上回|之前|不小心|误)[^,，。;!?]{0,8}撤|撤回?(?:来)?(?:又|改|换|重)[^,，。;!?]{0,6}(?:交了|提了|改了|结果)|结果/
const WARNS_OTHERS = /(?:(?<!要)不要|别|请勿|切勿|勿|千万不|不得)(?:再|随意|轻易|随便)?(?:撤|改|取消)/
const AFTERWARDS = /(?:上线|发布|过审)(?:了|以|之)?后|以后|后面|后来|后续|之后再|下(?:个|一)?版/
/** "后天才能把资质弄好再提": nothing has been submitted that could be withdrawn. */
const NOT_YET_SUBMITTED =
  /才[能会]?[^,，。;!?]{0,12}(?:再?[提交](?!示)|送审)|再(?:提|交|送审)的话|(?:还没|没有?|尚未)(?:提交?审?|送审|提审)(?!示|通过)/
/** Other things that people withdraw. */
const OTHER_OBJECT =
  /消息|帖子|评论|备案|认证|名称|名字|改名|订单|退款|发票|文章|公众号|投诉|公告|申请表|合同|文件|商品|货|那页|私信|授权|处罚|实名/
const OUR_OBJECT = /二审|网信|属地|提审|送审|版本|代码|重提|重新提|再提/

/**
 * Whether somebody is about to withdraw, resubmit or change what is under review, which makes the second review start
 * anew.
 *
 * @param text see `normalizeText`
 */
export function isAboutToWithdraw(text: string): boolean {
  if (text.length > READ_WITHDRAWAL_MAX_CHARS) return false
  if (!ABOUT_TO.test(text) || ALREADY.test(text) || WARNS_OTHERS.test(text)) return false
  if (OTHER_PLATFORM.test(text) && !MINI_PROGRAM.test(text)) return false
  if (WITHDRAW.test(text)) return isOfReview(text)
  if (NOT_YET_SUBMITTED.test(text) || !UNDER_REVIEW.test(text) || !(RESUBMIT.test(text) || CHANGE.test(text)))
    return false
  // Behind a rejection, resubmitting is what has to be done; once online, a change is a later version.
  return !tellsRejection(text) && !AFTERWARDS.test(text)
}

function isOfReview(text: string): boolean {
  if (OTHER_OBJECT.test(text)) return OUR_OBJECT.test(text)
  return SPEAKS_OF_REVIEW.test(text) || text.length <= 10
}
