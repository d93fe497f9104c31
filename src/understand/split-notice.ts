import { numberedItems } from './numbered-items.js'

/** The platform's verdict, or its ways of asking for a change; each turns up in talk about a rejection, too. */
const REJECTION = new RegExp(
  [
    '(?:审核|复核|检查)[^。;\\n]{0,12}(?:未|不|没|失败|驳回|被拒|被退)',
    '(?:未|不|没有?|未能)(?:予)?通过|驳回|被退回|予以退回|拒绝原因|审核(?:意见|反馈|回执|结果|通知)',
    '请[^;\\n]{1,40}后再?(?:重新)?提(?:交|审)|请整改|逐项修改|补充.{0,20}类目|不符合规则|不可以是|功能页面内容不一致',
    '无具体运营内容|功能无法体验|内容安全api|(?:msg|img)seccheck|隐私保护指引',
  ].join('|'),
)
/** "驳回原因:" stands before the platform's words, and before a customer's own. */
const LED =
  '^(?:你好[,。:]?)?(?:审核|提审|小程序)?(?:被拒|被驳回|驳回|拒绝|(?:审核)?(?:不|未)通过|失败)(?:的?(?:原因|理由|意见|说明))?:'
/** How the platform begins its notice; people who only talk about a rejection do not write so. */
const FRAME = new RegExp(
  [
    '代码(?:发布)?审核[:,]?(?:结果[:,]?)?(?:未|不|失败|驳回)',
    LED,
    '["”」》](?:小程序)?(?:提交的)?(?:代码|版本)?(?:发布)?(?:审核)?(?:未|不|失败)(?:能)?(?:予)?(?:通过|$|[:,\\n])',
    '[你您](?:提交)?的(?:小程序|版本)[^?]{0,60}(?:未能?|不予?)通过',
  ].join('|'),
)
/** Other shops word their notices alike, and ours is not the guide for them. */
const OTHER_PLATFORM =
  /抖音|支付宝|快手|百度|小红书|华为|小米|vivo|oppo|应用宝|应用市场|应用商店|app ?store|苹果|安卓|移动应用|企业微信/
/** A question, or what has been seen to: a customer's own list, not the platform's. */
const OWN_WORDS =
  /[?]|吗|怎么|如何|多久|哪|呢$|已经?(?:改|删|补|加|换|填|清|处理|完成|上架)|(?:改|删|补|加|换|填|清)(?:好|完|了)|搞定/
const IS_LED = new RegExp(LED)
const QUOTED = /["“「【《][^"”」】》]*["”」】》]/g
/** Headings that only announce their details. */
const ANNOUNCES = /不符合规则|不合规$|不规范$|存在(?:以下|如下)?问题|如下$|^你好$/
const CLOSING =
  /如有疑问|查看详情|请(?:根据|及时|尽快|逐项|一并|修改|整改)|^(?:审核|提审|提交)时间|^以上|^请?修改后|^全文|详情与反馈/
const MIN_REASON_CHARS = 2
const MIN_CLAUSE_CHARS = 6

/**
 * Takes a pasted rejection notice apart.
 *
 * @param text see `normalizeText`
 * @returns the reasons in order, each detail with the heading above it; undefined when this is no notice
 */
export function splitNotice(text: string): readonly string[] | undefined {
  if (!REJECTION.test(text) || OTHER_PLATFORM.test(text)) return undefined
  const reasons = numberedItems(text).flatMap(({ heading, details }) =>
    details.length === 0 ? [heading] : details.map((detail) => (isIdle(heading) ? detail : `${heading} ${detail}`)),
  )
  const own = reasons.map(withoutAside).filter((reason) => reason.length >= MIN_REASON_CHARS)
  if (own.length > 1) return own.some((reason) => OWN_WORDS.test(reason.replace(QUOTED, ''))) ? undefined : own
  const frame = FRAME.exec(text)
  if (!frame) return undefined
  if (own.length === 1) return own
  const rest = text.slice(frame.index + frame[0].length).replace(/^[\s:,。;]*(?:通过)?(?:审核)?[\s:,。;]*/, '')
  if (IS_LED.test(text) && (rest.length < MIN_CLAUSE_CHARS || OWN_WORDS.test(rest.replace(QUOTED, ''))))
    return undefined
  return splitClauses(rest.length >= MIN_CLAUSE_CHARS ? rest : text)
}

/** Drops what the customer says below the notice: "第二条求指路". */
const withoutAside = (reason: string): string => reason.replace(/\s*(?:\n|—).*$/s, '')

const isIdle = (heading: string): boolean => heading === '' || ANNOUNCES.test(heading)

/** Without numbers, the platform parts its reasons by semicolons or lines. */
function splitClauses(text: string): readonly string[] | undefined {
  const clauses = text
    .split(/[;\n]/)
    .map((clause) => clause.trim())
    .filter((clause) => clause.length >= MIN_CLAUSE_CHARS && !CLOSING.test(clause))
  return clauses.length > 1 ? clauses : [text]
}
