import type { SpeechAct } from '../model/understanding.js'

const TRIMMED = /^[\s,.!?~、;:'"“”。，！？…]+|[\s,.!?~、;:'"“”。，！？…]+$/g
const SEPARATORS = /[\s,.!?~、;:。…]+/g
// Whoever writes more than this does not merely greet, thank, agree or refuse.
const MAX_COURTESY_CHARS = 30

const MENU =
  /^(?:(?:看|发|来)?(?:一?下|看|个)?(?:菜单|目录)|帮助|help|menu|功能|使用说明|你?都?(?:会|能|可以)(?:帮我|帮)?(?:做|干|回答|问)?(?:点|些)?(?:什么|啥)(?:问题)?(?:呀|啊|呢|吗)?|你?(?:都)?(?:有|能)(?:哪些|什么|啥)功能|(?:怎么|如何)(?:用|使用)你|你(?:是|叫)(?:谁|什么|啥)(?:呀|啊)?|可以问(?:你)?(?:些)?(?:什么|啥))$/
const GREETING =
  /^(?:你(?:是不是|是)(?:一?个)?(?:机器人|真人|人工|ai)(?:还是(?:一?个)?(?:机器人|真人|人工|ai))?(?:吗|么|呀|啊|呢|吧)*|(?:你|您|大家|各位|老师|群里的?朋友们?)*(?:好|早上好|上午好|中午好|下午好|晚上好|新年好|早安|晚安|早|嗨|哈喽|哈罗|hi|hello|hey)(?:呀|啊|哦|的呀)?|在(?:不在|吗|么|不|嘛)|打扰了|小助手|机器人)+(?:老师|各位|大家)?$/
const THANKS =
  /^(?:好的?|嗯|ok|行|收到|明白了?|懂了|知道了|了解)*(?:(?:非常|太|真的)?(?:谢谢|感谢|多谢|谢了|谢啦|3q|thx|thanks|thankyou|辛苦|麻烦了)(?:你们?|您|老师|大家|各位|啦|了|啊|呀|哈|亲|的?帮忙|的?帮助|支持|小助手|机器人|徐工)*|(?:你们?|您|小助手|机器人|回答得?|说得)*(?:真|太|很|好|挺|超)?(?:的)?(?:棒|厉害|给力|聪明|不错|赞|靠谱|专业|贴心)(?:了|啊|呀|哦|的|哈)*|(?:再见|拜拜|回头见|回见|bye)(?:了|啦|哈)*)+$/
const YES =
  /^(?:(?:对|是|好|要|可以|需要)的?|(?:对|是的|嗯)+|好[呀啊吧滴]|行吧?|ok|okay|yes|没错|就是|(?:好的?|嗯|行|那就?|对)*(?:转|转吧|帮我转|麻烦了)|好的谢谢|嗯嗯好|(?:需要|要)人工)$/
const NO = /^(?:不|不了|不转了?|(?:先|暂时)?不(?:用|需要|要|必)[了啦]?|算了吧?|没事了?|no|取消)(?:谢谢|感谢)?$/
const CHOICE = /^(?:我|就|回复)?(?:选择?)?第? ?\(?(a?\d{1,2}(?:\.\d{1,2})?)\)? ?(?:号|吧|\.|、)?$/
/** "第二个详细说下", "第一个呢", "不对,是第二个那种". */
const PICKED =
  '(?:那种|那个|详细?(?:地|点)?(?:说|讲|展开)(?:一?下)?|(?:具体)?(?:怎么|咋)(?:弄|改|办|处理|填|做)|是?(?:什么|啥)意思|呢)?'
const PICKING = '(?:(?:不对|不是)[,，。 ]*)?(?:我|就|那)?(?:选|是|看|要)?'
const ORDINAL_CHOICE = new RegExp(`^${PICKING}第 ?(\\d{1,2}) ?(?:个|项|条)${PICKED}$`)
const SPOKEN_CHOICE = new RegExp(
  `^${PICKING}(?:第(一|二|三|四|五|六|七|八|九|十[一二三四五]?)(?:(?:个|项|条)${PICKED}|号)?|(一|二|三|四|五|六|七|八|九|十[一二三四五]?)号?)$`,
)
const SPOKEN_NUMBERS = '一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五'.split(' ')

/** People of the vendor; not the platform's reviewers (人工审核) nor a machine (人工智能). */
const PERSON = '(?:人工(?:客服|服务)?|客服|真人|活人)(?!审|复审|复核|智能|检查|消息|按钮|会话)'
const HUMAN_DIRECT = new RegExp(
  `转接?(?:到)?${PERSON}|人工客服|人工(?:服务|处理|介入)|(?:找|叫)(?:个|一?下)?${PERSON}|^${PERSON}$|^(?:有|要)${PERSON}`,
)
/** 能不能转人工, 要不要转, 怎么还不转人工 ask for a person; 不用转人工 does not. */
const HUMAN_REFUSED = new RegExp(
  `(?:(?<![能可要是会么啥还])不(?:用|要|必|需要|想)?|别|无需|没必要|用不着)(?:再|给我|帮我)?(?:转接?|找|叫|要)?(?:个|到)?${PERSON}`,
)
const ONLY_REFUSES = new RegExp(`^(?:先|我|你|暂时|好的?)*${HUMAN_REFUSED.source}(?:[了吧啊哦]|谢谢)*$`)

const QUESTION =
  /[?]|怎么|怎样|如何|咋|啥|什么|吗|呢$|哪|几[天个时点次回张条篇年月种]|多[少久长大高宽]|([\p{Script=Han}])[不没]\1|是.{1,10}还是|还是.{1,12}[啊呢]$|是不是|是否|能不能|可不可以|可以.{0,12}(?:吗|不)$|要不要|有没有|行不行|为何|为什么|为啥|凭什么|么$|不$|没$|求|谁|干嘛|何时|请教|指点|发(?:我|一?下|一份)|给我(?:看|发|一)|帮(?:我|忙|看)|吧$/u

export interface ActReading {
  readonly act: SpeechAct
  readonly choice?: string
}

/** Reads what the sender is doing with the words. @param text see `normalizeText` */
export function readSpeechAct(text: string): ActReading {
  const bare = text.replace(TRIMMED, '')
  const dense = bare.replace(SEPARATORS, '')
  const choice = readChoice(bare)
  if (choice) return { act: 'choice', choice }
  // 转人工，审核卡住了: the comma parts it from 人工审核.
  const direct = HUMAN_DIRECT.test(dense) || HUMAN_DIRECT.test(bare.replace(/\s+/g, ''))
  if (direct && !refusesHuman(text) && bare.length <= 40) return { act: 'wants-human' }
  if (dense.length <= MAX_COURTESY_CHARS) {
    if (MENU.test(dense)) return { act: 'menu' }
    if (YES.test(dense)) return { act: 'yes' }
    if (NO.test(dense) || ONLY_REFUSES.test(dense)) return { act: 'no' }
    if (GREETING.test(dense)) return { act: 'greeting' }
    if (THANKS.test(dense)) return { act: 'thanks' }
  }
  return { act: QUESTION.test(bare) || /[?]\W*$/.test(text) ? 'question' : 'statement' }
}

/** Says that no person is wanted: 不用转人工, 别找客服了. @param text see `normalizeText` */
export const refusesHuman = (text: string): boolean => HUMAN_REFUSED.test(text.replace(/\s+/g, ''))

function readChoice(bare: string): string | undefined {
  const written = (CHOICE.exec(bare) ?? ORDINAL_CHOICE.exec(bare))?.[1]
  if (written) return written.toUpperCase()
  const spoken = SPOKEN_CHOICE.exec(bare)
  const word = spoken?.[1] ?? spoken?.[2]
  return word ? String(SPOKEN_NUMBERS.indexOf(word) + 1) : undefined
}
