import type { IncomingMessage } from '../model/chat.js'
import type { Decision, Fact } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import {
  answerAsked,
  answerDays,
  answerEach,
  answerNotice,
  answerOrOffer,
  answerParts,
  answerQuestions,
  answerSeveral,
  CLEAR_WITHIN,
  factOf,
  isSureFact,
  partsOf,
  scopeOf,
  sectionsOf,
  THRESHOLDS,
  tellRule,
  tellsResubmission,
  warnOfWithdrawal,
} from './answer.js'
import { takeUpWalk } from './checklist.js'
import { isFace } from './context.js'
import { aboutReason, elided, goesOnward, goOn, objects, staysBeyond, takeUp } from './follow-up.js'
import { colleagueTalks, heldByHuman, helpless, ticketWaits, ticketWords } from './handoff.js'
import { byOpinion } from './opinion.js'
import { flooding, notToBeAnswered, notToBeHeard } from './permission.js'
import { picturePolicy } from './pictures.js'
import { takeUpReminder, withReminder } from './reminders.js'
import { tellingsOf, withoutRepeating } from './replies.js'
import {
  addsToTold,
  asksOfGoods,
  asksOn,
  awaitsCategory,
  doubted,
  elidedWordForWord,
  isBareQuestion,
  ofSubject,
  swapsGoods,
  wantsToHear,
} from './subject.js'
import { decideBy, isAddressed, type Policy, type Situation, silence, type Turn } from './turn.js'

/**
 * All that the bot may do about a message, in order: the first policy that speaks wins, and the trace carries its name.
 * Every silence has its address here. Put to the bot, a question always gets an answer, be it "I don't know"; among
 * people the bot speaks up only when it is sure that a question of the guide is asked.
 */
export const policies: readonly Policy[] = [
  // Who may be spoken to.
  ...notToBeHeard,
  flooding,
  { name: 'order', decide: ({ situation }) => situation.order },
  ...notToBeAnswered,
  ticketWords,
  heldByHuman,
  silence('not-for-us', (turn) => !turn.asked && isRemark(turn)),
  silence('not-text', ({ message, asked }) => !asked && message.kind !== 'text' && !message.seen),
  silence('empty', ({ understanding, asked }) => !asked && understanding.normalized === ''),
  silence('not-for-us', ({ understanding: { form }, asked }) => !asked && form !== undefined),
  ticketWaits,
  colleagueTalks,
  { name: 'speaks-back', decide: speaksBack },
  ...helpless,

  // What is added to an answer.
  {
    name: 'reminder-asked-along',
    decide: ({ understanding, situation }, rest) => withReminder(rest(), understanding, situation),
  },
  {
    name: 'withdrawal',
    decide: ({ understanding, situation }, rest) => warnOfWithdrawal(rest(), understanding, situation),
  },

  { name: 'said-before', decide: withoutRepeating },
  { name: 'in-brief', decide: rejectionInBrief },

  // What takes up the talk so far.
  picturePolicy,
  { name: 'points', decide: pointsOnly },
  {
    name: 'menu',
    decide: ({ message: { text }, understanding: { act, normalized }, asked }) =>
      asked && (normalized === '' || act === 'menu')
        ? { kind: 'courtesy', word: isFace(text, normalized) ? 'acknowledged' : 'menu' }
        : undefined,
  },
  {
    name: 'checklist',
    decide: ({ understanding, situation, asked }) =>
      understanding.walk || situation.walking?.walk
        ? takeUpWalk(understanding, situation, { isAsked: asked })
        : undefined,
  },
  { name: 'reminder', decide: (turn) => takeUpReminder(turn.understanding, turn.situation, { isAsked: turn.asked }) },
  { name: 'passed', decide: passedReview },
  { name: 'follow-up', decide: (turn) => aboutReason(turn.understanding, turn.situation, { isAsked: turn.asked }) },
  { name: 'follow-up', decide: (turn) => elidedWordForWord(turn.understanding, turn.situation) },
  {
    name: 'follow-up',
    decide: ({ understanding, situation, asked }) =>
      asked || situation.spokenToLast ? doubted(understanding, situation) : undefined,
  },
  {
    name: 'goes-on',
    decide: ({ understanding, situation, asked }) =>
      asked || situation.spokenToLast || understanding.act === 'question'
        ? asksOfGoods(understanding, situation)
        : undefined,
  },
  {
    name: 'goes-on',
    decide: ({ understanding, situation, asked }) =>
      asked || situation.spokenToLast
        ? (awaitsCategory(understanding, situation) ?? swapsGoods(understanding, situation, { isAsked: asked }))
        : undefined,
  },
  { name: 'quoted-answer', decide: aboutQuotedAnswer },
  { name: 'follow-up', decide: (turn) => takeUp(turn.understanding, turn.situation, { isAsked: turn.asked }) },
  { name: 'rejected-why', decide: asksForNotice },
  { name: 'small-talk', decide: smallTalk },
  { name: 'wants-human', decide: wantsHuman },
  { name: 'goes-on', decide: (turn) => goesOnward(turn.understanding, turn.situation, { isAsked: turn.asked }) },
  {
    name: 'goes-on',
    decide: ({ understanding, situation, asked }) => (asked ? staysBeyond(understanding, situation) : undefined),
  },
  { name: 'goes-on', decide: (turn) => elided(turn.understanding, turn.situation) },
  { name: 'goes-on', decide: goesOnOverheard },
  { name: 'goes-on', decide: staysOnSubject },

  // What the words mean by themselves.
  {
    name: 'second-opinion',
    decide: (turn, rest) => turn.situation.opinion && byOpinion(turn.situation.opinion, turn, rest),
  },
  { name: 'announced', decide: announced },
  { name: 'rejected-why', decide: ratherAsksForNotice },
  // Whoever has submitted again since the rejection waits, and has done what the notice asks for.
  { name: 'days', decide: (turn) => (tellsResubmission(turn.understanding) ? daysAsked(turn) : undefined) },
  { name: 'answered-lately', decide: unlessToldLately },
  { name: 'notice', decide: noticeAnswer },
  silence('not-for-us', ({ understanding: { candidates }, situation, asked }) => {
    const [top] = candidates
    return !asked && (!top || scopeOf(top.overheard, top) < speakScope(situation))
  }),
  { name: 'rule', decide: rulesAsked },
  { name: 'asked-along', decide: askedAlong },
  { name: 'several-questions', decide: questionsAsked },
  { name: 'sure-fact', decide: sureFact },
  { name: 'rule', decide: ruleAsked },
  { name: 'days', decide: daysAsked },
  {
    name: 'several-questions',
    decide: ({ understanding, situation, asked }) =>
      asked
        ? answerSeveral(understanding, { scope: scopeOfParts(understanding), confidence: 'confidence' })
        : answerSeveral(understanding, { scope: speakScope(situation), confidence: 'overheard' }),
  },
  silence('not-sure', ({ understanding: { candidates }, asked }) => {
    const [top] = candidates
    return !asked && top !== undefined && top.share < THRESHOLDS.speakShare
  }),
  { name: 'days', decide: daysOverheard },
  { name: 'unknown-rejection', decide: callForUnknownRejection },
  { name: 'goes-on', decide: goesOnAsked },
  { name: 'finished', decide: stepFinished },
  { name: 'chatter', decide: chatter },
  { name: 'fact', decide: factAsked },
  { name: 'both', decide: answerBoth },
  {
    name: 'guide',
    decide: ({ understanding, asked }) => {
      const [top] = understanding.candidates
      // Options that are improbable only make the reader slower than an honest word.
      if (asked && understanding.answers && top && top.share < PROBABLE_SHARE)
        return { kind: 'fallback', reason: 'not-understood' }
      if (asked || !top) return answerOrOffer(understanding.candidates)
      const fact = factOf(top.sectionKey, understanding)
      return { kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure', ...(fact ? { fact } : {}) }
    },
  },
]

/** Decides what to do about one message. Pure: the same message in the same situation gets the same decision. */
export const decide = (message: IncomingMessage, understanding: Understanding, situation: Situation): Decision =>
  decideBy(policies, { message, understanding, situation, asked: isAddressed(message) }).decision

/**
 * Whoever was answered a moment ago, with nobody else speaking since, most likely asks the bot, name or no name: what would
 * be answered then is answered now, and all else stays unsaid.
 */
function speaksBack(turn: Turn, rest: () => Decision): Decision | undefined {
  const { understanding, situation, asked } = turn
  if (asked || !situation.spokenToLast) return undefined
  const decision = rest()
  const says = understanding.act === 'question' || !!understanding.rules || addsToTold(understanding, situation)
  const asks = says || objects(understanding, situation)
  if (decision.kind !== 'silent' || !asks || (understanding.notice && !noticeAnswer(turn))) return decision
  const wanted = decideBy(policies, { ...turn, asked: true }).decision
  // 我们没有商城 is no objection to what was told unless it is read as one.
  if (!says && !(wanted.kind === 'answer' && wanted.reason === 'follow-up')) return decision
  const isAnswer = wanted.kind === 'answer' && (wanted.unknown === undefined || asksOn(turn))
  const isFact = wanted.kind === 'outside' && wanted.fact !== undefined && !isGuess(wanted.fact, turn)
  const isGuessed = wanted.kind === 'clarify' && wanted.fact !== undefined && situation.clarifying
  const isKnown =
    isAnswer || isFact || isGuessed || (wanted.kind === 'outside' && wanted.parts?.some(({ fact }) => fact) === true)
  return isKnown || wantsToHear(wanted, turn) ? wanted : decision
}

/** Less likely than this, 0..1, a fact around the guides is no answer to who has not called the bot. */
const GUESSED_SHARE = 0.12

const isGuess = (fact: Fact, { understanding: { answers = [] }, situation: { talkedLately } }: Turn): boolean =>
  talkedLately &&
  fact.kind === 'short-answer' &&
  answers.some(({ answer, share }) => answer.id === fact.answer.id && share < GUESSED_SHARE)

/** 这个怎么改: a picture says what is meant, which is not read; behind nothing at all it means nothing. */
function pointsOnly(
  { situation: { pointsAt, talkedLately }, asked }: Turn,
  rest: () => Decision,
): Decision | undefined {
  if (!asked || pointsAt === undefined) return undefined
  if (pointsAt === 'picture') return { kind: 'fallback', reason: 'not-understood' }
  if (talkedLately) return undefined
  const decision = rest()
  const isGuess = decision.kind === 'answer' || decision.kind === 'outside' || decision.kind === 'fallback'
  return isGuess ? { kind: 'fallback', reason: 'unclear' } : decision
}

/** 我把招聘和拼车先去掉吧; whoever is about to withdraw is warned. */
const isRemark = ({ understanding: { normalized, withdraws }, situation: { language } }: Turn): boolean =>
  !withdraws && language?.talk.remarks.test(normalized) === true

function smallTalk(turn: Turn): Decision | undefined {
  const { act } = turn.understanding
  if (!turn.asked) return undefined
  if (act === 'greeting' || act === 'thanks') return { kind: 'courtesy', word: act }
  if (act === 'acknowledge' || isRemark(turn)) return { kind: 'courtesy', word: 'acknowledged' }
  // Agreeing or refusing with nothing on offer: "好的", "不用转人工".
  return act === 'yes' || act === 'no' ? { kind: 'courtesy', word: 'declined' } : undefined
}

/** Whoever writes more has said something. */
const MAX_ANNOUNCED_CHARS = 24

/** 帮客户问的，客户公司叫…: the question is still to come. */
function announced({ understanding, situation, asked }: Turn): Decision | undefined {
  const { act, normalized, notice, days, rejected, categories, answers, followUp } = understanding
  if (!asked || notice || days || rejected || categories || followUp || answers?.[0]?.wordForWord) return undefined
  // 小程序叫美食大全给打回来了 says what the matter is.
  if (situation.language?.notice.verdict.test(normalized)) return undefined
  const isAnnounced = normalized.length <= MAX_ANNOUNCED_CHARS && situation.language?.around.announces.test(normalized)
  return act === 'statement' && isAnnounced ? { kind: 'courtesy', word: 'listening' } : undefined
}

/** 过了！ is good news to whom the bot has helped. */
function passedReview({ understanding, situation, asked }: Turn): Decision | undefined {
  const { timelineSection, talkedLately, language } = situation
  if (timelineSection === undefined || !(asked || talkedLately)) return undefined
  const dense = understanding.normalized.replace(/[\s\p{P}~]+/gu, '')
  if (dense.length > MAX_NEWS_CHARS || /[?？]/.test(understanding.normalized) || !language?.talk.passed.test(dense)) {
    return undefined
  }
  return { kind: 'answer', sectionKeys: [timelineSection], reason: 'follow-up', says: 'passed' }
}

const MAX_NEWS_CHARS = 20

/** "这个要截图吗" to an answer of ours asks about that answer, whatever else its words bring to mind. */
function aboutQuotedAnswer({ message, understanding, situation }: Turn): Decision | undefined {
  const { lastSection, language } = situation
  const { act, normalized, followUp } = understanding
  const points = message.quote?.ofBot === true && language?.around.pointing.test(normalized) === true
  if (!points || act !== 'question' || followUp || lastSection === undefined) return undefined
  return { kind: 'answer', sectionKeys: [lastSection], reason: 'follow-up', narrows: true }
}

function wantsHuman({ understanding, situation, asked }: Turn): Decision | undefined {
  const { act, wantsHuman: wish, candidates, normalized, answers } = understanding
  // 王工在吗 is put to him, whoever he is.
  if (!asked && situation.language?.talk.callsByName.test(normalized)) return undefined
  const scale = asked ? 'confidence' : 'overheard'
  const level = asked ? THRESHOLDS.humanAsked : THRESHOLDS.humanOverheard
  // 老师在吗 is said before anything is wanted.
  const isCourtesy = act === 'greeting' || act === 'thanks' || act === 'acknowledge'
  // 这个谁弄，我还是你们 is asked in an author's own words.
  const isKnown = answers?.[0]?.wordForWord === true
  const isCalled = !isCourtesy && !isKnown && wish[scale] >= level && wish[scale] > (candidates[0]?.[scale] ?? 0)
  return act === 'wants-human' || isCalled ? { kind: 'escalate', reason: 'asked', sectionKeys: [] } : undefined
}

/** Nothing less likely heads a choice, 0..1. */
const PROBABLE_SHARE = 0.25
/** Put to the bot, a message is likely for us: this is enough, 0..1; fitted with the costs of `THRESHOLDS`. */
const ASKED_SCOPE = 0.55
/** Enough where a good or one fact stands out. */
const CLEAR_SCOPE = 0.1
/** The same for what lies around the guides, where its own fact stands out: better than not to know. */
const OUTSIDE_SCOPE = 0.4
/** From here on a message is read as several questions, 0..1: 4 of 338 single ones are kept whole, 3 of 124 are not torn. */
const SEVERAL = 0.5

/** Of what is surely several questions, each needs no more than a message by itself. */
const scopeOfParts = ({ topics }: Understanding): number =>
  (topics?.confidence ?? 0) >= SEVERAL ? ASKED_SCOPE : THRESHOLDS.offerScope

/** So surely about something around the guides that the days it tells are none of a review, 0..1. */
const DAYS_OF_OTHERS = 0.65
/** More reasons than this are no line to choose from. */
const MAX_REASONS = 8

/** 被驳回了怎么办 names no reason: none is guessed. */
function asksForNotice({ understanding, situation, asked }: Turn): Decision | undefined {
  const { notice, rejected } = understanding
  // Among people, a report wants no answer, and a cry for help does.
  if (notice || (asked ? rejected === undefined : rejected !== 'asks')) return undefined
  return wishForNotice(situation)
}

function wishForNotice({ rejections }: Situation): Decision | undefined {
  const [first, ...others] = (rejections?.() ?? []).slice(0, MAX_REASONS)
  return first === undefined ? undefined : { kind: 'clarify', sectionKeys: [first, ...others], asksNotice: true }
}

/** A tale of a rejection that names no reason: its notice helps more than a choice among pages, or not to know. */
function ratherAsksForNotice({ understanding, situation, asked }: Turn, rest: () => Decision): Decision | undefined {
  const { notice, normalized, rules } = understanding
  const phrases = situation.language?.notice
  if (!asked || notice || rules || !phrases?.verdict.test(normalized) || phrases.refusedElse.test(normalized))
    return undefined
  const decision = rest()
  const isChoice = decision.kind === 'clarify' && !decision.fact
  const isOfReasons = isChoice && decision.sectionKeys.every((key) => situation.isRejection?.(key))
  const isLost = decision.kind === 'fallback' || (isChoice && !isOfReasons)
  return (isLost && wishForNotice(situation)) || decision
}

/** 说没接内容安全怎么办: what to do in a line or two, the steps are a number away. */
function rejectionInBrief({ situation: { isRejection, inBrief } }: Turn, rest: () => Decision): Decision {
  const decision = rest()
  if (decision.kind !== 'answer' || !tellsWhole(decision) || decision.sectionKeys.length > 1) return decision
  const [key] = decision.sectionKeys
  const answer = isRejection?.(key) ? inBrief?.(key) : undefined
  return answer ? { ...decision, fact: { kind: 'short-answer', answer } } : decision
}

const MAX_FINISHED_CHARS = 16
/** So likely, 0..1, a section is the one that was finished. */
const FINISHED_SHARE = 0.5

/** 类目加好了, put to the bot: what comes next. */
function stepFinished({ understanding, situation, asked }: Turn): Decision | undefined {
  const { act, normalized, candidates, notice } = understanding
  const [top] = candidates
  const says = act === 'statement' && normalized.length <= MAX_FINISHED_CHARS
  if (!asked || !says || notice || !top || !situation.language?.talk.finished.test(normalized)) return undefined
  if (top.share < FINISHED_SHARE || situation.isRejection?.(top.sectionKey)) return undefined
  const next = situation.nextSection(top.sectionKey)
  return next === undefined ? undefined : { kind: 'answer', sectionKeys: [next], reason: 'follow-up' }
}

const MAX_ALONG = 3

/** What a part of the message may ask besides is named below the answer, where it is not sure enough to be told. */
function askedAlong(
  { understanding: { topics, questions, mentions, notice }, situation, asked }: Turn,
  rest: () => Decision,
): Decision | undefined {
  if (!asked || notice || !(topics || questions || mentions)) return undefined
  const decision = rest()
  const isOwn = decision.kind === 'answer' && ['sure', 'several', 'days'].includes(decision.reason)
  if (!isOwn || decision.kind !== 'answer') return decision
  const { sectionKeys, alternatives = [] } = decision
  const named = [...sectionKeys, ...alternatives]
  const spokenOf = [
    ...(topics?.candidates ?? []).filter((one) => scopeOf(one.confidence, one) >= THRESHOLDS.offerScope),
    ...(mentions ?? []),
    ...(questions?.parts ?? []).flatMap(({ candidates }) => candidates.filter(({ share }) => share >= ALONG_SHARE)),
  ]
  const along = [...new Set(spokenOf.map(({ sectionKey }) => sectionKey))].filter(
    (key) => !named.includes(key) && situation.hasSection(key),
  )
  return along.length === 0 ? decision : { ...decision, alternatives: [...along, ...alternatives].slice(0, MAX_ALONG) }
}

/** So likely for a part of a message, 0..1, a section is worth a name. */
const ALONG_SHARE = 0.3

/** 3.3.4和3.2.11分别啥意思 */
function rulesAsked({ understanding: { rules = [], notice }, situation, asked }: Turn): Decision | undefined {
  const isOfSeveral = asked && !notice && rules.length > 1
  return isOfSeveral ? answerEach(rules.map((rule) => tellRule(rule, situation))) : undefined
}

/** 驳回写的 3.2.11 是什么 */
function ruleAsked({ understanding, situation, asked }: Turn): Decision | undefined {
  const { rules, notice, topics, answers, trimmed, candidates } = understanding
  const [rule] = rules ?? []
  const isAlone = (topics?.confidence ?? 0) < SEVERAL && !answers?.[0]?.wordForWord
  if (!asked || !rule || notice || !isAlone) return undefined
  const [top] = candidates
  const isKnown = top !== undefined && scopeOf(top.confidence, top) >= ASKED_SCOPE
  if (trimmed.length > MAX_RULE_CHARS && isKnown) return undefined
  const { fact, sectionKey } = tellRule(rule, situation)
  return sectionKey === undefined
    ? { kind: 'outside', fact }
    : { kind: 'answer', sectionKeys: [sectionKey], reason: 'sure', fact }
}

/** More asks about more than what the number says, if it is known what. */
const MAX_RULE_CHARS = 40

/** Each question by itself; days that are told beside them are reckoned all the same. */
function questionsAsked(turn: Turn): Decision | undefined {
  const { asked, understanding } = turn
  if (!asked || understanding.answers?.[0]?.wordForWord) return undefined
  const several = answerQuestions(understanding)
  const days = several && daysAsked(turn)
  return days?.kind === 'answer' ? days : several
}

/** The whole message asks for one fact in so many words. */
function sureFact(turn: Turn): Decision | undefined {
  const { normalized, answers, topics } = turn.understanding
  const best = answers?.[0]
  if (!best) return undefined
  const isOne = (normalized.match(/[?？]/g)?.length ?? 0) < 2 && (topics?.confidence ?? 0) < SEVERAL
  const isSure = best.wordForWord || (isOne && isSureFact(best))
  // A section that is asked for as a whole has nothing to tell at once.
  if (!isSure || (best.answer.whole && !best.wordForWord)) return undefined
  // Days of a review are reckoned, unless they are days of something else: 昨天提交的小程序备案.
  const hasDays = turn.understanding.days !== undefined || best.answer.sectionKey === turn.situation.timelineSection
  const isElsewhere = (turn.understanding.outside?.share ?? 0) > DAYS_OF_OTHERS
  return hasDays && !isElsewhere && !best.wordForWord ? undefined : factAsked(turn)
}

/**
 * How much a message is about anything that is known here, 0..1: of questions put to the bot by name and about things that
 * lie around the guides, 4 in 100 are less; of chatter, 9 in 10.
 */
const ABOUT_QUESTION = 0.05
const ABOUT_STATEMENT = 0.15
const MAX_WORD_CHARS = 4
const MAX_SHORT_CHARS = 6

/** Of words that an author wrote for a section, 0..1. */
const WRITTEN = 0.99

/** 今天天气真不错, put to the bot: what is about nothing here gets no fact, however much likelier than others one is. */
function chatter({ understanding, situation, asked }: Turn): Decision | undefined {
  const { act, normalized, followUp, answers, candidates, categories = [], notice } = understanding
  const [top] = candidates
  const [best] = answers ?? []
  if (!asked || notice || !best || !top || best.wordForWord || categories.length > 0) return undefined
  // Written by an author for a section, whatever else it may be said of.
  if (top.confidence >= WRITTEN || isSureFact(best, CLEAR_WITHIN)) return undefined
  const about = scopeOf(top.overheard, top) * Math.max(top.share, best.share)
  // 类目 by itself asks; 在哪 by itself may ask for anything.
  const isWord = act === 'statement' && normalized.length <= MAX_WORD_CHARS
  const isShort = act === 'question' && normalized.length <= MAX_SHORT_CHARS
  // Trouble is no chatter, whatever it is about.
  const { talk, notice: notices } = situation.language ?? {}
  const isTrouble = talk?.obstacle.test(normalized) === true || followUp !== undefined
  if (notices?.verdict.test(normalized)) return undefined
  const asks = act !== 'statement' || isWord || isTrouble
  if (about >= (asks && !isShort ? ABOUT_QUESTION : ABOUT_STATEMENT)) return undefined
  // Whoever speaks of a review is no chatterer: better an honest word.
  if (asks || situation.language?.review.concernsReview.test(normalized))
    return { kind: 'fallback', reason: 'not-understood' }
  return { kind: 'courtesy', word: situation.talkedLately ? 'acknowledged' : 'chat' }
}

function factAsked({ understanding, asked }: Turn): Decision | undefined {
  const { candidates, outside, answers, notice } = understanding
  const [top] = candidates
  // Without short answers nothing is known of what lies around the guides, so only what is sure is told.
  if (!asked || notice || !answers) return undefined
  const scope = top === undefined ? 0 : scopeOf(top.confidence, top)
  // Whoever names a good beside words of asking for its category wants that.
  const isGood = understanding.categories?.some(({ general, rows }) => !general && rows.length > 0) === true
  // 二审要等好多天嗦: a fact that stands out is asked for, however it is said.
  const isClear = isGood || isSureFact(answers[0], CLEAR_WITHIN)
  if (answers[0]?.wordForWord || scope >= (isClear ? CLEAR_SCOPE : ASKED_SCOPE)) return answerAsked(understanding)
  const isOutside = scope >= OUTSIDE_SCOPE && outside !== undefined && outside.share > 0.7
  const decision = isOutside ? answerAsked(understanding) : undefined
  return decision?.kind === 'outside' && decision.fact ? decision : undefined
}

/** What the words alone leave open, the talk so far may settle. */
function goesOnOverheard(turn: Turn, rest: () => Decision): Decision | undefined {
  if (turn.asked) return undefined
  const decision = rest()
  if (decision.kind !== 'silent' || noticeAnswer(turn)) return decision
  return goOn(turn.understanding, turn.situation, { isAsked: false }) ?? decision
}

/** 哪个快, 两张都要盖吗: what is too short to say what it is about, and is not understood by itself, asks of what was told. */
function staysOnSubject({ understanding, situation, asked }: Turn, rest: () => Decision): Decision | undefined {
  if (!asked || !isBareQuestion(understanding, situation)) return undefined
  const decision = rest()
  const isOpen =
    (decision.kind === 'fallback' && decision.reason === 'not-understood') ||
    (decision.kind === 'clarify' && !decision.fact && !decision.asksNotice) ||
    (decision.kind === 'outside' && !decision.fact && !decision.parts) ||
    (decision.kind === 'answer' && tellsWhole(decision) && decision.sectionKeys[0] === situation.lastSection)
  return isOpen ? (ofSubject(understanding, situation) ?? decision) : decision
}

/** A whole section, not what of it was asked for. */
const tellsWhole = ({ reason, fact, parts, narrows }: Extract<Decision, { kind: 'answer' }>): boolean =>
  reason === 'sure' && !fact && !parts && !narrows

function goesOnAsked({ understanding, situation, asked }: Turn): Decision | undefined {
  const isOpen = asked && !understanding.notice && answerOrOffer(understanding.candidates).kind !== 'answer'
  return isOpen ? goOn(understanding, situation, { isAsked: true }) : undefined
}

/** Among people, the bot does not repeat what was just told to all. */
function unlessToldLately({ situation, asked }: Turn, rest: () => Decision): Decision | undefined {
  if (asked) return undefined
  const decision = rest()
  const isRepeated =
    decision.kind === 'answer' &&
    decision.reason !== 'days' &&
    tellingsOf(decision).every(({ key, sectionKey }) => {
      return situation.toldLately(key) || (sectionKey !== undefined && situation.toldLately(sectionKey))
    })
  return isRepeated ? { kind: 'silent', reason: 'answered-lately' } : decision
}

/** A rejection notice; among people only where all of its reasons are known. */
function noticeAnswer({ understanding: { notice }, asked }: Turn): Decision | undefined {
  const answer = notice && answerNotice(notice)
  return asked || answer?.kind === 'answer' ? answer : undefined
}

/** The days, and what is asked besides. */
function daysAsked({ understanding, situation, asked }: Turn): Decision | undefined {
  const days = asked ? answerDays(understanding, situation) : undefined
  if (days?.kind !== 'answer' || !understanding.questions) return days
  // How long it takes is reckoned; 能加急吗 is asked beside, and stands in the same section.
  const { parts } = understanding.questions
  const asksTime = situation.language?.review.asksTime
  const others = parts.filter(({ text }) => asksTime?.test(text) !== true)
  const besides = partsOf({ ...understanding.questions, parts: others }).filter(
    ({ sectionKey, fact, unknown }) => unknown === undefined && (fact || sectionKey !== situation.timelineSection),
  )
  if (besides.length === 0) return days
  const keys = sectionsOf(besides).filter((key) => !days.sectionKeys.includes(key))
  return { ...days, sectionKeys: [...days.sectionKeys, ...keys], parts: besides }
}

function daysOverheard({ understanding, situation, asked }: Turn): Decision | undefined {
  const isAboutDays = understanding.candidates[0]?.sectionKey === situation.timelineSection
  return !asked && isAboutDays ? answerDays(understanding, situation) : undefined
}

/** A rejection that none of us knows is no matter for guessing. */
function callForUnknownRejection({ understanding: { notice }, asked }: Turn, rest: () => Decision) {
  if (!asked || !notice) return undefined
  const decision = rest()
  if (decision.kind === 'answer') return decision
  const fact = { kind: 'notice', reasons: notice } as const
  return { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: [], fact } as const
}

/** Torn between sections each of which has words of its own in the message: both are answered. */
function answerBoth({ understanding: { topics, notice }, asked }: Turn, rest: () => Decision): Decision | undefined {
  if (!asked || !topics || notice) return undefined
  const decision = rest()
  if (decision.kind !== 'clarify') return decision
  const [first, ...others] = topics.candidates.map(({ sectionKey }) => sectionKey)
  // Parts that leave out a likelier reading of the whole were torn from their context.
  const likeliest = decision.sectionKeys.slice(0, topics.candidates.length)
  const torn = first !== undefined && likeliest.every((key) => first === key || others.includes(key))
  return (torn && answerParts(topics, topics.candidates)) || decision
}

/** Someone whom the bot has just answered most likely still talks to it. */
function speakScope({ talkedLately }: Situation): number {
  return talkedLately ? (THRESHOLDS.speakScope + THRESHOLDS.offerScope) / 2 : THRESHOLDS.speakScope
}
