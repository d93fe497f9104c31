/**
 * The groups of phrases that the code asks for, by theme; their words stand in `intents/language/<theme>.yaml`.
 *
 * `within`: found anywhere in a text; `whole`: the whole text; `start`: its beginning; `every`: each occurrence;
 * `part`: only used inside other groups.
 */
export const LANGUAGE_SHAPE = {
  acts: {
    whole: [
      'thanks',
      'praise',
      'greeting',
      'farewell',
      'acknowledge',
      'yes',
      'no',
      'menu',
      'wantsPerson',
      'notThat',
      'complaint',
      'stillFailing',
      'settled',
      'done',
      'next',
      'howLong',
      'again',
    ],
  },
  around: {
    start: ['opening', 'introduction', 'asking', 'courtesy', 'pointing'],
    within: ['chain', 'minutes'],
    whole: ['sameQuestion', 'cardLine'],
    part: [
      'closing',
      'label',
      'address',
      'person',
      'organisation',
      'noted',
      'thanked',
      'leaving',
      'laugh',
      'willDo',
      'pointed',
      'wanted',
    ],
  },
  talk: {
    within: [
      'choice',
      'letterChoice',
      'ordinalChoice',
      'spokenChoice',
      'greeting',
      'thanks',
      'no',
      'humanDirect',
      'humanRefused',
      'onlyRefuses',
      'question',
      'leading',
      'trailing',
      'correction',
      'stillFailing',
      'notThat',
      'howLong',
      'next',
      'done',
      'screenshot',
      'again',
    ],
    whole: ['menu', 'yes', 'settled'],
    part: ['picked', 'picking', 'person'],
  },
  ticket: {
    within: ['solved', 'fine', 'notNeeded', 'notSolved', 'satisfied', 'fair', 'dissatisfied'],
    part: ['thanks', 'tail', 'found'],
  },
  checklist: {
    within: ['review', 'wantsGuiding', 'wantsChecklist', 'restart', 'skip', 'back', 'stop', 'resume', 'done'],
    every: ['vocabulary'],
    part: ['fillers', 'guides', 'walks', 'checks'],
  },
  reminder: {
    within: ['asks', 'asksBehindDays', 'namesReminding', 'cancels'],
    part: ['then', 'filler', 'call', 'behind'],
  },
  withdrawal: {
    within: [
      'withdraw',
      'resubmit',
      'change',
      'underReview',
      'speaksOfReview',
      'aboutTo',
      'already',
      'warnsOthers',
      'afterwards',
      'notYetSubmitted',
      'otherObject',
      'ourObject',
    ],
  },
  review: {
    within: [
      'namesFirstReview',
      'rejection',
      'deniedBefore',
      'alreadyBefore',
      'aheadBefore',
      'doneBehind',
      'speaksOfReview',
      'otherObject',
      'otherPlatform',
      'miniProgram',
      'underReview',
      'laterVersion',
      'newVersion',
      'publishedBefore',
      'nextOne',
      'firstVersion',
      'plan',
      'stillWaiting',
      'asksHow',
      'firstPassed',
      'asksTime',
      'waitingEvidence',
      'questionLike',
      'tellsWhen',
      'restates',
      'verbBehind',
      'secondReviewBefore',
      'notOurWait',
      'asksWhen',
      'otherSubject',
      'holiday',
      'countsDays',
      'worksThen',
      'namesLength',
      'asksCounting',
      'announcesHolidays',
      'finished',
      'passedAll',
      'namesReview',
      'stillOn',
      'announces',
      'asksBack',
      'beforeOrAfter',
      'comesInBetween',
      'aimsOnline',
      'asksLatest',
      'otherWish',
      'supposedBefore',
      'again',
      'concernsReview',
      'holidayWord',
    ],
    start: ['failedBehind'],
    every: ['roleWord', 'rejectionFeared', 'idle', 'doneBefore', 'earlier'],
    part: ['firstReview', 'passed', 'passedSomething', 'wish', 'submitStrong', 'submitWeak', 'rivals'],
  },
  notice: {
    within: ['rejected', 'led', 'otherPlatform', 'ownWords', 'announces', 'closing', 'frame'],
    whole: ['label'],
    part: ['reasonLabel', 'otherLabel'],
  },
  colleagues: {
    within: [
      'saysYou',
      'chatter',
      'toSeveral',
      'takesIt',
      'aboutCustomer',
      'thanksFirst',
      'emptyLetters',
      'frequentLetters',
    ],
    whole: ['aside', 'everywhere'],
    start: ['attends', 'toAll', 'thirdPerson'],
    part: ['honorific'],
  },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<PhraseUse, readonly string[]>>>>>

export type PhraseUse = 'within' | 'whole' | 'start' | 'every' | 'part'

type Shape = typeof LANGUAGE_SHAPE
export type Theme = keyof Shape
type NamesOf<Groups> = Groups[keyof Groups] extends readonly (infer Name extends string)[] ? Name : never

/** One theme, compiled: a pattern a group; a `part` can be built into another pattern. */
export type Phrases<T extends Theme> = Readonly<Record<NamesOf<Shape[T]>, RegExp>>

/** What people say, compiled once for one state of the knowledge. */
export type Language = { readonly [T in Theme]: Phrases<T> }

/** As authors wrote it: theme → group → phrases. Plain data. */
export type LanguageSource = Readonly<Partial<Record<Theme, Readonly<Record<string, readonly string[]>>>>>
