import { NEW_VERSION, speaksOfLaterVersion } from './review-words.js'

/** Already published; behind `LATER_VERSION` it is the version before. */
const FINISHED =
  /(?<![没未][^,，。;]{0,8})预上线|双双上线|获通过|已经?(?:上线|发布)|上线(?:了|啦)(?!吗|没|么)|发布(?:了|啦)(?!吗|没|么)|昨[天日]已?(?:发布|上线)|(?<!平台|微信|内部|侧|一|初|内)审核(?:今天|昨天|终于|已经?|都)?通过(?!吗|没|了吗|了没|后|之后|以后|的话|前|才|需)|过审(?:了|啦)(?!吗|没|么)|(?:刚|才|已经?)过审|二审(?:已经|都|也|终于|就)?(?:过了?|通过了?)(?![吗没么]|后|之后|了[吗没么]|要|需|得)/
/** "10号过的", "今天就过了": no review is named, so all of it is over. */
const PASSED_ALL =
  /(?:[号日天晚早分钟一二三四五六午]|终于|就|(?<!末|节|旦|秋|年|假|一|国庆|天[,，]?(?:我?看[着上去]*|感觉|好像|早就?)?)都)(?:终于|就|才|都|已经?|顺利)?(?:通过|过)(?:的|了|啦)(?![吗没么半一\d])(?!(?:一|初|内)审|微信|平台)/
const NAMES_REVIEW = /初审|内审|一审|二审|平台|微信|weixin|wangxin|网信|属地|第[一二][关轮道]|内部/
const STILL_ON = /还没|没有?(?:消息|结果|动静|通知|下文|收到)|到现在|至今|怎么还|一直|之后就/

/** Said to a group for its information. */
const ANNOUNCES =
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
  return ANNOUNCES.test(text) && !ASKS.test(text)
}
