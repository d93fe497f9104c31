import type { WalkRemark, WalkWord } from '../model/walk.js'

// Whoever writes more than this has something else to say.
const MAX_CHARS = 30
const SEPARATORS = /[\s/,.!?~、;:。…"“”'()【】]+/g

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
  if (text.length > MAX_CHARS * 2) return undefined
  const dense = text.replace(SEPARATORS, '')
  if (dense.length === 0 || dense.length > MAX_CHARS) return undefined
  const control = CONTROLS.find(([, pattern]) => pattern.test(dense))
  if (control) return { word: control[0], namesReview: false }
  return wantsStart(dense) ? { word: 'start', namesReview: NAMES_REVIEW.test(dense) } : undefined
}

/** Nothing but the whole review is spoken of: "一步一步教我填UGC说明" asks for one section. */
function wantsStart(dense: string): boolean {
  if (REPORTS.test(dense) || !(WANTS_GUIDING.test(dense) || WANTS_CHECKLIST.test(dense))) return false
  return dense.replace(VOCABULARY, '') === ''
}
