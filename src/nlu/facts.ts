import type {
  CategoryAdvice,
  CategoryRow,
  CategoryTable,
  KnowledgeContent,
  Section,
  ShortAnswer,
} from '../model/knowledge.js'
import type { CategoryHit, RankedAnswer, TalkSubject } from '../model/understanding.js'
import {
  type ClassifierGroup,
  type Example,
  type GroupMember,
  GroupReader,
  groupOf,
  memberOf,
  membersOf,
  trainDense,
} from './classifier.js'
import { FeatureTable } from './feature-table.js'
import { type ConceptLexicon, extractFeatures } from './featurizer.js'
import { normalizeText } from './normalize.js'
import { authoredCore, coreOf, MIN_CORE_CHARS } from './retrieval.js'
import { Trie, unitsOf } from './trie.js'

interface Named {
  readonly rows: CategoryRow[]
  advice?: CategoryAdvice
  /** A shop or a trade, see `CategoryRow.trades`. */
  isTrade?: true
}

interface Found {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** A message that names more than this tells a story. */
const MAX_HITS = 4
const MAX_WORDS = 3
/** 卖鸡蛋 is about 鸡蛋. */
const SELLING = '卖'
const SELLS = new RegExp(`^${SELLING}(?=..)`)
/** Of so few characters, 0..1 of them name goods where a message lists them. */
const MAX_LIST_CHARS = 20
const LIST_SHARE = 0.6

/**
 * Finds what is sold or done in the words of a message, and its service category. Words are looked up literally; of those
 * that overlap the longest counts (二手车 is no 二手). What the table does not name is not guessed.
 */
export class CategoryIndex {
  readonly #byWord = new Map<string, Named>()
  readonly #cues: readonly string[]
  readonly #sold: ReadonlySet<string>
  /** What a section of the guides is about: 论坛, 发帖. */
  readonly #guided: readonly (readonly [word: string, sectionKey: string])[]
  readonly #words = new Trie<string>()

  /** @param sections of the guides: a category that one of their titles is about is answered by it */
  constructor(
    { cues, sold, papers, rows, notOpen, withoutRow }: CategoryTable,
    sections: readonly Pick<Section, 'key' | 'title'>[] = [],
  ) {
    this.#cues = cues.map(normalizeText)
    this.#sold = new Set(sold)
    for (const paper of papers) this.#named(paper)
    const told = sections.map(({ key, title }) => ({ key, title: bare(title) }))
    const guideOf = ({ path }: CategoryRow): string | undefined =>
      told.find(({ title }) => title.includes(bare(path)))?.key
    this.#guided = rows.flatMap((row) => {
      const key = guideOf(row)
      return key === undefined ? [] : row.words.map((word) => [normalizeText(word), key] as const)
    })
    for (const row of rows.filter((one) => guideOf(one) === undefined)) {
      for (const word of row.words) this.#named(word).rows.push(row)
      for (const word of row.trades) {
        const named = this.#named(word)
        named.rows.push(row)
        named.isTrade = true
      }
    }
    for (const advice of [...notOpen, ...withoutRow]) for (const word of advice.words) this.#named(word).advice = advice
  }

  /** @param normalized see `normalizeText` @returns nothing for a message that asks neither about categories nor documents */
  find(normalized: string): readonly CategoryHit[] {
    const found = this.#scan(normalized)
    if (found.length === 0) return []
    const isAsked = this.#cues.some((cue) => normalized.includes(cue)) || this.#isList(normalized, found)
    return isAsked ? this.#hits(found) : []
  }

  /** As `find`, of words that go on from such a question: 那饮料呢 */
  named(normalized: string): readonly CategoryHit[] {
    return this.#hits(this.#scan(normalized))
  }

  #hits(found: readonly Found[]): readonly CategoryHit[] {
    const all = found.filter(({ word }) => !this.#isPaper(word))
    const isTrade = ({ word }: Found): boolean => this.#byWord.get(word)!.isTrade === true
    const goods = all.filter((one) => !isTrade(one) && !this.#isGeneral(one.word))
    const hits = new Map<string, CategoryHit>()
    // 我家养鸡的, 卖鸡蛋要什么证: the trade tells who asks.
    for (const { word } of goods.length > 0 ? all.filter((one) => !isTrade(one)) : all) {
      const { rows, advice } = this.#byWord.get(word)!
      const key = rows.length > 0 ? rows.map(({ id }) => id).join() : (advice?.id ?? word)
      const known = hits.get(key)
      const said = word.replace(SELLS, '')
      if (!known) hits.set(key, { word: said, rows, ...(advice ? { advice } : {}), general: this.#isGeneral(word) })
      // 零食、茶叶 belong to one category, and so do 鲜花、绿植.
      else if (!this.#isGeneral(word) && !known.word.split('、').includes(said))
        hits.set(key, {
          ...{ ...known, general: false },
          word: [...known.word.split('、'), said].slice(0, MAX_WORDS).join('、'),
        })
    }
    const named = [...hits.values()]
    // 白酒 beside 食品: the concrete good is what is asked about; 招聘 beside 租房 is another matter.
    const told = new Set(named.filter(({ general }) => !general).flatMap(familiesOf))
    return named.filter((hit) => !hit.general || !familiesOf(hit).some((family) => told.has(family))).slice(0, MAX_HITS)
  }

  /** The section whose category the words name something of. */
  ofGuides(normalized: string): string | undefined {
    return this.#guided.find(([word]) => normalized.includes(word))?.[1]
  }

  /** U盘耳机小音箱: nothing but goods. */
  #isList(text: string, found: readonly Found[]): boolean {
    const length = bare(text).length
    if (length > MAX_LIST_CHARS) return false
    const goods = found.filter(({ word }) => !this.#isPaper(word) && !this.#isGeneral(word))
    return goods.reduce((sum, { word }) => sum + bare(word).length, 0) >= length * LIST_SHARE
  }

  #isPaper(word: string): boolean {
    const { rows, advice } = this.#byWord.get(word)!
    return rows.length === 0 && !advice
  }

  /** Names the category rather than something that belongs to it. */
  #isGeneral(word: string): boolean {
    const { rows, isTrade } = this.#byWord.get(word)!
    return rows.some(({ path }) => path.includes(word) && (isTrade || !this.#sold.has(familyOf(path))))
  }

  #named(written: string): Named {
    const word = normalizeText(written)
    const known = this.#byWord.get(word)
    if (known) return known
    const named: Named = { rows: [] }
    this.#byWord.set(word, named)
    // A single character stands in words of anything.
    if (word.length > 1) this.#words.insert(unitsOf(word), word)
    return named
  }

  /** Longest word first at every place, none within another. */
  #scan(text: string): readonly Found[] {
    const found: Found[] = []
    for (let start = 0; start < text.length; start++) {
      let node = 0
      for (let at = start; at < text.length; at++) {
        node = this.#words.next(node, text.charCodeAt(at))
        if (node === 0) break
        const word = this.#words.endsAt(node)[0]
        if (word !== undefined && !isCutOff(text, start, at + 1)) found.push({ word, start, end: at + 1 })
      }
    }
    const kept: Found[] = []
    for (const one of found.sort((a, b) => lengthOf(b) - lengthOf(a) || b.start - a.start))
      if (kept.every((other) => one.end <= other.start || one.start >= other.end)) kept.push(one)
    return kept.sort((a, b) => a.start - b.start)
  }
}

/** 卖鱼竿 is about 鱼竿, not 卖鱼. */
const lengthOf = ({ word }: Found): number => word.length - (word.startsWith(SELLING) ? 0.5 : 0)

const LETTER = /[a-z]/

/** fm is no part of ffmpeg. */
const isCutOff = (text: string, start: number, end: number): boolean =>
  [start, end].some((border) => LETTER.test(text[border - 1] ?? '') && LETTER.test(text[border] ?? ''))

/** 商家自营 of 商家自营-酒类. */
const familyOf = (path: string): string => path.split('-')[0] ?? path

const familiesOf = ({ rows }: CategoryHit): readonly string[] => rows.map(({ path }) => familyOf(path))

const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

/**
 * What a short answer belongs to: a section's intent (`ugc-statement`, `auto:invoice/2`), or a subject outside every guide
 * (`topic:filing`). The classifier tells subjects apart; within one, a small model of its own tells the answers apart.
 */
export type Subject = string

const TOPIC = 'topic:'

export const isTopic = (subject: Subject): boolean => subject.startsWith(TOPIC)

/** What tells the short answers of each subject apart; plain data. */
export type CompiledAnswers = ClassifierGroup

/** No subject has two. */
export const NO_ANSWERS: CompiledAnswers = groupOf({}, FeatureTable.of([])).group

/** Which subject each short answer belongs to. */
export function subjectOf(answer: ShortAnswer, intentOfSection: ReadonlyMap<string, string>): Subject {
  const intent = answer.sectionKey === undefined ? undefined : intentOfSection.get(answer.sectionKey)
  return intent ?? TOPIC + answer.topic
}

/** Ids of intents by the section that they answer from. */
const intentsBySection = ({ intents }: KnowledgeContent): ReadonlyMap<string, string> =>
  new Map(intents.flatMap(({ id, sectionKey }) => (sectionKey === undefined ? [] : [[sectionKey, id] as const])))

/** All ways of asking for the short answers, and of speaking of topics, by subject: what the classifier learns of them. */
export function askedFor(content: KnowledgeContent): readonly { readonly text: string; readonly label: Subject }[] {
  const intents = intentsBySection(content)
  return [
    ...content.answers.flatMap((answer) => {
      const label = subjectOf(answer, intents)
      return waysOf(answer).map((text) => ({ text, label }))
    }),
    ...content.topics.flatMap(({ name, utterances }) => utterances.map((text) => ({ text, label: TOPIC + name }))),
  ]
}

const waysOf = ({ title, asks, more }: ShortAnswer): readonly string[] => [...new Set([title, ...asks, ...more])]

interface Trained {
  readonly content: KnowledgeContent
  readonly answers: CompiledAnswers
}

/**
 * Trains a classifier for each subject with more than one short answer; 0.3 s for 500 of them with 16,000 ways of asking.
 *
 * @param vocabulary what is known so far; its rows stay
 * @param before trained for a content with the same concepts: what is asked for as before is kept
 */
export function compileAnswers(
  content: KnowledgeContent,
  lexicon: ConceptLexicon,
  { vocabulary, before }: { readonly vocabulary: FeatureTable; readonly before?: Trained },
): { readonly group: CompiledAnswers; readonly vocabulary: FeatureTable } {
  const old = before && new Map(waysBySubject(before.content).map(([subject, ways]) => [subject, JSON.stringify(ways)]))
  const members = before ? membersOf(before.answers, vocabulary) : {}
  const trained = waysBySubject(content)
    .filter(([, ways]) => new Set(ways.map(({ label }) => label)).size > 1)
    .map(([subject, ways]): readonly [Subject, GroupMember] => {
      const kept = old?.get(subject) === JSON.stringify(ways) ? members[subject] : undefined
      return [subject, kept ?? memberOf(trainDense(ways.map((way) => exampleOf(way, lexicon))))]
    })
  return groupOf(Object.fromEntries(trained), vocabulary)
}

interface Way {
  readonly text: string
  /** Id of the short answer. */
  readonly label: string
}

const exampleOf = ({ text, label }: Way, lexicon: ConceptLexicon): Example => ({
  features: extractFeatures(normalizeText(text), lexicon).names,
  label,
})

function waysBySubject(content: KnowledgeContent): readonly (readonly [Subject, readonly Way[]])[] {
  const bySubject = new Map<Subject, Way[]>()
  const intents = intentsBySection(content)
  for (const answer of content.answers) {
    const subject = subjectOf(answer, intents)
    const own = bySubject.get(subject) ?? []
    bySubject.set(subject, own)
    // Follow-ups mean something within their subject only, which is where this model is asked. Those of a topic around the
    // guides are known word for word alone: of its few ways of asking, 要多久 would pull whole questions to one answer.
    const learned = isTopic(subject) ? waysOf(answer) : [...waysOf(answer), ...answer.followUps]
    for (const text of learned) own.push({ text, label: answer.id })
  }
  return [...bySubject]
}

/** Nothing of a less likely subject comes near the best; reading its model would cost as much as any. */
export const LIKELY_SUBJECT = 0.004
/** So many subjects are looked into; beyond them nothing is likely. */
const MAX_SUBJECTS = 8
/**
 * Shares of subjects are tempered by this power, so that an answer that fits well in the second subject may beat one that
 * fits badly in the first. Best of 0.5, 1 and 2 on held-out ways of asking.
 */
const SUBJECT_POWER = 0.5

/** The best few of many, best first; of equals the first. */
export class Best<T> {
  readonly ones: T[] = []
  readonly scores: number[] = []
  readonly #most: number

  /** @param most so many are kept, at least 1 */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether one with this score would be among them: most are not, and need not be made. */
  takes(score: number): boolean {
    return this.ones.length < this.#most || score > this.scores[this.#most - 1]!
  }

  /** @param score that it takes */
  add(one: T, score: number): void {
    const ones = this.ones
    const scores = this.scores
    let place = Math.min(ones.length, this.#most - 1)
    for (; place > 0 && scores[place - 1]! < score; place--) {
      ones[place] = ones[place - 1]!
      scores[place] = scores[place - 1]!
    }
    ones[place] = one
    scores[place] = score
  }
}

/** Ranks the short answers for one message. */
export class AnswerRanking {
  readonly #models: GroupReader
  /** In the order of the classes of the subject's model; undefined where an answer is gone. */
  readonly #bySubject = new Map<Subject, readonly (ShortAnswer | undefined)[]>()
  readonly #byCore = new Map<string, ShortAnswer>()
  readonly #byFollowUp = new Map<Subject, Map<string, ShortAnswer>>()
  readonly #intents: ReadonlyMap<string, string>

  constructor(content: KnowledgeContent, models: CompiledAnswers) {
    this.#models = new GroupReader(models)
    const intents = intentsBySection(content)
    this.#intents = intents
    const byId = new Map<Subject, Map<string, ShortAnswer>>()
    for (const answer of content.answers) {
      const subject = subjectOf(answer, intents)
      const asked = this.#byFollowUp.get(subject) ?? new Map<string, ShortAnswer>()
      this.#byFollowUp.set(subject, asked)
      for (const text of [...answer.followUps, ...answer.asks]) {
        const core = elided(authoredCore(text))
        if (core !== '' && !asked.has(core)) asked.set(core, answer)
      }
      byId.set(subject, (byId.get(subject) ?? new Map<string, ShortAnswer>()).set(answer.id, answer))
      for (const text of answer.asks) {
        const core = authoredCore(text)
        if (core.length >= MIN_CORE_CHARS && !this.#byCore.has(core)) this.#byCore.set(core, answer)
      }
    }
    for (const [subject, own] of byId) {
      const classes = this.#models.classesOf(subject)?.slice(0, -1)
      this.#bySubject.set(subject, classes ? classes.map((id) => own.get(id)) : [...own.values()].slice(0, 1))
    }
  }

  /** What an author wrote, word for word but for greetings and marks. */
  findCore(core: string): ShortAnswer | undefined {
    return core.length < MIN_CORE_CHARS ? undefined : this.#byCore.get(core)
  }

  /**
   * @param core of the message, see `coreOf`
   * @param rows the message's features, by the vocabulary
   * @param subjects shares of the likely subjects, 0..1, any order
   * @returns best first, at most 5; what its author wrote word for word comes first and is certain
   */
  rank(core: string, rows: Int32Array, subjects: readonly (readonly [Subject, number])[]): readonly RankedAnswer[] {
    const likely = subjects
      .filter(([subject, share]) => share >= LIKELY_SUBJECT && this.#bySubject.has(subject))
      .sort((a, b) => b[1] - a[1])
      .slice(0, MAX_SUBJECTS)
    const readings = this.#models.read(
      likely.map(([subject]) => subject),
      rows,
    )
    const best = new Best<{ readonly answer: ShortAnswer; readonly within: number }>(MAX_RANKED)
    let sum = 0
    for (let index = 0; index < likely.length; index++) {
      const [subject, share] = likely[index]!
      const weight = share ** SUBJECT_POWER
      const answers = this.#bySubject.get(subject)!
      const shares = readings[index] ?? ALONE
      for (let at = 0; at < answers.length; at++) {
        const answer = answers[at]
        if (!answer) continue
        const score = weight * shares[at]!
        sum += score
        if (best.takes(score)) best.add({ answer, within: shares[at]! }, score)
      }
    }
    // Not the sum itself: a number that a function within sees is made anew whenever something is added to it.
    const total = sum
    const ranked = best.ones.map(({ answer, within }, at): RankedAnswer => {
      return { answer, within, wordForWord: false, share: total === 0 ? 0 : best.scores[at]! / total }
    })
    const exact = this.findCore(core)
    if (exact === undefined) return ranked
    const others = ranked.filter(({ answer }) => answer !== exact)
    return [{ answer: exact, share: 1, within: 1, wordForWord: true }, ...others].slice(0, MAX_RANKED)
  }

  /** The answers of what a talk is about, best first; what its author wrote for a follow-up comes first and is certain. */
  within(about: TalkSubject, normalized: string, rows: Int32Array): readonly RankedAnswer[] {
    const subject =
      'topic' in about ? TOPIC + about.topic : (this.#intents.get(about.sectionKey) ?? `${TOPIC}${about.sectionKey}`)
    const exact = this.#byFollowUp.get(subject)?.get(elided(coreOf(normalized)))
    const answers = this.#bySubject.get(subject) ?? []
    const shares = this.#models.read([subject], rows)[0] ?? ALONE
    const ranked = answers
      .flatMap((answer, at): readonly RankedAnswer[] =>
        answer && answer !== exact ? [{ answer, share: shares[at]!, within: shares[at]!, wordForWord: false }] : [],
      )
      .sort((a, b) => b.share - a.share)
    return exact ? [{ answer: exact, share: 1, within: 1, wordForWord: true }, ...ranked] : ranked
  }
}

const ALONE = Float64Array.of(1)

/** Without what only leads over or closes: 那要盖章吗呢 is 要盖章. */
const elided = (core: string): string =>
  core
    .replace(/^(?:那么?|那个|这个|请问|所以|就是|对了|还有|另外|顺便|再问一?下?|哦|噢|额)+(?=.{2})/, '')
    .replace(/(?<=.{2})[呢啊呀吧嘛哈么吗]+$/, '')

const MAX_RANKED = 8
