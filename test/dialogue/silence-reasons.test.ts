import { expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import type { Situation } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision, SilenceReason } from '../../src/model/decision.js'
import type { SpeechAct, Understanding } from '../../src/model/understanding.js'
import { aMessage, CUSTOMERS, DIRECT, STAFF_ROOM, WANG } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding, aReason } from '../support/an-understanding.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { randomFrom } from '../support/random-picks.js'

/** `failed` is what the boundary notes when a part breaks, `not-allowed` belongs to commands, and the flood guard judges afterwards. */
type Decided = Exclude<SilenceReason, 'failed' | 'not-allowed' | 'flooding' | 'bot-loop'>

const SURE = { candidates: [aCandidate('5')] }
const WAYS: Readonly<
  Record<
    Decided,
    {
      readonly message?: Partial<IncomingMessage>
      readonly understanding?: Partial<Understanding>
      readonly situation?: Partial<Situation>
    }
  >
> = {
  'own-message': { message: { fromSelf: true } },
  'system-notice': { message: { kind: 'notice' } },
  staff: { message: { sender: { ...WANG, role: 'staff' } } },
  'too-old': { message: { sentAtMs: 0 } },
  duplicate: { situation: { seenBefore: true } },
  'room-not-served': { message: { place: { ...CUSTOMERS, purpose: 'ignored' } } },
  'staff-room': { message: { place: STAFF_ROOM } },
  'not-text': { message: { kind: 'picture' } },
  empty: { understanding: { normalized: '' } },
  'to-somebody-else': { message: { mentionsOthers: true } },
  'not-for-us': { understanding: { candidates: [] } },
  'not-sure': { understanding: { candidates: [aCandidate('5', { share: 0.1 })] } },
  'answered-lately': { situation: { toldLately: () => true } },
  muted: { situation: { isMuted: true } },
  'held-by-human': { situation: { quiet: 'held' } },
}

test.each(Object.entries(WAYS))('a sure question is met with silence for the reason %s', (reason, way) => {
  const decision = decide(
    aMessage(way.message),
    anUnderstanding({ ...SURE, ...way.understanding }),
    aSituation(way.situation),
  )
  expect(decision).toEqual({ kind: 'silent', reason })
})

test('the same question without any of these reasons is answered', () => {
  expect(decide(aMessage(), anUnderstanding(SURE), aSituation()).kind).toBe('answer')
})

const ACTS: readonly SpeechAct[] = [
  ...(['question', 'statement', 'greeting', 'thanks', 'menu', 'wants-human'] as const),
  ...(['complaint-about-bot', 'yes', 'no', 'choice'] as const),
]
const KEYS = ['0', '1', '4.1', '5', 'A1', 'A3', 'unknown']

interface Case {
  readonly message: IncomingMessage
  readonly understanding: Understanding
  readonly situation: Situation
}

function randomCases(count: number): readonly Case[] {
  const { below, pick } = randomFrom(8)
  const yes = (): boolean => below(2) === 1
  const chance = (): number => pick([0, 1, below(101) / 100])
  const few = <Item>(make: () => Item): readonly Item[] => Array.from({ length: below(4) }, make)
  return Array.from({ length: count }, (_, index) => ({
    message: aMessage({
      place: pick([CUSTOMERS, CUSTOMERS, DIRECT, STAFF_ROOM, { ...CUSTOMERS, purpose: 'ignored' as const }]),
      sender: { ...WANG, role: pick(['customer', 'customer', 'staff', 'admin'] as const) },
      kind: pick(['text', 'text', 'text', 'picture', 'other', 'notice'] as const),
      addressedToBot: yes(),
      mentionsOthers: below(4) === 0,
      fromSelf: below(8) === 0,
      sentAtMs: MONDAY_MS - pick([0, 0, 0, 3_600_000]),
      ...(below(4) === 0 ? { quote: { speaker: '甲', text: '乙', ofBot: yes() } } : {}),
    }),
    understanding: anUnderstanding({
      normalized: pick(['审核要多久', '审核要多久', '']),
      act: pick(ACTS),
      candidates: few(() => aCandidate(pick(KEYS), { share: chance(), asked: chance(), overheard: chance() })),
      wantsHuman: { confidence: chance(), overheard: chance() },
      ...(yes() ? { choice: pick(['1', '2', '9', '4.1', 'A1', '0']) } : {}),
      ...(below(3) === 0 ? { notice: few(() => aReason(...few(() => pick(KEYS)))) } : {}),
    }),
    situation: aSituation({
      seenBefore: below(8) === 0,
      isMuted: index % 12 === 0,
      quiet: below(6) === 0 ? 'held' : 'none',
      offered: few(() => pick(KEYS)),
      talkedLately: yes(),
      humanOffered: yes(),
      toldLately: () => below(3) === 0,
    }),
  }))
}

test('whatever the situation, it decides, and speaks only where it may', () => {
  const cases = randomCases(5000).map((one) => ({
    ...one,
    decision: decide(one.message, one.understanding, one.situation),
  }))
  const wrong = cases.filter(({ message, situation, decision }) => {
    if (decision.kind === 'silent') return false
    const unasked = message.place.kind === 'room' && !message.addressedToBot && message.quote?.ofBot !== true
    return (
      message.fromSelf ||
      message.kind === 'notice' ||
      message.sender.role === 'staff' ||
      situation.seenBefore ||
      situation.isMuted ||
      message.sentAtMs < situation.startedAtMs ||
      (message.place.kind === 'room' && message.place.purpose !== 'customers') ||
      situation.quiet === 'held' ||
      (unasked && (decision.kind === 'clarify' || decision.kind === 'fallback' || message.sender.role === 'admin'))
    )
  })
  expect(wrong).toEqual([])
  const reasons = cases.flatMap(({ decision }) => (decision.kind === 'silent' ? [decision.reason] : []))
  expect([...new Set<string>(reasons)].sort()).toEqual(Object.keys(WAYS).sort())
  const kinds = new Set<Decision['kind']>(cases.map(({ decision }) => decision.kind))
  expect([...kinds].sort()).toEqual(['answer', 'clarify', 'courtesy', 'escalate', 'fallback', 'silent'])
})

test('who asks in a served place and is not held always gets a reply', () => {
  const ignored = randomCases(5000).filter(({ message, understanding, situation }) => {
    const served = aMessage({ ...message, place: CUSTOMERS, addressedToBot: true, fromSelf: false, sender: WANG })
    const free = { ...situation, seenBefore: false, quiet: 'none' as const, isMuted: false, startedAtMs: 0 }
    return message.kind !== 'notice' && decide(served, understanding, free).kind === 'silent'
  })
  expect(ignored).toEqual([])
})
