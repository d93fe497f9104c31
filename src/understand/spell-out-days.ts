/** Pinyin and English that speak of submitting; without one of these a text is left as it is. */
const SPEAKS_LATIN =
  /\b(?:ti ?(?:de|le|shen|jiao)|jiao ?(?:de|le)|shen ?he|er ?shen|guo ?shen|shang ?xian|submit(?:ted)?|resubmitted)/

const WEEKDAY_SOUNDS = '(yi|er|san|si|wu|liu|ri|tian)'
const WEEKDAYS: Readonly<Record<string, string>> = {
  yi: '一',
  er: '二',
  san: '三',
  si: '四',
  wu: '五',
  liu: '六',
  ri: '日',
  tian: '日',
  mon: '一',
  tue: '二',
  wed: '三',
  thu: '四',
  fri: '五',
  sat: '六',
  sun: '日',
}
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH = `(${MONTHS.join('|')})[a-z]*\\.?`

type Spelling = readonly [sound: RegExp, spelled: string | ((...groups: string[]) => string)]

/** Longer ones first, so that "da qian tian" is not read as "qian tian". */
const SPELLINGS: readonly Spelling[] = [
  [
    new RegExp(`\\b(shang ?|xia ?)?(?:ge ?)?(?:zhou|xing ?qi|li ?bai) ?${WEEKDAY_SOUNDS}(?![a-z])`, 'g'),
    (_, which, day) => `${which ? (which.startsWith('s') ? '上' : '下') : ''}周${WEEKDAYS[day!]}`,
  ],
  [
    /\b(last |next )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\b/g,
    (_, which, day) => `${which ? (which.startsWith('l') ? '上' : '下') : ''}周${WEEKDAYS[day!]}`,
  ],
  [new RegExp(`\\b${MONTH} ?(\\d{1,2})(?:st|nd|rd|th)?\\b`, 'g'), (_, month, date) => spelledDate(month!, date!)],
  [new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)? ?${MONTH}`, 'g'), (_, date, month) => spelledDate(month!, date!)],
  [/(\d) ?yue(?![a-z])(?: ?fen)?/g, '$1月'],
  [/(\d) ?(?:hao|ri)(?![a-z])/g, '$1号'],
  [/(\d) ?tian(?![a-z])/g, '$1天'],
  [/\bda ?qian ?tian(?![a-z])/g, '大前天'],
  [/\b(?:qian ?tian|the day before yesterday)\b/g, '前天'],
  [/\b(?:zuo ?tian|yesterday)\b/g, '昨天'],
  [/\b(?:jin ?tian|today)\b/g, '今天'],
  [/\b(?:ming ?tian|tomorrow)\b/g, '明天'],
  [/\bhou ?tian\b/g, '后天'],
  [/\b(\d+) days ago\b/g, '$1天前'],
  [/\bti ?jiao ?(?:de|le)?(?![a-z])/g, '提交的'],
  [/\bti ?shen ?(?:de|le)?(?![a-z])/g, '提审的'],
  [/\bti ?(?:de|le)(?![a-z])/g, '提的'],
  [/\bjiao ?(?:de|le)(?![a-z])/g, '交的'],
  [/\b(?:re)?submit(?:ted)?(?: it)?(?: on)?\b/g, '提交的'],
  [/\bshen ?he(?![a-z])/g, '审核'],
  [/\ber ?shen(?![a-z])/g, '二审'],
  [/\bshang ?xian(?![a-z])/g, '上线'],
  [/\b(?:guo ?shen|neng ?guo)(?![a-z])/g, '能过'],
  [/\b(?:ji ?hao|na ?tian|when)\b/g, '几号'],
  [/\b(?:shen ?me ?shi ?hou|duo ?jiu|how long)\b/g, '多久'],
]

const BLANK = /(?<=[\p{Script=Han}\d]) (?=[\p{Script=Han}\d])/gu
/** Share of blanks from which on somebody has set every character apart. */
const SPACED_SHARE = 0.35

/** Writes days and verbs that were spelled by sound, in English, or with a blank behind every character in the usual way. */
export function spellOutDays(text: string): string {
  const dense = isSpaced(text) ? text.replace(BLANK, '') : text
  if (!SPEAKS_LATIN.test(dense)) return dense
  return SPELLINGS.reduce<string>(
    (spelled, [sound, written]) =>
      typeof written === 'string' ? spelled.replace(sound, written) : spelled.replace(sound, written),
    dense,
  )
}

function isSpaced(text: string): boolean {
  let blanks = 0
  for (const character of text) if (character === ' ') blanks++
  return blanks > 3 && blanks / text.length > SPACED_SHARE
}

const spelledDate = (month: string, date: string): string => `${MONTHS.indexOf(month) + 1}月${date}号`
