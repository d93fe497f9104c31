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

const TRIMMED = /^[\s\p{P}\p{S}]+|(?<![\s\p{P}\p{S}])[\s\p{P}\p{S}]+$/gu
const THANKS = '(?:(?:好的?|嗯+|ok|行|哦+)?(?:谢谢|感谢|多谢|谢了|辛苦)(?:你们?|您|各位|大家|了|啦|啊|哈|老师|客服)*)'
const TAIL = `(?:[了啦啊呀哦哈的嘞]|吧|${THANKS})*`
/** 不用了，我自己找到了: why it is no longer needed. */
const FOUND =
  '(?:我们?|刚刚?|刚才|已经?|自己)*(?:找到|知道|明白|会|看到|弄明白|弄好|搞定|解决|搞好|处理好)了?(?:怎么弄)?(?:了|啦|哈|啊)*'
const SOLVED = new RegExp(
  `^(?:嗯+|好的?|ok|哦+|${THANKS})?(?:(?:这个)?问题|我(?:这边|们)?(?:自己)?|这边|那个)?(?:已经?|都|现在|刚刚?|全)*(?:解决|搞定|弄好|处理好|搞好|整好|通了|可以用)${TAIL}$`,
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
  const bare = text.replace(TRIMMED, '')
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
