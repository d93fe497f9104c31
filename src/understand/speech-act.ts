import type { SpeechAct } from '../model/understanding.js'

const TRIMMED = /^[\s,.!?~、;:'"“”。，！？…]+|[\s,.!?~、;:'"“”。，！？…]+$/g

const MENU =
  /^(?:菜单|目录|帮助|help|menu|功能|使用说明|你(?:会|能|可以)(?:做|干|回答|帮)?(?:点|些)?(?:什么|啥)(?:呀|啊|呢|吗)?|你(?:都)?(?:有|能)(?:哪些|什么|啥)功能|(?:怎么|如何)(?:用|使用)你|你(?:是|叫)(?:谁|什么|啥)(?:呀|啊)?|可以问(?:你)?(?:些)?(?:什么|啥)|(?:你)?(?:能|会)(?:干|做)(?:什么|啥)(?:呀|啊|呢)?)$/
const GREETING =
  /^(?:(?:你|您|大家|各位|老师|群里的?朋友们?)?好(?:呀|啊|哦|的呀)?|(?:您|你)好(?:呀|啊)?在吗|hi|hello|hey|嗨|哈喽|哈罗|在(?:吗|么|不|嘛|不在)|早(?:上好|安|呀|啊)?|(?:上午|中午|下午|晚上)好|晚安|新年好|打扰了|小助手(?:你好)?|机器人(?:你好)?)$/
const THANKS =
  /^(?:好的?|嗯+|ok|行|收到|明白了?|懂了|知道了|了解)?[,， ]?(?:非常|太|真的)?(?:谢谢|感谢|多谢|谢了|谢啦|3q|thx|thanks|thank you|辛苦了?|麻烦了)(?:你|您|老师|大家|各位|啦|了|啊|呀|哈|亲|帮忙|支持|小助手|机器人|徐工)*$/
const YES =
  /^(?:对|对的|对对对|是|是的|嗯+|好|好的|好呀|好啊|可以|行|要|要的|需要|ok|okay|yes|没错|就是|转吧|转|麻烦了|好的谢谢|嗯嗯好|那转吧|好,?转吧|行,?转吧|需要人工|要人工)$/
const NO = /^(?:不|不用|不用了|不需要|不要|不必|先不用|暂时不用|算了|没事了?|不是|no|不对|不用谢谢|都不是|没有|取消)$/
const CHOICE = /^(?:第|选|我选|选择|回复)?\s*(a?\d{1,2}(?:\.\d{1,2})?)\s*(?:个|项|条|号|吧|\.|、)?$/
const SPOKEN_CHOICE = /^(?:第|选|我选)?(一|二|三|四|五|六|七|八|九|十|十一|十二|十三|十四|十五)(?:个|项|条|号)?$/
const SPOKEN_NUMBERS = '一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五'.split(' ')

const HUMAN_DIRECT =
  /转人工|人工客服|转(?:接)?(?:真人|客服)|人工(?:服务|处理|介入)|找(?:个|一?下)?(?:人工|客服|真人|活人)|叫(?:个)?(?:人工|客服|真人|活人)|^人工$|^客服$|^真人$|^(?:有|要)(?:真人|活人|人工)/

const QUESTION =
  /[?]|怎么|怎样|如何|咋|啥|什么|吗|呢$|哪|几[天个时点次]|多少|多久|多长|是不是|是否|能不能|可不可以|可以.{0,12}(?:吗|不)$|要不要|有没有|行不行|为何|为什么|为啥|凭什么|么$|不$|没$|求|谁|干嘛|何时|请教|指点|帮(?:我|忙|看)/

export interface ActReading {
  readonly act: SpeechAct
  readonly choice?: string
}

/** Reads what the sender is doing with the words. @param text see `normalizeText` */
export function readSpeechAct(text: string): ActReading {
  const bare = text.replace(TRIMMED, '')
  const choice = readChoice(bare)
  if (choice) return { act: 'choice', choice }
  if (MENU.test(bare)) return { act: 'menu' }
  if (HUMAN_DIRECT.test(bare) && !/不用转人工|不要转人工|别转人工/.test(bare) && bare.length <= 40)
    return { act: 'wants-human' }
  if (YES.test(bare)) return { act: 'yes' }
  if (NO.test(bare)) return { act: 'no' }
  if (GREETING.test(bare)) return { act: 'greeting' }
  if (THANKS.test(bare)) return { act: 'thanks' }
  return { act: QUESTION.test(bare) ? 'question' : 'statement' }
}

function readChoice(bare: string): string | undefined {
  const written = CHOICE.exec(bare)?.[1]
  if (written) return written.toUpperCase()
  const spoken = SPOKEN_CHOICE.exec(bare)?.[1]
  return spoken ? String(SPOKEN_NUMBERS.indexOf(spoken) + 1) : undefined
}
