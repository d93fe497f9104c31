import { chinaDay, type Day, dayOf } from '../model/calendar-day.js'
import { NOT_AFTER_NUMBER, NUMBER, readNumber } from './chinese-number.js'
import { type DayReading, type DayRule, exactly, type Today } from './day-rule.js'

const HOUR_MS = 3_600_000
/** "几个小时前": what people mean by a few. */
const A_FEW = 3
const HALF_MONTH_DAYS = 15

const LENGTH = new RegExp(
  `(?:(半|(?<![\\d十])几)|${NOT_AFTER_NUMBER}(${NUMBER})) ?多? ?(个?)半?多?(天|周(?!年|边|[一二三四五六日末]|期)|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天])|月(?![底初中末份])|小时|钟头|分钟)(?:半|多|整)?`,
  'g',
)

/** Reads a length of time as the day when it began: "三天前", "半个月以前", "两小时前". */
export const agoRule: DayRule = {
  source: 'ago',
  hint: /前/,
  pattern: new RegExp(`${LENGTH.source} ?(?:以|之)?前(?![台端]|提[供前])`, 'g'),
  read: (match, today) => {
    const before = match.input.slice(Math.max(0, match.index - 4), match.index)
    // "提前3天前来", "上线3天前": counted from something else than now.
    return /(?:提前|上线|发布|活动|开业|每|要|节)$/.test(before) ? undefined : beginningOf(match, today)
  },
}

/** Reads the time somebody has waited as the day when it began: "等了5天了", "第8天了", "快两个星期". */
export const elapsedRule: DayRule = {
  source: 'elapsed',
  hint: /[天周星礼月时钟]/,
  pattern: new RegExp(`(?:第 ?)?${LENGTH.source}`, 'g'),
  read: (match, today) => {
    const { 0: whole, index, input } = match
    const before = input.slice(Math.max(0, index - 14), index)
    const behind = input.slice(index + whole.length, index + whole.length + 8)
    const gone = whole.startsWith('第') ? isNthDay(before, behind) : hasGoneBy(before, behind)
    return gone ? beginningOf(match, today) : undefined
  },
}

const CONDITION =
  /(?:如果|要是|假如|假设|万一|等到|超过|超|每次|一般|通常|是不是要?|说好|说是|不是说|原来说)[^,。;]{0,8}$/
/** "还要7天", "最多7天", "这7天", "前后加起来7天", "1+7": how long it lasts, not how long it has lasted. */
const DURATION_BEFORE =
  /(?:要|需|须|得|再等?|还有|只有|最[多少快慢长短]|至[多少]|满|不足|不到|提前|每隔?|限期?|差|剩|以?内|那|这|隔了?|过|加起来|前后|一共|总共|共|按照?|约|周期|预计|给|请假|放假?|休息|近|头|未来|接下来|零) ?$/
const DURATION_BEHIND =
  /^(?:了|啦)? ?(?:才[能可有会]?|就[能可会]|以?后|之后|以?内|之内|再|二?审(?!核?[中着])|自然日|工作日|左右|时间|倒计时|期限|的(?:审|时间|二审)|到点|[吗么嘛?])/
const ADVERBS_BEFORE = /(?:整整|足足|将近|差不多|大概|快|都|已经?|也) ?$/
const WAITED_BEFORE = /(?:(?:等|审|提|交|送|拖|卡|熬|耗|审核|提交|提审|送审|过去?)了|等待|到现在|到今天|至今|才|有) ?$/
const IN_REVIEW_BEFORE = /(?:审核中|待审核|在审|审查中|等待?审核) ?$/
const REVIEW_VERB_BEFORE = /(?:等|审|提|交|送|审核|提交|提审|送审|上传|[:,.。!?、\s“”"])$|^$/
const GONE_BEHIND = /^ ?(?:了|啦|咯|喽|勒|过去)/
const STILL_BEHIND =
  /^[ ,]?(?:(?:还|仍|依然|一直|都|也|毫|愣是|硬是|后台)?(?:没|未(?!来)|无(?!关))|(?:还|仍|依然|一直)然?(?:在|是|显示|卡|处于|不)|正常[吗么])/
const AT_END = /^ ?(?:$|[,.。!?~、;\n])/

function hasGoneBy(before: string, behind: string): boolean {
  const bare = withoutAdverbs(before)
  const stressed = bare.length < before.length && !/最 ?快 ?$/.test(before)
  if (CONDITION.test(before) || DURATION_BEFORE.test(bare) || /最 ?$/.test(bare)) return false
  if (DURATION_BEHIND.test(behind)) return false
  if (GONE_BEHIND.test(behind) || stressed) return true
  if (WAITED_BEFORE.test(bare)) return !/有 ?$/.test(bare) || STILL_BEHIND.test(behind)
  if (IN_REVIEW_BEFORE.test(bare)) return AT_END.test(behind) || STILL_BEHIND.test(behind)
  return REVIEW_VERB_BEFORE.test(bare) && STILL_BEHIND.test(behind)
}

const NTH_BEFORE = /(?:今天|今儿|都|已经?|才|现在|这是|就是|到了?|今天是|也是|[是这今]) ?$/
const NTH_BEHIND_OTHERWISE = /^(?:的时候|正好|刚好|被|就[能可会]|可以|零点|凌晨|才|以?后|之后|再)/

function isNthDay(before: string, behind: string): boolean {
  if (CONDITION.test(before) || NTH_BEHIND_OTHERWISE.test(behind)) return false
  return GONE_BEHIND.test(behind) || STILL_BEHIND.test(behind) || (NTH_BEFORE.test(before) && !/[吗么]/.test(behind))
}

function withoutAdverbs(before: string): string {
  let bare = before
  // At most four in a row ("都已经足足快"), so this ends.
  for (let round = 0; round < 4; round++) bare = bare.replace(ADVERBS_BEFORE, '')
  return bare
}

function beginningOf([, vague, number, counter, unit]: RegExpExecArray, today: Today): DayReading | undefined {
  const count = vague === '半' ? 0.5 : vague === '几' ? A_FEW : readNumber(number!)
  if (count === undefined) return undefined
  const day = dayBefore(today, { count, few: vague === '几', unit: unit!, counted: counter === '个' })
  return day === undefined ? undefined : exactly(day)
}

function dayBefore(
  today: Today,
  {
    count,
    few,
    unit,
    counted,
  }: { readonly count: number; readonly few: boolean; readonly unit: string; readonly counted: boolean },
): Day | undefined {
  const vague = count === 0.5 || few
  switch (unit) {
    case '天':
      return vague || counted ? undefined : today.day - count
    case '小时':
    case '钟头':
      return chinaDay(today.nowMs - count * HOUR_MS)
    case '分钟':
      return counted ? undefined : chinaDay(today.nowMs - count * (HOUR_MS / 60))
    case '月':
      return count === 0.5 ? today.day - HALF_MONTH_DAYS : counted && !few ? monthsBefore(today, count) : undefined
    default:
      return vague ? undefined : today.day - 7 * count
  }
}

/** The same date some months ago; the last one of that month where it has no such date. */
function monthsBefore({ civil }: Today, count: number): Day | undefined {
  const months = civil.year * 12 + civil.month - 1 - count
  for (let date = civil.date; date > civil.date - 4; date--) {
    const day = dayOf({ year: Math.floor(months / 12), month: (months % 12) + 1, date })
    if (day !== undefined) return day
  }
  return undefined
}
