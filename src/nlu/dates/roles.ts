import type { Day } from '../../base/time.js'
import type { Phrases } from '../../model/language.js'
import type { DayMention } from './extract.js'

/** What a verb near a day says about it; `ended`: rejected or withdrawn. */
type DayRole = 'submit' | 'passed' | 'ended' | 'wish'

interface RoleWord {
  readonly role: DayRole
  /** Can only mean the review of a mini program, whatever other objects stand in the clause. */
  readonly strong: boolean
  /** Is said of something that has happened. */
  readonly done: boolean
  readonly start: number
  readonly end: number
}

/** Finds the words that say what a day is about, in text order. */
function findRoleWords(text: string, phrases: Phrases<'review'>): readonly RoleWord[] {
  const words: RoleWord[] = []
  for (const match of text.matchAll(phrases.roleWord)) {
    const { passed, ended, strong, submit, something } = match.groups ?? {}
    if (!ended && phrases.deniedBefore.test(text.slice(Math.max(0, match.index - 4), match.index))) continue
    const end = match.index + match[0].length
    if ((strong || submit) && phrases.failedBehind.test(text.slice(end, end + 3))) continue
    words.push({
      role: passed || something ? 'passed' : ended ? 'ended' : strong || submit ? 'submit' : 'wish',
      strong: strong !== undefined || passed !== undefined,
      done: passed !== undefined || isDone(text, match, end, phrases),
      start: match.index,
      end,
    })
  }
  return words
}

function isDone(text: string, { 0: word, index }: RegExpExecArray, end: number, phrases: Phrases<'review'>): boolean {
  if (phrases.alreadyBefore.test(text.slice(Math.max(0, index - 3), index))) return true
  if (phrases.aheadBefore.test(text.slice(Math.max(0, index - 3), index))) return false
  return /的|了|重|submitted/.test(word) || phrases.doneBehind.test(text.slice(end, end + 8))
}

/** Whether the text tells of a rejection or withdrawal, and does not merely fear one. */
export function tellsRejection(text: string, phrases: Phrases<'review'>): boolean {
  return phrases.rejection.test(text) && phrases.rejection.test(text.replace(phrases.rejectionFeared, ''))
}

/** Whether the version in question comes after a published one. */
export function speaksOfLaterVersion(text: string, phrases: Phrases<'review'>): boolean {
  return phrases.laterVersion.test(text) || (phrases.publishedBefore.test(text) && phrases.nextOne.test(text))
}

/** A day together with what the words around say happened, or shall happen, on it. */
export interface RoledDay extends DayMention {
  readonly role: DayRole | undefined
  /** The words speak of something that has happened. */
  readonly done: boolean
  /** Offset behind the day and the word that gave it its role. */
  readonly toldUntil: number
}

const CLAUSE_END = /[,，。;；!！?？\n]/
const CLAUSE_ENDS: ReadonlySet<string> = new Set(',，。;；!！?？\n')
/** Beyond this many characters a verb is hardly the day's own. */
const MAX_BEHIND_CHARS = 14
const MAX_BEFORE_CHARS = 10
/** What may follow a day that makes up a clause of its own. */
const MAX_REST_CHARS = 3
const MAX_RESUBMISSION_CHARS = 8
const MAX_LONE_TIME_CHARS = 2
/** "提交审核要填的账号昨天被封了": more than a few idle words, and the day is another verb's. */
const MAX_IDLE_CHARS = 4
/** A day normally stands before its verb, so a verb close behind wins over one before. */
const CLOSE_BEHIND_CHARS = 3

/** Finds for every day the words that say what it is about; the present day said in passing is left out. */
export function giveRoles(
  text: string,
  days: readonly DayMention[],
  today: Day,
  phrases: Phrases<'review'>,
): readonly RoledDay[] {
  const told = withoutPresent(text, days, today, phrases)
  if (told.length === 0) return []
  const words = findRoleWords(text, phrases)
  // A verb that one day has taken says nothing of a later one: "10号提的今天23号".
  const taken = new Set<RoleWord>()
  const roled: RoledDay[] = []
  for (const day of told) {
    if (day.source === 'elapsed') {
      roled.push({ ...day, role: roleOfWaiting(text, day, words, phrases), done: true, toldUntil: day.end })
      continue
    }
    const free = words.filter((word) => word.start >= day.end || !taken.has(word))
    const word = ownWord(text, day, { days: told, words: free }, phrases)
    if (word) taken.add(word)
    const before = text.slice(Math.max(0, day.start - 4), day.start)
    const { role, done, end } = word ?? {
      done: false,
      ...(phrases.restates.test(before) ? roled.at(-1) : {}),
      end: day.end,
    }
    roled.push({ ...day, role, done, toldUntil: Math.max(day.end, end) })
  }
  return roled
}

/** "到今天", "今天都20号了", "今天又礼拜天了": they say what day it is. */
function withoutPresent(
  text: string,
  days: readonly DayMention[],
  today: Day,
  phrases: Phrases<'review'>,
): readonly DayMention[] {
  const isNow = days.map((day) => day.source === 'relative' && day.past === today && /^今/.test(text.slice(day.start)))
  return days.filter((day, index) => {
    const next = days[index + 1]
    if (isNow[index]) {
      if (/[到至] ?$/.test(text.slice(Math.max(0, day.start - 2), day.start))) return false
      return !(next && isRestated(text.slice(day.end, next.start), next, today))
    }
    const last = days[index - 1]
    // "周一刚提的": the word only says that it is not long ago.
    if (last && text[day.start] === '刚' && day.start - last.end <= 2) return false
    // "今天元旦提的": one of the two has to stay.
    if (phrases.verbBehind.test(text.slice(day.end, day.end + 3))) return true
    if (last && isNow[index - 1] && day.source !== 'elapsed')
      return !isRestated(text.slice(last.end, day.start), day, today)
    const around = text.slice(Math.max(0, day.start - 2), day.start)
    return !((day.past === today || day.future === today) && /[都已]经?$/.test(around) && text[day.end] === '了')
  })
}

function isRestated(between: string, day: DayMention, today: Day): boolean {
  if (!/^[都又已就是经 ]{0,3}$/.test(between)) return false
  return day.source === 'elapsed' || day.past === today || day.future === today
}

function roleOfWaiting(
  text: string,
  day: DayMention,
  words: readonly RoleWord[],
  phrases: Phrases<'review'>,
): DayRole | undefined {
  const clause = clauseAround(text, day)
  const before = text.slice(Math.max(0, day.start - 20), day.start)
  if (phrases.notOurWait.test(before)) return undefined
  const submits = words.filter(({ role }) => role === 'submit')
  // Hours of waiting are everybody's; they need the verb.
  if (submits.length === 0 && /[时钟]/.test(text.slice(day.start, day.end))) return undefined
  const strong = submits.some(({ strong: sure }) => sure)
  if (phrases.otherObject.test(clause) && !strong) return undefined
  const inClause = words.some(
    ({ role, end }) => role === 'passed' && end <= day.start && sameClause(text, end, day.start),
  )
  if (inClause || phrases.secondReviewBefore.test(before)) return 'passed'
  return submits.length > 0 || phrases.waitingEvidence.test(text) || isBare(text, day, phrases) ? 'submit' : undefined
}

/** Nothing is said but how long: "都七天了". */
function isBare(text: string, { start, end }: DayMention, phrases: Phrases<'review'>): boolean {
  return (text.slice(0, start) + text.slice(end)).replace(phrases.idle, '') === ''
}

interface Surroundings {
  readonly days: readonly DayMention[]
  readonly words: readonly RoleWord[]
}

function ownWord(
  text: string,
  day: DayMention,
  surroundings: Surroundings,
  phrases: Phrases<'review'>,
): RoleWord | undefined {
  const behind = nearestBehind(text, day, surroundings)
  const before = nearestBefore(text, day, surroundings, phrases)
  const chosen = nearer(day, behind, before) ?? acrossComma(text, day, surroundings)
  if (!chosen || !isOfReview(text, day, chosen, phrases)) return undefined
  // "元旦前最晚哪天提交": the verb's own day is asked for, and the day told is the one to keep.
  const asksForDay = chosen.start >= day.end && phrases.asksWhen.test(text.slice(day.end, chosen.start))
  if (asksForDay && chosen.role === 'submit') return { ...chosen, role: 'wish', done: false }
  return day.source === 'lone-time' && !ownsLoneTime(day, chosen) ? undefined : chosen
}

/** "下午3点提的", but not "提审的事晚上再说". */
function ownsLoneTime(day: DayMention, { role, done, start }: RoleWord): boolean {
  return role === 'submit' && done && start >= day.end && start - day.end <= MAX_LONE_TIME_CHARS
}

function nearer(day: DayMention, behind: RoleWord | undefined, before: RoleWord | undefined): RoleWord | undefined {
  if (!behind || !before) return behind ?? before
  // "打回来18号补完内容重提的": a rejection told before is a day of its own, or none.
  if (before.role === 'ended' && behind.role === 'submit') return behind
  const gapBehind = behind.start - day.end
  return gapBehind <= CLOSE_BEHIND_CHARS || gapBehind <= day.start - before.end ? behind : before
}

function nearestBehind(text: string, day: DayMention, { days, words }: Surroundings): RoleWord | undefined {
  const first = words.findIndex(({ start }) => start >= day.end)
  const word = resubmission(text, words.slice(first, first + 2)) ?? words[first]
  if (!word || word.start - day.end > MAX_BEHIND_CHARS || !sameClause(text, day.end, word.start)) return undefined
  return days.some(({ start }) => start >= day.end && start < word.start) ? undefined : word
}

/** "昨天被驳回改完重新提的": the day is the one of the submission at the end. */
function resubmission(text: string, [first, second]: readonly RoleWord[]): RoleWord | undefined {
  if (first?.role !== 'ended' || second?.role !== 'submit') return undefined
  const near = second.start - first.end <= MAX_RESUBMISSION_CHARS && sameClause(text, first.end, second.start)
  return near && second.done ? second : undefined
}

function nearestBefore(
  text: string,
  day: DayMention,
  { days, words }: Surroundings,
  phrases: Phrases<'review'>,
): RoleWord | undefined {
  const word = words.findLast(({ end }) => end <= day.start)
  if (!word || day.start - word.end > MAX_BEFORE_CHARS || !sameClause(text, word.end, day.start)) return undefined
  const between = text.slice(word.end, day.start)
  if (word.role === 'submit' && between.length > MAX_IDLE_CHARS && !phrases.tellsWhen.test(between)) return undefined
  return days.some(({ end }) => end > word.end && end <= day.start) ? undefined : word
}

/** A clause that is little but a day belongs to its neighbour: "11月20号下午,提交的审核". */
function acrossComma(text: string, day: DayMention, { days, words }: Surroundings): RoleWord | undefined {
  const isFree = (word: RoleWord) => {
    const clause = clauseOf(text, word)
    return !days.some(({ start, end }) => start >= clause.start && end <= clause.end)
  }
  const behind = /^.{0,3}?[,，。;!?\n] ?/.exec(text.slice(day.end, day.end + 6))
  if (behind) {
    const from = day.end + behind[0].length
    const word = words.find(({ start }) => start >= from)
    if (word && word.start - from <= 6 && sameClause(text, from, word.start) && isFree(word)) return word
  }
  const before = /[,，。;!?\n] ?.{0,2}$/.exec(text.slice(Math.max(0, day.start - 4), day.start))
  if (!before || clauseOf(text, day).end - day.end > MAX_REST_CHARS) return undefined
  const to = day.start - before[0].length
  const word = words.findLast(({ end }) => end <= to)
  return word && to - word.end <= 4 && sameClause(text, word.end, to) && isFree(word) ? word : undefined
}

function isOfReview(text: string, day: DayMention, word: RoleWord, phrases: Phrases<'review'>): boolean {
  if (word.role === 'passed') return word.strong || phrases.namesFirstReview.test(clauseAround(text, day))
  if (word.role !== 'submit') return true
  if (word.strong) return !phrases.otherSubject.test(text.slice(clauseOf(text, day).start, day.start))
  const clause = clauseAround(text, { start: Math.min(day.start, word.start), end: Math.max(day.end, word.end) })
  return !phrases.otherObject.test(clause.replace(phrases.doneBefore, ''))
}

function sameClause(text: string, from: number, to: number): boolean {
  return !CLAUSE_END.test(text.slice(from, to))
}

interface Span {
  readonly start: number
  readonly end: number
}

function clauseAround(text: string, span: Span): string {
  const { start, end } = clauseOf(text, span)
  return text.slice(start, end)
}

function clauseOf(text: string, { start, end }: Span): Span {
  let from = start
  while (from > 0 && !CLAUSE_ENDS.has(text[from - 1]!)) from--
  let to = end
  while (to < text.length && !CLAUSE_ENDS.has(text[to]!)) to++
  return { start: from, end: to }
}

/** "七天 周末", "国庆 二审": a few words stand for the question. */
const MAX_FRAGMENT_CHARS = 9

/** Whether a message asks if weekends or holidays count in a review. @param text see `normalizeText` */
export function asksHolidays(text: string, phrases: Phrases<'review'>): boolean {
  if (!phrases.holiday.test(text) || phrases.announcesHolidays.test(text)) return false
  const counts = phrases.countsDays.test(text) || (phrases.worksThen.test(text) && phrases.namesLength.test(text))
  return counts && (phrases.asksCounting.test(text) || text.length <= MAX_FRAGMENT_CHARS)
}

/** The review was passed to its end, or the version is published, and no next one is spoken of. */
export function isFinished(text: string, phrases: Phrases<'review'>): boolean {
  if (speaksOfLaterVersion(text, phrases) || phrases.newVersion.test(text)) return false
  if (phrases.finished.test(text)) return true
  return phrases.passedAll.test(text) && !phrases.namesReview.test(text) && !phrases.stillOn.test(text)
}

/** Tells the group about a review and wants nothing. */
export function isAnnouncement(text: string, phrases: Phrases<'review'>): boolean {
  return phrases.announces.test(text) && !phrases.asksBack.test(text)
}
