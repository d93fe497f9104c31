import { LastFew } from '../base/bounded-map.js'
import type { KnowledgeContent } from '../model/knowledge.js'
import type { Candidate, IntentMatcher, Match, RankedAnswer, TalkSubject } from '../model/understanding.js'
import { type Classifier, compactOf, type Example, NOTHING, type Reading, readRows, trainDense } from './classifier.js'
import {
  AnswerRanking,
  askedFor,
  Best,
  CategoryIndex,
  type CompiledAnswers,
  compileAnswers,
  isTopic,
  LIKELY_SUBJECT,
  NO_ANSWERS,
  type Subject,
} from './facts.js'
import { FeatureTable } from './feature-table.js'
import { type ConceptLexicon, charactersOf, extractFeatures, featureRows, lexiconOf } from './featurizer.js'
import { FITTED } from './fitted.js'
import { normalizeText } from './normalize.js'
import {
  type AuthoredMeaning,
  AuthoredSentences,
  coreOf,
  type SearchDocument,
  SearchIndex,
  type TaughtMeaning,
  TaughtSentences,
} from './retrieval.js'

/** What of the matcher takes time to make; plain data but for the table, see `releases/build.ts`. */
export type CompiledMatcher = {
  /** Of both; the classifier's own features come first. */
  readonly vocabulary: FeatureTable
  /** Tells the subjects apart: intents, topics outside the guides, a person, and nothing for us. */
  readonly subjects: Classifier
  readonly answers: CompiledAnswers
} | null

const MAX_CANDIDATES = 5
/** People have said what it means; what little is left to doubt is whether they say it in the same sense. */
const TAUGHT_CONFIDENCE = 0.99
// Half of the training messages want silence; of those put to the bot by name about one in ten does. The odds
// that a message is for us are raised by that ratio when the bot is addressed.
export const ASKED_LOGIT = Math.log(6)
// Coverage at which a section found by search is as likely right as wrong, and how fast that turns.
const SEARCH_MIDPOINT = 0.4
const SEARCH_STEEPNESS = 12
// Nobody taught us how people talk about these sections, so overheard talk has to match more closely.
const SEARCH_OVERHEARD_MIDPOINT = 0.62

/**
 * What the classifier is trained on. Sentences taught in the chat are none of it: two of them among 10,000 change the
 * answer to one held-out message in thirteen, for better or worse, and are answered by `TaughtSentences` all the same.
 */
export function trainingTexts(content: KnowledgeContent) {
  const { silence, concepts } = content
  const sparse = sparseIntents(content)
  return {
    concepts,
    labelled: [
      ...utterancesOf(content).filter(({ label }) => sparse.get(label) !== 'no-class'),
      ...silence.filter(({ learned }) => !learned).map(({ text }) => ({ text, label: NOTHING })),
    ],
    /** Which short answer is asked for is learned beside which subject. */
    answers: content.answers.map(({ id, title, asks, more, followUps }) => [id, title, asks, more, followUps]),
  }
}

/** Ways of asking for sections, a person, short answers and what lies around the guides. */
const utterancesOf = (content: KnowledgeContent): readonly { readonly text: string; readonly label: Subject }[] => [
  ...content.intents
    .filter(({ automatic }) => !automatic)
    .flatMap(({ id, utterances }) => utterances.map((text) => ({ text, label: id }))),
  ...askedFor(content),
]

/** A class of so few sentences learns little beside those of hundreds, and takes from others what it learns. */
const MIN_CLASS_SENTENCES = 20
/** Up to so many, what is not like one of them is looked for in the section's own words, too. */
const MANY_SENTENCES = 100
/** A knowledge of which all is small is learned as it is: few is what is few beside the usual intent. */
const FEW_BESIDE_USUAL = 1 / 4

/**
 * Intents of sections with few sentences, a new guide's above all. They are found by search, beside the classifier or
 * (`no-class`) without being known to it.
 */
function sparseIntents(content: KnowledgeContent): ReadonlyMap<string, 'no-class' | 'searched'> {
  const counts = new Map<string, number>()
  for (const { label } of utterancesOf(content)) counts.set(label, (counts.get(label) ?? 0) + 1)
  const ofSections = content.intents.filter(({ sectionKey }) => sectionKey !== undefined)
  const authored = ofSections.filter(({ automatic }) => !automatic).map(({ id }) => counts.get(id) ?? 0)
  const usual = authored.sort((a, b) => a - b)[Math.floor(authored.length / 2)] ?? 0
  return new Map(
    ofSections.flatMap(({ id, automatic }): readonly (readonly [string, 'no-class' | 'searched'])[] => {
      const count = counts.get(id) ?? 0
      const isFew = (many: number): boolean => count < many && count < usual * FEW_BESIDE_USUAL
      if (isFew(MIN_CLASS_SENTENCES)) return [[id, 'no-class']]
      return automatic || isFew(MANY_SENTENCES) ? [[id, 'searched']] : []
    }),
  )
}

/** Trains the classifier over authored intents and messages that want silence; 1–3 s of CPU for 8,000 messages. */
export function compileMatcher(content: KnowledgeContent): CompiledMatcher {
  const { concepts, labelled } = trainingTexts(content)
  if (labelled.every(({ label }) => label === NOTHING)) return null
  const lexicon = lexiconOf(concepts)
  const examples = labelled.map(
    ({ text, label }): Example => ({ features: extractFeatures(normalizeText(text), lexicon).names, label }),
  )
  const dense = trainDense(examples)
  const { group, vocabulary } = compileAnswers(content, lexicon, { vocabulary: FeatureTable.of(dense.names) })
  return { vocabulary, subjects: compactOf(dense), answers: group }
}

interface Compiled {
  readonly content: KnowledgeContent
  readonly matcher: NonNullable<CompiledMatcher>
}

/** So many changed sentences move the answers to others less than training in another order does. */
const MAX_CHANGED = 50
const MAX_CHANGED_SHARE = 0.01

/**
 * What an edit of a few sentences needs at once, without training the classifier of subjects anew, which takes 7 s of CPU:
 * the models within the subjects that the edit touches. What was written is understood word for word in any case.
 *
 * @returns undefined where more has changed than can be put off; `changed`: sentences that the classifier lacks or has too many
 */
export function patchMatcher(
  content: KnowledgeContent,
  before: Compiled,
): { readonly matcher: NonNullable<CompiledMatcher>; readonly changed: number } | undefined {
  const [old, now] = [trainingTexts(before.content), trainingTexts(content)]
  if (JSON.stringify(old.concepts) !== JSON.stringify(now.concepts)) return undefined
  const changed = countChanged(old.labelled, now.labelled)
  if (changed > Math.min(MAX_CHANGED, now.labelled.length * MAX_CHANGED_SHARE)) return undefined
  const { subjects, answers } = before.matcher
  const known = new Set(subjects.classes)
  if (now.labelled.some(({ label }) => !known.has(label))) return undefined
  const lexicon = lexiconOf(content.concepts)
  const { group, vocabulary } = compileAnswers(content, lexicon, {
    vocabulary: before.matcher.vocabulary,
    before: { content: before.content, answers },
  })
  return { matcher: { vocabulary, subjects, answers: group }, changed }
}

function countChanged(
  before: ReturnType<typeof trainingTexts>['labelled'],
  after: ReturnType<typeof trainingTexts>['labelled'],
): number {
  const counts = new Map<string, number>()
  for (const { text, label } of after) counts.set(`${label}\n${text}`, (counts.get(`${label}\n${text}`) ?? 0) + 1)
  for (const { text, label } of before) counts.set(`${label}\n${text}`, (counts.get(`${label}\n${text}`) ?? 0) - 1)
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0)
}

/**
 * Builds the matcher: the classifier for authored intents, a search index for sections with an automatic one.
 *
 * @param compiled from `compileMatcher` with the same content; trained anew when left out
 */
export function buildIntentMatcher(content: KnowledgeContent, compiled = compileMatcher(content)): IntentMatcher {
  const lexicon = lexiconOf(content.concepts)
  const index = new SearchIndex()
  for (const document of searchDocuments(content)) index.add(document)
  const sectionOf = new Map(content.intents.map(({ id, sectionKey }) => [id, sectionKey]))
  const taught = new TaughtSentences(content)
  const authored = new AuthoredSentences(content)
  const ranking = new AnswerRanking(content, compiled?.answers ?? NO_ANSWERS)
  const categories = new CategoryIndex(
    content.categories,
    content.guides.flatMap(({ sections }) => sections),
  )
  const classes = compiled ? classesOf(compiled.subjects, sectionOf) : []
  // Clauses are read again and again while a message is taken apart, by several steps.
  const recent = new LastFew<string, Weighed>(MAX_RECENT)
  return {
    match(normalized) {
      const weighed = weigh(normalized)
      const { core } = weighed
      return withTaught(withAuthored(complete(normalized, weighed), authored.findCore(core)), taught.findCore(core))
    },
    isKnown(normalized) {
      const core = coreOf(normalized)
      return taught.findCore(core) !== undefined || (compiled !== null && ranking.findCore(core) !== undefined)
    },
    candidates(normalized) {
      const { base, core } = weigh(normalized)
      const isAnswered = ranking.findCore(core) !== undefined
      const match = isAnswered ? base : withAuthored(base, authored.findCore(core))
      return withTaught(match, taught.findCore(core)).candidates
    },
    ...(compiled && {
      because: (normalized: string, sectionKey: string) => {
        const subject = classes.find((one) => one.sectionKey === sectionKey)?.subject
        return subject === undefined ? [] : tellingWords(normalized, { ...compiled, lexicon }, subject)
      },
    }),
    goods: (normalized) => categories.named(normalized),
    ofGuides: (normalized) => categories.ofGuides(normalized),
    ...(content.answers.length > 0 && {
      within: (subject: TalkSubject, normalized: string) =>
        ranking.within(subject, normalized, recent.get(normalized)?.rows ?? rowsOf(normalized)),
    }),
  }

  function rowsOf(normalized: string): Int32Array {
    return compiled ? featureRows(normalized, lexicon, compiled.vocabulary) : NO_ROWS
  }

  function weigh(normalized: string): Weighed {
    const known = recent.get(normalized)
    if (known) return known
    const weighed = weighAnew(normalized)
    recent.add(normalized, weighed)
    return weighed
  }

  function weighAnew(normalized: string): Weighed {
    const core = coreOf(normalized)
    const found = index
      .search(normalized)
      .map(({ id, coverage }) => searchCandidate(id, sectionOf.get(id) ?? id, coverage))
    if (!compiled) return { base: { candidates: found, wantsHuman: NOBODY }, core, found, likely: [], rows: NO_ROWS }
    const rows = rowsOf(normalized)
    const read = readRows(compiled.subjects, rows, FITTED.calibration.temperature)
    const { candidates, wantsHuman, outside } = classify(read, classes)
    // Talk that is hardly for us asks for nothing, unless in an author's own words: reading every fact's model is the dearest step.
    const isIdle = found.length === 0 && (candidates[0]?.confidence ?? 0) < IDLE_SCOPE * (candidates[0]?.share ?? 0)
    const likely: (readonly [Subject, number])[] = []
    if (!isIdle) {
      for (let c = 0; c < classes.length; c++)
        if (read.shares[c]! >= LIKELY_SUBJECT) likely.push([classes[c]!.subject, read.shares[c]!])
      for (const { intentId, share } of found) likely.push([intentId, share])
    }
    // Nothing is found by search in most messages, and what is classified is in order.
    const isFound = found.length > 0
    const all = isFound ? [...candidates, ...found].sort((a, b) => b.confidence - a.confidence) : candidates
    const base = {
      wantsHuman,
      outside: isFound ? scaled(outside, aroundGuides(found)) : outside,
      candidates: bestOfEach(all).slice(0, MAX_CANDIDATES),
    }
    return { base, core, found, likely, rows }
  }

  function complete(normalized: string, { base, core, found, likely, rows }: Weighed): Match {
    if (!compiled) return base
    const named = categories.find(normalized)
    const guided = named.length > 0 ? categories.ofGuides(normalized) : undefined
    const ranked = ranking.rank(core, rows, likely)
    return {
      ...base,
      ...(content.answers.length > 0 ? { answers: found.length === 0 ? ranked : dimAround(ranked, found) } : {}),
      ...(named.length > 0 ? { categories: named } : {}),
      ...(guided === undefined ? {} : { ofGuides: guided }),
    }
  }
}

/** What a text is taken for before its short answers are looked for. */
interface Weighed {
  readonly base: Match
  /** See `coreOf`. */
  readonly core: string
  /** By search. */
  readonly found: readonly Candidate[]
  /** Subjects of which a short answer may be asked for. */
  readonly likely: readonly (readonly [Subject, number])[]
  /** Its features. */
  readonly rows: Int32Array
}

function dimAround(ranked: readonly RankedAnswer[], found: readonly Candidate[]): readonly RankedAnswer[] {
  const left = aroundGuides(found)
  return ranked
    .map((one) => (one.answer.sectionKey === undefined && !one.wordForWord ? { ...one, share: one.share * left } : one))
    .sort((a, b) => b.share - a.share)
}

/** What a guide here has a section about does not lie around the guides. */
const aroundGuides = (found: readonly Candidate[]): number => 1 - Math.max(0, ...found.map(({ share }) => share))

/** More than what most messages are taken apart into. */
const MAX_RECENT = 16
const NOBODY = { confidence: 0, overheard: 0 }
const NO_ROWS = new Int32Array(0)
/** So hardly for us had it been put to the bot, 0..1, that no fact is looked for. */
const IDLE_SCOPE = 0.05

/** @param candidates best first @returns a section that both the classifier and the search have found counts once */
const bestOfEach = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter(({ sectionKey }, at) => candidates.findIndex((one) => one.sectionKey === sectionKey) === at)

const scaled = (
  { share, confidence, overheard }: NonNullable<Match['outside']>,
  by: number,
): NonNullable<Match['outside']> => ({ share: share * by, confidence: confidence * by, overheard: overheard * by })

/**
 * What an author wrote word for word is answered when it is asked. Overheard talk is judged as before: whether it is meant
 * for us is more than a matter of its words.
 */
function withAuthored(match: Match, meaning: AuthoredMeaning | undefined): Match {
  if (!meaning || match.answers?.[0]?.wordForWord) return match
  const { outside, wantsHuman, answers } = match
  const { sectionKey, intentId } = meaning
  const known = match.candidates.find((candidate) => candidate.sectionKey === sectionKey)
  const others = match.candidates.filter((candidate) => candidate !== known).map(dimmed)
  const rest = { ...match, ...(outside ? { outside: scaled(outside, 1 - TAUGHT_CONFIDENCE) } : {}) }
  if (sectionKey === undefined) {
    const confidence = Math.max(wantsHuman.confidence, TAUGHT_CONFIDENCE)
    return { ...rest, candidates: others, wantsHuman: { ...wantsHuman, confidence } }
  }
  const sure = Math.max(known?.confidence ?? 0, TAUGHT_CONFIDENCE)
  const first = { sectionKey, intentId, overheard: known?.overheard ?? 0, confidence: sure, share: sure }
  return {
    ...rest,
    candidates: [first, ...others].slice(0, MAX_CANDIDATES),
    wantsHuman: NOBODY,
    ...(answers ? { answers: answers.filter(({ answer }) => answer.sectionKey === sectionKey) } : {}),
  }
}

/** A yes of people counts for more than what the classifier makes of one sentence among thousands. */
function withTaught(match: Match, meaning: TaughtMeaning | undefined): Match {
  const { candidates } = match
  switch (meaning?.kind) {
    case undefined:
      return match
    case 'silence':
      return { candidates: [], wantsHuman: NOBODY, taught: 'silence' }
    case 'human':
      return {
        candidates: candidates.map((candidate) => dimmed(candidate)),
        wantsHuman: { confidence: TAUGHT_CONFIDENCE, overheard: TAUGHT_CONFIDENCE },
        taught: 'human',
      }
    case 'section': {
      const { sectionKey, intentId } = meaning
      const sure = TAUGHT_CONFIDENCE
      const others = candidates.filter((candidate) => candidate.sectionKey !== sectionKey).map(dimmed)
      const first = { sectionKey, intentId, confidence: sure, overheard: sure, share: sure }
      const answers = match.answers?.filter(({ answer }) => answer.sectionKey === sectionKey)
      return {
        ...{ wantsHuman: NOBODY, taught: 'section', ...(answers ? { answers } : {}) },
        candidates: [first, ...others].slice(0, MAX_CANDIDATES),
      }
    }
  }
}

/** Keeps its place among the others, and takes what is left. */
function dimmed({ confidence, overheard, share, ...candidate }: Candidate): Candidate {
  const left = 1 - TAUGHT_CONFIDENCE
  return { ...candidate, confidence: confidence * left, overheard: overheard * left, share: share * left }
}

/** What one class of the classifier is about. */
interface SubjectClass {
  readonly subject: Subject
  readonly sectionKey: string | undefined
  readonly isTopic: boolean
}

const classesOf = (
  { classes }: Classifier,
  sectionOf: ReadonlyMap<string, string | undefined>,
): readonly SubjectClass[] =>
  classes.slice(0, -1).map((subject) => ({ subject, sectionKey: sectionOf.get(subject), isTopic: isTopic(subject) }))

function classify(
  { shares, scopeLogit }: Reading,
  classes: readonly SubjectClass[],
): Required<Pick<Match, 'candidates' | 'wantsHuman' | 'outside'>> {
  const { slope, offset } = FITTED.calibration
  const logit = slope * scopeLogit + offset
  const asked = sigmoid(logit + ASKED_LOGIT)
  const inScope = sigmoid(logit)
  const best = new Best<number>(MAX_CANDIDATES)
  let wantsHuman = NOBODY
  let outside = 0
  for (let c = 0; c < shares.length; c++) {
    const share = shares[c]!
    const { sectionKey, isTopic: isOutside } = classes[c]!
    if (sectionKey) {
      if (best.takes(share * asked)) best.add(c, share * asked)
    } else if (isOutside) outside += share
    else wantsHuman = { confidence: share * asked, overheard: share * inScope }
  }
  const candidates = best.ones.map((c): Candidate => {
    const share = shares[c]!
    const { subject, sectionKey } = classes[c]!
    return { sectionKey: sectionKey!, intentId: subject, confidence: share * asked, overheard: share * inScope, share }
  })
  return {
    candidates,
    wantsHuman,
    outside: { share: outside, confidence: outside * asked, overheard: outside * inScope },
  }
}

/** Sections with few sentences of people, in all the words that there are about them. */
function* searchDocuments(content: KnowledgeContent): Generator<SearchDocument> {
  const { intents, guides, answers } = content
  const sections = new Map(guides.flatMap((guide) => guide.sections).map((section) => [section.key, section]))
  const sparse = sparseIntents(content)
  for (const { id, sectionKey, title, utterances, learned = [] } of intents) {
    const section = sectionKey === undefined ? undefined : sections.get(sectionKey)
    if (!sparse.has(id) || !section) continue
    const body = section.parts.flatMap(({ lines, pictures }) => [...lines, ...pictures.map(({ alt }) => alt)])
    const asks = answers.filter((answer) => answer.sectionKey === sectionKey).flatMap((answer) => answer.asks)
    const texts = [title, ...utterances, ...learned, ...asks, ...section.required, ...body]
    yield { id, title: section.title, texts }
  }
}

function searchCandidate(intentId: string, sectionKey: string, coverage: number): Candidate {
  const at = (midpoint: number): number => sigmoid(SEARCH_STEEPNESS * (coverage - midpoint))
  return {
    sectionKey,
    intentId,
    confidence: at(SEARCH_MIDPOINT),
    overheard: at(SEARCH_OVERHEARD_MIDPOINT),
    share: at(SEARCH_MIDPOINT),
  }
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

const MAX_WORDS = 3
const LONGEST_GRAM = 3
/** Words whose characters weigh less on average than the weightiest word's say nothing by themselves. */
const TELLING_SHARE = 0.35
/** A lone character is no word that a reader would know again. */
const MIN_CHARS = 2
/** What makes a question of a message says nothing of its subject. */
const ASKING = /怎么|如何|什么|哪|多少|多久|是不是|能不能|可不可以|要不要|有没有|为何|为什么|可以|应该|现在/

const words = new Intl.Segmenter('zh', { granularity: 'word' })

/**
 * Which words of a message spoke most for a class: how much more their characters, by the n-grams that they stand in, weigh
 * for that class than for the others.
 *
 * @param normalized see `normalizeText`
 * @returns strongest first, as they stand in the message
 */
function tellingWords(
  normalized: string,
  { subjects, vocabulary, lexicon }: { subjects: Classifier; vocabulary: FeatureTable; lexicon: ConceptLexicon },
  subject: string,
): readonly string[] {
  const column = subjects.classes.indexOf(subject)
  if (column < 0) return []
  const chars = charactersOf(normalized, lexicon)
  const weights = weightsOf(chars, (name) => {
    const row = vocabulary.get(name)
    return row === undefined ? 0 : advantage(subjects, row, column)
  })
  const found = new Map<string, number>()
  let at = 0
  for (const word of wordsOf(chars)) {
    const length = Array.from(word).length
    const weight = weights.subarray(at, at + length).reduce((sum, one) => sum + one, 0) / length
    at += length
    const isWord = length >= MIN_CHARS && /\p{L}/u.test(word) && !ASKING.test(word)
    if (isWord && weight > (found.get(word) ?? 0)) found.set(word, weight)
  }
  const sorted = [...found].toSorted(([, a], [, b]) => b - a)
  const least = (sorted[0]?.[1] ?? 0) * TELLING_SHARE
  return sorted
    .filter(([, weight]) => weight >= least)
    .slice(0, MAX_WORDS)
    .map(([word]) => word)
}

/** Words of a dictionary; two characters that it knows no word for are taken together (类目, 截图). */
function wordsOf(chars: readonly string[]): readonly string[] {
  const all: string[] = []
  let lone = ''
  for (const { segment } of words.segment(chars.join(''))) {
    const isLone = Array.from(segment).length === 1
    if (isLone && lone !== '') all[all.length - 1] += segment
    else all.push(segment)
    lone = isLone && lone === '' ? segment : ''
  }
  return all
}

/** Of each character, what the n-grams weigh that it stands in; each shares its weight among its characters. */
function weightsOf(chars: readonly string[], weigh: (feature: string) => number): Float64Array {
  const weights = new Float64Array(chars.length)
  for (let from = 0; from < chars.length; from++) {
    for (let length = 1; length <= LONGEST_GRAM && from + length <= chars.length; length++) {
      const share = weigh(`c:${chars.slice(from, from + length).join('')}`) / length
      for (let at = from; at < from + length; at++) weights[at]! += share
    }
  }
  return weights
}

/** By how much a feature speaks more for a class than for all of them on average. */
function advantage({ classes, weights: { vectors, steps, worth } }: Classifier, row: number, column: number): number {
  if (row >= vectors.length) return 0
  const vector = vectors[row]!
  const first = vector * (classes.length + 1)
  let all = 0
  for (let at = first; at < first + classes.length; at++) all += steps[at]!
  return worth[vector]! * (steps[first + column]! - all / classes.length)
}
