import type { Phrases } from '../model/language.js'
import type { CategoryHit, IntentMatcher, Match, Wanted } from '../model/understanding.js'
import { FITTED } from './fitted.js'
import { numberedItems } from './rejection-notice.js'
import { scopeOf } from './topics.js'

/** What a message is cut with. */
export interface SegmentReading {
  readonly matcher: IntentMatcher
  readonly phrases: Phrases<'questions'>
}

/** What stands between two places where a question may end, without the words that only lead to it. */
export interface Piece {
  readonly text: string
  readonly asks: boolean
  /** Behind a full stop, a question mark or a new line, or led on to: 还有, 另外. */
  readonly startsAnew: boolean
}

/** One of the things that a message may ask for, in one piece or several. */
export interface Segment {
  readonly text: string
  /** Told since the last segment. */
  readonly before: string
}

/** Pieces that follow one another, read as one question. */
interface Run {
  /** Of its first piece, and of the one behind its last. */
  readonly from: number
  readonly to: number
  /** What it most likely asks for; two runs for one thing are hardly two questions. */
  readonly target: string
  /** What speaks for its being a question of its own, in the order of the weights of `FITTED`. */
  readonly signs: readonly number[]
}

/** The runs of one message, by their last piece. */
export type Lattice = readonly (readonly Run[])[]

export interface SegmentWeights {
  readonly weights: readonly number[]
  /** Of a run that asks for what one before it does. */
  readonly repeated: number
}

interface Path {
  readonly score: number
  readonly runs: readonly Run[]
}

/** What comes after is left with the last piece, so that a long message costs no more than a short one. */
const MAX_PIECES = 8
/** Nobody tells one question in more. */
const MAX_RUN = 3
const MAX_RUN_CHARS = 40
const MIN_CHARS = 2

/** What comes after is left with the last question, so that a long message costs no more than a short one. */
const MAX_QUESTIONS = 6

/** A part of a message that asks, or stands, by itself. */
export interface Clause {
  readonly text: string
  /** What is told before it, since the last question. */
  readonly before: string
  readonly wants: Wanted | undefined
}

/** What kind of answer a question asks for; undefined for any other fact. @param text see `normalizeText` */
export function wantedBy(text: string, phrases: Phrases<'questions'>): Wanted | undefined {
  if (phrases.lacks.test(text)) return 'without'
  if (phrases.asksIndividual.test(text)) return 'individual'
  if (phrases.asksReview.test(text)) return 'second-review'
  if (phrases.asksHow.test(text)) return 'steps'
  return phrases.asksWhere.test(text) && !phrases.asksCategory.test(text) ? 'place' : undefined
}

/**
 * Cuts a text into what asks for one thing each; what only tells stands before the question that it leads to.
 *
 * @returns how surely they are several, 0..1: certain where their writer has numbered or announced them
 */
export function clausesOf(
  text: string,
  reading: SegmentReading,
): { readonly clauses: readonly Clause[]; readonly isNumbered: boolean; readonly confidence: number } {
  const { phrases } = reading
  const asking = (words: string): Clause => ({ text: words, before: '', wants: wantedBy(words, phrases) })
  const numbered = numberedItems(inLines(text)).map(({ heading, details }) => [heading, ...details].join(' ').trim())
  const isNumbered = numbered.length > 1 && numbered.every((item) => item.length >= MIN_CHARS)
  const listed = isNumbered ? numbered : listedIn(text, phrases)
  if (listed) return { clauses: listed.slice(0, MAX_QUESTIONS).map(asking), isNumbered: true, confidence: 1 }
  const pieces = piecesOf(unspaced(text), phrases)
  const shared = sharedBy(pieces, phrases)
  if (shared) return { clauses: shared, isNumbered: false, confidence: SHARED }
  const { segments, confidence } = segment(pieces, text, reading)
  const clauses = segments.map(({ text: words, before }): Clause => {
    // 我没证!现在怎么弄
    const wants = phrases.lacks.test(before) ? 'without' : wantedBy(words, phrases)
    return { text: words, before, wants }
  })
  return { clauses: clauses.slice(0, MAX_QUESTIONS), isNumbered: false, confidence }
}

/** So surely several, 0..1, are things that one question is asked of. */
const SHARED = 0.7

/** 三个问题:录屏格式、截图张数、备注写啥: what is announced and listed is asked, though no word asks for it. */
function listedIn(text: string, phrases: Phrases<'questions'>): readonly string[] | undefined {
  const announced = phrases.counts.exec(text)
  if (!announced) return undefined
  const behind = text.slice(announced.index + announced[0].length)
  const names = behind
    .split(/[、,;。?!\n]+/)
    .map((name) => name.replace(phrases.leading, '').trim())
    .filter((name) => name.length >= MIN_CHARS)
  const asking = piecesOf(unspaced(text), phrases).filter(({ asks }) => asks).length
  if (names.length < 2 || names.length > MAX_QUESTIONS || asking >= names.length) return undefined
  return names.every((name) => name.length <= MAX_LISTED_CHARS) ? names : undefined
}

/** Whoever writes more of each doesn't list. */
const MAX_LISTED_CHARS = 16

/** 录屏要 mp4 吗: blanks around letters and figures part nothing. */
const unspaced = (text: string): string => text.replace(SPACED, '$1')

const SPACED = /(?<=\p{Script=Han}) ([a-z0-9.+]{1,12}) (?=\p{Script=Han})/gu

/** A figure right before its words: no day, no amount, no time. */
const GLUED =
  /(?<=^|[\s,;。?!:])(\d)(?=\p{Script=Han})(?![年月日号天个次条款页张分元万小周块岁位家名遍步级项楼期]|审(?!核)|点(?=[半钟整多前后左之]))/gu

/** 1提审谁来点 2点完要多久: figures that run from 1 number what stands behind them, on lines of their own. */
function inLines(text: string): string {
  const figures = [...text.matchAll(GLUED)].map(([, figure]) => Number(figure))
  const areInTurn = figures.length > 1 && figures.every((figure, at) => figure === at + 1)
  return areInTurn ? text.replace(GLUED, '\n$1、') : text
}

/** Whoever tells more of a thing than its name tells a story. */
const MAX_NAME_CHARS = 8

const MAX_ASKED_OF_EACH_CHARS = 4

/** 空页面 测试贴 各咋办 asks the same of each; undefined where nothing, or one thing, is asked of what is told before. */
function sharedBy(pieces: readonly Piece[], phrases: Phrases<'questions'>): readonly Clause[] | undefined {
  const told = pieces.slice(0, -1).map(({ text }) => text)
  const last = pieces.at(-1)
  if (told.length < 2 || !last?.asks || pieces.slice(0, -1).some(({ asks }) => asks)) return undefined
  if (!told.every((name) => name.length <= MAX_NAME_CHARS)) return undefined
  // 用途空着 联系方式也没写 咋填
  const areOpen = told.every((name) => phrases.leftOpen.test(name)) && phrases.bareHow.test(last.text)
  // 文件用途空着 联系方式也没写 咋填
  const areAlike = last.text.length <= MAX_ASKED_OF_EACH_CHARS && told.some((name) => phrases.also.test(name))
  if (!areOpen && !areAlike && !phrases.distributes.test(last.text)) return undefined
  const asked = areOpen ? last.text : last.text.replace(phrases.distributes, '')
  const wants = phrases.lacks.test(told.join(' ')) ? 'without' : wantedBy(last.text, phrases)
  return told.map((name) => ({ text: `${name} ${asked}`, before: '', wants }))
}

/** @param text see `normalizeText` */
export function piecesOf(text: string, { border, leading, asks }: Phrases<'questions'>): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  let isBehindStop = false
  const add = (piece: string, mark: string): void => {
    const words = piece.replace(leading, '').trim()
    const isAsking = asks.test(piece) || mark.includes('?')
    const startsAnew = isBehindStop || words.length < piece.trim().length
    if (words.length >= MIN_CHARS) pieces.push({ text: words, asks: isAsking, startsAnew })
    isBehindStop = STOPS.test(mark)
  }
  for (const { 0: mark, index } of text.matchAll(border)) {
    add(text.slice(from, index), mark)
    from = index + mark.length
  }
  add(text.slice(from), '')
  const rest = pieces.splice(MAX_PIECES - 1)
  return rest.length === 0 ? pieces : [...pieces, { ...joined(rest), startsAnew: rest[0]!.startsAnew }]
}

const STOPS = /[?!。;\n]/

const joined = (pieces: readonly Piece[]): Pick<Piece, 'text' | 'asks'> => ({
  text: pieces.map(({ text }) => text).join(' '),
  asks: pieces.some(({ asks }) => asks),
})

/**
 * Cuts a message into what it asks for: of all ways to do so, the one whose runs of pieces are understood best, each by
 * itself. What asks and is in none of them is a segment, too, which may go on from the one before.
 *
 * @param text of the pieces, all of it
 * @returns how surely it asks several things, 0..1; less than one half where no cut is better than to leave it whole
 */
export function segment(
  pieces: readonly Piece[],
  text: string,
  reading: SegmentReading,
): { readonly segments: readonly Segment[]; readonly confidence: number } {
  if (pieces.length < 2 || isClear(pieces, text, reading)) return { segments: [{ text, before: '' }], confidence: 0 }
  const lattice = latticeOf(pieces, text, reading)
  const best = bestPath(lattice, FITTED.segments)
  const margin = best.score - bestPath(lattice, FITTED.segments, { most: 1 }).score
  return { segments: segmentsOf(pieces, best.runs), confidence: 1 / (1 + Math.exp(-STEEPNESS * margin)) }
}

/** What asks once, and is understood like this as a whole, 0..1, need not be cut to see what else it asks. */
const CLEAR_SHARE = 0.8

const isClear = (pieces: readonly Piece[], text: string, { matcher }: SegmentReading): boolean =>
  pieces.filter(({ asks }) => asks).length < 2 &&
  (matcher.match(text).answers?.[0]?.share ?? 0) >= CLEAR_SHARE &&
  !matcher.goods?.(text).length

/** How fast a better cut becomes a sure one. */
const STEEPNESS = 2

/** @param text of the pieces, all of it */
export function latticeOf(pieces: readonly Piece[], text: string, { matcher }: SegmentReading): Lattice {
  const whole = matcher.match(text)
  const target = targetOf(whole)
  const alone = pieces.map((piece) => (isWord(piece, matcher) ? undefined : matcher.match(piece.text)))
  const clear = pieces.map(({ asks }, at) => (asks && alone[at] ? clearlyAsked(alone[at]) : undefined))
  return pieces.map((_, last) => {
    const runs: Run[] = []
    for (let from = Math.max(0, last + 1 - MAX_RUN); from <= last; from++) {
      const own = pieces.slice(from, last + 1)
      const words = joined(own)
      if (own.length > 1 ? words.text.length > MAX_RUN_CHARS : !alone[last]) continue
      const single = own.length === 1 ? alone[last] : undefined
      const match = own.length === pieces.length ? whole : (single ?? matcher.match(words.text))
      const asked = targetOf(match)
      // 能加急吗 备案截图要盖章吗, read as one, asks for the seal alone.
      const lost = own.length === 1 ? [] : clear.slice(from, last + 1).filter((one) => one && one.target !== asked)
      const left = Math.max(0, ...lost.map((one) => one!.sureness))
      runs.push({ from, to: last + 1, target: asked, signs: [...signsOf(own, words, match, asked === target), left] })
    }
    return runs
  })
}

/** What a piece asks for by itself, and how surely, 0..1. */
function clearlyAsked(match: Match): { readonly target: string; readonly sureness: number } {
  const [top] = match.candidates
  const share = match.categories?.some(isNamedGood) ? 1 : (match.answers?.[0]?.share ?? 0)
  return { target: targetOf(match), sureness: share * (top ? scopeOf(top) : 0) }
}

/** 老师 asks for nothing, 猫砂 may. */
const isWord = ({ text, asks }: Pick<Piece, 'text' | 'asks'>, { goods }: IntentMatcher): boolean =>
  !asks && text.length <= SHORT_CHARS && !goods?.(text).length

/** Longer questions are not surer for it. */
const LONG_CHARS = 12
const SHORT_CHARS = 5

function signsOf(
  own: readonly Piece[],
  { text, asks }: Pick<Piece, 'text' | 'asks'>,
  match: Match,
  isWhole: boolean,
): readonly number[] {
  const [top] = match.candidates
  const [best] = match.answers ?? []
  const isGoods = match.categories?.some(isNamedGood) === true
  const inner = own.slice(1)
  const count = (is: boolean): number => (is ? 1 : 0)
  return [
    1,
    logOdds(best?.share ?? 0),
    logOdds(top ? scopeOf(top) : 0),
    count(asks),
    count(isGoods),
    count(isGoods && asks),
    inner.filter(({ startsAnew }) => startsAnew).length,
    inner.filter(({ startsAnew }) => !startsAnew).length,
    Math.min(1, text.length / LONG_CHARS),
    count(isWhole),
    count(best?.wordForWord === true),
    count(text.length <= SHORT_CHARS),
    Math.max(0, own.filter((piece) => piece.asks).length - 1),
  ]
}

/** A third of the log-odds, on the scale of the other signs. */
const logOdds = (share: number): number => Math.log(Math.max(share, TINY) / Math.max(1 - share, TINY)) / 3
const TINY = 1e-3

/** @param most runs of the path */
export function bestPath(
  lattice: Lattice,
  { weights, repeated }: SegmentWeights,
  { most = Number.POSITIVE_INFINITY } = {},
): Path {
  const best: Path[] = [{ score: 0, runs: [] }]
  for (const [last, runs] of lattice.entries()) {
    let top = best[last]!
    for (const run of runs) {
      const before = best[run.from]!
      if (before.runs.length >= most) continue
      const own = run.signs.reduce((sum, sign, at) => sum + sign * weights[at]!, 0)
      const isRepeated = before.runs.some(({ target }) => target === run.target)
      const score = before.score + own + (isRepeated ? repeated : 0)
      if (score > top.score) top = { score, runs: [...before.runs, run] }
    }
    best.push(top)
  }
  return best.at(-1)!
}

function segmentsOf(pieces: readonly Piece[], runs: readonly Run[]): readonly Segment[] {
  const segments: Segment[] = []
  let told: string[] = []
  const add = (text: string): void => {
    segments.push({ text, before: told.join(' ') })
    told = []
  }
  for (let at = 0; at < pieces.length; ) {
    const run = runs.find(({ from }) => from === at)
    const { text, asks } = pieces[at]!
    if (run) add(joined(pieces.slice(run.from, run.to)).text)
    else if (asks) add(text)
    else told.push(text)
    at = run?.to ?? at + 1
  }
  return segments
}

/** 商家自营 is a family of categories, 服饰 one of them. */
export const isNamedGood = ({ general, rows }: CategoryHit): boolean =>
  rows.length > 0 && (!general || rows.length === 1)

const targetOf = ({ answers, candidates, categories }: Match): string => {
  const goods = (categories ?? []).filter(isNamedGood)
  if (goods.length > 0) return goods.flatMap(({ rows }) => rows.map(({ id }) => id)).join()
  return answers?.[0]?.answer.id ?? candidates[0]?.sectionKey ?? ''
}
