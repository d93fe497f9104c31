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
