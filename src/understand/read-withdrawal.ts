import { MINI_PROGRAM, OTHER_PLATFORM, tellsRejection } from './review-words.js'

/** A longer message has a story of its own. */
const MAX_CHARS = 80
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
  if (text.length > MAX_CHARS) return false
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
