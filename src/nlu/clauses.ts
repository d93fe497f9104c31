import type { Phrases } from '../model/language.js'
import type { Wanted } from '../model/understanding.js'
import { numberedItems } from './rejection-notice.js'

/** What comes after is left with the last question, so that a long message costs no more than a short one. */
const MAX_QUESTIONS = 6
const MIN_CHARS = 2

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
 * Cuts a text where one question may end, and the next begin; what only tells stands before the question that it leads
 * to, unless both stand on their own.
 */
export function clausesOf(
  text: string,
  phrases: Phrases<'questions'>,
  stands: (piece: string) => boolean,
): { readonly clauses: readonly Clause[]; readonly isNumbered: boolean } {
  const { border, leading: leads, asks } = phrases
  const numbered = numberedItems(inLines(text)).map(({ heading, details }) => [heading, ...details].join(' ').trim())
  if (numbered.length > 1 && numbered.every((item) => item.length >= MIN_CHARS)) {
    const clauses = numbered.map((item) => ({
      text: item,
      before: '',
      asks: asks.test(item),
      wants: wantedBy(item, phrases),
    }))
    return { clauses: clauses.slice(0, MAX_QUESTIONS), isNumbered: true }
  }
  const pieces = piecesOf(unspaced(text), border)
  const listed = listedIn(text, pieces, phrases)
  if (listed) return { clauses: listed.slice(0, MAX_QUESTIONS), isNumbered: true }
  const standing = (piece: string): Clause => ({ text: piece, before: '', wants: wantedBy(piece, phrases) })
  const clauses: Clause[] = []
  let told: string[] = []
  for (const { piece, isMarked } of pieces) {
    const clause = piece.replace(leads, '').trim()
    if (clause.length < MIN_CHARS) continue
    if (isMarked || asks.test(piece)) {
      const goesOn = phrases.depends.test(clause) || phrases.bareHow.test(clause)
      const own = goesOn ? [] : told.filter(stands)
      const leading = told.filter((one) => !own.includes(one))
      clauses.push(...own.map(standing), ...eachOf(leading, clause, phrases))
      told = []
    } else told.push(clause)
  }
  // Where nothing asks there is nothing to stand beside.
  if (clauses.length > 0) clauses.push(...told.filter(stands).map(standing))
  return { clauses: clauses.slice(0, MAX_QUESTIONS), isNumbered: false }
}

/** 三个问题:录屏格式、截图张数、备注写啥: what is announced and listed is asked, though no word asks for it. */
function listedIn(
  text: string,
  pieces: readonly { readonly piece: string }[],
  phrases: Phrases<'questions'>,
): readonly Clause[] | undefined {
  const announced = phrases.counts.exec(text)
  if (!announced) return undefined
  const behind = text.slice(announced.index + announced[0].length)
  const names = behind
    .split(/[、,;。?!\n]+/)
    .map((name) => name.replace(phrases.leading, '').trim())
    .filter((name) => name.length >= MIN_CHARS)
  const asking = pieces.filter(({ piece }) => phrases.asks.test(piece)).length
  if (names.length < 2 || names.length > MAX_QUESTIONS || asking >= names.length) return undefined
  if (!names.every((name) => name.length <= MAX_LISTED_CHARS)) return undefined
  return names.map((name) => ({ text: name, before: '', wants: wantedBy(name, phrases) }))
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

/** 空页面 测试贴 各咋办 asks the same of each; else what was told before leads to one question. */
function eachOf(told: readonly string[], clause: string, phrases: Phrases<'questions'>): readonly Clause[] {
  // 我没证!现在怎么弄
  const wants = phrases.lacks.test(told.join(' ')) ? 'without' : wantedBy(clause, phrases)
  // 用途空着 联系方式也没写 咋填
  const areOpen = told.length > 1 && told.every((name) => name.length <= MAX_NAME_CHARS && phrases.leftOpen.test(name))
  if (areOpen && phrases.bareHow.test(clause))
    return told.map((name) => ({ text: `${name} ${clause}`, before: '', wants }))
  const areNames = told.length > 1 && told.every((name) => name.length <= MAX_NAME_CHARS)
  // 文件用途空着 联系方式也没写 咋填
  const areAlike = clause.length <= MAX_ASKED_OF_EACH_CHARS && told.some((name) => phrases.also.test(name))
  if (!areNames || !(areAlike || phrases.distributes.test(clause)))
    return [{ text: clause, before: told.join(' '), wants }]
  const asked = clause.replace(phrases.distributes, '')
  return told.map((name) => ({ text: `${name} ${asked}`, before: '', wants }))
}

/** What stands between borders, and whether a question mark ends it. */
function piecesOf(text: string, border: RegExp): readonly { readonly piece: string; readonly isMarked: boolean }[] {
  const pieces: { piece: string; isMarked: boolean }[] = []
  let from = 0
  for (const { 0: mark, index } of text.matchAll(border)) {
    pieces.push({ piece: text.slice(from, index), isMarked: mark.includes('?') })
    from = index + mark.length
  }
  return [...pieces, { piece: text.slice(from), isMarked: false }]
}
