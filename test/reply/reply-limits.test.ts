import { expect, test } from 'vitest'
import type { Bubble, Decision } from '../../src/model/decision.js'
import type { Section } from '../../src/model/knowledge.js'
import { composeReply, type ReplyContext } from '../../src/reply/compose.js'
import { MAX_BUBBLE_CHARS, MAX_BUBBLES } from '../../src/reply/render.js'
import { aPicture, aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { hostileTexts } from '../support/hostile-text.js'
import { type RandomPicks, randomFrom } from '../support/random-picks.js'

const KEYS = ['0', '1', '4.1', '5', 'A1', 'A1.2', 'A3', 'other/2']
const LINES = hostileTexts(400, 13).map((text) => text.replace(/\p{Cs}/gu, '').replace(/\n/g, ' '))

function randomSection(key: string, { below, pick }: RandomPicks): Section {
  const few = <Item>(limit: number, make: (index: number) => Item): readonly Item[] =>
    Array.from({ length: below(limit) }, (_, index) => make(index))
  const line = (): string => pick(LINES)
  return aSection(key, {
    title: line().slice(0, 80),
    parts: few(6, (part) => ({
      lines: few(6, line),
      pictures: few(3, (picture) => aPicture(`${key}-${part}-${picture}`)),
    })),
    required: few(4, line),
    tellsTimeline: below(4) === 0,
    timeline: line(),
    ...(below(2) ? { next: line() } : {}),
    ...(below(2) ? { handoff: line() } : {}),
    supplements: few(3, () => ({ text: line(), source: 'x', checkedOn: '2026-11-23' })),
  })
}

function randomDecision({ below, pick }: RandomPicks): Decision {
  const some = (): [string, ...string[]] => [
    pick(KEYS),
    ...Array.from({ length: below(6) }, () => pick([...KEYS, 'gone'])),
  ]
  return pick<() => Decision>([
    () => ({ kind: 'answer', sectionKeys: [pick(KEYS)], reason: 'sure' }),
    () => ({ kind: 'answer', sectionKeys: some(), reason: 'notice' }),
    () => ({ kind: 'clarify', sectionKeys: [pick(KEYS), ...some()] }),
    () => ({ kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: some() }),
    () => ({ kind: 'courtesy', word: 'menu' }),
    () => ({ kind: 'fallback', reason: 'not-understood' }),
  ])()
}

const randomContext = ({ below, pick }: RandomPicks): ReplyContext => ({
  mentionChars: pick([0, 5, 34, 60, 61, 400, 5000]),
  timelineToldLately: below(2) === 1,
  question: pick(['', '要盖章吗', '审核要多久 版本描述写什么']),
  aboutPicture: below(2) === 1,
  nowMs: 0,
  ...(below(2) ? { ticket: { number: below(1e6), isNew: below(2) === 1 } } : {}),
})

const halfCharacter = /\p{Cs}/u

function faultOf(bubbles: readonly Bubble[], mentionChars: number): string | undefined {
  const texts = bubbles.filter((bubble) => bubble.kind === 'text')
  if (texts.length === 0 || texts.length > MAX_BUBBLES) return `${texts.length} text bubbles`
  if (bubbles[0]?.kind !== 'text') return 'a picture first'
  for (const [index, { text, mention }] of texts.entries()) {
    if (mention && index > 0) return 'a second mention'
    if (text.length + (mention ? mentionChars : 0) > MAX_BUBBLE_CHARS) return `${text.length} characters`
    if (text === '') return 'an empty bubble'
    if (halfCharacter.test(text)) return 'half a character'
  }
  return undefined
}

test('no knowledge, however odd, makes a reply throw or exceed its limits', () => {
  const picks = randomFrom(14)
  const faults = Array.from({ length: 500 }, () => {
    const snapshot = aSnapshot({ sections: KEYS.map((key) => randomSection(key, picks)) })
    const decision = randomDecision(picks)
    const context = randomContext(picks)
    const { bubbles, shown } = composeReply(decision, snapshot, context)
    const unpickable = decision.kind === 'clarify' && shown.length !== decision.sectionKeys.length
    return unpickable ? 'an option that no number picks' : faultOf(bubbles, context.mentionChars)
  }).filter((fault) => fault !== undefined)
  expect(faults).toEqual([])
})

test('a whole answer sends each of its pictures once, after the text above it', () => {
  const picks = randomFrom(15)
  const wrong = Array.from({ length: 400 }, () => {
    const lines = Array.from({ length: 9 }, (_, index) => `${index}. ${'步'.repeat(picks.below(150))}`)
    const parts = [0, 3, 6].map((at) => ({
      lines: lines.slice(at, at + 3),
      pictures: Array.from({ length: picks.below(3) }, (_, index) => aPicture(`${at + 2}-${index}`)),
    }))
    const { bubbles } = composeReply(
      { kind: 'answer', sectionKeys: ['4'], reason: 'sure' },
      aSnapshot({ sections: [aSection('4', { parts })] }),
      { mentionChars: 5, timelineToldLately: false, question: '', aboutPicture: false, nowMs: 0 },
    )
    const sent = bubbles.flatMap((bubble, at) => (bubble.kind === 'picture' ? [{ name: bubble.picture.alt, at }] : []))
    const expected = parts.flatMap(({ pictures }) => pictures.map(({ alt }) => alt))
    const early = sent.filter(({ name, at }) => {
      const above = lines[Number(name[0])]!
      return !bubbles.slice(0, at).some((bubble) => bubble.kind === 'text' && bubble.text.split('\n').includes(above))
    })
    return early.length > 0 || sent.map(({ name }) => name).join() !== expected.join()
  }).filter(Boolean)
  expect(wrong).toEqual([])
})
