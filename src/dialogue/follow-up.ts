import { type Decision, indexOfLetter } from '../model/decision.js'
import type { Candidate, FollowUp, Match, NoticeReason, Understanding } from '../model/understanding.js'
import { readNumber } from '../nlu/dates/day-rule.js'
import { answerDays, answerOrOffer, MAX_OFFERED, scopeOf, THRESHOLDS } from './answer.js'
import {
  asksOn,
  awaitsNotice,
  factOfItsOwn,
  factsOf,
  isApart,
  LIKELY_ELIDED,
  likeliestOnward,
  likelyWithin,
  MAX_BARE_CHARS,
  MAX_BARE_QUESTION_CHARS,
  MAX_ELIDED_CHARS,
  namesElse,
  namesGoods,
  newGoods,
  type Onward,
  outsideAgain,
  repeats,
  SURE_ELIDED,
  subjectOf,
  toldFact,
  toldOfGoods,
  wasTold,
} from './subject.js'
import type { Situation } from './turn.js'

/**
 * What takes up the bot's last words to this person: a number, yes or no, "那要多久", "下一步", "还是不行", a correction.
 *
 * @returns undefined when the message stands on its own
 */
export function takeUp(
  understanding: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { act, normalized, choice, followUp } = understanding
  if (act === 'choice' && choice !== undefined) {
    const picked = pickedBy(choice, COUNTS.test(normalized), situation)
    if (picked === undefined && COUNTS.test(normalized)) return narrowed(situation)
    const key = picked ?? sectionByKey(choice, situation, isAsked)
    if (key !== undefined) return { kind: 'answer', sectionKeys: [key], reason: 'chosen' }
  } else if (situation.talkedLately && situation.hasSection(normalized)) {
    // Keys of a second guide, and of headings without a number, as a reply names them.
    return { kind: 'answer', sectionKeys: [normalized], reason: 'chosen' }
  }
  if (asksForPlace(normalized, situation) && situation.offered.length === 0) return narrowed(situation)
  // "对" to a question back means its first choice.
  const [firstOffered] = situation.offered
  const isChoosing = situation.clarifying && !situation.humanOffered && !awaitsNotice(situation)
  if (act === 'yes' && isChoosing && firstOffered !== undefined) {
    return { kind: 'answer', sectionKeys: [firstOffered], reason: 'chosen' }
  }
  // The bot itself has named the word.
  if (act === 'menu' && situation.talkedLately) return { kind: 'courtesy', word: 'menu' }
  // 好的 behind a colleague's words is said to them.
  const isToUs = isAsked || !situation.colleagueSpokeSince
  if (situation.humanOffered && act === 'yes' && isToUs)
    return { kind: 'escalate', reason: 'accepted-offer', sectionKeys: [] }
  if (situation.humanOffered && act === 'no') return { kind: 'courtesy', word: 'declined' }
  // 不对 to nothing that is known is not for guessing.
  if (isAsked && followUp?.kind === 'not-that' && !situation.talkedLately) return offerOthers(situation)
  // "还是不行，转人工" says what is wanted.
  const isFollowed = followUp !== undefined && situation.talkedLately && act !== 'wants-human'
  if (!isFollowed || asksOfAnother(followUp, understanding, situation)) return undefined
  return follow(followUp, situation, { isAsked, understanding })
}

/**
 * What was offered under a letter, or as the second of several. A bare number is a section's, as the bot itself names
 * them; only to a question back without such a number it can mean nothing but the choice at that place.
 */
function pickedBy(choice: string, counts: boolean, situation: Situation): string | undefined {
  const { offered, invited = [], clarifying } = situation
  const index = indexOfLetter(choice)
  if (index !== undefined) return offered[index]
  return counts || (clarifying && !invited.includes(choice)) ? offered[Number(choice) - 1] : undefined
}

const PLACE = /第 ?(?:\d{1,2}|[一二三四五六七八九十]) ?[个项步条点处空格]/u

/** "第五项写什么", "那第一步截图发哪个" */
const asksForPlace = (normalized: string, { language }: Situation): boolean =>
  language !== undefined &&
  PLACE.test(normalized) &&
  normalized.replace(PLACE, '').replace(language.questions.asksOfPlace, '') === ''

/** "第二项" counts the lines of an answer where nothing was offered to choose from; it is no section's number. */
const COUNTS = /第/

const narrowed = ({ talkedLately, lastSection }: Situation): Decision | undefined =>
  talkedLately && lastSection !== undefined
    ? { kind: 'answer', sectionKeys: [lastSection], reason: 'follow-up', narrows: true }
    : undefined

const MIN_TOPIC_CHARS = 2

/** "隐私协议截图发哪个" names what it asks about, whatever was told last. */
function asksOfAnother(
  { kind }: FollowUp,
  { normalized, candidates: [top], categories }: Understanding,
  { lastSection, language }: Pick<Situation, 'lastSection' | 'language'>,
): boolean {
  if (namesGoods(categories)) return true
  const namesIt = kind === 'screenshot' || kind === 'explain' || kind === 'again'
  if (!namesIt || !top || top.sectionKey === lastSection) return false
  const named = language ? normalized.replace(language.questions.asksOfPictures, '') : normalized
  if (named.length < MIN_TOPIC_CHARS) return false
  return top.share >= THRESHOLDS.answerShare && scopeOf(top.confidence, top) >= THRESHOLDS.offerScope
}

/**
 * The number that a reply or the guide itself calls a section by. Only while we talk about sections is a bare "4" one,
 * and an overheard "4.1" not a price.
 */
function sectionByKey(choice: string, { hasSection, talkedLately }: Situation, isAsked: boolean): string | undefined {
  return hasSection(choice) && (talkedLately || (isAsked && /\D/.test(choice))) ? choice : undefined
}

/** A rejection that is dealt with leads back to submitting. */
function mended({ lastSection = '', nextSection }: Situation): Decision | undefined {
  const next = nextSection(lastSection)
  return next === undefined ? undefined : { kind: 'answer', sectionKeys: [next], reason: 'follow-up', says: 'mended' }
}

function follow(
  followUp: FollowUp,
  situation: Situation,
  { isAsked, understanding }: { isAsked: boolean; understanding: Understanding },
): Decision | undefined {
  const { lastSection, nextSection, timelineSection, failedTries } = situation
  switch (followUp.kind) {
    case 'still-failing': {
      if (failedTries > 0) return { kind: 'escalate', reason: 'still-failing', sectionKeys: [] }
      const within = likelyWithin(situation, SURE_ELIDED)
      const isNew = within && !within.answer.whole && !wasTold(within, situation)
      return isNew ? inVain(toldFact(within, situation)) : { kind: 'fallback', reason: 'still-failing' }
    }
    case 'not-that':
      return offerOthers(situation)
    case 'settled':
      return { kind: 'courtesy', word: 'settled' }
    case 'correction':
      return correct(followUp, situation, understanding)
    case 'how-long': {
      // 上周三提审的 … 那什么时候能上线
      const toldDays = situation.reminding?.toldDays
      if (toldDays && timelineSection !== undefined) {
        return { kind: 'answer', sectionKeys: [timelineSection], reason: 'days', days: toldDays }
      }
      const within = likelyWithin(situation, SURE_ELIDED)
      // Said a moment ago of something else, it is the review that is waited for.
      if (within && !wasTold(within, situation)) return toldFact(within, situation)
      if (isBeyond(situation) || staysAround(situation)) return { kind: 'outside', unknown: understanding.trimmed }
      const reviewed = timelineSection === undefined ? undefined : factsOf({ sectionKey: timelineSection }, situation)
      return reviewed ? toldFact(reviewed, situation) : told(timelineSection)
    }
    // Said to nobody, it is a report.
    case 'done':
      if (isAsked && lastSection !== undefined && situation.isRejection?.(lastSection)) return mended(situation)
      return isAsked ? follow({ kind: 'next' }, situation, { isAsked, understanding }) : undefined
    // 删完直接再提？
    case 'resubmit': {
      // A rejection that no section deals with is mended like any other.
      const subject = subjectOf(situation)
      if (subject && 'topic' in subject && (isAsked || situation.spokenToLast))
        return mended({ ...situation, lastSection: situation.rejections?.()[0] })
      if (lastSection === undefined || !situation.isRejection?.(lastSection)) return undefined
      const within = likelyWithin(situation, SURE_ELIDED)
      return within && !within.answer.whole ? toldFact(within, situation) : mended(situation)
    }
    case 'next':
      return lastSection === undefined ? undefined : told(nextSection(lastSection) ?? lastSection)
    // All of the steps, where no more than a fact was told; else a person is on offer.
    case 'explain': {
      const before = outsideAgain(situation)
      return before?.kind === 'outside' ? { ...before, again: SAID_AGAIN } : told(lastSection)
    }
    // 在哪, 怎么弄: the place of it, not the page once more.
    case 'again':
    case 'screenshot': {
      const joint = situation.factsOnward?.()?.joint
      const onward = joint && likeliestOnward(understanding, { ...situation, joint })
      // 这截图上哪截, behind where a category is added, is about the picture that it wants.
      const isOther = onward && !onward.answer.whole && onward.answer.sectionKey !== lastSection
      if (isOther && isMeant(onward, understanding, situation, { isAsked })) return toldFact(onward, situation)
      const level = followUp.kind === 'again' ? SURE_ELIDED : LIKELY_ELIDED
      const within = likelyWithin(situation, level)
      return within ? toldFact(within, situation) : (narrowed(situation) ?? outsideAgain(situation))
    }
  }
}

/** Of `Decision.again`: with a person on offer. */
const SAID_AGAIN = 2

/** "不是这个" to one of several choices leaves the others; else it is not for guessing. */
function offerOthers({ offered, clarifying, lastSection, failedTries }: Situation): Decision {
  const [first, second, ...rest] = clarifying ? [] : offered.filter((key) => key !== lastSection)
  if (first !== undefined && second !== undefined && rest.length < MAX_OFFERED - 1) {
    return { kind: 'clarify', sectionKeys: [first, second, ...rest] }
  }
  return failedTries > 0
    ? { kind: 'escalate', reason: 'failed-twice', sectionKeys: [] }
    : { kind: 'fallback', reason: 'not-that' }
}

const told = (sectionKey: string | undefined): Decision | undefined =>
  sectionKey === undefined ? undefined : { kind: 'answer', sectionKeys: [sectionKey], reason: 'follow-up' }

/** "不是接口，是弹出来那个声明": what was told is not what was meant. */
function correct(
  { candidates }: Extract<FollowUp, { kind: 'correction' }>,
  situation: Situation,
  { act, candidates: whole }: Pick<Understanding, 'act' | 'candidates'>,
): Decision | undefined {
  const { lastSection } = situation
  const [top] = candidates
  // 不是第一次了 是更新 也要等吗 asks by itself.
  const isAsked = act === 'question' && (whole[0]?.share ?? 0) >= THRESHOLDS.answerShare
  if (isAsked && (top?.share ?? 0) < THRESHOLDS.answerShare) return undefined
  // Said again in other words, it may be what was told after all.
  if (top && top.share >= THRESHOLDS.answerShare) return answerOrOffer(candidates)
  const others = candidates.filter(({ sectionKey }) => sectionKey !== lastSection)
  const decision = answerOrOffer(others.length > 0 ? others : candidates)
  // 多久出 – 不对 我问的是备案: the question stays, and what it is about is another thing.
  const [both] = situation.factsOnward?.()?.joint.answers ?? []
  const isBoth = decision.kind === 'fallback' && both && both.share >= LIKELY_ELIDED && !wasTold(both, situation)
  return isBoth ? toldFact(both, situation) : decision
}

// Who asks on leaves out what the talk is about ("要盖章吗"), so that the classifier, which reads one message alone,
// finds it hardly for us. Thanks, reports and small talk stay far below even so.
const ASKS_ON_SCOPE = 0.1
/** Six times the odds, since the bot is called. */
const ASKS_ON_SCOPE_ASKED = 0.4
/** Words that are no question need to be about the guide by themselves. */
const TELLS_ON_SCOPE = 0.6
/** How many times likelier the section of the last answer is than the words alone say. */
const SAME_TOPIC = 6
/** Another section has to stand out this far to be what is asked next. */
const OTHER_TOPIC_SHARE = 0.5

/** So clearly one of those that no other section counts, unless a fact of another stands out. */
const CLEARLY_ELIDED = 0.65
/** 今天吃什么 right after an answer is none of it. */
const ELIDED_SCOPE = 0.25

/** 费率多少, behind what nobody here knows the answer to: neither is this known. */
export function staysBeyond(
  { act, normalized, trimmed, answers, notice, categories }: Understanding,
  situation: Situation,
): Decision | undefined {
  const isShort = act === 'question' && normalized.length <= MAX_BARE_CHARS && !notice && !categories
  if (!isShort || !isBeyond(situation) || answers?.[0]?.wordForWord) return undefined
  return factOfItsOwn(answers) ? undefined : { kind: 'outside', unknown: trimmed }
}

function isBeyond({ talkedLately, replies = [] }: Situation): boolean {
  const last = talkedLately ? replies.at(-1)?.decision : undefined
  return last?.kind === 'outside' && last.fact?.kind === 'short-answer' && last.fact.answer.beyond
}

/** How long something around the guides takes is not how long a review does, unless the question before was of both alike. */
function staysAround({ talkedLately, replies = [], factsOnward }: Situation): boolean {
  const last = talkedLately ? replies.at(-1)?.decision : undefined
  if (last?.kind !== 'outside' || last.fact?.kind !== 'short-answer') return false
  return (factsOnward?.()?.joint.outside?.share ?? 0) >= AROUND_SHARE
}

/** So surely, 0..1, two questions together are about what lies around the guides. */
const AROUND_SHARE = 0.65

const toldFactLast = ({ replies = [] }: Situation): boolean => {
  const last = replies.at(-1)?.decision
  return last !== undefined && 'fact' in last && last.fact !== undefined
}

/**
 * A few words that leave out what the talk is about: the likeliest fact there.
 *
 * @returns undefined when they name another matter, or nothing of the subject fits
 */
export function elided(
  { act, normalized, candidates, outside, answers, notice, topics, days, categories }: Understanding,
  situation: Situation,
): Decision | undefined {
  if (act !== 'question' || notice || topics || days || normalized.length > MAX_ELIDED_CHARS) return undefined
  if (answers?.[0]?.wordForWord || namesGoods(categories)) return undefined
  const [top] = candidates
  if (!top || scopeOf(top.overheard, top) < ELIDED_SCOPE) return undefined
  // 那微信这边第一次审要几天 names what it asks about, however little was said before.
  const own = factOfItsOwn(answers)
  if (own && own.answer.sectionKey !== undefined && top.share >= THRESHOLDS.answerShare) return undefined
  const subject = subjectOf(situation)
  const within = likelyWithin(situation, LIKELY_ELIDED)
  if (!within || !subject) return undefined
  if ('topic' in subject && namesElse(own, subject)) return undefined
  const share = 'topic' in subject ? (outside?.share ?? 0) : shareOf(candidates, subject.sectionKey)
  const others =
    'topic' in subject ? top.share : Math.max(outside?.share ?? 0, ...otherShares(candidates, subject.sectionKey))
  const isBare = own === undefined && normalized.length <= MAX_BARE_CHARS
  const isSure = isBare && within.within >= CLEARLY_ELIDED
  if (!isSure && share * SAME_TOPIC < others) return undefined
  if (!('topic' in subject)) return toldFact(within, situation)
  // What lies around the guides has little in common but its topic.
  const likely = [...(answers ?? []), ...(situation.factsOnward?.()?.joint.answers ?? [])]
  if (!isSure && !likely.some(({ answer }) => answer.id === within.answer.id)) return undefined
  const before = within.answer.beyond && !isSure ? outsideAgain(situation) : undefined
  return before ?? toldFact(within, situation)
}

/** They, or both questions together, are about something that is known here, 0..1. */
const ONWARD_SCOPE = 0.25
/** Whoever writes more says themselves what it is about. */
const MAX_ONWARD_CHARS = 24

/**
 * What these words ask for when they are read behind the last question: 改了备案要动吗, 那我现在能改类目吗, 每年都交啊.
 *
 * @returns undefined when they add nothing to what was asked before, or stand on their own
 */
export function goesOnward(
  understanding: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { act, normalized, notice, days, choice, answers, categories, taught, questions } = understanding
  if (questions || (act === 'question' && namesGoods(categories))) return undefined
  const { talkedLately, factsOnward, clarifying, language } = situation
  // 行吧我去办个体户 takes note, and asks for nothing.
  if (taught !== undefined || (act === 'statement' && language?.talk.takesNote.test(normalized))) return undefined
  const says = act === 'question' || act === 'statement'
  if (!says || !talkedLately || notice || days || choice !== undefined) return undefined
  // A question back that tells a fact is an answer to go on from.
  const last = situation.replies?.at(-1)?.decision
  if (clarifying && !(last?.kind === 'clarify' && last.fact)) return undefined
  if (normalized.length > MAX_ONWARD_CHARS || answers?.[0]?.wordForWord) return undefined
  const read = factsOnward?.()
  const [top] = read?.joint.candidates ?? []
  const scopes = [top, understanding.candidates[0]].map((one) => (one ? scopeOf(one.overheard, one) : 0))
  if (!read || !top || Math.max(...scopes) < ONWARD_SCOPE) return undefined
  // 里面有大米和油, behind 商城要加什么类目, tells of goods; 里面没有商城 takes back.
  const denies = language?.talk.contradicts.test(normalized) && language.questions.lacksWords.test(normalized)
  const goods = denies ? undefined : newGoods(read, situation, normalized)
  if (goods) return toldOfGoods(goods, top)
  if (isAskedBack(situation)) return ofBoth(read.joint)
  const best = likeliestOnward(understanding, { ...situation, joint: read.joint })
  // 撤审一个月几次, behind 类目一个月能改几次
  if (best && act === 'question' && isApart(best, answers, situation)) return undefined
  if (best && isMeant(best, understanding, situation, { isAsked })) return toldFact(best, situation)
  return saidAgain(read.joint, understanding, situation)
}

/** Said in a question, a fact as likely as this is asked for, 0..1; see `likeliestOnward`. */
const ASKED_ONWARD = 0.0015
/** The same where others have spoken in between, or where no question is asked. */
const SAID_ONWARD = 0.006
/** A remark that is for us at all, 0..1. */
const SAID_SCOPE = 0.35

/** Words that speak of a section as clearly as this by themselves, 0..1, go on with nothing else … */
const ELSEWHERE_SHARE = 0.6
/** … unless a fact is as likely as this behind what was asked: 那能先提审吗, behind 备案要多久. */
const SURE_ONWARD = 0.03

function isMeant(
  { answer, likeness }: Onward,
  understanding: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): boolean {
  const { act, candidates } = understanding
  const [top] = candidates
  // 最后还有个提交信息
  const isElsewhere = top && top.sectionKey !== answer.sectionKey && isNamed(understanding, top.sectionKey, situation)
  if (isElsewhere && likeness < SURE_ONWARD) return false
  const isToUs = isAsked || situation.spokenToLast === true
  const scope = top === undefined ? 0 : scopeOf(top.overheard, top)
  // 今天吃啥 needs more than the question before it to be one of ours.
  if (act === 'question') return likeness >= (isToUs && scope >= SURELY_SAID_SCOPE ? ASKED_ONWARD : SAID_ONWARD)
  const isTheirs = !isToUs && situation.colleagueSpokeSince === true
  if (likeness >= SURE_ONWARD && !isTheirs && scope >= (isToUs ? SURELY_SAID_SCOPE : TELLS_ON_SCOPE)) return true
  return isToUs && likeness >= SAID_ONWARD && scope >= SAID_SCOPE
}

/** The same for what surely goes on: 可商标是我们家注册的. */
const SURELY_SAID_SCOPE = 0.15

const REASON = /第 ?(\d{1,2}|[一二三四五六七八九十]) ?[条个点项]/gu

/**
 * 第二条我们做了啊, 第一条是啥意思: said of one reason of the notice that was taken apart last.
 *
 * @returns undefined where none is named, or what is said of it wants no answer
 */
export function aboutReason(
  { act, normalized, notice, wants }: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { talkedLately, replies = [], language, offered } = situation
  const [named, ...others] = normalized.matchAll(REASON)
  if (!named || others.length > 0 || notice || !talkedLately || !language) return undefined
  if (normalized.length > MAX_ONWARD_CHARS || !(isAsked || situation.spokenToLast)) return undefined
  const reasons = replies.map(({ decision }) => reasonsOf(decision)).findLast((told) => told !== undefined)
  const at = (readNumber(named[1]!) ?? 0) - 1
  const reason = reasons?.[at]
  if (!reasons || !reason || (act === 'choice' && offered.length > 0)) return undefined
  const key = reason.candidates[0]?.sectionKey
  const fact = { kind: 'notice', reasons, about: at } as const
  const toldAgain: Decision =
    key === undefined ? { kind: 'outside', fact } : { kind: 'answer', sectionKeys: [key], reason: 'follow-up', fact }
  const { protests, contradicts, done } = language.talk
  const said = normalized.replace(REASON, '').trim()
  const here = { ...situation, lastSection: key, replies: [], offered: [], clarifying: false }
  if (act !== 'question' && act !== 'choice') {
    // Of what was done a report; it is an objection only in so many words.
    if (!contradicts.test(said) && !done.test(said) && !language.talk.obstacle.test(said)) return undefined
    if (!protests.test(said) && !language.talk.obstacle.test(said)) return isAsked ? mended(here) : undefined
    return factOn(here) ?? inVain({ ...toldAgain, fact: { ...fact, isDone: true } } as Decision)
  }
  if (wants === 'steps' || wants === 'place') return key === undefined ? toldAgain : told(key)
  return (act === 'question' ? factOn(here) : undefined) ?? toldAgain
}

const reasonsOf = (decision: Decision): readonly NoticeReason[] | undefined =>
  'fact' in decision && decision.fact?.kind === 'notice' ? decision.fact.reasons : undefined

/** What these words ask for within the section that the talk is about, where that is a fact of its own. */
function factOn(situation: Situation): Decision | undefined {
  const within = likelyWithin(situation, SURE_ELIDED)
  return within && !within.answer.whole ? toldFact(within, situation) : undefined
}

/** The bot has just asked what is meant. */
const isAskedBack = ({ replies = [] }: Situation): boolean => replies.at(-1)?.decision.kind === 'fallback'

/** 怎么填 – 是哪一步？ – 隐私的: the question and what it is about. */
function ofBoth({ candidates, answers }: Match): Decision | undefined {
  const [top] = candidates
  if (!top || top.share < THRESHOLDS.answerShare || scopeOf(top.confidence, top) < THRESHOLDS.offerScope)
    return undefined
  const best = answers?.find(({ answer }) => answer.sectionKey === top.sectionKey)
  if (best && !best.answer.whole && best.within >= SURE_ELIDED) return toldFact(best, {})
  return told(top.sectionKey)
}

/** So likely, 0..1, the last question with these few words behind it still asks for what was told. */
const SAME_FACT = 0.93

/** 安卓也要: of what was told last, which stands. */
function saidAgain(
  joint: Match,
  { act, normalized, candidates: [top] }: Pick<Understanding, 'act' | 'normalized' | 'candidates'>,
  { replies = [] }: Situation,
): Decision | undefined {
  // 今天吃啥
  if (!top || scopeOf(top.overheard, top) < ELIDED_SCOPE) return undefined
  const [likeliest] = joint.answers ?? []
  const last = replies.at(-1)?.decision
  const fact = last && 'fact' in last ? last.fact : undefined
  if (!likeliest || fact?.kind !== 'short-answer' || fact.answer.id !== likeliest.answer.id) return undefined
  const isAsked = act === 'question' && normalized.length <= MAX_BARE_CHARS && likeliest.share >= SAME_FACT
  return isAsked ? toldFact(likeliest, {}) : undefined
}

const shareOf = (candidates: readonly Candidate[], key: string): number =>
  candidates.find(({ sectionKey }) => sectionKey === key)?.share ?? 0

const otherShares = (candidates: readonly Candidate[], key: string): readonly number[] =>
  candidates.filter(({ sectionKey }) => sectionKey !== key).map(({ share }) => share)

/**
 * A message that goes on where the last answer to this person ended: read with that section in mind.
 *
 * @returns undefined when there was none lately, or the message doesn't go on from it
 */
export function goOn(
  understanding: Understanding,
  situation: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  const { act, normalized, candidates, days } = understanding
  const { talkedLately, lastSection: told, clarifying, offered, timelineSection } = situation
  if (namesGoods(understanding.categories) || awaitsNotice(situation)) return undefined
  const [top] = candidates
  // Who was asked back speaks of the likeliest choice rather than of something new.
  const lastSection = clarifying ? offered[0] : told
  if (!talkedLately || lastSection === undefined || !top) return undefined
  // "昨天交的", after the bot has told how long a review takes.
  const tellsDay = days?.dates.kind === 'submitted' || days?.dates.kind === 'second-started'
  if (tellsDay && (lastSection === timelineSection || situation.spokenToLast))
    return answerDays(understanding, situation)
  const scope = scopeOf(isAsked ? top.confidence : top.overheard, top)
  const likely = favour(candidates, lastSection)
  const isObjection = objects(understanding, situation)
  // 我们没有商城 is said of something else.
  const isDispute = isObjection && situation.isRejection?.(lastSection) === true
  const isElsewhere = top.sectionKey !== lastSection && isNamed(understanding, top.sectionKey, situation)
  if (isObjection && !isDispute && isElsewhere) return undefined
  if (act === 'question' || isObjection) {
    // Put to the bot, nonsense right after an answer is no question about it.
    if (scope < (isAsked ? ASKS_ON_SCOPE_ASKED : ASKS_ON_SCOPE)) return undefined
    const own = factOfItsOwn(understanding.answers)
    // Whoever objects speaks of what was told.
    const isMeant = own && (!isObjection || own.answer.sectionKey === lastSection)
    const isOther = likely !== undefined && likely.share >= OTHER_TOPIC_SHARE && likely.sectionKey !== lastSection
    // 月嫂也算吗 names no section, whichever it sounds like.
    if (isOther && !isMeant && !isNamed(understanding, likely.sectionKey, situation)) return undefined
    const key = isOther ? likely.sectionKey : lastSection
    const stays = isObjection || key === lastSection
    // Where all of it was told, a fact that may be meant says more than all of it again.
    const level =
      situation.replies?.at(-1)?.sections.includes(lastSection) && !toldFactLast(situation)
        ? LIKELY_ELIDED
        : SURE_ELIDED
    const within = !isMeant && stays && !clarifying ? likelyWithin(situation, level) : undefined
    const fact = isMeant ? own : within && !within.answer.whole ? within : undefined
    const decision = fact ? toldFact(fact, situation) : tell(isObjection ? lastSection : key, situation, understanding)
    if (isObjection) return inVain(decision)
    const isUnknown = decision.kind === 'answer' && decision.unknown !== undefined
    return isAsked || !isUnknown || asksOn({ understanding, situation }) ? decision : undefined
  }
  // Takes note, agrees or leaves: nothing is asked.
  const takesNote = situation.language?.talk.takesNote.test(normalized) === true
  const tells = act === 'statement' && scope >= TELLS_ON_SCOPE && !takesNote
  if (!tells || !likely || likely.share < OTHER_TOPIC_SHARE) return undefined
  // Whatever a remark is about, it is not what was told last.
  if (!isAsked && likely.sectionKey === lastSection && toldFactLast(situation)) return undefined
  const isThere = likely.sectionKey === lastSection || isNamed(understanding, likely.sectionKey, situation)
  return isThere ? tell(likely.sectionKey, situation) : undefined
}

/** So clearly, 0..1, a section is named whatever was asked before. */
const NAMED_SHARE = 0.85
/** As likely, 0..1, it has to be for both questions together, else. */
const NAMED_JOINT_SHARE = 0.1

/** Another section is spoken of by the words themselves, not by the few that any question has. */
function isNamed({ candidates: [top] }: Understanding, key: string, { factsOnward }: Situation): boolean {
  if (!top || top.sectionKey !== key || top.share < ELSEWHERE_SHARE) return false
  const joint = factsOnward?.()?.joint.candidates
  return top.share >= NAMED_SHARE || !joint || shareOf(joint, key) >= NAMED_JOINT_SHARE
}

/** Whoever writes more tells a story. */
const MAX_OBJECTION_CHARS = 24

/** 打不开, 我们没有啊: what was told cannot be done like that; 我已经选了社区, of a rejection: nor is it the reason. */
export function objects(
  { act, normalized, followUp }: Pick<Understanding, 'act' | 'normalized' | 'followUp'>,
  { language, lastSection, isRejection }: Pick<Situation, 'language' | 'lastSection' | 'isRejection'>,
): boolean {
  if (act !== 'statement' || followUp || !language || normalized.length > MAX_OBJECTION_CHARS) return false
  if (language.talk.takesNote.test(normalized)) return false
  if (language.talk.obstacle.test(normalized)) return true
  return lastSection !== undefined && isRejection?.(lastSection) === true && language.talk.contradicts.test(normalized)
}

const inVain = (decision: Decision): Decision => (decision.kind === 'answer' ? { ...decision, inVain: true } : decision)

/** The likeliest section, given that the talk most likely stays where it is. */
function favour(
  candidates: readonly Candidate[],
  lastSection: string,
): Pick<Candidate, 'sectionKey' | 'share'> | undefined {
  const weighted = candidates.map(({ sectionKey, share }) => ({
    sectionKey,
    share: sectionKey === lastSection ? share * SAME_TOPIC : share,
  }))
  const unnamed = 1 - candidates.reduce((total, { share }) => total + share, 0)
  const sum = weighted.reduce((total, { share }) => total + share, Math.max(0, unnamed))
  const [best] = weighted.sort((a, b) => b.share - a.share)
  return best && { ...best, share: best.share / sum }
}

/** @param understanding of a question, which what was told last is no answer to unless it repeats it */
function tell(
  sectionKey: string,
  situation: Situation,
  understanding?: Understanding,
): Extract<Decision, { kind: 'answer' }> {
  const { lastSection, replies = [] } = situation
  const answer = { kind: 'answer', sectionKeys: [sectionKey], reason: 'follow-up' } as const
  if (sectionKey !== lastSection) return answer
  const last = replies.at(-1)?.decision
  const toldLast = last?.kind === 'answer' && last.sectionKeys[0] === sectionKey ? last.fact : undefined
  const { act, trimmed = '' } = understanding ?? {}
  const asks = act === 'question' && trimmed.length <= MAX_BARE_QUESTION_CHARS
  const isAnother = asks && toldLast?.kind === 'short-answer' && !repeats(trimmed, toldLast.answer, situation)
  const again = toldLast && toldLast.kind !== 'notice' && !isAnother ? { toldLast } : {}
  return { ...answer, narrows: true, ...again, ...(asks ? { unknown: trimmed } : {}) }
}
