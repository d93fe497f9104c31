import { LastFew } from '../base/bounded-map.js'
import type { CategoryRow, Intent, RejectionRule } from '../model/knowledge.js'
import type { Language, Phrases } from '../model/language.js'
import type { Candidate, IntentMatcher, NoticeReason } from '../model/understanding.js'
import { readNumber } from './dates/day-rule.js'
import { consistsOf, normalizeText } from './normalize.js'
import { Trie, unitsOf } from './trie.js'

interface Knowing {
  readonly language: Language
  readonly matcher: IntentMatcher
  readonly intents: readonly Intent[]
  readonly rejections?: readonly RejectionRule[]
  readonly categories?: readonly CategoryRow[]
  /** In the customer's own words, which ask about goods as well as about what was said of them. */
  readonly isTold?: true
}

// A reason with a mark of one of our sections is known even where its wording is new to the classifier.
const MARK_CONFIDENCE = 0.9
const KNOWN_REASON_CONFIDENCE = 0.7
/** Where a rule is known besides, a guess at the section leads nobody astray. */
const WITH_RULE_CONFIDENCE = 0.5
/** As surely one of WeChat's rules is meant that no word of the reason marks. */
const WORDED_RULE = { share: 0.4, within: 0.4 } as const
/** Of several sections with a mark, those that the classifier gives less don't come first. */
const MARKED_SHARE = 0.1
/** A mark this long is a phrase of its own ("社交-社区/论坛 类目"), and its section is meant besides the likeliest. */
const PHRASE_CHARS = 4

/**
 * Takes a pasted rejection notice apart and finds the sections of each reason. "平台说要补充文娱-其他视频类目" is one, too: the
 * category is named, whoever tells it.
 *
 * @param normalized see `normalizeText`
 * @returns undefined when the message is no notice
 */
export function readNotice(normalized: string, knowing: Knowing): readonly NoticeReason[] | undefined {
  const { notice } = knowing.language
  const pasted = splitNotice(normalized, notice)
  if (pasted)
    return pasted.length > 1 ? pasted.map((reason) => readReason(reason, knowing)) : apart(pasted[0]!, knowing)
  if (notice.otherPlatform.test(normalized)) return undefined
  const listed = listedReasons(normalized, knowing)
  if (listed) return listed
  const lacksCategory = notice.lacksCategory.test(normalized)
  // 没接内容安全会不会直接拒: it has not been rejected yet.
  const happened = normalized.replace(notice.feared, '')
  const isVerdict = notice.verdict.test(happened) || notice.relayed.test(happened) || ORDINALS.test(happened)
  if (!lacksCategory && !isVerdict) return undefined
  const told = readReason(normalized, { ...knowing, isTold: true })
  // 被退了，说主体不一致，另外还说头像侵权: no question, and each a reason for a rejection.
  const words = normalized.replace(notice.asksBelow, '')
  const isReport = !notice.ownWords.test(words)
  const dealing = new Set(marks(knowing.intents).map(({ sectionKey }) => sectionKey))
  const isReason = ({ rule, category, candidates }: NoticeReason): boolean =>
    rule !== undefined || category !== undefined || dealing.has(candidates[0]?.sectionKey ?? '')
  for (const reasons of isReport ? [oneByOne(words, knowing), apart(words, knowing)] : [])
    if (reasons.length > 1 && reasons.every(isReason)) return reasons
  if (told.category) return lacksCategory ? [told] : undefined
  // 打回来了，说名称和内容不符: what no section is about would be guessed at otherwise.
  const isOutside = !lacksCategory && told.rule?.sections.length === 0
  if (!isOutside) return undefined
  const several = apart(normalized, knowing)
  return several.length > 1 ? several : [{ ...told, candidates: [], alsoSections: [] }]
}

/** 通知:1)未经同意获取手机号;2)标题含“国家级”: numbered, and nearly all of it in the platform's own words. */
function listedReasons(text: string, knowing: Knowing): readonly NoticeReason[] | undefined {
  if (knowing.language.notice.ownWords.test(text)) return undefined
  const reasons = numberedItems(text).map(({ heading, details }) =>
    readReason([heading, ...details].join(' '), knowing),
  )
  const marked = reasons.filter(({ rule, category }) => rule !== undefined || category !== undefined)
  return marked.length > 1 && marked.length >= reasons.length - 1 ? reasons : undefined
}

/** 一条“请补充社交-直播类目” 一条“请提供测试账号”, 第一条是没做安全检测 第二条是有测试的内容: as somebody reads them out. */
function oneByOne(text: string, knowing: Knowing): readonly NoticeReason[] {
  const quoted = [...text.matchAll(QUOTED)].map(([words]) => words.slice(1, -1))
  const read = quoted.length > 1 ? quoted : text.split(ORDINAL).slice(1)
  const reasons = read.map((words) => words.replace(TRIMMED, '')).filter(({ length }) => length >= MIN_APART_CHARS)
  return reasons.map((words) => readReason(words, { ...knowing, isTold: true }))
}

const ORDINAL = /第[一二三四五1-5][条点个项](?:原因|问题|理由)?(?:就?是|说|写的?是?)?/
const ORDINALS = /第[一1][条点个项].*第[二2两][条点个项]/s

/** 存在强制登录。另外头像模糊: what is known by itself, and is not the same, is a reason of its own. */
function apart(text: string, knowing: Knowing): readonly NoticeReason[] {
  const pieces = text.split(knowing.language.notice.splits).flatMap((piece) => {
    const own = piece?.replace(TRIMMED, '') ?? ''
    return own.length >= MIN_APART_CHARS ? [readReason(own, knowing)] : []
  })
  const known = pieces.filter(({ rule, category, candidates }) => rule ?? category ?? candidates[0])
  const subjectOf = ({ rule, category, candidates }: NoticeReason): string | undefined =>
    category?.id ?? rule?.id ?? candidates[0]?.sectionKey
  const first = known.filter((one, at) => known.findIndex((other) => subjectOf(other) === subjectOf(one)) === at)
  return first.length > 1 ? first : [readReason(text, knowing)]
}

const MIN_APART_CHARS = 4
const TRIMMED = /^[\s,:。;]+|[\s,:。;]+$/g

/** 3.2.11, 5.19, 1.1(2): as WeChat numbers its rules. */
const RULE_NUMBER = /(?<![\d.])\d{1,2}(?:\.\d{1,2}){1,3}(?:\(\d\))?(?![\d.]*\d)/g
/** From here on, numbers of one level are those of the rules for what is online. */
const ONLINE_CHAPTER = 5

/** The rules that a text names by their numbers: 驳回写的 3.2.11 和 3.3.4 是什么. Sections of a guide are none. */
export const readRules = (text: string, knowing: RuleReading): readonly RejectionRule[] =>
  [...new Set((text.match(RULE_NUMBER) ?? []).flatMap((number) => ruleOf(number, text, knowing) ?? []))].slice(
    0,
    MAX_RULES,
  )

/** More of them are a list to read in the notice itself. */
const MAX_RULES = 4

type RuleReading = Pick<Knowing, 'language' | 'rejections' | 'intents'>

function ruleOf(
  number: string,
  text: string,
  { language, rejections = NONE, intents }: RuleReading,
): RejectionRule | undefined {
  const named = language.notice.namesRule.test(text)
  const isSection = intents.some(({ sectionKey }) => sectionKey === number)
  // Guides number their sections by two levels at most.
  const isDeep = number.split('.').length > 2
  if (isSection ? !language.notice.namesRuleBook.test(text) : !named && !isDeep) return undefined
  const exact = rejections.filter((rule) => rule.number === number)
  const known = exact.length > 0 ? exact : rejections.filter((rule) => rule.number === number.replace(/\(.*/, ''))
  const chapter = Number(number.split('.')[0])
  const isOnline = language.notice.onlineRules.test(text) || chapter >= ONLINE_CHAPTER
  // The numbers of the two lists overlap.
  return known.find(({ list }) => language.notice.onlineRules.test(list) === isOnline) ?? known[0]
}

interface Mark {
  readonly intentId: string
  readonly sectionKey: string
  readonly text: string
}

/** The platform parts the levels of a category now by a dash, now by an arrow, and puts names in brackets or not. */
const squeeze = (text: string): string => text.replace(/[\s\-—–>→_/、:"“”「」【】《》]+/g, '')

const marksOf = new WeakMap<readonly Intent[], readonly Mark[]>()

function readReason(text: string, knowing: Knowing): NoticeReason {
  const squeezed = squeeze(text)
  const [numbered] = readRules(text, knowing)
  // Of those for what is online, each says what it is about; 2.1 is everything about categories.
  const isTelling = numbered !== undefined && Number.parseInt(numbered.number, 10) >= ONLINE_CHAPTER
  const rule = isTelling ? numbered : (longestMarked(squeezed, knowing.rejections ?? NONE) ?? numbered)
  // A notice may speak of what belongs to a category without asking for it.
  const asksCategory = knowing.language.notice.asksCategory.test(text)
  const category = asksCategory ? (categoryToAdd(text, knowing) ?? categoryOfGoods(text, knowing)) : undefined
  const reason = {
    ...readSections(text, squeezed, { ...knowing, least: rule ? WITH_RULE_CONFIDENCE : KNOWN_REASON_CONFIDENCE }),
    ...(rule && { rule }),
    ...(category && { category }),
  }
  const { isMarked, ...read } = reason
  const [top] = read.candidates
  if (!rule && !category && !top) return { ...read, ...readByWords(text, knowing) }
  if (!rule || (top && (top.confidence >= MARK_CONFIDENCE || isMarked))) return read
  // What a rule says of sections is surer than a guess at one.
  const fitting = read.candidates.filter(({ sectionKey }) => rule.sections.includes(sectionKey))
  if (fitting.length > 0 || rule.sections.length === 0)
    return { ...read, candidates: fitting.length > 0 ? fitting : read.candidates }
  const [only, ...others] = knowing.intents.filter(({ sectionKey }) => rule.sections.includes(sectionKey ?? ''))
  const isOne = only?.sectionKey !== undefined && others.length === 0
  return {
    ...read,
    candidates: isOne ? [toCandidate({ intentId: only.id, sectionKey: only.sectionKey!, text: '' })] : [],
  }
}

/** No path of a category is longer. */
const MAX_CATEGORY_CHARS = 20
/** As read from a picture: 社交一社区/论坛. */
const READ_AS_ONE = /(?<=\p{Script=Han})一(?=\p{Script=Han})/gu

/** Which one is to be added; one that the mini program has already is none: 我们只选了工具-信息查询. */
function categoryToAdd(text: string, { language, categories = NONE }: Knowing): CategoryRow | undefined {
  const { wantsCategory, hasCategory } = language.notice
  const find = (part: string) => longestMarked(squeeze(part.replace(READ_AS_ONE, '-')), categories)
  const wanted = wantsCategory.exec(text)
  const behind = wanted && find(text.slice(wanted.index))
  if (behind) return behind
  const had = hasCategory.exec(text)
  if (!had) return find(text)
  return find(text.slice(0, had.index)) ?? find(text.slice(had.index + had[0].length + MAX_CATEGORY_CHARS))
}

/** 商城售卖食品,缺少对应类目: goods that are named for lack of a category. */
function categoryOfGoods(text: string, { language, matcher, isTold }: Knowing): CategoryRow | undefined {
  if (isTold || !language.notice.lacksGoods.test(text)) return undefined
  const rows = (matcher.goods?.(text) ?? []).flatMap((hit) => (hit.rows.length === 1 ? hit.rows : []))
  // 积分商城售卖食品: where it is sold has a category, too.
  return rows.find(({ documents }) => documents.length > 0) ?? rows.at(-1)
}

/**
 * As surely, 0..1, a reason that says nothing of a rejection is about one of the sections that deal with them, and as
 * surely about one rather than another.
 */
const IN_CONTEXT = { all: 0.75, one: 0.7 } as const
/** As surely it is about something around the guides of which a fact is known. */
const AROUND = { outside: 0.85, share: 0.3, within: 0.4 } as const
/** What every notice says, and its single reasons do not. */
export const NOTICE_CONTEXT = '审核不通过,原因:'

/** What nobody has marked, by what its words mean: a rule, a section that deals with rejections, a fact around them. */
function readByWords(text: string, { matcher, intents }: Knowing): Partial<NoticeReason> {
  const { answers = [], outside } = matcher.match(text)
  const [best] = answers
  if (best?.answer.rule && best.share >= WORDED_RULE.share && best.within >= WORDED_RULE.within)
    return { rule: best.answer.rule }
  const dealing = new Set(marks(intents).map(({ sectionKey }) => sectionKey))
  const likely = matcher.match(NOTICE_CONTEXT + text).candidates.filter(({ sectionKey }) => dealing.has(sectionKey))
  const all = likely.reduce((sum, { share }) => sum + share, 0)
  const [top] = likely
  if (top && all >= IN_CONTEXT.all && top.share >= all * IN_CONTEXT.one) return { candidates: [top] }
  const isAround = (outside?.share ?? 0) >= AROUND.outside && best?.answer.sectionKey === undefined
  const isTold = best && isAround && best.share >= AROUND.share && best.within >= AROUND.within && !best.answer.beyond
  if (!isTold) return {}
  return best.answer.rule ? { rule: best.answer.rule } : { answer: best.answer }
}

type Sections = Pick<NoticeReason, 'text' | 'candidates' | 'alsoSections'> & { readonly isMarked: boolean }

function readSections(
  text: string,
  squeezed: string,
  { matcher, intents, least }: Knowing & { readonly least: number },
): Sections {
  const found = marks(intents).filter((mark) => squeezed.includes(mark.text))
  const isMarked = found.length > 0
  const marked = new Set(found.map(({ sectionKey }) => sectionKey))
  const all = matcher.match(text).candidates
  const sure = all.filter(({ confidence, share, sectionKey }) =>
    marked.size === 0 ? confidence >= least : marked.has(sectionKey) && share >= MARKED_SHARE,
  )
  // "页面内容为空,请补充内容": a mark says less than wording that the classifier surely knows.
  const [top] = all
  const outweighed = sure.length === 0 && top !== undefined && top.confidence >= MARK_CONFIDENCE
  if (outweighed) return { text, candidates: all, alsoSections: [], isMarked }
  const byMark = [...found].sort((a, b) => b.text.length - a.text.length).map(toCandidate)
  const [best] = sure.length > 0 ? sure : byMark
  if (!best) return { text, candidates: [], alsoSections: [], isMarked }
  const phrases = found.filter((mark) => mark.text.length >= PHRASE_CHARS && mark.sectionKey !== best.sectionKey)
  return {
    text,
    candidates: sure.length > 0 ? sure : byMark,
    alsoSections: [...new Set(phrases.map(({ sectionKey }) => sectionKey))],
    isMarked,
  }
}

const NONE: readonly never[] = []
/** A mark of fewer characters stands in notices about anything. */
const MIN_MARK_CHARS = 3

type Row = RejectionRule | CategoryRow

const wordsOf = (row: Row): readonly string[] => ('marks' in row ? row.marks : [row.path, ...row.notice])

/** The words of a table's rows; of each, which row has it and its place among all, the longest word first. */
type MarkedRows<T extends Row> = Trie<{ readonly row: T; readonly place: number }>

const triesOfRows = new WeakMap<readonly Row[], MarkedRows<Row>>()

function trieOf<T extends Row>(rows: readonly T[]): MarkedRows<T> {
  const known = triesOfRows.get(rows) as MarkedRows<T> | undefined
  if (known) return known
  const words = rows
    .flatMap((row) => wordsOf(row).map((word) => [squeeze(normalizeText(word)), row] as const))
    .filter(([word]) => word.length >= MIN_MARK_CHARS)
    .sort((a, b) => b[0].length - a[0].length)
  const made: MarkedRows<T> = new Trie()
  for (const [place, [word, row]] of words.entries()) made.insert(unitsOf(word), { row, place })
  triesOfRows.set(rows, made)
  return made
}

/** The row of a table of which the reason holds the longest mark; of marks as long as each other, the first in the table. */
function longestMarked<T extends Row>(squeezed: string, rows: readonly T[]): T | undefined {
  const trie = trieOf(rows)
  let best: { readonly row: T; readonly place: number } | undefined
  for (let start = 0; start < squeezed.length; start++) {
    for (let at = start, node = 0; at < squeezed.length; at++) {
      node = trie.next(node, squeezed.charCodeAt(at))
      if (node === 0) break
      const end = trie.endsAt(node)[0]
      if (end && !(best && best.place <= end.place)) best = end
    }
  }
  return best?.row
}

function marks(intents: readonly Intent[]): readonly Mark[] {
  let known = marksOf.get(intents)
  if (!known) {
    known = intents.flatMap(({ id, sectionKey, noticeMarks }) =>
      sectionKey === undefined
        ? []
        : noticeMarks.map((mark) => ({ intentId: id, sectionKey, text: squeeze(normalizeText(mark)) })),
    )
    marksOf.set(intents, known)
  }
  return known
}

const toCandidate = ({ sectionKey, intentId }: Mark): Candidate => ({
  sectionKey,
  intentId,
  confidence: MARK_CONFIDENCE,
  overheard: MARK_CONFIDENCE,
  share: MARK_CONFIDENCE,
})

/** One point of an enumeration; `details` are the points numbered in another style below it. */
export interface NumberedItem {
  /** May be empty where a point consists of details alone, as in `1:(1): …`. */
  readonly heading: string
  readonly details: readonly string[]
}

interface Marker {
  readonly style: string
  readonly number: number
  readonly at: number
  readonly bodyAt: number
  /** Stands where a new point may begin: at a line's start or behind a blank or punctuation. */
  readonly isFree: boolean
}

const NAMED = '原因一'
const SECOND_NAMED = /(?:原因|问题|理由|第) ?(?:2|二)(?![\d个])/
/** The ways to number a point. Decimals, dates, times and versions (`2.1`, `10:30`, `1.0.2`) are none. */
const STYLES: readonly (readonly [style: string, pattern: RegExp])[] = [
  ['(1)', /\((\d{1,2})\)\s*[.:、,]?/g],
  ['1)', /(?<![\d.(a-z])(\d{1,2})\)\s*[.:、,]?/g],
  ['1.', /(?<![\d.(/-])(\d{1,2}) ?[.、:](?!\d)/g],
  ['1 ', /^(\d{1,2})(?: +(?=\D)|,(?!\d)|(?=[\p{Script=Han}"“【「])(?![年月日号天个次条款页张点分元万小周]))/gmu],
  ['(一)', /\(([一二三四五六七八九十])\)\s*[.:、,]?/g],
  ['一、', /(?<!\p{Script=Han})([一二三四五六七八九十]) ?[、.:]/gu],
  [NAMED, /(?:原因|问题|理由|第) ?(\d{1,2}|[一二三四五六七八九十]) ?(?:[、.:,](?!\d)| )/g],
  ['a.', /(?<![\p{Script=Han}a-z\d])([a-h]) ?[.、:)](?![a-z\d])/gu],
  ['·', /^[·•▲△◆◇■□●○*] ?/gm],
]

/** What the first point of any style has; most texts have none. */
const MAY_ENUMERATE = /[1一a·•▲△◆◇■□●○*]/

/**
 * Finds the points of an enumeration, on lines of their own or run together in one line. A number counts as a marker
 * only in its turn (1, 2, 3 …), so that amounts and references in the text do not.
 *
 * @param text see `normalizeText`
 * @returns in order; empty when nothing is enumerated. What stands before the first point is left out.
 */
export function numberedItems(text: string): readonly NumberedItem[] {
  if (!MAY_ENUMERATE.test(text)) return []
  const known = recentItems.get(text)
  if (known) return known
  const items = numberedAnew(text)
  recentItems.add(text, items)
  return items
}

/** Several steps look for the points of the same words. */
const recentItems = new LastFew<string, readonly NumberedItem[]>(4)

function numberedAnew(text: string): readonly NumberedItem[] {
  const markers = inTurn(findMarkers(text))
  const outer = markers[0]?.style
  const items: { heading: string; details: string[] }[] = []
  for (const [index, { style, bodyAt }] of markers.entries()) {
    const body = trimPoint(text.slice(bodyAt, markers[index + 1]?.at ?? text.length))
    if (style === outer) items.push({ heading: body, details: [] })
    else if (body !== '') items.at(-1)?.details.push(body)
  }
  return items.filter(({ heading, details }) => heading !== '' || details.length > 0)
}

function findMarkers(text: string): readonly Marker[] {
  // 原因 1、… 2、… is numbered by the figures alone.
  const styles = SECOND_NAMED.test(text) ? STYLES : STYLES.filter(([style]) => style !== NAMED)
  const found = styles.flatMap(([style, pattern]) =>
    [...text.matchAll(pattern)].map((match, index) => ({
      style,
      number: style === '·' ? index + 1 : toNumber(match[1]!),
      at: match.index,
      bodyAt: match.index + match[0].length,
      isFree: /(?:^|[\s;。:,!?)])$/.test(text.slice(0, match.index)),
    })),
  )
  found.sort((a, b) => a.at - b.at || b.bodyAt - a.bodyAt)
  // "原因一:" is one marker, not two.
  return found.filter(({ at }, index) => !found.slice(0, index).some((earlier) => at < earlier.bodyAt))
}

function toNumber(written: string): number {
  return /^[a-h]$/.test(written) ? written.charCodeAt(0) - 96 : (readNumber(written) ?? 0)
}

/** Keeps runs that begin with 1 and go on by one; a lone 1 only where a point may begin. */
function inTurn(markers: readonly Marker[]): readonly Marker[] {
  const last = new Map<string, number>()
  const kept = markers.filter(({ style, number }) => {
    if (number !== 1 && number !== (last.get(style) ?? 0) + 1) return false
    last.set(style, number)
    return true
  })
  return kept.filter(({ style, number, isFree }, index) => {
    const next = kept.slice(index + 1).find((later) => later.style === style)
    return number !== 1 || isFree || next?.number === 2
  })
}

const trimPoint = (body: string): string => body.replace(/^[\s:、,.;]+|[\s:;,、。]+$/g, '')

const QUOTED = /["“「【《][^"”」】》]*["”」】》]/g
const MIN_REASON_CHARS = 2
const MIN_CLAUSE_CHARS = 6

/**
 * Takes a pasted rejection notice apart.
 *
 * @param given see `normalizeText`
 * @returns the reasons in order, each detail with the heading above it; undefined when this is no notice
 */
export function splitNotice(given: string, phrases: Phrases<'notice'>): readonly string[] | undefined {
  if (phrases.otherPlatform.test(given)) return undefined
  const text = phrases.frame.test(given) ? given : given.replace(phrases.relays, '')
  const quoted = quotedReason(text, phrases)
  if (quoted !== undefined) return splitClauses(quoted, phrases)
  if (!phrases.rejected.test(text)) return undefined
  const labelled = reasonsUnderLabels(text, phrases)
  return splitReasons(unwrapped(labelled ?? text), phrases, { isFramed: labelled !== undefined })
}

function splitReasons(
  text: string,
  phrases: Phrases<'notice'>,
  { isFramed }: { readonly isFramed: boolean },
): readonly string[] | undefined {
  const reasons = numberedItems(text).flatMap(({ heading, details }) =>
    details.length === 0
      ? [heading]
      : details.map((detail) => (isIdle(heading, phrases) ? detail : `${heading} ${detail}`)),
  )
  const own = reasons
    .map((reason) => withoutAside(reason, phrases))
    .filter((reason) => reason.length >= MIN_REASON_CHARS)
  if (own.length > 1) return own.some((reason) => phrases.ownWords.test(reason.replace(QUOTED, ''))) ? undefined : own
  const frame = phrases.frame.exec(text)
  if (own.length === 1 && (isFramed || phrases.heading.test(text))) return own
  if (isFramed) return splitClauses(text, phrases)
  // The platform's own heading needs no frame around it: one reason, copied alone.
  if (!frame) return isBareHeading(text, phrases) ? splitClauses(text, phrases) : undefined
  if (own.length === 1) return own
  const rest = text.slice(frame.index + frame[0].length).replace(/^[\s:,。;]*(?:通过)?(?:审核)?[\s:,。;]*/, '')
  if (phrases.led.test(text) && (rest.length < MIN_CLAUSE_CHARS || phrases.ownWords.test(rest.replace(QUOTED, ''))))
    return undefined
  return splitClauses(rest.length >= MIN_CLAUSE_CHARS ? rest : text, phrases)
}

/** Whoever quotes a whole reason asks little more around it than what it means. */
const MIN_QUOTED_CHARS = 10
const MAX_AROUND_QUOTE_CHARS = 30

/** “小程序涉及虚拟支付，请移除相关功能”啥意思: a reason in quotation marks, and no word of a rejection. */
function quotedReason(text: string, phrases: Phrases<'notice'>): string | undefined {
  const [quoted = '', ...others] = text.match(QUOTED) ?? []
  const around = text.replace(quoted, ' ')
  const isReason = quoted.length >= MIN_QUOTED_CHARS + 2 && others.length === 0 && phrases.quotedReason.test(quoted)
  const isAsked = around.length <= MAX_AROUND_QUOTE_CHARS && phrases.asksMeaning.test(around)
  return isReason && isAsked ? quoted.slice(1, -1) : undefined
}

const isBareHeading = (text: string, { heading, ownWords }: Phrases<'notice'>): boolean =>
  heading.test(text) && !ownWords.test(text.replace(QUOTED, ''))

interface Labels {
  readonly reason: RegExp
  readonly other: RegExp
  /** Before a label within a line: a notice that lost its line breaks on the way. */
  readonly inline: RegExp
}

const labelsOf = new WeakMap<Phrases<'notice'>, Labels>()

function labels(phrases: Phrases<'notice'>): Labels {
  const atStart = ({ source }: RegExp): RegExp => new RegExp(`^[【「]?(?:${source})[】」]?(?: ?: ?| |$)`)
  const { reasonLabel, otherLabel } = phrases
  const known = labelsOf.get(phrases) ?? {
    ...{ reason: atStart(reasonLabel), other: atStart(otherLabel) },
    inline: new RegExp(`[ ,。;]+(?=[【「]?(?:${reasonLabel.source}|${otherLabel.source})[】」]? ?:)`, 'g'),
  }
  labelsOf.set(phrases, known)
  return known
}

/** A notice in lines of `label: value` or `label value`: what stands behind 原因, down to the next label. */
function reasonsUnderLabels(text: string, phrases: Phrases<'notice'>): string | undefined {
  const { reason, other, inline } = labels(phrases)
  const lines = text.replace(inline, '\n').split('\n')
  const found: string[] = []
  let others = 0
  let isReason = false
  for (const line of lines) {
    const label = reason.exec(line)
    if (label) isReason = true
    else if (other.test(line)) {
      isReason = false
      others++
    }
    if (isReason) found.push(label ? line.slice(label[0].length) : line)
  }
  const told = found.join('\n').trim()
  return others > 0 && told.length >= MIN_REASON_CHARS ? told : undefined
}

/** Lines of a phone's screen are this long. */
const MIN_SCREEN_CHARS = 13
const MAX_SCREEN_CHARS = 30
const ENDS_SENTENCE = /[。;:!?"”」】)]$/
const BEGINS_POINT = /^(?:[((]?\d{1,2}[)):.、]|[一二三四五六七八九十]、|[·•*])/

/** Joins what was broken at the edge of a screen, be it within a word. */
function unwrapped(text: string): string {
  const lines = text.split('\n')
  const width = Math.max(...lines.map((line) => line.length))
  if (lines.length < 3 || width < MIN_SCREEN_CHARS || width > MAX_SCREEN_CHARS) return text
  return lines.reduce((joined, line, index) => {
    const before = lines[index - 1]
    if (before === undefined) return line
    const isBroken = before.length >= width * 0.7 && !ENDS_SENTENCE.test(before) && !BEGINS_POINT.test(line)
    return isBroken ? joined + line : `${joined}\n${line}`
  }, '')
}

/** Longer tales hold more than a rejection. */
const MAX_BARE_CHARS = 40

/** 被驳回了怎么办, 审核失败了！！: rejected, and not a word why. @param text see `normalizeText` */
export function readBareRejection(text: string, { notice }: Pick<Language, 'notice'>): 'tells' | 'asks' | undefined {
  if (text.length > MAX_BARE_CHARS || !notice.verdict.test(text) || !consistsOf(text, notice.bareRejection)) return
  return notice.asksWhy.test(text) ? 'asks' : 'tells'
}

/** Drops what the customer says below the notice: "第二条求指路". */
const withoutAside = (reason: string, { asksBelow }: Phrases<'notice'>): string =>
  reason.replace(/\s*(?:\n|—).*$/s, '').replace(asksBelow, '')

const isIdle = (heading: string, phrases: Phrases<'notice'>): boolean =>
  heading === '' || phrases.announces.test(heading)

/** Without numbers, the platform parts its reasons by semicolons or lines. */
function splitClauses(text: string, phrases: Phrases<'notice'>): readonly string[] | undefined {
  const clauses = text
    .split(/[;\n]/)
    .map((clause) => clause.trim())
    .filter((clause) => clause.length >= MIN_CLAUSE_CHARS && !phrases.closing.test(clause))
  return clauses.length > 1 ? clauses : [text]
}
