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
