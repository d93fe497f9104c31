import type { ReminderWord } from '../model/reminder.js'

const SEPARATORS = /[\s,.!?~、;:。…"“”']+/g
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
  const dense = text.replace(SEPARATORS, '')
  if (dense.length <= MAX_BARE_CHARS) {
    if (CANCELS.test(dense)) return 'cancel'
    if (ASKS.test(dense) && NAMES_REMINDING.test(dense)) return 'set'
  }
  return ASKS_BEHIND_DAYS.test(dense) && /\d|[一二三四五六七八九十昨前今]/.test(dense) ? 'set' : undefined
}
