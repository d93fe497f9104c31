/**
 * The groups of phrases that the code asks for, by theme; their words stand in `intents/language/<theme>.yaml`.
 *
 * `within`: found anywhere in a text; `whole`: the whole text; `start`: its beginning; `every`: each occurrence;
 * `part`: only used inside other groups.
 */
const LANGUAGE_SHAPE = {
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
    within: ['chain', 'minutes', 'congratulates', 'announces'],
    whole: ['sameQuestion', 'cardLine', 'suggests'],
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
      'keyAsked',
      'spokenChoice',
      'greeting',
      'thanks',
      'acknowledge',
      'anger',
      'passed',
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
      'resubmit',
      'screenshot',
      'again',
      'explain',
      'doubts',
      'obstacle',
      'contradicts',
      'noReason',
      'finished',
      'protests',
      'callsByName',
      'unheard',
      'inReview',
      'ofVersion',
    ],
    start: ['takesNote', 'remarks'],
    whole: ['menu', 'yes', 'settled', 'complaint', 'caseHolds'],
    part: ['picked', 'picking', 'person'],
  },
  questions: {
    within: [
      'asks',
      'asksHow',
      'asksWhere',
      'asksIndividual',
      'asksReview',
      'asksOnlyReview',
      'asksDocuments',
      'asksCategory',
      'leftOpen',
      'tellsSelf',
      'bareHow',
      'swaps',
      'lacks',
      'lacksWords',
      'counts',
      'also',
    ],
    start: ['leading', 'depends', 'distributes'],
    every: ['border', 'onlyAsks', 'asksOfPlace', 'asksOfPictures'],
    part: ['connective'],
  },
  ticket: {
    within: [
      'solved',
      'fine',
      'notNeeded',
      'notSolved',
      'brokenAgain',
      'asksForPerson',
      'asksHours',
      'satisfied',
      'fair',
      'dissatisfied',
    ],
    part: ['thanks', 'tail', 'found'],
  },
  checklist: {
    within: ['review', 'wantsGuiding', 'wantsChecklist', 'restart', 'skip', 'back', 'stop', 'where', 'resume', 'done'],
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
    within: [
      'rejected',
      'led',
      'otherPlatform',
      'ownWords',
      'announces',
      'closing',
      'frame',
      'heading',
      'asksCategory',
      'lacksCategory',
      'verdict',
      'refusedElse',
      'quotedReason',
      'asksMeaning',
      'wantsCategory',
      'hasCategory',
      'asksWhy',
      'namesRule',
      'namesRuleBook',
      'onlineRules',
      'asksBelow',
      'lacksGoods',
      'relayed',
    ],
    every: ['splits', 'feared'],
    start: ['bareRejection', 'relays'],
    whole: ['label'],
    part: ['reasonLabel', 'otherLabel', 'aroundVerdict'],
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

export const THEMES = Object.keys(LANGUAGE_SHAPE) as readonly Theme[]

/** Groups that the code puts together from an author's parts: named, so that it can tell which of them was found. */
const COMPOSED: Readonly<Partial<Record<Theme, Readonly<Record<string, readonly string[]>>>>> = {
  review: {
    roleWord: [
      '(?<passed>{passed})',
      '(?<ended>{rejection})',
      '(?<strong>{submitStrong})',
      '(?<submit>{submitWeak})',
      '(?<something>{passedSomething})',
      '{wish}',
    ],
  },
}

/** Group → how the code uses it, for one theme, without what the code composes itself. */
export function groupsOf(theme: Theme): ReadonlyMap<string, PhraseUse> {
  const composed = COMPOSED[theme] ?? {}
  const byUse: Readonly<Partial<Record<PhraseUse, readonly string[]>>> = LANGUAGE_SHAPE[theme]
  const uses = Object.entries(byUse) as [PhraseUse, readonly string[]][]
  return new Map(uses.flatMap(([use, names]) => names.filter((name) => !(name in composed)).map((name) => [name, use])))
}

/** Compiles what authors wrote, once for a state of the knowledge. A group that nobody wrote is never found. */
export function compileLanguage(source: LanguageSource): Language {
  const themes = THEMES.map((theme) => {
    const groups = { ...source[theme], ...(source[theme] ? COMPOSED[theme] : {}) }
    const byUse: Readonly<Partial<Record<PhraseUse, readonly string[]>>> = LANGUAGE_SHAPE[theme]
    const compiled = Object.entries(byUse).flatMap(([use, names]) =>
      names.map((name) => [
        name,
        compileGroup(name, groups, { use: use as PhraseUse, anyCase: AS_WRITTEN.has(theme) }),
      ]),
    )
    return [theme, Object.fromEntries(compiled)]
  })
  return Object.fromEntries(themes) as Language
}

/** Themes that are looked for in texts as they were written; all others in normalized ones, see `normalizeText`. */
const AS_WRITTEN: ReadonlySet<Theme> = new Set(['colleagues'])

const NEVER = /(?!)/

type Groups = Readonly<Record<string, readonly string[]>>

function compileGroup(
  name: string,
  groups: Groups,
  { use, anyCase }: { readonly use: PhraseUse; readonly anyCase: boolean },
): RegExp {
  const phrases = groups[name]
  if (!phrases) return NEVER
  const source = phrases.map((phrase) => toPattern(phrase, groups)).join('|')
  // Only what names Unicode classes needs the slower reading by whole characters.
  const flags = `${use === 'every' ? 'g' : ''}${/\\p\{/.test(source) ? 'u' : ''}${anyCase ? 'i' : ''}`
  if (use === 'whole') return new RegExp(`^(?:${source})$`, flags)
  if (use === 'start') return new RegExp(`^(?:${source})`, flags)
  return new RegExp(source, flags)
}

/** `{name}` stands for another group of the same theme. */
export const REFERENCE = /(?<!\\p)\{([a-zA-Z]\w*)\}/g
/** Deep enough for any sensible nesting; a group that names itself ends here. */
const MAX_DEPTH = 8

/** The pattern that a phrase stands for, other groups filled in. */
export function toPattern(phrase: string, groups: Groups, depth = 0): string {
  return withoutCaptures(phrase).replace(REFERENCE, (_, name: string) => {
    const named = depth < MAX_DEPTH ? groups[name] : undefined
    return named ? `(?:${named.map((one) => toPattern(one, groups, depth + 1)).join('|')})` : '(?!)'
  })
}

/** Authors' brackets only group: `(甲|乙)?`. */
const withoutCaptures = (phrase: string): string =>
  phrase.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)/g, (sign) => (sign === '(' ? '(?:' : sign))
