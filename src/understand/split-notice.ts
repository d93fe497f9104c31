const REJECTION =
  /审核(?:未|不|没有?)(?:予)?通过|未通过审核|审核失败|代码发布审核|未予通过|不予通过|予以驳回|审核结果|审核被拒|审核未过|未通过原因|失败原因|驳回原因|驳回理由|拒绝原因|审核不通过|修改后再提交|重新提(?:交|审)|后再提(?:交|审)|你的小程序/
/** A number that opens a reason: `1.` `1、` `1:` `(1)` `①` (NFKC makes it `1`), `第一`, at a line's or clause's start. */
const ITEM =
  /(?:^|[\n;。:,!?]|原因[为是]?)\s*(?:\(?(\d{1,2})[.、:)）]\)?(?!\d)|(\d)(?=[^\d.\s:：、年月日天个次条元万%-])|第?([一二三四五六七八九])[、:.])\s*/g

/**
 * Takes a pasted rejection notice apart.
 *
 * @param text see `normalizeText`
 * @returns the reasons in order, details joined to their heading; undefined when this is no notice
 */
export function splitNotice(text: string): readonly string[] | undefined {
  if (!REJECTION.test(text)) return undefined
  const items = splitItems(text)
  if (items.length >= 2) return items
  const looksPasted = text.includes('\n') || /^["“「《]|代码发布审核|^\d{1,2}[:.、]|你的小程序/.test(text)
  if (!looksPasted || text.length < 12) return undefined
  return items.length === 1 ? items : [text]
}

function splitItems(text: string): readonly string[] {
  const starts = [...text.matchAll(ITEM)].map((match) => ({
    at: match.index,
    bodyAt: match.index + match[0].length,
    number: match[1] ?? match[2] ?? match[3] ?? '',
  }))
  const items: string[] = []
  for (const [index, { bodyAt, number }] of starts.entries()) {
    const body = text.slice(bodyAt, starts[index + 1]?.at ?? text.length).trim()
    if (body.length < 3) continue
    const restarts = number === '1' || number === '一'
    // "1: 小程序功能不符合规则:\n(1): 页面无内容" – the second 1 is a detail of the first.
    if (restarts && items.length === 1 && items[0]!.length < 30 && /[:：]?$/.test(items[0]!) && isHeading(items[0]!)) {
      items[0] = `${items[0]} ${body}`
    } else items.push(body)
  }
  return items
}

const isHeading = (text: string): boolean => /不符合规则|不合规|存在(?:以下)?问题|原因如下|如下/.test(text)
